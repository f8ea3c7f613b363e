"""An off-platform trading case: the acts that a merchant is accused of, and the state of its shop.

``None`` means *not known*; an empty list means that there is nothing. Money is in whole fen. The values that a field ``could_be`` begin
with the one that incriminates the merchant least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import accumulate
from typing import Final

from attrs import field, frozen

from adjudicator.law import (
    LARGEST,
    METADATA,
    Bounds,
    ConductCase,
    Fault,
    Instant,
    Minor,
    Party,
    asked_of,
    not_after,
    not_before,
    supplied,
)

PLATFORM: Final = Party.PLATFORM

DEPOSIT: Final = Bounds(0, LARGEST // 2)
"""The balance of a deposit, or its standard: twice as much must still be an exact integer."""


class Act(StrEnum):
    """What was done."""

    PAYMENT = "payment"
    ACCOUNT = "account"
    CONTENT = "content"
    PARCEL = "parcel"
    CONTACT = "contact"
    CASH_ON_DELIVERY = "cash_on_delivery"
    OTHER = "other"


class Beginner(StrEnum):
    """Who began it."""

    MERCHANT = "merchant"
    USER = "user"


class Setting(StrEnum):
    """Where it was done."""

    ONLINE = "online"
    OFFLINE = "offline"


class Channel(StrEnum):
    """Through what it was done."""

    BANK_ACCOUNT = "bank_account"
    THIRD_PARTY_PAYMENT = "third_party_payment"
    QR_CODE = "qr_code"
    PURCHASE_LINK = "purchase_link"
    OTHER_PLATFORM = "other_platform"
    APP = "app"
    WEBSITE = "website"
    EMAIL = "email"
    NET_DISK = "net_disk"
    FEED = "feed"
    PUBLIC_ACCOUNT = "public_account"
    PHONE = "phone"
    REVIEW_CASHBACK_CARD = "review_cashback_card"
    OTHER = "other"


class Purpose(StrEnum):
    """What a contact was exchanged for."""

    DELIVERY = "delivery"
    AFTER_SALES = "after_sales"
    OFF_PLATFORM_TRADE = "off_platform_trade"
    OFF_PLATFORM_PAYMENT = "off_platform_payment"
    OTHER = "other"


class Trouble(StrEnum):
    """What went wrong, or may."""

    PAYMENT = "payment"
    LOGISTICS = "logistics"
    AFTER_SALES = "after_sales"
    QUALITY = "quality"
    INJURY = "injury"


NOTHING_OR_SOME: Final[tuple[tuple[Trouble, ...], ...]] = ((), (Trouble.PAYMENT,))


@frozen(kw_only=True)
class Incident:
    """One act that the merchant is said to have done."""

    id: str
    act: Act = supplied(PLATFORM, "What was done.")
    happened_at: Instant | None = field(default=None, metadata={"not_after": "/as_of"})
    begun_by: Beginner | None = asked_of(PLATFORM, "Who began it.", "who_began", could_be=reversed(Beginner))
    taken_up: bool | None = asked_of(
        PLATFORM, "Whether the merchant did, or agreed to, what the user asked for.", "what_was_taken_up"
    )
    setting: Setting | None = supplied(PLATFORM, "Whether it was online or offline.", default=None)
    user_answered: bool | None = supplied(
        PLATFORM, "Whether the user answered, or did what he was led to.", default=None
    )
    channel: Channel | None = None
    official: bool | None = asked_of(
        PLATFORM,
        "Whether channel, account, content or shop is the platform's own or one that the platform provides.",
        "official_channel",
        could_be=(True, False),
    )
    needed_for_trade: bool | None = asked_of(
        PLATFORM, "Whether normal trade or service needs it.", "need_for_trade", could_be=(True, False)
    )
    purpose: Purpose | None = asked_of(PLATFORM, "What the contact was exchanged for.")
    platform_leave: bool | None = asked_of(
        PLATFORM, "Whether the platform permitted cash on delivery.", could_be=(True, False)
    )
    provider_approved: bool | None = asked_of(
        PLATFORM,
        "Whether the platform approved the provider of cash on delivery.",
        "provider_approval",
        could_be=(True, False),
    )
    problems: tuple[Trouble, ...] | None = asked_of(
        PLATFORM, "What went wrong; an empty list says that nothing did.", could_be=NOTHING_OR_SOME
    )
    risks: tuple[Trouble, ...] | None = asked_of(
        PLATFORM, "What may go wrong; an empty list says that nothing may.", "problems", could_be=NOTHING_OR_SOME
    )
    prohibited_goods: bool | None = asked_of(PLATFORM, "Whether goods were concerned that may not be sold.")
    other_violation: bool | None = asked_of(PLATFORM, "Whether it was another violation as well.")
    grave_threat: bool | None = asked_of(
        PLATFORM, "Whether the platform has reason to suspect a grave threat to safety or rights."
    )


@frozen(kw_only=True)
class Event:
    """Something that happened, or did not."""

    happened: bool = field(metadata={"means": "Whether it happened."})
    at: Instant | None = field(
        default=None,
        metadata={
            "means": "When; never where it has not happened.",
            "not_after": "/as_of",
            "never_where": {"happened": False},
        },
    )


@frozen(kw_only=True)
class TopUp:
    """What was paid into the deposit."""

    amount: Minor = field(metadata={"means": "In fen.", "bounds": DEPOSIT})
    paid_at: Instant = field(metadata={"not_after": "/as_of"})


def possible_balances(case: TradingCase) -> Iterator[Minor]:
    """What the deposit could have held: the most, nothing, and just as much as meets the standard with the first so many top-ups."""
    yield Minor(DEPOSIT.most)
    yield Minor(0)
    deposit = case.shop.deposit
    if deposit is not None and deposit.standard is not None:
        for held in accumulate((each.amount for each in in_order(deposit.top_ups or ())), initial=0):
            if held <= deposit.standard:
                yield Minor(deposit.standard - held)


def most_paid(at: Instant) -> TopUp:
    """The most that can have been paid in at once."""
    return TopUp(amount=Minor(DEPOSIT.most), paid_at=at)


def in_order(top_ups: tuple[TopUp, ...]) -> list[TopUp]:
    """Top-ups as they were paid, the first first."""
    return sorted(top_ups, key=lambda each: each.paid_at)


@frozen(kw_only=True)
class Deposit:
    """The deposit of the shop, in fen."""

    standard: Minor | None = asked_of(
        PLATFORM,
        "The standard when the case was opened, without a raise by this finding.",
        "deposit_standard",
        fact="deposit_standard",
        bounds=DEPOSIT,
        could_be=(Minor(0), Minor(DEPOSIT.most)),
    )
    balance: Minor | None = asked_of(
        PLATFORM,
        "What it held when the case was opened.",
        "deposit_balance",
        fact="deposit_balance",
        bounds=DEPOSIT,
        could_be=possible_balances,
    )
    top_ups: tuple[TopUp, ...] | None = asked_of(
        PLATFORM,
        "What was paid in since then; an empty list says that nothing was.",
        could_be=lambda case: ((most_paid(case.opened_at),), (most_paid(case.as_of),), ()),
    )
    raised: bool | None = asked_of(
        PLATFORM, "Whether the notice of this finding raises the standard.", "deposit_raise", fact="deposit_raised"
    )


@frozen(kw_only=True)
class EarlierFinding:
    """What was found against the shop before under this rule."""

    id: str
    notice: Event | None = field(default=None, metadata={"means": "The merchant received notice of it."})


@frozen(kw_only=True)
class Shop:
    """The shop, and what it has done since the case was opened."""

    id: str
    deposit: Deposit | None = None
    earlier_findings: tuple[EarlierFinding, ...] | None = field(
        default=None,
        metadata={"means": "Its earlier findings; an empty list says that there are none.", "each_once": "id"},
    )
    notice: Event | None = field(default=None, metadata={"means": "The merchant received notice of this finding."})
    written_promise: Event | None = field(
        default=None,
        metadata={"means": "The merchant promised in writing, in the form required, not to do it again."},
    )
    closing: Event | None = field(default=None, metadata={"means": "The shop entered the closing state."})
    exit_application: Event | None = field(default=None, metadata={"means": "The shop applied by itself to leave."})


@frozen(kw_only=True)
class TradingCase(ConductCase):
    """One finding of the platform: the acts that are found together, and how the shop stands at ``as_of``."""

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided."})
    opened_at: Instant = supplied(PLATFORM, "When the platform took it up; it picks the edition.", not_after="/as_of")
    incidents: tuple[Incident, ...] = field(metadata={"not_empty": True, "each_once": "id"})
    shop: Shop
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """Besides what the fields say: no incident, notices out of order, and more money than there can be."""
        yield from super().faults()
        if self.incidents is not None and not self.incidents:
            yield Fault("/incidents", "an empty list", "at least one incident")
        if self.shop is not None:
            yield from _notices_out_of_order(self.shop, self.opened_at)
            if self.shop.deposit is not None:
                yield from _too_much_money(self.shop.deposit)


def _notices_out_of_order(shop: Shop, opened_at: Instant | None) -> Iterator[Fault]:
    """The notice of this finding comes after the case was opened, and those of earlier findings before."""
    if shop.notice is not None:
        yield from not_before("/shop/notice/at", shop.notice.at, opened_at, "opened_at")
    for index, each in enumerate(shop.earlier_findings or ()):
        if each is not None and each.notice is not None:
            pointer = f"/shop/earlier_findings/{index}/notice/at"
            yield from not_after(pointer, each.notice.at, opened_at, "opened_at")


def _too_much_money(deposit: Deposit) -> Iterator[Fault]:
    """Twice what the deposit holds in all must still be an exact integer."""
    paid = [each.amount for each in deposit.top_ups or () if each is not None]
    amounts = [each for each in (deposit.balance, *paid) if isinstance(each, int)]
    held = sum(amounts)
    if held > DEPOSIT.most >= max(amounts):
        yield Fault("/shop/deposit", f"{held} in all", f"at most {DEPOSIT.most} in all")
