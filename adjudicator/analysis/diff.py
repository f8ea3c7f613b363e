"""Differences: what changed between two decisions of one case, and why.

Each changed finding lists the facts that changed with it. A decision records documents by id only, so changes within a document
show up only if you pass the cases too.
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
    """Why a finding changed: the facts it rests on, another version of the rule, or something only the case shows."""

    FACTS = "facts"
    RULE = "rule"
    CASE = "case"


@frozen
class Changed(Generic[T]):
    """The value before and after; ``None`` where only one of the decisions has it."""

    before: T | None
    after: T | None


@frozen
class Change:
    """A fact (by name) or a place in the case (by JSON pointer), with its values; ``None`` means absent or unknown."""

    what: str
    before: JsonValue
    after: JsonValue


@frozen
class Part:
    """The outcome of a part of a case that is not a claimed line, such as an incident."""

    line_id: str
    outcome: str


@frozen
class FindingChanged:
    """A finding that changed, why, and the facts behind the change."""

    finding: Changed[Finding]
    why: Why
    facts: tuple[Change, ...]


@frozen(kw_only=True)
class Difference:
    """What changed from one decision of a case to another. The lists hold only what differs."""

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
        """Whether the decisions agree; their times and editions may differ."""
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
        return not any(lists) and all(value.before == value.after for value in single)


def diff(before: Decision, after: Decision, *, cases: tuple[Any, Any] | None = None) -> Difference:
    """Compare two decisions of one case.

    Pass the two decided ``cases`` to see changes within documents too. Raises :class:`~adjudicator.model.errors.InputError` for
    decisions of different cases.
    """
    for decision in (before, after):
        if not isinstance(decision, Decision):
            raise InputError([Fault("", shown(decision), "a decision")])
    if before.case_id != after.case_id:
        expected = f"a decision of the same case as the first, {shown(before.case_id)}"
        raise InputError([Fault("/case_id", shown(after.case_id), expected)])
    case = CaseChanges.of(*cases) if cases else CaseChanges()
    requests = _differing(before.requests, after.requests, _request_key)
    return Difference(
        case_id=before.case_id,
        as_of=Changed(before.as_of, after.as_of),
        policy=Changed(before.policy, after.policy),
        outcome=Changed(before.outcome, after.outcome),
        total=Changed(before.total, after.total),
        lines=_differing(before.lines, after.lines, lambda line: line.line_id),
        parts=_differing(_parts(before), _parts(after), lambda part: part.line_id),
        measures=_differing(before.measures, after.measures, lambda measure: measure.measure),
        findings=tuple(_changed_findings(before, after, case)),
        awards=_differing(before.awards, after.awards, lambda award: (award.kind, award.line_id)),
        return_authorisation=Changed(before.return_authorisation, after.return_authorisation),
        asked=tuple(request.after for request in requests if request.after is not None),
        answered=tuple(request.before for request in requests if request.before is not None and request.after is None),
        deadlines=_differing(before.deadlines, after.deadlines, lambda deadline: (deadline.clause, deadline.line_id)),
        remarks=_differing(before.remarks, after.remarks, lambda remark: (remark.code, remark.line_id)),
        case=case.changes,
    )


def difference_document(difference: Difference) -> dict[str, Any]:
    """The difference as a JSON document."""
    return document_of(difference)


def _parts(decision: Decision) -> tuple[Part, ...]:
    """The outcomes of the parts of a case without claimed lines."""
    parts = () if decision.lines else decision.parts
    return tuple(Part(line_id, outcome) for line_id, outcome in parts if line_id is not None)


def _request_key(request: Request) -> Hashable:
    return request.to, request.need, request.line_id, request.evidence_id


def _differing(before: Iterable[T], after: Iterable[T], key: Callable[[T], Hashable]) -> tuple[Changed[T], ...]:
    """The items that differ, matched by ``key``: old ones in their order, then new ones."""
    old, new = {key(item): item for item in before}, {key(item): item for item in after}
    return tuple(Changed(old.get(each), new.get(each)) for each in {**old, **new} if old.get(each) != new.get(each))


# Findings


def _changed_findings(before: Decision, after: Decision, case: CaseChanges) -> Iterator[FindingChanged]:
    """The findings with another result; a finding that rests on other facts with the same result has not changed."""
    for finding in _differing(before.findings, after.findings, lambda finding: (finding.clause, finding.line_id)):
        if _result(finding.before) != _result(finding.after):
            facts = tuple(_changed_facts(finding, case))
            why = Why.FACTS if facts else Why.RULE if before.policy != after.policy else Why.CASE
            yield FindingChanged(finding, why, facts)


def _result(finding: Finding | None) -> object:
    return finding and (finding.effect, finding.because, finding.evidence)


def _changed_facts(finding: Changed[Finding], case: CaseChanges) -> Iterator[Change]:
    """The facts that differ, and the changes within documents that facts refer to by id."""
    before, after = _facts_by_name(finding.before), _facts_by_name(finding.after)
    places: list[str] = []
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old is None or new is None or old.value != new.value:
            yield Change(name, old.value if old else None, new.value if new else None)
        if new is not None and (old is None or old.value == new.value):
            places.extend(case.places(new))
    yield from (change for change in case.changes if any(_is_within(change.what, place) for place in places))


def _is_within(pointer: str, place: str) -> bool:
    return pointer == place or pointer.startswith(f"{place}/")


def _facts_by_name(finding: Finding | None) -> Mapping[str, FactRead]:
    return {fact.name: fact for fact in finding.facts} if finding else {}


# Cases


@frozen
class CaseChanges:
    """The leaves that differ between two cases, and the later case as a JSON document."""

    changes: tuple[Change, ...] = ()
    document: Mapping[str, Any] = Factory(dict)

    @classmethod
    def of(cls, before: Any, after: Any) -> CaseChanges:
        """Compare two cases."""
        document = case_document(after)
        return cls(tuple(_leaf_changes(case_document(before), document)), document)

    def places(self, read: FactRead) -> Iterator[str]:
        """The pointers to a fact in the case; a fact that lists ids points to the items with those ids."""
        for pointer in read.pointers:
            items = self._at(pointer)
            if isinstance(items, list) and items and all(isinstance(item, dict) and "id" in item for item in items):
                ids = read.value if isinstance(read.value, tuple) else ()
                yield from (f"{pointer}/{index}" for index, item in enumerate(items) if item["id"] in ids)
            else:
                yield pointer

    def _at(self, pointer: str) -> Any:
        value: Any = self.document
        for step in pointer.split("/")[1:]:
            if isinstance(value, list):
                value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
            else:
                value = value.get(step) if isinstance(value, Mapping) else None
        return value


def _leaf_changes(before: Any, after: Any, pointer: str = "") -> Iterator[Change]:
    """The leaves that differ, by JSON pointer; list items with ids are matched by id."""
    if before == after:
        return
    old_members, new_members = _members(before), _members(after)
    if old_members is None and new_members is None:
        yield Change(pointer, before, after)
        return
    for key in {**(new_members or {}), **(old_members or {})}:
        step, old = (old_members or {}).get(key, ("", None))
        step, new = (new_members or {}).get(key, (step, None))
        yield from _leaf_changes(old, new, f"{pointer}/{step}")


def _members(value: Any) -> dict[object, tuple[str, Any]] | None:
    """The members of an object or a list as ``key: (pointer step, value)``; ``None`` for any other value."""
    if isinstance(value, dict):
        return {name: (name.replace("~", "~0").replace("/", "~1"), member) for name, member in value.items()}
    if isinstance(value, list):
        return {
            item["id"] if isinstance(item, dict) and item.get("id") else index: (str(index), item)
            for index, item in enumerate(value)
        }
    return None
