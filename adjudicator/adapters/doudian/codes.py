"""Doudian's names and codes, as far as we understand them. Anything else stays unknown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from adjudicator.adapters.envelopes import Envelope
from adjudicator.adapters.payload import Spellings
from adjudicator.adapters.values import Amount, Clock, code
from adjudicator.model.enumerations import Service, Side, Submitter
from adjudicator.model.time import BEIJING

ENVELOPE: Final = Envelope(
    expected="an answer of the open platform: code 10000, or err_no 0",
    success={"code": (code, "10000"), "err_no": (code, "0")},
    single=False,
)
"""The current envelope (``code``) and the former one (``err_no``)."""
SPELLINGS: Final[Spellings] = (("aftersale", "after_sale"), ("decsison", "decision"))
FEN: Final = Amount("fen", 0)
CLOCK: Final = Clock(BEIJING)

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
"""The application was allowed: by the merchant, an assistant, a time limit or the platform."""
UNPAID: Final = frozenset({"0", "1", "4"})
"""No refund, a pending one, a failed one."""
SUCCEEDED: Final = frozenset({"12", "53"})
"""The status of an after-sale record that succeeded."""

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
"""No arbitration, or one still in progress."""
CROSS_BORDER: Final = frozenset({"21", "22", "23", "102"})
UNFINISHED: Final = frozenset({"1", "103"})
"""The values of ``order_status`` and ``main_status`` of what is not paid, or paid in part."""
CLOSED: Final = "4"
"""A line that was cancelled, or closed after its refund."""
REFUNDED: Final[Mapping[str, str]] = {"21": "before it was sent", "22": "after it was sent", "39": "after receipt"}
"""The values of ``main_status`` that say when a line was refunded."""
NOT_RECEIVED: Final = frozenset({"4", "21", "22"})
"""The values of ``main_status`` of a line that ended before it was received."""
DEPOSIT_SALES: Final = frozenset({"2", "3"})
"""The values of ``trade_type`` for a deposit followed by the rest."""
CATEGORY_LEVELS: Final = ("fourth_cid", "third_cid", "second_cid", "first_cid")
"""From narrowest to widest; the shop's mapping of a narrow category takes precedence."""
GOODS: Final = ("sku_id", "product_id")
"""The ids of goods, narrowest first."""
DISCOUNTS: Final = ("promotion_pay_amount", "voucher_deduction_amount")
"""Discounts at checkout. No document says whether the amount paid is before or after them."""
SURCHARGES: Final = ("packing_amount", "packing_charge_amount", "post_insurance_amount")
"""Charges other than goods, postage and tax that the amount paid may include."""
CURRENCY: Final = "CNY"

WHY_DROPPED: Final[Mapping[str, str]] = {
    "arbitrate_info": "only a clear ruling on a return is read, and only where the guarantee reads rulings",
    "extra_info": "free text, not a stated barcode: give that beside",
    "confirm_receipt_time": "the buyer's own click, not the signing for the parcel",
    "create_time": "the order's own create_time is taken",
    "got_pkg": "the buyer's word on whether it came, not the carrier's",
    "logistics_state": "no document says which state is the signing",
    "logistics_time": "the carrier's last news; no document says that it is the signing",
    "modify_amount": "inside pay_amount, which is what was paid",
    "need_return_count": "what is to be sent back, not what is claimed",
    "order_amount": "before discounts; pay_amount is what was paid",
    "order_phase_list": "read only to see whether the phases make up what was paid",
    "packing_amount": "a packing fee: neither goods nor postage nor tax, and not given back",
    "packing_charge_amount": "a packing fee: neither goods nor postage nor tax, and not given back",
    "part_type": "no document says what part of the price it stands for",
    "pay_time": "an order is placed when it is made, not when it is paid; only 0, not paid yet, is read",
    "post_insurance_amount": "freight insurance: neither goods nor postage nor tax, and not given back",
    "price_protection_detail": "give a price adjustment that was paid beside, among the settlements",
    "refund_post_amount": "inside refund_total_amount",
    "return_address": "no market stands with it; give return addresses beside",
    "ship_time": "when it was sent, not when it came",
    "tag_detail": "for display only, and not as at the order: give badges beside",
}
"""Why a plausible value is not in the case."""
