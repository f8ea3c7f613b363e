"""What a reader may see: personal fields are removed from a case and its decision before anything is written about them.

Fields declare themselves personal (:class:`~adjudicator.model.privacy.Personal`). A fact of a finding, and a field of an acceptable
answer, is as personal as its field in the case.
"""

from __future__ import annotations

import typing
from functools import cache, lru_cache
from typing import Any, Final, TypeVar

import attrs
from attrs import evolve

from adjudicator.model.decision import Decision
from adjudicator.model.fields import fields_along
from adjudicator.model.finding import Finding, Request
from adjudicator.model.privacy import Personal

A = TypeVar("A")

EVERYTHING: Final = frozenset(Personal)


def redacted_case(case: A, may_see: frozenset[Personal]) -> A:
    """The case with everything hidden that the reader may not see. Only read it: it may not be valid."""
    return case if may_see >= EVERYTHING else typing.cast("A", _without(case, may_see))


def _without(value: Any, may_see: frozenset[Personal]) -> Any:
    if type(value) is tuple:
        return tuple([_without(each, may_see) for each in value])
    kind: Any = type(value)
    if not _is_hidden_within(kind, may_see):
        return value
    copy: Any = object.__new__(kind)
    for name, is_open in _fields(kind, may_see):
        object.__setattr__(copy, name, _without(getattr(value, name), may_see) if is_open else None)
    return copy


@cache
def _fields(kind: Any, may_see: frozenset[Personal]) -> tuple[tuple[str, bool], ...]:
    """The fields of a class, and whether the reader may see each."""
    return tuple((each.name, each.metadata.get("personal") in (None, *may_see)) for each in attrs.fields(kind))


@cache
def _is_hidden_within(annotation: Any, may_see: frozenset[Personal]) -> bool:
    """Whether a value of a type, or a part of it, has a field that the reader may not see."""
    if isinstance(annotation, type) and attrs.has(annotation):
        types = [each.type for each in attrs.fields(attrs.resolve_types(annotation))]
        hides = not all(is_open for _, is_open in _fields(annotation, may_see))
        return hides or any(_is_hidden_within(each, may_see) for each in types)
    return any(_is_hidden_within(each, may_see) for each in typing.get_args(annotation))


def redacted(decision: Decision, case_type: type, may_see: frozenset[Personal]) -> Decision:
    """The decision without what the reader may not see, nor its digests. ``case_type`` is the type of case that it decided."""
    if may_see >= EVERYTHING:
        return decision
    return evolve(
        decision,
        findings=tuple([_finding(each, case_type, may_see) for each in decision.findings]),
        requests=tuple([_request(each, case_type, may_see) for each in decision.requests]),
        metadata=decision.metadata if Personal.INTERNAL in may_see else None,
        digests=None,  # nobody could guess at what is hidden; and to take them is most of the work on a new decision
    )


def _finding(finding: Finding, case_type: type, may_see: frozenset[Personal]) -> Finding:
    facts = tuple([each for each in finding.facts if _may_be_shown(each.pointers, case_type, may_see)])
    return finding if len(facts) == len(finding.facts) else evolve(finding, facts=facts)


@lru_cache(maxsize=1024)
def _may_be_shown(pointers: tuple[str, ...], case_type: type, may_see: frozenset[Personal]) -> bool:
    """Whether a reader may see what stands at these places."""
    return all(personal_at(case_type, pointer) <= may_see for pointer in pointers)


def _request(request: Request, case_type: type, may_see: frozenset[Personal]) -> Request:
    accepts = tuple(
        {place: values for place, values in each.items() if personal_at(case_type, place) <= may_see}
        for each in request.accepts
    )
    return evolve(request, accepts=accepts)


@lru_cache(maxsize=1024)
def personal_at(case_type: type, place: str) -> frozenset[Personal]:
    """How personal a place is: a JSON pointer into the case, or a field of a new piece of evidence.

    A place that the case does not have counts as fully personal.
    """
    personal = frozenset[Personal]()
    for fields in fields_along(case_type, place):
        if not fields:
            return EVERYTHING
        personal |= {field.metadata["personal"] for field in fields if "personal" in field.metadata}
    return personal
