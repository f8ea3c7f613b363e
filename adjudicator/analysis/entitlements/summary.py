"""What a decided draft claim shows about a guarantee: the window, the maximum, what it needs, what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from adjudicator.analysis.entitlements.drafts import (
    PATH,
    Draft,
)
from adjudicator.analysis.entitlements.results import (
    Against,
    Amount,
    Answer,
    Freight,
    Maximum,
    Needed,
    Status,
    Term,
)
from adjudicator.engine.clause import facts_behind
from adjudicator.engine.policy import Edition
from adjudicator.model.award import Award
from adjudicator.model.decision import ClaimDecision
from adjudicator.model.finding import Deadline, Effect, JsonValue, Request
from adjudicator.model.time import Instant


def facts_read(edition: Edition) -> Iterator[str]:
    """The glossary facts behind an edition's clauses and grants."""
    for clause in edition.clauses:
        yield from clause.reads
    for function in edition.grants.functions() if edition.grants else ():
        yield from facts_behind(edition.nodes, function.__name__, edition.case_kind.glossary)


def is_of_the_order(pointers: Iterable[str]) -> bool:
    """Whether all pointers lead into the order."""
    return all(pointer.startswith("/order/") for pointer in pointers)


def places_asked_for(requests: Iterable[Request]) -> set[str]:
    """The pointers that answers to these requests would fill."""
    return {name for request in requests for accepted in request.accepts for name in accepted if name.startswith("/")}


def rank_of(draft: Draft) -> tuple[bool, int, int]:
    """The sort key for comparing what drafts get."""
    return draft.granted, sum(line.units for line in draft.decision.lines), draft.decision.total


def path_asked_for(answered: Iterable[Request]) -> dict[str, tuple[JsonValue, ...]]:
    """How a claim must be filed, judging by the corrections it was asked for."""
    return {
        pointer: values
        for request in answered
        for pointer, values in next(iter(request.accepts), {}).items()
        if pointer in PATH.values()
    }


def needed_for(answered: Iterable[Request]) -> tuple[tuple[Needed, ...], tuple[Needed, ...]]:
    """The evidence a claim needs, and its other needs except how it is filed."""
    proof: list[Needed] = []
    other: list[Needed] = []
    for request in answered:
        names = {name for accepted in request.accepts for name in accepted}
        if not names.intersection(PATH.values()):
            of_evidence = any("kind" in accepted for accepted in request.accepts)
            (proof if of_evidence else other).append(Needed(request.to, request.need, request.accepts))
    return tuple(proof), tuple(other)


def nothing_due(
    status: Status,
    *,
    window: Term | None = None,
    against: tuple[Against, ...] = (),
    needed: tuple[Request, ...] = (),
) -> Answer:
    """An answer without a maximum: nothing can be claimed at present."""
    return Answer({}, status, {}, window, path_asked_for(needed), *needed_for(needed), None, against)


def term_of_decision(decision: ClaimDecision) -> Term | None:
    """The window that ends first."""
    terms = (term_of(deadline) for deadline in decision.deadlines)
    return min(terms, key=lambda term: term.last_instant, default=None)


def term_of(deadline: Deadline) -> Term:
    """The deadline with its last instant in time."""
    last = deadline.ends_at if deadline.includes_end else Instant(deadline.ends_at - 1)
    return Term(
        deadline.clause, deadline.counted_from, deadline.starts_at, last, deadline.ends_at, deadline.includes_end
    )


def maximum_of(decision: ClaimDecision, freight: tuple[Freight, ...] = ()) -> Maximum:
    """The maximum, as a decision on a completed draft awards it."""
    return Maximum(
        sum(line.units for line in decision.lines),
        tuple(amount_of(award) for award in decision.awards),
        decision.total,
        decision.ladder,
        decision.return_authorisation,
        freight,
    )


def amount_of(award: Award) -> Amount:
    """The award without its key, because nobody must pay on it."""
    return Amount(award.kind, award.line_id, award.amount, award.entitled, award.settled)


def against(decision: ClaimDecision, assumed: frozenset[str]) -> tuple[Against, ...]:
    """The findings that defeat a claim or, if none do, those that leave it open; without the facts in ``assumed``.

    Findings on how the claim was filed are ignored, because a draft makes no choices.
    """
    findings = [
        finding
        for finding in decision.findings
        if not any(pointer in PATH.values() for read in finding.facts for pointer in read.pointers)
    ]
    defeating = [finding for finding in findings if finding.effect is Effect.DEFEATS]
    return tuple(
        Against(
            finding.clause,
            finding.cites,
            finding.role,
            finding.effect,
            finding.because,
            tuple(
                read for read in finding.facts if is_of_the_order(read.pointers) and assumed.isdisjoint(read.pointers)
            ),
        )
        for finding in defeating or findings
        if finding.effect is not Effect.SUPPORTS
    )
