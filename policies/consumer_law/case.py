"""A claim for a seven-day return: the fields about goods and their return that article 25 needs in addition to those of any claim."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from adjudicator.claims import Case, Claim, ClaimItem, Order, OrderLine, claims_with
from adjudicator.law import Need, Party

EXCEPTION = Need("return_exception", Party.PLATFORM)
GOODS_BACK = Need("goods_back", Party.CONSUMER)
CONDITION = Need("condition_of_the_goods", Party.MERCHANT)


class GoodsClass(StrEnum):
    """The classes of goods that article 25 tells apart."""

    ORDINARY = "ordinary"
    MADE_TO_ORDER = "made_to_order"
    PERISHABLE = "perishable"
    DIGITAL = "digital"
    PERIODICAL = "periodical"
    UNFIT_FOR_RETURN = "unfit_for_return"


@frozen(kw_only=True)
class ReturnLine(OrderLine):
    """One kind of goods in the order, and whether article 25 excepts it from return."""

    goods: GoodsClass | None = field(
        default=None, metadata={"means": "Which class of article 25 the goods belong to.", "asked_as": EXCEPTION}
    )
    sealed: bool | None = field(
        default=None,
        metadata={"means": "Whether the consumer has neither unsealed nor downloaded them.", "asked_as": EXCEPTION},
    )
    exclusion_confirmed: bool | None = field(
        default=None,
        metadata={"means": "Whether the consumer confirmed at purchase: no return.", "asked_as": EXCEPTION},
    )


@frozen(kw_only=True)
class ReturnItem(ClaimItem):
    """One order line that is returned, and what came back."""

    goods_back: bool | None = field(
        default=None,
        metadata={"means": "Whether the merchant has the returned goods.", "supplier": Party.CONSUMER},
    )
    intact: bool | None = field(
        default=None,
        metadata={"means": "Whether the returned goods are intact.", "asked_as": CONDITION, "accepts": (True, False)},
    )


@frozen(kw_only=True)
class ReturnClaim(Claim):
    """What the consumer returns."""

    items: tuple[ReturnItem, ...] = field(metadata={"means": "What is returned.", "not_empty": True})
    free_return: bool | None = field(
        default=None,
        metadata={
            "means": "Whether it was agreed that the merchant pays to send them back.",
            "supplier": Party.MERCHANT,
        },
    )


@frozen(kw_only=True)
class ReturnOrder(Order):
    """The order under which the goods were bought."""

    lines: tuple[ReturnLine, ...] = field(metadata={"means": "What was bought.", "not_empty": True})


@frozen(kw_only=True)
class ReturnCase(Case):
    """A return with everything that is known at ``as_of``."""

    claim: ReturnClaim
    order: ReturnOrder


RETURNS = claims_with(ReturnCase)
