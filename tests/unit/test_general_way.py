"""Decisions are the same whether plans make them, or each function is called by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from adjudicator import InputError, decide, dump_decision
from adjudicator.claims import AwardKind, LineAccount, Paid, Payment, Pays, Return
from adjudicator.engine import findings, judgement
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.engine.vocabulary import ANY, Established, known, missing, repairable
from adjudicator.kinds import claim as claims
from adjudicator.kinds.claim import CLAIMS
from adjudicator.kinds.claim_facts import COMPLETION_TIME, REFILE
from adjudicator.kinds.dues import DuesPart, dues_of
from adjudicator.model.award import FreightBearer
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Category, SettlementKind, Verification
from adjudicator.model.evidence import AppraisalReport
from adjudicator.model.facts import EvidencePool, Failed, Holds, Open, Pending, Repairable
from adjudicator.model.money import Minor
from adjudicator.model.order import ReturnAddress
from adjudicator.model.time import DAY, Instant, Window
from adjudicator.testing import (
    COMPLETED_AT,
    Json,
    a_case,
    a_claim,
    a_line,
    a_parcel,
    a_settlement,
    an_appraisal,
    an_order,
    case_documents,
)
from adjudicator.wire.codec import case_from
from documents import ONE_OF_OTHER_KINDS
from test_bytes import CLAIMS as CLAIM_POLICIES
from test_bytes import without_each


@contextmanager
def the_general_way() -> Iterator[None]:
    """Nothing is planned: each fact is evaluated when it is asked for, and later moments are judged again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judgement, "judge_clauses", _evaluate_clauses)
        patch.setattr(
            judgement.JudgedEarlier, "unlike", lambda _, moments, *__: ((each, False) for each in sorted(moments))
        )
        patch.setattr(findings, "remarks_made_at_once", lambda *_: False)
        patch.setattr(claims, "evaluate_next", lambda *_: None)
        patch.setattr(DuesPart, "dues", _each_due)
        yield


def _evaluate_clauses(edition: Edition, facts: Facts, **_: object) -> None:
    facts.read()
    facts.evaluate(edition.judged_always)


def _each_due(part: DuesPart, facts: Facts, line_id: str | None, ladder: list[Any]) -> list[Any]:
    return dues_of(part.edition, facts, part.steps, part.pays, line_id, ladder)


def outcome(case: Any, edition: Edition | None = None) -> bytes | str:
    """The decision on a case in bytes, or what is wrong with the edition."""
    try:
        return dump_decision(decide(case, edition))
    except PolicyError as error:
        return str(error)


def check(case: Any, edition: Edition | None = None) -> bytes | str:
    """Check that both ways agree, and return the outcome."""
    planned = outcome(case, edition)
    with the_general_way():
        assert outcome(case, edition) == planned
    return planned


@pytest.mark.parametrize("policy", CLAIM_POLICIES)
def test_claims_are_decided_alike_both_ways(policy: str) -> None:
    """Whatever is known, under every edition."""

    @given(case_documents(policy))
    def both(document: Json) -> None:
        for edition in policies()[policy]:
            check(case_from(document), edition)

    both()


@pytest.mark.parametrize("document", ONE_OF_OTHER_KINDS.values(), ids=ONE_OF_OTHER_KINDS)
def test_other_cases_are_decided_alike_both_ways(document: Json) -> None:
    """With each part unknown."""
    for changed in (document, *without_each(document)):
        try:
            case = case_from(changed)
        except InputError:
            continue
        check(case)


# Clauses and facts of editions for these tests


def sold(completed_at: Instant | None, as_of: Instant) -> Established[Instant]:
    """R1. When it was sold; until then it is not known."""
    if completed_at is not None and completed_at <= as_of:
        return completed_at
    return missing(COMPLETION_TIME, {"completed_at": ANY}, "not_ripe")


def window(sold: Instant) -> Window:
    """R1. Ten days."""
    return Window("completed_at", sold, Instant(sold + 10 * DAY), includes_end=True)


def in_window(filed_at: Instant, window: Window) -> bool:
    """R1. Filed within ten days."""
    return filed_at in window


def category_is_named(category: Category, as_of: Instant, window: Established[Window]) -> bool | Repairable:
    """R2. Food has to be claimed again while there is time."""
    time = known(window, None)
    if category is not Category.FOOD or (time is not None and as_of not in time):
        return category is not Category.FOOD
    return repairable(REFILE, {"category": (Category.OTHER,)}, time.last_instant if time else None)


def papers(appraisals: tuple[AppraisalReport, ...], evidence_closed: bool) -> EvidencePool[str]:
    """R3. Appraisals, which count once they are verified."""
    ask = missing(COMPLETION_TIME, {"completed_at": ANY}).asks
    waits = tuple(Pending(each.id, ask) for each in appraisals if not each.is_verified and not evidence_closed)
    return EvidencePool(tuple(each.id for each in appraisals if each.is_verified), waits)


def is_shown(papers: tuple[str, ...]) -> bool | Holds:
    """R3. At least one counts."""
    return Holds(evidence=papers) if papers else False


def units(quantity_claimed: int, papers: EvidencePool[str]) -> int:
    """R4. One unit for each paper that counts."""
    return min(quantity_claimed, len(papers.standing))


def all_units(quantity_claimed: int) -> int:
    """R4. All."""
    return quantity_claimed


def fewer_units_later(quantity_claimed: int, as_of: Instant, window: Window) -> int:
    """R4. All, but one only after ten days."""
    return quantity_claimed if as_of in window else 1


def base(goods_paid: Minor, approved_units: int, line_quantity: int) -> Minor:
    """R5. Its share."""
    return Minor(goods_paid * approved_units // line_quantity)


def entitled(base: Minor) -> Minor:
    """R5. All of it."""
    return base


def due(entitled: Minor, refunds: Minor) -> Minor:
    """R5. Less what was refunded."""
    return Minor(max(entitled - refunds, 0))


def units_now(approved_units: int, refunds_under_this_claim: tuple[Paid, ...]) -> int:
    """R5. Less the payments."""
    return max(approved_units - len(refunds_under_this_claim), 0)


def fee_entitled(postage_paid: Minor, order_lines: tuple[LineAccount, ...]) -> Minor:
    """R6. The postage, and a unit for each line."""
    return Minor(postage_paid + len(order_lines))


def fee(fee_entitled: Minor, postage_returned: Minor) -> Minor:
    """R6. Less what was returned."""
    return Minor(max(fee_entitled - postage_returned, 0))


def half_at_most(order_lines: tuple[LineAccount, ...]) -> Minor:
    """R7. Half of what was paid."""
    return Minor(sum(each.goods_paid for each in order_lines) // 2)


def asked_at_most(requested_amount: Minor | None) -> Minor | None:
    """R7. What was asked for."""
    return requested_amount


def said_to_be_due(entitled: Minor, category: Category) -> Minor:
    """R8. An amount, but for food not even that."""
    return missing(COMPLETION_TIME, {}) if category is Category.FOOD else entitled  # type: ignore[return-value]  # tested


def open_due(entitled: Minor, line_quantity: int) -> Minor | Open:
    """R8. Not known for two units."""
    return missing(COMPLETION_TIME, {}) if line_quantity == 2 else entitled


def true_due(entitled: Minor) -> Minor:
    """R8. A truth in place of an amount."""
    return entitled > 0  # type: ignore[return-value]  # an int all the same


def back_to(return_addresses: tuple[ReturnAddress, ...]) -> ReturnAddress:
    """R9. The first address."""
    return return_addresses[0]


def freight(category: Category) -> FreightBearer:
    """R9. The consumer bears it, for food the merchant."""
    return FreightBearer.MERCHANT if category is Category.FOOD else FreightBearer.CONSUMER


def many_units(approved_units: int, line_quantity: int) -> bool:
    """R10. More than one."""
    return 1 < approved_units <= line_quantity


def fails_for_a_reason(as_of: Instant, window: Window) -> bool | Failed:
    """R11. It fails, after ten days for another reason."""
    return Failed("not_yet" if as_of in window else "not_any_more")


def refiled(category: Category) -> bool | Open:
    """R12. Not known for food, which can be claimed again."""
    return missing(REFILE, {"category": ()}) if category is Category.FOOD else True


CLAUSES: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "one that fails for another reason later": (in_window, is_shown, fails_for_a_reason),
    "two that ask for the same": (in_window, category_is_named, refiled, is_shown),
}

REFUND: Final = Pays(AwardKind.REFUND, entitled, due, units_now)
TAX: Final = Pays(AwardKind.TAX, entitled, due)
POSTAGE: Final = Pays(AwardKind.POSTAGE, fee_entitled, fee)
KINDS: Final = (AwardKind.REFUND, AwardKind.COMPENSATION, AwardKind.TAX, AwardKind.POSTAGE)


def a_payment(**changes: Any) -> Payment:
    """A refund of each line, and nothing else."""
    fields = {"units": units, "steps": (base,), "per_line": (REFUND,), "per_order": (), "at_most": ()}
    return Payment(**{**fields, "cap_priority": KINDS, **changes})


def paying(amount: Callable[..., Any]) -> Payment:
    """A refund whose amount another function says."""
    return a_payment(per_line=(Pays(AwardKind.REFUND, entitled, amount),))


def an_edition(grants: Any, **changes: Any) -> Edition:
    """An edition of claims that grants this."""
    fields = {"requires": (in_window, category_is_named, is_shown), "facts": (sold, window, papers)}
    return Edition(
        policy="acme.sales",
        article="AS.1",
        effective_from=dt.date(2020, 1, 1),
        case_kind=CLAIMS,
        grants=grants,
        remarks=(many_units,),
        **{**fields, **changes},
    )


GRANTS: Final[dict[str, Any]] = {
    "nothing": None,
    "a line": a_payment(),
    "all units": a_payment(units=all_units),
    "fewer units later": a_payment(units=fewer_units_later),
    "no line": a_payment(per_line=(), steps=()),
    "steps only": a_payment(per_line=()),
    "an order": a_payment(per_order=(POSTAGE,)),
    "a ceiling": a_payment(per_order=(POSTAGE,), at_most=(half_at_most,)),
    "ceilings": a_payment(at_most=(half_at_most, asked_at_most)),
    "without units": a_payment(per_line=(TAX,)),
    "against its annotation": paying(said_to_be_due),
    "an open amount": paying(open_due),
    "a truth": paying(true_due),
    "a return": Return(units=units, address=back_to, freight=freight),
}


def lines_and_moments() -> st.SearchStrategy[Case]:
    """Claims for two lines whose category, papers and time vary, some with payments made before."""
    return st.builds(
        a_sale,
        st.lists(st.sampled_from([*Category, None]), min_size=2, max_size=2),
        st.lists(st.integers(1, 3), min_size=2, max_size=2),
        st.lists(st.sampled_from(["L1", "L2"]), max_size=4),
        st.lists(st.sampled_from([*SettlementKind]), max_size=3),
        st.sampled_from([None, 5, 30_000]),
        st.integers(0, 14),
        st.sampled_from([None, 1, 5, 11]),
    )


def a_sale(
    categories: list[Category | None],
    quantities: list[int],
    named: list[str],
    paid: list[SettlementKind],
    requested: int | None,
    days: int,
    closes_after: int | None,
) -> Case:
    """Such a claim; every other paper is verified."""
    lines = [
        a_line(f"L{number}", category=category, quantity=quantity, goods_paid=Minor(10_001))
        for number, (category, quantity) in enumerate(zip(categories, quantities, strict=True), 1)
    ]
    case = a_case(
        "acme.sales",
        *[
            an_appraisal(id=f"E{number}", line_ids=(line,), **UNVERIFIED[number % 2])
            for number, line in enumerate(named)
        ],
        order=an_order(*lines, parcels=(a_parcel("L1"), a_parcel("L2", "L1"))),
        claim=a_claim(
            *[ClaimItem(line_id=each.id, quantity=each.quantity) for each in reversed(lines)],
            requested_amount=None if requested is None else Minor(requested),
        ),
        settlements=tuple(
            a_settlement(100 + number, kind, claim_id="A1" if number % 2 else None) for number, kind in enumerate(paid)
        ),
    )
    closes_at = None if closes_after is None else Instant(case.as_of + closes_after * DAY)
    return evolve(case, as_of=Instant(case.as_of + days * DAY), claim=evolve(case.claim, evidence_closes_at=closes_at))


UNVERIFIED: Final[tuple[dict[str, Any], ...]] = ({}, {"verification": Verification.UNVERIFIED})


@pytest.mark.parametrize("grants", GRANTS.values(), ids=GRANTS)
def test_editions_of_ones_own_are_decided_alike_both_ways(grants: Any) -> None:
    """Whatever they grant, for several lines, with something open or pending, and what was paid before."""
    edition = an_edition(grants)

    @given(lines_and_moments())
    def both(case: Case) -> None:
        check(case, edition)

    both()


@pytest.mark.parametrize("requires", CLAUSES.values(), ids=CLAUSES)
def test_clauses_of_ones_own_are_judged_alike_both_ways(requires: tuple[Callable[..., Any], ...]) -> None:
    """Whose answers change with time without a consequence."""
    edition = an_edition(a_payment(), requires=requires)

    @given(lines_and_moments())
    def both(case: Case) -> None:
        check(case, edition)

    both()


def test_nothing_is_announced_that_changes_nothing() -> None:
    """Neither another reason, nor the end of the time for evidence while the same thing can still be put right."""
    requires = CLAUSES["one that fails for another reason later"]
    case = a_sale([Category.OTHER, Category.OTHER], [1, 1], ["L1", "L1", "L2"], [], None, 2, None)
    assert decide(case, an_edition(a_payment(), requires=requires)).reconsider_at is None
    requires = CLAUSES["two that ask for the same"]
    case = a_sale([Category.FOOD, Category.FOOD], [1, 1], ["L1", "L1", "L2"], [], None, 2, 5)
    decided = decide(case, an_edition(a_payment(), requires=requires))
    assert decided.reconsider_at == Instant(COMPLETED_AT + 10 * DAY + 1)


def test_it_is_announced_that_fewer_units_are_approved_later() -> None:
    """All clauses hold as before, and nothing is asked for."""
    case = a_sale([Category.OTHER, Category.OTHER], [3, 1], ["L1", "L1", "L2"], [], None, 0, None)
    decided = decide(case, an_edition(a_payment(units=fewer_units_later)))
    assert (decided.outcome, decided.reconsider_at) == ("approved", Instant(COMPLETED_AT + 10 * DAY + 1))


def test_these_editions_meet_what_they_are_for() -> None:
    """Otherwise the agreement above would prove little: amounts that are none, units that differ, awards that are capped."""
    granted = a_sale([Category.OTHER, None], [2, 3], ["L1", "L1", "L1", "L2"], [], None, 0, None)
    said = {name: check(granted, an_edition(grants)) for name, grants in GRANTS.items()}
    assert all(isinstance(each, bytes) for name, each in said.items() if name != "an open amount")
    assert "comes to no amount (unknown)" in str(said["an open amount"])
    food = a_sale([Category.FOOD, Category.FOOD], [1, 1], ["L1", "L2"], [], None, 2, None)
    decided = decide(food, an_edition(a_payment()))
    assert (decided.outcome, decided.reconsider_at) == ("needs_information", Instant(COMPLETED_AT + 10 * DAY + 1))
