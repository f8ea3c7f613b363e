"""Requests: from whom, acceptable answers, deadlines, and the document concerned."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import Instant, decide
from adjudicator.engine.registry import edition_for
from adjudicator.model.case import Case
from adjudicator.model.enumerations import (
    Category,
    Channel,
    Conclusion,
    Demand,
    Ground,
    Reason,
    Service,
    Submitter,
    Verification,
)
from adjudicator.model.facts import Ask, Need, Open, Party, Repairable
from adjudicator.model.finding import Request
from adjudicator.model.time import DAY, HOUR, within_days
from adjudicator.testing import (
    BARCODE,
    BRAND,
    COMPLETED_AT,
    FILED_AT,
    SIGNED_AT,
    WAYBILL,
    a_bar_finding,
    a_case,
    a_claim,
    a_courier_statement,
    a_line,
    a_package_photo,
    a_parcel,
    an_appraisal,
    an_official_finding,
    an_order,
)

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"

UNVERIFIED: Final = Verification.UNVERIFIED
CLOSES: Final = Instant(FILED_AT + 10 * DAY)
NINETY_DAYS: Final = within_days("completed_at", COMPLETED_AT, 90).last_instant
IN_72_HOURS: Final = Instant(SIGNED_AT + 72 * HOUR)
IN_24_HOURS: Final = Instant(SIGNED_AT + 24 * HOUR)
LINE: Final = "/order/lines/0"

A_REPORT: Final = {
    "kind": ("appraisal_report",),
    "issuer/role": ("brand_owner", "brand_authorised"),
    "brand": (BRAND,),
    "verification": ("verified",),
    "conclusion": ("counterfeit", "not_original"),
}
A_RULING: Final = {
    "kind": ("official_finding",),
    "final": (True,),
    "verification": ("verified",),
    "conclusion": ("counterfeit", "not_original"),
}
A_CLOSE_UP: Final = {"kind": ("damage_photo",), "edited": (False,), "breakage": (True,), "leak": (True,)}
A_STATEMENT: Final = {
    "kind": ("courier_statement",),
    "waybill_no": (WAYBILL,),
    "stamped": (True,),
    "damaged_at_signing": (True,),
    "leak": (True,),
    "verification": ("verified",),
}
VERIFIED: Final = {"/evidence/0/verification": ("verified",)}


def asked(case: Case) -> Request:
    """The only request."""
    (request,) = decide(case).requests
    return request


def of(policy: str, *evidence: Any, **line: Any) -> Case:
    """A case with changes to its line."""
    return a_case(policy, *evidence, order=an_order(a_line(**line)))


def without(policy: str, *evidence: Any, **merchant: Any) -> Case:
    """A case with changes to its merchant."""
    order = an_order()
    return a_case(policy, *evidence, order=evolve(order, merchant=evolve(order.merchant, **merchant)))


def filed_after(hours: int, **line: Any) -> Case:
    """A damage claim filed and decided some hours after signing, with the courier's statement."""
    at = Instant(SIGNED_AT + hours * HOUR)
    statement = a_courier_statement(submitted_at=at)
    return a_case(DAMAGE, statement, order=an_order(a_line(**line)), claim=a_claim(filed_at=at), as_of=at)


NO_BARCODE: Final = a_line(barcode=None)
NO_PARCEL: Final = an_order(parcels=())
PROVEN: Final = an_appraisal()
STATED: Final = a_courier_statement()

FACTS: Final[tuple[tuple[str, str, Case, Mapping[str, Any]], ...]] = (
    ("platform", "global_programme", without(AUTHENTICITY, PROVEN, programme=None), {"/order/merchant/programme": ()}),
    ("platform", "completion_time", of(AUTHENTICITY, PROVEN, completed_at=None), {f"{LINE}/completed_at": ()}),
    ("platform", "line_brand", of(AUTHENTICITY, PROVEN, brand=None), {f"{LINE}/brand": ()}),
    ("platform", "goods_category", filed_after(40, category=None), {f"{LINE}/category": ()}),
    ("platform", "badges", of(DAMAGE, STATED, badges=None), {f"{LINE}/badges": ()}),
    ("platform", "market", a_case(LOCAL_RETURN, order=an_order(market=None)), {"/order/market": ()}),
    (
        "merchant",
        "return_address",
        without(LOCAL_RETURN, return_addresses=()),
        {"/order/merchant/return_addresses/-/market": ("CN",)},
    ),
    (
        "merchant",
        "agreement",
        a_case(LOCAL_RETURN, claim=a_claim(merchant_reply=None)),
        {"/claim/merchant_reply/decision": ("agreed",)},
    ),
    (
        "carrier",
        "signing_time",
        a_case(DAMAGE, STATED, order=an_order(parcels=(a_parcel(signed_at=None),))),
        {"/order/parcels/0/signed_at": ()},
    ),
    (
        "carrier",
        "signing_time",
        a_case(DAMAGE, evolve(STATED, line_ids=("L1",)), order=an_order(
            a_line(), a_line("L2"), parcels=(a_parcel("L2"), a_parcel("L1", waybill_no=WAYBILL, signed_at=None), a_parcel("L1", "L2")),
        ), claim=a_claim()),
        {"/order/parcels/1/signed_at": (), "/order/parcels/2/signed_at": ()},
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("to", "need", "case", "accepts"), FACTS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_a_fact_is_asked_for_at_its_place(to: str, need: str, case: Case, accepts: Mapping[str, Any]) -> None:
    """From its supplier, for the line that needs it, while evidence is open."""
    assert asked(case) == Request(to, need, "L1", (accepts,), None, None)
    until = evolve(case, claim=evolve(case.claim, evidence_closes_at=CLOSES))
    assert asked(until).due_at == CLOSES


def test_an_unknown_parcel_is_asked_for_with_its_line_and_signing() -> None:
    """A line in no parcel has not been signed for. Without waybill or barcode, the parcel must be asked for first."""
    case = a_case(DAMAGE, order=evolve(NO_PARCEL, lines=(NO_BARCODE,)))
    parcel, proof = decide(case).requests
    accepts = {"/order/parcels/-/line_ids": ("L1",), "/order/parcels/-/signed_at": ()}
    assert parcel == Request("carrier", "signing_time", "L1", (accepts,), None, None)
    assert proof == Request("consumer", "damage_proof", "L1", (), None, None)


PROOFS: Final[tuple[tuple[str, Case, tuple[Mapping[str, Any], ...]], ...]] = (
    ("counterfeit_proof", a_case(AUTHENTICITY), (A_REPORT, A_RULING)),
    ("counterfeit_proof", of(AUTHENTICITY, brand=None), ({**A_REPORT, "brand": ()}, A_RULING)),
    ("damage_proof", a_case(DAMAGE), ({**A_CLOSE_UP, "barcode": (BARCODE,)}, A_STATEMENT)),
    ("damage_proof", of(DAMAGE, a_package_photo(), barcode=None), (A_CLOSE_UP, A_STATEMENT)),
    (
        "damage_proof",
        of(DAMAGE, barcode=None),
        ({**A_CLOSE_UP, "with/kind": ("package_photo",), "with/waybill_no": (WAYBILL,)}, A_STATEMENT),
    ),
    (
        "damage_proof",
        a_case(DAMAGE, order=an_order(parcels=(a_parcel(waybill_no=None),))),
        ({**A_CLOSE_UP, "barcode": (BARCODE,)},),
    ),
    (
        "damage_proof",
        a_case(DAMAGE, order=an_order(NO_BARCODE, parcels=(a_parcel(waybill_no="W2"), a_parcel(waybill_no="W1")))),
        (
            {**A_CLOSE_UP, "with/kind": ("package_photo",), "with/waybill_no": ("W1", "W2")},
            {**A_STATEMENT, "waybill_no": ("W1", "W2")},
        ),
    ),
)


@pytest.mark.parametrize(("need", "case", "accepts"), PROOFS)
def test_the_consumer_is_asked_for_proof_with_all_acceptable_forms(
    need: str, case: Case, accepts: tuple[Mapping[str, Any], ...]
) -> None:
    """Each kind of document that the rule names, with the values that this line requires."""
    assert asked(case) == Request("consumer", need, "L1", accepts, None, None)


@pytest.mark.parametrize(
    "case",
    [
        a_case(AUTHENTICITY, an_appraisal(verification=UNVERIFIED)),
        a_case(AUTHENTICITY, an_official_finding(verification=UNVERIFIED)),
        a_case(AUTHENTICITY, an_official_finding(verification=UNVERIFIED, final=None)),
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED)),
        a_case(
            AUTHENTICITY,
            a_bar_finding(Ground.BRAND_OWNER, submitted_by=Submitter.MERCHANT, verification=UNVERIFIED),
            an_appraisal("E2"),
        ),
    ],
    ids=["report", "finding", "finding-that-may-not-be-final", "statement", "bar"],
)
def test_a_document_is_verified_by_the_platform(case: Case) -> None:
    """One request per document, for its own verification."""
    assert asked(case) == Request("platform", "verification", "L1", (VERIFIED,), None, "E1")


@pytest.mark.parametrize(
    ("expected", "need"),
    [
        ({"damaged_at_signing": False}, "damage_proof"),
        ({"leak": False}, "damage_proof"),
        ({"damaged_at_signing": None, "leak": None}, "damage_proof"),
        ({}, "verification"),
    ],
)
def test_a_statement_that_could_only_fail_an_unproven_claim_is_not_verified(
    expected: Mapping[str, Any], need: str
) -> None:
    """R34: proof of the damage is asked for instead."""
    assert asked(a_case(DAMAGE, evolve(STATED, verification=UNVERIFIED, **expected))).need == need


def test_a_statement_that_could_only_fail_the_claim_is_not_verified_beside_one_that_could_prove_it() -> None:
    """R34: once it is verified, the claim is proven whatever the other says; until then there is no proof to defeat."""
    dry = a_courier_statement("E2", damaged_at_signing=None, leak=False, verification=UNVERIFIED)
    request = asked(a_case(DAMAGE, evolve(STATED, verification=UNVERIFIED), dry))
    assert (request.need, request.evidence_id) == ("verification", "E1")


@pytest.mark.parametrize("final", [None, False])
def test_a_finding_is_made_final_by_the_consumer(final: bool | None) -> None:
    """The request asks whether this particular finding is final."""
    case = a_case(
        AUTHENTICITY, an_official_finding("E0", conclusion=Conclusion.INCONCLUSIVE), an_official_finding(final=final)
    )
    assert asked(case) == Request("consumer", "final_ruling", "L1", ({"/evidence/1/final": (True,)},), None, "E1")


BY_THE_PAGE: Final = {"/claim/filed_through": ("order_page",)}
THE_PATHS: Final = {
    AUTHENTICITY: {
        **BY_THE_PAGE,
        "/claim/reason": ("counterfeit",),
        "/claim/demands": ("tenfold_compensation",),
    },
    DAMAGE: BY_THE_PAGE,
    LOCAL_RETURN: {**BY_THE_PAGE, "/claim/service": ("return_refund",)},
}
OFF_THE_PATH: Final[tuple[tuple[str, Any, Mapping[str, Any], Instant | None], ...]] = (
    (AUTHENTICITY, PROVEN, {"filed_through": Channel.OTHER}, NINETY_DAYS),
    (AUTHENTICITY, PROVEN, {"reason": Reason.OTHER}, NINETY_DAYS),
    (AUTHENTICITY, PROVEN, {"demands": (Demand.REFUND,)}, NINETY_DAYS),
    (AUTHENTICITY, PROVEN, {"filed_through": Channel.OTHER, "evidence_closes_at": CLOSES}, CLOSES),
    (DAMAGE, STATED, {"filed_through": Channel.OTHER}, IN_72_HOURS),
    (LOCAL_RETURN, None, {"filed_through": Channel.OTHER}, None),
    (LOCAL_RETURN, None, {"service": Service.REFUND_ONLY}, None),
    (LOCAL_RETURN, None, {"service": Service.EXCHANGE, "evidence_closes_at": CLOSES}, CLOSES),
)


@pytest.mark.parametrize(("policy", "evidence", "filed", "due_at"), OFF_THE_PATH)
def test_a_claim_filed_the_wrong_way_can_be_filed_again(
    policy: str, evidence: Any, filed: Mapping[str, Any], due_at: Instant | None
) -> None:
    """The request gives the whole path, with the last instant that would be in time."""
    documents = () if evidence is None else (evidence,)
    request = asked(a_case(policy, *documents, claim=a_claim(**filed)))
    assert request == Request("consumer", "refile", "L1", (THE_PATHS[policy],), due_at, None)


@pytest.mark.parametrize(
    ("category", "due_at"), [(Category.FOOD, IN_24_HOURS), (Category.OTHER, IN_72_HOURS), (None, IN_72_HOURS)]
)
def test_perishable_goods_have_less_time_to_refile(category: Category | None, due_at: Instant) -> None:
    """R21: an unknown category counts as 72 hours here, and is not asked for."""
    case = a_case(DAMAGE, STATED, order=an_order(a_line(category=category)), claim=a_claim(filed_through=Channel.OTHER))
    assert asked(case).due_at == due_at


@pytest.mark.parametrize(
    ("policy", "order"),
    [
        (AUTHENTICITY, an_order(a_line(completed_at=None))),
        (DAMAGE, an_order(parcels=(a_parcel(signed_at=None),))),
    ],
)
def test_while_the_clock_has_not_started_there_is_time(policy: str, order: Any) -> None:
    """R21: filing again is not due at any moment yet."""
    documents = (PROVEN,) if policy == AUTHENTICITY else (STATED,)
    case = a_case(policy, *documents, order=order, claim=a_claim(filed_through=Channel.OTHER))
    (refile,) = (each for each in decide(case).requests if each.need == "refile")
    assert refile.due_at is None


# One need in several clauses

PLACE: Final = Need("place", Party.CONSUMER)
A_SHELF: Final = {"title": ("Upper", "Lower")}
A_HOUSE: Final = {"reference": ("North",)}
A_SHIP: Final = {"media_type": ("Berth 9",)}


def the_shelf_is_known(filed_at: Instant) -> bool | Open:
    """ZZ.1(1). It must be stated within a day after filing."""
    return Open((Ask(PLACE, (A_SHELF,), due_at=Instant(filed_at + DAY)),))


def the_ways_are_known(filed_at: Instant) -> bool | Open:
    """ZZ.1(2). A house or a ship is acceptable, within an hour."""
    return Open((Ask(PLACE, (A_HOUSE, A_SHIP), due_at=Instant(filed_at + HOUR)),))


def something_is_known(filed_at: Instant) -> bool | Open:
    """ZZ.1(3). Any value, at any time."""
    return Open((Ask(PLACE),)) if filed_at else False


@pytest.mark.parametrize(
    ("clauses", "accepts", "due_at"),
    [
        ((the_shelf_is_known, something_is_known), (A_SHELF,), DAY),
        ((something_is_known, the_shelf_is_known), (A_SHELF,), DAY),
        ((something_is_known,), (), None),
        ((the_ways_are_known, something_is_known), (A_HOUSE, A_SHIP), HOUR),
        ((the_shelf_is_known, the_ways_are_known), ({**A_SHELF, **A_HOUSE}, {**A_SHELF, **A_SHIP}), HOUR),
    ],
)
def test_a_need_of_several_clauses_is_asked_for_once(
    clauses: tuple[Any, ...], accepts: tuple[Mapping[str, Any], ...], due_at: int | None
) -> None:
    """The acceptable answers satisfy all of them, and the earliest deadline applies."""
    case = a_case(LOCAL_RETURN)
    (request,) = decide(case, evolve(edition_for(case), requires=clauses)).requests
    due = None if due_at is None else Instant(FILED_AT + due_at)
    assert request == Request("consumer", "place", "L1", accepts, due, None)


def a_sealed_box_is_shown(filed_at: Instant) -> bool | Open:
    """ZZ.1(4). A picture of a box, of whatever category."""
    return Open((Ask(PLACE, ({"kind": ("box_photo",), "category": ("sealed",)},)),)) if filed_at else False


def what_it_is_is_known(filed_at: Instant) -> bool | Open:
    """ZZ.1(5). The category of the line, named as such."""
    return Open((Ask(PLACE, ({"category": ("food",)},)),)) if filed_at else False


def test_a_field_of_a_document_is_not_the_fact_of_the_same_name() -> None:
    """A fact is requested by its place in the case, the field of a future document by its name."""
    case = a_case(LOCAL_RETURN)
    for clause, accepts in (
        (a_sealed_box_is_shown, {"kind": ("box_photo",), "category": ("sealed",)}),
        (what_it_is_is_known, {f"{LINE}/category": ("food",)}),
    ):
        (request,) = decide(case, evolve(edition_for(case), requires=(clause,))).requests
        assert request.accepts == (accepts,)


def it_can_be_put_right(filed_at: Instant) -> bool | Repairable:
    """ZZ.1(6). It is filed the wrong way."""
    return Repairable(Ask(PLACE, (A_HOUSE,))) if filed_at else False


@pytest.mark.parametrize("closes_at", [None, FILED_AT])
def test_once_evidence_is_closed_only_corrections_are_asked_for(closes_at: Instant | None) -> None:
    """It is too late for everything else that is missing."""
    case = a_case(LOCAL_RETURN, claim=a_claim(evidence_closes_at=closes_at))
    clauses = (it_can_be_put_right, a_sealed_box_is_shown)
    decision = decide(case, evolve(edition_for(case), requires=clauses))
    (request,) = decision.requests
    assert decision.outcome == "needs_information"
    assert len(request.accepts[0]) == (1 if closes_at else 3)
