"""Every stable code has texts in every language, and every template gets its parameters."""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Callable, Iterator
from enum import Enum
from functools import cache
from typing import Any

import attrs

from adjudicator.engine.clause import Clause, members, plain_type
from adjudicator.engine.inspection import Function
from adjudicator.engine.policy import Edition
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.facts import Disputed, Failed, Holds, NotCovered, Open, Party, Repairable
from adjudicator.model.finding import Effect, Finding, Unit
from adjudicator.rulebook.answers import KINDS
from adjudicator.words import ENGLISH, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, reason_codes, rule_code, words_for
from words.catalogues import (
    called,
    calls_in,
    calls_of,
    fields_of,
    for_every_edition,
    in_every_catalogue,
    in_every_language,
    template_of,
    texts_of,
)

ANSWERS: dict[str, type] = {each.__name__: each for each in (Open, Failed, Repairable, Disputed, NotCovered, Holds)}
MAKERS = {each.__name__: (each, kind) for each, kind in KINDS.items()}
"""The functions that create answers in policies, with the types of the answers."""


@cache
def reasons_given_in(package: str) -> dict[str, set[str]]:
    """Every reason that a package's functions can give, with the kinds of answers that can have it."""
    found: dict[str, set[str]] = {}
    for where, call in calls_in(package):
        maker, kind = MAKERS.get(called(call), (None, None))
        if maker and kind and (given := reason_in(call, maker)) is not None:
            passed_on = package == "adjudicator" and not isinstance(given, str)
            assert isinstance(given, str) or passed_on, f"{where}: a reason must be written out"
            if isinstance(given, str):
                found.setdefault(given, set()).add(kind.__name__)
    return found


def reason_in(call: ast.Call, maker: Callable[..., Any]) -> object:
    """The reason in a call: a text, ``None`` if there is none, something else if it is not a literal."""
    position = [*inspect.signature(maker).parameters].index("because")
    written = [word.value for word in call.keywords if word.arg == "because"] + call.args[position : position + 1]
    return getattr(written[0], "value", written[0]) if written else None


def reasons_of_the_engine() -> dict[str, set[str]]:
    """The default reasons of answers, those the engine gives for several, and those of a plain yes or no."""
    found = reasons_given_in("adjudicator")
    for name, answer in ANSWERS.items():
        default = attrs.fields_dict(answer)["because"].default
        if isinstance(default, str):
            found.setdefault(default, set()).add(name)
    return found | {"holds": {"Holds"}, "fails": {"Failed"}}


def reasons_for(edition: Edition) -> dict[str, set[str]]:
    """Every reason that a finding of an edition can have."""
    return reasons_of_the_engine() | reasons_given_in(edition.requires[-1].__module__.partition(".")[0])


@attrs.frozen
class Because:
    """The parts of a reason on which its codes depend."""

    code: str
    params: dict[str, Any] = attrs.field(factory=dict)


def finding(clause: Clause, reason: str) -> Finding:
    """A finding on a clause with a reason. Its other parts do not matter here."""
    made: Any = Finding.__new__(Finding)
    object.__setattr__(made, "clause", clause.name)
    object.__setattr__(made, "role", clause.role)
    object.__setattr__(made, "because", Because(f"{clause.name}.{reason}"))
    found: Finding = made
    return found


def restated_functions(edition: Edition) -> Iterator[Function]:
    """The functions whose restatement a reader can see: clauses, amounts, remarks."""
    paid = () if edition.grants is None else tuple(edition.grants.functions())
    judged = {fact.__name__ for fact in edition.facts}
    yield from edition.requires
    yield from edition.barred_by
    yield from edition.remarks
    yield from (each for each in paid if each.__name__ not in judged)


@in_every_language
@for_every_edition
def test_every_reason_has_words(edition: Edition, language: str) -> None:
    """Every reason that a clause of an edition can give has a sentence."""
    words = words_for(edition, language)
    for reason in reasons_for(edition):
        for clause in edition.clauses:
            codes = tuple(reason_codes(finding(clause, reason)))
            assert any(code in words for code in codes), f"no words for {reason}, given for {clause.name}"


@in_every_language
@for_every_edition
def test_the_text_of_a_reason_uses_only_available_parameters(edition: Edition, language: str) -> None:
    """Only an open answer states a need, so only the texts of open reasons may use it."""
    words = words_for(edition, language)
    for reason, answers in reasons_for(edition).items():
        for clause in edition.clauses:
            template = template_of(words, next(code for code in reason_codes(finding(clause, reason)) if code in words))
            assert fields_of(template) <= ({"needs"} if answers == {"Open"} else set()), f"{clause.name}.{reason}"


@in_every_language
@for_every_edition
def test_every_fact_and_setting_has_a_label(edition: Edition, language: str) -> None:
    """Every fact of this kind of case has a name for people, and so has every setting."""
    words = words_for(edition, language)
    assert [name for name in edition.case_kind.glossary.facts if f"fact.{name}" not in words] == []
    assert [name for name in edition.settings if f"setting.{name}" not in words] == []
    assert f"title.{edition.policy}" in words
    assert [each for each in edition.not_adjudicated.values() if f"not_adjudicated.{each}" not in words] == []


@for_every_edition
def test_every_clause_step_and_remark_is_restated_in_every_language(edition: Edition) -> None:
    """The docstrings have English and Simplified Chinese, and the catalogue the rest."""
    for function in restated_functions(edition):
        node = edition.nodes[function.__name__]
        assert node.citation.english, f"{function.__name__} has no English"
        assert node.citation.chinese, f"{function.__name__} has no Chinese"
        assert words_for(edition, ENGLISH).restated(node.name) == node.citation.english
        assert words_for(edition, SIMPLIFIED_CHINESE).restated(node.name) == node.citation.chinese
        assert rule_code(node) in words_for(edition, TRADITIONAL_CHINESE), f"{rule_code(node)} has no words"


@in_every_language
@for_every_edition
def test_every_value_in_a_decision_has_words(edition: Edition, language: str) -> None:
    """Outcomes, parties, kinds of award, units and payers of freight have names."""
    words = words_for(edition, language)
    docket = edition.case_kind
    codes = [
        *(f"{family}.{each}" for each in docket.outcomes for family in ("outcome", "verdict")),
        *(f"outcome.{each}" for each in docket.outcomes_of_parts),
        *(f"effect.{each.value}" for each in Effect),
        *(f"party.{each.value}" for each in Party),
        *(f"award.{each.value}" for each in AwardKind),
        *(f"value.freight_borne_by.{each.value}" for each in FreightBearer),
        *(f"margin.{each.value}.{side}" for each in Unit for side in ("left", "on_the_edge", "beyond")),
        *(f"unit.{each.value}" for each in Unit if each is not Unit.SECONDS),
    ]
    assert [code for code in codes if code not in words] == []


@in_every_language
@in_every_catalogue
def test_every_need_that_is_written_out_has_words(package: str, language: str) -> None:
    """A need in the source has texts, also as a sentence, whether or not a case in these tests asks for it."""
    texts = texts_of("adjudicator", language) | texts_of(package, language)
    for path, call in calls_of(package, "Need"):
        if isinstance(call.args[0], ast.Constant):
            assert {f"need.{call.args[0].value!s}", f"ask.{call.args[0].value!s}"} <= texts.keys(), path
    needs = {code.partition(".")[2] for code in texts if code.startswith("need.")}
    assert needs | {"any"} == {code.partition(".")[2] for code in texts if code.startswith("ask.")}


@in_every_language
@in_every_catalogue
def test_every_moment_from_which_a_window_is_counted_has_words(package: str, language: str) -> None:
    """The fact from which a policy counts is a literal, and has a text."""
    texts = texts_of("adjudicator", language) | texts_of(package, language)
    for name in ("within_days", "within_hours"):
        for path, call in calls_of(package, name):
            assert isinstance(call.args[0], ast.Constant), path
            assert f"counted_from.{call.args[0].value!s}" in texts, path


def choices_in(annotation: Any, seen: set[Any]) -> Iterator[tuple[str, str]]:
    """Every choice that a class of the case offers, as a field and one of its values."""
    for member in (*members(annotation), *typing.get_args(annotation)):
        kind = plain_type(member)
        if attrs.has(kind) and kind not in seen:
            seen.add(kind)
            if isinstance(named := getattr(kind, "kind", None), str):
                yield "kind", named
            for field, hint in typing.get_type_hints(kind).items():
                yield from ((field, value) for value in values_of(hint))
                yield from choices_in(hint, seen)
        elif member is not annotation:
            yield from choices_in(member, seen)


def values_of(annotation: Any) -> Iterator[str]:
    """The values of an enumeration, also of an optional one or one in a list."""
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, Enum):
            yield from (each.value for each in member)
        elif typing.get_origin(member) is tuple:
            yield from values_of(typing.get_args(member)[0])


@in_every_language
@for_every_edition
def test_every_choice_in_a_case_has_words(edition: Edition, language: str) -> None:
    """Every enumeration value in this kind of case is shown as text, not as a code."""
    words = words_for(edition, language)
    choices = set(choices_in(edition.case_kind.case_type, set()))
    assert len(choices) > 5
    assert {f"value.{field}.{value}" for field, value in choices if f"value.{field}.{value}" not in words} == set()
