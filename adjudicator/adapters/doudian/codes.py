"""The codes of Doudian that are understood. What is not here is not guessed at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.model.case import Service, Side, Submitter

AFTER_SALE: Final = "after-sale"
ORDER: Final = "order"

ENVELOPES: Final[Mapping[str, str]] = {"code": "10000", "err_no": "0"}
"""How an answer says that it is one: the present envelope, and the one before it."""

OPEN: Final = frozenset({"6", "7", "8", "11", "13", "14", "27", "29"})
OVER: Final[Mapping[str, str]] = {
    "12": "it has succeeded",
    "28": "it was withdrawn or closed",
    "51": "the order was cancelled",
    "53": "it is completed",
}
REFUSED: Final = frozenset({"27", "29"})
"""The merchant has refused the application, or the refund after the goods came back."""
ALLOWED: Final = frozenset({"7", "8", "11", "13", "14"})
"""The application was allowed: by the merchant, by an assistant, by time running out or by the platform."""
UNPAID: Final = frozenset({"0", "1", "4"})
"""No refund, one that waits, one that failed."""

SERVICES: Final[Mapping[str, str]] = {
    "0": Service.RETURN_REFUND.value,
    "1": Service.REFUND_ONLY.value,
    "2": Service.REFUND_ONLY.value,
    "3": Service.EXCHANGE.value,
    "6": Service.OTHER.value,
    "7": Service.OTHER.value,
    "8": Service.OTHER.value,
}
REFUNDING: Final = frozenset({Service.RETURN_REFUND, Service.REFUND_ONLY})
BUYER: Final = "1"
SUBMITTERS: Final[Mapping[str, Submitter]] = {
    "1": Submitter.CONSUMER,
    "2": Submitter.MERCHANT,
    "3": Submitter.PLATFORM,
}
MEDIA: Final[Mapping[str, str]] = {"1": "image", "2": "video", "3": "audio", "4": "text", "5": "PDF"}
RULINGS: Final[Mapping[str, Side]] = {"2": Side.CONSUMER, "3": Side.MERCHANT}
BLAMED: Final[Mapping[str, Side]] = {"1": Side.MERCHANT, "2": Side.CONSUMER}
NO_RULING: Final = frozenset({"0", "1", "4", "5"})
"""No arbitration, or one that still goes on."""
CROSS_BORDER: Final = frozenset({"21", "22", "23", "102"})
CANCELLED: Final = "4"
CATEGORY_LEVELS: Final = ("fourth_cid", "third_cid", "second_cid", "first_cid")
"""From the narrowest to the widest: what the shop says of a narrow one goes before what it says of a wide one."""
DISCOUNTS: Final = ("promotion_pay_amount", "voucher_deduction_amount")
"""What somebody else paid at the till: no document says whether it is inside what the buyer paid."""
SURCHARGES: Final = ("packing_charge_amount", "post_insurance_amount")
"""What is neither goods nor postage nor tax, and may be inside what the buyer paid."""
CURRENCY: Final = "CNY"

WHY_DROPPED: Final[Mapping[str, str]] = {
    "arbitrate_info": "only a clear ruling on a return is read, and only where the guarantee reads rulings",
    "extra_info": "free text, not a stated barcode: give that beside",
    "confirm_receipt_time": "the buyer's own click, not the signing for the parcel",
    "create_time": "the order's own create_time is taken",
    "got_pkg": "the buyer's word on whether it came, not the carrier's",
    "need_return_count": "what is to be sent back, not what is claimed",
    "pay_time": "an order is placed when it is made, not when it is paid",
    "price_protection_detail": "a price adjustment that was paid has to be given beside, among the settlements",
    "refund_post_amount": "inside refund_total_amount",
    "return_address": "no market stands with it; give return addresses beside",
    "ship_time": "when it was sent, not when it came",
    "tag_detail": "for display only, and not as at the order: give badges beside",
}
"""Why what looks like something is nothing for a case."""
