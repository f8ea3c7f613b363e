"""Every stable code has words in every language, and every template gets what it asks for."""

from __future__ import annotations

import ast
import datetime as dt
import inspect
import re
import string
import typing
from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import attrs
import pytest
from babel.messages.catalog import Catalog, Message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opencc import OpenCC
from rich.console import Console

from adjudicator import decide
from adjudicator.analysis.check import check
from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.cli.pages.policies import policy_page
from adjudicator.engine.clause import Clause, Function, members, plain_type
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.model.award import AwardKind, FreightBearer
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.model.facts import Disputed, Failed, Holds, NotCovered, Open, Party, Repairable
from adjudicator.model.finding import Deadline, Effect, FactRead, Finding, Margin, Request, Unit
from adjudicator.model.time import DAY, HOUR, SECOND, Instant, within_days, within_hours
from adjudicator.rulebook.answers import KINDS
from adjudicator.wire.codec import case_from
from adjudicator.words import (
    ENGLISH,
    LANGUAGES,
    SIMPLIFIED_CHINESE,
    TRADITIONAL_CHINESE,
    Words,
    catalogue,
    language_in,
    language_of,
    reason_codes,
    rule_code,
    steps_named,
    words_for,
)
from documents import documents

ROOT = Path(__file__).parents[2]
PACKS = tuple(dict.fromkeys(edition.requires[-1].__module__.partition(".")[0] for edition in editions()))
CATALOGUES = ("adjudicator", *PACKS)
ANSWERS: dict[str, type] = {each.__name__: each for each in (Open, Failed, Repairable, Disputed, NotCovered, Holds)}
MAKERS = {each.__name__: (each, kind) for each, kind in KINDS.items()}
"""What makes an answer in a policy, with the type of the answer."""
CHINESE = (SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE)
TOLD_AS_THEY_ARE = {"brand", "barcode", "line_ids", "waybill_no", "market", "platform", "account"}
"""Fields whose acceptable values come from the case itself."""

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
for_every_edition = pytest.mark.parametrize(
    "edition", editions(), ids=lambda edition: f"{edition.policy}@{edition.name}"
)


@cache
def sources(package: str) -> tuple[tuple[Path, ast.Module], ...]:
    """The syntax tree of every module of a package."""
    paths = [path for folder in import_module(package).__path__ for path in sorted(Path(folder).rglob("*.py"))]
    return tuple([(path, ast.parse(path.read_text("utf-8"))) for path in paths])


@cache
def reasons_given_in(package: str) -> dict[str, set[str]]:
    """Every reason that a package's functions can give, each with the kinds of answer that carry it."""
    found: dict[str, set[str]] = {}
    for path, tree in sources(package):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = call.func.id if isinstance(call.func, ast.Name) else ""
            maker, kind = MAKERS.get(name, (None, None))
            if maker and kind and (given := reason_in(call, maker)) is not None:
                passed_on = package == "adjudicator" and not isinstance(given, str)
                assert isinstance(given, str) or passed_on, f"{path}:{call.lineno}: a reason must be written out"
                if isinstance(given, str):
                    found.setdefault(given, set()).add(kind.__name__)
    return found


def reason_in(call: ast.Call, maker: Callable[..., Any]) -> object:
    """The reason that a call gives: a text, ``None`` where it gives none, something else where it is not written out."""
    position = [*inspect.signature(maker).parameters].index("because")
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


def catalogue_of(package: str, language: str) -> Catalog:
    """What a package has to say in a language."""
    found = catalogue(package, language)
    assert found is not None, f"{package} has no words in {language}"
    return found


def messages_in(package: str, language: str) -> dict[str, Message]:
    """The entries of a catalogue by their codes."""
    return {code_of(message): message for message in catalogue_of(package, language) if message.id}


def code_of(message: Message) -> str:
    """The code of an entry; one with plural forms has it twice."""
    code, *again = message.id if isinstance(message.id, tuple | list) else (message.id,)
    assert again in ([], [code])
    return code


def forms_of(message: Message) -> tuple[str, ...]:
    """The texts of an entry: one, or one for each plural form."""
    told = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(each or "" for each in told)


def texts_of(package: str, language: str) -> dict[str, str]:
    """Every text by its code, plural forms run together."""
    return {code: "".join(forms_of(message)) for code, message in messages_in(package, language).items()}


def source_of(package: str, language: str) -> str:
    """A catalogue as it is written."""
    (folder,) = import_module(package).__path__
    return (Path(folder) / "words" / f"{language}.po").read_text("utf-8")


def restated_functions(edition: Edition) -> Iterator[Function]:
    """The functions whose restatement a reader can meet: clauses, money, remarks."""
    paid = () if edition.grants is None else tuple(edition.grants.functions())
    judged = {fact.__name__ for fact in edition.facts}
    yield from edition.requires
    yield from edition.barred_by
    yield from edition.remarks
    yield from (each for each in paid if each.__name__ not in judged)


def fields_of(template: str) -> set[str]:
    """The names in braces in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def the_text_of(page: Any, width: int = 100) -> str:
    """A page as it is printed without colour."""
    console = Console(width=width, markup=False, emoji=False, highlight=False, no_color=True)
    with console.capture() as captured:
        console.print(page)
    return captured.get()


in_every_catalogue = pytest.mark.parametrize("package", CATALOGUES)


@in_every_catalogue
@pytest.mark.parametrize("language", CHINESE)
def test_every_language_has_the_same_codes(package: str, language: str) -> None:
    """A text that English has, the others have too, with the same names in braces; more only what docstrings say in English."""
    english, other = texts_of(package, ENGLISH), texts_of(package, language)
    assert {code for code in other if not code.startswith("rule.")} == english.keys()
    for code in english:
        assert fields_of(other[code]) == fields_of(english[code]), code


@in_every_catalogue
@in_every_language
def test_every_form_of_a_text_fills_in_the_same_names(package: str, language: str) -> None:
    """One and several are told with the same parameters, in as many forms as the language has."""
    known = catalogue_of(package, language)
    for code, message in messages_in(package, language).items():
        forms = forms_of(message)
        assert len(forms) == (known.num_plurals if message.pluralizable else 1), code
        assert len({frozenset(fields_of(form)) for form in forms}) == 1, code


@in_every_catalogue
@in_every_language
def test_a_catalogue_is_in_order(package: str, language: str) -> None:
    """No entry is empty, still a draft, given up or there twice, and the header says which language it is."""
    known = catalogue_of(package, language)
    assert str(known.locale) == language
    assert re.search(rf'^"Language: {language}\\n"$', source_of(package, language), re.MULTILINE)
    assert known.obsolete == {}
    assert [message.id for message in known if message.id and message.fuzzy] == []
    codes = re.findall(r'^msgid "(.+)"$', source_of(package, language), re.MULTILINE)
    assert codes == list(messages_in(package, language))
    for code, message in messages_in(package, language).items():
        assert all(form and form == form.strip() for form in forms_of(message)), code


@in_every_catalogue
@pytest.mark.parametrize("language", CHINESE)
def test_a_translation_is_no_copy(package: str, language: str) -> None:
    """Where English has words, Chinese has Chinese ones."""
    chinese = texts_of(package, language)
    words = [
        code for code, text in texts_of(package, ENGLISH).items() if re.search(r"[a-z]{2}", re.sub(r"{\w+}", "", text))
    ]
    assert [code for code in words if not re.search(r"[\u4e00-\u9fff]", chinese[code])] == []


IN_BOTH_SCRIPTS = frozenset("准台核")
"""Characters that OpenCC replaces one by one, and that are written in both scripts in words such as 核准 and 平台."""


def written_otherwise(text: str, converter: OpenCC) -> set[str]:
    """The characters that the other script writes otherwise."""
    return {each for each in text if converter.convert(each) != each} - IN_BOTH_SCRIPTS


@in_every_catalogue
def test_each_chinese_is_written_in_its_own_script(package: str) -> None:
    """Traditional Chinese has no Simplified character, nor the other way round."""
    to_traditional, to_simplified = OpenCC("s2t"), OpenCC("t2s")
    for code, text in texts_of(package, TRADITIONAL_CHINESE).items():
        assert written_otherwise(text, to_traditional) == set(), code
    for code, text in texts_of(package, SIMPLIFIED_CHINESE).items():
        assert written_otherwise(text, to_simplified) == set(), code


def test_the_other_script_would_be_seen() -> None:
    """One character is enough."""
    assert written_otherwise("申請已获核准，由平台退回運費", OpenCC("s2t")) == {"获"}
    assert written_otherwise("申请已獲核准，由平台退回运费", OpenCC("t2s")) == {"獲"}


MAINLAND_WORDS = ("信息", "質量", "渠道", "鏈接", "默認", "視頻", "賬號", "節假日", "短信", "核驗", "類目", "快遞公司")
CONVERTED_TOO_FAR = ("專案", "稽核", "支援", "型別", "計畫", "平臺", "臺灣", "新臺幣")


@in_every_catalogue
def test_traditional_chinese_is_at_home_in_hong_kong_and_in_taiwan(package: str) -> None:
    """What a converter leaves or puts in, and what only one of them would write, does not come back."""
    for code, text in texts_of(package, TRADITIONAL_CHINESE).items():
        assert [word for word in (*MAINLAND_WORDS, *CONVERTED_TOO_FAR) if word in text] == [], code
        assert not re.search("[“”‘’]", text), code


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
            template = template_of(words, next(code for code in reason_codes(finding(clause, reason)) if code in words))
            assert fields_of(template) <= ({"needs"} if answers == {"Open"} else set()), f"{clause.name}.{reason}"


@in_every_language
@for_every_edition
def test_every_fact_and_setting_has_a_label(edition: Edition, language: str) -> None:
    """Every fact that a case of this kind holds has a name for people, and so has every setting."""
    words = words_for(edition, language)
    assert [name for name in edition.case_kind.glossary.facts if f"fact.{name}" not in words] == []
    assert [name for name in edition.settings if f"setting.{name}" not in words] == []
    assert f"title.{edition.policy}" in words
    assert [each for each in edition.not_adjudicated.values() if f"not_adjudicated.{each}" not in words] == []


@for_every_edition
def test_every_clause_step_and_remark_is_restated_in_every_language(edition: Edition) -> None:
    """The docstrings say in English and in Simplified Chinese what a decision repeats; the catalogue says the rest."""
    for function in restated_functions(edition):
        node = edition.nodes[function.__name__]
        assert node.citation.english, f"{function.__name__} has no English"
        assert node.citation.chinese, f"{function.__name__} has no Chinese"
        assert words_for(edition, ENGLISH).restated(node.name) == node.citation.english
        assert words_for(edition, SIMPLIFIED_CHINESE).restated(node.name) == node.citation.chinese
        assert rule_code(node) in words_for(edition, TRADITIONAL_CHINESE), f"{rule_code(node)} has no words"


@pytest.mark.parametrize("package", PACKS)
def test_a_restatement_in_a_catalogue_is_of_the_docstring_that_there_is(package: str) -> None:
    """Each stands beside the Chinese that it was made from: after a change of the docstring it is to be looked at again."""
    docstrings = {
        rule_code(node): node.citation.chinese
        for edition in editions()
        if edition.requires[-1].__module__.partition(".")[0] == package
        for node in edition.nodes.values()
        if node.citation.chinese
    }
    restated = {
        code: "".join(message.auto_comments)
        for code, message in messages_in(package, TRADITIONAL_CHINESE).items()
        if code.startswith("rule.")
    }
    assert restated == docstrings
    for language in (ENGLISH, SIMPLIFIED_CHINESE):
        assert not [code for code in messages_in(package, language) if code.startswith("rule.")]


@in_every_language
@for_every_edition
def test_everything_that_a_decision_can_be_has_words(edition: Edition, language: str) -> None:
    """Outcomes, parties, kinds of award, units and bearers of freight have words."""
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
    """A need that is named in the source has words, also as a sentence, whether a case in these tests asks for it or not."""
    texts = texts_of("adjudicator", language) | texts_of(package, language)
    for path, call in calls_in(package, "Need"):
        if isinstance(call.args[0], ast.Constant):
            assert {f"need.{call.args[0].value!s}", f"ask.{call.args[0].value!s}"} <= texts.keys(), path
    needs = {code.partition(".")[2] for code in texts if code.startswith("need.")}
    assert needs | {"any"} == {code.partition(".")[2] for code in texts if code.startswith("ask.")}


@in_every_language
@in_every_catalogue
def test_every_moment_from_which_a_window_is_counted_has_words(package: str, language: str) -> None:
    """The fact that a policy counts from is written out, and has words."""
    texts = texts_of("adjudicator", language) | texts_of(package, language)
    for name in ("within_days", "within_hours"):
        for path, call in calls_in(package, name):
            assert isinstance(call.args[0], ast.Constant), path
            assert f"counted_from.{call.args[0].value!s}" in texts, path


def calls_in(package: str, function: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls of a function in a package, each with its place."""
    for path, tree in sources(package):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if isinstance(call.func, ast.Name) and call.func.id == function:
                yield f"{path}:{call.lineno}", call


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
    """The values of an enumeration, also of one that may be missing or stands in a list."""
    for member in members(annotation):
        if isinstance(member, type) and issubclass(member, Enum):
            yield from (each.value for each in member)
        elif typing.get_origin(member) is tuple:
            yield from values_of(typing.get_args(member)[0])


@in_every_language
@for_every_edition
def test_every_choice_in_a_case_has_words(edition: Edition, language: str) -> None:
    """Whatever a case of this kind can hold that is one of a list is told in words, not in code."""
    words = words_for(edition, language)
    choices = set(choices_in(edition.case_kind.case_type, set()))
    assert len(choices) > 5
    assert {f"value.{field}.{value}" for field, value in choices if f"value.{field}.{value}" not in words} == set()


def template_of(words: Words, code: str) -> str:
    """The text of a code as it stands in the catalogue."""
    return words._texts.gettext(code)


@pytest.fixture
def no_code_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a code without words an error instead of telling its last part."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        return template_of(self, code).format_map(params)

    monkeypatch.setattr(Words, "say", say)


def requested_without_words(decision: Decision, words: Words) -> list[str]:
    """The values that a decision would accept, and has no words for."""
    accepted = [
        (steps_named(place)[-1], value)
        for request in decision.requests
        for fields in request.accepts
        for place, values in fields.items()
        for value in values
    ]
    codes = [
        f"value.{name}.{value}" for name, value in accepted if isinstance(value, str) and name not in TOLD_AS_THEY_ARE
    ]
    return [code for code in codes if code not in words]


def everything_told(decision: Decision, words: Words) -> Iterator[str]:
    """Whatever there is to say of a decision, sentence by sentence."""
    windows = {(each.clause, each.line_id): each for each in decision.deadlines}
    yield words.verdict(decision.outcome)
    for finding in decision.findings:
        yield words.finding(finding)
        yield words.finding(finding, windows.get((finding.clause, finding.line_id)))
        yield from (words.fact(fact, decision.currency) for fact in finding.facts)
    for request in decision.requests:
        yield words.request(request)
        yield from words.accepts(request)
    for deadline in decision.deadlines:
        yield words.deadline(deadline)
        yield words.time_left(deadline, decision.as_of)
    yield from map(words.remark, decision.remarks)
    yield from (words.part(line_id, outcome) for line_id, outcome in decision.parts if line_id is not None)
    yield from (words.measure(each, decision.currency) for each in decision.measures)
    yield from (words.step(step, decision.currency or "") for step in decision.ladder)
    if isinstance(decision, ClaimDecision):
        yield from map(words.line, decision.lines)
        yield from (words.award(award, decision.currency) for award in decision.awards)
        yield from [words.sent_back(decision.return_authorisation)] if decision.return_authorisation else []


@pytest.mark.usefixtures("no_code_without_words")
@pytest.mark.parametrize("policy", policies())
@settings(max_examples=settings().max_examples // 3, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_decision_reads_without_a_hole(policy: str, data: st.DataObject) -> None:
    """Whatever a case of a policy comes to, its page and every sentence about it are words in every language."""
    case = case_from(data.draw(documents(policy)))
    decision, checked = decide(case), check(case)
    edition = policies()[policy][-1]
    for language in LANGUAGES:
        words = words_for(edition, language)
        assert requested_without_words(decision, words) == []
        assert the_text_of(decision_page(decision, language, Marks()))
        assert the_text_of(check_page(checked, language, Marks()))
        for told in everything_told(decision, words):
            assert told == told.strip()
            assert not re.search(r"[{}]|  |。。|\.\.|：：|，，", told), told


@pytest.mark.usefixtures("no_code_without_words")
@in_every_language
@for_every_edition
def test_every_rule_reads_without_a_hole(edition: Edition, language: str) -> None:
    """The page of a rule is words in every language, and fits its width."""
    for width in (80, 120):
        page = the_text_of(policy_page(edition, None, language, Marks()), width)
        assert all(clause.name in page for clause in edition.clauses)
        assert all(line == line.rstrip() for line in page.splitlines())


CODE = re.compile(r"[a-z_]+\\\.")
"""How a pattern for codes begins: with a name; what could be anything is no code."""

SHELL = tuple(
    path
    for room in ("cli", "explain", "rulebook", "words")
    for path in sorted((ROOT / "adjudicator" / room).rglob("*.py"))
)
ONLY_IN_PACKS = (
    "title",
    "setting",
    "example",
    "not_adjudicated",
    r"letter\.against",
    r"letter\.remark",
    r"letter\.line\.",
)
FILLED_IN = {"say": set[str](), "first": set[str](), "counted": {"count"}}
"""What says something by its code, and the parameters that it fills in itself."""


def spoken_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a module that say something by its code, with the method."""
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in FILLED_IN:
            yield name, call


def test_the_shell_gives_every_template_what_it_asks_for() -> None:
    """Each call for words names codes that there are, and hands over what their templates take; by name exactly that."""
    english = texts_of("adjudicator", ENGLISH)
    for path in SHELL:
        for name, call in spoken_in(path):
            given = {word.arg for word in call.keywords if word.arg} | FILLED_IN[name]
            more_may_come = any(word.arg is None for word in call.keywords)
            for code in (code for pattern in patterns(call.args[0]) for code in codes_like(pattern, english)):
                asked = fields_of(english[code])
                assert more_may_come or asked <= given, f"{path.name}:{call.lineno}: {code}"
                assert given <= asked or not isinstance(call.args[0], ast.Constant), (
                    f"{path.name}:{call.lineno}: {code}"
                )


def test_the_engine_has_no_words_that_nobody_says() -> None:
    """Every code of the engine is one that its shell can name; what is never said is taken out."""
    nodes = (node for path in SHELL for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    said = {
        pattern for node in nodes if isinstance(node, ast.expr) for pattern in patterns(node) if CODE.match(pattern)
    }
    unsaid = [code for code in texts_of("adjudicator", ENGLISH) if not any(re.fullmatch(each, code) for each in said)]
    assert unsaid == []
    assert not any(re.fullmatch(each, "decision.never_said") for each in said)


def patterns(code: ast.expr) -> Iterator[str]:
    """Patterns for the codes that an expression can be."""
    if isinstance(code, ast.IfExp):
        yield from (*patterns(code.body), *patterns(code.orelse))
    elif isinstance(code, ast.Tuple):
        yield from (pattern for each in code.elts for pattern in patterns(each))
    elif isinstance(code, ast.Constant):
        yield re.escape(str(code.value))
    elif isinstance(code, ast.JoinedStr):
        yield "".join(
            re.escape(str(each.value)) if isinstance(each, ast.Constant) else r"[^.]+" for each in code.values
        )


def codes_like(pattern: str, texts: Mapping[str, str]) -> list[str]:
    """The codes that a pattern matches; there must be one, unless only packs have such codes."""
    found = [code for code in texts if re.fullmatch(pattern, code)]
    assert found or pattern.startswith(ONLY_IN_PACKS), f"no words for {pattern}"
    return found


# Languages


@pytest.mark.parametrize(
    ("tags", "language"),
    [
        ("en en_GB.UTF-8 en-US en@euro en_GB.ISO8859-15@euro", ENGLISH),
        ("C C.UTF-8 POSIX fr_FR de-CH zha zhx-Hant x-klingon - _ @ .UTF-8 zh_CN_TW_HK_MO é 中文 \x00", ENGLISH),
        (
            "zh zh-CN zh_CN.UTF-8 ZH_cn zh-SG zh-Hans zh-Hans-HK zh_Hans_SG zh.GB18030 zh_CN@stroke zh-XX",
            SIMPLIFIED_CHINESE,
        ),
        (
            "zh-TW zh_TW.Big5 zh-HK zh_HK.UTF-8 zh-MO zh-Hant zh-Hant-CN ZH-hant-hk zh_Hant_MO zh-US",
            TRADITIONAL_CHINESE,
        ),
    ],
)
def test_a_locale_means_a_language(tags: str, language: str) -> None:
    """Chinese is written as its script or its territory says; C, POSIX and what is not known read English."""
    assert {tag: language_of(tag) for tag in (*tags.split(" "),)} == dict.fromkeys(tags.split(" "), language)
    assert language_of("") == ENGLISH


@given(tag=st.text() | st.from_regex(r"(?i)zh([-_](hans|hant|\w{2,4})){0,3}(\.\w+)?(@\w+)?", fullmatch=True))
def test_any_locale_means_some_language(tag: str) -> None:
    """Whatever an environment holds, nobody is left without words."""
    assert language_of(tag) in LANGUAGES
    assert words_for(None, tag).say("outcome.approved") in ("Approved", "通过", "通過")


@in_every_language
def test_a_language_is_a_locale(language: str) -> None:
    """Each of ours means itself, however it is written."""
    assert language_of(language) == language_of(language.replace("_", "-")) == language


def test_the_environment_is_read_as_posix_has_it() -> None:
    """LC_ALL goes before LC_MESSAGES, that before LANG; one that is empty counts as not set."""
    assert language_in({"LANG": "zh_CN.UTF-8"}) == SIMPLIFIED_CHINESE
    assert language_in({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}) == ENGLISH
    assert language_in({"LANG": "en", "LC_MESSAGES": "en", "LC_ALL": "zh_TW"}) == TRADITIONAL_CHINESE
    assert language_in({"LANG": "zh_CN.UTF-8", "LC_ALL": ""}) == SIMPLIFIED_CHINESE
    assert language_in({}) == ENGLISH


# Time


@pytest.mark.parametrize(
    ("seconds", "english", "simplified", "traditional"),
    [
        (0, "In time, in the very last second.", "恰在期限的最后一秒。", "恰在期限的最後一秒。"),
        (1, "In time, with 1 second to spare.", "在期限之内，距截止尚余 1 秒。", "在期限之內，距截止尚餘 1 秒。"),
        (8_040, "In time, with 2 hours 14 minutes to spare.", "在期限之内，距截止尚余 2 小时 14 分钟。", "在期限之內，距截止尚餘 2 小時 14 分鐘。"),
        (-1, "Late by 1 second.", "逾期 1 秒。", "逾期 1 秒。"),
        (-259_201, "Late by 3 days.", "逾期 3 天。", "逾期 3 天。"),
    ],
)  # fmt: skip
def test_a_margin_is_told_in_words(seconds: int, english: str, simplified: str, traditional: str) -> None:
    """A margin is told on its side of the edge."""
    margin = Margin(Unit.SECONDS, seconds)
    assert tuple(words_for(None, language).margin(margin) for language in LANGUAGES) == (
        english,
        simplified,
        traditional,
    )


@pytest.mark.parametrize(
    ("seconds", "english"),
    [
        (0, "0 seconds"), (1, "1 second"), (59, "59 seconds"), (60, "1 minute"), (3_599, "59 minutes 59 seconds"),
        (3_600, "1 hour"), (3_601, "1 hour"), (8_040, "2 hours 14 minutes"), (86_399, "23 hours 59 minutes"), (86_400, "1 day"),
        (86_460, "1 day"), (90_000, "1 day 1 hour"), (3_682_799, "42 days 14 hours"), (63_072_000, "730 days"),
    ],
)  # fmt: skip
def test_a_duration_is_told_in_its_two_largest_units(seconds: int, english: str) -> None:
    """The rest is left out: nobody is told that there is more time than there is."""
    assert words_for(None, ENGLISH).duration(seconds) == english


SECONDS_IN = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


@given(seconds=st.integers(0, 10**10))
def test_a_duration_is_never_told_longer_than_it_is(seconds: int) -> None:
    """What is left out is less than one of the smaller unit that could have been told; every language tells the same numbers."""
    told = words_for(None, ENGLISH).duration(seconds)
    parts = [(int(count), unit.rstrip("s")) for count, unit in re.findall(r"(\d+) (\w+)", told)]
    assert all(unit in SECONDS_IN and told.count(unit) == 1 for _, unit in parts)
    units = [*SECONDS_IN]
    smallest = units[min(units.index(parts[0][1]) + 1, len(units) - 1)]
    assert 0 <= seconds - sum(count * SECONDS_IN[unit] for count, unit in parts) < SECONDS_IN[smallest]
    for language in CHINESE:
        chinese = words_for(None, language).duration(seconds)
        assert re.findall(r"\d+", chinese) == [str(count) for count, _ in parts]


def deadline(window: Any) -> Deadline:
    """A window that some clause read."""
    return Deadline("filed_in_time", "L1", window.counted_from, window.starts_at, window.ends_at, window.includes_end)


SIGNED = Instant.parse("2022-05-30T10:00:00+08:00")
IN_HOURS = deadline(within_hours("signed_at", SIGNED, 24))
IN_DAYS = deadline(within_days("completed_at", SIGNED, 90))


def test_a_deadline_is_told_with_the_moment_from_which_it_was_counted() -> None:
    """A window of days ends with a day, one of hours on the clock."""
    told = [
        (words_for(None, language).deadline(IN_HOURS), words_for(None, language).deadline(IN_DAYS))
        for language in LANGUAGES
    ]
    assert told == [
        (
            (
                "The time runs until 31 May 2022, 10:00 Beijing time, "
                "counted from the signing for the parcel (30 May 2022, 10:00 Beijing time)."
            ),
            (
                "The time runs until midnight at the end of 28 August 2022 (Beijing time), "
                "counted from the success of the transaction (30 May 2022, 10:00 Beijing time)."
            ),
        ),
        (
            "期限截至北京时间 2022 年 5 月 31 日 10:00（含），自包裹签收（北京时间 2022 年 5 月 30 日 10:00）起算。",
            "期限截至北京时间 2022 年 8 月 28 日 24:00，自交易成功（北京时间 2022 年 5 月 30 日 10:00）起算。",
        ),
        (
            "期限截至北京時間 2022 年 5 月 31 日 10:00（含），自包裹簽收（北京時間 2022 年 5 月 30 日 10:00）起算。",
            "期限截至北京時間 2022 年 8 月 28 日 24:00，自交易成功（北京時間 2022 年 5 月 30 日 10:00）起算。",
        ),
    ]


@pytest.mark.parametrize("window", [IN_HOURS, IN_DAYS])
@pytest.mark.parametrize(
    ("before", "english", "simplified", "traditional"),
    [
        (2 * HOUR + 14 * 60 * SECOND, "2 hours 14 minutes left", "还剩 2 小时 14 分钟", "還剩 2 小時 14 分鐘"),
        (SECOND, "1 second left", "还剩 1 秒", "還剩 1 秒"),
        (SECOND - 1, "In its last second", "正值最后一秒", "正值最後一秒"),
        (1, "In its last second", "正值最后一秒", "正值最後一秒"),
        (-1, "Closed just now", "刚刚截止", "剛剛截止"),
        (-3 * DAY, "Closed 3 days ago", "已于 3 天前截止", "已於 3 天前截止"),
        (-3 * DAY + 1, "Closed 2 days 23 hours ago", "已于 2 天 23 小时前截止", "已於 2 天 23 小時前截止"),
    ],
)  # fmt: skip
def test_time_is_told_as_left_or_as_gone(
    window: Deadline, before: int, english: str, simplified: str, traditional: str
) -> None:
    """Seen from a moment a window is still open, or closed, with the moment from which it was counted."""
    as_of = Instant(window.ends_at - before)
    for language, beginning in zip(LANGUAGES, (english, simplified, traditional), strict=True):
        words = words_for(None, language)
        told = words.time_left(window, as_of)
        assert told.startswith(beginning)
        assert words.moment(window.starts_at) in told
        assert words.say(f"counted_from.{window.counted_from}") in told


def test_the_very_end_is_in_time_only_where_the_window_says_so() -> None:
    """At its end a window of hours is in its last instant, one of days is closed."""
    words = words_for(None, ENGLISH)
    assert words.time_left(IN_HOURS, IN_HOURS.ends_at).startswith("In its last second")
    assert words.time_left(IN_DAYS, IN_DAYS.ends_at).startswith("Closed just now")


@pytest.mark.parametrize(
    ("instant", "english", "chinese"),
    [
        ("2022-05-30T15:59:00Z", "30 May 2022, 23:59 Beijing time", "北京时间 2022 年 5 月 30 日 23:59"),
        ("2022-05-30T16:00:00Z", "31 May 2022, 00:00 Beijing time", "北京时间 2022 年 5 月 31 日 00:00"),
        ("2022-05-03T04:05:06+08:00", "3 May 2022, 04:05:06 Beijing time", "北京时间 2022 年 5 月 3 日 04:05:06"),
        ("2022-05-03T04:05:06.000007+08:00", "3 May 2022, 04:05:06.000007 Beijing time", "北京时间 2022 年 5 月 3 日 04:05:06.000007"),
    ],
)  # fmt: skip
def test_an_instant_is_told_on_the_clock_in_beijing(instant: str, english: str, chinese: str) -> None:
    """With its zone in words; seconds and less only where there are any."""
    assert words_for(None, ENGLISH).moment(Instant.parse(instant)) == english
    assert words_for(None, SIMPLIFIED_CHINESE).moment(Instant.parse(instant)) == chinese
    assert words_for(None, TRADITIONAL_CHINESE).moment(Instant.parse(instant)) == chinese.replace("时间", "時間")


@given(instant=st.datetimes(dt.datetime(1000, 1, 2), dt.datetime(9899, 12, 30), timezones=st.just(dt.UTC)))  # noqa: DTZ001 - Hypothesis wants them so
def test_every_instant_has_words(instant: dt.datetime) -> None:
    """Any instant of a case can be told in every language."""
    at = Instant.at(instant)
    for language in LANGUAGES:
        assert f"{at.datetime():%H:%M}" in words_for(None, language).moment(at)


# Money and values


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
    """The minor unit has two digits unless ISO 4217 says otherwise; a currency that is not known has two."""
    told = tuple(words_for(None, language).money(amount, currency) for language in LANGUAGES)
    assert told == (english, simplified, traditional)


@in_every_language
@given(amount=st.integers(0, 10**15), currency=st.sampled_from(["CNY", "HKD", "TWD", "JPY", "KWD", "CLF", "XYZ"]))
def test_no_cent_is_lost_in_words(language: str, amount: int, currency: str) -> None:
    """The digits of an amount are all there, in their order."""
    told = words_for(None, language).money(amount, currency)
    assert int(re.sub(r"\D", "", told)) == amount


def fact(name: str, value: Any, pointer: str) -> FactRead:
    """A fact that some clause stood on."""
    return FactRead(name, value, (pointer,))


def test_a_fact_is_told_with_its_label_and_its_value() -> None:
    """Choices and answers in words, money with its currency, instants on the clock, what came in as it is."""
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
    ("language", "told"),
    [
        (ENGLISH, "amount topped up: CNY 100,000.00; promised in writing: yes; notice received: no"),
        (SIMPLIFIED_CHINESE, "补缴金额：人民币 100,000.00 元；已书面承诺：是；已收到通知：否"),
        (TRADITIONAL_CHINESE, "補繳金額：人民幣 100,000.00 元；已書面承諾：是；已收到通知：否"),
    ],
)
def test_what_would_do_is_told_by_the_object_that_it_is_of_and_in_its_currency(language: str, told: str) -> None:
    """Whether something happened says nothing unless it is said what; an amount is money where the currency is known."""
    words = words_for(policies()["pinduoduo.off_platform_trading"][0], language)
    answer = {
        "/shop/deposit/top_ups/-/amount": (10_000_000,),
        "/shop/written_promise/happened": (True,),
        "/shop/earlier_findings/0/notice/happened": (False,),
    }
    assert words.answer(answer) == words.answer(answer, "CNY") == told
    of_a_claim = words_for(policies()["douyin_global.authenticity"][0], language)
    paid = "/order/lines/0/goods_paid"
    assert of_a_claim.value(paid, 10_000_000) == "10000000"
    assert of_a_claim.value(paid, 10_000_000, "CNY") == words.money(10_000_000, "CNY")


def test_where_all_cases_are_in_one_currency_amounts_are_money_though_the_decision_names_none() -> None:
    """As a deposit is in yuan."""
    words = words_for(policies()["pinduoduo.virtual_listing"][0], ENGLISH)
    assert words.answer({"/shop/virtual_deposit": (1_000_000,)}) == "virtual deposit: CNY 10,000.00"
    assert words.value("/product/rental_days", 30) == "30"


def test_what_came_in_goes_through_the_hands_of_the_shell() -> None:
    """Ids, brands and codes that nobody knows are written as the shell wants them; our own words are left alone."""
    words = words_for(None, ENGLISH, outside=lambda text: f"<{text}>")
    request = Request("nobody", "miracle", "L&1", ({"brand": ("A&B",), "verification": ("verified",)},), None, "E&1")
    told = " ".join((words.request(request), *words.accepts(request)))
    assert told == (
        "<nobody> is asked for <miracle>. It is about document <E&1>. It concerns line <L&1>. "
        "What will do: brand: <A&B>."
    )


def test_one_and_many_are_told_apart() -> None:
    """English has a plural, Chinese has none."""
    one, many = Margin(Unit.UNITS, 1), Margin(Unit.UNITS, -2)
    assert words_for(None, ENGLISH).margin(one) == "Within the limit by 1 unit."
    assert words_for(None, ENGLISH).margin(many) == "Beyond the limit by 2 units."
    assert words_for(None, TRADITIONAL_CHINESE).margin(many) == "超出限額 2 件。"


def test_a_code_without_words_is_told_as_it_is() -> None:
    """A pack that has no words yet can be read all the same."""
    assert words_for(None, ENGLISH).say("need.proof_of_postage") == "proof of postage"


def test_a_pack_speaks_before_the_engine() -> None:
    """A pack may say in its own words what the engine says in general ones."""
    words = words_for(policies()["douyin_global.authenticity"][0], ENGLISH)
    assert words.say("reason.proven") == "Proven."
    assert "reason.proven" not in words_for(None, ENGLISH)
    admission = words_for(policies()["douyin_alliance.admission"][0], ENGLISH)
    assert admission.verdict("manual_review") == "A person will decide on admission."
    assert words_for(None, ENGLISH).verdict("manual_review") == "Our team will review the claim and decide it."
