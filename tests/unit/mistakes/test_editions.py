"""Mistakes in the functions of an edition, and in what it lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from attrs import evolve

from adjudicator import decide
from adjudicator.law import Fact, Glossary, Instant, PolicyError, WholeCase
from mistakes.rooms import ROOMS, RoomCase, edition, has_beds, place, refusal

# Names and types


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

    for function in (generator, coroutine):
        assert f"{place(function)} has to be a plain function that returns its result" in refusal(function)


def test_a_remark_is_said_or_not() -> None:
    def remark(beds: int) -> int:
        """ZZ.1(2). Beds."""
        return beds

    assert f"the remark {place(remark)} returns int; a remark returns bool" in refusal(remarks=(remark,))


@pytest.mark.parametrize("day", ["2024-01-01", dt.datetime(2024, 1, 1)])  # noqa: DTZ001 - what is refused
def test_an_edition_begins_on_a_day(day: Any) -> None:
    assert refusal(effective_from=day) == (
        f"test.rooms: effective_from is {day!r}; write a day, such as datetime.date(2024, 1, 1)"
    )


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
