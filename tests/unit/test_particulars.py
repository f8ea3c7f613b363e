"""What readers recognise a case by, and how a case is tried without its evidence, for each kind of case."""

from __future__ import annotations

from typing import Final

import pytest
from attrs import evolve, frozen

from adjudicator.engine.registry import edition_for
from adjudicator.kinds.claim import CLAIMS, Return
from adjudicator.kinds.conduct import ConductKind
from adjudicator.kinds.consequences import ConductCase
from adjudicator.kinds.review import ReviewKind
from adjudicator.law import CaseBase, Instant, Question, glossary_of
from adjudicator.model.evidence import DamagePhoto
from adjudicator.model.particulars import Particulars
from adjudicator.testing import (
    AS_OF,
    PLACED_AT,
    a_case,
    a_claim,
    a_damage_photo,
    a_line,
    a_merchant,
    a_settlement,
    an_order,
)

CLAIM: Final = a_claim(claimant_id="somebody-else", evidence_closes_at=AS_OF)
PAID: Final = a_settlement(100, claim_id=CLAIM.id)
CASE: Final = a_case(
    "douyin_global.damage",
    a_damage_photo("E1"),
    a_damage_photo("E2"),
    order=an_order(a_line("L1", title="Perfume"), a_line("L2", title=None)),
    claim=CLAIM,
    settlements=(PAID, a_settlement(200, claim_id="another"), a_settlement(300, claim_id=CLAIM.id, reversed_at=AS_OF)),
)


def test_a_claim_is_recognised_by_its_order_and_what_was_paid_under_it() -> None:
    """Goods by their titles, as far as they have any; no payments under other claims, and none that was reversed."""
    assert CLAIMS.particulars(CASE) == Particulars(
        order_id=CASE.order.id,
        titles={"L1": "Perfume"},
        documents={each.id: each for each in CASE.evidence},
        return_addresses=CASE.order.merchant.return_addresses or (),
        paid=(PAID,),
        evidence_closes_at=AS_OF,
    )
    assert len(CLAIMS.particulars(CASE).return_addresses) == 1
    nowhere = evolve(CASE, order=evolve(CASE.order, merchant=a_merchant(return_addresses=None)))
    assert CLAIMS.particulars(nowhere).return_addresses == ()


def test_a_claim_without_evidence_is_one_filed_at_once_by_the_buyer() -> None:
    """Nobody has answered it, nothing is paid, and the time for evidence has no end."""
    claim = evolve(
        CLAIM, claimant_id=CASE.order.buyer_id, filed_at=PLACED_AT, merchant_reply=None, evidence_closes_at=None
    )
    assert CLAIM.merchant_reply is not None
    assert CLAIMS.without_evidence(CASE) == evolve(CASE, as_of=PLACED_AT, claim=claim, evidence=(), settlements=())


def test_what_a_return_allows_has_no_places_in_a_calculation() -> None:
    grants = edition_for(a_case("douyin_global.local_return")).grants
    assert isinstance(grants, Return)
    assert [*grants.places()] == [("", function) for function in grants.functions()]


@frozen(kw_only=True)
class Spill:
    """Something that happened."""

    id: str


@frozen(kw_only=True)
class SpillCase(ConductCase):
    """A case about what somebody did, with evidence."""

    id: str
    as_of: Instant
    incidents: tuple[Spill, ...] = (Spill(id="I1"),)
    evidence: tuple[DamagePhoto, ...] = ()
    evidence_closes_at: Instant | None = None


@frozen(kw_only=True)
class ListingCase(CaseBase):
    """A case that is judged as a whole, with evidence."""

    id: str
    as_of: Instant
    evidence: tuple[DamagePhoto, ...] = ()
    evidence_closes_at: Instant | None = None


SPILLS: Final = ConductKind(
    case_type=SpillCase, glossary=glossary_of(SpillCase), steps=(), governed_from="/as_of", currency="CNY"
)
LISTINGS: Final = ReviewKind(
    case_type=ListingCase, glossary=glossary_of(ListingCase), questions=(Question(granted="let", refused="not_let"),)
)
NOTE: Final = a_damage_photo("E1")


@pytest.mark.parametrize(
    ("kind", "case"),
    [
        (SPILLS, SpillCase(id="1", as_of=AS_OF, evidence=(NOTE,), evidence_closes_at=AS_OF)),
        (LISTINGS, ListingCase(id="1", as_of=AS_OF, evidence=(NOTE,), evidence_closes_at=AS_OF)),
    ],
    ids=["conduct", "review"],
)
def test_a_case_of_a_packs_own_is_recognised_by_its_evidence_and_tried_without_it(
    kind: ConductKind | ReviewKind, case: SpillCase | ListingCase
) -> None:
    assert kind.particulars(case) == Particulars(documents={"E1": NOTE}, evidence_closes_at=AS_OF)  # type: ignore[arg-type]  # each kind has its own case
    assert kind.without_evidence(case) == case.replace(evidence=(), evidence_closes_at=None)  # type: ignore[arg-type]  # each kind has its own case
