"""The cases of the Select Alliance: a shop that applies for admission, and the daily check of a merchant or product in it.

``None`` means *not known*. Scores and rates are exact decimals, as text in JSON; money is whole minor units.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.law import AMOUNT, METADATA, Bounds, CaseBase, Instant, Minor, Party, asked_of

PLATFORM: Final = Party.PLATFORM
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
    imposed_at: Instant = field(metadata={"not_after": "/as_of"})


@frozen(kw_only=True)
class ControllerShops:
    """What is known of the controller's other shops."""

    listed_serious_penalty: bool | None = asked_of(
        PLATFORM,
        "Whether another shop of the same controller carries a listed serious penalty.",
        "controller_shops",
        fact="serious_penalty_elsewhere",
        could_be=(True, False),
    )
    grave_danger: bool | None = asked_of(
        PLATFORM,
        "Whether another shop of the same controller gravely endangers the safety of trade.",
        "controller_shops",
        fact="grave_danger_elsewhere",
        could_be=(True, False),
    )


@frozen(kw_only=True)
class Shop:
    """The shop that applies."""

    id: str
    opened: bool | None = asked_of(PLATFORM, "Whether the shop is open for business.", "shop_opened")
    state: ShopState | None = asked_of(
        PLATFORM, "The state that the shop is in.", "shop_state", fact="shop_state", could_be=reversed(ShopState)
    )
    account_in_good_standing: bool | None = asked_of(
        PLATFORM, "Whether the account is in good standing.", "account_standing", fact="good_standing"
    )
    order_amount_30_days: Minor | None = asked_of(
        PLATFORM,
        "The total of the shop's orders in the last 30 days.",
        "order_amount",
        fact="order_amount",
        bounds=AMOUNT,
    )
    shop_score: Decimal | None = asked_of(
        PLATFORM, "The shop score, which counts for admission.", bounds=SCORE, formerly="score"
    )
    experience_score: Decimal | None = asked_of(
        PLATFORM, "The experience score, which counts for clearance.", bounds=SCORE
    )
    positive_review_rate: Decimal | None = asked_of(
        PLATFORM, "The rate of positive reviews, in percent.", fact="positive_reviews", bounds=PERCENT
    )
    warehouse_check_passed: bool | None = asked_of(
        PLATFORM,
        "Whether the third-party warehouse check was passed.",
        "warehouse_check",
        fact="warehouse_check",
    )
    alliance_platform_connected: bool | None = asked_of(
        PLATFORM,
        "Whether the alliance platform is connected.",
        "alliance_connection",
        fact="platform_connected",
    )
    erp_connected: bool | None = asked_of(PLATFORM, "Whether the ERP is connected.", "erp_connection")
    penalties: tuple[Penalty, ...] | None = asked_of(
        PLATFORM, "The penalties that the shop received; an empty list says that there are none."
    )
    controller_shops: ControllerShops | None = None
    openings_so_far: int | None = asked_of(
        PLATFORM, "How many times the shop has been opened to the alliance before.", bounds=AMOUNT
    )


@frozen(kw_only=True)
class Product:
    """The product to be promoted."""

    id: str
    virtual: bool | None = asked_of(PLATFORM, "Whether the goods are virtual.", "product_kind")


@frozen(kw_only=True)
class AdmissionCase(CaseBase):
    """An application for admission, with everything that is known at ``as_of``."""

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment at which it is decided; it picks the edition."})
    shop: Shop
    product: Product
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)


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
    state: CheckedState = field(metadata={"fact": "checked_state"})
    product_id: str | None = field(
        default=None,
        metadata={
            "means": "Which product is checked; for a merchant there is none.",
            "only_where": {"of": CheckedKind.PRODUCT},
            "needed_where": {"of": CheckedKind.PRODUCT},
        },
    )
    virtual: bool | None = asked_of(PLATFORM, "Whether the goods are virtual.", "product_kind")
    brand_papers_in_order: bool | None = asked_of(
        PLATFORM, "Whether the brand papers meet the admission standard.", "brand_papers"
    )
    found_unfit: bool | None = asked_of(
        PLATFORM,
        "Whether the platform finds what is checked unfit for further promotion.",
        "fitness",
        could_be=(True, False),
    )


@frozen(kw_only=True)
class ClearanceCase(CaseBase):
    """A daily check of a merchant or of a product, with everything that is known at ``as_of``."""

    id: str
    policy: str
    as_of: Instant = field(metadata={"means": "The moment of the check; it picks the edition."})
    checked: Checked
    shop: Shop = field(metadata={"means": "The merchant's shop."})
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)
