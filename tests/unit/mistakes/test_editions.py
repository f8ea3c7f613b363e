"""Mistakes in the functions of an edition, and in what it lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Iterator
from types import FunctionType
from typing import Any

import pytest
from attrs import evolve

from adjudicator import decide
from adjudicator.claims import Return
from adjudicator.law import Fact, Glossary, Instant, PolicyError, WholeCase, WorkingDays
from mistakes.rooms import ROOMS, RoomCase, edition, has_beds, place, refusal

# Names and types


def size(beds: int) -> int:
    """ZZ.1(1). A size."""
    return 10 * beds


def test_a_function_that_is_no_fact_yet_is_named() -> None:
    def clause(size: int) -> bool:
        """ZZ.1(1). It is large."""
        return size > 2

    assert refusal(clause) == (
        f"test.rooms: {place(clause)} asks for size, which is no known fact; {place(size)} is one once you list it in facts"
    )


def test_a_misspelled_fact_is_named_with_what_may_be_meant() -> None:
    def clause(bed: int) -> bool:
        """ZZ.1(1). A bed."""
        return bed > 0

    assert refusal(clause) == (
        f"test.rooms: {place(clause)} asks for bed, which is no known fact; did you mean beds or barred?"
    )


def test_a_type_that_cannot_be_resolved_is_named_with_what_may_be_meant() -> None:
    """Python itself names only the type, not the function."""

    def clause(beds: int) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    unresolved = f"{place(clause)} has a type that cannot be resolved: "
    clause.__annotations__["beds"] = "Instnat"
    assert refusal(clause) == f"{unresolved}NameError: name 'Instnat' is not defined; did you mean Instant?"
    clause.__annotations__["beds"] = "dt.dat"
    assert refusal(clause).startswith(f"{unresolved}AttributeError: module 'datetime' has no attribute 'dat'")
    clause.__annotations__["beds"] = "int |"
    assert refusal(clause).startswith(f"{unresolved}SyntaxError: ")


def test_a_field_that_is_no_fact_is_told_how_to_become_one() -> None:
    def clause(pets: int) -> bool:
        """ZZ.1(1). No pets."""
        return pets == 0

    assert refusal(clause).endswith(
        "asks for pets, which is no known fact; it is a field of a RoomCase: write it with asked_of or supplied to make it one"
    )


def test_no_clause_can_need_what_follows_from_the_clauses() -> None:
    """Nor can a function behind one; a remark can."""

    def clause(barred: bool) -> bool:
        """ZZ.1(1). Nothing is against it."""
        return not barred

    def is_quiet(denied: bool) -> bool:
        """ZZ.1(2). It is quiet."""
        return not denied

    def other(is_quiet: bool) -> bool:
        """ZZ.1(2). It is quiet."""
        return is_quiet

    late = "which is only there once the clauses are judged; no clause can need it"
    assert refusal(clause) == f"test.rooms: {place(clause)} asks for barred, {late}"
    assert refusal(barred_by=(clause,)) == f"test.rooms: {place(clause)} asks for barred, {late}"
    assert refusal(other, facts=(is_quiet,)) == f"test.rooms: {place(is_quiet)} asks for denied, {late}"
    assert edition(remarks=(clause,), facts=(is_quiet,)).remarks
    assert edition(clause, settings={"barred": False}).clauses


def test_types_are_told_as_an_author_writes_them() -> None:
    def clause(beds: tuple[str, ...]) -> bool:
        """ZZ.1(1). Beds."""
        return bool(beds)

    assert refusal(clause) == f"test.rooms: {place(clause)} takes beds as tuple[str, ...], but it can be int"

    def setting(most: str | None) -> bool:
        """ZZ.1(1). Beds."""
        return most is None

    assert refusal(setting, settings={"most": 5}).endswith(f"{place(setting)} expects: str | None, not int")


def test_a_fact_without_a_type_is_refused() -> None:
    def kitchen(at: WholeCase):  # type: ignore[no-untyped-def]  # noqa: ANN202
        """Whether there is one."""
        return at.case.id

    kind = evolve(ROOMS, glossary=Glossary.of(*ROOMS.glossary.facts.values(), Fact(kitchen, ("/id",))))
    assert refusal(case_kind=kind) == f"test.rooms: the fact {place(kitchen)} has no type for return"


# What an edition lists


def test_lists_of_functions_are_tuples_of_plain_functions() -> None:
    assert refusal(requires=has_beds) == ("test.rooms: requires is a function; write a tuple of functions: (has_beds,)")
    assert refusal(barred_by=[has_beds]) == "test.rooms: barred_by is a list; write a tuple of functions: (one, two)"
    assert refusal("has_beds") == "test.rooms: requires lists 'has_beds', which is not a function"
    assert (
        refusal(requires=()) == "test.rooms: neither requires nor barred_by lists a clause; an edition has at least one"
    )


def test_a_function_is_listed_once() -> None:
    assert refusal(has_beds, has_beds) == f"test.rooms: {place(has_beds)} is listed twice, in requires"
    assert refusal(barred_by=(has_beds,)).endswith("is listed twice, in requires and barred_by")


def test_a_function_takes_facts_and_returns_its_result() -> None:
    def with_default(beds: int = 1) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    assert "has a default for beds, which is never used; let beds be None or Established" in refusal(with_default)

    def with_all(**facts: int) -> bool:
        """ZZ.1(1). A bed."""
        return bool(facts)

    assert f"{place(with_all)} cannot take **facts: 'int'; name each fact on its own" in refusal(with_all)

    def generator(beds: int) -> Iterator[bool]:
        """ZZ.1(1). A bed."""
        yield beds > 0

    async def coroutine(beds: int) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    async def async_generator(beds: int) -> AsyncIterator[bool]:
        """ZZ.1(1). A bed."""
        yield beds > 0

    for function in (generator, coroutine, async_generator):
        assert f"{place(function)} has to be a plain function that returns its result" in refusal(function)

    def by_position(beds: int, /) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    def by_keyword(*, beds: int) -> bool:
        """ZZ.1(1). A bed."""
        return beds > 0

    for other in (by_position, by_keyword):
        assert f"{place(other)} cannot take beds: 'int'; name each fact on its own" in refusal(other)


def test_a_function_that_grants_is_as_plain_as_any_other() -> None:
    def units(item_quantity: int = 1) -> int:
        """ZZ.1(1). All of them."""
        return item_quantity

    def address(order_id: str) -> str:
        """ZZ.1(1). Somewhere."""
        return order_id

    allowed = Return(units=units, address=address, freight=address)
    assert refusal(grants=allowed).startswith(f"test.rooms: {place(units)} has a default for item_quantity")


def test_two_functions_have_two_names() -> None:
    other = FunctionType(has_beds.__code__, has_beds.__globals__, "has_beds")
    other.__annotations__, other.__doc__ = has_beds.__annotations__, has_beds.__doc__
    assert refusal(has_beds, other) == "test.rooms: two functions are called has_beds"


def test_a_clause_answers() -> None:
    def clause(beds: int) -> tuple[int, ...] | str | bool:
        """ZZ.1(1). So many."""
        return beds > 0

    assert refusal(clause) == (
        f"test.rooms: the clause {place(clause)} can return str, tuple; a clause returns bool, "
        "or one of Holds, Failed, Repairable, Open, Disputed, NotCovered"
    )


def test_a_clause_that_reads_the_time_says_when_its_answer_changes() -> None:
    def clause(as_of: Instant) -> bool:
        """ZZ.1(1). In time."""
        return as_of > 0

    assert refusal(clause) == (
        f"test.rooms: the clause {place(clause)} reads as_of and returns a bare bool, so nothing says when it changes; "
        "return Open or Holds with changes_at, or ask for a Window"
    )


# What it says of its text


@pytest.mark.parametrize(
    ("sentence", "reason", "message"),
    [
        ("YY.1(2)", "a_right", "it is no part of ZZ.1"),
        ("ZZ.1(2)", " ", "no reason is given"),
        ("ZZ.1(1)", "a_right", f"{place(has_beds)} cites it"),
    ],
)
def test_a_sentence_is_left_out_for_a_reason(sentence: str, reason: str, message: str) -> None:
    joined = ", and " if reason == " " else ", but "
    assert refusal(not_adjudicated={sentence: reason}) == (
        f"test.rooms: {sentence} is not adjudicated{joined}{message}"
    )


@pytest.mark.parametrize(
    ("numbering", "message"),
    [
        ("[", "numbering is not a regular expression: unterminated character set at position 0"),
        ("a*", "numbering finds a number in an empty text"),
        (r"Art\. \d+", r"the article ZZ.1 is not numbered as numbering says, Art\. \d+"),
    ],
)
def test_the_numbering_of_a_text_finds_its_article(numbering: str, message: str) -> None:
    assert refusal(numbering=numbering) == f"test.rooms: {message}"


def test_a_calendar_covers_the_first_day_of_its_edition() -> None:
    """One in a setting, or one that a function names."""
    calendar = WorkingDays(first=dt.date(2021, 1, 1), last=dt.date(2021, 12, 31))
    told = "test.rooms: its working days are known from 2021-01-01 to 2021-12-31, but it governs from 2022-03-15"

    def clause(beds: int, days: WorkingDays) -> bool:
        """ZZ.1(1). A bed."""
        return beds > days.first.day

    def of_its_own(beds: int) -> bool:
        """ZZ.1(1). A bed."""
        return calendar.first.day < beds

    assert refusal(clause, settings={"days": calendar}) == told
    assert refusal(of_its_own) == told


def test_a_remark_is_said_or_not() -> None:
    def remark(beds: int) -> int | None:
        """ZZ.1(1). So many."""
        return beds

    assert refusal(remarks=(remark,)) == (
        f"test.rooms: the remark {place(remark)} returns int | None; a remark returns bool: whether it is said"
    )


@pytest.mark.parametrize("day", ["2024-01-01", dt.datetime(2024, 1, 1)])  # noqa: DTZ001 - what is refused
def test_an_edition_begins_on_a_day(day: Any) -> None:
    assert refusal(effective_from=day) == (
        f"test.rooms: effective_from is {day!r}; write a day, such as datetime.date(2024, 1, 1)"
    )


@pytest.mark.parametrize("day", ["2025-01-01", dt.datetime(2025, 1, 1)])  # noqa: DTZ001 - what is refused
def test_an_amendment_begins_on_a_day(day: Any) -> None:
    with pytest.raises(
        PolicyError, match=r"test\.rooms: effective_from is .*2025.*; write a day, such as datetime\.date"
    ):
        edition(has_beds).amended(effective_from=day)


def test_an_amendment_is_later_than_what_it_amends() -> None:
    old = edition()
    with pytest.raises(PolicyError, match="an edition of 2022-03-15 cannot amend that of 2022-03-15, which is no earl"):
        old.amended(effective_from=old.effective_from)


# What only a case shows


def test_an_answer_of_another_type_than_promised_names_the_clause() -> None:
    def clause(beds: int) -> bool:
        """ZZ.1(1). Beds."""
        return beds  # type: ignore[return-value]  # which is what is refused

    case = RoomCase(id="1", policy="test.rooms", as_of=Instant.parse("2024-01-01T00:00:00+08:00"), beds=5)
    with pytest.raises(PolicyError) as raised:
        decide(case, edition(clause))
    assert str(raised.value) == f"the clause {place(clause)} returned a int, which is no answer; a clause returns bool"
