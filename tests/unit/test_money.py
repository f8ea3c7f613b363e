"""The ladder: every step from what was paid to what is payable, and the awards at its end."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any, Final

import pytest
import rfc8785
from attrs import evolve
from hypothesis import given

from adjudicator import ClaimDecision, decide
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.ladder import steps_source
from adjudicator.engine.registry import edition_for
from adjudicator.kinds.claim import LineAccount, claimed_lines
from adjudicator.kinds.dues import Due
from adjudicator.kinds.payment import ApprovedLine, accounts
from adjudicator.model.award import Award, AwardKind, Step
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Demand, SettlementKind
from adjudicator.model.evidence import Evidence
from adjudicator.model.money import Minor
from adjudicator.testing import (
    AS_OF,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_settlement,
    an_appraisal,
    an_order,
    cases,
)

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
PROOFS: Final[Mapping[str, Evidence]] = {
    AUTHENTICITY: an_appraisal(units_covered=2),
    DAMAGE: a_damage_photo(units_covered=2),
}
OTHER_LINE: Final = "L2"


def two_of_three(policy: str, **claim: Any) -> Case:
    """Two proven units of the three of a line for 100.00, of which 1.00 was refunded under this claim; a second line is not claimed."""
    return a_case(
        policy,
        PROOFS[policy],
        order=an_order(a_line(quantity=3, goods_paid=10_000, tax_paid=1_000), a_line(OTHER_LINE)),
        claim=a_claim(ClaimItem(line_id="L1", quantity=3), **claim),
        settlements=[
            a_settlement(100, claim_id="A1"),
            a_settlement(7, SettlementKind.POSTAGE),
            a_settlement(1_000, SettlementKind.PRICE_ADJUSTMENT),
        ],
    )


def step(name: str, cites: tuple[str, ...], amount: int, *, line_id: str | None = "L1", **inputs: Any) -> Step:
    """A step of the first line, or of another if named."""
    return Step(name, cites, line_id, inputs, Minor(amount))


def of_order(name: str, cites: tuple[str, ...], amount: int, **inputs: Any) -> Step:
    """A step of the order."""
    return step(name, cites, amount, line_id=None, **inputs)


def line_account(line_id: str, **amounts: int) -> dict[str, int]:
    """The account of a line, as the input of a step about the order; amounts not named are zero."""
    nothing = dict.fromkeys(("price_adjustments", "refunds", "taxes_returned", "refund_due"), 0)
    return {f"order_lines/{line_id}/{name}": amount for name, amount in (nothing | amounts).items()}


LINES: Final = {
    **line_account(
        "L1",
        quantity=3,
        approved_units=2,
        goods_paid=10_000,
        tax_paid=1_000,
        price_adjustments=1_000,
        refunds=100,
        refund_due=5_900,
    ),
    **line_account(OTHER_LINE, quantity=1, approved_units=0, goods_paid=25_900, tax_paid=2_356),
}

SHARED: Final = (
    step("goods_price", ("R11", "R14"), 9_000, goods_paid=10_000, price_adjustments=1_000),
    step("price_of_the_approved_units", ("R11", "R12"), 6_000, goods_price=9_000, approved_units=2, line_quantity=3),
)
REFUND: Final = step(
    "refund", ("R12", "R14"), 5_900, refund_entitled=6_000, refunds_of_this_claim=100, refunds=100, goods_price=9_000
)
REQUESTED: Final = of_order("requested_at_most", ("R15",), 4_900, requested_amount=5_000, paid_under_this_claim=100)
LADDERS: Final[Mapping[str, tuple[Step, ...]]] = {
    AUTHENTICITY: (
        *SHARED,
        step(
            "refund_entitled",
            ("DG.1.2(3)", "R10", "R16"),
            6_000,
            price_of_the_approved_units=6_000,
            demands=("refund", "tenfold_compensation"),
        ),
        REFUND,
        step("compensation_entitled", ("DG.1.1", "DG.1.2(3)", "R10"), 60_000, price_of_the_approved_units=6_000),
        step(
            "compensation",
            ("R12", "R14"),
            60_000,
            compensation_entitled=60_000,
            compensations_of_this_claim=0,
            compensations=0,
            goods_price=9_000,
        ),
        of_order("postage_entitled", ("DG.1.2(3)", "R13"), 1_200, postage_paid=1_200),
        of_order("postage", ("R13", "R14"), 1_193, postage_entitled=1_200, postage_returned=7),
    ),
    DAMAGE: (
        *SHARED,
        step("refund_entitled", ("DG.3.1", "R16", "R18"), 6_000, price_of_the_approved_units=6_000),
        REFUND,
        step("tax_entitled", ("DG.3.2(3)", "R12", "R18"), 667, tax_paid=1_000, approved_units=2, line_quantity=3),
        step(
            "tax",
            ("R12", "R14", "R18"),
            667,
            tax_entitled=667,
            taxes_returned_of_this_claim=0,
            taxes_returned=0,
            tax_paid=1_000,
        ),
        of_order("postage_entitled", ("DG.3.2(3)", "R18"), 0, postage_paid=1_200, **LINES),
        of_order("postage", ("R14", "R18"), 0, postage_entitled=0, postage_returned=7),
        of_order(
            "left_of_what_was_paid", ("DG.3.2(3)", "R18"), 39_349, postage_paid=1_200, postage_returned=7, **LINES
        ),
    ),
}


@pytest.mark.parametrize("policy", LADDERS)
def test_every_step_is_shown_with_its_inputs_and_citations(policy: str) -> None:
    """Lines first, then the order, then the ceilings."""
    assert decide(two_of_three(policy)).ladder == LADDERS[policy]
    assert decide(two_of_three(policy, requested_amount=5_000)).ladder == (*LADDERS[policy], REQUESTED)


def test_no_table_is_looked_for_among_inputs_of_which_none_can_be_one() -> None:
    """Only lists can. To look takes longer than to make the step."""
    edition = edition_for(a_case(DAMAGE))
    assert edition.grants is not None
    nodes = [edition.nodes[function.__name__] for function in edition.grants.functions()]
    for_lists = {"order_lines", "refunds_under_this_claim"}
    looking = [node for node in nodes if "with_tables(" in steps_source((node,)).text]
    assert looking == [node for node in nodes if for_lists.intersection(node.params)]
    assert steps_source((*nodes[:2],)).title == f"the steps of {nodes[0].name}, {nodes[1].name}"


def test_a_payment_lists_its_functions_in_order() -> None:
    """Units first, then shared steps, the kinds of award for lines and order, and the ceilings."""
    payment = edition_for(two_of_three(AUTHENTICITY)).grants
    assert payment is not None
    assert [*dict.fromkeys(place for place, _ in payment.places())] == [
        "units",
        "reckoned_from",
        "per_line.refund",
        "per_line.compensation",
        "per_order.postage",
        "at_most",
    ]


@pytest.mark.parametrize("policy", LADDERS)
def test_without_approval_there_is_no_ladder(policy: str) -> None:
    """Nothing is calculated if nothing is approved."""
    decision = decide(a_case(policy))
    assert (decision.ladder, decision.awards, decision.total) == ((), (), 0)


def paid(case: Case) -> list[tuple[str, str | None, int, int, int]]:
    """The awards without their keys."""
    return [(each.kind.value, each.line_id, each.amount, each.entitled, each.settled) for each in decide(case).awards]


def test_an_award_states_the_entitlement_and_what_was_settled() -> None:
    """Line by line, the postage last."""
    assert paid(two_of_three(AUTHENTICITY)) == [
        ("refund", "L1", 5_900, 6_000, 100),
        ("compensation", "L1", 60_000, 60_000, 0),
        ("postage", None, 1_193, 1_200, 7),
    ]
    assert paid(two_of_three(DAMAGE)) == [("refund", "L1", 5_900, 6_000, 100), ("tax", "L1", 667, 667, 0)]


def test_a_refund_that_was_not_demanded_is_not_paid() -> None:
    """R16: for authenticity; the compensation is still calculated from the price. Damage needs no demand."""
    only_ten_times = (Demand.TENFOLD_COMPENSATION,)
    assert paid(two_of_three(AUTHENTICITY, demands=only_ten_times)) == [
        ("compensation", "L1", 60_000, 60_000, 0),
        ("postage", None, 1_193, 1_200, 7),
    ]
    assert paid(two_of_three(DAMAGE, demands=())) == paid(two_of_three(DAMAGE))


def test_a_requested_amount_is_filled_by_kind_and_then_by_line() -> None:
    """R15: the refunds of all lines, then their compensation, then the postage; ``entitled`` does not change."""
    order = an_order(a_line("L1", goods_paid=1_000), a_line("L2", goods_paid=500))

    def asked(amount: int) -> list[tuple[str, str | None, int]]:
        items = (ClaimItem(line_id=line_id, quantity=1) for line_id in ("L2", "L1"))
        case = a_case(AUTHENTICITY, an_appraisal(), order=order, claim=a_claim(*items, requested_amount=amount))
        return [(kind, line_id, amount) for kind, line_id, amount, _, _ in paid(case)]

    assert asked(400) == [("refund", "L2", 400)]
    assert asked(501) == [("refund", "L2", 500), ("refund", "L1", 1)]
    assert asked(1_501) == [("refund", "L2", 500), ("compensation", "L2", 1), ("refund", "L1", 1_000)]
    everything = [
        ("refund", "L2", 500),
        ("compensation", "L2", 5_000),
        ("refund", "L1", 1_000),
        ("compensation", "L1", 10_000),
    ]
    assert asked(16_501) == [*everything, ("postage", None, 1)]
    assert asked(99_999) == [*everything, ("postage", None, 1_200)]


def test_a_requested_amount_covers_the_tax_before_the_postage() -> None:
    """R15: refund, compensation, tax, postage."""
    order = an_order(a_line(goods_paid=1_000, tax_paid=100))
    case = a_case(DAMAGE, a_damage_photo(), order=order, claim=a_claim(requested_amount=1_150))
    assert paid(case) == [
        ("refund", "L1", 1_000, 1_000, 0),
        ("tax", "L1", 100, 100, 0),
        ("postage", None, 50, 1_200, 0),
    ]
    less = evolve(case, claim=evolve(case.claim, requested_amount=Minor(1_050)))
    assert paid(less) == [("refund", "L1", 1_000, 1_000, 0), ("tax", "L1", 50, 100, 0)]


def settled_before(case: Case, award: Award) -> int:
    """What was settled for the line and kind of an award, under any claim."""
    same = (each for each in case.settlements if (each.kind.value, each.line_id) == (award.kind.value, award.line_id))
    return sum(each.amount for each in same)


def key(order: str, award: Award, before: int) -> str:
    """The published key: SHA-256 over order, line, kind and the amount settled before, as canonical JSON."""
    line = "null" if award.line_id is None else f'"{award.line_id}"'
    basis = f'{{"kind":"{award.kind.value}","line":{line},"order":"{order}","settled_before":{before}}}'
    return sha256(basis.encode()).hexdigest()


@pytest.mark.parametrize("policy", LADDERS)
def test_a_key_depends_on_order_line_kind_and_earlier_settlements(policy: str) -> None:
    """The formula is published, so a payer can calculate it."""
    case = two_of_three(policy)
    for award in decide(case).awards:
        assert award.key == key(case.order.id, award, settled_before(case, award))


@pytest.mark.parametrize("order_id", ['O"1\\', "O\t1\n\x01\x7f", "订单 1", "O\N{GRINNING FACE}"])
def test_a_key_is_the_digest_of_canonical_json_whatever_the_ids_are(order_id: str) -> None:
    """Canonical as RFC 8785 has it, written here by its own implementation."""
    case = two_of_three(DAMAGE)
    line_id = f"L{order_id}"
    order = evolve(case.order, id=order_id, lines=(evolve(case.order.lines[0], id=line_id),))
    claim = evolve(case.claim, items=(evolve(case.claim.items[0], line_id=line_id),))
    parcels = tuple(evolve(each, line_ids=(line_id,)) for each in case.order.parcels)
    found = decide(evolve(case, order=evolve(order, parcels=parcels), claim=claim, settlements=())).awards
    assert found
    for award in found:
        basis = {"kind": award.kind.value, "line": award.line_id, "order": order_id, "settled_before": 0}
        assert award.key == sha256(rfc8785.dumps(basis)).hexdigest()


@pytest.mark.parametrize("policy", LADDERS)
def test_every_earlier_payment_counts_in_a_key(policy: str) -> None:
    """Also those before the last one, and one that was reversed: no key ever comes back."""
    payments = (a_settlement(40), a_settlement(30), a_settlement(5, reversed_at=AS_OF), a_settlement(3))
    keys = []
    for count in range(len(payments) + 1):
        case = evolve(two_of_three(policy), settlements=payments[:count])
        (refund, *_) = decide(case).awards
        keys.append(refund.key)
        assert refund.key == key(case.order.id, refund, sum([0, 40, 30, 5, 3][: count + 1]))
    assert len({*keys}) == len(keys)


def steps(decision: ClaimDecision) -> dict[tuple[str, str | None], int]:
    """The amount of each step by name and line; each occurs once."""
    amounts = {(each.step, each.line_id): int(each.amount) for each in decision.ladder}
    assert len(amounts) == len(decision.ladder)
    return amounts


@pytest.mark.parametrize("policy", LADDERS)
def test_an_award_follows_from_its_steps(policy: str) -> None:
    """Entitlement and amount due are steps. Without a ceiling the amount due is paid; with one, the total stays below it."""

    @given(cases(policy))
    def check(case: Case) -> None:
        decision = decide(case)
        amounts = steps(decision)
        ceilings = [
            amounts[each, None] for each in ("left_of_what_was_paid", "requested_at_most") if (each, None) in amounts
        ]
        due = {(name, line_id): amount for (name, line_id), amount in amounts.items() if name in {*AwardKind}}
        for award in decision.awards:
            assert award.entitled == amounts[f"{award.kind}_entitled", award.line_id]
            assert award.entitled - award.settled == due[award.kind, award.line_id]
        assert decision.total == min([sum(due.values()), *ceilings])
        assert {(each.kind, each.line_id) for each in decision.awards} <= due.keys()

    check()


def test_every_line_of_the_order_has_its_account() -> None:
    """Claimed or not: its price, what was paid back, and what is approved and due here."""
    order = an_order(a_line("L1", quantity=3, goods_paid=Minor(900), tax_paid=Minor(90)), a_line("L2", quantity=2))
    case = a_case(
        DAMAGE,
        order=order,
        claim=a_claim(ClaimItem(line_id="L1", quantity=2)),
        settlements=(
            a_settlement(30, SettlementKind.PRICE_ADJUSTMENT),
            a_settlement(7),
            a_settlement(4),
            a_settlement(5, SettlementKind.TAX),
            a_settlement(6, SettlementKind.POSTAGE),
        ),
    )
    (line,) = claimed_lines(case)
    approved = ApprovedLine(line, Facts(edition_for(case), line), 2)
    due = Due(AwardKind.REFUND, "L1", Minor(580), Minor(569), Minor(569))
    one, other = accounts(case, (approved,), (due, due._replace(kind=AwardKind.TAX, due=Minor(1))))
    assert one == LineAccount("L1", 3, 2, Minor(900), Minor(90), Minor(30), Minor(11), Minor(5), Minor(569))
    cost = case.order.lines[1]
    assert other == LineAccount("L2", 2, 0, cost.goods_paid, cost.tax_paid, *[Minor(0)] * 4)
