"""What a decision grants: awards, the steps that lead to them, returns, measures."""

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
"""How a digest is written."""


class AwardKind(StrEnum):
    """What money is awarded for."""

    REFUND = "refund"
    COMPENSATION = "compensation"
    TAX = "tax"
    POSTAGE = "postage"


class FreightBearer(StrEnum):
    """Who pays for sending the goods back."""

    MERCHANT = "merchant"
    CONSUMER = "consumer"
    UNDETERMINED = "undetermined"


@frozen
class Award:
    """Money payable now.

    ``entitled`` is what the claim entitles to in all, ``settled`` what was settled before and is taken off. ``key`` stays the
    same until something is settled for the same order, line and kind: use it as the idempotency key of the payment. What is taken
    back later does not bring an old key back.
    """

    key: str = field(metadata={"means": "The idempotency key of the payment.", "code": SHA_256})
    kind: AwardKind
    line_id: str | None = field(metadata={"means": "The line for which it is paid; null for postage."})
    amount: Minor = field(metadata={"means": "What to pay now.", "bounds": COUNT})
    entitled: Minor = field(metadata={"means": "What the claim entitles to in all."})
    settled: Minor = field(metadata={"means": "What was settled before and is taken off."})
    units: int | None = field(
        default=None,
        metadata={
            "means": "How many units of the line it settles that this claim was not paid before; null for tax and postage.",
            "bounds": AMOUNT,
        },
    )


@frozen
class Step:
    """One rung of the ladder: a named money function, what went in and what came out (minor units)."""

    step: str = field(metadata={"means": "The money function."})
    cites: tuple[str, ...] = field(
        metadata={"means": "The parts of the rule's text, and the readings, that it carries out."}
    )
    line_id: str | None = field(metadata={"means": "The line that it is about; null for the order."})
    inputs: Mapping[str, JsonValue] = field(metadata={"means": "What went in."})
    amount: Minor = field(metadata={"means": "What came out."})


@frozen
class Measure:
    """Something that the rule allows on these facts: a right, whether or not it is used."""

    measure: str = field(metadata={"means": "What may be done."})
    cites: tuple[str, ...] = field(metadata={"means": "The parts of the rule's text, and the readings, that allow it."})
    amount: Minor | None = field(
        metadata={"means": "The amount that it is about; null without one, or while not known."}
    )


@frozen
class ReturnAuthorisation:
    """Where the approved lines may be sent back to, and at whose cost."""

    address_id: str | None = field(metadata={"means": "The address that the merchant names."})
    market: str = field(metadata={"means": "Where it lies."})
    line_ids: tuple[str, ...] = field(metadata={"means": "The lines that may be sent back."})
    freight_borne_by: FreightBearer = field(metadata={"means": "Who pays for that."})
