"""What-if: honest, with no needless part, and complete for single facts, held against trying everything out."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Hashable, Iterator
from contextlib import suppress
from decimal import Decimal
from enum import Enum
from random import Random
from typing import Any, Final, cast, get_args, get_origin

import attrs
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from adjudicator import InputError, Instant, decide, dump_case, load_case, load_decision
from adjudicator.analysis.edits import Act, Change
from adjudicator.analysis.whatif import (
    Alternative,
    Answer,
    Question,
    WhatIf,
    alternatives,
    alternatives_document,
    ask_next,
    questions_document,
    what_if,
)
from adjudicator.cli import main
from adjudicator.cli.pages.layout import Marks
from adjudicator.cli.pages.whatif import what_if_page
from adjudicator.engine import evaluation
from adjudicator.engine.registry import edition_for, policies
from adjudicator.model.case import Case
from adjudicator.model.claim import MerchantReply
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.enumerations import Category, Demand, Programme, Reason, ReplyDecision, Verification
from adjudicator.model.facts import Party
from adjudicator.model.json_names import wire_name
from adjudicator.model.time import DAY, HOUR, SECOND
from adjudicator.testing import (
    AS_OF,
    FILED_AT,
    SIGNED_AT,
    Json,
    a_case,
    a_claim,
    a_courier_statement,
    a_damage_photo,
    a_line,
    a_merchant,
    a_parcel,
    an_appraisal,
    an_order,
    laws,
)
from adjudicator.testing.laws import advice
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.pointer import held_at, if_known
from adjudicator.words import LANGUAGES, Words
from admissions import IN_ORDER, penalty
from breaking import broken
from documents import documents
from tradings import FOUND
from virtual_goods import A_DISPATCH

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
ADMISSION: Final = "douyin_alliance.admission"
NOT_A_FACT: Final = ("/metadata", "/settlements")
"""Places of a case that no clause reads."""

SOME: Final = settings(max_examples=max(1, settings().max_examples // 4))
"""Each example is decided hundreds of times."""

for_every_policy = pytest.mark.parametrize("policy", policies())


def of_line(decision: Decision, line_id: str | None) -> str:
    """The outcome of a line, or of the case as a whole."""
    return dict(decision.parts)[line_id]


def patched(document: Json, changes: tuple[Change, ...]) -> bytes:
    """A case with changes in it, as anybody would write it who knows JSON pointers and nothing of us."""
    copy: Json = json.loads(json.dumps(document))
    for change in changes:
        *way, last = change.pointer.split("/")[1:]
        place: Any = copy
        for step, following in zip(way, [*way, last][1:], strict=True):
            if isinstance(place, list):
                place = place[int(step)]
            else:
                if place.get(step) is None:
                    place[step] = [] if following == "-" else {}
                place = place[step]
        if last == "-":
            place.append(change.to)
        elif isinstance(place, list):
            place[int(last)] = change.to
        else:
            place[last] = change.to
    return json.dumps(copy).encode()


# The laws


@for_every_policy
def test_an_alternative_leads_where_it_says_also_from_bytes(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        laws.what_if_is_honest(case)
        now = decide(case)
        for each in alternatives(case):
            then = decide(load_case(patched(case_document(case), each.changes)))
            assert (then.outcome, of_line(then, each.line_id)) == (each.outcome, each.line_outcome)
            assert each.line_outcome != of_line(now, each.line_id)
            if isinstance(then, ClaimDecision) and isinstance(now, ClaimDecision):
                assert (each.total, each.difference) == (then.total, then.total - now.total)
            for change in each.changes:
                held = None if change.pointer.endswith("-") else at(case_document(case), change.pointer)
                assert change.was == held

    check()


@for_every_policy
def test_nothing_in_an_alternative_is_needless(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        laws.what_if_is_minimal(case_from(document))

    check()


def at(document: Any, pointer: str) -> Any:
    """What stands at a JSON pointer."""
    for step in pointer.split("/")[1:]:
        document = None if document is None else document[int(step) if isinstance(document, list) else step]
    return document


# Completeness, against brute force over the whole case


def leaves(annotation: Any, value: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every place of a case with its type, read off the classes; what is not known too."""
    annotation = type(value) if attrs.has(type(value)) else if_known(annotation)
    if attrs.has(annotation):
        for field in attrs.fields(attrs.resolve_types(annotation)):
            yield from leaves(field.type, getattr(value, field.name, None), f"{pointer}/{wire_name(field.name)}")
    elif get_origin(annotation) is tuple and not is_choice(get_args(annotation)[0]):
        for index, item in enumerate(value or ()):
            yield from leaves(get_args(annotation)[0], item, f"{pointer}/{index}")
    elif not pointer.startswith(NOT_A_FACT):
        yield pointer, annotation


def is_choice(annotation: Any) -> bool:
    """Whether a type has few values."""
    return annotation is bool or (isinstance(annotation, type) and issubclass(annotation, Enum))


THE_QUESTION: Final = ("/checked/of", "/checked/state", "/wanted/step", "/wanted/by")
"""Where a case says what it asks. With something else there it would not be the same case otherwise, but another one."""


def choices(annotation: Any) -> list[Any]:
    """All values of a type that has few."""
    return [True, False] if annotation is bool else [each.value for each in annotation]


def led_to(case: Any, pointer: str, value: Any) -> Decision | None:
    """What is decided with one value put in, ``None`` where that cannot be."""
    change = Change(pointer, None, None, None, value, Act.HAD_IT_BEEN, None)
    try:
        changed = load_case(patched(case_document(case), (change,)))
    except InputError:
        return None
    edition = edition_for(changed)
    return edition.case_kind.decide(edition, changed)


def lines_of(decision: Decision, pointer: str = "") -> list[str | None]:
    """The lines that are judged; of a change within an incident only incidents are told."""
    return [line_id for line_id, _ in decision.parts if line_id is not None or "/incidents/" not in pointer]


def single(found: tuple[Alternative, ...], line_id: str | None, pointer: str) -> list[tuple[Any, str]]:
    """The values at one place, and what they lead to, that are told as an alternative for a line."""
    return [
        (each.changes[0].to, each.line_outcome)
        for each in found
        if each.line_id == line_id and [change.pointer for change in each.changes] == [pointer]
    ]


@for_every_policy
def test_every_single_choice_that_changes_an_outcome_is_told(policy: str) -> None:
    """Every field of the case that is a choice, or yes or no, known or not, in every other value; another question is none."""

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        for pointer, annotation in leaves(type(case), case):
            for value in choices(annotation) if is_choice(annotation) and pointer not in THE_QUESTION else ():
                then = led_to(case, pointer, value)
                for line_id in lines_of(now, pointer) if then else ():
                    assert then is not None
                    outcome = of_line(then, line_id)
                    if outcome != of_line(now, line_id):
                        assert (value, outcome) in single(found, line_id, pointer), f"{pointer}: {value}"

    check()


@for_every_policy
def test_of_every_list_of_choices_the_least_that_has_to_change_is_told(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        for pointer, annotation in leaves(type(case), case):
            if get_origin(annotation) is not tuple:
                continue
            held = {*(at(case_document(case), pointer) or ())}
            for selection in selections(choices(get_args(annotation)[0])):
                then = led_to(case, pointer, selection)
                for line_id in lines_of(now, pointer) if then else ():
                    assert then is not None
                    outcome = of_line(then, line_id)
                    if outcome != of_line(now, line_id):
                        told = [held ^ {*to} for to, leads_to in single(found, line_id, pointer) if leads_to == outcome]
                        assert any(each <= held ^ {*selection} for each in told), f"{pointer}: {selection}"

    check()


def selections(items: list[Any]) -> Iterator[list[Any]]:
    """Every selection of some items."""
    for number in range(2 ** len(items)):
        yield [item for place, item in enumerate(items) if number >> place & 1]


NEARBY: Final = (0, SECOND, -SECOND, HOUR, DAY, -DAY, 23 * HOUR, 24 * HOUR, 48 * HOUR, 72 * HOUR, 72 * HOUR + SECOND)


NO_FACTS: Final = ("/order/placed_at", "/evidence_closes_at")
"""What says which edition governs, and until when a case that is judged as a whole waits for evidence: no clause reads them."""


@for_every_policy
def test_no_instant_that_is_nearer_leads_there(policy: str) -> None:
    """Whole seconds drawn near every instant of the case and its windows: none is nearer than what is told, and none is untold."""

    @SOME
    @given(documents(policy), st.data())
    def check(document: Json, data: st.DataObject) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        instants = [(pointer, held_at(case, pointer)) for pointer, kind in leaves(type(case), case) if kind is Instant]
        known = [(pointer, held) for pointer, held in instants if held is not None and pointer != "/as_of"]
        edges = [each.ends_at for each in now.deadlines]
        for pointer, held in known or ():
            if pointer in NO_FACTS:
                continue
            start = data.draw(st.sampled_from([case.as_of, *edges, *(moment for _, moment in known)]))
            days = data.draw(st.sampled_from([0, 0, 90, -90, 91, -91, 365, -366]))
            nudge = data.draw(st.sampled_from(NEARBY))
            moment = (start + days * DAY + nudge) // SECOND * SECOND
            then = led_to(case, pointer, str(Instant(moment)))
            for line_id in lines_of(now, pointer) if then else ():
                assert then is not None
                outcome = of_line(then, line_id)
                if outcome != of_line(now, line_id):
                    told = [
                        Instant.parse(to) for to, leads_to in single(found, line_id, pointer) if leads_to == outcome
                    ]
                    assert told, f"{pointer} at {Instant(moment)} leads to {outcome}"
                    assert min(abs(each - held) for each in told) <= abs(moment - held), f"{pointer}: {told}"

    check()


@for_every_policy
def test_no_number_that_is_nearer_leads_there(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        now, found = decide(case), alternatives(case)
        for pointer, annotation in leaves(type(case), case):
            held = held_at(case, pointer)
            for value in numbers_about(annotation, held):
                then = led_to(case, pointer, value)
                for line_id in lines_of(now, pointer) if then else ():
                    assert then is not None
                    outcome = of_line(then, line_id)
                    if outcome != of_line(now, line_id):
                        told = [to for to, leads_to in single(found, line_id, pointer) if leads_to == outcome]
                        assert told, f"{pointer} at {value} leads to {outcome}"
                        distance = abs(Decimal(value) - Decimal(held or 0))
                        assert held is None or min(abs(Decimal(to) - Decimal(held)) for to in told) <= distance

    check()


def numbers_about(annotation: Any, held: Any) -> list[Any]:
    """Some numbers of a type, those near a known one and small ones."""
    if annotation is Decimal:
        return [f"{each}" for each in ("0", "4.09", "4.10", "4.11", "4.5", "5", "74.99", "75.00", "75.01", "100")]
    if getattr(annotation, "__supertype__", annotation) is int:
        return [each for each in (0, 1, 2, 3, 4, 5, *((held - 1, held + 1) if held else ())) if each >= 0]
    return []


# Worked by hand from the rules


def told(case: Any, line_id: str | None = "L1") -> dict[tuple[tuple[str, Any], ...], Alternative]:
    """The alternatives for a line, by their changes."""
    return {
        tuple((change.pointer, json.dumps(change.to)) for change in each.changes): each
        for each in alternatives(case)
        if each.line_id == line_id
    }


def once(case: Any, pointer: str, to: Any, line_id: str | None = "L1") -> Alternative:
    """The alternative that consists of one change."""
    return told(case, line_id)[((pointer, json.dumps(to)),)]


def test_filed_on_day_91_it_should_have_been_filed_in_the_last_second_of_day_90() -> None:
    """DG.1.3(2), R1. Success on 26 March makes 24 June the last day."""
    late = Instant.parse("2022-06-25T00:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(filed_at=late), as_of=late)
    found = once(case, "/claim/filed_at", "2022-06-24T23:59:59+08:00")
    assert (found.kind, found.by, found.outcome) == (Act.HAD_IT_BEEN, (), "approved")
    assert found.total == found.difference == 11 * 25900 + 1200
    assert once(case, "/order/lines/0/completed_at", "2022-03-27T00:00:00+08:00").line_outcome == "approved"


def test_a_second_late_for_whisky_three_things_would_have_done() -> None:
    """DG.3.3(2), R2, R37."""
    late = Instant(SIGNED_AT + 24 * HOUR + SECOND)
    line = a_line(category=Category.ALCOHOL)
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(line), claim=a_claim(filed_at=late), as_of=late)
    approving = {key for key, each in told(case).items() if each.line_outcome == "approved"}
    assert approving == {
        (("/claim/filed_at", json.dumps(str(Instant(late - SECOND)))),),
        (("/order/parcels/0/signed_at", json.dumps(str(Instant(SIGNED_AT + SECOND)))),),
        (("/order/lines/0/category", '"other"'),),
    }


def test_what_is_a_microsecond_too_late_is_in_time_at_the_second_before() -> None:
    """R2: the last microsecond of the 72 hours is in time; values between two whole seconds lie beside both of them."""
    late = Instant(SIGNED_AT + 72 * HOUR + 1)
    case = a_case(DAMAGE, a_damage_photo(), claim=a_claim(filed_at=late), as_of=late)
    assert once(case, "/claim/filed_at", str(Instant(late - 1))).line_outcome == "approved"


def test_a_wrong_reason_is_repaired_by_the_consumer() -> None:
    """DG.1.2(1), R21."""
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER))
    found = once(case, "/claim/reason", "counterfeit")
    assert (found.kind, found.by, found.outcome) == (Act.REPAIR, (Party.CONSUMER,), "approved")


def test_what_the_path_asks_for_is_changed_only_where_it_is_not_so() -> None:
    """R21: the channel was right, so only reason and demand are filed anew."""
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER, demands=(Demand.REFUND,)))
    (found,) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert [(each.pointer, each.to) for each in found.changes] == [
        ("/claim/reason", "counterfeit"),
        ("/claim/demands", ["refund", "tenfold_compensation"]),
    ]
    assert found.kind is Act.REPAIR


def test_too_late_to_refile_reason_and_demand_should_have_been_otherwise_together() -> None:
    """R21: when time is up the path cannot be put right; one clause, two facts."""
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER, demands=()), as_of=late)
    (found,) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert [each.pointer for each in found.changes] == ["/claim/reason", "/claim/demands"]
    assert (found.kind, found.changes[1].to) == (Act.HAD_IT_BEEN, ["tenfold_compensation"])


def test_a_proof_that_is_missing_is_supplied_in_either_of_two_ways() -> None:
    """DG.1.3(4), R23."""
    case = a_case(AUTHENTICITY)
    found = [each for each in alternatives(case) if each.kind is Act.SUPPLY]
    assert [(each.changes[0].to["kind"], each.by, each.line_outcome) for each in found] == [
        ("appraisal_report", (Party.CONSUMER,), "approved"),
        ("official_finding", (Party.CONSUMER,), "approved"),
    ]
    assert [each.changes[0].fact for each in found] == ["appraisals", "official_findings"]


def test_an_unverified_report_is_repaired_by_the_platform() -> None:
    """R25."""
    case = a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED))
    found = once(case, "/evidence/0/verification", "verified")
    assert (found.kind, found.by, found.line_outcome) == (Act.REPAIR, (Party.PLATFORM,), "approved")


def test_a_report_on_another_brand_should_have_named_this_one() -> None:
    """R23. Of names the likes in the case are tried."""
    case = a_case(AUTHENTICITY, an_appraisal(brand="Aurélie"))
    assert once(case, "/evidence/0/brand", "Lumière").line_outcome == "approved"
    assert once(case, "/order/lines/0/brand", "Aurélie").line_outcome == "approved"


def test_a_barcode_that_is_not_the_lines_makes_a_picture_useless() -> None:
    """R33."""
    case = a_case(DAMAGE, a_damage_photo(barcode="6909999999999"))
    assert once(case, "/evidence/0/barcode", "6901234567892").line_outcome == "approved"
    assert once(case, "/order/lines/0/barcode", "6909999999999").line_outcome == "approved"


def test_a_statement_without_stamp_should_have_been_stamped() -> None:
    """R33."""
    found = once(a_case(DAMAGE, a_courier_statement(stamped=False)), "/evidence/0/stamped", True)
    assert (found.kind, found.line_outcome) == (Act.HAD_IT_BEEN, "approved")


def test_a_dry_breakage_should_have_leaked() -> None:
    """DG.3.1, R32."""
    case = a_case(DAMAGE, a_damage_photo(leak=False))
    assert once(case, "/evidence/0/leak", True).line_outcome == "approved"


def test_an_unknown_category_is_supplied_and_each_leads_somewhere() -> None:
    """R9, R37: at 30 hours only goods that are not for eating or drinking are in time."""
    filed_at = Instant(SIGNED_AT + 30 * HOUR)
    order = an_order(a_line(category=None))
    case = a_case(DAMAGE, a_damage_photo(), order=order, claim=a_claim(filed_at=filed_at), as_of=filed_at)
    found = {each: once(case, "/order/lines/0/category", each.value) for each in Category}
    assert {each: one.line_outcome for each, one in found.items()} == {
        Category.FOOD: "denied",
        Category.MILK_POWDER: "denied",
        Category.ALCOHOL: "denied",
        Category.OTHER: "approved",
    }
    assert {(one.kind, one.by) for one in found.values()} == {(Act.SUPPLY, (Party.PLATFORM,))}


def test_where_the_address_is_missing_the_merchant_names_one() -> None:
    """DG.2.1, R40."""
    case = a_case(LOCAL_RETURN, order=an_order(merchant=a_merchant(return_addresses=())))
    found = once(case, "/order/merchant/return_addresses/-", {"market": "CN"})
    assert (found.kind, found.by, found.line_outcome) == (Act.SUPPLY, (Party.MERCHANT,), "approved")


def test_sold_elsewhere_it_should_have_been_sold_to_a_territory_that_the_rule_names() -> None:
    """R39: the policy itself tells which markets it tells apart."""
    case = a_case(LOCAL_RETURN, order=an_order(market="US"))
    assert once(case, "/order/market", "CN").line_outcome == "approved"
    assert once(case, "/order/market", "TW").line_outcome == "needs_information"


def test_two_unsigned_parcels_are_signed_for_together() -> None:
    """R5, R6: both, and neither of them alone; not before the 72 hours that end when it was filed."""
    order = an_order(parcels=(a_parcel(signed_at=None), a_parcel(signed_at=None, waybill_no="SF2")))
    case = a_case(DAMAGE, a_damage_photo(), order=order)
    edge = json.dumps(str(Instant(FILED_AT - 72 * HOUR)))
    found = told(case)[("/order/parcels/0/signed_at", edge), ("/order/parcels/1/signed_at", edge)]
    assert (found.kind, found.by, found.line_outcome) == (Act.SUPPLY, (Party.CARRIER,), "approved")


def test_more_units_would_have_had_to_be_shown() -> None:
    """R28."""
    case = a_case(DAMAGE, a_damage_photo(units_covered=1), order=an_order(a_line(quantity=3)))
    assert once(case, "/evidence/0/units_covered", 3).line_outcome == "approved"
    assert once(case, "/claim/items/0/quantity", 1).line_outcome == "approved"


def test_an_approved_claim_tells_what_would_have_turned_it_down() -> None:
    """DG.1.3(1), DG.1.3(3), R22, R26."""
    case = a_case(AUTHENTICITY, an_appraisal())
    assert once(case, "/order/merchant/programme", "domestic").line_outcome == "denied"
    assert once(case, "/claim/claimant_id", "another").line_outcome == "denied"
    assert once(case, "/evidence/0/conclusion", "genuine").line_outcome == "denied"
    assert once(case, "/evidence/0/verification", "unverified").line_outcome == "needs_information"


def test_three_clauses_in_the_way_take_three_changes() -> None:
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    order = an_order(merchant=a_merchant(programme=Programme.DOMESTIC))
    case = a_case(
        AUTHENTICITY, an_appraisal(), order=order, claim=a_claim(filed_at=late, reason=Reason.OTHER), as_of=late
    )
    found = [sorted(change.fact or "" for change in each.changes) for each in alternatives(case)]
    assert found == [["completed_at", "programme", "reason"], ["filed_at", "programme", "reason"]]


def test_late_and_unproven_it_should_have_been_filed_in_time_and_with_a_proof() -> None:
    """What would be asked for next is followed to the end."""
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, claim=a_claim(filed_at=late), as_of=late)
    approving = [each for each in alternatives(case) if each.line_outcome == "approved"]
    assert [[change.fact for change in each.changes] for each in approving] == [
        ["filed_at", "appraisals"],
        ["completed_at", "appraisals"],
    ]


def test_what_is_unknown_for_two_clauses_is_supplied_by_two_parties() -> None:
    case = a_case(AUTHENTICITY, order=an_order(merchant=a_merchant(programme=None)))
    (found, *_) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert (found.kind, found.by) == (Act.SUPPLY, (Party.PLATFORM, Party.CONSUMER))


def test_once_evidence_is_closed_nobody_can_supply_anything() -> None:
    """R30: a proof would still have counted, but nobody is asked for one any more."""
    case = a_case(AUTHENTICITY, claim=a_claim(evidence_closes_at=Instant(AS_OF - SECOND)))
    (found,) = (each for each in alternatives(case) if each.line_outcome == "approved")
    assert (found.kind, found.by, found.changes[0].pointer) == (Act.HAD_IT_BEEN, (), "/evidence/-")
    assert once(case, "/claim/evidence_closes_at", str(AS_OF)).line_outcome == "needs_information"


def test_each_line_has_alternatives_of_its_own() -> None:
    order = an_order(a_line("L1"), a_line("L2", badges=()))
    case = a_case(DAMAGE, a_damage_photo(), order=order)
    found = once(case, "/order/lines/1/badges", ["damage"], "L2")
    assert (found.line_outcome, found.outcome) == ("approved", "approved")
    assert once(case, "/order/lines/0/badges", ["authenticity", "local_return"]).outcome == "denied"


def test_scores_are_turned_to_the_hundredth_and_amounts_to_the_minor_unit() -> None:
    """DA.1(4), DA.1(5), R49."""
    shop = {**IN_ORDER["shop"], "shop_score": "4.0", "order_amount_30_days": 1}
    found = alternatives(case_from({**IN_ORDER, "shop": shop}))
    assert [(each.changes[0].pointer, each.changes[0].to) for each in found] == [("/shop/shop_score", "4.11")]
    shop = {**IN_ORDER["shop"], "order_amount_30_days": 0}
    assert once(case_from({**IN_ORDER, "shop": shop}), "/shop/order_amount_30_days", 1, None).outcome == "admitted"
    assert once(case_from(IN_ORDER), "/shop/openings_so_far", 3, None).outcome == "refused"


def test_a_penalty_should_have_been_a_day_earlier_or_another_one() -> None:
    """DA.1(9): the 365th day is included."""
    shop = {**IN_ORDER["shop"], "penalties": penalty("2023-08-02T00:00:00+08:00")}
    case = case_from({**IN_ORDER, "shop": shop})
    assert once(case, "/shop/penalties/0/imposed_at", "2023-08-01T23:59:59+08:00", None).outcome == "admitted"
    assert once(case, "/shop/penalties/0/rule", "other", None).outcome == "admitted"


def test_the_fewest_changes_come_first_and_what_can_still_be_done_before_what_could_have_been() -> None:
    case = a_case(AUTHENTICITY, order=an_order(merchant=a_merchant(programme=None)))
    order = [(len(each.changes), tuple(Act).index(each.kind)) for each in alternatives(case)]
    assert order == sorted(order)
    assert len({*order}) > 2


def test_a_decision_that_is_there_already_gives_the_same() -> None:
    case = a_case(AUTHENTICITY)
    assert alternatives(case, decision=decide(case)) == alternatives(case)


def test_under_another_edition_other_things_would_have_done() -> None:
    """R32: where the leak is not required, a dry breakage needs no leak."""
    case = a_case(DAMAGE, a_damage_photo(leak=False))
    wider = evolve(edition_for(case), settings={"leak_required": False})
    assert not any(each.line_outcome == "approved" for each in alternatives(case, wider))


def test_alternatives_are_plain_json() -> None:
    case = a_case(AUTHENTICITY, claim=a_claim(reason=Reason.OTHER))
    found = alternatives_document(alternatives(case))
    assert json.loads(json.dumps(found)) == found
    assert found[0].keys() == {
        "line_id", "line_outcome", "outcome", "kind", "by", "changes", "total", "difference",
    }  # fmt: skip
    assert found[0]["changes"][0].keys() == {"pointer", "fact", "evidence_id", "was", "to", "kind", "by"}


def test_an_alternative_can_be_applied() -> None:
    case = a_case(AUTHENTICITY, claim=a_claim(reason=Reason.OTHER))
    for each in alternatives(case):
        assert decide(each.applied_to(case)).outcome == each.outcome


def test_few_decisions_are_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot matter is not tried: a late claim takes a few dozen rulings, not hundreds."""
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(filed_at=late), as_of=late)
    assert 0 < rulings_made(case, monkeypatch) < 60
    assert 0 < rulings_made(a_case(AUTHENTICITY, an_appraisal()), monkeypatch) < 120


def rulings_made(case: Case, monkeypatch: pytest.MonkeyPatch) -> int:
    made: list[Any] = []
    docket = type(edition_for(case).case_kind)
    once_more = docket.rule

    def counted(self: Any, edition: Any, case: Any, memory: Any = None) -> Any:
        made.append(case)
        return once_more(self, edition, case, memory)

    with monkeypatch.context() as patch:
        patch.setattr(docket, "rule", counted)
        alternatives(case)
    return len(made)


# Nothing is worked out twice


@for_every_policy
def test_a_memory_of_like_cases_changes_no_ruling(policy: str) -> None:
    """Of cases that differ in one value, each is ruled as if it were the first."""

    @SOME
    @given(documents(policy), st.randoms(use_true_random=False))
    def check(document: Json, random: Random) -> None:
        memory: dict[Hashable, Any] = {}
        like = [*broken(document)]
        for each in (document, *random.sample(like, min(40, len(like))), document):
            with suppress(InputError):
                case = case_from(each)
                edition = edition_for(case)
                assert edition.case_kind.rule(edition, case, memory) == edition.case_kind.rule(edition, case)

    check()


@pytest.mark.parametrize("policy", [AUTHENTICITY, "pinduoduo.virtual_dispatch", "pinduoduo.off_platform_trading"])
def test_nothing_is_tried_again_that_was_tried_before(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second ruling on a case of which much is not known takes all that it tries from memory."""
    dispatch = {**A_DISPATCH, "goods": {}, "dispatch": {}}
    unknown = {"pinduoduo.virtual_dispatch": dispatch, "pinduoduo.off_platform_trading": nearly_unknown(2)}
    pending = an_appraisal(verification=Verification.UNVERIFIED)
    case = case_from(unknown[policy]) if policy in unknown else a_case(policy, pending)
    edition = edition_for(case)
    memory: dict[Hashable, Any] = {}
    ruling = edition.case_kind.rule(edition, case, memory)

    def trying_again(*_: Any) -> None:
        pytest.fail("tried again")

    monkeypatch.setattr(evaluation, "_tried", trying_again)
    assert edition.case_kind.rule(edition, case, memory) == ruling


def test_what_a_policy_leaves_out_of_comparison_is_remembered_all_the_same() -> None:
    """Proofs of two units and of one are equal to the policy; which it was is no matter of what was seen before."""
    pending = an_appraisal(id="E2", verification=Verification.UNVERIFIED)
    memory: dict[Hashable, Any] = {}
    for units in (3, 1, 2):
        case = a_case(AUTHENTICITY, an_appraisal(units_covered=units), pending, order=an_order(a_line(quantity=3)))
        edition = edition_for(case)
        assert edition.case_kind.rule(edition, case, memory) == edition.case_kind.rule(edition, case)


def nearly_unknown(incidents: int) -> Json:
    """A case of several incidents of which little more is known than that there were some."""
    acts = ("contact", "content", "parcel")
    told = [{"id": f"incident-{number}", "act": acts[number % len(acts)]} for number in range(incidents)]
    return {**FOUND, "incidents": told, "shop": {"id": "shop-1"}}


def test_where_nearly_everything_is_unknown_little_is_tried_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of hundreds of cases that are ruled on the way, each tries a few functions anew, and not each function on everything."""
    tried: list[object] = []
    once_more = evaluation._call_on_every_value

    def counted(node: Any, values: tuple[Any, ...]) -> Any:
        tried.append(node.function)
        return once_more(node, values)

    monkeypatch.setattr(evaluation, "_call_on_every_value", counted)
    found = what_if(case_from(nearly_unknown(3)))
    assert len(found.questions) > 20
    assert len(tried) < 6_000


# What to ask next


@for_every_policy
def test_an_answer_leads_where_it_says(policy: str) -> None:
    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        case = case_from(document)
        laws.answers_are_honest(case)
        now = decide(case)
        questions = ask_next(case)
        asked = {(each.to, each.need, line_id, each.evidence_id) for each in questions for line_id in lines(each)}
        assert asked == {(each.to, each.need, each.line_id, each.evidence_id) for each in now.requests}
        for answer in (answer for question in questions for answer in question.answers):
            then = decide(load_case(patched(case_document(case), answer.changes)))
            assert (answer.outcome, answer.still_needed) == (then.outcome, len(then.requests))
            assert [(each.line_id, each.outcome) for each in answer.lines] == [
                (each.line_id, of_line(then, each.line_id)) for each in answer.lines
            ]

    check()


def lines(question: Question) -> tuple[str | None, ...]:
    """The lines that a question is about."""
    return question.line_ids or (None,)


@for_every_policy
def test_an_instant_or_a_number_leads_where_its_stretch_does(policy: str) -> None:
    @SOME
    @given(documents(policy), st.data())
    def check(document: Json, data: st.DataObject) -> None:
        case = case_from(document)
        for question in ask_next(case):
            along = [each for each in question.answers if each.at_least is not None or each.at_most is not None]
            if not along:
                continue
            value = data.draw(st.sampled_from(values_like(case, along[0])))
            (answer,) = (each for each in along if lies_in(each, value))
            changes = tuple(evolve(each, to=value) for each in answer.changes)
            try:
                then = decide(load_case(patched(case_document(case), changes)))
            except InputError:
                continue
            assert (answer.outcome, answer.still_needed) == (then.outcome, len(then.requests)), value

    check()


def values_like(case: Any, answer: Answer) -> list[Any]:
    """Values for a place where an instant, a decimal or a whole number is asked for."""
    to = answer.changes[0].to
    if isinstance(to, int):
        return [0, 1, 2, 3, 4, 100]
    if "T" not in to:
        return ["0", "4.10", "4.11", "5", "3.50"]
    ends = [each for each in (answer.at_least, answer.at_most) if each is not None]
    near = [case.as_of, *(Instant.parse(str(each)) for each in ends)]
    moved = (0, SECOND, -SECOND, HOUR, -HOUR, DAY, -DAY, 90 * DAY, -90 * DAY, -91 * DAY)
    return [str(Instant((moment + by) // SECOND * SECOND)) for moment in near for by in moved]


def lies_in(answer: Answer, value: Any) -> bool:
    """Whether a value lies in the stretch for which an answer stands."""

    def ordered(each: Any) -> Any:
        return each if isinstance(each, int) else Instant.parse(each) if "T" in each else Decimal(each)

    low, high = answer.at_least, answer.at_most
    return (low is None or ordered(low) <= ordered(value)) and (high is None or ordered(value) <= ordered(high))


def test_what_settles_most_is_asked_first_and_of_each_party_together() -> None:
    """The merchant's programme settles both lines if it is not a Global one; the signing alone settles little."""
    order = an_order(
        a_line("L1"),
        a_line("L2", category=None),
        merchant=a_merchant(programme=None),
        parcels=(a_parcel("L1", "L2", signed_at=None),),
    )
    questions = ask_next(a_case(DAMAGE, a_damage_photo(), order=order))
    assert [(each.to, each.need, each.line_ids) for each in questions] == [
        (Party.PLATFORM, "global_programme", ("L1", "L2")),
        (Party.CARRIER, "signing_time", ("L1", "L2")),
    ]
    ranked = [(each.to, -each.settles, each.leaves) for each in questions]
    assert ranked == sorted(ranked, key=lambda each: each[1:])


def test_signing_times_are_told_with_their_turning_points() -> None:
    """R2, R5, R37: 72 hours before filing it is too late, 24 hours before it is in time for everything."""
    order = an_order(parcels=(a_parcel(signed_at=None),))
    (question,) = ask_next(a_case(DAMAGE, a_damage_photo(), order=order))
    edge = Instant(FILED_AT - 72 * HOUR)
    assert [(each.at_least, each.at_most, each.outcome) for each in question.answers] == [
        (None, str(Instant(edge - SECOND)), "denied"),
        (str(edge), str(AS_OF), "approved"),
        (str(Instant(AS_OF + SECOND)), None, "needs_information"),
    ]


def test_a_proof_is_told_with_what_it_could_say_instead() -> None:
    """R23, R24, R27."""
    (question,) = ask_next(a_case(AUTHENTICITY))
    said = {
        (each.changes[0].to["conclusion"], each.changes[0].to["issuer"]["role"]): each.outcome
        for each in question.answers
        if each.changes[0].to["kind"] == "appraisal_report" and each.changes[0].to["verification"] == "verified"
    }
    assert said == {
        ("counterfeit", "brand_owner"): "approved",
        ("counterfeit", "accredited_lab"): "manual_review",
        ("counterfeit", "other"): "manual_review",
        ("genuine", "brand_owner"): "denied",
        ("inconclusive", "brand_owner"): "needs_information",
    }


def test_a_verification_is_asked_with_both_answers() -> None:
    (question,) = ask_next(a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED)))
    assert [(each.changes[0].to, each.outcome, each.settles) for each in question.answers] == [
        ("verified", "approved", True),
        ("rejected", "needs_information", False),
    ]


def test_an_unknown_market_is_asked_with_every_one_that_the_policy_tells_apart() -> None:
    """R39."""
    (question,) = ask_next(a_case(LOCAL_RETURN, order=an_order(market=None)))
    assert {each.changes[0].to: each.outcome for each in question.answers} == {
        "CN": "approved",
        "HK": "needs_information",
        "TW": "needs_information",
        "ZZ": "manual_review",
    }


def test_what_is_to_be_put_right_has_one_answer() -> None:
    (question,) = ask_next(a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER)))
    (answer,) = question.answers
    assert (answer.outcome, answer.settles, answer.still_needed) == ("approved", True, 0)


def test_a_reply_is_asked_for_with_both_answers() -> None:
    """R40."""
    case = a_case(LOCAL_RETURN, claim=a_claim(merchant_reply=None))
    (question,) = ask_next(case)
    assert {each.changes[0].to: each.outcome for each in question.answers} == {
        ReplyDecision.AGREED.value: "approved",
        ReplyDecision.REFUSED.value: "manual_review",
    }
    assert ask_next(evolve(case, claim=evolve(case.claim, merchant_reply=MerchantReply()))) == ask_next(case)


def test_a_new_document_concerns_every_line_that_it_is_asked_for() -> None:
    (question,) = ask_next(a_case(AUTHENTICITY, order=an_order(a_line("L1"), a_line("L2"))))
    assert question.line_ids == ("L1", "L2")
    assert question.answers[0].changes[0].to["line_ids"] == ["L1", "L2"]
    assert question.answers[0].settles


def test_a_decided_case_has_no_questions() -> None:
    assert ask_next(a_case(AUTHENTICITY, an_appraisal())) == ()
    assert questions_document(ask_next(a_case(AUTHENTICITY))) != []


def test_questions_are_plain_json() -> None:
    found = questions_document(ask_next(a_case(AUTHENTICITY)))
    assert json.loads(json.dumps(found)) == found
    assert found[0].keys() == {"to", "need", "line_ids", "evidence_id", "due_at", "answers", "complete"}


# The tests can fail


def test_a_needless_part_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER))
    (found, *_) = alternatives(case)
    needless = evolve(found.changes[0], pointer="/order/lines/0/category", was="other", to="food")
    monkeypatch.setattr(advice, "alternatives", lambda *_: (evolve(found, changes=(*found.changes, needless)),))
    with pytest.raises(AssertionError, match="alone"):
        laws.what_if_is_minimal(case)


def test_a_value_that_is_too_far_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Instant.parse("2022-07-20T12:00:00+08:00")
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(filed_at=late), as_of=late)
    (found, *_) = (each for each in alternatives(case) if each.changes[0].fact == "filed_at")
    farther = evolve(found.changes[0], to="2022-06-24T23:59:58+08:00")
    monkeypatch.setattr(advice, "alternatives", lambda *_: (evolve(found, changes=(farther,)),))
    with pytest.raises(AssertionError, match="nearer"):
        laws.what_if_is_minimal(case)


def test_a_promise_that_is_not_kept_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    case = a_case(AUTHENTICITY)
    (found, *_) = alternatives(case)
    monkeypatch.setattr(advice, "alternatives", lambda *_: (evolve(found, line_outcome="denied"),))
    with pytest.raises(AssertionError, match="promised"):
        laws.what_if_is_honest(case)


# The command


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Callable[..., bytes]:
    """Run the command over some cases, one a line, and see what it writes."""

    def run(*arguments: str, cases: list[Any]) -> bytes:
        given = b"".join(dump_case(case) + b"\n" for case in cases)
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        assert main([*arguments, "-"]) == 0
        return capsysbinary.readouterr().out

    return run


def test_the_command_tells_alternatives_and_questions_of_each_case(run: Callable[..., bytes]) -> None:
    waiting, approved = a_case(AUTHENTICITY), a_case(AUTHENTICITY, an_appraisal(), id="case-2")
    one, two = map(json.loads, run("whatif", "--format", "json", cases=[waiting, approved]).splitlines())
    assert list(one) == ["case_id", "as_of", "policy", "outcome", "alternatives", "questions", "complete"]
    assert one["alternatives"] == alternatives_document(alternatives(waiting))
    assert one["questions"] == questions_document(ask_next(waiting))
    assert (two["case_id"], two["outcome"], two["questions"]) == ("case-2", "approved", [])


def test_a_decision_has_alternatives_on_request_and_is_else_the_same(run: Callable[..., bytes]) -> None:
    case = a_case(AUTHENTICITY)
    with_them = run("decide", "--alternatives", "--format", "json", cases=[case]).rstrip()
    without = run("decide", "--format", "json", cases=[case]).rstrip()
    document = json.loads(with_them)
    assert document.pop("alternatives") == alternatives_document(alternatives(case))
    assert document == json.loads(without)
    names = list(json.loads(with_them))
    assert names[names.index("requests") + 1] == "alternatives"
    assert load_decision(with_them) == decide(case)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("en", "reason: counterfeit instead of another reason"),
        ("zh-CN", "而非"),
        ("zh-TW", "還可以更正的"),
    ],
)
def test_the_page_reads_in_every_language(run: Callable[..., bytes], locale: str, said: str) -> None:
    case = a_case(AUTHENTICITY, an_appraisal(), claim=a_claim(reason=Reason.OTHER))
    for command in (["whatif"], ["decide", "--alternatives"]):
        assert said in run(*command, "--locale", locale, cases=[case]).decode()


def test_where_nothing_is_found_it_is_said() -> None:
    found = WhatIf(decide(a_case(AUTHENTICITY)), (), ())
    console = Console(file=io.StringIO(), width=100)
    console.print(what_if_page(found, "en", Marks()))
    assert "Nothing that was tried changes the outcome" in cast(io.StringIO, console.file).getvalue()


@for_every_policy
def test_every_page_has_words_for_all_of_it(policy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No field, no choice and no fact is told by its code."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        return self._texts.gettext(code).format_map(params)

    monkeypatch.setattr(Words, "say", say)

    @SOME
    @given(documents(policy))
    def check(document: Json) -> None:
        found = what_if(case_from(document))
        for language in LANGUAGES:
            Console(file=io.StringIO(), width=100).print(what_if_page(found, language, Marks()))

    check()
