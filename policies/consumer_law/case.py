"""A claim for a seven-day return: the fields about goods and their return that article 25 needs in addition to those of any claim."""

from __future__ import annotations

from enum import StrEnum

from attrs import field, frozen

from adjudicator.claims import Case, Claim, ClaimItem, Order, OrderLine, claims_with
from adjudicator.law import Need, Party, asked_of, supplied

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

    goods: GoodsClass | None = asked_of(Party.PLATFORM, "Which class of article 25 the goods belong to.", EXCEPTION)
    sealed: bool | None = asked_of(
        Party.PLATFORM, "Whether the consumer has neither unsealed nor downloaded them.", EXCEPTION
    )
    exclusion_confirmed: bool | None = asked_of(
        Party.PLATFORM, "Whether the consumer confirmed at purchase: no return.", EXCEPTION
    )


@frozen(kw_only=True)
class ReturnItem(ClaimItem):
    """One order line that is returned, and what came back."""

    goods_back: bool | None = supplied(Party.CONSUMER, "Whether the merchant has the returned goods.", default=None)
    intact: bool | None = asked_of(
        Party.MERCHANT, "Whether the returned goods are intact.", CONDITION, accepts=(True, False)
    )


@frozen(kw_only=True)
class ReturnClaim(Claim):
    """What the consumer returns."""

    items: tuple[ReturnItem, ...] = field(metadata={"means": "What is returned.", "not_empty": True})
    free_return: bool | None = supplied(
        Party.MERCHANT, "Whether it was agreed that the merchant pays to send them back.", default=None
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
