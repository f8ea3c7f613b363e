"""R50 and R51: compensated units, and reversed settlements; worked out by hand."""

import pytest

from . import faults, judge
from .edges import put
from .plain_cases import CLAIM, asked, changed, effects, line, paid, report

CLOSED = ("/claim/evidence_closes_at", "2022-04-15T00:00:00+08:00")
USED = [paid("compensation", 440_000)]


# R50: a proof is used up


LEFT = ("approved", 1, [])
USED_UP = ("needs_information", 0, [("counterfeit_proof", None)])
BY_A_PERSON = ("manual_review", 0, [])


@pytest.mark.parametrize(
    ("covered", "settlements", "right"),
    [
        pytest.param(1, [], LEFT, id="nothing was compensated"),
        pytest.param(1, USED, USED_UP, id="the one unit was compensated"),
        pytest.param(2, USED, LEFT, id="another unit is covered"),
        pytest.param(None, USED, USED_UP, id="a report without a figure is known to carry one"),
        pytest.param(1, [paid("compensation", 440_000, None)], USED_UP, id="under a claim that is not stated"),
        pytest.param(1, [paid("compensation", 440_000, "A2")], LEFT, id="under this claim"),
        pytest.param(1, [paid("compensation", 440_000, line_id="L2")], LEFT, id="on another line"),
        pytest.param(1, [paid("refund", 44_000)], LEFT, id="a refund is no compensation"),
        pytest.param(2, [paid("compensation", 440_000, units=2)], USED_UP, id="the units are stated"),
        pytest.param(1, [paid("compensation", 0, units=1)], USED_UP, id="stated, though nothing was paid"),
        pytest.param(1, [paid("compensation", 0)], LEFT, id="nothing paid and no units is no unit"),
        pytest.param(1, [paid("compensation", 1)], USED_UP, id="a fen takes a unit"),
        pytest.param(2, [paid("compensation", 440_001)], USED_UP, id="a fen more than one unit takes two"),
        pytest.param(2, [paid("compensation", 880_001)], USED_UP, id="more than there is takes all units"),
        pytest.param(3, [paid("compensation", 880_001)], LEFT, id="and no more than all units"),
        pytest.param(
            2,
            [paid("compensation", 1), paid("compensation", 1, "A0")],
            USED_UP,
            id="each settlement is counted by itself",
        ),
        pytest.param(
            2,
            [*USED, paid("price_adjustment", 44_000, None)],
            USED_UP,
            id="on the base of today one unit counts as two",
        ),
        pytest.param(
            2,
            [paid("compensation", 440_000, units=1), paid("price_adjustment", 44_000, None)],
            LEFT,
            id="unless stated",
        ),
        pytest.param(1, [USED[0] | {"reversed_at": "2022-04-12T00:00:00Z"}], LEFT, id="taken back again (R51)"),
    ],
)
def test_compensated_units_are_subtracted_from_covered_ones(covered, settlements, right):
    case = changed(CLAIM, ("/evidence", [report(units=covered)]), ("/settlements", settlements))
    decision = judge(case)
    assert faults(case) == []
    assert (decision["outcome"], decision["lines"][0]["units"], asked(decision)) == right


@pytest.mark.parametrize(
    ("evidence", "right"),
    [
        pytest.param(
            [report(), report("E2", 2, verification="unverified")],
            ("needs_information", 0, [("verification", "E2")]),
            id="a pending document that would leave units is waited for",
        ),
        pytest.param(
            [report(), report("E2", 1, verification="unverified")], USED_UP, id="one that would leave none is not"
        ),
        pytest.param(
            [report("E1", 1, verification="unverified"), report("E2", 2, verification="unverified")],
            ("needs_information", 0, [("verification", "E2")]),
            id="of two pending ones only the one that would leave units",
        ),
        pytest.param(
            [report("E1", 2), report("E2", 3, verification="unverified")],
            LEFT,
            id="a pending document that would only add units is not",
        ),
        pytest.param([report("E1", 2), report("E2", 1)], LEFT, id="the largest figure"),
        pytest.param([report("E1", 1), report("E2", 1)], USED_UP, id="never the sum"),
        pytest.param(
            [report(role="accredited_lab")], BY_A_PERSON, id="a finding from anyone else is for a person (R24)"
        ),
        pytest.param(
            [report(), report("E2", role="accredited_lab")],
            BY_A_PERSON,
            id="also beside a proof that is as if it were not there",
        ),
        pytest.param([report(), report("E2", conclusion="genuine")], BY_A_PERSON, id="documents still disagree (R26)"),
        pytest.param(
            [report(), report("E2", 2, conclusion="genuine", verification="unverified")],
            ("needs_information", 0, [("verification", "E2")]),
            id="a pending one that would disagree is waited for",
        ),
    ],
)
def test_other_evidence_counts_as_before(evidence, right):
    decision = judge(changed(CLAIM, ("/evidence", evidence), ("/settlements", USED)))
    assert (decision["outcome"], decision["lines"][0]["units"], asked(decision)) == right


@pytest.mark.parametrize(
    ("evidence", "outcome", "undecided", "defeating"),
    [
        ([report()], "denied", ["counterfeit_is_proven"], ["evidence_is_inconclusive"]),
        ([report(), report("E2", 2, verification="unverified")], "manual_review", ["counterfeit_is_proven"], []),
        ([report(), report("E2", role="accredited_lab")], "manual_review", ["counterfeit_is_proven"], []),
        ([report("E1", 2)], "approved", [], []),
    ],
)
def test_after_closing_a_proof_used_up_is_as_if_there_were_none(evidence, outcome, undecided, defeating):
    decision = judge(changed(CLAIM, ("/evidence", evidence), ("/settlements", USED), CLOSED))
    assert decision["outcome"] == outcome
    assert (effects(decision, "undecided"), effects(decision, "defeats")) == (undecided, defeating)
    assert decision["requests"] == []


def test_the_remaining_units_are_approved():
    """Two of the three covered units are left: 2/3 of 90,000, and ten times that."""
    decision = judge(
        changed(
            CLAIM,
            ("/order/lines/0", line(quantity=3, goods_paid=90_000)),
            ("/claim/items/0/quantity", 3),
            ("/evidence", [report(units=3)]),
            ("/settlements", [paid("compensation", 300_000)]),
        )
    )
    assert decision["outcome"] == "partially_approved"
    assert [(each["kind"], each["amount"], each["units"]) for each in decision["awards"]] == [
        ("refund", 60_000, 2),
        ("compensation", 600_000, 2),
    ]


def test_a_line_with_a_used_up_proof_does_not_delay_the_other():
    decision = judge(
        changed(
            CLAIM,
            ("/claim/items", [{"line_id": "L1", "quantity": 1}, {"line_id": "L2", "quantity": 1}]),
            ("/evidence", [report(line_ids=[])]),
            ("/settlements", USED),
        )
    )
    assert [each["outcome"] for each in decision["lines"]] == ["needs_information", "approved"]
    assert {each["line_id"] for each in decision["awards"]} == {"L2"}


@pytest.mark.parametrize(
    ("settlements", "right"),
    [
        ([], [("refund", 88_000, 2), ("compensation", 880_000, 2)]),
        ([paid("refund", 44_000, "A2")], [("refund", 44_000, 1), ("compensation", 880_000, 2)]),
        ([paid("refund", 10_000, "A2", units=2)], [("refund", 78_000, 0), ("compensation", 880_000, 2)]),
        ([paid("refund", 10_000, "A2", units=3)], [("refund", 78_000, 0), ("compensation", 880_000, 2)]),
        ([paid("compensation", 440_001, "A2")], [("refund", 88_000, 2), ("compensation", 439_999, 0)]),
        ([paid("refund", 44_000, "A1")], [("refund", 44_000, 2), ("compensation", 880_000, 2)]),
    ],
)
def test_an_award_states_the_units_that_it_settles(settlements, right):
    """The approved units, less those that this claim was paid for before."""
    decision = judge(
        changed(
            CLAIM,
            ("/claim/items/0/quantity", 2),
            ("/evidence", [report(units=2)]),
            ("/settlements", settlements),
        )
    )
    assert [(each["kind"], each["amount"], each["units"]) for each in decision["awards"]] == right


def test_postage_and_tax_have_no_units():
    decision = judge(changed(CLAIM, ("/order/postage_paid", 1_200)))
    assert [(each["kind"], each["units"]) for each in decision["awards"]][-1] == ("postage", None)


# R51: reversed settlements


BACK = {"reversed_at": "2022-04-20T12:00:00+08:00"}


@pytest.mark.parametrize(
    "settlement",
    [
        paid("refund", 88_000),
        paid("refund", 44_000, "A2"),
        paid("compensation", 880_000, "A2"),
        paid("price_adjustment", 40_000, None),
        paid("postage", 1_200, None, line_id=None),
    ],
)
def test_a_reversed_payment_does_not_count(settlement):
    """While it counts it changes the amounts. Once reversed, even at this very instant, it changes only keys."""
    case = changed(CLAIM, ("/order/postage_paid", 1_200), ("/claim/requested_amount", 485_000))
    none, stands, back = (judge(put(case, "/settlements", some)) for some in ([], [settlement], [settlement | BACK]))
    for decision in (none, stands, back):
        decision["awards"] = [{**each, "key": None, "key_basis": None} for each in decision["awards"]]
    assert back == none
    assert stands["awards"] != none["awards"]
