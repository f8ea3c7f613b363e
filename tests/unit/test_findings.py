"""The facts in a finding: their names, their values, and their places in the case."""

from __future__ import annotations

from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given

from adjudicator import Instant, decide
from adjudicator.engine.branches import Branch, Branches
from adjudicator.engine.findings import only_window
from adjudicator.engine.registry import edition_for, policies
from adjudicator.model.case import Case
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Category, Channel, SettlementKind
from adjudicator.model.facts import Failed, Open
from adjudicator.model.finding import Because, Effect, Finding
from adjudicator.model.time import DAY, HOUR, Window, within_hours
from adjudicator.testing import (
    Json,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_parcel,
    a_settlement,
    an_appraisal,
    an_order,
)
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import at
from admissions import IN_ORDER
from documents import documents

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
ADMISSION: Final = "douyin_alliance.admission"

BY_ID: Final = ("/evidence", "/order/merchant/return_addresses")
"""Places whose items are identified by their ids, if they are of the right kind."""

for_every_policy = pytest.mark.parametrize("policy", policies())


def found(case: Case, clause: str, line_id: str = "L1") -> Finding:
    """The finding of a clause for a line."""
    (finding,) = (each for each in decide(case).findings if (each.clause, each.line_id) == (clause, line_id))
    return finding


def facts_of(finding: Finding) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """The value and places of each fact in a finding, by name."""
    return {fact.name: (fact.value, fact.pointers) for fact in finding.facts}


def test_a_finding_has_the_moment_of_the_decision_where_its_clause_reads_it() -> None:
    case = a_case(AUTHENTICITY, an_appraisal())
    moments = [fact.value for each in decide(case).findings for fact in each.facts if fact.name == "as_of"]
    assert moments
    assert {*moments} == {str(case.as_of)}


def test_a_deadline_is_that_of_the_only_window_that_a_fact_can_be() -> None:
    """Whatever else it can be."""
    one, other = (within_hours("signed_at", Instant(0), hours) for hours in (24, 72))

    def either(*values: object) -> Branches:
        return Branches.of([Branch({"goods": number}, value) for number, value in enumerate(values)], {"goods": ()})

    assert [only_window(each) for each in (one, either(one, None), either(None, one))] == [one, one, one]
    assert [only_window(each) for each in (None, either(one, other), either(None, True))] == [None, None, None]


@for_every_policy
def test_a_finding_has_every_fact_that_its_clause_reads(policy: str) -> None:
    """In the order in which it reads them, decisive or not."""

    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        reads = {clause.name: clause.reads for clause in edition_for(case).clauses}
        for finding in decide(case).findings:
            assert tuple(fact.name for fact in finding.facts) == reads[finding.clause]

    check()


def same(value: Any, place: Any) -> bool:
    """Whether a value equals the one at a place in the case. Lists may be sets; instants and numbers may be spelt differently."""
    if isinstance(place, list):
        return sorted(map(str, value or ())) == sorted(set(map(str, place)))
    if isinstance(place, str) and isinstance(value, str) and value[10:11] == "T":
        return Instant.parse(value) == Instant.parse(place)
    return bool(value == place)


READ_FOR_EACH_STEP: Final = ("/history", "/wanted/by", "/wanted/changes_stated")
"""Places that each step of a process reads differently: a history accumulates, and the wanted step is one of many."""
FOLLOWS: Final = frozenset({"dispatched"})
"""Facts that can follow from other places."""


@for_every_policy
def test_a_fact_is_the_value_at_its_place(policy: str) -> None:
    """A fact with one place has the value that is there; unknown values are null in both."""

    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        written = case_document(case)
        for finding in decide(case).findings:
            for fact in finding.facts:
                if (
                    len(fact.pointers) == 1
                    and fact.pointers[0] not in {*BY_ID, *READ_FOR_EACH_STEP}
                    and "parcels" not in fact.pointers[0]
                ):
                    place = at(written, fact.pointers[0])
                    follows = fact.name in FOLLOWS and place is None
                    assert has_no_name(place) or follows or same(fact.value, place), fact

    check()


def has_no_name(place: Any) -> bool:
    """Whether a place contains objects without ids, such as penalties, which have no short form."""
    return isinstance(place, list) and any(isinstance(each, dict) for each in place)


def of_two_lines(policy: str, *evidence: Any) -> Case:
    """A case that claims the second line before the first; two of its three parcels contain the second line."""
    return a_case(
        policy,
        *evidence,
        order=an_order(
            a_line("L1"),
            a_line("L2", quantity=2),
            parcels=(a_parcel("L1", "L2"), a_parcel("L1", waybill_no="W2"), a_parcel("L2", waybill_no="W3")),
        ),
        claim=a_claim(ClaimItem(line_id="L2", quantity=1), ClaimItem(line_id="L1", quantity=1)),
        settlements=(a_settlement(1, SettlementKind.REFUND, line_id="L2"),),
    )


def test_the_places_of_a_finding_are_those_of_its_line() -> None:
    """Its position in the order, and each parcel that carries it."""
    case = of_two_lines(DAMAGE, a_damage_photo())
    signed = str(case.order.parcels[0].signed_at)
    for line_id, line, parcels in (("L1", 0, (0, 1)), ("L2", 1, (0, 2))):
        facts = facts_of(found(case, "filed_within_the_damage_window", line_id))
        assert facts == {
            "filed_at": (str(case.claim.filed_at), ("/claim/filed_at",)),
            "category": ("other", (f"/order/lines/{line}/category",)),
            "signings": ((signed, signed), tuple(f"/order/parcels/{each}/signed_at" for each in parcels)),
            "line_id": (line_id, (f"/claim/items/{1 - line}/line_id",)),
            "as_of": (str(case.as_of), ("/as_of",)),
        }


def test_documents_and_sets_are_shown_by_their_names() -> None:
    """Documents by their ids, sets in order, empty lists as empty."""
    case = a_case(AUTHENTICITY, an_appraisal("E2"), a_damage_photo("E3"), an_appraisal("E1"))
    facts = facts_of(found(case, "counterfeit_is_proven"))
    assert facts["appraisals"] == (("E2", "E1"), ("/evidence",))
    assert facts["official_findings"] == ((), ("/evidence",))
    assert facts["evidence_closed"] == (False, ("/as_of", "/claim/evidence_closes_at"))
    path = facts_of(found(case, "filed_on_the_authenticity_path"))
    assert path["demands"] == (("refund", "tenfold_compensation"), ("/claim/demands",))


@pytest.mark.parametrize("ids", [("E1", "E2", "E10"), ("E10", "E2", "E1"), ("E2",)])
def test_the_evidence_behind_a_finding_is_in_the_order_of_the_case(ids: tuple[str, ...]) -> None:
    case = a_case(AUTHENTICITY, *[an_appraisal(each) for each in ids])
    assert found(case, "counterfeit_is_proven").evidence == ids


SIGNED: Final = Instant.parse("2022-03-26T10:00:00+08:00")


@pytest.mark.parametrize(
    ("hours", "category", "seconds"),
    [
        (20, Category.FOOD, 4 * 3600),
        (20, Category.OTHER, 52 * 3600),
        (25, Category.FOOD, -3600),
        (20, None, 4 * 3600),
        (23, None, 3600),
        (70, None, None),
        (80, None, -8 * 3600),
        (80, Category.FOOD, -56 * 3600),
    ],
)
def test_a_margin_is_the_distance_to_the_nearest_edge(
    hours: int, category: Category | None, seconds: int | None
) -> None:
    """With an unknown category there are two edges; if the clause is undecided there is no margin."""
    filed = Instant(SIGNED + hours * HOUR)
    order = an_order(a_line(category=category), parcels=(a_parcel(signed_at=SIGNED),))
    case = a_case(DAMAGE, order=order, claim=a_claim(filed_at=filed), as_of=filed)
    finding = found(case, "filed_within_the_damage_window")
    assert (finding.margin.value if finding.margin else None) == seconds


def test_an_application_has_no_lines_and_no_evidence() -> None:
    """Its findings are about the whole."""
    decision = decide(case_from(IN_ORDER))
    assert {(finding.line_id, finding.evidence, finding.margin) for finding in decision.findings} == {(None, (), None)}
    (finding,) = (each for each in decision.findings if each.clause == "shop_score_above_4_1")
    assert facts_of(finding) == {"shop_score": ("4.11", ("/shop/shop_score",))}


def the_clock_never_started(filed_at: Instant) -> Window | Failed:
    """ZZ.1(1). There is no window at all."""
    return Failed("no_clock") if filed_at else within_hours("filed_at", filed_at, 1)


def filed_in_time(filed_at: Instant, the_clock_never_started: Window) -> bool:
    """ZZ.1(2). Filed within the window."""
    return filed_at in the_clock_never_started


def test_without_a_window_there_is_no_margin() -> None:
    """Nor a deadline. The clause fails with the reason why there is no window."""
    case = a_case("douyin_global.damage")
    facts = (*edition_for(case).facts, the_clock_never_started)
    decision = decide(case, evolve(edition_for(case), requires=(filed_in_time,), facts=facts))
    (finding,) = decision.findings
    assert (finding.effect, finding.because.code, finding.margin) == (Effect.DEFEATS, "filed_in_time.no_clock", None)
    assert decision.deadlines == ()


def filed_before_the_clock_started(filed_at: Instant, damage_window: Window | Open) -> bool:
    """ZZ.1(2). While there is no window."""
    return isinstance(damage_window, Open) or filed_at < damage_window.starts_at


def test_a_clause_that_admits_an_unknown_window_measures_nothing() -> None:
    """It has neither a margin nor a deadline."""
    case = a_case(DAMAGE)
    decision = decide(case, evolve(edition_for(case), requires=(filed_before_the_clock_started,)))
    (finding,) = decision.findings
    assert (finding.effect, finding.margin, decision.deadlines) == (Effect.DEFEATS, None, ())


def test_a_finding_names_unknown_facts_only_if_its_clause_read_them() -> None:
    """And not if the claim can be corrected: then only that matters."""
    order = an_order(a_line(category=None))
    decision = decide(a_case(DAMAGE, order=order, claim=a_claim(filed_through=Channel.OTHER)))
    findings = {finding.clause: finding for finding in decision.findings}
    refiling = findings["filed_on_the_order_page"]
    assert "category" in [each.name for each in refiling.facts]
    assert refiling.because == Because("filed_on_the_order_page.repairable")
    assert findings["against_a_global_merchant"].because == Because("against_a_global_merchant.holds")


def it_changes_tomorrow(filed_at: Instant, as_of: Instant) -> bool | Failed:
    """ZZ.1(3). Not yet."""
    return as_of >= filed_at + 10 * DAY or Failed("not_yet", (), Instant(filed_at + 10 * DAY))


def it_changes_later(filed_at: Instant, as_of: Instant) -> bool | Failed:
    """ZZ.1(4). Not yet either."""
    return as_of >= filed_at + 20 * DAY or Failed("not_yet", (), Instant(filed_at + 20 * DAY))


def it_never_changes(filed_at: Instant) -> bool | Failed:
    """ZZ.1(5). Not ever."""
    return Failed() if filed_at else False


@pytest.mark.parametrize(
    ("clauses", "days"),
    [
        ((it_changes_tomorrow,), 10),
        ((it_changes_later, it_changes_tomorrow), 10),
        ((it_changes_tomorrow, it_never_changes), 10),
        ((it_never_changes,), None),
    ],
)
def test_a_case_is_reconsidered_once_anything_changes(clauses: tuple[Any, ...], days: int | None) -> None:
    """Even if something else defeats it permanently."""
    case = a_case(DAMAGE)
    decision = decide(case, evolve(edition_for(case), requires=clauses))
    assert decision.reconsider_at == (None if days is None else Instant(case.claim.filed_at + days * DAY))


@for_every_policy
def test_a_ruling_summarizes_the_decision(policy: str) -> None:
    """A verdict agrees with the decision, including amounts and requests."""

    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        decision, edition = decide(case), edition_for(case)
        ruling = edition.case_kind.rule(edition, case)
        assert (ruling.outcome, ruling.requests) == (decision.outcome, decision.requests)
        assert ruling.total == getattr(decision, "total", None)
        assert [(each.line_id, each.outcome) for each in ruling.subjects] == [*decision.parts]
        for line_id, _ in decision.parts:
            subject_verdict = ruling.on(line_id)
            found = {each.clause: each.effect for each in decision.findings if each.line_id == line_id}
            assert subject_verdict is not None
            assert subject_verdict.effects == found
        assert ruling.on("no line") is None

    check()
