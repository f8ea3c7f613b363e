"""Letters and scripts say what can still be done, and ask for nothing that cannot be followed."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from adjudicator import decide
from adjudicator.engine.registry import policies
from adjudicator.explain import explain
from adjudicator.explain.agent import MOST
from adjudicator.model.enumerations import Channel, Demand
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.rulebook.handbook.examples import examples_for
from adjudicator.testing import a_case, a_claim, a_damage_photo, a_line, an_appraisal, an_order
from adjudicator.words import words_for

AUTHENTICITY = "douyin_global.authenticity"
LOCAL_RETURN = "douyin_global.local_return"
NOON = Instant.parse("2022-03-27T12:00:00+08:00")
NEXT_DAY = Instant.parse("2022-03-28T12:00:00+08:00")
AFTER_NINETY_DAYS = Instant.parse("2022-06-25T00:00:00+08:00")


def example(name: str) -> Any:
    """The case of a worked example."""
    found = (each for group in policies().values() for each in examples_for(group))
    return next(each.case for each in found if each.name == name)


def letter(case: Any, voice: str = "consumer", **changes: Any) -> str:
    """What is written about a case to one reader, in English."""
    changed = attrs.evolve(case, **changes)
    return explain(decide(changed), changed, voice=voice)


def closing(case: Any, at: Instant | None) -> Any:
    """The case, with the time for evidence ending at an instant."""
    return attrs.evolve(case, claim=attrs.evolve(case.claim, evidence_closes_at=at))


# Units that are not proven


def two_of_three(evidence_closes_at: Instant | None, as_of: Instant) -> Any:
    """A claim for three units with proof for two."""
    order = an_order(a_line(quantity=3))
    return closing(a_case(AUTHENTICITY, an_appraisal(units_covered=2), order=order, as_of=as_of), evidence_closes_at)


@pytest.mark.parametrize(
    ("closes_at", "as_of", "expected"),
    [
        (None, NEXT_DAY, "they can still be proven under this claim."),
        (NEXT_DAY, NEXT_DAY, "they can still be proven under this claim, until 28 March 2022, 12:00 Beijing time."),
        (NOON, NEXT_DAY, "once they are proven, they can be claimed anew."),
        (NOON, AFTER_NINETY_DAYS, "The proof covers only some of the units, and the time to claim the others is over."),
    ],
)
@pytest.mark.parametrize("voice", ["consumer", "merchant", "agent"])
def test_units_that_are_not_proven_can_be_proven_or_claimed_as_long_as_there_is_time(
    closes_at: Instant | None, as_of: Instant, expected: str, voice: str
) -> None:
    assert expected in letter(two_of_three(closes_at, as_of), voice)


def test_without_the_case_nobody_knows_whether_more_proof_is_in_time() -> None:
    """When evidence closes is said by the case alone, so the letter only restates the rule."""
    late = explain(decide(two_of_three(NOON, AFTER_NINETY_DAYS)), voice="consumer")
    assert "proven later, they are a later claim" in late
    assert "the time to claim the others is over" not in late


# Once the time for evidence is over


@pytest.mark.parametrize("changes", [{}, {"merchant_reply": None}], ids=["agreed", "not answered"])
def test_a_guarantee_without_an_end_can_be_claimed_anew_after_a_denial(changes: dict[str, Any]) -> None:
    """A local return may be asked for at any time; only the path was wrong."""
    claim = a_claim(filed_through=Channel.OTHER, evidence_closes_at=NOON, **changes)
    written = letter(a_case(LOCAL_RETURN, claim=claim, as_of=NEXT_DAY))
    assert "If you can put this right or have new evidence, you can file a new claim." in written
    assert "This claim is closed" not in written


def test_a_claim_that_a_person_reviews_is_not_called_closed() -> None:
    """One line is denied, because it came back worn and evidence is closed; for the others the time of signing is not known."""
    worn = example("return-worn")
    lines = (worn.order.lines[0], attrs.evolve(worn.order.lines[0], id="L9"))
    items = (worn.claim.items[0], attrs.evolve(worn.claim.items[0], line_id="L9", goods_back=True, intact=True))
    parcels = tuple(attrs.evolve(each, signed_at=None) for each in worn.order.parcels)
    case = attrs.evolve(
        worn,
        order=attrs.evolve(worn.order, lines=lines, parcels=parcels),
        claim=attrs.evolve(worn.claim, items=items, evidence_closes_at=worn.claim.filed_at),
    )
    assert decide(case).outcome == "manual_review"
    written = letter(case)
    assert "Our team will decide on what we have received." in written
    assert "This claim is closed" not in written
    assert "you can file a new claim" not in written


def test_the_time_left_to_file_names_the_goods_if_there_are_several() -> None:
    order = an_order(a_line("L1"), a_line("L2", title="麦片"))
    of_two = letter(closing(a_case(AUTHENTICITY, order=order, as_of=NEXT_DAY), NOON))
    assert "88 days 11 hours left. This is about 面霜 50ml (line L1) and 麦片 (line L2)." in of_two
    of_one = letter(closing(a_case(AUTHENTICITY, as_of=NEXT_DAY), NOON))
    assert "88 days 11 hours left.\n" in of_one


# Requests


def test_goods_on_their_way_back_are_neither_called_worn_nor_unwelcome() -> None:
    """Nobody knows their condition yet, and the merchant must not be told to refuse the parcel."""
    case = example("return-goods-not-back")
    closed = closing(case, case.claim.filed_at)
    for voice in ("consumer", "agent"):
        assert "using them is not" not in letter(closed, voice)
        assert "We can say nothing about their condition before the merchant has them back." in letter(closed, voice)
    assert "take back" not in letter(case, "merchant")


def test_an_answer_that_only_says_yes_is_not_asked_for_by_itself() -> None:
    """A reader who is asked to send the goods back needs no field of a form, "goods back with the merchant: yes"."""
    case = example("return-goods-not-back")
    for voice in ("consumer", "agent"):
        assert "Please send the goods back to the merchant." in letter(case, voice)
        assert "goods back with the merchant: yes" not in letter(case, voice)


def test_the_merchant_may_also_refuse_a_return() -> None:
    """Only an agreement would grant it, but that is not for us to say."""
    case = a_case(LOCAL_RETURN, claim=a_claim(merchant_reply=None))
    written = letter(case, "merchant")
    assert "Please answer the return request." in written
    assert "You can agree or refuse." in written
    assert "agreed" not in written


def test_you_are_asked_to_tell_what_is_no_document() -> None:
    assert "Please tell us whether the returned goods are intact." in letter(
        example("return-not-inspected"), "merchant"
    )


def test_the_time_left_to_dispatch_is_not_called_time_to_spare() -> None:
    case = example("dispatch-due-on-day-10")
    assert "Not dispatched yet; there is still time." in letter(case)
    for voice in ("consumer", "agent"):
        assert " left" in letter(case, voice)
        assert "to spare" not in letter(case, voice)


def test_what_a_shop_can_still_do_in_time_is_not_called_missed() -> None:
    """Until the end of day 45 it can apply to leave; then it is too late."""
    in_time, too_late = letter(example("trading-closing-on-day-45")), letter(example("trading-closing-on-day-46"))
    assert "has to apply to leave within 45 days of entering the closing state, and has not done so yet." in in_time
    assert "had to apply to leave within 45 days of entering the closing state, and did not." in too_late


# Scripts


def test_a_script_names_the_goods_that_are_denied_and_does_not_say_beside_that_all_is_met() -> None:
    """One line is approved, the other denied."""
    order = an_order(a_line("L1"), a_line("L2"))
    leaking, dry = a_damage_photo("E1", line_ids=("L1",)), a_damage_photo("E2", line_ids=("L2",), leak=False)
    case = a_case("douyin_global.damage", leaking, dry, order=order)
    assert {each.outcome.value for each in decide(case).lines} == {"approved", "denied"}
    assert (
        "The guarantee covers goods that arrive both broken and leaking. This is about 面霜 50ml (line L2)."
        in letter(case, "agent")
    )
    assert "All conditions of the rule are met." not in letter(case, "agent")


def test_a_script_with_more_requests_than_it_can_say_points_to_the_letter() -> None:
    case = example("trading-promise-without-top-up-on-day-3")
    asked = [each for each in decide(case).requests if each.to == "merchant"]
    script = letter(case, "agent")
    assert ("The rest is in your letter." in script) is (len(asked) > 2)
    assert script.count("The rest is in your letter.") <= 1
    assert script.count("\n  ") <= MOST


@pytest.mark.parametrize(
    ("language", "spoken"),
    [
        ("en", ["67 yuan", "67 Singapore dollars", "1 US dollar", "1.50 US dollars", "67 ZZZ"]),
        ("zh-Hans", ["67 元", "67 新加坡元", "1 美元", "1.50 美元", "67ZZZ"]),
        ("zh-Hant", ["人民幣 67 元", "67 新加坡幣", "1 美元", "1.50 美元", "67 ZZZ"]),
    ],
)
def test_a_currency_is_spoken_by_its_name(language: str, spoken: list[str]) -> None:
    """A code such as SGD cannot be read aloud. A currency that nobody has named yet keeps its code."""
    words = words_for(None, language)
    amounts = (6700, "CNY"), (6700, "SGD"), (100, "USD"), (150, "USD"), (6700, "ZZZ")
    assert [words.spoken_money(Minor(amount), currency) for amount, currency in amounts] == spoken


def test_whoever_files_again_as_a_letter_says_gets_the_price_back_too() -> None:
    """The price is owed only on demand (R16), so a letter that named the ten times alone would cost the customer the refund."""
    claim = a_claim(demands=(Demand.REFUND,), evidence_closes_at=None)
    written = letter(a_case(AUTHENTICITY, an_appraisal(), claim=claim))
    assert "If you want the price back as well, demand the refund too." in written
    closed = letter(closing(a_case(AUTHENTICITY, an_appraisal(), claim=claim, as_of=NEXT_DAY), NOON))
    assert "the demands 退款 (refund) and 退一赔十 (ten times the price)" in closed
