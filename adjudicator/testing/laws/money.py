"""Laws of the money of a claim, paid at once, in parts or repeatedly."""

# ruff: noqa: S101, S311 - a law asserts; what it draws at random is test data, not a secret

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from attrs import evolve

from adjudicator import api
from adjudicator.model.award import AwardKind
from adjudicator.model.case import Case
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.money import Minor
from adjudicator.model.time import SECOND, Instant
from adjudicator.testing.comparison import APPROVED
from adjudicator.testing.laws.deciders import ClaimDecider
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


def money_stays_within_what_was_paid(
    case: Case, *, times_the_price: int = 0, decide: ClaimDecider = api.decide
) -> None:
    """Neither a line nor an order is refunded more than was paid for it, or compensated beyond the maximum.

    ``times_the_price`` is the largest compensation as a multiple of the goods' price.
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
    """Refund, tax and postage together never exceed what remains of the total paid for the order."""
    order = case.order
    paid = order.postage_paid + sum(line.goods_paid + line.tax_paid for line in order.lines)
    back = sum(line.goods_paid - price(case, line) for line in order.lines)
    back += settled_before(case, AwardKind.POSTAGE, None)
    for line in order.lines:
        back += sum(settled_before(case, kind, line.id) for kind in (AwardKind.REFUND, AwardKind.TAX))
    total = sum(award.amount for award in decide(case).awards if award.kind is not AwardKind.COMPENSATION)
    assert total <= max(0, paid - back), f"{total} comes back, but only {paid - back} is left of the order"


def paying_settles(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """A claim that is decided again after its awards were paid gets no further payment."""
    first = decide(case)
    again = decide(settling(case, first.awards))
    assert again.lines == first.lines, "paying changed what is approved"
    assert not again.awards, f"paid {first.awards}, and yet {again.awards}"


def keys_follow_the_ledger(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """The key of an award changes exactly when something is settled for the same line and kind."""
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
    """Claiming and paying the units of a line one by one yields the same total as claiming them together."""
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
    """The caps hold however often an order is claimed and paid, in part or in full, under one claim or several."""
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
    """However often a line is claimed, under any claims and with any of the evidence, no more units are compensated than it covers.

    ``covered`` returns how many units of a line the evidence of a case covers; by default, the most that any one piece covers.
    The law starts without settlements, settles awards with their units, and reverses some of them.
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
    """A reversed payment changes only keys: the claim is decided as if nothing had been paid, and can be paid again."""
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
