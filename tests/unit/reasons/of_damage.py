"""The reasons of the guarantee against damage, each with a case that gives it."""

from __future__ import annotations

from typing import Final

from attrs import evolve

from adjudicator.model.enumerations import Badge, Category
from adjudicator.model.time import HOUR
from adjudicator.testing import a_case, a_courier_statement, a_damage_photo, a_parcel, an_order
from reasons.giving import (
    CLOSED,
    DAMAGE,
    DEFEATS,
    INTACT,
    SUPPORTS,
    UNDECIDED,
    UNVERIFIED,
    Given,
    filed_after,
    needs,
    of,
    whatever,
)

OF_DAMAGE: Final = (
    Given("goods_carry_the_damage_badge.holds", of(DAMAGE, line={"badges": (Badge.DAMAGE,)}), SUPPORTS),
    Given("goods_carry_the_damage_badge.fails", of(DAMAGE, line={"badges": (Badge.LOCAL_RETURN,)}), DEFEATS),
    Given("goods_carry_the_damage_badge.pending", of(DAMAGE, line={"badges": None}), UNDECIDED, params=needs("badges")),
    Given("filed_within_the_damage_window.holds", filed_after(DAMAGE, 40 * HOUR), SUPPORTS),
    Given("filed_within_the_damage_window.fails", filed_after(DAMAGE, 40 * HOUR, category=Category.FOOD), DEFEATS),
    Given(
        "filed_within_the_damage_window.holds",
        filed_after(DAMAGE, 20 * HOUR, category=None),
        SUPPORTS,
        params=whatever("category"),
    ),
    Given(
        "filed_within_the_damage_window.fails",
        filed_after(DAMAGE, 80 * HOUR, category=None),
        DEFEATS,
        params=whatever("category"),
    ),
    Given(
        "filed_within_the_damage_window.pending",
        filed_after(DAMAGE, 40 * HOUR, category=None),
        UNDECIDED,
        params=needs("goods_category"),
    ),
    Given(
        "filed_within_the_damage_window.not_ripe",
        a_case(DAMAGE, order=an_order(parcels=(a_parcel(signed_at=None),))),
        UNDECIDED,
        params=needs("signing_time"),
    ),
    Given("filed_on_the_order_page.holds", of(DAMAGE, line={"category": None}), SUPPORTS, params=whatever("category")),
    Given("damage_proof_is_usable.holds", a_case(DAMAGE, a_damage_photo()), SUPPORTS),
    Given("damage_proof_is_usable.fails", a_case(DAMAGE, claim=CLOSED), DEFEATS),
    Given("damage_proof_is_usable.not_shown", a_case(DAMAGE), UNDECIDED, params=needs("damage_proof")),
    Given(
        "damage_proof_is_usable.pending",
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED)),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "damage_proof_is_usable.pending",
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED), claim=CLOSED),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "damage_proof_is_usable.pending",
        a_case(DAMAGE, evolve(INTACT, verification=UNVERIFIED), claim=CLOSED),
        UNDECIDED,
        ("E2",),
        needs("verification"),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_shown",
        a_case(DAMAGE, evolve(INTACT, verification=UNVERIFIED), claim=CLOSED),
        DEFEATS,
    ),
    Given(
        "broken_and_leaking_on_arrival.shown",
        a_case(
            DAMAGE,
            a_damage_photo("E1", leak=None),
            a_damage_photo("E2", breakage=None),
            a_damage_photo("E3", breakage=None, leak=None),
        ),
        SUPPORTS,
        ("E1", "E2"),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_broken",
        a_case(DAMAGE, a_damage_photo("E1", breakage=None), a_damage_photo("E2", breakage=False)),
        DEFEATS,
        ("E2",),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_leaking",
        a_case(DAMAGE, a_damage_photo("E1", leak=None), a_damage_photo("E2", leak=False)),
        DEFEATS,
        ("E2",),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_shown",
        a_case(DAMAGE, a_damage_photo(leak=None), claim=CLOSED),
        DEFEATS,
        ("E1",),
    ),
    Given(
        "broken_and_leaking_on_arrival.not_shown",
        a_case(DAMAGE, a_damage_photo(leak=None)),
        UNDECIDED,
        params=needs("damage_proof"),
    ),
    Given(
        "broken_and_leaking_on_arrival.pending",
        a_case(DAMAGE, a_courier_statement(verification=UNVERIFIED)),
        UNDECIDED,
        ("E1",),
        needs("verification"),
    ),
    Given(
        "broken_and_leaking_on_arrival.intact_when_signed_for",
        a_case(DAMAGE, a_damage_photo("E1"), INTACT, a_damage_photo("E3", breakage=False)),
        UNDECIDED,
        ("E1", "E2"),
    ),
)
