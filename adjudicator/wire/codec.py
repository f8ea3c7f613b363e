"""JSON in and out: bytes to a case, a decision to bytes.

Nothing is coerced or dropped: a value of another type, an unknown field, a duplicate key, and a number too large to be exact are
faults. All faults of an input are reported at once.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from math import inf
from typing import Any, NamedTuple, TypeVar

import attrs
import orjson
from cattrs import (
    AttributeValidationNote,
    BaseValidationError,
    IterableValidationNote,
)

from adjudicator.engine.clause import hints
from adjudicator.engine.registry import policies, ungoverned
from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.evidence import kinds_in
from adjudicator.model.json_names import pointer_step, wire_name
from adjudicator.model.soundness import (
    CaseBase,
    first_at_each_place,
    require_case,
)
from adjudicator.model.time import Instant
from adjudicator.wire.annotations import DECISIONS, may_be_unknown, with_current_names, without_none
from adjudicator.wire.decisions import bytes_of
from adjudicator.wire.decoder import InvalidValue, decoder
from adjudicator.wire.encoder import encoder
from adjudicator.wire.parser import DEEPEST, TOO_DEEP, depth_of, parsed, parsed_at_once
from adjudicator.wire.reader import DOUBTS, reader_of

T = TypeVar("T")


def load_case(text: str | bytes) -> Any:
    """Read a case, of the kind that its policy decides.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault of the input.
    """
    return read_case(text).case


class ReadCase(NamedTuple):
    """A case from JSON, and its normalised document, unless that has to be made from the case."""

    case: Any
    document: dict[str, Any] | None = None


def read_case(text: str | bytes) -> ReadCase:
    """Read a case as :func:`load_case` does, and keep its document."""
    return _sound_case(text) or ReadCase(_case(*parsed(text)))


def case_from(document: object, faults: Iterable[Fault] = ()) -> Any:
    """The case in a parsed JSON document; ``faults`` are those found while parsing.

    Raises :class:`~adjudicator.model.errors.InputError` with these and every other fault.
    """
    return _case(document, [*faults])


def value_from(document: object, annotation: Any) -> Any:
    """A part of a case from a JSON document. Raises :class:`~adjudicator.model.errors.InputError` if it does not fit the type."""
    try:
        return decoder(strict=True).structure(document, annotation)
    except (BaseValidationError, InvalidValue) as error:
        raise InputError(_faults_in(error)) from None


def part_of(document: object, annotation: type[T]) -> T:
    """A message of this library or its service from a JSON document; unknown fields are ignored."""
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


def _decision_type(document: Any) -> type[Decision]:
    """The class of a decision: that of its policy or, if the policy is not installed, one that has its fields."""
    match document:
        case {"policy": {"id": str(policy)}} if policy in policies():
            kind: type[Decision] = hints(policies()[policy][-1].case_kind.decide)["return"]
            return kind
        case dict():
            return next((kind for field, kind in DECISIONS.items() if field in document), Decision)
    return Decision


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
    return _decision_at_once(text) or _decision(*parsed(text, most_bytes=inf))


def _decision_at_once(text: str | bytes) -> Decision | None:
    """The decision in a text; ``None`` if the text needs a closer look."""
    document = parsed_at_once(text)
    if type(document) is not dict:
        return None
    kind: Any = _decision_type(document)
    read = reader_of(kind)
    if read is None:
        return None
    try:
        decision: Decision = read(document)
    except DOUBTS:
        return None
    return decision


def _decision(document: object, faults: list[Fault]) -> Decision:
    try:
        decision: Decision = decoder(strict=False).structure(document, _decision_type(document))
    except BaseValidationError as error:
        faults += _faults_in(error)
    except InvalidValue as error:
        faults.append(Fault("", shown(error.value), error.expected))
    if faults:
        raise InputError(faults)
    return decision


def _bytes(document: object) -> bytes:
    return orjson.dumps(document)


# Reading


def _sound_case(text: str | bytes) -> ReadCase | None:
    """The case in a text without faults; ``None`` if the text needs a closer look."""
    document = parsed_at_once(text)
    if type(document) is not dict:
        return None
    policy = document.get("policy")
    group = policies().get(policy) if type(policy) is str else None
    read = reader_of(group[0].case_kind.case_type) if group else None
    if read is None:
        return None
    try:
        case: CaseBase = read(document)
    except DOUBTS:
        return None
    return None if ungoverned(case) else ReadCase(case, document)


def _case(document: object, faults: list[Fault]) -> Any:
    if type(document) is not dict:
        raise InputError([*faults, Fault("", shown(document), "an object")])
    shape = _shape(document)
    try:
        case: CaseBase = decoder(strict=True).structure(document, shape)
    except (BaseValidationError, InputError) as error:
        if depth_of(document) > DEEPEST:
            raise InputError([TOO_DEEP]) from None
        faults += _faults_in(error)
        case = _salvage(shape, document)
        faults += case.faults()
    if isinstance(document.get("policy"), str):
        faults += ungoverned(case)
    if faults:
        raise InputError(first_at_each_place(faults))
    return case


def _shape(document: dict[str, Any]) -> type:
    """The type of case: that of the policy; for an unknown policy the one that shares most fields."""
    policy = document.get("policy")
    if isinstance(policy, str) and policy in policies():
        return policies()[policy][0].case_kind.case_type
    kinds = dict.fromkeys([Case, *(group[0].case_kind.case_type for group in policies().values())])
    return max(kinds, key=lambda kind: len(document.keys() & {field.name for field in attrs.fields(kind)}))


def _salvage(annotation: Any, value: Any) -> Any:
    """The parts of a value that can be read; ``None`` for the others."""
    kinds = kinds_in(annotation)
    if attrs.has(annotation) or kinds:
        if type(value) is not dict:
            return None
        kind: Any = kinds.get(str(value.get("kind"))) if kinds else annotation
        if kind is None:
            return None
        value = with_current_names(kind, value)
        read = object.__new__(kind)
        for each in attrs.fields(attrs.resolve_types(kind)):
            salvaged = _salvage(each.type, value.get(wire_name(each.name)))
            object.__setattr__(read, each.name, salvaged)
        return read
    if typing.get_origin(annotation) is tuple and type(value) is list:
        return tuple(_salvage(typing.get_args(annotation)[0], each) for each in value)
    if may_be_unknown(annotation):
        return _salvage(without_none(annotation), value)
    try:
        return decoder(strict=True).structure(value, annotation)
    except (BaseValidationError, InvalidValue):
        return None


def _faults_in(error: BaseException, pointer: str = "") -> Iterator[Fault]:
    """The faults in an error of the converter, with their places."""
    if isinstance(error, BaseValidationError):
        for inner in error.exceptions:
            yield from _faults_in(inner, pointer + _step(inner))
    elif isinstance(error, InputError):
        yield from error.faults
    elif isinstance(error, InvalidValue):
        yield Fault(pointer + error.at, shown(error.value), error.expected)
    else:
        raise error


def _step(error: BaseException) -> str:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return f"/{wire_name(note.name)}"
        if isinstance(note, IterableValidationNote):
            return f"/{pointer_step(str(note.index))}"
    return ""
