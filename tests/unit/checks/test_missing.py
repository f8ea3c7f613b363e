"""What a case lacks: facts that are not known, and evidence that does not count."""

from __future__ import annotations

from typing import Any, Final

import attrs
import pytest

from adjudicator import Instant, check
from adjudicator.analysis.check import EvidenceUse, NotKnown, Use
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Conclusion, IssuerRole, Submitter, Verification
from adjudicator.model.evidence import OtherEvidence
from adjudicator.testing import (
    FILED_AT,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_package_photo,
    a_parcel,
    an_appraisal,
    an_order,
)
from adjudicator.wire.codec import case_from
from admissions import IN_ORDER
from checks.checking import AUTHENTICITY, DAMAGE, LOCAL_RETURN, not_known, uses

STARTS: Final = (("L1", "2022-03-21"), ("L2", "2022-03-26"))
LATER: Final = Instant.parse("2022-04-30T00:00:00+08:00")


def admission(**shop: Any) -> Any:
    """A valid admission case with changes to some fields of the shop."""
    return case_from({**IN_ORDER, "shop": {**IN_ORDER["shop"], **shop}})


# What is missing


def test_a_case_that_lacks_nothing() -> None:
    """If everything is known and the proof counts, the check lists nothing else."""
    found = check(a_case(AUTHENTICITY, an_appraisal()))
    assert (found.requests, found.not_known) == ((), ())
    assert found.evidence == (EvidenceUse("E1", "L1", Use.CARRIES),)


def test_a_fact_that_matters_is_listed_with_its_supplier_and_deadline() -> None:
    """The success of the transaction starts the period, so its time is asked for until evidence closes."""
    case = a_case(
        AUTHENTICITY,
        an_appraisal(),
        order=an_order(a_line(completed_at=None)),
        claim=a_claim(evidence_closes_at=LATER),
    )
    place = "/order/lines/0/completed_at"
    assert check(case).not_known == (NotKnown("L1", "completed_at", (place,), "platform", True, LATER),)
    (request,) = check(case).requests
    assert (request.to, request.need, request.due_at) == ("platform", "completion_time", LATER)


@pytest.mark.parametrize(
    ("filed_at", "matters"), [("2022-03-27T09:30:00+08:00", False), ("2022-03-28T09:30:00+08:00", True)]
)
def test_a_fact_matters_only_where_it_makes_a_difference(filed_at: str, matters: bool) -> None:
    """The category makes no difference 15 hours after signing, but does after 39 hours."""
    filed = Instant.parse(filed_at)
    photo = a_damage_photo(submitted_at=filed)
    case = a_case(DAMAGE, photo, order=an_order(a_line(category=None)), claim=a_claim(filed_at=filed), as_of=filed)
    assert not_known(case) == {"category": matters}
    assert bool(check(case).requests) is matters


def test_nothing_matters_any_more_where_the_claim_cannot_succeed() -> None:
    """A claim filed by somebody else fails whatever the programme was, so nobody is asked for that."""
    merchant = attrs.evolve(an_order().merchant, programme=None)
    case = a_case(
        AUTHENTICITY, an_appraisal(), order=an_order(merchant=merchant), claim=a_claim(claimant_id="somebody else")
    )
    assert not_known(case) == {"programme": False}
    assert check(case).requests == ()


def test_each_parcel_without_a_signing_time_is_named() -> None:
    """Of two parcels with the line, the one without a known signing time."""
    order = an_order(parcels=(a_parcel(), a_parcel(signed_at=None), a_parcel("L1", waybill_no="W2")))
    (found,) = check(a_case(DAMAGE, a_damage_photo(), order=order)).not_known
    assert (found.fact, found.pointers, found.supplier) == ("signings", ("/order/parcels/1/signed_at",), "carrier")


def test_what_is_not_stated_is_not_always_unknown() -> None:
    """Without a closing time evidence is not closed, and nothing is missing."""
    assert "evidence_closed" not in not_known(a_case(AUTHENTICITY))
    assert not_known(a_case(AUTHENTICITY, order=an_order(a_line(brand=None)))) == {"line_brand": False}


def test_missing_addresses_are_unknown_and_an_empty_list_is_known() -> None:
    """An absent list is unknown; an empty list is known."""
    for addresses, found in ((None, {"return_addresses": True}), ((), {})):
        merchant = attrs.evolve(an_order().merchant, return_addresses=addresses)
        case = a_case(LOCAL_RETURN, order=an_order(merchant=merchant))
        assert not_known(case) == found
        assert [request.need for request in check(case).requests] == ["return_address"]


def test_each_claimed_line_is_checked_by_itself() -> None:
    """Facts missing for one line are not asked for the other."""
    case = a_case(DAMAGE, a_damage_photo(), order=an_order(a_line("L1"), a_line("L2", badges=None)))
    assert [(each.line_id, each.fact) for each in check(case).not_known] == [("L2", "badges")]


def test_a_fact_of_the_whole_order_matters_for_the_lines_that_ask_for_it() -> None:
    """The programme is unknown. One of two lines is too late, so only the other waits for it."""
    late, in_time = (a_line(name, completed_at=Instant.parse(f"{day}T00:00:00Z")) for name, day in STARTS)
    merchant = attrs.evolve(an_order().merchant, programme=None)
    filed = Instant.parse("2022-06-21T00:00:00Z")
    case = a_case(
        AUTHENTICITY,
        an_appraisal(),
        order=an_order(late, in_time, merchant=merchant),
        claim=a_claim(ClaimItem(line_id="L1", quantity=1), ClaimItem(line_id="L2", quantity=1), filed_at=filed),
        as_of=filed,
    )
    assert [(each.line_id, each.fact, each.matters_now) for each in check(case).not_known] == [
        ("L1", "programme", False),
        ("L2", "programme", True),
    ]


def test_an_admission_is_checked_in_the_same_way() -> None:
    """A case without lines, evidence or closing has unknown facts like any other."""
    found = check(admission(shop_score=None, penalties=None, controller_shops={"grave_danger": False}))
    assert [(each.fact, each.pointers, each.matters_now) for each in found.not_known] == [
        ("shop_score", ("/shop/shop_score",), True),
        ("penalties", ("/shop/penalties",), True),
        ("serious_penalty_elsewhere", ("/shop/controller_shops/listed_serious_penalty",), True),
    ]
    assert found.evidence == ()
    assert {each.line_id for each in found.not_known} == {None}


def test_a_penalty_is_not_something_unknown() -> None:
    """A list of objects without ids is known too."""
    imposed = [{"rule": "other", "imposed_at": "2024-07-01T00:00:00+08:00"}]
    assert check(admission(penalties=imposed)).not_known == ()


# What evidence does


def test_a_document_that_has_to_be_verified_is_pending() -> None:
    """It may count later, so its verification is asked for."""
    case = a_case(AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED))
    assert uses(case) == {"E1": Use.PENDING}
    assert [(each.need, each.evidence_id) for each in check(case).requests] == [("verification", "E1")]


def test_a_document_is_pending_even_after_evidence_is_closed() -> None:
    """Once evidence is closed nothing is asked for, but an unverified document stays pending."""
    case = a_case(
        AUTHENTICITY, an_appraisal(verification=Verification.UNVERIFIED), claim=a_claim(evidence_closes_at=FILED_AT)
    )
    assert check(case).requests == ()
    assert uses(case) == {"E1": Use.PENDING}


def test_no_finding_names_evidence_that_does_not_count() -> None:
    """Rejected, edited or about another brand: it was read, but no finding rests on it."""
    rejected = an_appraisal("E1", verification=Verification.REJECTED)
    another_brand = an_appraisal("E2", brand="Aurélie")
    assert uses(a_case(AUTHENTICITY, rejected, another_brand)) == {"E1": Use.UNNAMED, "E2": Use.UNNAMED}
    edited, used = a_damage_photo("E1", edited=True), a_damage_photo("E2")
    assert uses(a_case(DAMAGE, edited, used)) == {"E1": Use.UNNAMED, "E2": Use.CARRIES}


def test_what_no_clause_reads_is_unread() -> None:
    """Evidence of a kind that the policy does not know, or about a line that is not claimed."""
    chat = OtherEvidence(
        id="E1", submitted_by=Submitter.CONSUMER, submitted_at=FILED_AT, line_ids=(), description="chat"
    )
    not_claimed = an_appraisal("E2", line_ids=("L2",))
    parcel = a_package_photo("E3")
    order = an_order(a_line("L1"), a_line("L2"))
    case = a_case(AUTHENTICITY, chat, not_claimed, parcel, order=order, claim=a_claim())
    assert check(case).evidence == tuple(EvidenceUse(each, None, Use.UNREAD) for each in ("E1", "E2", "E3"))


def test_what_a_person_has_to_judge_carries() -> None:
    """Two documents that disagree, and one by somebody whom the rule does not name."""
    case = a_case(AUTHENTICITY, an_appraisal("E1"), an_appraisal("E2", conclusion=Conclusion.GENUINE))
    assert uses(case) == {"E1": Use.CARRIES, "E2": Use.CARRIES}
    doubtful = attrs.evolve(an_appraisal().issuer, role=IssuerRole.OTHER)
    assert uses(a_case(AUTHENTICITY, an_appraisal(issuer=doubtful))) == {"E1": Use.CARRIES}
