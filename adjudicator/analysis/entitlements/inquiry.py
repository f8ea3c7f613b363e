"""Inquiries about the entitlements under an order, and how they are read.

An inquiry has ``as_of``, ``order`` and optional ``settlements``, each as in a case. It may be a whole case; other fields of a case
are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs
from attrs import field, frozen

from adjudicator.analysis.entitlements.drafts import CHOICES, claim_policies
from adjudicator.engine.policy import Edition
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.model.order import Order
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_from
from adjudicator.wire.parser import parsed


@frozen(kw_only=True)
class OrderInquiry:
    """A question about the entitlements under an order, with its earlier settlements."""

    as_of: Instant = field(metadata={"means": "The instant to answer for."})
    order: Order
    settlements: tuple[Settlement, ...] = ()


def load_inquiry(text: str | bytes) -> OrderInquiry:
    """Read an inquiry, as strictly as a case.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of the input.
    """
    document, faults = parsed(text)
    if type(document) is not dict:
        raise InputError([*faults, Fault("", shown(document), "an object")])
    return _inquiry(document, faults)


_INQUIRY_FIELDS: Final = tuple(each.name for each in attrs.fields(OrderInquiry))
_CASE_FIELDS: Final = tuple(each.name for each in attrs.fields(Case))
_INQUIRY_ROOTS: Final = frozenset({*_INQUIRY_FIELDS, ""})


def _inquiry(document: dict[str, Any], faults: list[Fault]) -> OrderInquiry:
    """The inquiry in a document, read as a case with a placeholder claim instead of any that it contains."""
    faults += [
        Fault(f"/{pointer_step(name)}", shown(value), f"no such field; known here: {', '.join(_INQUIRY_FIELDS)}")
        for name, value in document.items()
        if name not in {*_INQUIRY_FIELDS, *_CASE_FIELDS}
    ]
    try:
        case = _read_as_case({name: value for name, value in document.items() if name in _INQUIRY_FIELDS})
    except InputError as error:
        relevant = (
            fault for fault in error.faults if fault.pointer.partition("/")[2].partition("/")[0] in _INQUIRY_ROOTS
        )
        raise InputError([*faults, *relevant]) from None
    if faults:
        raise InputError(faults)
    return OrderInquiry(as_of=case.as_of, order=case.order, settlements=case.settlements)


def _read_as_case(document: Mapping[str, Any]) -> Case:
    """An inquiry as a case of the first type that accepts it; the plain type is tried first.

    Raises :class:`~adjudicator.model.errors.InputError` with the faults of the type that reports the fewest.
    """
    oldest: dict[type, Edition] = {}
    for edition in sorted((editions[0] for editions in claim_policies()), key=lambda edition: edition.governs_from):
        oldest.setdefault(edition.case_kind.case_type, edition)
    refused: list[InputError] = []
    for edition in sorted(oldest.values(), key=lambda edition: edition.case_kind.case_type is not Case):
        try:
            case: Case = case_from(_case_with_placeholder_claim(edition, document))
        except InputError as error:
            refused.append(error)
        else:
            return case
    if refused:
        raise min(refused, key=lambda error: len(error.faults))
    raise InputError([Fault("", shown(document), "a policy for claims to ask, and no pack is installed that has one")])


def _case_with_placeholder_claim(first: Edition, document: Mapping[str, Any]) -> dict[str, Any]:
    """An inquiry as a case document, with a claim that is valid if the order is."""
    order = document.get("order")
    lines = order.get("lines") if isinstance(order, dict) else None
    line = next(iter(lines), None) if isinstance(lines, list) else None
    claim = {
        "id": "claim",
        "claimant_id": "buyer",
        "filed_at": order.get("placed_at") if isinstance(order, dict) else None,
        **{name: list(kind)[-1].value for name, kind in CHOICES.items()},
        "demands": [],
        "items": [{"line_id": line.get("id") if isinstance(line, dict) else None, "quantity": 1}],
    }
    settlements = document.get("settlements")
    return {
        "id": "inquiry",
        "policy": first.policy,
        "claim": claim,
        "evidence": [],
        **document,
        "settlements": [] if settlements is None else settlements,
    }
