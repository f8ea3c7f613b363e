"""The cases of the Select Alliance: a shop that applies for admission, and the daily check of a merchant or product in it.

``None`` means *not known*. Scores and rates are exact decimals, as text in JSON; money is whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.law import (
    AMOUNT,
    METADATA,
    Bounds,
    CaseBase,
    Fault,
    Instant,
    Minor,
    an_instant,
    happened_by,
    shown,
    within_bounds,
)

SCORE: Final = Bounds(0, 5, Decimal)
PERCENT: Final = Bounds(0, 100, Decimal)


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
    """What is known of the controller's other shops."""

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
    shop_score: Decimal | None = field(
        default=None, metadata={"means": "The shop score that admission goes by.", "bounds": SCORE, "formerly": "score"}
    )
    experience_score: Decimal | None = field(
        default=None, metadata={"means": "The experience score that clearance goes by.", "bounds": SCORE}
    )
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
class AdmissionCase(CaseBase):
    """An application for admission, with everything that is known at ``as_of``.

    Every instance is valid: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided; it picks the edition."})
    shop: Shop
    product: Product
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """The faults of the case as a whole: impossible references, amounts and instants."""
        return shop_faults(self)


class CheckedKind(StrEnum):
    """What a check is about."""

    MERCHANT = "merchant"
    PRODUCT = "product"


class CheckedState(StrEnum):
    """Whether what is checked is in the alliance, or was cleared out."""

    PROMOTED = "promoted"
    CLEARED = "cleared"


@frozen(kw_only=True)
class Checked:
    """A merchant, or one of its products, and what is known of it on the day of the check."""

    of: CheckedKind
    state: CheckedState
    product_id: str | None = field(
        default=None, metadata={"means": "Which product is checked; for a merchant there is none."}
    )
    virtual: bool | None = field(default=None, metadata={"means": "Whether the goods are virtual ones."})
    brand_papers_in_order: bool | None = field(
        default=None, metadata={"means": "Whether its brand papers meet the admission standard."}
    )
    found_unfit: bool | None = field(
        default=None, metadata={"means": "Whether the platform finds it unfit for further promotion."}
    )


@frozen(kw_only=True)
class ClearanceCase(CaseBase):
    """A daily check of a merchant or of a product, with everything that is known at ``as_of``.

    Every instance is valid: see :class:`~adjudicator.law.CaseBase`.
    """

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment of the check; it picks the edition."})
    checked: Checked
    shop: Shop = field(metadata={"means": "The merchant's shop."})
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """The faults of the case as a whole: impossible references, amounts and instants."""
        return (*shop_faults(self), *_checked_faults(self.checked))


def shop_faults(case: AdmissionCase | ClearanceCase) -> Iterator[Fault]:
    """The faults of a case's ``as_of`` and shop. Values that could not be read are skipped."""
    yield from an_instant("/as_of", case.as_of)
    yield from within_bounds("/shop", case.shop)
    penalties = case.shop.penalties if case.shop is not None else None
    for index, penalty in enumerate(penalties or ()):
        if penalty is not None:
            yield from happened_by(f"/shop/penalties/{index}/imposed_at", penalty.imposed_at, case.as_of)


def _checked_faults(checked: Checked | None) -> Iterator[Fault]:
    if checked is None:
        return
    pointer = "/checked/product_id"
    if checked.of is CheckedKind.PRODUCT and checked.product_id is None:
        yield Fault(pointer, "nothing", "the id of the product that is checked")
    if checked.of is CheckedKind.MERCHANT and checked.product_id is not None:
        yield Fault(pointer, shown(checked.product_id), "no product, for a merchant is checked")
