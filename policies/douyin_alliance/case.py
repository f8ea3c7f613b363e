"""An admission case: a shop that wants to promote a product through the Select Alliance.

``None`` means *not known*. Scores and rates are exact decimals, as text in JSON; money is whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.case import Minor
from adjudicator.civil_time import Instant
from adjudicator.faults import Fault, InputError, shown
from adjudicator.personal import Personal
from adjudicator.soundness import AMOUNT, Bounds, an_instant, happened_by, whole_number

SCORE: Final = Bounds(0, 5)
PERCENT: Final = Bounds(0, 100)


class ShopState(StrEnum):
    """The state that a shop is in."""

    NORMAL = "normal"
    RESTRICTED = "restricted"
    CLOSING = "closing"
    CLOSED = "closed"


class PenaltyRule(StrEnum):
    """The rule under which a shop was penalised."""

    EVASIVE_INFORMATION = "evasive_information"
    OTHER = "other"


@frozen(kw_only=True)
class Penalty:
    """A penalty that the shop received."""

    rule: PenaltyRule
    imposed_at: Instant


@frozen(kw_only=True)
class ControllerShops:
    """What is known of the other shops of whoever controls this one."""

    listed_serious_penalty: bool | None = field(
        default=None, metadata={"means": "Whether one of them carries a serious penalty that the rule lists."}
    )
    grave_danger: bool | None = field(
        default=None, metadata={"means": "Whether one of them gravely endangers the safety of trade."}
    )


@frozen(kw_only=True)
class Shop:
    """The shop that applies."""

    id: str
    opened: bool | None = field(default=None, metadata={"means": "Whether it is open for business."})
    state: ShopState | None = None
    account_in_good_standing: bool | None = None
    order_amount_30_days: Minor | None = field(
        default=None, metadata={"means": "What its orders of the last 30 days came to.", "bounds": AMOUNT}
    )
    score: Decimal | None = field(default=None, metadata={"means": "Its score.", "bounds": SCORE})
    positive_review_rate: Decimal | None = field(
        default=None, metadata={"means": "The rate of positive reviews, in percent.", "bounds": PERCENT}
    )
    warehouse_check_passed: bool | None = field(
        default=None, metadata={"means": "Whether it passed the check of its warehouse by a third party."}
    )
    alliance_platform_connected: bool | None = field(
        default=None, metadata={"means": "Whether it is connected to the platform of the alliance."}
    )
    erp_connected: bool | None = field(default=None, metadata={"means": "Whether its ERP is connected."})
    penalties: tuple[Penalty, ...] | None = field(
        default=None, metadata={"means": "The penalties that it received; an empty list says that there are none."}
    )
    controller_shops: ControllerShops | None = None
    openings_so_far: int | None = field(
        default=None,
        metadata={"means": "How many times it was opened to the alliance before.", "bounds": AMOUNT},
    )


@frozen(kw_only=True)
class Product:
    """The product to be promoted."""

    id: str
    virtual: bool | None = field(default=None, metadata={"means": "Whether it is a virtual one."})


@frozen(kw_only=True)
class AdmissionCase:
    """An application for admission, with everything that is known at ``as_of``.

    Making a case that is not sound raises :class:`~adjudicator.faults.InputError` with every fault in it.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided; it picks the edition."})
    shop: Shop
    product: Product
    metadata: Mapping[str, str] | None = field(
        default=None, metadata={"means": "Repeated in the decision, and never read.", "personal": Personal.INTERNAL}
    )

    def __attrs_post_init__(self) -> None:
        if faults := tuple(admission_faults(self)):
            raise InputError(faults)


def admission_faults(case: AdmissionCase) -> Iterator[Fault]:
    """Everything that makes an admission case unsound; what could not be read is passed over."""
    yield from an_instant("/as_of", case.as_of)
    shop = case.shop
    if shop is None:
        return
    yield from whole_number("/shop/order_amount_30_days", shop.order_amount_30_days, AMOUNT)
    yield from whole_number("/shop/openings_so_far", shop.openings_so_far, AMOUNT)
    yield from _between("/shop/score", shop.score, SCORE)
    yield from _between("/shop/positive_review_rate", shop.positive_review_rate, PERCENT)
    for index, penalty in enumerate(shop.penalties or ()):
        if penalty is not None:
            yield from happened_by(f"/shop/penalties/{index}/imposed_at", penalty.imposed_at, case.as_of)


def _between(pointer: str, value: Decimal | None, bounds: Bounds) -> Iterator[Fault]:
    if value is not None and not (isinstance(value, Decimal) and bounds.least <= value <= bounds.most):
        yield Fault(pointer, shown(str(value)), f"a decimal from {bounds.least} to {bounds.most}")
