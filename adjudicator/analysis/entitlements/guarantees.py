"""Entitling: what an order gives before anything is claimed: until when exactly, how much at most, and what it will take.

Nothing here knows a guarantee. For each of them a claim is drawn up that chooses nothing yet; it is decided, what its decision asks
for is handed in, and so on, until nothing more can be. What was handed in is what a claim will need; what it came to is the most
that can be had. A policy that decides claims has its entitlements without a word about them.
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
    can_be_handed_in,
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
from adjudicator.wire.codec import case_document, document_of

WORK_EACH: Final = 20
"""About how many rulings it takes to look into a line under one guarantee."""


def entitlements(
    order: Order,
    as_of: Instant,
    *,
    settlements: Iterable[Settlement] = (),
    policy: str | None = None,
    work: int = MOST_WORK,
) -> Entitlements:
    """What can be claimed under an order, as at an instant, under every guarantee whose edition was in force when it was placed.

    ``policy`` names one if only that one is wanted. Lines are looked into as far as ``work`` goes: each takes :data:`WORK_EACH` for each
    guarantee. What lines give together is left out where not all of them were looked into.
    Each guarantee is told for itself: what is had under one lowers what is left under another. Evidence plays no part: what was
    handed in is for the checklists of a claim. Raises :class:`~adjudicator.model.errors.InputError` for an order that is not sound, or
    one placed after ``as_of``, and :class:`KeyError` for a policy that is not installed or decides no claims.
    """
    inquiry = as_modelled(OrderInquiry(as_of=as_of, order=recast(order, Order), settlements=tuple(settlements)))
    order, as_of, ledger = as_modelled(order, "/order"), inquiry.as_of, inquiry.settlements
    lines: list[Entitlement] = []
    together: list[Together] = []
    guarantees = tuple(_guarantees(order.placed_at, policy))
    looked_into = order.lines[: max(0, work) // (WORK_EACH * max(1, len(guarantees)))]
    complete = len(looked_into) == len(order.lines)
    for edition in guarantees:
        inquiries = [_Inquiry(edition, order, line, as_of, ledger) for line in looked_into]
        found = [each.entitlement() for each in inquiries]
        lines += found
        together += _together(inquiries, found) if complete else ()
    position = {line.id: index for index, line in enumerate(order.lines)}
    lines.sort(key=lambda each: position[each.line_id])
    return Entitlements(order.id, as_of, order.currency, tuple(lines), tuple(together), complete)


def entitlements_of(inquiry: OrderInquiry, *, work: int = MOST_WORK) -> Entitlements:
    """What the order of an inquiry gives; see :func:`entitlements`."""
    return entitlements(inquiry.order, inquiry.as_of, settlements=inquiry.settlements, work=work)


def entitlements_document(found: Entitlements) -> dict[str, Any]:
    """Entitlements as a JSON document."""
    return document_of(found)


def _guarantees(moment: Instant, policy: str | None) -> Iterator[Edition]:
    """The editions that govern claims under an order that is placed at an instant."""
    names = [group[0].policy for group in claim_policies()]
    if policy is not None and policy not in names:
        raise KeyError(policy)
    found = (governing(name, moment) for name in names if policy in (None, name))
    return (edition for edition in found if edition is not None)


# One line under one guarantee


class _Inquiry:
    """What one guarantee gives for one line."""

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
        self.asked_for: set[str] = set()
        first = draft_claim(edition, order, (line,), order.placed_at, ())
        filed = with_valid_filing(edition, first).claim
        self.filed = {name: getattr(filed, name) for name in PATH}
        self.best: Case | None = None

    def entitlement(self) -> Entitlement:
        """The whole of it."""
        answers = self.answers(self.order, frozenset())
        statuses = {each.status for each in answers}
        ends = [each.window.last_instant for each in answers if each.window is not None]
        return Entitlement(
            self.line.id,
            self.policy,
            answers[0].status if len(statuses) == 1 else Status.DEPENDS,
            min(ends) if statuses == {Status.OPEN} else None,
            answers,
            tuple(self.not_known(answers)),
        )

    def draft_claim(self, order: Order, moment: Instant) -> Case:
        """A claim for the line with nothing handed in; before ``as_of`` nothing was settled yet."""
        ledger = () if moment < self.as_of else self.ledger
        case = draft_claim(self.edition, order, (self.line,), moment, ledger)
        return evolve(case, claim=evolve(case.claim, **self.filed))

    def answers(self, order: Order, assumed: frozenset[str]) -> tuple[Answer, ...]:
        """An answer for each way in which it can turn out; places in ``assumed`` have been filled in."""
        if refused := self.refused(order, assumed):
            return (refused,)
        case = self.draft_claim(order, self.as_of)
        pointer, values = self.what_could_be(case)
        if not values:
            return (self.answer(order, self.as_of, assumed),)
        alike: list[tuple[tuple[Answer, ...], list[JsonValue]]] = []
        for value in values:
            supposed = applied(case, [(pointer, document_of(value))])
            answers = self.answers(supposed.order, assumed | {pointer})
            group = next((held for given, held in alike if given == answers), None)
            if group is None:
                alike.append((answers, [value]))
            else:
                group.append(value)
        if len(alike) == 1:
            return alike[0][0]
        return tuple(
            evolve(answer, assuming={pointer: tuple(held), **answer.assuming})
            for answers, held in alike
            for answer in answers
        )

    def what_could_be(self, case: Case) -> tuple[str, tuple[JsonValue, ...]]:
        """The first fact of the order that is not known and has few values: its place, and the values."""
        subject = next(iter(claimed_lines(case)))
        for each in not_known(self.edition, case_document(case), decided(self.edition, case)):
            read = self.edition.case_kind.glossary.facts[each.fact].read(subject)
            if isinstance(read, Open) and read.could_be and len(each.pointers) == 1 and is_of_the_order(each.pointers):
                return each.pointers[0], tuple(json_value(value) for value in read.could_be)
        return "", ()

    # Without a claim that could succeed

    def refused(self, order: Order, assumed: frozenset[str]) -> Answer | None:
        """The answer where no claim for the line could be approved any more, or ever could."""
        at_first = decided(self.edition, self.draft_claim(order, order.placed_at))
        if at_first.outcome is Outcome.DENIED:
            return nothing_due(Status.NOT_COVERED, against=against(at_first, assumed))
        now = decided(self.edition, self.draft_claim(order, self.as_of))
        if now.outcome is Outcome.DENIED:
            return nothing_due(Status.CLOSED, window=term_of_decision(now), against=against(now, assumed))
        return None

    # With one that might

    def answer(self, order: Order, moment: Instant, assumed: frozenset[str]) -> Answer:
        """The answer where everything is known that has few values."""
        draft = completed(self.edition, self.draft_claim(order, moment))
        outcome = draft.decision.outcome
        if outcome is Outcome.NEEDS_INFORMATION and (started := self.once_started(draft, assumed)):
            return started
        self.asked_for.update(places_asked_for(draft.left), self.places_behind(draft))
        if draft.granted:
            return self.granted(draft)
        statuses = {Outcome.MANUAL_REVIEW: Status.FOR_A_PERSON, Outcome.DENIED: Status.NOT_COVERED}
        return nothing_due(
            statuses.get(outcome, Status.DEPENDS),
            window=term_of_decision(draft.decision),
            against=against(draft.decision, assumed),
            needed=draft.taken,
        )

    def once_started(self, draft: Draft, assumed: frozenset[str]) -> Answer | None:
        """The answer for when the clocks have started that have not: when they are known to, else as if they had by now."""
        reading = {clause.name for clause in self.edition.clauses if clause.node.window is not None}
        needs = {need for each in draft.decision.findings if each.clause in reading for need in needs_of(each)}
        clocks = [each for each in draft.decision.requests if each.need in needs and not can_be_handed_in(each)]
        if not clocks:
            return None
        bare = self.draft_claim(draft.case.order, draft.case.as_of)
        announced = draft.decision.reconsider_at
        if announced is not None:
            later = self.answer(draft.case.order, announced, assumed)
            return evolve(later, status=Status.NOT_YET) if later.at_most else None
        started, supposing = with_clocks_started(bare, clocks)
        self.asked_for.update(supposing)
        if not supposing:
            return None
        now = self.answer(started.order, bare.as_of, assumed)
        return evolve(now, status=Status.NOT_YET, supposing={**now.supposing, **supposing}) if now.at_most else None

    def places_behind(self, draft: Draft) -> Iterator[str]:
        """The places that are empty behind what is asked for and cannot be told: without them nothing would do."""
        untold = {each.need for each in draft.decision.requests if not each.accepts}
        for finding in draft.decision.findings:
            if untold.intersection(needs_of(finding)):
                yield from (place for read in finding.facts for place in read.pointers)

    def granted(self, draft: Draft) -> Answer:
        """The answer where a claim that is filed now is approved."""
        asked = path_asked_for(draft.taken)
        draft, path = self.demanding_all(draft, asked)
        freight: list[Freight] = []
        for name in CHOICES:
            if name in self.reads and PATH[name] not in asked:
                draft, path[PATH[name]], borne = self.choosing(draft, name)
                freight += borne
        self.best = draft.case
        window = term_of_decision(draft.decision)
        return Answer(
            {},
            Status.OPEN_WITHOUT_END if window is None else Status.OPEN,
            {},
            window,
            {PATH[name]: path[PATH[name]] for name in PATH if PATH[name] in path},
            *needed_for(draft.taken),
            maximum_of(draft.decision, tuple(freight)),
            (),
        )

    def demanding_all(self, draft: Draft, asked: Answers) -> tuple[Draft, dict[str, tuple[JsonValue, ...]]]:
        """The claim that demands all there is to demand, unless it gets no more by it; it is told where demanding matters."""
        if "demands" not in self.reads:
            return draft, dict(asked)
        most = self.choose(draft, demands=tuple(Demand))
        best = most if rank_of(most) > rank_of(draft) else draft
        nothing = self.choose(draft, demands=())
        demanded = best.case.claim.demands if rank_of(nothing) < rank_of(best) else ()
        return best, {**asked, PATH["demands"]: tuple(each.value for each in demanded)}

    def choosing(self, draft: Draft, name: str) -> tuple[Draft, tuple[JsonValue, ...], list[Freight]]:
        """The claim with the choice that gets most, the values that get as much, and who pays the freight under each."""
        drafts = {each.value: self.choose(draft, **{name: each}) for each in CHOICES[name]}
        most = max(rank_of(each) for each in drafts.values())
        equal = {value: each for value, each in drafts.items() if rank_of(each) == most}
        chosen = draft if rank_of(draft) == most else next(iter(equal.values()))
        bearers: dict[FreightBearer, tuple[JsonValue, ...]] = {}
        for value, each in equal.items():
            if allowed := each.decision.return_authorisation:
                bearers[allowed.freight_borne_by] = (*bearers.get(allowed.freight_borne_by, ()), value)
        freight = [Freight(bearer, {PATH[name]: values}) for bearer, values in bearers.items()]
        return chosen, () if len(equal) == len(drafts) else tuple(equal), freight

    def choose(self, draft: Draft, **choice: Any) -> Draft:
        """The same claim with another choice."""
        case = evolve(draft.case, claim=evolve(draft.case.claim, **choice))
        return evolve(draft, case=case, decision=decided(self.edition, case))

    # What is not known

    def not_known(self, answers: Sequence[Answer]) -> Iterator[Missing]:
        """The facts of the order that clauses read and it does not tell."""
        hanging = {*self.asked_for, *(place for each in answers for place in (*each.assuming, *each.supposing))}
        case = self.draft_claim(self.order, self.as_of)
        for each in not_known(self.edition, case_document(case), decided(self.edition, case)):
            if is_of_the_order(each.pointers):
                yield Missing(each.fact, each.pointers, each.supplier, not hanging.isdisjoint(each.pointers))


def _together(inquiries: Sequence[_Inquiry], found: Sequence[Entitlement]) -> Iterator[Together]:
    """For lines that can be claimed now, and filed alike, what they give in one claim."""
    alike: list[tuple[Answers, list[tuple[_Inquiry, Entitlement]]]] = []
    for inquiry, entitlement in zip(inquiries, found, strict=True):
        if entitlement.status in (Status.OPEN, Status.OPEN_WITHOUT_END):
            path = entitlement.answers[0].path
            group = next((held for filed, held in alike if filed == path), None)
            if group is None:
                alike.append((path, [(inquiry, entitlement)]))
            else:
                group.append((inquiry, entitlement))
    for path, group in alike:
        yield _in_one_claim(path, [inquiry for inquiry, _ in group], [entitlement for _, entitlement in group])


def _in_one_claim(path: Answers, inquiries: Sequence[_Inquiry], found: Sequence[Entitlement]) -> Together:
    first = inquiries[0]
    lines = [each.line for each in inquiries]
    case = draft_claim(first.edition, first.order, lines, first.as_of, first.ledger)
    chosen = first.best.claim if first.best else case.claim
    choices = {name: getattr(chosen, name) for name in PATH}
    draft = completed(first.edition, evolve(case, claim=evolve(case.claim, **choices)))
    ends = [each.certain_until for each in found if each.certain_until is not None]
    line_ids = tuple(line.id for line in lines)
    return Together(first.policy, line_ids, path, min(ends, default=None), maximum_of(draft.decision))
