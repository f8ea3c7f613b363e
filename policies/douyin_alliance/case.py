"""An admission case: a shop that wants to promote a product through the Select Alliance.

``None`` means *not known*. Scores and rates are exact decimals, as text in JSON; money is whole minor units.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

from adjudicator.case import Minor
from adjudicator.civil_time import Instant
from adjudicator.faults import Fault, InputError, shown
from adjudicator.soundness import happened_by, whole_number


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

    listed_serious_penalty: bool | None = None
    grave_danger: bool | None = None


@frozen(kw_only=True)
class Shop:
    """The shop that applies."""

    id: str
    opened: bool | None = None
    state: ShopState | None = None
    account_in_good_standing: bool | None = None
    order_amount_30_days: Minor | None = None
    score: Decimal | None = None
    positive_review_rate: Decimal | None = None
    warehouse_check_passed: bool | None = None
    alliance_platform_connected: bool | None = None
    erp_connected: bool | None = None
    penalties: tuple[Penalty, ...] | None = None
    controller_shops: ControllerShops | None = None
    openings_so_far: int | None = None


@frozen(kw_only=True)
class Product:
    """The product to be promoted."""

    id: str
    virtual: bool | None = None


@frozen(kw_only=True)
class AdmissionCase:
    """An application for admission, with everything that is known at ``as_of``.

    Making a case that is not sound raises :class:`~adjudicator.faults.InputError` with every fault in it.
    """

    id: str
    policy: str
    as_of: Instant
    shop: Shop
    product: Product
    metadata: Mapping[str, str] | None = None

    def __attrs_post_init__(self) -> None:
        if faults := tuple(admission_faults(self)):
            raise InputError(faults)


def admission_faults(case: AdmissionCase) -> Iterator[Fault]:
    """Everything that makes an admission case unsound; what could not be read is passed over."""
    shop = case.shop
    if shop is None:
        return
    yield from whole_number("/shop/order_amount_30_days", shop.order_amount_30_days, 0)
    yield from whole_number("/shop/openings_so_far", shop.openings_so_far, 0)
    yield from _between("/shop/score", shop.score, 5)
    yield from _between("/shop/positive_review_rate", shop.positive_review_rate, 100)
    for index, penalty in enumerate(shop.penalties or ()):
        if penalty is not None:
            yield from happened_by(f"/shop/penalties/{index}/imposed_at", penalty.imposed_at, case.as_of)


def _between(pointer: str, value: Decimal | None, most: int) -> Iterator[Fault]:
    if value is not None and not (isinstance(value, Decimal) and 0 <= value <= most):
        yield Fault(pointer, shown(str(value)), f"a decimal from 0 to {most}")
