"""Pinduoduo's names and codes, as far as we understand them. Anything else stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.adapters.envelopes import Envelope
from adjudicator.adapters.values import Amount, Clock
from adjudicator.model.enumerations import Service
from adjudicator.model.time import BEIJING

ENVELOPE: Final = Envelope(expected="an object", failure="error_response", content=None, single=False)
"""Only failures share one envelope; the content is under a name of the call's own, or bare."""
FEN: Final = Amount("fen", 0)
YUAN: Final = Amount("yuan", 2)
CLOCK: Final = Clock(BEIJING, milliseconds=True)
CURRENCY: Final = "CNY"

OPEN: Final = frozenset({"2", "3", "4", "5", "6", "7", "8", "14", "15", "18", "21", "22", "27", "31", "32", "33"})
OVER: Final[Mapping[str, str]] = {
    "0": "there is none",
    "9": "the platform refused the refund and closed it",
    "10": "it was refunded",
    "11": "the buyer withdrew it",
    "12": "the buyer let the time pass, and it failed",
    "13": "the buyer let the time pass, and it expired",
    "16": "the goods were exchanged or sent again",
    "17": "the exchange failed",
    "24": "the repair was closed",
    "25": "the repair was done",
}
REFUSED: Final = "6"
"""The merchant refused the refund, and the buyer must act."""
AGREED: Final = "4"
"""According to the status the merchant agreed to the refund; in fact somebody else may have."""
ALLOWED: Final = frozenset({"5", "7", "15", "18", "22", "27", "31", "32", "33"})
"""The application was allowed, and the status does not say by whom, or says that it was the platform."""
MERCHANT: Final = "2"
"""The ``refund_operator_role`` of the merchant."""
PAID: Final = frozenset({"4", "5", "10"})
"""The status of a record whose refund was paid, or is on its way."""
ORDER_UNPAID: Final = frozenset({"0", "1", "2"})
"""The ``refund_status`` of an order without a refund that was paid, or is on its way."""
AT_ONCE: Final = "3"
"""The ``speed_refund_status`` of a record that was refunded at once."""
CALLED_OFF: Final = "2"
"""The ``confirm_status`` of a cancelled order, and the ``group_status`` of a failed group: what was paid is paid back."""
NOT_CONCLUDED: Final = "0"
"""The ``confirm_status`` of an order that is not concluded yet."""
DEPOSIT_SALE: Final = "1"
"""The ``trade_type`` of an order against a deposit."""
PAID_IN_FULL: Final = "2"
"""The ``step_trade_status`` of such an order when deposit and rest are paid."""

SERVICES: Final[Mapping[str, str]] = {
    "1": Service.REFUND_ONLY.value,
    "2": Service.RETURN_REFUND.value,
    "3": Service.EXCHANGE.value,
    "4": Service.OTHER.value,
    "5": Service.OTHER.value,
}
"""Services by the ``after_sales_type`` of a single record."""
SERVICES_IN_LISTS: Final[Mapping[str, str]] = {
    "2": Service.REFUND_ONLY.value,
    "3": Service.RETURN_REFUND.value,
    "4": Service.EXCHANGE.value,
    "5": Service.OTHER.value,
}
"""Services by the ``after_sales_type`` of a record in a list; the codes are one higher, because 1 means all types."""
EXCHANGE: Final = Service.EXCHANGE.value
REFUNDING: Final = (Service.REFUND_ONLY.value, Service.RETURN_REFUND.value)
PIECES: Final = "1"
"""The ``part_after_sales_type`` of a claim for a number of pieces."""
SHARE: Final = "2"
"""The ``part_after_sales_type`` of a claim for a share of the price."""

CATEGORY_LEVELS: Final = ("cat_id_4", "cat_id_3", "cat_id_2", "cat_id_1")
"""From the narrowest to the widest."""
EXTRAS: Final = (
    "delivery_home_value",
    "delivery_install_value",
    "home_install_value",
    "duo_duo_pay_reduction",
    "trade_in_national_subsidy_amount",
)
"""Fees and discounts. No document says whether the amount paid includes them."""
CROSS_BORDER: Final = ("inner_transaction_id", "bonded_warehouse")
"""Fields that only a cross-border order has: a customs number, a bonded warehouse."""
TAX_NOT_STATED: Final = "an order across the border: no document says which part of pay_amount is tax"

WHY_DROPPED: Final[Mapping[str, str]] = {
    "capital_free_discount": "inside discount_amount",
    "card_info_list": "cards that were delivered, not the account that was to be topped up",
    "confirm_time": "when the group was complete, not when the transaction succeeded",
    "expire_time": "the merchant's time to answer, not the time for evidence",
    "gift_delivery_list": "parcels of gifts, which are orders of their own",
    "gift_list": "gifts are orders of their own",
    "join_or_not": "that the platform looks into it, not how it ruled",
    "order_amount": "the order's own pay_amount is taken",
    "order_change_amount": "inside goods_amount",
    "order_tag_list": "for display, and not as at the order: give badges beside",
    "pay_time": "an order is placed when it is made, not when it is paid",
    "platform_discount": "inside discount_amount",
    "receive_time": "the buyer's own confirmation, not the signing for the parcel",
    "remark": "the buyer's or the merchant's own words; give what proves them as evidence beside",
    "resend_delivery_list": "parcels that were sent again, not those of the order",
    "seller_discount": "inside discount_amount",
    "shipping_time": "when it was sent, not when it came; give a proof of dispatch beside",
    "user_shipping_status": "the buyer's word on whether it came, not the carrier's",
}
"""Why a plausible value is not in the case."""
