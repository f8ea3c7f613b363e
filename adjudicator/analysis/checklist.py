"""Evidence requirements: a checklist for each claimed line, and the status of each piece on file.

The requirements are what the policy would ask for if there were no evidence at all. The status of a piece comes from the policy's
own judgement of it (:class:`~adjudicator.model.facts.Admissibility`), or else from the findings that cite it.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve

from adjudicator.analysis.checklist_values import (
    AcceptedAnswer,
    Checklist,
    Choice,
    Entry,
    Group,
    Piece,
    Requirements,
    Status,
)
from adjudicator.analysis.work import MOST_WORK
from adjudicator.engine.branches import Branches
from adjudicator.engine.checks import ALONG
from adjudicator.engine.clause import facts_behind, hints, returns_admissibility
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.judgement import Subject, judge
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.engine.requests import requests_for
from adjudicator.model.decision import Decision
from adjudicator.model.evidence import Document
from adjudicator.model.facts import Admissibility, Ask, Open, Repairable
from adjudicator.model.finding import Effect, Finding, JsonValue, Request, Role
from adjudicator.model.soundness import CaseBase


def requirements(case: CaseBase, edition: Edition | None = None, *, work: int = MOST_WORK) -> Requirements:
    """List the evidence that each claimed line (or the case as a whole) needs, and how the evidence on file meets it.

    ``edition`` defaults to the one that governs the case. Each line costs one unit of ``work``, plus one for each piece of
    evidence (see :data:`~adjudicator.analysis.work.MOST_WORK`). Raises :class:`~adjudicator.model.errors.InputError` for a case
    that no edition governs.
    """
    edition = edition_for(case, edition)
    decision = edition.case_kind.decide(edition, case)
    lines, complete = checklists(edition, case, decision, work)
    return Requirements(decision.case_id, decision.as_of, decision.policy, lines, complete)


def checklists(
    edition: Edition, case: CaseBase, decision: Decision, work: int = MOST_WORK
) -> tuple[tuple[Checklist, ...], bool]:
    """The checklists of a decided case as far as ``work`` reaches, and whether they are complete."""
    if not hasattr(case, "evidence"):
        return (), True
    comparison = _Comparison(edition, case, decision)
    subjects = tuple(edition.case_kind.subjects(case))
    affordable = subjects[: max(0, work) // (1 + len(case.evidence))]
    lists = tuple(
        Checklist(subject.line_id, tuple(_SubjectChecklist(edition, subject, comparison).groups()))
        for subject in affordable
    )
    return lists, len(affordable) == len(subjects)


def kinds_of_evidence(edition: Edition, facts: Iterable[str]) -> tuple[str, ...]:
    """The kinds of evidence from which the glossary reads these facts."""
    kinds: dict[str, None] = {}
    for name in facts:
        for item_type in typing.get_args(hints(edition.case_kind.glossary.facts[name].read)["return"]):
            if isinstance(item_type, type) and issubclass(item_type, Document):
                kinds[item_type.kind] = None
    return tuple(kinds)


def _refused_subjects(edition: Edition, case: CaseBase) -> frozenset[str | None]:
    verdicts = edition.case_kind.rule(edition, case).subjects
    return frozenset(verdict.line_id for verdict in verdicts if verdict.outcome in edition.case_kind.refusals)


class _DecisionByLine:
    """The findings and requests of a decision, by line."""

    def __init__(self, decision: Decision) -> None:
        self.findings: dict[str | None, dict[str, Finding]] = {}
        self.requests: dict[str | None, list[Request]] = {}
        for finding in decision.findings:
            self.findings.setdefault(finding.line_id, {})[finding.clause] = finding
        for request in decision.requests:
            self.requests.setdefault(request.line_id, []).append(request)


class _Comparison:
    """The decision, the decision without any evidence, and the decision with one document alone."""

    def __init__(self, edition: Edition, case: Any, decision: Decision) -> None:
        self._edition = edition
        self._case = case
        self.memory: Memory = {}
        self._met_alone: dict[str, frozenset[tuple[str | None, str]]] = {}
        without_evidence = edition.case_kind.without_evidence(case)
        self.actual = _DecisionByLine(decision)
        self.without_evidence = _DecisionByLine(edition.case_kind.decide(edition, without_evidence))
        self.refused_anyway = _refused_subjects(edition, without_evidence)

    def met_alone(self, document: Document) -> frozenset[tuple[str | None, str]]:
        """The lines and clauses that hold with this document as the only evidence; cached for all lines."""
        if document.id not in self._met_alone:
            case = evolve(self._case, evidence=(document,))
            findings = self._edition.case_kind.decide(self._edition, case).findings
            self._met_alone[document.id] = frozenset(
                (finding.line_id, finding.clause) for finding in findings if finding.effect is Effect.SUPPORTS
            )
        return self._met_alone[document.id]


# One subject: a claimed line, or the case as a whole


class _SubjectChecklist:
    """Builds the checklist of one subject from its decision, with and without evidence."""

    def __init__(self, edition: Edition, subject: Subject, comparison: _Comparison) -> None:
        line_id = subject.line_id
        self.edition = edition
        self.subject = subject
        self.comparison = comparison
        self.line_id = line_id
        self.findings = comparison.actual.findings.get(line_id, {})
        self.requests = tuple(comparison.actual.requests.get(line_id, ()))
        self.bare_findings = tuple(comparison.without_evidence.findings.get(line_id, {}).values())
        bare_requests = comparison.without_evidence.requests.get(line_id, ())
        self.evidence_requests = tuple(request for request in bare_requests if _kinds(request.accepts))
        self.refused_anyway = line_id in comparison.refused_anyway
        self.evidence: tuple[Document, ...] = tuple(
            document for document in subject.case.evidence if document.concerns(line_id)
        )
        self.admissibility = dict(_admissibility_by_document(edition, subject, comparison.memory))
        findings = self.findings.values()
        self.cited = {evidence_id for finding in findings for evidence_id in finding.evidence}
        self.awaited = {request.evidence_id for request in self.requests}.union(
            *(finding.evidence for finding in findings if needs_of(finding))
        )

    def groups(self) -> Iterator[Group]:
        """One group for each need; then one for the evidence that the policy reads without asking for it."""
        companions: dict[str, list[AcceptedAnswer]] = {}
        requested: set[str] = set()
        for request in self.evidence_requests:
            accepts = self.accepted_now(request)
            requested.update(_kinds(request.accepts))
            for accepted in accepts:
                if companion := _companion(accepted):
                    companions.setdefault(str(companion["kind"][0]), []).append(companion)
            yield self.group(request, accepts)
        unrequested = [kind for kind in self.kinds_read() if kind not in requested]
        if entries := tuple(self.optional_entry(kind, tuple(companions.get(kind, ()))) for kind in unrequested):
            choice = Choice.TO_NO_AVAIL if self.refused_anyway else Choice.OPTIONAL
            yield Group(choice, None, None, (), _best(entry.status for entry in entries), entries)

    def accepted_now(self, request: Request) -> tuple[AcceptedAnswer, ...]:
        """The acceptable answers of the pending request for the same need, or else of ``request`` itself.

        A claim that is refused anyway, or whose time for evidence is over, has no pending requests: then the need still counts.
        """
        for_this_need = (request.to, request.need)
        pending = (each for each in self.requests or self.unrequested() if (each.to, each.need) == for_this_need)
        return next((each.accepts for each in pending if each.evidence_id is None and each.accepts), request.accepts)

    def unrequested(self) -> tuple[Request, ...]:
        """What the clauses still need, whether or not anyone is asked for it."""
        part = self.edition.case_kind.part_for(self.edition, self.subject)
        judgement = judge(part, self.subject)
        return requests_for(judgement, [each for each in judgement.answers if isinstance(each, (Open, Repairable))])

    def kinds_read(self) -> tuple[str, ...]:
        """The kinds of evidence that the requirements read."""
        required = (clause for clause in self.edition.clauses if clause.role is Role.REQUIREMENT)
        return kinds_of_evidence(self.edition, dict.fromkeys(name for clause in required for name in clause.reads))

    # Requested evidence

    def group(self, request: Request, accepts: Sequence[AcceptedAnswer]) -> Group:
        """The entries that serve a need, and the clauses that raise it."""
        clauses = tuple(finding.clause for finding in self.bare_findings if request.need in needs_of(finding))
        findings = [self.findings[clause] for clause in clauses]
        holds = all(finding.effect is Effect.SUPPORTS for finding in findings)
        kinds = _kinds((*accepts, *request.accepts))
        entries = tuple(
            _entry(
                kind,
                [accepted for accepted in accepts if kind in accepted["kind"]],
                self.pieces(kind, findings, holds=holds),
            )
            for kind in kinds
        )
        status = Status.SATISFIED if holds else _best(entry.status for entry in entries)
        choice = Choice.REQUIRED if len(kinds) == 1 else Choice.ONE_OF
        return Group(choice, request.need, request.to, clauses, status, entries)

    def pieces(self, kind: str, findings: Sequence[Finding], *, holds: bool) -> tuple[Piece, ...]:
        """The pieces of a kind, in the order of the case."""
        return tuple(
            self.requested_piece(document, findings, holds=holds) for document in self.evidence if document.kind == kind
        )

    def requested_piece(self, document: Document, findings: Sequence[Finding], *, holds: bool) -> Piece:
        """The status of one piece for the ``findings`` that need it; ``holds`` if all of them support the claim."""
        if defect := self.defect(document):
            return defect
        if holds and self.carries(document, findings):
            return self.piece(document, Status.SATISFIED)
        if conflict := self.conflict(document, findings):
            return conflict
        if document.id in self.admissibility:
            return self.piece(document, Status.INSUFFICIENT, "not_enough")
        return self.piece(document, Status.UNUSABLE, "not_named")

    def conflict(self, document: Document, findings: Iterable[Finding]) -> Piece | None:
        """The piece as contested, if a finding that does not support the claim rests on it; the finding gives the reason."""
        for finding in findings:
            if document.id in finding.evidence and finding.effect is not Effect.SUPPORTS and not needs_of(finding):
                return self.piece(document, Status.CONTESTED, finding.because.code.rpartition(".")[2])
        return None

    def carries(self, document: Document, findings: Sequence[Finding]) -> bool:
        """Whether findings that hold rest on a piece: they name it, or name none and hold with it alone."""
        if named := {evidence_id for finding in findings for evidence_id in finding.evidence}:
            return document.id in named
        met_alone = self.comparison.met_alone(document)
        return all((self.line_id, finding.clause) in met_alone for finding in findings)

    # Evidence that no clause asks for

    def optional_entry(self, kind: str, accepts: tuple[AcceptedAnswer, ...]) -> Entry:
        """A kind of evidence that the policy reads without asking for it; any admissible piece satisfies it."""
        pieces = tuple(self.optional_piece(document) for document in self.evidence if document.kind == kind)
        return _entry(kind, accepts, pieces)

    def optional_piece(self, document: Document) -> Piece:
        """The status of a piece that no clause asks for."""
        if problem := self.defect(document) or self.conflict(document, self.findings.values()):
            return problem
        if document.id in self.admissibility or document.id in self.cited:
            return self.piece(document, Status.SATISFIED)
        return self.piece(document, Status.UNUSABLE, "not_named")

    # Admissibility

    def defect(self, document: Document) -> Piece | None:
        """The piece as pending or unusable, with the reason; ``None`` if it is admissible."""
        admissibility = self.admissibility.get(document.id)
        if admissibility is not None and admissibility.because is not None:
            status = Status.PENDING if admissibility.asks else Status.UNUSABLE
            return self.piece(document, status, admissibility.because)
        if admissibility is None and document.id in self.awaited:
            return self.piece(document, Status.PENDING, "pending")
        return None

    def piece(self, document: Document, status: Status, because: str | None = None) -> Piece:
        """A piece with the articles that the policy cites on the admissibility of its kind."""
        return Piece(document.id, status, because, _citations_for(self.edition, document.kind))


def _admissibility_by_document(
    edition: Edition, subject: Subject, memory: Memory
) -> Iterator[tuple[str, Admissibility]]:
    """What the policy says of each document; the best case where unknown facts leave several."""
    facts = Facts(edition, subject, memory)
    for name in _admissibility_facts(edition):
        value = facts[name]
        if type(value) is Branches:
            value = _best_cases_of(name, value, memory)
        elif not isinstance(value, tuple):
            value = tuple(_undetermined(edition, subject, name, value))
        yield from ((admissibility.evidence, admissibility) for admissibility in value)


def _undetermined(edition: Edition, subject: Subject, name: str, value: Any) -> Iterator[Admissibility]:
    """The documents that a fact judges while it is open: with too many combinations of unknown facts, none of them is tried."""
    if not isinstance(value, Open):
        return
    kinds = kinds_of_evidence(edition, facts_behind(edition.nodes, name, edition.case_kind.glossary))
    for document in subject.case.evidence:
        if document.kind in kinds and document.concerns(subject.line_id):
            if document.is_rejected:
                yield Admissibility(document.id, document.verification.value)
            else:
                yield Admissibility(document.id, "not_known", value.asks)


def _best_cases_of(name: str, value: Branches, memory: Memory) -> tuple[Admissibility, ...]:
    """The best case of each document. It is kept for the next line, which often shares the value: there may be a branch per document."""
    key = (_best_cases, name)
    if key not in memory or memory[key][0] is not value:
        settling = next(ask for asks in value.asks.values() for ask in asks)
        memory[key] = value, tuple(_best_cases(value.values, settling))
    best: tuple[Admissibility, ...] = memory[key][1]
    return best


def _best_cases(branches: Sequence[tuple[Admissibility, ...]], settling: Ask) -> Iterator[Admissibility]:
    """The best case of each document; one that stands in some branches only waits for the answer to ``settling``."""
    for possible in zip(*branches, strict=True):
        best = min(possible, key=lambda admissibility: (not admissibility.stands, not admissibility.may_count))
        certain = not best.stands or all(admissibility.stands for admissibility in possible)
        yield best if certain else Admissibility(best.evidence, "not_known", (settling,))


def _admissibility_facts(edition: Edition) -> tuple[str, ...]:
    """The policy's facts that judge the admissibility of documents."""
    return tuple(fact.__name__ for fact in edition.facts if returns_admissibility(fact))


def _citations_for(edition: Edition, kind: str) -> tuple[str, ...]:
    """What the policy cites where it judges documents of a kind."""
    for name in _admissibility_facts(edition):
        if kind in kinds_of_evidence(edition, facts_behind(edition.nodes, name, edition.case_kind.glossary)):
            return edition.nodes[name].citation.citations(edition.article)
    return ()


def _entry(kind: str, accepts: Iterable[AcceptedAnswer], pieces: tuple[Piece, ...]) -> Entry:
    return Entry(kind, _best(piece.status for piece in pieces), tuple(accepts), pieces)


def _best(statuses: Iterable[Status]) -> Status:
    return min(statuses, key=list(Status).index, default=Status.MISSING)


def _kinds(accepts: Iterable[AcceptedAnswer]) -> tuple[str, ...]:
    """The kinds of evidence among acceptable answers."""
    return tuple(dict.fromkeys(str(kind) for accepted in accepts for kind in accepted.get("kind", ())))


def _companion(accepted: AcceptedAnswer) -> dict[str, tuple[JsonValue, ...]]:
    """The second piece of evidence that an answer must come with; empty if none."""
    fields = {name: values for name, values in accepted.items() if name.startswith(ALONG)}
    return {name.removeprefix(ALONG): values for name, values in fields.items()}


def needs_of(finding: Finding) -> tuple[str, ...]:
    """The needs that keep a finding open; empty for any other finding."""
    needs = finding.because.params.get("needs", ())
    return needs if finding.effect is Effect.UNDECIDED and isinstance(needs, tuple) else ()
