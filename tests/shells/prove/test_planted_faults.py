"""Faults planted in editions are found, each with the smallest example that shows it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve

from adjudicator.engine.registry import governing, policies
from adjudicator.law import DAY, Answer, Edition, Instant, Window, fails, repairable, within_days, within_hours
from adjudicator.model.errors import InputError
from adjudicator.prove import Example, Limits, NotReproduced, Statement, StatementKind, Status, Why, check, compare
from adjudicator.prove.answers import Answers
from adjudicator.prove.windows import in_force, periods
from prove.test_small_domains import of_kind
from prove.visits import MEMBERSHIP, Stamp, edition


def facts_of(example: Example) -> dict[str, Any]:
    return {each.name: each.value for each in example.facts}


def window(began_at: Instant, hours: int) -> Window:
    """AB.1(1). The time."""
    return within_hours("began_at", began_at, hours)


def in_the_window(filed_at: Instant, window: Window) -> bool:
    """AB.1(1). In time."""
    return filed_at in window


def difference(old: Edition, new: Edition) -> Statement:
    return of_kind(compare(old, new), StatementKind.SAME_ANSWER)


def test_an_edition_that_is_off_by_an_hour_differs_first_one_microsecond_after_the_shorter_time() -> None:
    old, new = (edition(in_the_window, facts=(window,), hours=hours, year=2000 + hours) for hours in (24, 48))
    (example,) = difference(old, new).examples
    given = facts_of(example)
    assert Instant.parse(given["filed_at"]) - Instant.parse(given["began_at"]) == 86_400_000_001
    assert [(each.edition, each.answer) for each in example.answers] == [("2024-01-01", False), ("2048-01-01", True)]


def test_ninety_calendar_days_are_not_ninety_times_24_hours() -> None:
    def of_days(filed_at: Instant, began_at: Instant) -> bool:
        """AB.1(1). Ninety days."""
        return filed_at in within_days("began_at", began_at, 90)

    def of_hours(filed_at: Instant, began_at: Instant) -> bool:
        """AB.1(1). Ninety times 24 hours."""
        return filed_at <= began_at + 90 * DAY

    def of_midnights(filed_at: Instant, began_at: Instant) -> bool:
        """AB.1(1). Ninety days, in plain arithmetic."""
        return (filed_at + DAY // 3) // DAY - (began_at + DAY // 3) // DAY <= 90

    def named(function: Any) -> Any:
        function.__name__ = "in_time"
        return function

    old, new, again = (
        edition(named(each), year=2020 + year) for year, each in enumerate((of_days, of_hours, of_midnights))
    )
    (example,) = difference(old, new).examples
    assert {each.answer for each in example.answers} == {True, False}
    assert difference(old, again).status is Status.PROVED


def test_a_clause_that_never_decides_is_found() -> None:
    def always_true(spent: int) -> bool:
        """AB.1(1). At least nothing."""
        return spent >= 0

    statement = of_kind(check(edition(always_true)), StatementKind.DECIDES)
    assert (statement.status, facts_of(statement.examples[0])) == (Status.REFUTED, {"spent": 0})


def test_a_clause_that_others_imply_is_found_and_those_others_are_not() -> None:
    def at_least_ten(spent: int) -> bool:
        """AB.1(1). Ten."""
        return spent >= 10

    def at_least_five(spent: int) -> bool:
        """AB.1(2). Five."""
        return spent >= 5

    proofs = check(edition(at_least_five, at_least_ten))
    assert of_kind(proofs, StatementKind.NEEDED, "at_least_five").status is Status.REFUTED
    needed = of_kind(proofs, StatementKind.NEEDED, "at_least_ten")
    assert (needed.status, facts_of(needed.examples[0])) == (Status.PROVED, {"spent": 5})


def test_a_gap_between_two_windows_is_found_to_the_microsecond() -> None:
    def in_one_of_two(filed_at: Instant, began_at: Instant) -> bool:
        """AB.1(1). In the first hour, or in the second."""
        second = began_at + 3_600_000_002 <= filed_at <= began_at + 7_200_000_000
        return began_at <= filed_at <= began_at + 3_600_000_000 or second

    about = "in_one_of_two: filed_at"
    statement = of_kind(check(edition(in_one_of_two)), StatementKind.NO_GAP, about)
    before, within, after = (facts_of(each) for each in statement.examples)
    assert statement.status is Status.REFUTED
    assert Instant.parse(within["filed_at"]) - Instant.parse(within["began_at"]) == 3_600_000_001
    assert [each.answers[0].answer for each in statement.examples] == [True, False, True]
    assert before["filed_at"] < within["filed_at"] < after["filed_at"]


def test_a_window_that_ends_before_it_starts_is_found() -> None:
    statement = of_kind(check(edition(in_the_window, facts=(window,), hours=-1)), StatementKind.WINDOW)
    assert statement.status is Status.REFUTED
    assert (
        of_kind(check(edition(in_the_window, facts=(window,), hours=0)), StatementKind.WINDOW).status is Status.PROVED
    )


def test_an_edition_that_never_governs_is_found() -> None:
    (first,) = policies()["douyin_global.damage"]
    late = evolve(first, effective_from=dt.date(2025, 1, 1), zone=dt.timezone(dt.timedelta(hours=-12)))
    soon = evolve(first, effective_from=dt.date(2025, 1, 2), zone=dt.timezone(dt.timedelta(hours=13)))
    assert periods((first, late), Limits()).status is Status.PROVED
    assert periods((first, late, soon), Limits()).status is Status.REFUTED


def test_periods_are_those_of_the_registry() -> None:
    for editions in policies().values():
        for edge in (editions[0].governs_from - 1, editions[-1].governs_from):
            assert in_force(editions, Instant(edge)) is governing(editions[0].policy, Instant(edge))


def test_decimals_are_exact() -> None:
    def above(score: Decimal) -> bool:
        """AB.1(1). Above 4.1."""
        return score > Decimal("4.1")

    def above_or_at(score: Decimal) -> bool:
        """AB.1(1). At least 4.1."""
        return score >= Decimal("4.1")

    above_or_at.__name__ = "above"
    (example,) = difference(edition(above), edition(above_or_at, year=2025)).examples
    assert facts_of(example) == {"score": "4.1"}


@pytest.mark.parametrize(("items", "status"), [(1, Status.PROVED), (2, Status.REFUTED)])
def test_the_bound_of_lists_is_stated_and_decides(items: int, status: Status) -> None:
    def any_stamp(stamps: tuple[Stamp, ...]) -> bool:
        """AB.1(1). One is valid."""
        return any(each.valid for each in stamps)

    def first_stamp(stamps: tuple[Stamp, ...]) -> bool:
        """AB.1(1). The first is valid."""
        return bool(stamps) and stamps[0].valid

    first_stamp.__name__ = "any_stamp"
    proofs = compare(edition(any_stamp), edition(first_stamp, year=2025), Limits(items=items))
    statement = of_kind(proofs, StatementKind.SAME_ANSWER)
    assert statement.bound is not None
    assert (statement.status, statement.bound.items, statement.bound.lists) == (status, items, ("stamps",))


def test_clauses_that_cannot_be_treated_are_reported() -> None:
    def by_the_letters(name: str) -> bool:
        """AB.1(1). An A."""
        return name.startswith("A")

    def by_a_library(began_at: Instant) -> bool:
        """AB.1(1). In a leap year."""
        return began_at.datetime().year % 4 == 0

    def by_product(spent: int, age: int) -> bool:
        """AB.1(1). A product."""
        return spent * age > 7

    def caught(name: str) -> bool:
        """AB.1(1). Hides what went wrong."""
        try:
            return name.startswith("A")
        except Exception:  # noqa: BLE001 - what is tested
            return True

    proofs = check(edition(by_the_letters, by_a_library, by_product, caught))
    found = {each.about: each for each in proofs.statements if each.kind is StatementKind.DECIDES}
    assert {each.status for each in found.values()} == {Status.NOT_PROVABLE}
    why = {name: each.reason and each.reason.why for name, each in found.items()}
    assert why == {
        "by_the_letters": Why.TEXT,
        "by_a_library": Why.ARITHMETIC,
        "by_product": Why.ARITHMETIC,
        "caught": Why.TEXT,
    }


def test_whether_two_texts_are_the_same_can_be_proved() -> None:
    def came_alone(name: str, host: str) -> bool:
        """AB.1(1). The host came."""
        return name == host and name != "nobody"

    (example, other) = of_kind(check(edition(came_alone)), StatementKind.DECIDES).examples
    assert {each.answers[0].answer for each in (example, other)} == {True, False}


def test_answers_that_differ_in_one_part_differ_and_may_have_the_same_effect() -> None:
    def in_time(began_at: Instant, filed_at: Instant, later: int) -> Answer:
        """AB.1(1). In time."""
        return filed_at <= began_at or fails("late", changes_at=Instant(filed_at + later))

    old, new = (edition(in_time, year=2020 + later, later=later) for later in (1, 2))
    answer, effect = compare(old, new).statements
    assert (answer.kind, answer.status) == (StatementKind.SAME_ANSWER, Status.REFUTED)
    assert (effect.kind, effect.status) == (StatementKind.SAME_EFFECT, Status.PROVED)
    assert [each.effect for each in answer.examples[0].answers] == ["defeats", "defeats"]


def test_whether_something_can_be_repaired_is_part_of_its_effect() -> None:
    def in_time(began_at: Instant, filed_at: Instant, can_wait: bool) -> Answer:
        """AB.1(1). In time."""
        if filed_at <= began_at:
            return True
        return repairable(MEMBERSHIP, {"member": (True,)}, None) if can_wait else fails()

    old, new = (edition(in_time, year=2020 + can_wait, can_wait=can_wait) for can_wait in (False, True))
    _, effect = compare(old, new).statements
    assert [each.effect for each in effect.examples[0].answers] == ["defeats", "repairable"]


def test_too_many_paths_are_no_proof() -> None:
    def in_steps(spent: int) -> bool:
        """AB.1(1). Counted in steps."""
        return sum(spent > each for each in range(50)) > 3

    (statement,) = compare(edition(in_steps), edition(in_the_window, facts=(window,), hours=1, year=2025)).statements[
        :1
    ]
    assert (statement.status, statement.reason and statement.reason.why) == (Status.NOT_PROVABLE, Why.ONLY_IN_ONE)
    proofs = check(edition(in_steps), Limits(paths=9))
    reason = of_kind(proofs, StatementKind.DECIDES).reason
    assert reason is not None
    assert (reason.why, reason.detail) == (Why.TOO_MANY, "9 paths")


def test_an_example_that_the_real_functions_do_not_confirm_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (edition(in_the_window, facts=(window,), hours=hours, year=2000 + hours) for hours in (24, 48))
    monkeypatch.setattr(Answers, "real_answer", lambda *_: True)
    with pytest.raises(NotReproduced):
        compare(old, new)


def test_a_function_that_behaves_differently_on_real_values_is_not_proved() -> None:
    def on_types(began_at: Instant) -> bool:
        """AB.1(1). Looks at the type."""
        return type(began_at) is Instant

    reason = of_kind(check(edition(on_types)), StatementKind.DECIDES).reason
    assert reason is not None
    assert reason.why is Why.DIVERGED


def test_bad_input_is_refused() -> None:
    old = edition(in_the_window, facts=(window,), hours=1)
    with pytest.raises(InputError, match="an edition of a policy"):
        check("consumer_law")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"an edition of acme\.visits"):
        compare(old, policies()["consumer_law.seven_day_return"][0])
    with pytest.raises(ValueError, match=r"items: expected a whole number from 0 to 4, got 5"):
        Limits(items=5)
