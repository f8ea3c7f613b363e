"""Lint finds problems in editions that can be created and run, with function, file and line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.engine.vocabulary import ANY, fails, missing
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.by_date import ByDate, by_date
from adjudicator.model.enumerations import Category
from adjudicator.model.facts import Failed, Holds, Need, Open, Party
from adjudicator.model.time import HOUR, Instant, Window, within_days
from adjudicator.rulebook.lint import LintFault, faults_of, numbers_stated, numbers_stated_in_chinese

HOURS: Final = {Category.FOOD: 48}


def edition(*requires: Callable[..., object], **others: Any) -> Edition:
    """A small edition with these clauses and no texts of its own."""
    fields: dict[str, Any] = {
        "policy": "test.policy",
        "article": "ZZ.1",
        "effective_from": dt.date(2022, 3, 15),
        "case_kind": CLAIMS,
    }
    return Edition(requires=requires, **(fields | others))


def found_in(of: Edition) -> list[tuple[str, str]]:
    """What lint says of which function, apart from words and from grants, of which these editions have none."""
    told = [(each.function, each.message) for each in faults_of(of)]
    return [(function, message) for function, message in told if not ("no words" in message or "no grants" in message)]


def large(most: ByDate[int], filed_at: Instant) -> bool:
    """ZZ.1(1). It is large."""
    return most.at(filed_at) == 5


def test_a_table_whose_days_begin_elsewhere_is_found() -> None:
    """Midnight in Beijing is not midnight in Paris."""
    paris = ZoneInfo("Europe/Paris")
    tables = [by_date({"2020-01-01": 5}), by_date({"2020-01-01": 5}, zone=paris)]
    beijings, of_paris = (found_in(edition(large, zone=paris, settings={"most": each})) for each in tables)
    told = "the days of the table most begin in UTC+08:00, those of the edition in Europe/Paris"
    assert (beijings, of_paris) == ([("large", told)], [])


def test_an_edition_that_could_pay_and_says_nothing_about_it_is_found() -> None:
    (damage,) = policies()["douyin_global.damage"]
    told = LintFault(
        "", __file__, 1, "the edition has no grants, so whatever is approved under it pays and allows nothing"
    )
    assert told in faults_of(edition(large, settings={"most": by_date({"2020-01-01": 5})}))
    assert not any("no grants" in each.message for each in faults_of(damage))


@pytest.mark.parametrize("shipped", editions(), ids=lambda each: each.policy)
def test_nothing_is_wrong_with_the_shipped_editions(shipped: Edition) -> None:
    assert faults_of(shipped) == ()


def test_a_number_missing_from_the_code_is_found_with_its_place() -> None:
    """The code says forty-eight hours, and the docstring 72."""

    def window(category: Category, filed_at: Instant) -> Window:
        """ZZ.1(1), R2. 72 hours, or 48 for food."""
        return Window("filed_at", filed_at, Instant(filed_at + HOURS[category] * HOUR), includes_end=True)

    def filed_in_time(as_of: Instant, window: Window) -> bool | Holds:
        """ZZ.1(1). Within forty-eight hours."""
        return as_of in window

    of = edition(filed_in_time, facts=(window,))
    assert found_in(of) == [("window", "its docstring says 72, but no code behind it holds that number")]
    (fault,) = [each for each in faults_of(of) if each.function == "window"]
    assert (fault.path, fault.line) == (__file__, window.__code__.co_firstlineno)
    assert fault.message.startswith("its docstring says 72")


def test_a_year_can_be_in_a_table_by_date() -> None:
    """It is the day from which a value applies."""
    rates = by_date({"2020-01-01": 60, "2026-01-01": 70})

    def large(most: ByDate[int], filed_at: Instant) -> bool:
        """ZZ.1(1). 60 % are enough, from 2026 on 70 %, from 2027 on all."""
        return most.at(filed_at) == 0

    of = edition(large, settings={"most": rates})
    assert found_in(of) == [("large", "its docstring says 2027, but no code behind it holds that number")]


def test_a_number_can_be_in_the_name_of_a_function() -> None:
    """A remark has no other code that could contain it."""
    (damage,) = policies()["douyin_global.damage"]

    def paid_within_seven_days(denied: bool) -> bool:
        """DG.3.1. The price is paid within seven days."""
        return not denied

    def paid_within_nine_days(denied: bool) -> bool:
        """DG.3.1. The price is paid within seven days."""
        return not denied

    of = evolve(damage, remarks=(paid_within_seven_days, paid_within_nine_days))
    assert [function for function, message in found_in(of) if "docstring" in message] == ["paid_within_nine_days"]


def test_a_stale_restatement_of_an_amended_edition_is_found() -> None:
    """The clause is kept, but restates the window that was replaced."""
    (damage,) = policies()["douyin_global.damage"]

    def signing(signings: tuple[Instant | None, ...]) -> Instant:
        """R6. When the last parcel was signed for."""
        return max(each for each in signings if each is not None)

    def damage_window(signing: Instant) -> Window:
        """DG.3.1. Seven days."""
        return within_days("signed_at", signing, 7)

    of = evolve(damage, facts=(signing, damage_window), requires=(damage.requires[3],), grants=None, remarks=())
    assert [each for each in found_in(of) if "docstring" in each[1]] == [
        ("filed_within_the_damage_window", "its docstring says 72, but no code behind it holds that number"),
        ("filed_within_the_damage_window", "its docstring says 24, but no code behind it holds that number"),
    ]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Within 72 hours, or 24 for food.", (72, 24)),
        ("More than 5,000 yuan, or 4.1 points.", (5000, Decimal("4.1"))),
        ("Forty-five days, then ninety working days.", (45, 90)),
        ("The last one to 24:00 on 15 March 2022, as DG.1.3(2) and R5 say.", ()),
        ("One day, in one of ten second-level categories, by two people.", ()),
    ],
)
def test_numbers_are_read_in_digits_and_before_units_in_words(text: str, numbers: tuple[Any, ...]) -> None:
    assert numbers_stated(text) == numbers


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("在签收后20日内提出，食品为 24 小时，好评率高于 75%。", (20, 24, 75)),
        ("保证金标准提高 10 万元，或者1.5万元，最多10,000元。", (100_000, 15_000, 10_000)),
        ("至最后一日24时止，即2022年3月15日24:00，见DG.1.3(2)和R5，第20条。", ()),
        ("当日 23：59，或 20:00:00，或 12 点；上万元，万元以上，3月起施行。", ()),
    ],
)
def test_numbers_are_read_in_chinese_too(text: str, numbers: tuple[Any, ...]) -> None:
    assert numbers_stated_in_chinese(text) == numbers


def test_a_number_of_the_chinese_text_alone_is_checked() -> None:
    def a_window(filed_at: Instant) -> Window:
        """ZZ.1(1). Thirty days.

        20 日。
        """
        return within_days("filed_at", filed_at, 30)

    def another(filed_at: Instant, a_window: Window) -> bool:
        """ZZ.1(1). Filed within 20 days.

        在20日内提出。
        """
        return filed_at in a_window

    told = [each for each in found_in(edition(another, facts=(a_window,))) if "docstring" in each[1]]
    assert told == [
        ("a_window", "its docstring says 20 in Chinese, but no code behind it holds that number"),
        ("another", "its docstring says 20, but no code behind it holds that number"),
    ]


def test_unused_facts_and_sentences_are_found() -> None:
    """An unused fact and setting, and a sentence that no function cites."""

    def size(category: Category) -> int:
        """ZZ.1. A size."""
        return len(category.value)

    def clause(category: Category) -> bool:
        """ZZ.1(1). It is food."""
        return category is Category.FOOD

    of = edition(clause, facts=(size,), settings={"strict": True}, sentences=("ZZ.1(1)", "ZZ.1(2)", "ZZ.1(3)"))
    assert found_in(evolve(of, not_adjudicated={"ZZ.1(3)": "a_right"})) == [
        ("size", "is a fact that no function of the edition asks for"),
        ("clause", "the edition has the setting strict, for which no function asks"),
        ("clause", "no function of the edition cites ZZ.1(2), and it is not left out for a reason"),
    ]


def test_a_function_that_only_cites_what_no_policy_is_about_is_found() -> None:
    """The article of another policy can be cited, and more beside the own one."""

    def clause(category: Category) -> bool:
        """ZZ.1(1), QQ.7. It is food."""
        return category is Category.FOOD

    def another(category: Category) -> bool:
        """DG.3.1. It is food."""
        return category is Category.FOOD

    def mistyped(category: Category) -> bool:
        """ZQ.1(4). It is food."""
        return category is Category.FOOD

    of = edition(clause, another, mistyped)
    assert ("mistyped", "cites ZQ.1(4), which is no part of ZZ.1 or of the article of another policy") in found_in(of)
    assert not [each for each in found_in(edition(clause, another)) if "cites" in each[1]]
    renumbered = evolve(edition(clause), article="第一条")
    assert ("clause", "cites ZZ.1(1), which is no part of 第一条 or of the article of another policy") in found_in(
        renumbered
    )


def test_texts_missing_in_a_language_are_found_at_their_function() -> None:
    """A restatement is missing only if the docstring lacks the language too."""

    def clause(category: Category) -> bool:
        """ZZ.1(1). It is food."""
        return category is Category.FOOD

    lacking = {(each.function, each.message) for each in faults_of(edition(clause))}
    assert ("", "title.test.policy has no words in en") in lacking
    assert ("clause", "rule.test_lint.clause has no words in zh-Hans") not in lacking
    assert ("clause", "rule.clause has no words in zh-Hans") in lacking
    assert ("clause", "rule.clause has no words in en") not in lacking


def test_missing_texts_are_found_where_they_are_used() -> None:
    """A reason at its function or helper, a need where it is named, a setting where it is a parameter."""

    def size(strict: bool) -> int | Open:
        """ZZ.1(1). A size."""
        return 1 if strict else missing(Need("shoe_size", Party.CONSUMER), {"category": ANY}, "barefoot")

    def clause(size: int) -> bool | Failed:
        """ZZ.1(1). It is large."""
        return size > 2 or too_small()

    of = edition(clause, facts=(size,), settings={"strict": True})
    lacking = {each.message.split()[0]: each.function for each in faults_of(of) if "no words in en" in each.message}
    assert lacking["reason.barefoot"] == "size"
    assert lacking["reason.small"] == "clause"
    assert lacking["setting.strict"] == "size"


def too_small() -> Failed:
    """Not large."""
    return fails("small")
