"""Applications for admission: faults, requests for unknown facts, and the edges of its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import attrs
import pytest
from attrs import evolve

from adjudicator import Decision, InputError, decide
from adjudicator.model.errors import Fault
from adjudicator.model.finding import Effect
from adjudicator.wire.codec import case_from
from admissions import IN_ORDER, penalty
from douyin_alliance.case import AdmissionCase, ControllerShops, Product, Shop
from oracle.edges import put

LATE: Final = "2024-08-01T12:00:00.000001+08:00"
LARGEST: Final = 2**53 - 1
TOO_LATE: Final = "9000-01-01T00:00:00+08:00"


def decided(*changes: tuple[str, Any]) -> Decision:
    """The decision on the valid application with some changes."""
    document: Any = IN_ORDER
    for place, value in changes:
        document = put(document, place, value)
    decision: Decision = decide(case_from(document))
    return decision


@pytest.mark.parametrize("text", ["NaN", "sNaN", "Infinity"])
def test_a_score_that_is_not_a_number_is_also_refused_in_python(text: str) -> None:
    """JSON cannot express it but Python can; it is a fault like any other."""
    case = case_from(IN_ORDER)
    with pytest.raises(InputError) as refused:
        evolve(case, shop=evolve(case.shop, shop_score=Decimal(text)))
    expected = 'an exact decimal as text, such as "4.12"'
    assert refused.value.faults == (Fault("/shop/shop_score", f'"{text}"', expected),)


@pytest.mark.parametrize(
    ("place", "value", "fault"),
    [
        ("/as_of", TOO_LATE, Fault("/as_of", f'"{TOO_LATE}"', f"an instant before {TOO_LATE}")),
        ("/shop/order_amount_30_days", -1, Fault("/shop/order_amount_30_days", "-1", f"an integer from 0 to {LARGEST}")),
        ("/shop/openings_so_far", -1, Fault("/shop/openings_so_far", "-1", f"an integer from 0 to {LARGEST}")),
        ("/shop/shop_score", "5.01", Fault("/shop/shop_score", '"5.01"', "a decimal from 0 to 5")),
        ("/shop/shop_score", "-0.01", Fault("/shop/shop_score", '"-0.01"', "a decimal from 0 to 5")),
        ("/shop/positive_review_rate", "100.01", Fault("/shop/positive_review_rate", '"100.01"', "a decimal from 0 to 100")),
        ("/shop/positive_review_rate", "-1", Fault("/shop/positive_review_rate", '"-1"', "a decimal from 0 to 100")),
        (
            "/shop/penalties",
            [*penalty("2024-08-01T12:00:00+08:00"), *penalty(LATE)],
            Fault("/shop/penalties/1/imposed_at", f'"{LATE}"', f"an instant not after as_of, {IN_ORDER['as_of']}"),
        ),
    ],
)  # fmt: skip
def test_impossible_values_are_faults_at_their_places(place: str, value: Any, fault: Fault) -> None:
    """With its path, its value and what was expected."""
    with pytest.raises(InputError) as error:
        case_from(put(IN_ORDER, place, value))
    assert error.value.faults == (fault,)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("/shop/shop_score", "5"),
        ("/shop/shop_score", "0"),
        ("/shop/positive_review_rate", "100"),
        ("/shop/positive_review_rate", "0"),
        ("/shop/order_amount_30_days", LARGEST),
        ("/shop/penalties", penalty("2024-08-01T12:00:00+08:00")),
    ],
)
def test_values_at_the_ends_of_a_range_are_valid(place: str, value: Any) -> None:
    """The ends of a range are valid, and so is an event at the moment of the decision."""
    case_from(put(IN_ORDER, place, value))


def test_all_faults_are_reported_at_once_even_if_some_values_cannot_be_read() -> None:
    """A missing shop or an invalid penalty hides no other fault."""
    document = put(put(IN_ORDER, "/shop/shop_score", "9"), "/shop/penalties", [None, *penalty(LATE)])
    with pytest.raises(InputError) as error:
        case_from(document)
    assert {each.pointer for each in error.value.faults} == {
        "/shop/shop_score",
        "/shop/penalties/0",
        "/shop/penalties/1/imposed_at",
    }
    with pytest.raises(InputError) as error:
        case_from(put(put(IN_ORDER, "/shop", None), "/as_of", TOO_LATE))
    assert {each.pointer for each in error.value.faults} == {"/shop", "/as_of"}


def test_missing_values_are_unknown() -> None:
    """Nothing about shop and product is assumed, and only their ids are required."""
    for part in (Shop(id="1"), Product(id="1"), ControllerShops()):
        assert {name: value for name, value in attrs.asdict(part).items() if value is not None}.keys() <= {"id"}
    assert case_from({name: value for name, value in IN_ORDER.items() if name != "metadata"}).metadata is None
    assert attrs.fields(AdmissionCase).metadata.default is None


@pytest.mark.parametrize("part", [AdmissionCase, Shop, Product, ControllerShops])
def test_a_field_says_what_its_name_does_not(part: type) -> None:
    """In a sentence. Ids, enumerations, described parts and good standing need no explanation."""
    silent = {each.name for each in attrs.fields(part) if not str(each.metadata.get("means", "")).endswith(".")}
    assert silent <= {"id", "policy", "shop", "product", "state", "controller_shops", "account_in_good_standing"}


NOT_KNOWN: Final = {
    "shop_is_opened": ("/shop/opened", "shop_opened", "pending"),
    "shop_is_in_normal_state": ("/shop/state", "shop_state", "pending"),
    "account_in_good_standing": ("/shop/account_in_good_standing", "account_standing", "pending"),
    "orders_in_the_last_30_days": ("/shop/order_amount_30_days", "order_amount", "unknown"),
    "shop_score_above_4_1": ("/shop/shop_score", "shop_score", "unknown"),
    "positive_reviews_above_75_percent": ("/shop/positive_review_rate", "positive_review_rate", "unknown"),
    "warehouse_check_passed": ("/shop/warehouse_check_passed", "warehouse_check", "pending"),
    "no_evasion_penalty_in_365_days": ("/shop/penalties", "penalties", "unknown"),
    "three_openings_are_used_up": ("/shop/openings_so_far", "openings_so_far", "unknown"),
}
CONNECTED: Final = {
    "/shop/alliance_platform_connected": "alliance_connection",
    "/shop/erp_connected": "erp_connection",
}
ELSEWHERE: Final = {
    "/shop/controller_shops/listed_serious_penalty": "serious_penalty_elsewhere",
    "/shop/controller_shops/grave_danger": "grave_danger_elsewhere",
}


def asked(decision: Decision) -> list[tuple[str, str, tuple[Mapping[str, Any], ...]]]:
    """Who is asked for what, with the acceptable answers."""
    return [(each.to, each.need, each.accepts) for each in decision.requests]


def undecided(decision: Decision) -> list[str]:
    """The reasons of the undecided findings."""
    return [each.because.code for each in decision.findings if each.effect is Effect.UNDECIDED]


@pytest.mark.parametrize("clause", NOT_KNOWN)
def test_the_platform_is_asked_for_unknown_facts_at_their_places(clause: str) -> None:
    """One request, met by any value at that place; its clause tried every value if there are few, and read that place."""
    place, need, reason = NOT_KNOWN[clause]
    decision = decided((place, None))
    assert asked(decision) == [("platform", need, ({place: ()},))]
    (finding,) = (each for each in decision.findings if each.effect is Effect.UNDECIDED)
    assert (finding.clause, finding.because.code) == (clause, f"{clause}.{reason}")
    assert finding.because.params == {"needs": (need,)}
    assert [each.value for each in finding.facts if each.pointers == (place,)] == [None]


@pytest.mark.parametrize("place", CONNECTED)
def test_each_connection_is_asked_for_separately(place: str) -> None:
    """The alliance platform and the ERP are two facts of one clause: for each, both values are tried with the other one."""
    decision = decided((place, None))
    assert asked(decision) == [("platform", CONNECTED[place], ({place: ()},))]
    assert undecided(decision) == ["platform_and_erp_connected.pending"]


@pytest.mark.parametrize("place", ELSEWHERE)
def test_each_problem_of_other_shops_is_asked_for_separately(place: str) -> None:
    """One need, at the unknown place; both answers are tried."""
    decision = decided((place, None))
    assert asked(decision) == [("platform", "controller_shops", ({place: ()},))]
    assert undecided(decision) == ["controllers_other_shops_are_clean.pending"]


def test_unknown_facts_of_other_shops_are_one_request() -> None:
    """Both places are to be filled in."""
    both = dict.fromkeys(ELSEWHERE, ())
    assert asked(decided(("/shop/controller_shops", None))) == [("platform", "controller_shops", (both,))]


@pytest.mark.parametrize(("place", "need"), [("/shop/warehouse_check_passed", "warehouse_check"), *CONNECTED.items()])
def test_checks_not_needed_for_virtual_goods_are_asked_with_the_kind_of_goods(place: str, need: str) -> None:
    """Either answer could settle it, so both are asked for if neither is known, and only the kind if the check failed."""
    kind = ("platform", "product_kind", ({"/product/virtual": ()},))
    assert asked(decided((place, None), ("/product/virtual", None))) == [("platform", need, ({place: ()},)), kind]
    assert asked(decided((place, False), ("/product/virtual", None))) == [kind]
    assert asked(decided((place, None), ("/product/virtual", True))) == []
    assert asked(decided(("/product/virtual", None))) == []


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_problem_of_another_shop_refuses_regardless_of_the_rest(place: str) -> None:
    """One of the two is enough; the other may stay unknown."""
    (other,) = ELSEWHERE.keys() - {place}
    decision = decided((place, True), (other, None))
    assert decision.outcome == "refused"
    assert decision.requests == ()
    (finding,) = (each for each in decision.findings if each.effect is Effect.DEFEATS)
    assert finding.clause == "controllers_other_shops_are_clean"
    assert finding.because.params == {"whatever": (ELSEWHERE[other],)}


def test_a_penalty_counts_until_its_365th_day_is_over() -> None:
    """The decision says when time alone ends it: the following day, for the last of several."""
    imposed = [
        *penalty("2024-02-29T10:00:00+08:00"),
        *penalty("2023-09-01T00:00:00+08:00"),
        *penalty("2024-07-31T00:00:00Z", "other"),
    ]
    decision = decided(("/shop/penalties", imposed))
    assert decision.outcome == "refused"
    assert str(decision.reconsider_at) == "2025-03-01T00:00:00+08:00"
