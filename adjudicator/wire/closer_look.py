"""Read JSON with cattrs, which finds every fault and its place, and takes what the readers doubt.

Nearly every case is read without it: it is imported when it is first needed, because cattrs takes an eighth of the time that all of this
package takes to import.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import attrs
from cattrs import AttributeValidationNote, BaseValidationError, IterableValidationNote

from adjudicator.engine.registry import ungoverned
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.evidence import kinds_in
from adjudicator.model.fields import if_known
from adjudicator.model.json_names import pointer_step, wire_name
from adjudicator.model.soundness import CaseBase, first_at_each_place
from adjudicator.wire.annotations import may_be_unknown, with_current_names
from adjudicator.wire.decoder import InvalidValue, decoder
from adjudicator.wire.parser import DEEPEST, TOO_DEEP, depth_of
from adjudicator.wire.shapes import decision_type, shape_of


def case_in(document: object, faults: list[Fault]) -> Any:
    """The case in a parsed JSON document. Raises :class:`~adjudicator.model.errors.InputError` with these faults and every other."""
    if type(document) is not dict:
        raise InputError([*faults, Fault("", shown(document), "an object")])
    shape = shape_of(document)
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


def decision_in(document: object, faults: list[Fault]) -> Decision:
    """The decision in a parsed JSON document. Raises :class:`~adjudicator.model.errors.InputError` with these faults and every other."""
    try:
        decision: Decision = decoder(strict=False).structure(document, decision_type(document))
    except BaseValidationError as error:
        faults += _faults_in(error)
    except InvalidValue as error:
        faults.append(Fault("", shown(error.value), error.expected))
    if faults:
        raise InputError(faults)
    return decision


@cache
def value_reader(annotation: Any) -> Callable[[object], Any]:
    """What reads a part of a case in a parsed JSON document.

    It raises :class:`~adjudicator.model.errors.InputError` if that does not fit the type.
    """
    structured = decoder(strict=True).get_structure_hook(annotation)

    def read(document: object) -> Any:
        try:
            return structured(document, annotation)
        except (BaseValidationError, InvalidValue) as error:
            raise InputError(_faults_in(error)) from None

    return read


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
        return _salvage(if_known(annotation), value)
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
