"""Drafting: claims that could be filed under an order, drawn up with everything that they would be asked for.

Nothing here knows a guarantee: a claim chooses nothing and shows nothing at first, is decided, and what its decision asks for is
handed in, until nothing more can be.
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
"""What a claim chooses one of; each of these enumerations ends with what says least."""
PATH: Final = {name: f"/claim/{name}" for name in (*CHOICES, "demands")}
"""Where in a claim stands how it was filed."""
GRANTED: Final = (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED)

Answers: TypeAlias = Mapping[str, tuple[JsonValue, ...]]
"""One acceptable answer to a request."""


def claim_policies() -> Iterator[tuple[Edition, ...]]:
    """The policies that decide claims, with their editions."""
    return (group for group in policies().values() if issubclass(group[0].case_kind.case_type, Case))


def order_type(edition: Edition) -> type[Order]:
    """The class of the orders under which an edition decides claims: a pack may give orders and their lines fields of its own."""
    found: Any = attrs.fields_dict(attrs.resolve_types(edition.case_kind.case_type))["order"].type
    return cast(type[Order], found)


def draft_claim(
    edition: Edition, order: Order, lines: Iterable[OrderLine], moment: Instant, ledger: tuple[Settlement, ...]
) -> Case:
    """A claim of the buyer for all units of some lines, filed and decided at an instant, that chooses nothing and shows nothing."""
    taken = {each.claim_id for each in ledger}
    claim = Claim(
        id=next(name for name in (f"claim-{number}" for number in count()) if name not in taken),
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
    """The claim with other choices, where nothing but how it is filed stands in its way and nobody asks to put that right."""
    about_filing = _about_filing(edition)
    something_else = set(_defeating(edition, case)) - about_filing.keys()
    if something_else or decided(edition, case).outcome is not Outcome.DENIED:
        return case
    for clause, names in about_filing.items():
        if clause in _defeating(edition, case):
            choices = (dict(zip(names, values, strict=True)) for values in product(*map(_values_of, names)))
            others = (evolve(case, claim=evolve(case.claim, **chosen)) for chosen in choices)
            case = next((other for other in others if clause not in _defeating(edition, other)), case)
    return case


def _about_filing(edition: Edition) -> dict[str, list[str]]:
    """The clauses that read how a claim was filed, and what of it they read."""
    reading = {clause.name: [name for name in PATH if name in clause.reads] for clause in edition.clauses}
    return {clause: names for clause, names in reading.items() if names}


def _defeating(edition: Edition, case: Case) -> tuple[str, ...]:
    """The clauses that defeat a claim."""
    return tuple(each.clause for each in decided(edition, case).findings if each.effect is Effect.DEFEATS)


def _values_of(name: str) -> tuple[Any, ...]:
    """What a claim can choose of one thing; of demands none, each alone, or all."""
    if name in CHOICES:
        return tuple(CHOICES[name])
    return ((), *((each,) for each in Demand), tuple(Demand))


def decided(edition: Edition, case: Case) -> ClaimDecision:
    """The decision on a claim under an edition. Raises :class:`TypeError` for an edition that makes no such decisions."""
    decision = edition.case_kind.decide(edition, case)
    if not isinstance(decision, ClaimDecision):
        raise TypeError(f"{edition.policy} decides claims, and yet gives a {type(decision).__name__}")
    return decision


@frozen
class Draft:
    """A claim for which everything was handed in that could be, what was asked for on the way, and what it was decided as.

    ``asked_besides`` is what would have been asked for still, had something else been handed in that is as acceptable.
    """

    case: Case
    decision: ClaimDecision
    taken: tuple[Request, ...] = ()
    asked_besides: tuple[Request, ...] = ()

    @property
    def granted(self) -> bool:
        """Whether all of it is approved, at least for some units."""
        return all(line.outcome in GRANTED for line in self.decision.lines)

    @property
    def left(self) -> tuple[Request, ...]:
        """What is still asked for, or would have been."""
        return (*self.decision.requests, *self.asked_besides)


def completed(edition: Edition, case: Case) -> Draft:
    """The claim once everything was handed in that is asked for and can be."""
    draft = Draft(case, decided(edition, case))
    while request := _next_request(draft):
        draft = _one_further(edition, draft, request)
    return draft


def _next_request(draft: Draft) -> Request | None:
    """What is asked for that was not handed in yet."""
    open_still = (each for each in draft.decision.requests if can_be_handed_in(each))
    return next((each for each in open_still if not _is_among(each, draft.taken)), None)


def _one_further(edition: Edition, draft: Draft, request: Request) -> Draft:
    """The claim with a request met: of several acceptable answers by the one after which least is asked for."""
    request = evolve(request, accepts=tuple(_for_all_units(each, draft.case, request) for each in request.accepts))
    cases = [applied(draft.case, next(ways(draft.case, request, accepted))) for accepted in request.accepts]
    drafts = [Draft(case, decided(edition, case), (*draft.taken, request), draft.asked_besides) for case in cases]
    best = min(drafts, key=lambda each: len(each.decision.requests))
    others = (asked for each in drafts for asked in each.decision.requests)
    besides = tuple(asked for asked in others if not _is_among(asked, best.decision.requests))
    return evolve(best, asked_besides=(*best.asked_besides, *besides))


def can_be_handed_in(request: Request) -> bool:
    """Whether its answers say what to hand in; one that leaves open what a place of the case should hold asks for a fact."""
    return bool(request.accepts) and not any(
        name.startswith("/") and not values for accepted in request.accepts for name, values in accepted.items()
    )


def _is_among(request: Request, others: Iterable[Request]) -> bool:
    asked = (request.to, request.need, request.line_id, request.evidence_id)
    return any((each.to, each.need, each.line_id, each.evidence_id) == asked for each in others)


def _for_all_units(accepted: Answers, case: Case, request: Request) -> Answers:
    """The same piece of evidence, if its kind speaks for a number of units: for as many as were asked for at best, else all claimed."""
    claimed = tuple(each.quantity for each in case.claim.items if each.line_id == request.line_id)
    kinds = (kind_of_evidence(type(case), str(kind)) for kind in accepted.get("kind", ()))
    counting = any(_COVERED in attrs.fields_dict(kind) for kind in kinds)
    return {**accepted, _COVERED: accepted.get(_COVERED, ())[-1:] or claimed} if counting else accepted


_COVERED: Final = "units_covered"


def with_clocks_started(case: Case, clocks: Iterable[Request]) -> tuple[Case, dict[str, JsonValue]]:
    """The case as if clocks had started now of which it is not known that they have, and the places where it says so."""
    supposing: dict[str, JsonValue] = {}
    for request in clocks:
        asked = next(iter(request.accepts), {})
        untold = {place: values for place, values in asked.items() if values or held_at(case, place) is None}
        case = applied(case, next(ways(case, request, untold), ()))
        supposing |= {place: str(case.as_of) for place, values in untold.items() if not values}
    return case, supposing
