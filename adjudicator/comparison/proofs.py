"""Proofs as plain data: a JSON list of statements, each with its status, bound and counterexample."""

from __future__ import annotations

from typing import Any, Final, get_args

import orjson

from adjudicator.comparison.blocks import Proof, Status
from adjudicator.model.errors import Fault, InputError, shown

MOST: Final = 1_000
MEMBERS: Final = ("statement", "status", "bound", "counterexample")


def load_proofs(text: bytes) -> tuple[Proof, ...]:
    """Read proofs. Raises :class:`~adjudicator.model.errors.InputError` that names every wrong place."""
    try:
        document = orjson.loads(text)
    except ValueError as error:
        raise InputError([Fault("", shown(str(error)), "a JSON list of proofs")]) from error
    if not isinstance(document, list) or len(document) > MOST:
        raise InputError([Fault("", shown(document), f"a list of at most {MOST} proofs")])
    faults = [fault for place, each in enumerate(document) for fault in _faults(each, f"/{place}")]
    if faults:
        raise InputError(faults)
    return tuple(Proof(**{name: each.get(name) for name in MEMBERS}) for each in document)


def _faults(proof: Any, place: str) -> list[Fault]:
    if not isinstance(proof, dict):
        return [Fault(place, shown(proof), "an object with statement and status")]
    faults = []
    if not isinstance(proof.get("statement"), str):
        faults.append(Fault(f"{place}/statement", shown(proof.get("statement")), "a text"))
    if proof.get("status") not in get_args(Status):
        faults.append(Fault(f"{place}/status", shown(proof.get("status")), f"one of {', '.join(get_args(Status))}"))
    odd = [name for name in ("bound", "counterexample") if not isinstance(proof.get(name), str | None)]
    return faults + [Fault(f"{place}/{name}", shown(proof.get(name)), "a text, or null") for name in odd]
