"""Lint: find faults in editions that :mod:`adjudicator.engine.checks` lets pass."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final, cast

import attrs
from attrs import AttrsInstance, frozen

from adjudicator.engine.clause import Node, in_order, is_part_of
from adjudicator.engine.inspection import Function, calls_behind, constants_in, helpers_of, values_named
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions
from adjudicator.model.by_date import ByDate
from adjudicator.model.facts import Need
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.words import LANGUAGES, rule_code, tag_of

_UNITS: Final = (
    "(?:calendar |working |natural )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|per ?cent|yuan|units?)"
)
_SMALL: Final = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_WORDS: Final[Mapping[str, int]] = {
    **{word: number for number, word in enumerate(_SMALL.split(), start=1)},
    **{word: 10 * number for number, word in enumerate(_TENS.split(), start=2)},
}
_SPELLED: Final = re.compile(
    rf"\b((?!one )(?:{'|'.join(_WORDS)}))(?:-({'|'.join(_SMALL.split()[:9])}))? {_UNITS}\b(?!-)", re.IGNORECASE
)
"""A number in words before a unit; ``one day`` may be any day."""
_DIGITS: Final = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_NO_NUMBERS: Final = re.compile(
    r"\b[A-Z]{1,3}\.?\d[\d.]*[a-z]?(?:\([0-9a-z]+\))*|\b\d{1,2}(?::\d\d){1,2}\b|\b\d{1,2} [A-Z][a-z]+ \d{4}\b|\b\d{4}-\d\d-\d\d\b",
    re.ASCII,
)
"""Citations, readings, times of day and dates, whose digits are not numbers of the rule."""
_TEN_THOUSAND: Final = "万"
_CHINESE_DIGITS: Final = re.compile(rf"({_DIGITS.pattern}) ?({_TEN_THOUSAND}?)")
_NO_CHINESE_NUMBERS: Final = re.compile(
    r"\d{4} ?年(?: ?\d{1,2} ?月(?: ?\d{1,2} ?日)?)?|\d{1,2} ?月(?: ?\d{1,2} ?日)?|\d{1,2} ?[时点]|\d{1,2}(?:[:：]\d\d){1,2}|第 ?\d+"
)
"""The same in Chinese: dates, times of day, citations and ordinal numbers."""
_SCALES: Final = (1, 10, 100, 1000, 10_000, 60, 3600, 86_400)
"""Factors by which code may scale a number of the rule: minor units, basis points, seconds."""
_OF_FUNCTIONS: Final = frozenset({"reason", "need", "ask", "fact", "setting", "counted_from"})
"""Kinds of codes that identify something that a function asks for or returns."""
_DEPTH: Final = 3
"""How many levels of nested objects are searched for numbers."""


@frozen
class LintFault:
    """A fault of an edition. An empty ``function`` means the edition as a whole.

    An ``edition`` is named if the fault is not in all editions of its policy: a function that stands in several can be at fault in one,
    because others changed around it.
    """

    function: str
    path: str
    line: int
    message: str
    edition: str | None = None


def faults_of(edition: Edition) -> tuple[LintFault, ...]:
    """Every fault of an edition; those of single functions come first, in the order of the edition."""
    found = [
        *(each for node in edition.nodes.values() for each in _faults_of_function(edition, node)),
        *_unread(edition),
        *_late_tables(edition),
        *_tables_of_other_zones(edition),
        *_grants_nothing(edition),
        *_uncited(edition),
        *_of_no_policy(edition),
        *_not_restated(edition),
        *_without_words(edition),
    ]
    return tuple(found)


def _fault(function: Function, message: str) -> LintFault:
    path, line = _place(function)
    return LintFault(function.__name__, path, line, message)


def _place(function: Function) -> tuple[str, int]:
    """The file and line of a function."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    return (code.co_filename, code.co_firstlineno) if code else ("", 1)


def _faults_of_function(edition: Edition, node: Node) -> Iterator[LintFault]:
    held = _numbers_behind(edition, node)
    english = numbers_stated(node.citation.english)
    chinese = [each for each in numbers_stated_in_chinese(node.citation.chinese) if each not in english]
    for numbers, where in ((english, ""), (chinese, " in Chinese")):
        for number in numbers:
            if not any(_is_scaled(number, each) for each in held):
                message = f"its docstring says {number}{where}, but no code behind it holds that number"
                yield _fault(node.function, message)


# Numbers


def numbers_stated(text: str) -> tuple[Decimal, ...]:
    """The numbers in a restatement of the rule: those in digits, and spelled-out ones before a unit."""
    plain = _NO_NUMBERS.sub(" ", text)
    digits = [Decimal(each.replace(",", "")) for each in _DIGITS.findall(plain)]
    spelled = [Decimal(_WORDS[tens.lower()] + _WORDS.get(ones.lower(), 0)) for tens, ones in _SPELLED.findall(plain)]
    return tuple(dict.fromkeys([*digits, *spelled]))


def numbers_stated_in_chinese(text: str) -> tuple[Decimal, ...]:
    """The same in a Chinese restatement, of those in digits: 20 in ``20日``, 100000 in ``10 万元``."""
    plain = _NO_CHINESE_NUMBERS.sub(" ", _NO_NUMBERS.sub(" ", text))
    return tuple(
        dict.fromkeys(
            Decimal(each.replace(",", "")) * (10_000 if scale else 1) for each, scale in _CHINESE_DIGITS.findall(plain)
        )
    )


def _is_scaled(stated: Decimal, held: Decimal) -> bool:
    return any(held == stated * scale for scale in _SCALES)


def _numbers_behind(edition: Edition, node: Node) -> frozenset[Decimal]:
    """Every number in the code of a function, of those that it calls or depends on, and in the values that they name.

    Functions granted together, such as a sanction and its amount, count as one.
    """
    found: set[Decimal] = set()
    together = (each.__name__ for each in _granted_with(edition.grants, node.function))
    for each in in_order(edition.nodes, (node.name, *together)):
        found.update(_numbers_in_function(each.function))
        for call in calls_behind(each.function):
            found.update(_numbers_in_function(call.callee))
        for name in each.params:
            found.update(_numbers_of_fact(edition, name))
    return frozenset(found)


def _granted_with(grants: object, function: Function) -> tuple[Function, ...]:
    """The functions in the same part of the grants."""
    for part in (each for value in _parts_of(grants) if isinstance(value, tuple) for each in value):
        functions = tuple(each for each in _parts_of(part) if callable(each))
        if function in functions:
            return functions
    return ()


def _numbers_of_fact(edition: Edition, name: str) -> Iterator[Decimal]:
    """The numbers in a setting, or in the function and the pointers of a fact of the case."""
    if name in edition.settings:
        yield from _numbers_in(edition.settings[name])
    if fact := edition.case_kind.glossary.facts.get(name):
        yield from _numbers_in_function(fact.read)
        yield from (number for pointer in fact.pointers for number in _numbers_in(pointer))


def _numbers_in_function(function: Function) -> Iterator[Decimal]:
    yield from _numbers_in(function.__name__)
    yield from (Decimal(_WORDS[word]) for word in function.__name__.split("_") if word in _WORDS)
    yield from _numbers_written_in(function)
    for constant in constants_in(function):
        yield from _numbers_in(constant)
    if isinstance(function, FunctionType):
        for value, _ in values_named(function):
            yield from _numbers_in(value)


@cache
def _numbers_written_in(function: Function) -> tuple[Decimal, ...]:
    """The literals in the source of a function, before the compiler folds them; none without source."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, SyntaxError):
        return ()
    constants = (each.value for each in ast.walk(tree) if isinstance(each, ast.Constant))
    return tuple(Decimal(each) for each in constants if type(each) is int)


def _numbers_in(value: object, depth: int = _DEPTH) -> Iterator[Decimal]:
    """The numbers in a value and in its parts, including those inside texts."""
    if isinstance(value, (ModuleType, type, bool)) or depth == 0:
        return
    if isinstance(value, Enum):
        yield from _numbers_in(value.value, depth)
    elif isinstance(value, (int, Decimal)):
        yield Decimal(value)
    elif isinstance(value, str):
        yield from (Decimal(each.replace(",", "")) for each in _DIGITS.findall(value))
    elif isinstance(value, dt.date):
        yield from (Decimal(value.year), Decimal(value.day))
    else:
        for each in _parts_of(value):
            yield from _numbers_in(each, depth - 1)


def _parts_of(value: object) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from (*value.keys(), *value.values())
    elif isinstance(value, (tuple, list, frozenset, set)):
        yield from value
    elif attrs.has(type(value)):
        yield from (getattr(value, each.name) for each in attrs.fields(cast(type[AttrsInstance], type(value))))


# Unused, uncited and without words


def _unread(edition: Edition) -> Iterator[LintFault]:
    """Settings and facts that no function asks for: obsolete or misspelled."""
    asked = {name for node in edition.nodes.values() for name in node.params}
    for function in edition.facts:
        if function.__name__ not in asked:
            yield _fault(function, "is a fact that no function of the edition asks for")
    for name in sorted(edition.settings.keys() - asked):
        yield _fault(
            edition.clauses[-1].node.function, f"the edition has the setting {name}, for which no function asks"
        )


def _late_tables(edition: Edition) -> Iterator[LintFault]:
    """Tables by date that begin after their edition takes effect."""
    for name, value in edition.settings.items():
        if isinstance(value, ByDate) and value.first_day > edition.effective_from:
            message = f"the table {name} begins on {value.first_day}, but the edition governs from {edition.name}"
            yield _fault(_user_of(edition, name), message)


def _tables_of_other_zones(edition: Edition) -> Iterator[LintFault]:
    """Tables by date whose days begin elsewhere than those of their edition."""
    for name, value in edition.settings.items():
        if isinstance(value, ByDate) and value.zone != edition.zone:
            message = f"the days of the table {name} begin in {value.zone}, those of the edition in {edition.zone}"
            yield _fault(_user_of(edition, name), message)


def _user_of(edition: Edition, name: str) -> Function:
    """The first function that asks for a setting."""
    asking = (each.function for each in edition.nodes.values() if name in each.params)
    return next(asking, edition.clauses[-1].node.function)


def _grants_nothing(edition: Edition) -> Iterator[LintFault]:
    """An edition whose cases could pay or allow something, and which says nothing about it."""
    if edition.case_kind.grantable and edition.grants is None:
        path, _ = _place(edition.clauses[-1].node.function)
        yield LintFault(
            "", path, 1, "the edition has no grants, so whatever is approved under it pays and allows nothing"
        )


def _uncited(edition: Edition) -> Iterator[LintFault]:
    """Sentences of the rule that no function cites and that ``not_adjudicated`` does not list."""
    cited = {each for node in edition.nodes.values() for each in node.citation.cites} | edition.not_adjudicated.keys()
    for sentence in edition.sentences:
        if not any(is_part_of(each, sentence) for each in cited):
            message = f"no function of the edition cites {sentence}, and it is not left out for a reason"
            yield _fault(edition.clauses[-1].node.function, message)


def _of_no_policy(edition: Edition) -> Iterator[LintFault]:
    """Functions that cite neither the article of the edition nor one that another policy implements."""
    articles = (edition.article, *(each.article for each in editions()))
    for node in edition.nodes.values():
        cites = node.citation.cites
        if cites and not any(is_part_of(each, article) for each in cites for article in articles):
            message = f"cites {cites[0]}, which is no part of {edition.article} or of the article of another policy"
            yield _fault(node.function, message)


def _without_words(edition: Edition) -> Iterator[LintFault]:
    """Codes without a text in some language, each at its function."""
    by_code = {rule_code(node): node.function for node in edition.nodes.values()}
    for language in LANGUAGES:
        for code in codes_without_words(edition, language):
            function, message = (
                by_code.get(code) or _named_in(edition, code),
                f"{code} has no words in {tag_of(language)}",
            )
            path, _ = _place(edition.clauses[-1].node.function)
            yield LintFault("", path, 1, message) if function is None else _fault(function, message)


def _named_in(edition: Edition, code: str) -> Function | None:
    """The function named by a code, or else the first that uses the fact, reason or need that the code names."""
    kind, *steps = code.split(".")
    if named := [edition.nodes[each].function for each in steps if each in edition.nodes]:
        return named[0]
    found = (each.function for each in edition.nodes.values() if steps[-1] in _names_used(each))
    return next(found, None) if kind in _OF_FUNCTIONS else None


def _names_used(node: Node) -> Iterator[str]:
    """The dependencies of a function, and the texts and needs in its code and its helpers'."""
    yield from node.params
    for function in (node.function, *helpers_of(node.function)):
        yield from (each for each in constants_in(function) if isinstance(each, str))
        if isinstance(function, FunctionType):
            yield from (value.name for value, _ in values_named(function) if isinstance(value, Need))


def _not_restated(edition: Edition) -> Iterator[LintFault]:
    """Functions whose docstring has only a citation; the engine refuses those without a docstring."""
    for node in edition.nodes.values():
        if not any(word[0].islower() for word in node.citation.english.split()):
            yield _fault(node.function, "the docstring cites the rule and does not restate it")
