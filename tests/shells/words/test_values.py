"""Amounts, facts, requests and answers in words."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adjudicator.engine.registry import policies
from adjudicator.model.finding import FactRead, Margin, Request, Unit
from adjudicator.model.time import Instant
from adjudicator.words import ENGLISH, LANGUAGES, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, words_for
from words.catalogues import in_every_language


@pytest.mark.parametrize(
    ("amount", "currency", "english", "simplified", "traditional"),
    [
        (0, "CNY", "CNY 0.00", "人民币 0.00 元", "人民幣 0.00 元"),
        (5, "CNY", "CNY 0.05", "人民币 0.05 元", "人民幣 0.05 元"),
        (123_456_789, "HKD", "HKD 1,234,567.89", "港币 1,234,567.89 元", "港幣 1,234,567.89 元"),
        (74_537, "TWD", "TWD 745.37", "新台币 745.37 元", "新台幣 745.37 元"),
        (74_537, "JPY", "JPY 74,537", "JPY 74,537", "JPY 74,537"),
        (1_234, "KWD", "KWD 1.234", "KWD 1.234", "KWD 1.234"),
        (1_234, "IQD", "IQD 1.234", "IQD 1.234", "IQD 1.234"),
        (-50, "USD", "USD -0.50", "USD -0.50", "USD -0.50"),
        (100, "XYZ", "XYZ 1.00", "XYZ 1.00", "XYZ 1.00"),
    ],
)
def test_money_is_written_in_the_units_of_its_currency(
    amount: int, currency: str, english: str, simplified: str, traditional: str
) -> None:
    """A minor unit has two digits unless ISO 4217 says otherwise; so does an unknown currency."""
    text = tuple(words_for(None, language).money(amount, currency) for language in LANGUAGES)
    assert text == (english, simplified, traditional)


@in_every_language
@given(amount=st.integers(0, 10**15), currency=st.sampled_from(["CNY", "HKD", "TWD", "JPY", "KWD", "CLF", "XYZ"]))
def test_amounts_in_words_keep_all_digits(language: str, amount: int, currency: str) -> None:
    """All digits of an amount are there, in order."""
    text = words_for(None, language).money(amount, currency)
    assert int(re.sub(r"\D", "", text)) == amount


def fact(name: str, value: Any, pointer: str) -> FactRead:
    """A fact that some clause read."""
    return FactRead(name, value, (pointer,))


def test_a_fact_is_given_with_its_label_and_its_value() -> None:
    """Choices and answers in words, amounts with their currency, instants as local time, free text as it is."""
    edition = policies()["douyin_global.damage"][-1]
    read = (
        fact("reason", "not_as_described", "/claim/reason"),
        fact("evidence_closed", False, "/claim/evidence_closes_at"),
        fact("category", None, "/order/lines/0/category"),
        fact("badges", ("authenticity", "damage"), "/order/lines/0/badges"),
        fact("return_addresses", (), "/order/merchant/return_addresses"),
        fact("goods_paid", 59_200, "/order/lines/0/goods_paid"),
        fact("quantity_claimed", 3, "/claim/items/0/quantity"),
        fact("filed_at", "2022-05-20T09:00:00+08:00", "/claim/filed_at"),
        fact("buyer_id", "2022-99-99T09:00:00+08:00", "/order/buyer_id"),
        FactRead("signings", (), ()),
    )
    assert [words_for(edition, ENGLISH).fact(each, "CNY") for each in read] == [
        "the refund reason chosen: not as described",
        "whether the time for evidence is over: no",
        "the category of the goods: not known",
        "the guarantees shown on the goods: authenticity guarantee and damage return",
        "the merchant's return addresses: none",
        "what was paid for the goods: CNY 592.00",
        "how many units are claimed: 3",
        "when the claim was filed: 20 May 2022, 09:00 Beijing time",
        "who placed the order: 2022-99-99T09:00:00+08:00",
        "when each parcel was signed for: none",
    ]
    assert words_for(edition, TRADITIONAL_CHINESE).fact(read[0], "CNY") == "所選退款原因：與描述不符"
    assert words_for(edition, TRADITIONAL_CHINESE).fact(read[5], "CNY") == "商品實付金額：人民幣 592.00 元"


def test_a_request_is_a_sentence() -> None:
    """Who is asked for what, about what, and until when."""
    request = Request("carrier", "signing_time", "L1", (), Instant.parse("2022-05-30T16:00:00Z"), None)
    assert [words_for(None, language).request(request) for language in LANGUAGES] == [
        (
            "The carrier is asked when the parcel was signed for. It concerns line L1. "
            "It can be sent in until 31 May 2022, 00:00 Beijing time."
        ),
        "请物流公司提供包裹的签收时间。涉及商品行 L1。提交截至北京时间 2022 年 5 月 31 日 00:00（含）。",
        "請物流公司提供包裹的簽收時間。涉及商品項目 L1。提交截至北京時間 2022 年 5 月 31 日 00:00（含）。",
    ]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (ENGLISH, "amount topped up: CNY 100,000.00; promised in writing: yes; notice received: no"),
        (SIMPLIFIED_CHINESE, "补缴金额：人民币 100,000.00 元；已书面承诺：是；已收到通知：否"),
        (TRADITIONAL_CHINESE, "補繳金額：人民幣 100,000.00 元；已書面承諾：是；已收到通知：否"),
    ],
)
def test_an_acceptable_answer_names_its_object_and_currency(language: str, expected: str) -> None:
    """An event needs its name to make sense; an amount is money if the currency is known."""
    words = words_for(policies()["pinduoduo.off_platform_trading"][0], language)
    answer = {
        "/shop/deposit/top_ups/-/amount": (10_000_000,),
        "/shop/written_promise/happened": (True,),
        "/shop/earlier_findings/0/notice/happened": (False,),
    }
    assert words.answer(answer) == words.answer(answer, "CNY") == expected
    of_a_claim = words_for(policies()["douyin_global.authenticity"][0], language)
    paid = "/order/lines/0/goods_paid"
    assert of_a_claim.value(paid, 10_000_000) == "10000000"
    assert of_a_claim.value(paid, 10_000_000, "CNY") == words.money(10_000_000, "CNY")


def test_where_all_cases_are_in_one_currency_amounts_are_money_though_the_decision_names_none() -> None:
    """For example, a deposit is in yuan."""
    words = words_for(policies()["pinduoduo.virtual_listing"][0], ENGLISH)
    assert words.answer({"/shop/virtual_deposit": (1_000_000,)}) == "virtual deposit: CNY 10,000.00"
    assert words.value("/product/rental_days", 30) == "30"


def test_values_from_the_case_are_formatted_by_the_shell() -> None:
    """Ids, brands and unknown codes are formatted by the shell; our own words are not."""
    words = words_for(None, ENGLISH, outside=lambda text: f"<{text}>")
    request = Request("nobody", "miracle", "L&1", ({"brand": ("A&B",), "verification": ("verified",)},), None, "E&1")
    found = " ".join((words.request(request), *words.accepts(request)))
    assert found == (
        "<nobody> is asked for <miracle>. It is about document <E&1>. It concerns line <L&1>. "
        "What will do: brand: <A&B>."
    )


def test_singular_and_plural_are_distinguished() -> None:
    """English has a plural, Chinese has none."""
    one, many = Margin(Unit.UNITS, 1), Margin(Unit.UNITS, -2)
    assert words_for(None, ENGLISH).margin(one) == "Within the limit by 1 unit."
    assert words_for(None, ENGLISH).margin(many) == "Beyond the limit by 2 units."
    assert words_for(None, TRADITIONAL_CHINESE).margin(many) == "超出限額 2 件。"


def test_a_code_without_words_is_shown_by_its_last_part() -> None:
    """A pack without texts can still be read."""
    assert words_for(None, ENGLISH).say("need.proof_of_postage") == "proof of postage"


def test_a_packs_texts_come_before_the_engines() -> None:
    """A pack can replace the engine's general texts."""
    words = words_for(policies()["douyin_global.authenticity"][0], ENGLISH)
    assert words.say("reason.proven") == "Proven."
    assert "reason.proven" not in words_for(None, ENGLISH)
    admission = words_for(policies()["douyin_alliance.admission"][0], ENGLISH)
    assert admission.verdict("manual_review") == "A person will decide on admission."
    assert words_for(None, ENGLISH).verdict("manual_review") == "Our team will review the claim and decide it."
