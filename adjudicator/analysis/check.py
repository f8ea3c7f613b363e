"""Checking: what a valid case still lacks under its policy.

The case is decided in full, but a check reports only what is asked for and what was read: no outcome and no money.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, ClassVar

from attrs import field, frozen

from adjudicator.analysis.checklist import checklists
from adjudicator.analysis.checklist_values import Checklist
from adjudicator.analysis.closing import is_closed, windows_to_file_in
from adjudicator.analysis.edits import EVIDENCE
from adjudicator.analysis.work import ALL_LINES, MOST_WORK
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import Decision, PolicyRef
from adjudicator.model.facts import Open
from adjudicator.model.finding import Effect, FactRead, Finding, JsonValue, Request
from adjudicator.model.limits import CURRENCY
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import case_document, document_of
from adjudicator.wire.pointer import at


class Use(StrEnum):
    """How a piece of evidence is used at present."""

    CARRIES = "carries"
    PENDING = "pending"
    UNNAMED = "unnamed"
    UNREAD = "unread"


@frozen
class NotKnown:
    """A fact that a clause reads, or an amount needs, and the case does not state.

    ``pointers`` say where to state it, and ``supplier`` who can. If it ``matters_now``, a request asks for it, to be answered by
    ``due_at``.
    """

    line_id: str | None
    fact: str
    pointers: tuple[str, ...]
    supplier: str | None
    matters_now: bool
    due_at: Instant | None


@frozen
class EvidenceUse:
    """How a piece of evidence is used for a claimed line at present.

    Carries: a finding rests on it. Pending: it waits for something to be submitted. Unnamed: no finding cites it, because it does
    not count or only supports another piece. Unread: no clause reads it; ``line_id`` is then ``None``.
    """

    schema_name: ClassVar[str] = "Heard"

    evidence_id: str
    line_id: str | None
    use: Use


@frozen
class Check:
    """What a valid case still lacks.

    ``requests`` are those that a decision would make now. ``requirements`` holds a checklist of evidence for each claimed line.
    ``currency`` applies to every amount; a case without money has none.
    """

    case_id: str
    as_of: Instant
    policy: PolicyRef
    currency: str | None = field(metadata={"code": CURRENCY})
    requests: tuple[Request, ...]
    not_known: tuple[NotKnown, ...]
    evidence: tuple[EvidenceUse, ...]
    requirements: tuple[Checklist, ...]
    evidence_closed_at: Instant | None = field(
        default=None,
        metadata={"means": "When the time for evidence ended, if something is refused because of that."},
    )
    file_anew_until: Instant | None = field(
        default=None, metadata={"means": "The last instant for filing a new claim instead, if that is possible."}
    )
    complete: bool = field(default=True, metadata={"means": ALL_LINES})


def check(case: CaseBase, edition: Edition | None = None, *, work: int = MOST_WORK) -> Check:
    """Report what a case still lacks under its policy.

    ``edition`` defaults to the one that governs the case. ``work`` limits the checklists: see
    :func:`~adjudicator.analysis.checklist.requirements`. Raises :class:`~adjudicator.model.errors.InputError` for a case that no
    edition governs. Validation is not its job: an invalid case cannot be constructed.
    """
    edition = edition_for(case, edition)
    document = case_document(case)
    decision = edition.case_kind.decide(edition, case)
    lists, complete = checklists(edition, case, decision, work)
    closed = is_closed(decision)
    return Check(
        decision.case_id,
        decision.as_of,
        decision.policy,
        decision.currency,
        decision.requests,
        tuple(not_known(edition, case, decision)),
        tuple(_evidence_uses(document, decision)),
        lists,
        edition.case_kind.particulars(case).evidence_closes_at if closed else None,
        max((window.last_instant for window in windows_to_file_in(decision)), default=None) if closed else None,
        complete,
    )


def check_document(check: Check) -> dict[str, Any]:
    """The check as a JSON document."""
    return document_of(check)


# Facts


def not_known(edition: Edition, case: CaseBase, decision: Decision) -> Iterator[NotKnown]:
    """The facts that a decided case does not state, by line: those of the clauses in their order, then those of amounts alone."""
    document = case_document(case)
    requests = _requests_by_line(decision)
    parts = _missing_parts_by_fact(document, decision, requests)
    for line_id, read in (*_facts_read(decision), *_unknown_for_amounts(edition, case)):
        empty = tuple(pointer for pointer in read.pointers if at(document, pointer) is None)
        missing = (empty if _is_unknown(read.value) else ()) + parts.get((line_id, read.name), ())
        if missing:
            supplier = edition.case_kind.glossary.facts[read.name].supplier
            asking = [request for request in requests.get(line_id, ()) if _asks_for(request, missing)]
            due_at = min((request.due_at for request in asking if request.due_at is not None), default=None)
            yield NotKnown(line_id, read.name, missing, supplier and supplier.value, bool(asking), due_at)


def _facts_read(decision: Decision) -> Iterator[tuple[str | None, FactRead]]:
    """The facts that were read for each line, without repetition."""
    reads = {(finding.line_id, read.name): read for finding in decision.findings for read in finding.facts}
    return ((line_id, read) for (line_id, _), read in reads.items())


def _unknown_for_amounts(edition: Edition, case: CaseBase) -> Iterator[tuple[str | None, FactRead]]:
    """The unknown facts that no clause reads, and that what is granted is computed from."""
    known = edition.case_kind.glossary.facts
    for subject in edition.case_kind.subjects(case):
        part = edition.case_kind.part_for(edition, subject)
        read = {place for clause in part.clauses for name in clause.reads for place in known[name].pointers}
        for fact in (known[name] for name in known if name in part.granted_from):
            if read.isdisjoint(fact.pointers) and isinstance(fact.read(subject), Open):
                yield subject.line_id, FactRead(fact.name, None, fact.where(subject.places()))


def _is_unknown(value: JsonValue) -> bool:
    """Whether a fact, or a part of it, is unknown. A fact may also be false by default where the case states nothing."""
    return value is None or value == () or (isinstance(value, tuple) and None in value)


def _requests_by_line(decision: Decision) -> Mapping[str | None, Sequence[Request]]:
    """The requests of each line."""
    found: dict[str | None, list[Request]] = {}
    for request in decision.requests:
        found.setdefault(request.line_id, []).append(request)
    return found


def _missing_parts_by_fact(
    document: Mapping[str, Any], decision: Decision, requests: Mapping[str | None, Sequence[Request]]
) -> dict[tuple[str | None, str], tuple[str, ...]]:
    """The missing parts of facts, each under one fact only: the first unknown one that has it, or else the first."""
    owners: dict[tuple[str | None, str], str] = {}
    for line_id, read in sorted(_facts_read(decision), key=lambda each: not _is_unknown(each[1].value)):
        for pointer in _missing_parts(document, read, requests.get(line_id, ())):
            owners.setdefault((line_id, pointer), read.name)
    found: dict[tuple[str | None, str], tuple[str, ...]] = {}
    for (line_id, pointer), name in owners.items():
        found[line_id, name] = (*found.get((line_id, name), ()), pointer)
    return found


def _missing_parts(document: Mapping[str, Any], read: FactRead, requests: Iterable[Request]) -> Iterator[str]:
    """The empty places within a known fact that requests ask for, such as a field of an item in a list."""
    known = tuple(f"{pointer}/" for pointer in read.pointers if at(document, pointer) is not None)
    asked = dict.fromkeys(pointer for request in requests for pointer in _pointers_in(request))
    return (
        pointer
        for pointer in asked
        if pointer.startswith(known) and "/-/" not in pointer and at(document, pointer) is None
    )


def _pointers_in(request: Request) -> Iterator[str]:
    """The fields that answers to a request fill."""
    return (name for accepted in request.accepts for name in accepted)


def _asks_for(request: Request, pointers: tuple[str, ...]) -> bool:
    """Whether an answer to a request fills one of these places, or a part of one."""
    names = set(_pointers_in(request))
    return any(name == pointer or name.startswith(f"{pointer}/") for name in names for pointer in pointers)


# Evidence


def _evidence_uses(document: Mapping[str, Any], decision: Decision) -> Iterator[EvidenceUse]:
    """The use of each piece of evidence on each line whose clauses read it, in the order of the case."""
    line_ids = tuple(dict.fromkeys(finding.line_id for finding in decision.findings))
    read = {
        (line_id, evidence_id)
        for line_id, fact in _facts_read(decision)
        if EVIDENCE in fact.pointers and isinstance(fact.value, tuple)
        for evidence_id in fact.value
    }
    pending, carries = _cited_evidence(decision)
    for evidence_id in (item["id"] for item in document.get("evidence", ())):
        readers = [line_id for line_id in line_ids if (line_id, evidence_id) in read]
        for line_id in readers:
            key = (line_id, evidence_id)
            use = Use.PENDING if key in pending else Use.CARRIES if key in carries else Use.UNNAMED
            yield EvidenceUse(evidence_id, line_id, use)
        if not readers:
            yield EvidenceUse(evidence_id, None, Use.UNREAD)


def _cited_evidence(decision: Decision) -> tuple[set[tuple[str | None, str]], set[tuple[str | None, str]]]:
    """The evidence that something is still needed for, and the evidence that findings rest on, as (line, evidence) pairs."""
    pending = {
        (request.line_id, request.evidence_id) for request in decision.requests if request.evidence_id is not None
    }
    carries: set[tuple[str | None, str]] = set()
    for finding in decision.findings:
        cited = pending if _is_waiting(finding) else carries
        cited.update((finding.line_id, evidence_id) for evidence_id in finding.evidence)
    return pending, carries


def _is_waiting(finding: Finding) -> bool:
    """Whether a finding waits for something to be submitted; if so, that concerns the evidence it cites."""
    return finding.effect is Effect.UNDECIDED and "needs" in finding.because.params
