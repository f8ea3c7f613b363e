"""The facts of all claims: who can supply them, and the possible values of unknown ones."""

from __future__ import annotations

from itertools import combinations
from typing import Final

from attrs import evolve

from adjudicator.engine.evaluation import Memory
from adjudicator.kinds.claim import CLAIMS, claimed_lines
from adjudicator.model.claim import ClaimItem
from adjudicator.model.enumerations import Badge
from adjudicator.model.evidence import AppraisalReport
from adjudicator.model.facts import Open, Party
from adjudicator.model.time import Instant
from adjudicator.testing import a_case, a_line, a_parcel, an_appraisal, an_order

FACTS: Final = CLAIMS.glossary.facts
BY_PLACE: Final = {
    "/as_of": None,
    "/claim/evidence_closes_at": Party.PLATFORM,
    "/claim/merchant_reply": Party.MERCHANT,
    "/claim": Party.CONSUMER,
    "/order/merchant/return_addresses": Party.MERCHANT,
    "/order/parcels": Party.CARRIER,
    "/order": Party.PLATFORM,
    "/settlements": Party.PLATFORM,
    "/evidence": Party.CONSUMER,
}
"""The suppliers of values by place; longer places come first."""
SAID_BY_THE_PLATFORM: Final = {"bar_findings", "platform_rulings"}


def test_the_supplier_of_a_fact_follows_from_its_place() -> None:
    """The consumer knows the claim, the merchant its reply and addresses, the carrier the parcels, the platform the rest."""
    for fact in FACTS.values():
        supplier = next(by for place, by in BY_PLACE.items() if fact.pointers[-1].startswith(place))
        assert fact.supplier == (Party.PLATFORM if fact.name in SAID_BY_THE_PLATFORM else supplier), fact.name


def test_unknown_badges_could_be_any_of_all_sets() -> None:
    """From none to every badge, so that a rule can require several together."""
    (line,) = CLAIMS.subjects(a_case("douyin_global.damage", order=an_order(evolve(a_line(), badges=None))))
    badges = FACTS["badges"].read(line)
    assert isinstance(badges, Open)
    sizes = range(len(Badge) + 1)
    assert set(badges.could_be) == {frozenset(shown) for size in sizes for shown in combinations(Badge, size)}


def test_a_claimed_line_at_another_moment_has_the_same_place() -> None:
    """And its evidence is not looked up again."""
    case = a_case("douyin_global.damage", order=an_order(a_line("L1"), a_line("L2")))
    case = evolve(case, claim=evolve(case.claim, items=(ClaimItem(line_id="L2", quantity=1),)))
    (line,) = CLAIMS.subjects(case)
    later = line.at_moment(Instant(case.as_of + 1))
    assert (later.as_of, later.places()) == (case.as_of + 1, {"item": (0,), "line": (1,), "parcel": (0,)})
    assert later.index is line.index


def test_an_index_is_taken_over_only_from_a_case_with_the_same_parts() -> None:
    """Not where the order has its lines and parcels at other places, or the evidence is another."""
    one, two = a_line("L1"), a_line("L2")
    parcels = (a_parcel("L2"), a_parcel("L1"))
    case = a_case("douyin_global.damage", an_appraisal(), order=an_order(one, two, parcels=parcels))
    turned = evolve(case, order=an_order(two, one, parcels=parcels[::-1]))
    without = evolve(case, evidence=())
    memory: Memory = {}
    found = [next(claimed_lines(each, memory)) for each in (case, turned, without, case)]
    assert [each.places() for each in found] == [
        {"item": (0,), "line": (0,), "parcel": (1,)},
        {"item": (0,), "line": (1,), "parcel": (0,)},
        {"item": (0,), "line": (0,), "parcel": (1,)},
        {"item": (0,), "line": (0,), "parcel": (1,)},
    ]
    assert [len(each.documents(AppraisalReport)) for each in found] == [1, 1, 0, 1]
    assert found[0].index.evidence is found[1].index.evidence is not found[2].index.evidence
    assert found[0].index.parcels is found[2].index.parcels is not found[1].index.parcels
