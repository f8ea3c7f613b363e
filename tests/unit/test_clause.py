"""Functions of a policy, read from their signatures and docstrings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adjudicator.engine.clause import (
    NUMBERING,
    Citation,
    Clause,
    Node,
    PolicyError,
    facts_behind,
    fits,
    handed_to,
    in_order,
    is_a,
    is_part_of,
    node_of,
    plain_type,
)
from adjudicator.kinds.claim import CLAIMS
from adjudicator.model.by_date import ByDate, by_date
from adjudicator.model.facts import EvidencePool, Failed, Open
from adjudicator.model.finding import Because, Effect, Role
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant, Window


def cited(docstring: str | None, **how: str) -> Citation:
    """The citation of a function with this docstring."""

    def function() -> bool:
        return True

    function.__doc__ = docstring
    return Citation.of(function, **how)


def clause_of(function: Callable[..., Any], role: Role = Role.REQUIREMENT) -> Clause:
    """A clause that no edition has."""
    node = node_of(function, "ZZ.1")
    return Clause(node.name, node, role, node.cites, node.params)


# Docstrings


def test_a_restatement_has_neither_the_citations_before_it_nor_the_readings_after_it() -> None:
    """In one paragraph or several, over any number of lines."""
    law = cited("""ZZ.1(1), ZZ.2(3)(a) and R4. The shop
    is closed. Readings R1, R2a and R1.

    It stays closed.

    商店 7 天都关门，不再开门。 Reading R3.

    关门就是关门。
    """)
    assert law.cites == ("ZZ.1(1)", "ZZ.2(3)(a)")
    assert law.readings == ("R4", "R1", "R2a", "R3")
    assert law.english == "The shop is closed. It stays closed."
    assert law.chinese == "商店 7 天都关门，不再开门。关门就是关门。"


def test_readings_before_other_words_stay() -> None:
    """However many they are: it took twice as long for each, so that of thirty nobody saw the end."""
    many = ", ".join(f"R{number}" for number in range(1, 51))
    assert cited(f"ZZ.1. Closed. Readings {many} say so.").english == f"Closed. Readings {many} say so."
    assert cited(f"ZZ.1. Closed. Readings {many}.").english == "Closed."
    assert cited("ZZ.1. Closed.\nReadings R1 to R3a,\n  R5  and\n  R7.").english == "Closed."


def test_chinese_that_goes_on_in_the_next_line_has_no_space_there() -> None:
    """Where it goes on with a number or a Latin word, or one ends the line, there is the space that writers put around these."""
    law = cited("ZZ.1. Closed.\n\n商店关门，\n不再开\n门（店）\n。休息\n7\n天。\n「关门」\n就是关门。")
    assert law.chinese == "商店关门，不再开门（店）。休息 7 天。「关门」就是关门。"


def test_a_reading_alone_is_a_citation() -> None:
    law = cited("R1. As it was read.")
    assert (law.cites, law.readings, law.english, law.chinese) == ((), ("R1",), "As it was read.", "")


def test_a_paragraph_is_chinese_if_it_begins_with_chinese() -> None:
    """Also after a few other characters; an English one may have Chinese further on."""
    law = cited("ZZ.1. It is called 退货.\n\nABCDE退货。\n\nABCDEF退货.")
    assert (law.english, law.chinese) == ("It is called 退货. ABCDEF退货.", "ABCDE退货。")


@pytest.mark.parametrize("docstring", [None, "", "As it was read."])
@pytest.mark.parametrize("numbering", [NUMBERING, r"\b[IVX]+\b"])
def test_a_function_that_cites_nothing_is_refused(docstring: str | None, numbering: str) -> None:
    """By its name and place, also without any docstring."""
    with pytest.raises(PolicyError, match=r"function \(.*:\d+\) cites neither a rule nor a reading in its docstring$"):
        cited(docstring, numbering=numbering)


def test_only_what_belongs_to_an_article_is_cited_under_it() -> None:
    """Everything if nothing does; readings belong to each."""
    law = cited("ZZ.1(1), ZZ.2(3) and R1. Two articles.")
    assert law.within("ZZ.2") == ("ZZ.2(3)",)
    assert law.within("ZZ.3") == ("ZZ.1(1)", "ZZ.2(3)")
    assert law.citations("ZZ.2") == ("ZZ.2(3)", "R1")


@pytest.mark.parametrize("part", ["§ 5", "§ 5.1", "§ 5(1)", "§ 5, first sentence", "§ 5 paragraph 2", "ZZ.1(1)"])
def test_a_citation_is_part_of_what_it_continues(part: str) -> None:
    """After a dot, a bracket, a comma or a space, and of any of several articles."""
    assert is_part_of(part, "§ 5; ZZ.1")
    assert not is_part_of(part, "§ 51; § 6; ZZ.12")
    assert not is_part_of(f"{part}1", f"{part}; ZZ.12")


# Signatures


def measured(begins: Instant, runs: Window, others: tuple[Window, ...] | Window | Open) -> bool:
    """ZZ.1(1) and R1. One window and one instant, and one window that may be open."""
    return begins in runs and bool(others)


def twice(begins: Instant, runs: Window, ends: Instant) -> bool:
    """ZZ.1. One window and two instants."""
    return begins in runs and ends in runs


def pooled(said: EvidencePool[str] | Failed, paid: Minor | None) -> bool:
    """ZZ.1. What was said, or that it failed."""
    return type(said) is not Failed and paid is not None


def test_a_function_is_read_from_its_signature_and_docstring() -> None:
    node = node_of(pooled, "ZZ.1")
    assert (node.name, node.function, node.params) == ("pooled", pooled, ("said", "paid"))
    assert node.admits == (frozenset({EvidencePool, Failed}), frozenset())
    assert (node.citation, node.cites) == (Citation.of(pooled), ("ZZ.1",))
    assert node_of(measured, "ZZ.1").cites == ("ZZ.1(1)", "R1")
    assert node_of(pooled, "§ 1", r"[A-Z]{2}").cites == ("ZZ",)


def test_only_one_settled_instant_is_measured_against_one_settled_window() -> None:
    """With two of either it is not clear which."""
    node = node_of(measured, "ZZ.1")
    assert (node.window, node.moment) == ("runs", "begins")
    for function in (twice, pooled):
        node = node_of(function, "ZZ.1")
        assert (node.window, node.moment) == (None, None)


def test_everything_in_a_signature_has_a_type() -> None:
    def untyped(size: int, shoe: int, colour: int) -> int:
        """ZZ.1. Nobody knows."""
        return size + shoe + colour

    for name in ("size", "colour", "return"):
        del untyped.__annotations__[name]
    with pytest.raises(PolicyError, match=r"untyped \(.*:\d+\) has no type for size, colour, return$"):
        node_of(untyped, "ZZ.1")


def test_a_function_takes_its_inputs_in_the_order_of_its_parameters() -> None:
    """Each with the types that stand in for it; a list of another length is refused."""
    node = node_of(pooled, "ZZ.1")
    assert node.arguments({"paid": 3, "other": 1, "said": "yes"}) == ("yes", 3)
    one, none = (node_of(each, "ZZ.1") for each in (follows_from_one, follows_from_nothing))
    assert (one.arguments({"programme": 7}), none.arguments({"programme": 7})) == ((7,), ())
    assert [*node.given(("yes", 3))] == [("said", "yes", node.admits[0]), ("paid", 3, node.admits[1])]
    with pytest.raises(ValueError, match="shorter"):
        [*node.given(("yes",))]


def test_a_clause_has_its_plain_reasons_and_effects() -> None:
    """A requirement must hold, a bar must not."""
    required, barred = (clause_of(pooled, role) for role in (Role.REQUIREMENT, Role.BAR))
    assert required.plainly == {True: Because("pooled.holds"), False: Because("pooled.fails")}
    assert required.effects == {True: Effect.SUPPORTS, False: Effect.DEFEATS}
    assert barred.plainly == required.plainly
    assert barred.effects == {True: Effect.DEFEATS, False: Effect.SUPPORTS}


# What is behind a function


def follows_from_nothing() -> int:
    """ZZ.1. Always the same."""
    return 3


def follows_from_one(programme: int) -> int:
    """ZZ.1. From a fact of the case."""
    return programme


def follows_from_two(category: int, follows_from_one: int, follows_from_nothing: int, rate: int) -> int:
    """ZZ.1. From a fact, functions, and a setting."""
    return category + follows_from_one + follows_from_nothing + rate


def follows_from_three(judged: int, follows_from_one: int, follows_from_two: int, category: int) -> int:
    """ZZ.1. From something that is judged before, and from facts twice."""
    return judged + follows_from_two + follows_from_one + category


NODES = {
    each.__name__: node_of(each, "ZZ.1")
    for each in (follows_from_three, follows_from_two, follows_from_one, follows_from_nothing)
}


def test_the_facts_behind_a_function_are_those_of_the_case() -> None:
    """In the order of its parameters, each once."""
    assert facts_behind(NODES, "follows_from_two", CLAIMS.glossary) == ("category", "programme")
    assert facts_behind(NODES, "follows_from_three", CLAIMS.glossary) == ("programme", "category")
    assert facts_behind(NODES, "programme", CLAIMS.glossary) == ("programme",)
    assert facts_behind(NODES, "judged", CLAIMS.glossary) == ()


def test_a_function_is_called_after_those_that_it_asks_for() -> None:
    """Each once; names of facts are left out."""
    one, nothing, two, three = names = [
        "follows_from_one",
        "follows_from_nothing",
        "follows_from_two",
        "follows_from_three",
    ]
    assert [each.name for each in in_order(NODES, [three, one])] == names
    assert [each.name for each in in_order(NODES, ["category", nothing, two])] == [nothing, one, two]


def test_a_function_is_handed_what_is_neither_a_function_nor_a_setting() -> None:
    """In the order in which the functions are called."""
    assert handed_to(NODES, "follows_from_three", {"rate": 3}) == ("programme", "category", "judged")
    assert handed_to(NODES, "follows_from_two", {}) == ("programme", "category", "rate")


# Types


def test_the_class_behind_an_annotation_has_its_values() -> None:
    """Of a generic one, of another name for a type, and of a class."""
    annotations = (tuple[int, ...], ByDate[Minor], Minor, int)
    assert [plain_type(each) for each in annotations] == [tuple, ByDate, int, int]


@pytest.mark.parametrize(
    ("setting", "annotation", "is_one"),
    [
        (3, Minor, True),
        ("3", Minor, False),
        ((3,), tuple[int, ...], True),
        (by_date({"2022-01-01": 3}), ByDate[Minor], True),
        (by_date({"2022-01-01": 3}), ByDate, True),
        (by_date({"2022-01-01": 3}), ByDate[int | str], True),
        (by_date({"2022-01-01": "3"}), ByDate[Minor], False),
        (by_date({"2022-01-01": (3,)}), ByDate[tuple[int, ...]], True),
    ],
)
def test_a_setting_fits_a_type_of_its_own_and_of_the_values_in_its_table(
    setting: object, annotation: Any, is_one: bool
) -> None:
    assert is_a(setting, annotation) is is_one


@pytest.mark.parametrize(
    ("given", "wanted", "is_fitting"),
    [
        (int, {int, str}, True),
        (int, {str}, False),
        (Open, {str}, True),
        (EvidencePool[str], {EvidencePool[str]}, True),
        (EvidencePool[str], {int, tuple[str, ...]}, True),
        (EvidencePool[str], {tuple[int, ...]}, False),
        (EvidencePool[str], {EvidencePool[int]}, False),
        (EvidencePool[str], {frozenset[str]}, False),
        (tuple[str, ...], {EvidencePool[str]}, False),
        (frozenset[str], {tuple[str, ...]}, False),
    ],
)
def test_a_parameter_takes_its_own_types_and_what_becomes_one_of_them(
    given: Any, wanted: set[Any], is_fitting: bool
) -> None:
    """Stand-ins are resolved to a value before the call, and documents to those that count."""
    assert fits(given, frozenset(wanted)) is is_fitting


def test_a_node_is_equal_only_to_itself() -> None:
    """Two editions may have the same function under different articles."""
    node = node_of(pooled, "ZZ.1")
    assert isinstance(node, Node)
    assert node != node_of(pooled, "ZZ.1")
