"""Entitlements under each guarantee: the exact deadline, the maximum, and what a claim will need.

This module knows no guarantee. For each one it drafts a claim, decides it, answers what the decision asks for, and repeats until
nothing is left to answer. The answers are what a claim will need; the result is the most it can get. So every policy that decides
claims has entitlements without extra code.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from attrs import evolve

from adjudicator.analysis.check import not_known
from adjudicator.analysis.checklist import needs_of
from adjudicator.analysis.edits import applied
from adjudicator.analysis.entitlements.drafts import (
    CHOICES,
    PATH,
    Answers,
    Draft,
    asks_for_evidence_or_choice,
    claim_policies,
    completed,
    decided,
    draft_claim,
    with_clocks_started,
    with_valid_filing,
)
from adjudicator.analysis.entitlements.inquiry import OrderInquiry
from adjudicator.analysis.entitlements.results import (
    Answer,
    Entitlement,
    Entitlements,
    Freight,
    Missing,
    Status,
    Together,
)
from adjudicator.analysis.entitlements.summary import (
    against,
    facts_read,
    is_of_the_order,
    maximum_of,
    needed_for,
    nothing_due,
    path_asked_for,
    places_asked_for,
    rank_of,
    term_of_decision,
)
from adjudicator.analysis.work import MOST_WORK
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import governing
from adjudicator.kinds.claim import claimed_lines
from adjudicator.model.award import FreightBearer
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.decision import Outcome, PolicyRef
from adjudicator.model.enumerations import Demand
from adjudicator.model.facts import Open
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_value import json_value
from adjudicator.model.order import Order, OrderLine
from adjudicator.model.soundness import as_modelled, recast
from adjudicator.model.time import Instant
from adjudicator.wire.codec import document_of

WORK_EACH: Final = 20
"""Units of work to examine one line under one guarantee; roughly the number of rulings."""


def entitlements(
    order: Order,
    as_of: Instant,
    *,
    settlements: Iterable[Settlement] = (),
    policy: str | None = None,
    work: int = MOST_WORK,
) -> Entitlements:
    """List what can be claimed under an order at an instant, under every guarantee in force when it was placed.

    ``policy`` selects one guarantee. Each line costs :data:`WORK_EACH` units of ``work`` per guarantee; totals for several lines
    are left out unless all lines were examined. Guarantees are listed independently, but a payout under one reduces what remains
    under the others. Evidence is not considered here: see the checklists of a claim. Raises
    :class:`~adjudicator.model.errors.InputError` for an invalid order or one placed after ``as_of``, and :class:`KeyError` for a
    policy that is not installed or does not decide claims.
    """
    inquiry = as_modelled(OrderInquiry(as_of=as_of, order=recast(order, Order), settlements=tuple(settlements)))
    order, as_of, ledger = as_modelled(order, "/order"), inquiry.as_of, inquiry.settlements
    lines: list[Entitlement] = []
    together: list[Together] = []
    guarantees = tuple(_guarantees(order.placed_at, policy))
    affordable = order.lines[: max(0, work) // (WORK_EACH * max(1, len(guarantees)))]
    complete = len(affordable) == len(order.lines)
    for edition in guarantees:
        inquiries = [_LineInquiry(edition, order, line, as_of, ledger) for line in affordable]
        under_edition = [inquiry.entitlement() for inquiry in inquiries]
        lines += under_edition
        together += _together(inquiries, under_edition) if complete else ()
    position = {line.id: index for index, line in enumerate(order.lines)}
    lines.sort(key=lambda entitlement: position[entitlement.line_id])
    return Entitlements(order.id, as_of, order.currency, tuple(lines), tuple(together), complete)


def entitlements_of(inquiry: OrderInquiry, *, work: int = MOST_WORK) -> Entitlements:
    """The entitlements under the order of an inquiry; see :func:`entitlements`."""
    return entitlements(inquiry.order, inquiry.as_of, settlements=inquiry.settlements, work=work)


def entitlements_document(entitlements: Entitlements) -> dict[str, Any]:
    """The entitlements as a JSON document."""
    return document_of(entitlements)


def _guarantees(placed_at: Instant, policy: str | None) -> Iterator[Edition]:
    """The editions that govern claims under an order placed at this instant."""
    names = [editions[0].policy for editions in claim_policies()]
    if policy is not None and policy not in names:
        raise KeyError(policy)
    editions = (governing(name, placed_at) for name in names if policy in (None, name))
    return (edition for edition in editions if edition is not None)


# One line under one guarantee


class _LineInquiry:
    """Examines one line under one guarantee."""

    def __init__(
        self, edition: Edition, order: Order, line: OrderLine, as_of: Instant, ledger: tuple[Settlement, ...]
    ) -> None:
        self.edition = edition
        self.order = order
        self.line = line
        self.as_of = as_of
        self.ledger = ledger
        self.policy = PolicyRef(edition.policy, edition.name, edition.revision)
        self.reads = frozenset(facts_read(edition))
        self.requested_places: set[str] = set()
        first = draft_claim(edition, order, (line,), order.placed_at, ())
        filed = with_valid_filing(edition, first).claim
        self.filed = {name: getattr(filed, name) for name in PATH}
        self.best: Case | None = None

    def entitlement(self) -> Entitlement:
        """The line's entitlement under the guarantee."""
        answers = self.answers(self.order, frozenset())
        statuses = {answer.status for answer in answers}
        ends = [answer.window.last_instant for answer in answers if answer.window is not None]
        return Entitlement(
            self.line.id,
            self.policy,
            answers[0].status if len(statuses) == 1 else Status.DEPENDS,
            min(ends) if statuses == {Status.OPEN} else None,
            answers,
            tuple(self.not_known(answers)),
        )

    def draft_claim(self, order: Order, moment: Instant) -> Case:
        """A claim for the line without evidence; before ``as_of`` nothing was settled yet."""
        ledger = () if moment < self.as_of else self.ledger
        case = draft_claim(self.edition, order, (self.line,), moment, ledger)
        return evolve(case, claim=evolve(case.claim, **self.filed))

    def answers(self, order: Order, assumed: frozenset[str]) -> tuple[Answer, ...]:
        """One answer for each way the unknown facts can turn out; those in ``assumed`` are filled in already."""
        if refused := self.refused(order, assumed):
            return (refused,)
        case = self.draft_claim(order, self.as_of)
        pointer, values = self.unknown_fact(case)
        if not values:
            return (self.answer(order, self.as_of, assumed),)
        groups: list[tuple[tuple[Answer, ...], list[JsonValue]]] = []
        for value in values:
            variant = applied(case, [(pointer, document_of(value))])
            answers = self.answers(variant.order, assumed | {pointer})
            same = next((grouped for others, grouped in groups if others == answers), None)
            if same is None:
                groups.append((answers, [value]))
            else:
                same.append(value)
        if len(groups) == 1:
            return groups[0][0]
        return tuple(
            evolve(answer, assuming={pointer: tuple(grouped), **answer.assuming})
            for answers, grouped in groups
            for answer in answers
        )

    def unknown_fact(self, case: Case) -> tuple[str, tuple[JsonValue, ...]]:
        """The first unknown fact of the order that has few possible values: its pointer, and the values."""
        subject = next(iter(claimed_lines(case)))
        for missing in not_known(self.edition, case, decided(self.edition, case)):
            fact = self.edition.case_kind.glossary.facts[missing.fact].read(subject)
            one_place = len(missing.pointers) == 1 and is_of_the_order(missing.pointers)
            if isinstance(fact, Open) and _are_all(fact.could_be) and one_place:
                return missing.pointers[0], tuple(json_value(value) for value in fact.could_be)
        return "", ()

    # If no claim can succeed

    def refused(self, order: Order, assumed: frozenset[str]) -> Answer | None:
        """The answer if no claim for the line can be approved, either from the start or by now."""
        when_placed = decided(self.edition, self.draft_claim(order, order.placed_at))
        if when_placed.outcome is Outcome.DENIED:
            return nothing_due(Status.NOT_COVERED, against=against(when_placed, assumed))
        now = decided(self.edition, self.draft_claim(order, self.as_of))
        if now.outcome is Outcome.DENIED:
            return nothing_due(Status.CLOSED, window=term_of_decision(now), against=against(now, assumed))
        return None

    # If a claim might succeed

    def answer(self, order: Order, moment: Instant, assumed: frozenset[str]) -> Answer:
        """The answer once no fact with few possible values is unknown."""
        draft = completed(self.edition, self.draft_claim(order, moment))
        outcome = draft.decision.outcome
        if outcome is Outcome.NEEDS_INFORMATION and (started := self.once_started(draft, assumed)):
            return started
        self.requested_places.update(places_asked_for(draft.pending), self.unanswerable_places(draft))
        if draft.granted:
            return self.granted(draft)
        statuses = {Outcome.MANUAL_REVIEW: Status.FOR_A_PERSON, Outcome.DENIED: Status.NOT_COVERED}
        return nothing_due(
            statuses.get(outcome, Status.DEPENDS),
            window=term_of_decision(draft.decision),
            against=against(draft.decision, assumed),
            needed=draft.answered,
        )

    def once_started(self, draft: Draft, assumed: frozenset[str]) -> Answer | None:
        """The answer for when all clocks have started: at the announced instant if there is one, else as if by now."""
        clocked = {clause.name for clause in self.edition.clauses if clause.node.window is not None}
        needs = {need for finding in draft.decision.findings if finding.clause in clocked for need in needs_of(finding)}
        clocks = [
            request
            for request in draft.decision.requests
            if request.need in needs and not asks_for_evidence_or_choice(request)
        ]
        if not clocks:
            return None
        bare = self.draft_claim(draft.case.order, draft.case.as_of)
        announced = draft.decision.reconsider_at
        if announced is not None:
            later = self.answer(draft.case.order, announced, assumed)
            return evolve(later, status=Status.NOT_YET) if later.at_most else None
        started, supposing = with_clocks_started(bare, clocks)
        self.requested_places.update(supposing)
        if not supposing:
            return None
        now = self.answer(started.order, bare.as_of, assumed)
        return evolve(now, status=Status.NOT_YET, supposing={**now.supposing, **supposing}) if now.at_most else None

    def unanswerable_places(self, draft: Draft) -> Iterator[str]:
        """The facts read by findings that wait for something without any acceptable answer."""
        unanswerable = {request.need for request in draft.decision.requests if not request.accepts}
        for finding in draft.decision.findings:
            if unanswerable.intersection(needs_of(finding)):
                yield from (pointer for read in finding.facts for pointer in read.pointers)

    def granted(self, draft: Draft) -> Answer:
        """The answer if a claim filed now is approved."""
        asked = path_asked_for(draft.answered)
        draft, path = self.demanding_all(draft, asked)
        freight: list[Freight] = []
        for name in CHOICES:
            if name in self.reads and PATH[name] not in asked:
                draft, path[PATH[name]], bearers = self.choosing_best(draft, name)
                freight += bearers
        self.best = draft.case
        window = term_of_decision(draft.decision)
        return Answer(
            {},
            Status.OPEN_WITHOUT_END if window is None else Status.OPEN,
            {},
            window,
            {PATH[name]: path[PATH[name]] for name in PATH if PATH[name] in path},
            *needed_for(draft.answered),
            maximum_of(draft.decision, tuple(freight)),
            (),
        )

    def demanding_all(self, draft: Draft, asked: Answers) -> tuple[Draft, dict[str, tuple[JsonValue, ...]]]:
        """The claim with all demands if they get more, and its path; the path names demands only where they matter."""
        if "demands" not in self.reads:
            return draft, dict(asked)
        with_all = self.with_choice(draft, demands=tuple(Demand))
        best = with_all if rank_of(with_all) > rank_of(draft) else draft
        with_none = self.with_choice(draft, demands=())
        demands = best.case.claim.demands if rank_of(with_none) < rank_of(best) else ()
        return best, {**asked, PATH["demands"]: tuple(demand.value for demand in demands)}

    def choosing_best(self, draft: Draft, name: str) -> tuple[Draft, tuple[JsonValue, ...], list[Freight]]:
        """The claim with the best choice, all equally good values (none if any will do), and who pays freight for each."""
        variants = {option.value: self.with_choice(draft, **{name: option}) for option in CHOICES[name]}
        top = max(rank_of(variant) for variant in variants.values())
        best = {value: variant for value, variant in variants.items() if rank_of(variant) == top}
        chosen = draft if rank_of(draft) == top else next(iter(best.values()))
        bearers: dict[FreightBearer, tuple[JsonValue, ...]] = {}
        for value, variant in best.items():
            if authorisation := variant.decision.return_authorisation:
                bearer = authorisation.freight_borne_by
                bearers[bearer] = (*bearers.get(bearer, ()), value)
        freight = [Freight(bearer, {PATH[name]: values}) for bearer, values in bearers.items()]
        return chosen, () if len(best) == len(variants) else tuple(best), freight

    def with_choice(self, draft: Draft, **choice: Any) -> Draft:
        """The claim with another choice, decided again."""
        case = evolve(draft.case, claim=evolve(draft.case.claim, **choice))
        return evolve(draft, case=case, decision=decided(self.edition, case))

    # Unknown facts

    def not_known(self, answers: Sequence[Answer]) -> Iterator[Missing]:
        """The facts of the order that clauses read and the order does not state."""
        relevant = {
            *self.requested_places,
            *(pointer for answer in answers for pointer in (*answer.assuming, *answer.supposing)),
        }
        case = self.draft_claim(self.order, self.as_of)
        for missing in not_known(self.edition, case, decided(self.edition, case)):
            if is_of_the_order(missing.pointers):
                matters = not relevant.isdisjoint(missing.pointers)
                yield Missing(missing.fact, missing.pointers, missing.supplier, matters)


def _are_all(values: Sequence[object]) -> bool:
    """Whether values that a fact could have are all that there are. Texts of which only some matter to a rule stand for many others."""
    return bool(values) and all(type(each) is not str for each in values)


def _together(inquiries: Sequence[_LineInquiry], entitlements: Sequence[Entitlement]) -> Iterator[Together]:
    """What several lines get in one claim, for lines that can be claimed now and are filed the same way."""
    groups: list[tuple[Answers, list[tuple[_LineInquiry, Entitlement]]]] = []
    for inquiry, entitlement in zip(inquiries, entitlements, strict=True):
        if entitlement.status in (Status.OPEN, Status.OPEN_WITHOUT_END):
            path = entitlement.answers[0].path
            same = next((members for other, members in groups if other == path), None)
            if same is None:
                groups.append((path, [(inquiry, entitlement)]))
            else:
                same.append((inquiry, entitlement))
    for path, members in groups:
        yield _in_one_claim(path, [inquiry for inquiry, _ in members], [entitlement for _, entitlement in members])


def _in_one_claim(path: Answers, inquiries: Sequence[_LineInquiry], entitlements: Sequence[Entitlement]) -> Together:
    first = inquiries[0]
    lines = [inquiry.line for inquiry in inquiries]
    case = draft_claim(first.edition, first.order, lines, first.as_of, first.ledger)
    chosen = first.best.claim if first.best else case.claim
    choices = {name: getattr(chosen, name) for name in PATH}
    draft = completed(first.edition, evolve(case, claim=evolve(case.claim, **choices)))
    ends = [entitlement.certain_until for entitlement in entitlements if entitlement.certain_until is not None]
    line_ids = tuple(line.id for line in lines)
    return Together(first.policy, line_ids, path, min(ends, default=None), maximum_of(draft.decision))
