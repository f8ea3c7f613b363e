"""What a decision grants: awards and their calculation, returns, measures."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from attrs import field, frozen

from adjudicator.model.finding import JsonValue
from adjudicator.model.limits import AMOUNT, COUNT
from adjudicator.model.money import Minor

SHA_256: Final = re.compile("[0-9a-f]{64}")
"""The form of a digest."""


class AwardKind(StrEnum):
    """What money is awarded for."""

    REFUND = "refund"
    COMPENSATION = "compensation"
    TAX = "tax"
    POSTAGE = "postage"


class FreightBearer(StrEnum):
    """Who pays for returning the goods."""

    MERCHANT = "merchant"
    CONSUMER = "consumer"
    UNDETERMINED = "undetermined"


@frozen
class Award:
    """Money payable now.

    ``entitled`` is the total entitlement, and ``settled`` what was settled before and is deducted. ``key`` stays the same until
    something is settled for the same order, line and kind: use it as the idempotency key of the payment. A later reversal does not
    restore an old key.
    """

    key: str = field(metadata={"means": "The idempotency key of the payment.", "code": SHA_256})
    kind: AwardKind
    line_id: str | None = field(metadata={"means": "The line for which it is paid; null for postage."})
    amount: Minor = field(metadata={"means": "What to pay now.", "bounds": COUNT})
    entitled: Minor = field(metadata={"means": "The total entitlement under the claim."})
    settled: Minor = field(metadata={"means": "What was settled before and is deducted."})
    units: int | None = field(
        default=None,
        metadata={
            "means": "How many units of the line it settles that this claim was not paid before; null for tax and postage.",
            "bounds": AMOUNT,
        },
    )


@frozen
class Step:
    """One step of the calculation: a named money function with its input and output in minor units."""

    step: str = field(metadata={"means": "The money function."})
    cites: tuple[str, ...] = field(
        metadata={"means": "The parts of the rule's text, and the readings, that it applies."}
    )
    line_id: str | None = field(
        metadata={"means": "The line it applies to; null for the order, or the case as a whole."}
    )
    inputs: Mapping[str, JsonValue] = field(metadata={"means": "The inputs of the function."})
    amount: Minor = field(metadata={"means": "The result of the function."})


@frozen
class Measure:
    """Something that the rule allows on these facts: a right, which need not be used."""

    measure: str = field(metadata={"means": "What may be done."})
    cites: tuple[str, ...] = field(metadata={"means": "The parts of the rule's text, and the readings, that allow it."})
    amount: Minor | None = field(
        metadata={"means": "The amount involved; null if there is none, or it is not known yet."}
    )


@frozen
class ReturnAuthorisation:
    """Where the approved lines may be returned to, and at whose cost."""

    address_id: str | None = field(metadata={"means": "The address that the merchant names."})
    market: str = field(metadata={"means": "The market of that address."})
    line_ids: tuple[str, ...] = field(metadata={"means": "The lines that may be returned."})
    freight_borne_by: FreightBearer = field(metadata={"means": "Who pays for the return."})
