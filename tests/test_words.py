"""Every stable code has words in every language, and every template gets what it asks for."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from adjudicator import decide
from adjudicator.claims import ClaimDocket
from adjudicator.codec import case_from
from adjudicator.decision import AwardKind, Decision, Finding, FreightBearer, Margin, Outcome, Unit
from adjudicator.facts import Disputed, Failed, Holds, Open, Party, Repairable, Silent
from adjudicator.governing import editions, policies
from adjudicator.policy import Clause, Edition
from adjudicator.reviews import ReviewDocket
from adjudicator.testing import Json, case_documents
from adjudicator.text import Marks, decision_page, field_named, policy_page
from adjudicator.words import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED_CHINESE,
    Words,
    catalogue,
    language_in,
    language_of,
    money,
    reason_codes,
    words_for,
)
from admissions import admission_documents

ROOT = Path(__file__).parents[1]
PACKS = tuple(dict.fromkeys(edition.requires[-1].__module__.partition(".")[0] for edition in editions()))
CATALOGUES = ("adjudicator", *PACKS)
ANSWERS: dict[str, type] = {each.__name__: each for each in (Open, Failed, Repairable, Disputed, Silent, Holds)}
TOLD_AS_THEY_ARE = {"brand", "barcode", "line_ids", "waybill_no", "market"}
"""Fields whose acceptable values come from the case itself."""

OTHER_CASES = {"douyin_alliance.admission": admission_documents()}
"""Cases for the policies that decide something else than claims."""

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
for_every_edition = pytest.mark.parametrize(
    "edition", editions(), ids=lambda edition: f"{edition.policy}@{edition.name}"
)


def sources(package: str) -> Iterator[tuple[Path, ast.Module]]:
    """The syntax tree of every module of a package."""
    for folder in import_module(package).__path__:
        for path in sorted(Path(folder).rglob("*.py")):
            yield path, ast.parse(path.read_text("utf-8"))


def reasons_given_in(package: str) -> dict[str, set[str]]:
    """Every reason that a package's functions can give, each with the kinds of answer that carry it."""
    found: dict[str, set[str]] = {}
    for path, tree in sources(package):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            if name in ANSWERS and (given := reason_in(call, ANSWERS[name])) is not None:
                passed_on = package == "adjudicator" and not isinstance(given, str)
                assert isinstance(given, str) or passed_on, f"{path}:{call.lineno}: a reason must be written out"
                if isinstance(given, str):
                    found.setdefault(given, set()).add(name)
    return found


def reason_in(call: ast.Call, answer: type) -> object:
    """The reason that a call gives: a text, ``None`` where it gives none, something else where it is not written out."""
    position = [field.name for field in attrs.fields(answer)].index("because")
    written = [word.value for word in call.keywords if word.arg == "because"] + call.args[position : position + 1]
    return getattr(written[0], "value", written[0]) if written else None


def reasons_of_the_engine() -> dict[str, set[str]]:
    """What answers say by default, what the engine makes of several, and what a plain yes or no becomes."""
    found = reasons_given_in("adjudicator")
    for name, answer in ANSWERS.items():
        default = attrs.fields_dict(answer)["because"].default
        if isinstance(default, str):
            found.setdefault(default, set()).add(name)
    return found | {"holds": {"Holds"}, "fails": {"Failed"}}


def reasons_for(edition: Edition) -> dict[str, set[str]]:
    """Every reason that a finding of an edition can give."""
    return reasons_of_the_engine() | reasons_given_in(edition.requires[-1].__module__.partition(".")[0])


def finding(clause: Clause, reason: str) -> Finding:
    """A finding on a clause that gives a reason; nothing else of it matters here."""
    made: Any = Finding.__new__(Finding)
    object.__setattr__(made, "clause", clause.name)
    object.__setattr__(made, "role", clause.role)
    object.__setattr__(made, "because", attrs.make_class("B", ["code", "params"])(f"{clause.name}.{reason}", {}))
    found: Finding = made
    return found


def fields_of(template: str) -> set[str]:
    """The names in braces in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def documents_for(policy: str) -> st.SearchStrategy[Json]:
    """Cases that a policy decides, of its own kind."""
    is_a_claim = isinstance(policies()[policy][-1].decides, ClaimDocket)
    return case_documents(policy) if is_a_claim else OTHER_CASES[policy]


def the_text_of(page: Any, width: int = 100) -> str:
    """A page as it is printed without colour."""
    console = Console(width=width, markup=False, emoji=False, highlight=False, no_color=True)
    with console.capture() as captured:
        console.print(page)
    return captured.get()


@pytest.mark.parametrize("package", CATALOGUES)
def test_every_language_has_the_same_codes(package: str) -> None:
    """A text that one language has, the others have too, with the same names in braces."""
    english, *others = (catalogue(package, language) for language in LANGUAGES)
    assert english, f"{package} has no words"
    for other in others:
        assert other.keys() == english.keys()
        for code, template in other.items():
            assert fields_of(template) == fields_of(english[code]), code


@pytest.mark.parametrize("package", CATALOGUES)
def test_a_translation_is_no_copy(package: str) -> None:
    """Where English has words, Chinese has Chinese ones."""
    chinese = catalogue(package, SIMPLIFIED_CHINESE)
    words = {
        code: text
        for code, text in catalogue(package, ENGLISH).items()
        if re.search(r"[a-z]{2}", re.sub(r"{\w+}", "", text))
    }
    assert [code for code in words if not re.search(r"[\u4e00-\u9fff]", chinese[code])] == []


@in_every_language
@for_every_edition
def test_every_reason_has_words(edition: Edition, language: str) -> None:
    """Whatever reason a clause of an edition can give, there is a sentence for it."""
    words = words_for(edition, language)
    for reason in reasons_for(edition):
        for clause in edition.clauses:
            codes = tuple(reason_codes(finding(clause, reason)))
            assert any(code in words for code in codes), f"no words for {reason}, given for {clause.name}"


@in_every_language
@for_every_edition
def test_a_reason_asks_only_for_what_it_gets(edition: Edition, language: str) -> None:
    """Only an open answer says what is needed, so only the words for one may name it."""
    words = words_for(edition, language)
    for reason, answers in reasons_for(edition).items():
        for clause in edition.clauses:
            template = words.texts[next(code for code in reason_codes(finding(clause, reason)) if code in words)]
            assert fields_of(template) <= ({"needs"} if answers == {"Open"} else set()), f"{clause.name}.{reason}"


@in_every_language
@for_every_edition
def test_every_fact_and_setting_has_a_label(edition: Edition, language: str) -> None:
    """Every fact that a case of this kind holds has a name for people, and so has every setting."""
    words = words_for(edition, language)
    assert [name for name in edition.decides.glossary.facts if f"fact.{name}" not in words] == []
    assert [name for name in edition.settings if f"setting.{name}" not in words] == []
    assert f"title.{edition.policy}" in words


@for_every_edition
def test_every_clause_step_and_remark_is_restated_in_every_language(edition: Edition) -> None:
    """The docstrings say in English and in Chinese what a decision repeats."""
    paid = () if edition.grants is None else tuple(edition.grants.functions())[1:]
    told = (*edition.requires, *edition.barred_by, *edition.remarks, *paid)
    told = tuple(each for each in told if each.__name__ not in {fact.__name__ for fact in edition.facts})
    for function in told:
        law = edition.nodes[function.__name__].law
        assert law.english, f"{function.__name__} has no English"
        assert law.chinese, f"{function.__name__} has no Chinese"
        assert words_for(edition, SIMPLIFIED_CHINESE).restated(law) == law.chinese


@in_every_language
@for_every_edition
def test_everything_that_a_decision_can_be_has_words(edition: Edition, language: str) -> None:
    """Outcomes, parties, kinds of award, units and bearers of freight have words."""
    words = words_for(edition, language)
    docket = edition.decides
    assert isinstance(docket, ClaimDocket | ReviewDocket)
    if isinstance(docket, ReviewDocket):
        outcomes = [docket.granted, docket.refused, docket.waiting, docket.for_a_person]
    else:
        outcomes = list(Outcome)
    codes = [
        *(f"outcome.{each}" for each in outcomes),
        *(f"party.{each.value}" for each in Party),
        *(f"award.{each.value}" for each in AwardKind),
        *(f"value.freight_borne_by.{each.value}" for each in FreightBearer),
        *(f"margin.{each.value}.{side}" for each in Unit for side in ("left", "on_the_edge", "beyond")),
        *(f"unit.{each.value}" for each in Unit if each is not Unit.SECONDS),
    ]
    assert [code for code in codes if code not in words] == []


@in_every_language
@pytest.mark.parametrize("package", CATALOGUES)
def test_every_need_that_is_written_out_has_words(package: str, language: str) -> None:
    """A need that is named in the source has words, whether a case in these tests asks for it or not."""
    texts = catalogue("adjudicator", language) | catalogue(package, language)
    for path, tree in sources(package):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == "Need" and isinstance(call.args[0], ast.Constant):
                assert f"need.{call.args[0].value!s}" in texts, f"{path}:{call.lineno}"


@pytest.fixture
def no_code_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a code without words an error instead of showing the code itself."""

    def say(self: Words, code: str, **params: object) -> str:
        return self.texts[code].format_map(params)

    monkeypatch.setattr(Words, "say", say)


def requested_without_words(decision: Decision, words: Words) -> list[str]:
    """The values that a decision would accept, and has no words for."""
    accepted = [
        (field_named(name), value)
        for request in decision.requests
        for fields in request.accepts
        for name, values in fields.items()
        for value in values
    ]
    codes = [
        f"value.{field}.{value}"
        for field, value in accepted
        if isinstance(value, str) and field.rpartition("/")[2] not in TOLD_AS_THEY_ARE
    ]
    return [code for code in codes if code not in words]


@pytest.mark.usefixtures("no_code_without_words")
@pytest.mark.parametrize("policy", policies())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_decision_reads_without_a_hole(policy: str, data: st.DataObject) -> None:
    """Whatever a case of a policy comes to, its page is words in every language."""
    decision = decide(case_from(data.draw(documents_for(policy))))
    edition = policies()[policy][-1]
    for language in LANGUAGES:
        assert requested_without_words(decision, words_for(edition, language)) == []
        assert the_text_of(decision_page(decision, language, Marks()))


@pytest.mark.usefixtures("no_code_without_words")
@in_every_language
@for_every_edition
def test_every_rule_reads_without_a_hole(edition: Edition, language: str) -> None:
    """The page of a rule is words in every language, and fits its width."""
    for width in (80, 120):
        page = the_text_of(policy_page(edition, None, language, Marks()), width)
        assert all(clause.name in page for clause in edition.clauses)
        assert all(line == line.rstrip() for line in page.splitlines())


def test_the_shell_gives_every_template_what_it_asks_for() -> None:
    """Each call for words names codes that there are, and hands over exactly what their templates take."""
    english = catalogue("adjudicator", ENGLISH)
    for path in (ROOT / "adjudicator" / name for name in ("cli.py", "text.py", "words/__init__.py")):
        for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name != "say" or isinstance(call.args[0], ast.Name | ast.Subscript):
                continue
            given = {word.arg for word in call.keywords}
            for code in (code for pattern in patterns(call.args[0]) for code in codes_like(pattern, english)):
                asked = fields_of(english[code])
                fits = asked == given if isinstance(call.args[0], ast.Constant) else asked <= given
                assert fits, f"{path.name}:{call.lineno}: {code}"


def patterns(code: ast.expr) -> Iterator[str]:
    """Patterns for the codes that an expression can be."""
    if isinstance(code, ast.IfExp):
        yield from (*patterns(code.body), *patterns(code.orelse))
    elif isinstance(code, ast.Constant):
        yield re.escape(str(code.value))
    elif isinstance(code, ast.JoinedStr):
        yield "".join(
            re.escape(str(each.value)) if isinstance(each, ast.Constant) else r"[^.]+" for each in code.values
        )


def codes_like(pattern: str, texts: dict[str, str]) -> list[str]:
    """The codes that a pattern matches; there must be one, unless only packs have such codes."""
    found = [code for code in texts if re.fullmatch(pattern, code)]
    assert found or pattern.startswith(("title", "setting")), f"no words for {pattern}"
    if pattern == r"decision\.[^.]+":
        return [code for code in found if code.rpartition(".")[2] in ("only", "either", "or")]
    return found


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", ENGLISH), ("en_GB.UTF-8", ENGLISH), ("C", ENGLISH), ("C.UTF-8", ENGLISH), ("POSIX", ENGLISH), ("", ENGLISH),
        ("fr_FR", ENGLISH), ("zha", ENGLISH), ("\x00", ENGLISH), ("zh", SIMPLIFIED_CHINESE), ("zh-CN", SIMPLIFIED_CHINESE),
        ("zh_CN.UTF-8", SIMPLIFIED_CHINESE), ("zh_TW", SIMPLIFIED_CHINESE), ("ZH-hant-hk", SIMPLIFIED_CHINESE),
        ("zh.GB18030", SIMPLIFIED_CHINESE),
    ],
)  # fmt: skip
def test_a_locale_means_a_language(tag: str, language: str) -> None:
    """Every Chinese locale reads Simplified Chinese for now; C, POSIX and what is not known read English."""
    assert language_of(tag) == language


def test_the_environment_is_read_as_posix_has_it() -> None:
    """LC_ALL goes before LC_MESSAGES, that before LANG; one that is empty counts as not set."""
    assert language_in({"LANG": "zh_CN.UTF-8"}) == SIMPLIFIED_CHINESE
    assert language_in({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}) == ENGLISH
    assert language_in({"LANG": "en", "LC_MESSAGES": "en", "LC_ALL": "zh_CN"}) == SIMPLIFIED_CHINESE
    assert language_in({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}) == SIMPLIFIED_CHINESE
    assert language_in({}) == ENGLISH


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (0, "In the very last second.", "恰在最后一秒。"),
        (1, "1 s left.", "尚余 1 秒。"),
        (8_040, "2 h 14 min left.", "尚余 2 小时 14 分。"),
        (3_682_799, "42 d 14 h left.", "尚余 42 天 14 小时。"),
        (86_401, "1 d 0 h left.", "尚余 1 天 0 小时。"),
        (86_400, "1 d left.", "尚余 1 天。"),
        (-1, "Late by 1 s.", "逾期 1 秒。"),
        (-259_201, "Late by 3 d 0 h.", "逾期 3 天 0 小时。"),
    ],
)
def test_a_margin_is_told_in_words(seconds: int, english: str, chinese: str) -> None:
    """A margin is told in its two largest units, on its side of the edge."""
    margin = Margin(Unit.SECONDS, seconds)
    assert words_for(None, ENGLISH).margin(margin) == english
    assert words_for(None, SIMPLIFIED_CHINESE).margin(margin) == chinese


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (0, "CNY", "CNY 0.00"),
        (5, "CNY", "CNY 0.05"),
        (123_456_789, "HKD", "HKD 1,234,567.89"),
        (74_537, "TWD", "TWD 745.37"),
        (74_537, "JPY", "JPY 74,537"),
        (1_234, "KWD", "KWD 1.234"),
        (-50, "USD", "USD -0.50"),
        (100, "XYZ", "XYZ 1.00"),
    ],
)
def test_money_is_written_in_the_units_of_its_currency(amount: int, currency: str, written: str) -> None:
    """The minor unit has two digits unless ISO 4217 says otherwise."""
    assert money(amount, currency) == written


def test_a_code_without_words_is_told_as_it_is() -> None:
    """A pack that has no words yet can be read all the same."""
    assert words_for(None, ENGLISH).say("need.proof_of_postage") == "proof of postage"


def test_a_pack_speaks_before_the_engine() -> None:
    """A pack may say in its own words what the engine says in general ones."""
    words = words_for(policies()["douyin_global.authenticity"][0], ENGLISH)
    assert words.say("reason.proven") == "Proven."
    assert "reason.proven" not in words_for(None, ENGLISH)
