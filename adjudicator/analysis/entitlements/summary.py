"""What a decided draft of a claim says of a guarantee: its term, its maximum, what it needs, what stands against it."""

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
    """The facts of the glossary on which a policy's clauses and what it grants rest."""
    for clause in edition.clauses:
        yield from clause.reads
    for function in edition.grants.functions() if edition.grants else ():
        yield from facts_behind(edition.nodes, function.__name__, edition.case_kind.glossary)


def is_of_the_order(pointers: Iterable[str]) -> bool:
    """Whether all that some pointers lead to stands in the order."""
    return all(pointer.startswith("/order/") for pointer in pointers)


def places_asked_for(requests: Iterable[Request]) -> set[str]:
    """The places of a case that answers to requests would fill."""
    return {name for request in requests for accepted in request.accepts for name in accepted if name.startswith("/")}


def rank_of(draft: Draft) -> tuple[bool, int, int]:
    """What a claim comes to, to be compared."""
    return draft.granted, sum(line.units for line in draft.decision.lines), draft.decision.total


def path_asked_for(taken: Iterable[Request]) -> dict[str, tuple[JsonValue, ...]]:
    """How a claim has to be filed, from what it was asked to put right."""
    return {
        place: values
        for request in taken
        for place, values in next(iter(request.accepts), {}).items()
        if place in PATH.values()
    }


def needed_for(taken: Iterable[Request]) -> tuple[tuple[Needed, ...], tuple[Needed, ...]]:
    """What a claim needs by way of evidence, and what besides, how it is filed apart."""
    proof: list[Needed] = []
    besides: list[Needed] = []
    for request in taken:
        names = {name for accepted in request.accepts for name in accepted}
        if not names.intersection(PATH.values()):
            of_evidence = any("kind" in accepted for accepted in request.accepts)
            (proof if of_evidence else besides).append(Needed(request.to, request.need, request.accepts))
    return tuple(proof), tuple(besides)


def nothing_due(
    status: Status,
    *,
    window: Term | None = None,
    against: tuple[Against, ...] = (),
    needed: tuple[Request, ...] = (),
) -> Answer:
    """An answer without anything to be had, as things stand."""
    return Answer({}, status, {}, window, path_asked_for(needed), *needed_for(needed), None, against)


def term_of_decision(decision: ClaimDecision) -> Term | None:
    """The window that ends first."""
    return min((term_of(each) for each in decision.deadlines), key=lambda term: term.last_instant, default=None)


def term_of(deadline: Deadline) -> Term:
    """A deadline as a term, with its last instant."""
    last = deadline.ends_at if deadline.includes_end else Instant(deadline.ends_at - 1)
    return Term(
        deadline.clause, deadline.counted_from, deadline.starts_at, last, deadline.ends_at, deadline.includes_end
    )


def maximum_of(decision: ClaimDecision, freight: tuple[Freight, ...] = ()) -> Maximum:
    """What a decision pays and allows."""
    return Maximum(
        sum(line.units for line in decision.lines),
        tuple(amount_of(award) for award in decision.awards),
        decision.total,
        decision.ladder,
        decision.return_authorisation,
        freight,
    )


def amount_of(award: Award) -> Amount:
    """An award without its key: nothing is to be paid on it."""
    return Amount(award.kind, award.line_id, award.amount, award.entitled, award.settled)


def against(decision: ClaimDecision, assumed: frozenset[str]) -> tuple[Against, ...]:
    """The findings that defeat a claim, or without any that leave it open; what was assumed is not told again.

    How a claim is filed is left out of account: one that is only drawn up chooses nothing.
    """
    of_the_line = [
        each
        for each in decision.findings
        if not any(place in PATH.values() for read in each.facts for place in read.pointers)
    ]
    defeating = [each for each in of_the_line if each.effect is Effect.DEFEATS]
    return tuple(
        Against(
            each.clause,
            each.cites,
            each.role,
            each.effect,
            each.because,
            tuple(read for read in each.facts if is_of_the_order(read.pointers) and assumed.isdisjoint(read.pointers)),
        )
        for each in defeating or of_the_line
        if each.effect is not Effect.SUPPORTS
    )


# Several lines together
