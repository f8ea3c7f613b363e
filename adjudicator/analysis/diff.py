"""Comparing: what changed between two decisions of one case, and why.

Behind each finding that changed stand the facts that changed with it. A document is a fact by its id alone: what changed within it
is told where the cases are at hand.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Generic, TypeVar

from attrs import Factory, frozen

from adjudicator.model.award import Award, Measure, ReturnAuthorisation
from adjudicator.model.decision import Decision, LineResult, PolicyRef
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.finding import Deadline, FactRead, Finding, JsonValue, Remark, Request
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_document, document_of

T = TypeVar("T")


class Why(StrEnum):
    """Why a finding changed: facts that it stands on, another text or code of the rule, or what only the case tells."""

    FACTS = "facts"
    RULE = "rule"
    CASE = "case"


@frozen
class Changed(Generic[T]):
    """What something was and what it is; ``None`` where only one of the decisions has it."""

    before: T | None
    after: T | None


@frozen
class Change:
    """A fact by its name, or a place of the case by its JSON pointer, with what stood there; ``None``: nothing, or not known."""

    what: str
    before: JsonValue
    after: JsonValue


@frozen
class Part:
    """A part of a case that is no claimed line (an incident, say), and what it came to."""

    line_id: str
    outcome: str


@frozen
class FindingChanged:
    """A finding that came out otherwise, why, and the facts behind that."""

    finding: Changed[Finding]
    why: Why
    facts: tuple[Change, ...]


@frozen(kw_only=True)
class Difference:
    """What changed from one decision of a case to another. Each list holds only what is not the same in both."""

    case_id: str
    as_of: Changed[Instant]
    policy: Changed[PolicyRef]
    outcome: Changed[str]
    total: Changed[int]
    lines: tuple[Changed[LineResult], ...]
    parts: tuple[Changed[Part], ...]
    measures: tuple[Changed[Measure], ...]
    findings: tuple[FindingChanged, ...]
    awards: tuple[Changed[Award], ...]
    return_authorisation: Changed[ReturnAuthorisation]
    asked: tuple[Request, ...]
    answered: tuple[Request, ...]
    deadlines: tuple[Changed[Deadline], ...]
    remarks: tuple[Changed[Remark], ...]
    case: tuple[Change, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the two decisions say the same, whenever and by whichever edition they say it."""
        single = (self.outcome, self.total, self.return_authorisation)
        lists = (
            self.lines,
            self.parts,
            self.measures,
            self.findings,
            self.awards,
            self.asked,
            self.answered,
            self.deadlines,
            self.remarks,
        )
        return not any(lists) and all(each.before == each.after for each in single)


def diff(before: Decision, after: Decision, *, cases: tuple[Any, Any] | None = None) -> Difference:
    """What changed from one decision of a case to another, and why.

    ``cases`` are the two cases that were decided, if they are at hand. Raises :class:`~adjudicator.model.errors.InputError` for
    decisions of two different cases.
    """
    for each in (before, after):
        if not isinstance(each, Decision):
            raise InputError([Fault("", shown(each), "a decision")])
    if before.case_id != after.case_id:
        expected = f"a decision of the same case as the first, {shown(before.case_id)}"
        raise InputError([Fault("/case_id", shown(after.case_id), expected)])
    case = CaseChanges.of(*cases) if cases else CaseChanges()
    requests = _apart(before.requests, after.requests, _asked)
    return Difference(
        case_id=before.case_id,
        as_of=Changed(before.as_of, after.as_of),
        policy=Changed(before.policy, after.policy),
        outcome=Changed(before.outcome, after.outcome),
        total=Changed(before.total, after.total),
        lines=_apart(before.lines, after.lines, lambda line: line.line_id),
        parts=_apart(_parts(before), _parts(after), lambda part: part.line_id),
        measures=_apart(before.measures, after.measures, lambda measure: measure.measure),
        findings=tuple(_findings(before, after, case)),
        awards=_apart(before.awards, after.awards, lambda award: (award.kind, award.line_id)),
        return_authorisation=Changed(before.return_authorisation, after.return_authorisation),
        asked=tuple(each.after for each in requests if each.after is not None),
        answered=tuple(each.before for each in requests if each.before is not None and each.after is None),
        deadlines=_apart(before.deadlines, after.deadlines, lambda deadline: (deadline.clause, deadline.line_id)),
        remarks=_apart(before.remarks, after.remarks, lambda remark: (remark.code, remark.line_id)),
        case=case.changes,
    )


def difference_document(difference: Difference) -> dict[str, Any]:
    """A difference as a JSON document."""
    return document_of(difference)


def _parts(decision: Decision) -> tuple[Part, ...]:
    """What became of the parts of a case that are no claimed lines."""
    parts = () if decision.lines else decision.parts
    return tuple(Part(line_id, outcome) for line_id, outcome in parts if line_id is not None)


def _asked(request: Request) -> Hashable:
    return request.to, request.need, request.line_id, request.evidence_id


def _apart(before: Iterable[T], after: Iterable[T], key: Callable[[T], Hashable]) -> tuple[Changed[T], ...]:
    """What is not the same in both, told apart by a key: first what was there before, in its order, then what is new."""
    was, now = {key(each): each for each in before}, {key(each): each for each in after}
    return tuple(Changed(was.get(each), now.get(each)) for each in {**was, **now} if was.get(each) != now.get(each))


# Findings


def _findings(before: Decision, after: Decision, case: CaseChanges) -> Iterator[FindingChanged]:
    """The findings that came out otherwise; one that only stands on other facts than before has not changed."""
    for each in _apart(before.findings, after.findings, lambda finding: (finding.clause, finding.line_id)):
        if _outcome(each.before) != _outcome(each.after):
            facts = tuple(_facts(each, case))
            why = Why.FACTS if facts else Why.RULE if before.policy != after.policy else Why.CASE
            yield FindingChanged(each, why, facts)


def _outcome(finding: Finding | None) -> object:
    return finding and (finding.effect, finding.because, finding.evidence)


def _facts(finding: Changed[Finding], case: CaseChanges) -> Iterator[Change]:
    """The facts that differ, and what changed within the documents that a fact tells by their ids alone."""
    was, now = _read(finding.before), _read(finding.after)
    places: list[str] = []
    for name in {**was, **now}:
        one, other = was.get(name), now.get(name)
        if one is None or other is None or one.value != other.value:
            yield Change(name, one.value if one else None, other.value if other else None)
        if other is not None and (one is None or one.value == other.value):
            places.extend(case.places(other))
    yield from (each for each in case.changes if any(_is_within(each.what, place) for place in places))


def _is_within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")


def _read(finding: Finding | None) -> Mapping[str, FactRead]:
    return {fact.name: fact for fact in finding.facts} if finding else {}


# Cases


@frozen
class CaseChanges:
    """What is not the same in two cases, leaf by leaf, and the later of the two as a JSON document."""

    changes: tuple[Change, ...] = ()
    document: Mapping[str, Any] = Factory(dict)

    @classmethod
    def of(cls, before: Any, after: Any) -> CaseChanges:
        """What changed from one case to another."""
        document = case_document(after)
        return cls(tuple(_between(case_document(before), document)), document)

    def places(self, read: FactRead) -> Iterator[str]:
        """Where a fact stands in the case; one that tells the ids of documents stands in those."""
        for pointer in read.pointers:
            items = self._at(pointer)
            if isinstance(items, list) and items and all(isinstance(each, dict) and "id" in each for each in items):
                ids = read.value if isinstance(read.value, tuple) else ()
                yield from (f"{pointer}/{place}" for place, each in enumerate(items) if each["id"] in ids)
            else:
                yield pointer

    def _at(self, pointer: str) -> Any:
        found: Any = self.document
        for step in pointer.split("/")[1:]:
            if isinstance(found, list):
                found = found[int(step)] if step.isdecimal() and int(step) < len(found) else None
            else:
                found = found.get(step) if isinstance(found, Mapping) else None
        return found


def _between(before: Any, after: Any, pointer: str = "") -> Iterator[Change]:
    """Each leaf that differs, with its JSON pointer; items of a list that have ids are told apart by them."""
    if before == after:
        return
    one, other = _members(before), _members(after)
    if one is None and other is None:
        yield Change(pointer, before, after)
        return
    for name in {**(other or {}), **(one or {})}:
        place, was = (one or {}).get(name, ("", None))
        place, now = (other or {}).get(name, (place, None))
        yield from _between(was, now, f"{pointer}/{place}")


def _members(value: Any) -> dict[object, tuple[str, Any]] | None:
    """The members of an object or a list: what tells each apart, where it stands, and what it is."""
    if isinstance(value, dict):
        return {name: (name.replace("~", "~0").replace("/", "~1"), each) for name, each in value.items()}
    if isinstance(value, list):
        return {
            each["id"] if isinstance(each, dict) and each.get("id") else place: (str(place), each)
            for place, each in enumerate(value)
        }
    return None
