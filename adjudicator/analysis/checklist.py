"""Requiring: for each claimed line a checklist of evidence, and what becomes of each piece that was handed in.

What is required is what the policy would ask for if nothing had been handed in; what a piece is worth is what the policy says of
it (:class:`~adjudicator.model.facts.Admissibility`), or else what the findings made of it.
"""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Any

from attrs import evolve, field, frozen

from adjudicator.analysis.edits import ALONG
from adjudicator.analysis.work import ALL_LINES, MOST_WORK
from adjudicator.engine.branches import Branches
from adjudicator.engine.clause import facts_behind, hints, returns_admissibility
from adjudicator.engine.evaluation import Facts, Memory
from adjudicator.engine.judgement import Subject
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for
from adjudicator.model.decision import Decision, PolicyRef
from adjudicator.model.evidence import Document
from adjudicator.model.facts import Admissibility, Ask
from adjudicator.model.finding import Effect, Finding, JsonValue, Request, Role
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of


class Status(StrEnum):
    """How a piece of evidence, an entry of a checklist or a group of entries stands, the best first.

    Satisfied: what is asked for is shown. Pending: it may come to count. Contested: it counts, and speaks against the claim or
    against another piece, or needs a person to judge it. Insufficient: it counts, but does not settle the matter alone.
    Unusable: it does not count. Missing: there is none.
    """

    SATISFIED = "satisfied"
    PENDING = "pending"
    CONTESTED = "contested"
    INSUFFICIENT = "insufficient"
    UNUSABLE = "unusable"
    MISSING = "missing"


class Choice(StrEnum):
    """How the entries of a group are needed: the one that there is, any one of several, none, or none because none could help."""

    REQUIRED = "required"
    ONE_OF = "one_of"
    OPTIONAL = "optional"
    TO_NO_AVAIL = "to_no_avail"


@frozen
class Piece:
    """What became of one piece of evidence. ``because`` is a stable code: what is amiss with it, if anything is."""

    evidence_id: str
    status: Status
    because: str | None
    cites: tuple[str, ...]


@frozen
class Entry:
    """A kind of evidence on a checklist.

    Each of ``accepts`` is what an acceptable piece of it looks like, as in a request; none where the rule asks for none. Its status
    is that of its best piece.
    """

    kind: str
    status: Status
    accepts: tuple[Mapping[str, tuple[JsonValue, ...]], ...]
    pieces: tuple[Piece, ...]


@frozen
class Group:
    """Entries that serve one need; without a need where no clause asks for them.

    A group with a need is satisfied exactly if all of ``clauses`` hold.
    """

    choice: Choice
    need: str | None
    to: str | None
    clauses: tuple[str, ...]
    status: Status
    entries: tuple[Entry, ...]


@frozen
class Checklist:
    """The evidence that a claimed line needs (or a case that is judged as a whole), and what there is of it."""

    line_id: str | None
    groups: tuple[Group, ...]


@frozen
class Requirements:
    """The checklists of a case, in the order of its claim; none for a kind of case that has no evidence."""

    case_id: str
    as_of: Instant
    policy: PolicyRef
    lines: tuple[Checklist, ...]
    complete: bool = field(default=True, metadata={"means": ALL_LINES})


def requirements(case: CaseBase, edition: Edition | None = None, *, work: int = MOST_WORK) -> Requirements:
    """What evidence each claimed line of a case (or the case as a whole) needs, and how what was handed in meets it.

    Under the edition that governs the case, or under another one. Lines are looked into as far as ``work`` goes (see
    :data:`~adjudicator.analysis.work.MOST_WORK`): each takes one, and one for each piece of evidence. Raises
    :class:`~adjudicator.model.errors.InputError` for a case that no edition governs.
    """
    edition = edition_for(case, edition)
    judged = edition.case_kind.decide(edition, case)
    found, complete = checklists(edition, case, judged, work)
    return Requirements(judged.case_id, judged.as_of, judged.policy, found, complete)


def requirements_document(found: Requirements) -> dict[str, Any]:
    """The checklists as a JSON document."""
    return document_of(found)


def checklists(
    edition: Edition, case: CaseBase, judged: Decision, work: int = MOST_WORK
) -> tuple[tuple[Checklist, ...], bool]:
    """The checklists of a case that was decided already, as far as the work goes, and whether these are all."""
    if not hasattr(case, "evidence"):
        return (), True
    compared = _Compared(edition, case, judged)
    subjects = tuple(edition.case_kind.subjects(case))
    looked_into = subjects[: max(0, work) // (1 + len(case.evidence))]
    found = tuple(Checklist(at.line_id, tuple(_Subject(edition, at, compared).groups())) for at in looked_into)
    return found, len(looked_into) == len(subjects)


def kinds_of_evidence(edition: Edition, facts: Iterable[str]) -> tuple[str, ...]:
    """The kinds of evidence that some facts of the glossary are made of."""
    found: dict[str, None] = {}
    for name in facts:
        for each in typing.get_args(hints(edition.case_kind.glossary.facts[name].read)["return"]):
            if isinstance(each, type) and issubclass(each, Document):
                found[each.kind] = None
    return tuple(found)


def _turned_down(edition: Edition, case: CaseBase) -> frozenset[str | None]:
    """The subjects of a case for which no evidence could help."""
    subject_verdict = edition.case_kind.rule(edition, case).subjects
    return frozenset(each.line_id for each in subject_verdict if each.outcome in edition.case_kind.refusals)


class _Told:
    """The findings and requests of a decision, line by line."""

    def __init__(self, decision: Decision) -> None:
        self.findings: dict[str | None, dict[str, Finding]] = {}
        self.requests: dict[str | None, list[Request]] = {}
        for finding in decision.findings:
            self.findings.setdefault(finding.line_id, {})[finding.clause] = finding
        for request in decision.requests:
            self.requests.setdefault(request.line_id, []).append(request)


class _Compared:
    """What was decided, what would be if nothing had been handed in, and what if one document alone had been."""

    def __init__(self, edition: Edition, case: Any, judged: Decision) -> None:
        self._edition = edition
        self._case = case
        self._held_alone: dict[str, frozenset[tuple[str | None, str]]] = {}
        nothing = edition.case_kind.without_evidence(case)
        self.memory: Memory = {}
        self.judged = _Told(judged)
        self.bare = _Told(edition.case_kind.decide(edition, nothing))
        self.lost = _turned_down(edition, nothing)

    def held_alone(self, document: Document) -> frozenset[tuple[str | None, str]]:
        """The lines and clauses that would hold with one document alone; decided once for all lines."""
        if document.id not in self._held_alone:
            case = evolve(self._case, evidence=(document,))
            alone = self._edition.case_kind.decide(self._edition, case).findings
            self._held_alone[document.id] = frozenset(
                (each.line_id, each.clause) for each in alone if each.effect is Effect.SUPPORTS
            )
        return self._held_alone[document.id]


# One subject: a claimed line, or a case as a whole


class _Subject:
    """Makes the checklist of one subject, from its decision and from what would be decided if nothing had been handed in."""

    def __init__(self, edition: Edition, at: Subject, compared: _Compared) -> None:
        self.edition = edition
        self.compared = compared
        self.line_id = at.line_id
        self.findings = compared.judged.findings.get(at.line_id, {})
        self.asked = tuple(compared.judged.requests.get(at.line_id, ()))
        self.bare_findings = tuple(compared.bare.findings.get(at.line_id, {}).values())
        self.needed = tuple(each for each in compared.bare.requests.get(at.line_id, ()) if _kinds(each.accepts))
        self.lost = at.line_id in compared.lost
        self.evidence: tuple[Document, ...] = tuple(each for each in at.case.evidence if each.concerns(at.line_id))
        self.worth = dict(_worth_of_each(edition, at, compared.memory))

    def groups(self) -> Iterator[Group]:
        """What is asked for, need by need, then what is read besides."""
        companions: dict[str, list[Mapping[str, tuple[JsonValue, ...]]]] = {}
        asked_for: set[str] = set()
        for request in self.needed:
            accepts = self.accepted_now(request)
            asked_for.update(_kinds(request.accepts))
            for each in accepts:
                if along := _companion(each):
                    companions.setdefault(str(along["kind"][0]), []).append(along)
            yield self.group(request, accepts)
        besides = [kind for kind in self.kinds_read() if kind not in asked_for]
        if entries := tuple(self.besides(kind, tuple(companions.get(kind, ()))) for kind in besides):
            choice = Choice.TO_NO_AVAIL if self.lost else Choice.OPTIONAL
            yield Group(choice, None, None, (), _best(each.status for each in entries), entries)

    def accepted_now(self, request: Request) -> tuple[Mapping[str, tuple[JsonValue, ...]], ...]:
        """What would do: as things stand if it is asked for now, else as if nothing had been handed in."""
        asked = (each for each in self.asked if (each.to, each.need) == (request.to, request.need))
        return next((each.accepts for each in asked if each.evidence_id is None and each.accepts), request.accepts)

    def kinds_read(self) -> tuple[str, ...]:
        """The kinds of evidence that the requirements read."""
        required = (clause for clause in self.edition.clauses if clause.role is Role.REQUIREMENT)
        return kinds_of_evidence(self.edition, dict.fromkeys(name for clause in required for name in clause.reads))

    # What is asked for

    def group(self, request: Request, accepts: Sequence[Mapping[str, tuple[JsonValue, ...]]]) -> Group:
        """The entries that serve a need, and the clauses that have it."""
        clauses = tuple(each.clause for each in self.bare_findings if request.need in needs_of(each))
        findings = [self.findings[clause] for clause in clauses]
        holds = all(each.effect is Effect.SUPPORTS for each in findings)
        kinds = _kinds((*accepts, *request.accepts))
        entries = tuple(
            _entry(kind, [each for each in accepts if kind in each["kind"]], self.pieces(kind, findings, holds=holds))
            for kind in kinds
        )
        status = Status.SATISFIED if holds else _best(each.status for each in entries)
        choice = Choice.REQUIRED if len(kinds) == 1 else Choice.ONE_OF
        return Group(choice, request.need, request.to, clauses, status, entries)

    def pieces(self, kind: str, findings: Sequence[Finding], *, holds: bool) -> tuple[Piece, ...]:
        """What became of each piece of a kind, in the order of the case."""
        return tuple(self.piece(each, findings, holds=holds) for each in self.evidence if each.kind == kind)

    def piece(self, document: Document, findings: Sequence[Finding], *, holds: bool) -> Piece:
        """What became of one piece."""
        if amiss := self.amiss(document):
            return amiss
        if holds and self.carries(document, findings):
            return self.told(document, Status.SATISFIED)
        if contested := self.contested(document, findings):
            return contested
        if document.id in self.worth:
            return self.told(document, Status.INSUFFICIENT, "not_enough")
        return self.told(document, Status.UNUSABLE, "not_named")

    def contested(self, document: Document, findings: Iterable[Finding]) -> Piece | None:
        """A piece on which a finding rests that does not speak for the claim, with the reason that the finding gives."""
        for finding in findings:
            if document.id in finding.evidence and finding.effect is not Effect.SUPPORTS and not needs_of(finding):
                return self.told(document, Status.CONTESTED, finding.because.code.rpartition(".")[2])
        return None

    def carries(self, document: Document, findings: Sequence[Finding]) -> bool:
        """Whether findings that hold rest on a piece: they name it, or if they name none, they hold with it alone."""
        if named := {evidence_id for each in findings for evidence_id in each.evidence}:
            return document.id in named
        held = self.compared.held_alone(document)
        return all((self.line_id, each.clause) in held for each in findings)

    # What is read besides

    def besides(self, kind: str, accepts: tuple[Mapping[str, tuple[JsonValue, ...]], ...]) -> Entry:
        """A kind of evidence that no clause asks for; any piece of it that counts will do."""
        resting_on = {evidence_id for each in self.findings.values() for evidence_id in each.evidence}

        def piece(document: Document) -> Piece:
            if piece := self.amiss(document) or self.contested(document, self.findings.values()):
                return piece
            if document.id in self.worth or document.id in resting_on:
                return self.told(document, Status.SATISFIED)
            return self.told(document, Status.UNUSABLE, "not_named")

        return _entry(
            kind, accepts, tuple(self.amiss(each) or piece(each) for each in self.evidence if each.kind == kind)
        )

    # What a piece is worth

    def amiss(self, document: Document) -> Piece | None:
        """What keeps a piece from counting, for the time being or for good; nothing if it counts."""
        worth = self.worth.get(document.id)
        if worth is not None and worth.because is not None:
            return self.told(document, Status.PENDING if worth.asks else Status.UNUSABLE, worth.because)
        if worth is None and document.id in self.waited_for:
            return self.told(document, Status.PENDING, "pending")
        return None

    @cached_property
    def waited_for(self) -> set[str]:
        """The evidence about which something is asked, or would be if it were not too late."""
        asked = {each.evidence_id for each in self.asked if each.evidence_id is not None}
        return asked.union(*(each.evidence for each in self.findings.values() if needs_of(each)))

    def told(self, document: Document, status: Status, because: str | None = None) -> Piece:
        """A piece with what the policy cites for what it is worth."""
        return Piece(document.id, status, because, _cited_for(self.edition, document.kind))


def _worth_of_each(edition: Edition, at: Subject, memory: Memory) -> Iterator[tuple[str, Admissibility]]:
    """What the policy says that each document is worth, the best of it where that hangs on what is not known."""
    facts = Facts(edition, at, memory)
    for name in _telling_worth(edition):
        read = facts[name]
        if type(read) is Branches:
            settling = next(ask for asks in read.asks.values() for ask in asks)
            yield from ((each.evidence, each) for each in _weighed([each.value for each in read.branches], settling))
        else:
            yield from ((each.evidence, each) for each in read)


def _weighed(branches: Sequence[tuple[Admissibility, ...]], settling: Ask) -> Iterator[Admissibility]:
    """Of each document the best that it may be worth; one that may stand waits for what would settle it."""
    for possible in zip(*branches, strict=True):
        best = min(possible, key=lambda worth: (not worth.stands, not worth.may_count))
        settled = not best.stands or all(each.stands for each in possible)
        yield best if settled else Admissibility(best.evidence, "not_known", (settling,))


def _telling_worth(edition: Edition) -> tuple[str, ...]:
    """The facts of a policy that tell what each document is worth."""
    return tuple(each.__name__ for each in edition.facts if returns_admissibility(each))


def _cited_for(edition: Edition, kind: str) -> tuple[str, ...]:
    """What the policy cites where it tells what documents of a kind are worth."""
    for name in _telling_worth(edition):
        if kind in kinds_of_evidence(edition, facts_behind(edition.nodes, name, edition.case_kind.glossary)):
            return edition.nodes[name].citation.citations(edition.article)
    return ()


def _entry(kind: str, accepts: Iterable[Mapping[str, tuple[JsonValue, ...]]], pieces: tuple[Piece, ...]) -> Entry:
    return Entry(kind, _best(each.status for each in pieces), tuple(accepts), pieces)


def _best(statuses: Iterable[Status]) -> Status:
    """The best of some statuses; missing without any."""
    return min(statuses, key=list(Status).index, default=Status.MISSING)


def _kinds(accepts: Iterable[Mapping[str, tuple[JsonValue, ...]]]) -> tuple[str, ...]:
    """The kinds of evidence that acceptable answers are of."""
    return tuple(dict.fromkeys(str(kind) for each in accepts for kind in each.get("kind", ())))


def _companion(accepted: Mapping[str, tuple[JsonValue, ...]]) -> dict[str, tuple[JsonValue, ...]]:
    """The second piece of evidence that has to come along, if one has to."""
    fields = {name: values for name, values in accepted.items() if name.startswith(ALONG)}
    return {name.removeprefix(ALONG): values for name, values in fields.items()}


def needs_of(finding: Finding) -> tuple[str, ...]:
    """What an open finding waits for."""
    needs = finding.because.params.get("needs", ())
    return needs if finding.effect is Effect.UNDECIDED and isinstance(needs, tuple) else ()
