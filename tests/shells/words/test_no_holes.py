"""Every decision and every rule has complete texts, and the shell passes each template its parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from adjudicator import decide
from adjudicator.analysis.check import check
from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.cli.pages.policies import policy_page
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.decision import ClaimDecision, Decision
from adjudicator.wire.codec import case_from
from adjudicator.words import ENGLISH, LANGUAGES, Words, steps_named, words_for
from documents import documents
from tradings import FOUND
from words.catalogues import fields_of, for_every_edition, in_every_language, template_of, texts_of

ROOT = Path(__file__).parents[3]
TOLD_AS_THEY_ARE = {"brand", "barcode", "line_ids", "waybill_no", "market", "platform", "account"}
"""Fields whose acceptable values come from the case itself."""


def the_text_of(page: Any, width: int = 100) -> str:
    """A page as it is printed without colour."""
    console = Console(width=width, markup=False, emoji=False, highlight=False, no_color=True)
    with console.capture() as captured:
        console.print(page)
    return captured.get()


@pytest.fixture
def no_code_without_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a code without a text an error instead of showing its last part."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        return template_of(self, code).format_map(params)

    monkeypatch.setattr(Words, "say", say)


def requested_without_words(decision: Decision, words: Words) -> list[str]:
    """The acceptable values in a decision that have no words."""
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


def all_sentences(decision: Decision, words: Words) -> Iterator[str]:
    """Everything that can be said about a decision, sentence by sentence."""
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
def test_every_decision_has_complete_texts(policy: str, data: st.DataObject) -> None:
    """For every case of a policy, the page and every sentence about the decision have words in every language."""
    case = case_from(data.draw(documents(policy)))
    decision, checked = decide(case), check(case)
    edition = policies()[policy][-1]
    for language in LANGUAGES:
        words = words_for(edition, language)
        assert requested_without_words(decision, words) == []
        assert the_text_of(decision_page(decision, language, Marks()))
        assert the_text_of(check_page(checked, language, Marks()))
        for found in all_sentences(decision, words):
            assert found == found.strip()
            assert not re.search(r"[{}]|  |。。|\.\.|：：|，，", found), found


@pytest.mark.usefixtures("no_code_without_words")
@in_every_language
@for_every_edition
def test_every_rule_has_complete_texts(edition: Edition, language: str) -> None:
    """The page of a rule has words in every language, and fits its width."""
    for width in (80, 120):
        page = the_text_of(policy_page(edition, None, language, Marks()), width)
        assert all(clause.name in page for clause in edition.clauses)
        assert all(line == line.rstrip() for line in page.splitlines())


CODE = re.compile(r"[a-z_]+\\\.")
"""The start of a pattern for codes: a name. A pattern that could match anything is not for codes."""

SHELL = tuple(
    path
    for room in ("cli", "comparison", "desk", "evidence", "explain", "mcp", "rulebook", "words")
    for path in sorted((ROOT / "adjudicator" / room).rglob("*.py"))
)
PANEL = tuple((ROOT / "adjudicator/desk/templates").glob("*.html"))
ONLY_IN_PACKS = (
    "title",
    "setting",
    "example",
    "not_adjudicated",
    r"letter\.against",
    r"letter\.remark",
    r"letter\.line\.",
    "time_left",
)
PREFIXED = {ROOT / "adjudicator/comparison/report.py": r"compare\."}
"""Modules that use codes without their first part."""
FILLED_IN = {"say": set[str](), "first": set[str](), "counted": {"count"}}
"""The methods that turn a code into text, with the parameters that they fill in themselves."""


def spoken_in(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """The calls in a module that use a text by its code, with the method."""
    for call in (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in FILLED_IN:
            yield name, call


def test_the_shell_passes_every_template_its_parameters() -> None:
    """Each call names existing codes, and passes exactly the parameters of their templates."""
    english = texts_of("adjudicator", ENGLISH)
    for path in SHELL:
        for name, call in spoken_in(path):
            given = {word.arg for word in call.keywords if word.arg} | FILLED_IN[name]
            more_may_come = any(word.arg is None for word in call.keywords)
            prefix = PREFIXED.get(path, "") if ast.unparse(call.func) == "self.say" else ""
            for code in (code for each in patterns(call.args[0]) for code in codes_like(prefix + each, english)):
                asked = fields_of(english[code])
                assert more_may_come or asked <= given, f"{path.name}:{call.lineno}: {code}"
                assert given <= asked or not isinstance(call.args[0], ast.Constant), (
                    f"{path.name}:{call.lineno}: {code}"
                )


def test_every_text_of_the_engine_is_used() -> None:
    """Every code of the engine is used by its shell; unused ones are removed."""
    said = {
        pattern
        for path in SHELL
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.expr)
        for each in patterns(node)
        for pattern in {each, PREFIXED.get(path, "") + each}
        if CODE.match(pattern) and pattern not in {prefix + "[^.]+" for prefix in PREFIXED.values()}
    }
    page = (ROOT / "adjudicator/comparison/report.html").read_text("utf-8")
    said |= {rf"compare\.{code}" for code in re.findall(r'say\("(\w+)"', page)}
    said |= {re.escape(code) for page in PANEL for code in re.findall(r'say\("([\w.]+)"', page.read_text("utf-8"))}
    any_of_them = re.compile("|".join(said))
    assert [code for code in texts_of("adjudicator", ENGLISH) if not any_of_them.fullmatch(code)] == []
    assert not any_of_them.fullmatch("decision.never_said")


def patterns(code: ast.expr) -> Iterator[str]:
    """Patterns for the possible codes of an expression."""
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
    """The codes that match a pattern. There must be one, unless only packs have such codes."""
    found = [*filter(re.compile(pattern).fullmatch, texts)]
    assert found or pattern.startswith(ONLY_IN_PACKS), f"no words for {pattern}"
    return found


@in_every_language
def test_what_turns_on_other_findings_alone_names_nothing_that_is_missing(language: str) -> None:
    """Whether this is a further finding follows from whether the act is found, which a person decides."""
    unclear = {"id": "unclear", "act": "other", "begun_by": "merchant", "happened_at": "2023-05-02T10:00:00+08:00"}
    earlier = {"id": "earlier", "notice": {"happened": True, "at": "2023-05-01T10:00:00+08:00"}}
    shop = {**FOUND["shop"], "earlier_findings": [earlier]}
    incident = {**FOUND["incidents"][0], **unclear}
    decision = decide(case_from({**FOUND, "incidents": [incident], "shop": shop}))
    (found,) = (each for each in decision.findings if each.clause == "found_for_the_first_time")
    assert found.because.params == {"needs": ()}
    (edition,) = policies()[decision.policy.id]
    words = words_for(edition, language)
    assert words.because(found) == template_of(words, "reason.pending_on_others")
