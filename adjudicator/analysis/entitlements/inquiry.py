"""Inquiries: an order about which is asked what it gives, and how one is read.

An inquiry is ``as_of``, ``order`` and, if there are any, ``settlements``, each as in a case; or a whole case, of which only these count.
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
    """An order about which is asked what it gives, with what was settled on it before."""

    as_of: Instant = field(metadata={"means": "The moment for which it is asked."})
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


_OF_AN_INQUIRY: Final = tuple(each.name for each in attrs.fields(OrderInquiry))
_OF_A_CASE: Final = tuple(each.name for each in attrs.fields(Case))
_KNOWN: Final = frozenset({*_OF_AN_INQUIRY, ""})


def _inquiry(document: dict[str, Any], faults: list[Fault]) -> OrderInquiry:
    """The inquiry in a document. It is read as a case is, with a claim of no importance in place of any that there is."""
    faults += [
        Fault(f"/{pointer_step(name)}", shown(value), f"no such field; known here: {', '.join(_OF_AN_INQUIRY)}")
        for name, value in document.items()
        if name not in {*_OF_AN_INQUIRY, *_OF_A_CASE}
    ]
    try:
        case = _read({name: each for name, each in document.items() if name in _OF_AN_INQUIRY})
    except InputError as error:
        of_the_inquiry = (each for each in error.faults if each.pointer.partition("/")[2].partition("/")[0] in _KNOWN)
        raise InputError([*faults, *of_the_inquiry]) from None
    if faults:
        raise InputError(faults)
    return OrderInquiry(as_of=case.as_of, order=case.order, settlements=case.settlements)


def _read(document: Mapping[str, Any]) -> Case:
    """A document about an order as a case: plain, or with the fields of the first pack that has all of those in it.

    Raises :class:`~adjudicator.model.errors.InputError` with the faults of the kind of case that finds the fewest.
    """
    oldest: dict[type, Edition] = {}
    for edition in sorted((group[0] for group in claim_policies()), key=lambda edition: edition.governs_from):
        oldest.setdefault(edition.case_kind.case_type, edition)
    refused: list[InputError] = []
    for edition in sorted(oldest.values(), key=lambda edition: edition.case_kind.case_type is not Case):
        try:
            case: Case = case_from(_as_a_case(edition, document))
        except InputError as error:
            refused.append(error)
        else:
            return case
    if refused:
        raise min(refused, key=lambda error: len(error.faults))
    raise InputError([Fault("", shown(document), "a policy for claims to ask, and no pack is installed that has one")])


def _as_a_case(first: Edition, document: Mapping[str, Any]) -> dict[str, Any]:
    """A document about an order as a case under an edition, whose claim can only be at fault where the order is."""
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
