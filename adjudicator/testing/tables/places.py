"""Find the place in a case that a name in a table refers to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from adjudicator.engine.policy import Edition
from adjudicator.model.errors import Fault, InputError, safe, shown
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.parser import parsed
from adjudicator.wire.pointer import Kind, kind_at

UNKNOWN = "null"
"""The text of a cell whose value is unknown."""


def place_named(name: str, edition: Edition, case: CaseBase) -> str:
    """The JSON pointer for a name: a pointer itself, a dotted path (``order.lines.0.category``) or a fact of the rule.

    Raises :class:`ValueError` if there is no such place, or more than one.
    """
    if name.startswith("/"):
        return _existing(name, case)
    if name in edition.case_kind.glossary.facts:
        return _place_of_fact(name, edition, case)
    return _existing(f"/{name.replace('.', '/')}", case)


def _place_of_fact(name: str, edition: Edition, case: CaseBase) -> str:
    fact = edition.case_kind.glossary.facts[name]
    subjects = edition.case_kind.subjects(case)
    places = tuple(dict.fromkeys(place for subject in subjects for place in fact.where(subject.places())))
    if len(places) == 1:
        return places[0]
    if not places:
        raise ValueError(f"{name} stands nowhere in the base case; write the place, such as order.postage_paid")
    raise ValueError(f"{name} stands in several places; write one of {', '.join(_dotted(each) for each in places)}")


def _existing(pointer: str, case: CaseBase) -> str:
    try:
        kind_at(type(case), pointer, case)
    except (LookupError, ValueError, TypeError, AttributeError):
        raise ValueError(
            f"there is no such fact and no such place in the case ({safe(pointer)}); "
            "write the name of a fact, or a path such as order.postage_paid"
        ) from None
    return pointer


def _dotted(pointer: str) -> str:
    return pointer[1:].replace("/", ".")


def value_in_cell(text: str, pointer: str, case: CaseBase) -> Any:
    """The JSON value that a cell of a CSV table puts at a place.

    ``null`` means unknown. A cell stays text if the case has a text, an instant or a choice there; otherwise it is read as JSON.
    """
    if text == UNKNOWN:
        return None
    if _holds_text(kind_at(type(case), pointer, case)):
        return text
    try:
        value, faults = parsed(text)
    except InputError:
        value, faults = None, [Fault(pointer, "", "")]
    if faults:
        raise InputError([Fault(pointer, shown(text), "a number, true, false, or a list or an object as in JSON")])
    return value


def _holds_text(kind: Kind) -> bool:
    plain = getattr(kind.annotation, "__supertype__", kind.annotation)
    return isinstance(plain, type) and issubclass(plain, (str, Decimal, Instant))
