"""JSON in and out: bytes to a case, a decision to bytes.

Nothing is coerced or dropped: a value of another type, an unknown field, a duplicate key, and a number too large to be exact are
faults. All faults of an input are reported at once.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable
from math import inf
from typing import Any, NamedTuple, TypeVar

import orjson

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_in_force
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.soundness import (
    CaseBase,
    require_case,
)
from adjudicator.model.time import Instant
from adjudicator.wire.decisions import bytes_of
from adjudicator.wire.encoder import encoder
from adjudicator.wire.parser import in_utf8, keys_stand_once, last_values, parsed, parsed_at_once
from adjudicator.wire.reader import DOUBTS, reader_of
from adjudicator.wire.shapes import decision_type, shape_of

T = TypeVar("T")


def load_case(text: str | bytes) -> Any:
    """Read a case, of the kind that its policy decides.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of the input.
    """
    return read_case(text).case


class ReadCase(NamedTuple):
    """A case from JSON, its normalised document, unless that has to be made from the case, and the edition that governs it, if found."""

    case: Any
    document: dict[str, Any] | None = None
    edition: Edition | None = None


def read_case(text: str | bytes) -> ReadCase:
    """Read a case as :func:`load_case` does, and keep its document."""
    return _sound_case(text) or ReadCase(case_from(*parsed(text)))


def case_from(document: object, faults: Iterable[Fault] = ()) -> Any:
    """The case in a parsed JSON document; ``faults`` are those found while parsing.

    Raises :class:`~adjudicator.model.errors.InputError` with these and every other fault.
    """
    from adjudicator.wire.closer_look import case_in  # noqa: PLC0415 - see there

    return case_in(document, [*faults])


def value_reader(annotation: Any) -> Callable[[object], Any]:
    """What reads a part of a case from a JSON document.

    It raises :class:`~adjudicator.model.errors.InputError` if that does not fit the type.
    """
    from adjudicator.wire import closer_look  # noqa: PLC0415 - see there

    return closer_look.value_reader(annotation)


def part_of(document: object, annotation: type[T]) -> T:
    """A message of this library or its service from a JSON document; unknown fields are ignored."""
    from adjudicator.wire.decoder import decoder  # noqa: PLC0415 - see there

    part: T = decoder(strict=False).structure(document, annotation)
    return part


def dump_case(case: CaseBase) -> bytes:
    """Write a case; what was not stated is null, and instants are in Beijing time.

    Raises :class:`~adjudicator.model.errors.InputError` for what is no case.
    """
    return _bytes(case_document(require_case(case)))


def case_document(case: CaseBase) -> dict[str, Any]:
    """A case as a JSON document."""
    return document_of(case)


def document_of(value: Any) -> dict[str, Any]:
    """A case, a decision or any value made of their parts as a JSON document."""
    return typing.cast("dict[str, Any]", encoder(str).unstructure(value))


def normalised(case: CaseBase) -> dict[str, Any]:
    """The case in the form its digest covers: null for what was not stated, instants in UTC."""
    return typing.cast("dict[str, Any]", encoder(Instant.utc_text).unstructure(case))


def dump_decision(decision: Decision) -> bytes:
    """Write a decision. Raises :class:`~adjudicator.model.errors.InputError` for any other value."""
    if not isinstance(decision, Decision):
        raise InputError([Fault("", shown(decision), "a decision")])
    return bytes_of(decision)


def decision_document(decision: Decision) -> dict[str, Any]:
    """A decision as a JSON document."""
    return document_of(decision)


def load_decision(text: str | bytes) -> Decision:
    """Read a decision back; unknown fields are ignored.

    Raises :class:`~adjudicator.model.errors.InputError` for what is no decision.
    """
    return _decision_at_once(text) or _decision(text)


def _decision(text: str | bytes) -> Decision:
    from adjudicator.wire.closer_look import decision_in  # noqa: PLC0415 - see there

    return decision_in(*parsed(text, most_bytes=inf))


def _decision_at_once(text: str | bytes) -> Decision | None:
    """The decision in a text; ``None`` if the text needs a closer look."""
    document = parsed_at_once(text)
    if type(document) is not dict:
        return None
    kind: Any = decision_type(document)
    read = reader_of(kind)
    if read is None:
        return None
    try:
        decision: Decision = read(document)
    except DOUBTS:
        return None
    return decision


def _bytes(document: object) -> bytes:
    return orjson.dumps(document)


# Reading


def _sound_case(text: str | bytes) -> ReadCase | None:
    """The case in a text without faults; ``None`` if the text needs a closer look."""
    data = in_utf8(text)
    document = last_values(data)
    if type(document) is not dict:
        return None
    read = reader_of(shape_of(document))
    if read is None:
        return None
    keys: list[int] = []
    try:
        case: CaseBase = read(document, keys)
    except DOUBTS:
        return None
    edition = edition_in_force(case)
    if edition is None or not keys_stand_once(data, sum(keys)):
        return None
    return tuple.__new__(ReadCase, (case, document, edition))  # in half the time of calling the class
