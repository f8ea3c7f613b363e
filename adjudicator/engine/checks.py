"""Checks for errors in an edition that would not stop it from running, but would make it decide wrongly."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

import attrs

from adjudicator.engine.acceptables import accepted_names
from adjudicator.engine.clause import (
    NUMBERING,
    Citation,
    Node,
    PolicyError,
    hints,
    in_order,
    is_part_of,
    members,
    numbered_by,
    plain_type,
)
from adjudicator.engine.counting import line_of_calculation
from adjudicator.engine.inspection import (
    Function,
    calls_behind,
    constants_in,
    helpers_of,
    line_without_value,
    location,
    values_named,
)
from adjudicator.engine.limit_checks import check_limits
from adjudicator.engine.structure import check_evidence, check_governed_from
from adjudicator.model.by_date import ByDate
from adjudicator.model.calendars import WorkingDays
from adjudicator.model.facts import Disputed, Failed, Holds, NotCovered, Open, Repairable
from adjudicator.model.fields import all_fields, classes_in
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import Bounds
from adjudicator.model.time import Instant, Window

if TYPE_CHECKING:
    from adjudicator.engine.policy import Edition

CLOCK: Final = "as_of"
"""The fact that is the moment of the decision."""
KIND: Final = "kind"
"""The JSON field with the kind of a piece of evidence."""
ALONG: Final = "with/"
"""The prefix for the fields of a second piece of evidence, submitted together with the first."""
_WHEN: Final = ("changes_at", "until")
"""The parameters that say when an answer changes."""
ANSWERS: Final = frozenset({bool, Holds, Failed, Repairable, Open, Disputed, NotCovered})
"""The types that a clause may return."""
_POINTER: Final = re.compile(r"(?:/(?:[a-z][a-z0-9_]*|\{[a-z]+\}|-|\d+))+")
_PLACEHOLDER: Final = re.compile(r"\{[a-z]+\}|-|\d+")


def check_contents(edition: Edition, nodes: Mapping[str, Node]) -> None:
    """Run every check on functions, clauses and the case type; the first error found is raised."""
    check_calendars(edition, nodes)
    check_order(edition, nodes)
    for node in nodes.values():
        check_returns(edition, node)
        check_calls(edition, node, nodes)
        check_pointers(edition, node)
        check_citations(edition, node)
        check_accepted_names(edition, node)
    for function in (*edition.requires, *edition.barred_by):
        check_answer_types(edition, function)
        check_time_dependence(edition, function, nodes)
    check_case_type(edition)
    check_governed_from(edition)
    check_evidence(edition)
    check_limits(edition)


def check_grants(edition: Edition) -> None:
    """Refuse grants of a class that this kind of case does not support."""
    usable = edition.case_kind.grantable
    if edition.grants is not None and not isinstance(edition.grants, usable):
        kind, actual = type(edition.case_kind).__name__, type(edition.grants).__name__
        expected = " or ".join(each.__name__ for each in usable)
        raise PolicyError(
            f"{edition.policy}: cases of the kind {kind} cannot grant a {actual}; "
            + (f"grants has to be a {expected}" if usable else "nothing can follow from them but the outcome")
        )


@runtime_checkable
class GivesToRequirements(Protocol):
    """A kind of case in which requirements may ask for some facts about outcomes: those of parts that are judged before the whole."""

    @property
    def given_to_requirements(self) -> frozenset[str]:
        """The names of these facts."""


def check_order(edition: Edition, nodes: Mapping[str, Node]) -> None:
    """Refuse a clause that needs a fact that is only there once the clauses are judged."""
    kind = edition.case_kind
    later = kind.outcome_facts.keys() - edition.settings.keys()
    given = kind.given_to_requirements if isinstance(kind, GivesToRequirements) else frozenset()
    for functions, not_yet in ((edition.requires, later - given), (edition.barred_by, later)):
        for node in in_order(nodes, [each.__name__ for each in functions]):
            for name in filter(not_yet.__contains__, node.params):
                raise PolicyError(
                    f"{edition.policy}: {location(node.function)} asks for {name}, which is only there once the clauses are "
                    "judged; no clause can need it"
                )


def check_returns(edition: Edition, node: Node) -> None:
    """Refuse a function that can end without a value if its annotation does not admit ``None``."""
    line = line_without_value(node.function)
    if line is not None and type(None) not in members(hints(node.function)["return"]):
        raise PolicyError(
            f"{edition.policy}: {location(node.function)} can end at line {line} without returning a value; "
            f"its annotation does not admit None"
        )


def check_answer_types(edition: Edition, function: Function) -> None:
    """Refuse a clause that can return a type not in :data:`ANSWERS`."""
    returned = {plain_type(each) for each in members(hints(function)["return"])}
    if wrong := sorted(each.__name__ for each in returned - ANSWERS):
        raise PolicyError(
            f"{edition.policy}: the clause {location(function)} can return {', '.join(wrong)}; a clause returns bool, "
            "or one of Holds, Failed, Repairable, Open, Disputed, NotCovered"
        )


def check_time_dependence(edition: Edition, function: Function, nodes: Mapping[str, Node]) -> None:
    """Refuse a clause that depends on the time if nothing says when its answer changes."""
    if members(hints(function)["return"]) != {bool}:
        _check_calculations(edition, function, nodes)
        return
    for node in in_order(nodes, (function.__name__,)):
        if CLOCK in node.params and not _can_say_when(node):
            through = "" if node.function is function else f" through {location(node.function)}"
            raise PolicyError(
                f"{edition.policy}: the clause {location(function)} reads {CLOCK}{through} and returns a bare bool, so nothing "
                "says when it changes; return Open or Holds with changes_at, or ask for a Window"
            )


def _check_calculations(edition: Edition, function: Function, nodes: Mapping[str, Node]) -> None:
    """Refuse a clause that could say when its answer changes, rests on a calculation with the clock, and never says it."""
    if _says_when(function):
        return
    for node in in_order(nodes, (function.__name__,)):
        line = line_of_calculation(node.function, CLOCK) if CLOCK in node.params else None
        if line is not None and not _says_when(node.function):
            through = "" if node.function is function else f" through {location(node.function)}"
            raise PolicyError(
                f"{edition.policy}: the clause {location(function)} calculates with {CLOCK}{through} at line {line}, so nothing says "
                "when it changes; give its answer changes_at, or ask for a Window"
            )


def _says_when(function: Function) -> bool:
    """Whether a function names or makes the instant at which its answer changes, itself or through a helper."""
    behind = (function, *helpers_of(function))
    return any({*_WHEN} & {*constants_in(each)} or Instant in _values_named(each) for each in behind)


def _can_say_when(node: Node) -> bool:
    """Whether a function returns an instant or an answer that can carry one, or asks for a window or a table by date."""
    annotations = hints(node.function)
    asked = {plain_type(each) for name in node.params for each in members(annotations[name])}
    returned = {plain_type(each) for each in members(annotations["return"])}
    return bool(asked & {Window, ByDate} or returned & {Window, Instant, Open, Holds, Failed, Repairable})


def check_calls(edition: Edition, node: Node, nodes: Mapping[str, Node]) -> None:
    """Refuse a direct Python call of a function that the edition has replaced by another of the same name.

    A new function may call the one that it replaces.
    """
    current = {name: each.function for name, each in nodes.items()}
    for call in calls_behind(node.function):
        instead = current.get(call.callee.__name__, call.callee)
        if instead is not call.callee and call.callee.__name__ != node.name and _is_law(call.callee, edition.numbering):
            refuse_call(edition, node.function, call.callee, call.through, call.line, instead)


def refuse_call(
    edition: Edition, caller: Function, callee: Function, through: Function, line: int, instead: Function | None
) -> typing.NoReturn:
    """Raise the error for a function that calls one that this edition has replaced or removed."""
    helper = "" if through is caller else f" through {location(through)},"
    now = f"has {location(instead)} in its place" if instead else "does without it"
    raise PolicyError(
        f"{edition.policy}: {location(caller)} calls {location(callee)} as Python,{helper} at line {line}, and edition "
        f"{edition.effective_from.isoformat()} {now}; ask for {callee.__name__} as a parameter, or replace {caller.__name__} too"
    )


def _is_law(function: Function, numbering: str) -> bool:
    """Whether a function cites the rule. A helper that happens to have the same name does not."""
    try:
        return bool(Citation.of(function, numbering))
    except PolicyError:
        return False


# Citations and calendars


def check_numbering(edition: Edition) -> None:
    """Refuse a ``numbering`` that is not a regular expression, matches an empty text, or does not match the article."""
    try:
        pattern = numbered_by(edition.numbering)
    except re.error as error:
        raise PolicyError(f"{edition.policy}: numbering is not a regular expression: {error}") from None
    if pattern.search(""):
        raise PolicyError(f"{edition.policy}: numbering finds a number in an empty text")
    for each in edition.article.split("; ") if edition.numbering != NUMBERING else ():
        if not pattern.fullmatch(each):
            raise PolicyError(
                f"{edition.policy}: the article {each} is not numbered as numbering says, {edition.numbering}"
            )


def check_calendars(edition: Edition, nodes: Mapping[str, Node]) -> None:
    """Refuse a calendar in a setting or a function that does not cover the first day on which the edition governs."""
    values = (value for node in nodes.values() for value in _values_named(node.function))
    for calendar in (*edition.settings.values(), *values):
        if isinstance(calendar, WorkingDays) and not calendar.covers(edition.effective_from):
            raise PolicyError(
                f"{edition.policy}: its working days are known from {calendar.first} to {calendar.last}, "
                f"but it governs from {edition.effective_from}"
            )


def _values_named(function: Function) -> Iterator[object]:
    if isinstance(function, types.FunctionType):
        yield from (value for value, _ in values_named(function))


def check_citations(edition: Edition, node: Node) -> None:
    """Refuse a citation that the article does not have, if the edition lists its sentences."""
    if not edition.sentences:
        return
    for citation in node.citation.cites:
        if is_part_of(citation, edition.article) and not exists_in(edition.sentences, citation):
            raise PolicyError(
                f"{edition.policy}: {location(node.function)} cites {citation}, which the text of {edition.article} does not have"
            )


def exists_in(sentences: Collection[str], citation: str) -> bool:
    """Whether a citation names one of these sentences, or a whole that contains one."""
    return any(is_part_of(each, citation) for each in sentences)


# Pointers and fields


def check_accepted_names(edition: Edition, node: Node) -> None:
    """Refuse an acceptable answer that names neither a fact nor a field: nobody could give it."""
    kind = edition.case_kind
    known = kind.glossary.facts.keys() | field_names(kind.case_type)
    for function in (node.function, *helpers_of(node.function)):
        for each in accepted_names(function):
            if not each.name.startswith("/") and not known.issuperset(each.name.removeprefix(ALONG).split("/")):
                raise PolicyError(
                    f"{edition.policy}: {location(function)} accepts {each.name} at line {each.line}, which is neither a fact "
                    f"nor a field of a {kind.case_type.__name__}"
                )


def check_pointers(edition: Edition, node: Node) -> None:
    """Refuse a JSON pointer, in a function or in data that it names, that leads nowhere in a case."""
    for pointer in _pointers_in(node.function):
        if step := unknown_step(edition.case_kind.case_type, pointer):
            kind = edition.case_kind.case_type.__name__
            raise PolicyError(
                f"{edition.policy}: {location(node.function)} has the pointer {pointer}, but a {kind} has no {step} there"
            )


@cache
def _pointers_in(function: Function) -> tuple[str, ...]:
    constants = [*constants_in(function)]
    if isinstance(function, types.FunctionType):
        for value, _ in values_named(function):
            constants += value.keys() if isinstance(value, Mapping) else ()
    return tuple(each for each in constants if isinstance(each, str) and _POINTER.fullmatch(each))


def check_case_type(edition: Edition) -> None:
    """Refuse facts whose pointers lead nowhere, and fields with unusable bounds."""
    kind = edition.case_kind
    for fact in kind.glossary.facts.values():
        for pointer in fact.pointers:
            if step := unknown_step(kind.case_type, pointer):
                raise PolicyError(
                    f"{edition.policy}: the fact {location(fact.read)} is said to stand at {pointer}, "
                    f"but a {kind.case_type.__name__} has no {step} there"
                )
    if fault := _bounds_fault(kind.case_type):
        raise PolicyError(f"{edition.policy}: {fault}")


@cache
def unknown_step(case_type: type, pointer: str) -> str | None:
    """The first step of a JSON pointer that matches no field of a case; ``None`` if the whole pointer matches."""
    classes = {case_type}
    for step in pointer.split("/")[1:]:
        if _PLACEHOLDER.fullmatch(step) or step == KIND:
            continue
        fields = [each for of in classes for each in _fields(of) if wire_name(each.name) == step]
        if not fields:
            return step
        classes = {inner for each in fields for inner in classes_in(each.type)}
    return None


@cache
def _bounds_fault(case_type: type) -> str | None:
    """The first error in the bounds of a field, anywhere in a case."""
    for of, each in all_fields(case_type):
        bounds = each.metadata.get("bounds")
        if bounds is not None and (fault := _bounds_mismatch(bounds, each.type)):
            return f"the bounds of {where_field(of, each)} {fault}"
    return None


@cache
def field_names(case_type: type) -> frozenset[str]:
    """The JSON names of all fields of a case and its parts, and :data:`KIND`."""
    return frozenset((KIND, *(wire_name(each.name) for _, each in all_fields(case_type))))


def _bounds_mismatch(bounds: object, annotation: Any) -> str | None:
    if not isinstance(bounds, Bounds):
        return f"are {bounds!r}, and have to be Bounds"
    known = {plain_type(each) for each in members(annotation)} - {type(None)}
    if known != {bounds.of}:
        names = ", ".join(sorted(each.__name__ for each in known))
        return f"are of {bounds.of.__name__}, but the field holds {names}"
    return None


def where_field(of: type, field: attrs.Attribute[Any]) -> str:
    """The full name of a field, for messages."""
    return f"{of.__module__}.{of.__name__}.{field.name}"


@cache
def _fields(of: type) -> tuple[attrs.Attribute[Any], ...]:
    return tuple(attrs.fields(attrs.resolve_types(of)))
