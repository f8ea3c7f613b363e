"""A new edition is written as its differences from an older one. Remaining uses of the old law are refused."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from attrs import evolve

from adjudicator import Instant, decide
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.kinds.claim import Payment
from adjudicator.kinds.payment import LineAccount
from adjudicator.model.enumerations import Category, Channel, Reason
from adjudicator.model.facts import Failed, Open, Repairable
from adjudicator.model.money import Minor
from adjudicator.model.time import HOUR, Window, within_hours
from adjudicator.testing import a_case, a_claim, a_line, a_parcel, an_order
from douyin_global import damage, damage_proof, shared

NEXT_YEAR = dt.date(2023, 3, 15)
(DAMAGE,) = policies()["douyin_global.damage"]
SIGNED_AT = Instant.parse("2022-04-01T10:00:00+08:00")


def damage_window(category: Category, signing: Instant) -> Window:
    """DG.3.1. 72 hours from signing, 48 for food, milk powder and alcohol."""
    return within_hours("signed_at", signing, 48 if category in damage.PERISHABLE else 72)


def filed_on_the_order_page(
    filed_through: Channel, as_of: Instant, evidence_closed: bool, category: Category | Open, signing: Instant | Open
) -> bool | Repairable | Failed:
    """DG.3.2(1). Filed from the order page, or still to be."""
    if filed_through is Channel.ORDER_PAGE:
        return True
    supposed = Category.OTHER if isinstance(category, Open) else category
    window = None if isinstance(signing, Open) else damage_window(supposed, signing)
    return shared.chance_to_refile(damage.THE_PATH, as_of, evidence_closed, window)


def amended(**difference: Any) -> Edition:
    """The damage edition with some differences, from the next year on."""
    return DAMAGE.amended(effective_from=NEXT_YEAR, **difference)


def test_only_the_difference_is_written() -> None:
    """The clauses, the grants and the omissions stay. A replacement takes the place of the original."""
    new = amended(replacing=(damage_window, filed_on_the_order_page), settings={"leak_required": False})
    assert [clause.name for clause in new.clauses] == [clause.name for clause in DAMAGE.clauses]
    assert [each.__name__ for each in new.facts] == [each.__name__ for each in DAMAGE.facts]
    assert new.nodes["damage_window"].function is damage_window
    assert new.nodes["usable_proof"].function is damage_proof.usable_proof
    assert new.settings == {"leak_required": False}
    assert (new.name, new.revision, new.article) == ("2023-03-15", 1, "DG.3")
    assert new.not_adjudicated == DAMAGE.not_adjudicated
    assert DAMAGE.settings == {"leak_required": True}
    assert DAMAGE.nodes["damage_window"].function is damage.damage_window


def test_a_wrong_channel_for_food_can_be_corrected_within_the_new_window() -> None:
    """30 hours would be too late under the window of the old edition."""
    new = amended(replacing=(damage_window, filed_on_the_order_page))
    food = an_order(a_line(category=Category.FOOD), parcels=(a_parcel(signed_at=SIGNED_AT),))
    filed_at = Instant(SIGNED_AT + 30 * HOUR)
    claim = a_claim(filed_at=filed_at, filed_through=Channel.OTHER, reason=Reason.DAMAGED)
    case = a_case("douyin_global.damage", order=food, claim=claim, as_of=filed_at)

    def found(edition: Edition) -> str:
        (finding,) = [
            each for each in decide(case, edition=edition).findings if each.clause == "filed_on_the_order_page"
        ]
        return finding.because.code

    assert found(DAMAGE) == "filed_on_the_order_page.fails"
    assert found(new) == "filed_on_the_order_page.repairable"


def test_a_kept_function_that_calls_a_replaced_one_is_refused_with_both_and_their_lines() -> None:
    """The kept ``filed_on_the_order_page`` would still use the old window."""
    with pytest.raises(PolicyError) as error:
        amended(replacing=(damage_window,))
    found = str(error.value)
    assert re.search(r"damage\.filed_on_the_order_page \(.*damage\.py:\d+\) calls ", found)
    assert re.search(r" calls .*damage\.damage_window \(.*damage\.py:\d+\)", found)
    assert f"has {__name__}.damage_window ({__file__}:" in found
    assert "replace filed_on_the_order_page too" in found


def test_an_edition_written_in_full_has_the_same_check() -> None:
    """The warning does not depend on using ``amended``."""
    facts = tuple(damage_window if each is damage.damage_window else each for each in DAMAGE.facts)
    with pytest.raises(PolicyError, match=r"filed_on_the_order_page .* calls .*damage_window"):
        evolve(DAMAGE, facts=facts)


def test_a_function_under_a_new_name_is_detected_too() -> None:
    """It matters only that the old function is gone."""

    def window(signing: Instant) -> Window:
        """DG.3.1. 48 hours."""
        return within_hours("signed_at", signing, 48)

    def filed_within_the_damage_window(filed_at: Instant, window: Window) -> bool:
        """DG.3.3(2). Filed in time."""
        return filed_at in window

    replacing = {damage.damage_window: window, "filed_within_the_damage_window": filed_within_the_damage_window}
    with pytest.raises(PolicyError, match=r"calls .*damage_window .*replace filed_on_the_order_page too"):
        amended(replacing=replacing)


def test_a_call_through_a_helper_of_the_pack_is_detected() -> None:
    """``postage_entitled`` calls ``taken_back_in_full``, which uses the shared price."""

    def goods_price(goods_paid: Minor, price_adjustments: Minor) -> Minor:
        """DG.3.1. The price, without adjustments."""
        return Minor(max(goods_paid, price_adjustments))

    with pytest.raises(PolicyError, match=r"postage_entitled .* calls .*goods_price .* through .*taken_back_in_full"):
        amended(replacing=(goods_price,))


def test_a_new_function_may_build_on_the_one_that_it_replaces() -> None:
    """Its author knows both."""

    def left_of_what_was_paid(
        order_lines: tuple[LineAccount, ...], postage_paid: Minor, postage_returned: Minor
    ) -> Minor:
        """DG.3.2(3). As before, and no more than 100."""
        return Minor(min(damage.left_of_what_was_paid(order_lines, postage_paid, postage_returned), 100_00))

    new = amended(replacing=(left_of_what_was_paid,))
    assert isinstance(new.grants, Payment)
    assert new.grants.at_most[0] is left_of_what_was_paid
    assert new.grants.per_line[0].due is shared.refund


def test_a_clause_can_be_removed() -> None:
    """Together with everything that only it uses, if that is named too. A kept function that needs it is named in the error."""
    new = amended(without=(damage.goods_carry_the_damage_badge, "seal_failure_counts_as_broken"))
    assert "goods_carry_the_damage_badge" not in new.nodes
    assert "seal_failure_counts_as_broken" not in new.nodes
    assert len(new.clauses) == len(DAMAGE.clauses) - 1
    with pytest.raises(PolicyError, match=r"signing is taken out, but .*damage_window .* needs it"):
        amended(without=(damage.signing,))
    with pytest.raises(PolicyError, match=r"filed_on_the_order_page .* calls .*damage_window .* does without it"):
        amended(without=(damage.damage_window, damage.filed_within_the_damage_window))
    with pytest.raises(PolicyError, match=r"tax_entitled cannot be taken out of grants: .*Pays\.entitled"):
        amended(without=(damage.tax_entitled,))


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        ({"replacing": {"damage_windows": damage_window}}, "damage_windows is to be replaced, but edition 2022-03-15"),
        ({"replacing": {shared.goods_price: damage_window}}, r"it returns Window, the old one Minor"),
        ({"replacing": {damage_window: damage_window}}, "is to be replaced, but edition 2022-03-15 does not have it"),
        ({"without": ("leaks",)}, "leaks is to be taken out, but edition 2022-03-15 does not have it"),
        (
            {"replacing": (damage_window,), "without": ("damage_window",)},
            "damage_window is both replaced and taken out",
        ),
        ({"replacing": (damage_window, damage_window)}, "damage_window is replaced twice"),
        ({"settings": {"leak_requird": False}}, "there is no setting leak_requird, and no new function asks for it"),
        ({"settings": {"leak_required": "no"}}, "the setting leak_required is not what"),
        ({"aboot": "Something."}, "an edition has no aboot"),
    ],
)
def test_a_difference_that_changes_nothing_is_refused_by_name(difference: dict[str, Any], expected: str) -> None:
    with pytest.raises(PolicyError, match=expected):
        amended(**difference)


def test_what_replaces_a_function_is_one_like_it() -> None:
    """The error names both, and what each returns."""

    def refusal(new: Any) -> str:
        with pytest.raises(PolicyError) as raised:
            amended(replacing={damage.damage_window: new})
        return str(raised.value)

    def damage_window(category: Category, signing: Instant) -> int | str | Open:
        """DG.3.2(1). A number."""
        return (category, signing).index(signing)

    def untyped(category: Category, signing: Instant):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """DG.3.2(1). Something."""
        return (category, signing)

    cannot = "cannot replace douyin_global.damage.damage_window ("
    old = damage.damage_window.__code__
    of_the_old = f"{cannot}{old.co_filename}:{old.co_firstlineno})"
    told = refusal(damage_window)
    assert f"test_amendment.damage_window ({__file__}:" in told
    assert told.endswith(f"{of_the_old}: it returns int or str, the old one Window")
    assert refusal(untyped).endswith(f"{of_the_old}: it has no type for return")
    assert refusal(Window).endswith(f"{of_the_old}: it is no plain function")


def test_a_function_that_is_not_called_with_facts_by_name_replaces_none() -> None:
    """The engine passes one fact for each parameter."""

    def filed_on_the_order_page(*facts: object) -> Failed:
        """DG.3.2(1). Never."""
        return Failed("too_late", tuple(map(str, facts)))

    with pytest.raises(PolicyError, match="its parameter facts is not one fact by its name"):
        amended(replacing=(filed_on_the_order_page,))


def test_other_fields_replace_the_old_ones_entirely() -> None:
    """Exactly as in an edition written in full. By default, the docstring of the new functions' module describes it."""
    assert amended(replacing=(filed_on_the_order_page, damage_window)).about == __doc__
    assert amended(settings={"leak_required": False}).about == DAMAGE.about
    new = amended(about="Another text.", revision=2, remarks=(), requires=DAMAGE.requires[:-1])
    assert (new.about, new.revision, new.remarks, len(new.requires)) == ("Another text.", 2, (), 6)
