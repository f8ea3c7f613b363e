"""What every policy must obey. Each law takes a case, decides it (and cases made from it), and raises if the law is broken.

Run them over your own pack with your own cases or strategies::

    @given(cases("acme.returns"))
    def test_never_a_guess(case):
        laws.never_a_guess(case)

Laws know no rule. Where one needs to be told something that a rule says (how much compensation there can be), it is an argument.
``decide`` is one too: hand in a function of your own to try an edition.
"""

# ruff: noqa: S101, S311 - a law asserts; what it draws at random is test data, not a secret

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, combinations, pairwise
from random import Random
from typing import Any, TypeAlias

from attrs import evolve

from adjudicator import api
from adjudicator.analysis import checklist
from adjudicator.analysis.edits import Put, applied, supplied
from adjudicator.analysis.whatif import alternatives, ask_next
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import governing
from adjudicator.model.award import AwardKind
from adjudicator.model.case import Case
from adjudicator.model.decision import ClaimDecision, Decision, Outcome
from adjudicator.model.enumerations import SettlementKind, Verification
from adjudicator.model.errors import InputError
from adjudicator.model.finding import Effect
from adjudicator.model.money import Minor
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import DAY, SECOND, Instant
from adjudicator.testing.comparison import (
    APPROVED,
    WAITING,
    announced_parts,
    essence,
    in_any_order,
    judged_line,
    one_step_nearer,
    outcome_for,
    over_lines,
    same_request,
)
from adjudicator.testing.completions import MARKETS, NOBODYS_BRAND, completions
from adjudicator.testing.ledger import (
    amounts_of,
    ceiling,
    claiming,
    covers_at_most,
    keys_of,
    line_of,
    overdrawn,
    paid_under_this_claim,
    price,
    settled_before,
    settling,
    some_claim,
    with_some_taken_back,
)
from adjudicator.testing.moments import A_YEAR, moments_to_try
from adjudicator.wire.codec import dump_case, dump_decision, load_case, load_decision

__all__ = [
    "APPROVED",
    "MARKETS",
    "NOBODYS_BRAND",
    "WAITING",
    "ClaimDecider",
    "Decider",
    "Governor",
    "a_proof_is_used_up",
    "answers_are_honest",
    "ceiling",
    "completions",
    "covers_at_most",
    "deadlines_are_exact",
    "decides_the_same_twice",
    "findings_are_complete",
    "keys_follow_the_ledger",
    "lines_are_judged_alone",
    "metadata_is_not_read",
    "money_stays_within_what_was_paid",
    "never_a_guess",
    "no_more_comes_back_than_the_order_cost",
    "no_sequence_overpays",
    "nothing_is_asked_after_closing",
    "one_edition_governs",
    "order_does_not_matter",
    "paid_under_this_claim",
    "parts_add_up",
    "paying_settles",
    "price",
    "rejected_evidence_counts_for_nothing",
    "requests_are_for_lines_that_wait",
    "requests_are_honest",
    "settled_before",
    "settling",
    "survives_json",
    "the_outcome_follows_from_the_findings",
    "time_alone_changes_nothing_unannounced",
    "unusable_evidence_counts_for_nothing",
    "what_if_is_honest",
    "what_if_is_minimal",
    "what_was_taken_back_counts_for_nothing",
]

Decider: TypeAlias = Callable[[Any], Decision]
"""Decides a case of any kind."""

ClaimDecider: TypeAlias = Callable[[Case], ClaimDecision]
"""Decides a claim."""

Governor: TypeAlias = Callable[[str, Instant], Edition | None]
"""Tells which edition of a policy governs at an instant, if any does."""


def decides_the_same_twice(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """The same case gives the same bytes."""
    once, twice = dump_decision(decide(case)), dump_decision(decide(case))
    assert once == twice, f"decided twice, differently:\n{once.decode()}\n{twice.decode()}"


def survives_json(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Case and decision come back from JSON as they went, and the case that came back is decided alike."""
    read = load_case(dump_case(case))
    assert read == case, f"the case came back as {read}"
    decision = decide(case)
    written = dump_decision(decision)
    assert load_decision(written) == decision, f"the decision came back as {load_decision(written)}"
    assert dump_decision(decide(read)) == written, "the case that came back is decided otherwise"


def findings_are_complete(case: CaseBase, edition: Edition, *, decide: Decider = api.decide) -> None:
    """Every clause is told for everything that it is judged on, one after another, in the order of the rule."""
    told = [(finding.line_id, finding.clause, finding.role) for finding in decide(case).findings]
    kind = edition.case_kind
    due = [
        (subject.line_id, clause.name, clause.role)
        for subject in kind.subjects(case)
        for clause in kind.part_for(edition, subject).clauses
    ]
    assert told == due, f"findings are {told}, but should be {due}"


def metadata_is_not_read(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Metadata is echoed and changes nothing else."""
    other = case.replace(metadata={"outcome": "approved", "total": "1"})
    with_it, without = decide(other), decide(case.replace(metadata=None))
    assert with_it.metadata == other.metadata, f"metadata is echoed as {with_it.metadata}"
    assert evolve(with_it, metadata=None, digests=None) == evolve(without, digests=None), (
        "metadata changed the decision"
    )


def requests_are_honest(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Whoever supplies what a request accepts is not asked for that very thing again.

    A request that accepts nothing (no answer could be told beforehand) promises nothing.
    """
    for request in decide(case).requests:
        answers = tuple(supplied(case, request))
        assert answers or not request.accepts, f"nothing could be handed in that {request} accepts"
        for answered in answers:
            again = [other for other in decide(answered).requests if same_request(other, request)]
            assert not again, f"{request} was met, and yet it is asked again in\n{dump_case(answered).decode()}"


def what_if_is_honest(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Every alternative leads to the outcome and the money that it promises, and to another outcome than there is."""
    now = decide(case)
    for each in alternatives(case):
        then = decide(each.applied_to(case))
        led_to = (outcome_for(then, each.line_id), str(then.outcome), getattr(then, "total", None))
        assert led_to == (each.line_outcome, each.outcome, each.total), f"promised was {each}, but it leads to {led_to}"
        assert each.line_outcome != outcome_for(now, each.line_id), f"{each} changes nothing"


def what_if_is_minimal(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """No part of an alternative leads to the same, nor does a number or an instant of it that is nearer to what there is."""
    for each in alternatives(case):
        puts = [(change.pointer, change.to) for change in each.changes]
        for part in chain.from_iterable(combinations(puts, size) for size in range(len(puts))):
            assert _led_to(case, part, each.line_id, decide) != each.line_outcome, f"{part} alone would do of {each}"
        for index, change in enumerate(each.changes):
            if (nearer := one_step_nearer(change)) is not None:
                puts_nearer = [*puts[:index], (change.pointer, nearer), *puts[index + 1 :]]
                leads_to = _led_to(case, puts_nearer, each.line_id, decide)
                assert leads_to != each.line_outcome, f"{nearer} is nearer than what {each} says"


def answers_are_honest(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Every answer to what is asked next leads where it says, and settles what it says."""
    for question in ask_next(case):
        for answer in question.answers:
            then = decide(applied(case, [(change.pointer, change.to) for change in answer.changes]))
            left = [each for each in then.requests if each.line_id in (question.line_ids or (None,))]
            assert (str(then.outcome), not left) == (answer.outcome, answer.settles), (
                f"{answer} leads to {then.outcome}"
            )
            for line in answer.lines:
                assert outcome_for(then, line.line_id) == line.outcome, f"{answer} leads {line.line_id} elsewhere"


def time_alone_changes_nothing_unannounced(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Until ``reconsider_at`` (without one: ever) a decision stays as it is, and then something changes.

    What stays, also in what is turned down: every outcome, every effect and whether it can still be put right, what is asked of whom,
    and the measures. Amounts and margins may change. Tried is the instant before, and every one at which something begins or ends in
    the case or in what was decided of it.
    """
    now = decide(case)
    announced, told = now.reconsider_at, announced_parts(now)
    if announced is not None:
        assert announced > case.as_of, f"to be reconsidered at {announced}, which is not after {case.as_of}"
        assert announced_parts(decide(case.replace(as_of=announced))) != told, f"nothing changed at {announced}"
    for moment in moments_to_try(case, now):
        later = announced_parts(decide(case.replace(as_of=moment)))
        assert later == told, f"{told} became {later} by {moment}; announced was {announced}"


def one_edition_governs(editions: Sequence[Edition], *, governed_by: Governor = governing) -> None:
    """From its first instant on each edition governs, until the next of its policy does; before the first there is none.

    Looked at are both ends of every day from a year before the first edition to ten years after the last, and so each
    instant at which one begins and the one before it.
    """
    for policy in dict.fromkeys(edition.policy for edition in editions):
        group = sorted((each for each in editions if each.policy == policy), key=lambda each: each.governs_from)
        for one, other in pairwise(group):
            assert one.governs_from < other.governs_from, f"two editions of {policy} govern from {one.name}"
        for moment in _ends_of_days(group[0].governs_from - A_YEAR, group[-1].governs_from + 10 * A_YEAR):
            begun = [edition for edition in group if edition.governs_from <= moment]
            expected = begun[-1] if begun else None
            found = governed_by(policy, moment)
            assert found is expected, (
                f"{policy} is governed at {moment} by {found and found.name}, not by {expected and expected.name}"
            )


def _ends_of_days(since: int, until: int) -> Iterator[Instant]:
    """The first and the last instant of every day from one first instant to another."""
    for start in range(since, until, DAY):
        yield Instant(start)
        yield Instant(start + DAY - 1)


# What is decided about a claim


def the_outcome_follows_from_the_findings(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """A line is approved only if every finding supports it and denied only if one defeats it; the overall outcome is theirs."""
    decision = decide(case)
    for line in decision.lines:
        effects = {finding.effect for finding in decision.findings if finding.line_id == line.line_id}
        approved = line.outcome in APPROVED
        assert approved == (effects == {Effect.SUPPORTS}), f"{line} with effects {effects}"
        assert line.outcome is not Outcome.DENIED or Effect.DEFEATS in effects, f"{line} with effects {effects}"
        assert approved == (line.units > 0), f"{line}: units and outcome do not agree"
        assert (line.outcome is Outcome.APPROVED) == (line.units == line.units_claimed), f"{line}: not all units"
    assert decision.outcome is over_lines(decision.lines), f"{decision.outcome} over {decision.lines}"


def requests_are_for_lines_that_wait(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """A line is asked about exactly if it needs information, each thing once, and never too late to answer."""
    decision = decide(case)
    waiting = {line.line_id for line in decision.lines if line.outcome is Outcome.NEEDS_INFORMATION}
    asked = Counter((each.to, each.need, each.line_id, each.evidence_id) for each in decision.requests)
    assert {line_id for _, _, line_id, _ in asked} == waiting, f"{waiting} wait, but asked is {asked}"
    assert max(asked.values(), default=1) == 1, f"asked twice: {asked}"
    for request in decision.requests:
        assert request.due_at is None or request.due_at >= case.as_of, f"{request} is due before it is asked"


def order_does_not_matter(case: Case, random: Random | None = None, *, decide: ClaimDecider = api.decide) -> None:
    """Evidence, parcels, settlements and the order's lines may stand in any order."""
    shuffled = Random(0) if random is None else random
    other = evolve(
        case,
        evidence=in_any_order(case.evidence, shuffled),
        settlements=in_any_order(case.settlements, shuffled),
        order=evolve(
            case.order,
            lines=in_any_order(case.order.lines, shuffled),
            parcels=in_any_order(case.order.parcels, shuffled),
        ),
    )
    before, after = essence(decide(case)), essence(decide(other))
    assert before == after, f"another order, another decision:\n{before}\n{after}"


def never_a_guess(case: Case, completed: Iterable[Case] | None = None, *, decide: ClaimDecider = api.decide) -> None:
    """What is decided while something is not known stays decided whatever it turns out to be; units can only be added.

    ``completed`` are cases in which more is known, by default those of :func:`completions` under the edition that governs.
    """
    decided = {line.line_id: line for line in decide(case).lines if line.outcome not in WAITING}
    if not decided:
        return
    for each in completions(case) if completed is None else completed:
        for after in decide(each).lines:
            before = decided.get(after.line_id)
            if before is not None:
                kept = after.outcome in APPROVED if before.outcome in APPROVED else after.outcome is before.outcome
                assert kept, f"{before} became {after} once more was known:\n{dump_case(each).decode()}"
                assert after.units >= before.units, f"{before} lost units once more was known: {after}"


def rejected_evidence_counts_for_nothing(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Leaving rejected evidence out changes nothing; nor does rejecting what is left, against leaving it all out."""
    rejected = Verification.REJECTED
    heard = evolve(case, evidence=tuple(each for each in case.evidence if each.verification is not rejected))
    assert essence(decide(case)) == essence(decide(heard)), "rejected evidence counts"
    silenced = evolve(case, evidence=tuple(evolve(each, verification=rejected) for each in case.evidence))
    bare = evolve(case, evidence=())
    assert essence(decide(silenced)) == essence(decide(bare)), "rejecting everything is not like having nothing"


def unusable_evidence_counts_for_nothing(
    case: Case, edition: Edition | None = None, *, decide: ClaimDecider = api.decide
) -> None:
    """Leaving out what no checklist can use changes nothing."""
    used: dict[str, set[checklist.Status]] = {}
    for line in checklist.requirements(case, edition).lines:
        for piece in (piece for group in line.groups for entry in group.entries for piece in entry.pieces):
            used.setdefault(piece.evidence_id, set()).add(piece.status)
    unusable = {each for each, statuses in used.items() if statuses == {checklist.Status.UNUSABLE}}
    bare = evolve(case, evidence=tuple(each for each in case.evidence if each.id not in unusable))
    assert essence(decide(case)) == essence(decide(bare)), f"{unusable} cannot be used, and yet counts"


def lines_are_judged_alone(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """What becomes of a line does not hang on which other lines are claimed with it."""
    together = decide(case)
    for item in case.claim.items:
        alone = decide(evolve(case, claim=evolve(case.claim, items=(item,))))
        assert judged_line(alone, item.line_id) == judged_line(together, item.line_id), (
            f"{item.line_id} alone fares otherwise"
        )


def nothing_is_asked_after_closing(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Once evidence is closed nothing is asked for, and nothing is waited for."""
    closed = evolve(case, claim=evolve(case.claim, evidence_closes_at=Instant(case.as_of - 1)))
    decision = decide(closed)
    assert not decision.requests, f"asked after closing: {decision.requests}"
    assert decision.outcome is not Outcome.NEEDS_INFORMATION, f"waits after closing: {decision.lines}"


def deadlines_are_exact(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Of every deadline that is reported the last instant is in time and the next microsecond is late."""
    for deadline in decide(case).deadlines:
        last = Instant(deadline.ends_at if deadline.includes_end else deadline.ends_at - 1)
        for moment, effect, margin in ((last, Effect.SUPPORTS, 0), (Instant(last + 1), Effect.DEFEATS, -1)):
            if moment < case.order.placed_at:
                continue
            filed = evolve(case, as_of=max(case.as_of, moment), claim=evolve(case.claim, filed_at=moment))
            found = {
                (finding.effect, finding.margin.value if finding.margin else None)
                for finding in decide(filed).findings
                if (finding.clause, finding.line_id) == (deadline.clause, deadline.line_id)
            }
            assert found == {(effect, margin)}, f"filed at {moment} against {deadline}: {found}"


# The money of a claim


def money_stays_within_what_was_paid(
    case: Case, *, times_the_price: int = 0, decide: ClaimDecider = api.decide
) -> None:
    """No line and no order gives back more than was paid for it, nor more than the compensation that there can be.

    ``times_the_price`` says how many times the goods' price the compensation can reach.
    """
    decision = decide(case)
    approved = {line.line_id for line in decision.lines if line.outcome in APPROVED}
    for award in decision.awards:
        assert award.amount > 0, f"{award} pays nothing"
        assert award.line_id in approved or (award.line_id is None and approved), f"{award} for no approved line"
        assert award.entitled - award.settled >= award.amount, f"{award} pays more than is due"
        left = ceiling(case, award.kind, award.line_id, times_the_price) - settled_before(
            case, award.kind, award.line_id
        )
        assert award.amount <= left, f"{award}, but only {left} is left"
    assert decision.total == sum(award.amount for award in decision.awards), f"{decision.total} is not the sum"
    if case.claim.requested_amount is not None:
        most = max(0, case.claim.requested_amount - paid_under_this_claim(case))
        assert decision.total <= most, f"{decision.total} is more than the {most} that were asked for"


def no_more_comes_back_than_the_order_cost(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Refund, tax and postage together never exceed what is left of all that was paid for the order."""
    order = case.order
    paid = order.postage_paid + sum(line.goods_paid + line.tax_paid for line in order.lines)
    back = sum(line.goods_paid - price(case, line) for line in order.lines)
    back += settled_before(case, AwardKind.POSTAGE, None)
    for line in order.lines:
        back += sum(settled_before(case, kind, line.id) for kind in (AwardKind.REFUND, AwardKind.TAX))
    total = sum(award.amount for award in decide(case).awards if award.kind is not AwardKind.COMPENSATION)
    assert total <= max(0, paid - back), f"{total} comes back, but only {paid - back} is left of the order"


def paying_settles(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """A claim that is decided again after its awards were paid is paid nothing more."""
    first = decide(case)
    again = decide(settling(case, first.awards))
    assert again.lines == first.lines, "paying changed what is approved"
    assert not again.awards, f"paid {first.awards}, and yet {again.awards}"


def keys_follow_the_ledger(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """The key of an award stays until something is settled for the same line and kind, and is another one then."""
    awards = decide(case).awards
    keys = keys_of(awards)
    assert len(set(keys.values())) == len(awards), f"awards share a key: {awards}"
    again = keys_of(decide(evolve(case, id="another", as_of=Instant(case.as_of + SECOND))).awards)
    assert all(again[each] == keys[each] for each in keys.keys() & again.keys()), (
        "a key changed, and the ledger did not"
    )
    for award in awards:
        after = keys_of(decide(settling(case, (evolve(award, amount=Minor(1)),))).awards)
        for each in keys.keys() & after.keys():
            moved = each == (award.kind, award.line_id)
            assert (after[each] != keys[each]) == moved, f"{award} was paid in part: the key of {each}"


def parts_add_up(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """The units of a line, claimed and paid one after another, are paid exactly what they are paid together."""
    for line in case.order.lines:
        whole = claiming(case, line, line.quantity, case.claim.id)
        if overdrawn(whole) or decide(whole).outcome is not Outcome.APPROVED:
            continue
        together = amounts_of(decide(whole).awards)
        apart, ledger = Counter[tuple[AwardKind, str | None]](), whole
        for number in range(line.quantity):
            part = claiming(ledger, line, 1, f"{case.claim.id}, part {number}")
            awards = decide(part).awards
            apart += amounts_of(awards)
            ledger = settling(part, awards)
        assert apart == together, f"{line.id}: in parts {dict(apart)}, together {dict(together)}"


def no_sequence_overpays(
    case: Case,
    random: Random | None = None,
    *,
    times_the_price: int = 0,
    rounds: int = 5,
    decide: ClaimDecider = api.decide,
) -> None:
    """However often an order is claimed, decided and paid, in part or in full, under one claim or several, the caps hold."""
    choose = Random(0) if random is None else random
    ledger = case
    for _ in range(rounds):
        ledger = evolve(ledger, claim=some_claim(case, choose))
        paid = [evolve(award, amount=Minor(choose.randint(1, award.amount))) for award in decide(ledger).awards]
        ledger = settling(ledger, choose.sample(paid, choose.randint(0, len(paid))))
    for kind, line_id in {(each.kind, each.line_id) for each in ledger.settlements}:
        if kind is SettlementKind.PRICE_ADJUSTMENT:
            continue
        of = AwardKind(kind.value)
        in_all, before = settled_before(ledger, of, line_id), settled_before(case, of, line_id)
        most = max(ceiling(case, of, line_id, times_the_price), before)
        assert in_all <= most, f"{in_all} of {kind} was paid on {line_id}, and {most} is the most"


def a_proof_is_used_up(
    case: Case,
    random: Random | None = None,
    *,
    covered: Callable[[Case, str], int] | None = None,
    rounds: int = 6,
    decide: ClaimDecider = api.decide,
) -> None:
    """However often a line is claimed, under whatever claims and with whatever of the evidence, no more units are compensated than it covers.

    ``covered`` tells how many units of a line the evidence of a case covers; without it, as many as the piece that covers most.
    Nothing was settled before; what an award settles is handed back with its units, and is taken back at times.
    """
    choose = Random(0) if random is None else random
    most = covers_at_most if covered is None else covered
    line = line_of(case, choose.choice(case.claim.items).line_id)
    ledger = evolve(case, settlements=())
    for _ in range(rounds):
        claim_id = choose.choice((case.claim.id, "another claim", "a third claim"))
        shown = tuple(each for each in case.evidence if choose.random() < 0.8)
        ledger = evolve(claiming(ledger, line, choose.randint(1, line.quantity), claim_id), evidence=shown)
        ledger = settling(ledger, decide(ledger).awards)
        ledger = with_some_taken_back(ledger, choose)
        compensated = sum(
            each.units or 0
            for each in ledger.settlements
            if each.kind is SettlementKind.COMPENSATION and each.line_id == line.id and each.stands
        )
        covers = most(case, line.id)
        assert compensated <= covers, (
            f"{compensated} units of {line.id} were compensated, and the proof covers {covers}"
        )


def what_was_taken_back_counts_for_nothing(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """A payment that was taken back changes nothing but keys: the claim is decided as if it had never been paid, and is not lost."""
    before = decide(case)
    paid = settling(case, before.awards)
    back = evolve(case, settlements=tuple(evolve(each, reversed_at=case.as_of) for each in paid.settlements))
    after, never = decide(back), decide(evolve(case, settlements=()))
    assert [evolve(each, key="") for each in after.awards] == [evolve(each, key="") for each in never.awards], (
        f"{never.awards} became {after.awards} once they were paid and taken back"
    )
    assert after.lines == never.lines, "what was taken back changed what is approved"
    again = {each.key for each in after.awards} & {each.key for each in before.awards}
    assert not again, f"keys of payments that were taken back come again: {again}"


# The ledger of a claim


def _led_to(case: CaseBase, puts: Sequence[Put], line_id: str | None, decide: Decider) -> str | None:
    """The outcome of a line with some values put in; ``None`` where that is no sound case."""
    try:
        return outcome_for(decide(applied(case, puts)), line_id)
    except InputError:
        return None
