"""Draft claims: claims that could be filed under an order, completed with everything a decision would ask for.

This module knows no guarantee. A draft starts without choices or evidence. It is decided, answers what the decision asks for, and
so on until nothing is left that can be answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from itertools import count, product
from typing import Any, Final, TypeAlias, cast

import attrs
from attrs import evolve, frozen

from adjudicator.analysis.edits import applied, kind_of_evidence, ways
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.model.claim import Claim, ClaimItem, Settlement
from adjudicator.model.decision import ClaimDecision, Outcome
from adjudicator.model.enumerations import Channel, Demand, Reason, Service
from adjudicator.model.finding import Effect, JsonValue, Request
from adjudicator.model.order import Order, OrderLine
from adjudicator.model.soundness import recast
from adjudicator.model.time import Instant
from adjudicator.wire.pointer import held_at

CHOICES: Final[Mapping[str, type[Enum]]] = {"filed_through": Channel, "reason": Reason, "service": Service}
"""The choices of a claim. The last member of each enumeration is its least specific one."""
PATH: Final = {name: f"/claim/{name}" for name in (*CHOICES, "demands")}
"""The pointers to the fields that say how a claim is filed."""
GRANTED: Final = (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED)

Answers: TypeAlias = Mapping[str, tuple[JsonValue, ...]]
"""One acceptable answer to a request."""


def claim_policies() -> Iterator[tuple[Edition, ...]]:
    """The editions of each policy that decides claims."""
    return (editions for editions in policies().values() if issubclass(editions[0].case_kind.case_type, Case))


def order_type(edition: Edition) -> type[Order]:
    """The class of orders in an edition's cases. A pack may add its own fields to orders and lines."""
    order: Any = attrs.fields_dict(attrs.resolve_types(edition.case_kind.case_type))["order"].type
    return cast(type[Order], order)


def draft_claim(
    edition: Edition, order: Order, lines: Iterable[OrderLine], moment: Instant, ledger: tuple[Settlement, ...]
) -> Case:
    """A buyer's claim for all units of some lines, filed and decided at ``moment``, without choices or evidence."""
    used_ids = {settlement.claim_id for settlement in ledger}
    claim = Claim(
        id=next(claim_id for claim_id in (f"claim-{number}" for number in count()) if claim_id not in used_ids),
        claimant_id=order.buyer_id,
        filed_at=moment,
        filed_through=list(Channel)[-1],
        reason=list(Reason)[-1],
        service=list(Service)[-1],
        demands=(),
        items=tuple(ClaimItem(line_id=line.id, quantity=line.quantity) for line in lines),
    )
    case: Case = edition.case_kind.case_type(
        id=order.id,
        policy=edition.policy,
        as_of=moment,
        claim=claim,
        order=recast(order, order_type(edition)),
        evidence=(),
        settlements=ledger,
    )
    return case


def with_valid_filing(edition: Edition, case: Case) -> Case:
    """The claim with choices that avoid its denial, if only the way of filing causes that; else the same claim."""
    filing_clauses = _filing_clauses(edition)
    other_defeats = set(_defeating_clauses(edition, case)) - filing_clauses.keys()
    if other_defeats or decided(edition, case).outcome is not Outcome.DENIED:
        return case
    for clause, names in filing_clauses.items():
        if clause in _defeating_clauses(edition, case):
            choices = (dict(zip(names, values, strict=True)) for values in product(*map(_options, names)))
            variants = (evolve(case, claim=evolve(case.claim, **chosen)) for chosen in choices)
            case = next((variant for variant in variants if clause not in _defeating_clauses(edition, variant)), case)
    return case


def _filing_clauses(edition: Edition) -> dict[str, list[str]]:
    """The clauses that read how a claim was filed, with the fields they read."""
    reads = {clause.name: [name for name in PATH if name in clause.reads] for clause in edition.clauses}
    return {clause: names for clause, names in reads.items() if names}


def _defeating_clauses(edition: Edition, case: Case) -> tuple[str, ...]:
    return tuple(finding.clause for finding in decided(edition, case).findings if finding.effect is Effect.DEFEATS)


def _options(name: str) -> tuple[Any, ...]:
    """The options for one choice; for demands: none, each alone, or all."""
    if name in CHOICES:
        return tuple(CHOICES[name])
    return ((), *((demand,) for demand in Demand), tuple(Demand))


def decided(edition: Edition, case: Case) -> ClaimDecision:
    """The decision on a claim. Raises :class:`TypeError` if the edition returns another kind of decision."""
    decision = edition.case_kind.decide(edition, case)
    if not isinstance(decision, ClaimDecision):
        raise TypeError(f"{edition.policy} decides claims, and yet gives a {type(decision).__name__}")
    return decision


@frozen
class Draft:
    """A completed claim, its decision, and the requests that it answered.

    ``alternative_requests`` are those that would have followed other acceptable answers.
    """

    case: Case
    decision: ClaimDecision
    answered: tuple[Request, ...] = ()
    alternative_requests: tuple[Request, ...] = ()

    @property
    def granted(self) -> bool:
        """Whether every line is approved for at least some units."""
        return all(line.outcome in GRANTED for line in self.decision.lines)

    @property
    def pending(self) -> tuple[Request, ...]:
        """The requests that remain, or would remain after other answers."""
        return (*self.decision.requests, *self.alternative_requests)


def completed(edition: Edition, case: Case) -> Draft:
    """The claim with everything it is asked for, as far as a draft can supply that."""
    draft = Draft(case, decided(edition, case))
    while request := _next_request(draft):
        draft = _with_answer(edition, draft, request)
    return draft


def _next_request(draft: Draft) -> Request | None:
    """A request that the draft can answer and has not answered."""
    answerable = (request for request in draft.decision.requests if asks_for_evidence_or_choice(request))
    return next((request for request in answerable if not _is_among(request, draft.answered)), None)


def _with_answer(edition: Edition, draft: Draft, request: Request) -> Draft:
    """The draft with a request answered in the way that leaves the fewest requests."""
    accepts = tuple(_for_all_units(accepted, draft.case, request) for accepted in request.accepts)
    request = evolve(request, accepts=accepts)
    cases = [applied(draft.case, next(ways(draft.case, request, accepted))) for accepted in accepts]
    answered = (*draft.answered, request)
    drafts = [Draft(case, decided(edition, case), answered, draft.alternative_requests) for case in cases]
    best = min(drafts, key=lambda variant: len(variant.decision.requests))
    requests = (pending for variant in drafts for pending in variant.decision.requests)
    others = tuple(pending for pending in requests if not _is_among(pending, best.decision.requests))
    return evolve(best, alternative_requests=(*best.alternative_requests, *others))


def asks_for_evidence_or_choice(request: Request) -> bool:
    """Whether a draft can answer the request. It cannot invent a fact: a place in the case with no value suggested."""
    return bool(request.accepts) and not any(
        name.startswith("/") and not values for accepted in request.accepts for name, values in accepted.items()
    )


def _is_among(request: Request, others: Iterable[Request]) -> bool:
    key = (request.to, request.need, request.line_id, request.evidence_id)
    return any((other.to, other.need, other.line_id, other.evidence_id) == key for other in others)


def _for_all_units(accepted: Answers, case: Case, request: Request) -> Answers:
    """The answer for the most units asked for, else for all units claimed, if its kind of evidence counts units."""
    claimed = tuple(item.quantity for item in case.claim.items if item.line_id == request.line_id)
    kinds = (kind_of_evidence(type(case), str(kind)) for kind in accepted.get("kind", ()))
    counts_units = any(_COVERED in attrs.fields_dict(kind) for kind in kinds)
    return {**accepted, _COVERED: accepted.get(_COVERED, ())[-1:] or claimed} if counts_units else accepted


_COVERED: Final = "units_covered"


def with_clocks_started(case: Case, clocks: Iterable[Request]) -> tuple[Case, dict[str, JsonValue]]:
    """The case as if clocks that may not have started had started now, and the pointers to these assumed instants."""
    supposing: dict[str, JsonValue] = {}
    for request in clocks:
        accepted = next(iter(request.accepts), {})
        missing = {name: values for name, values in accepted.items() if values or held_at(case, name) is None}
        case = applied(case, next(ways(case, request, missing), ()))
        supposing |= {name: str(case.as_of) for name, values in missing.items() if not values}
    return case, supposing
