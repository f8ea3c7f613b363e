"""The text of a plan can be read and printed, and takes what a case states without a call."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Callable
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator.engine.findings import findings_source
from adjudicator.engine.inspection import attributes_read
from adjudicator.engine.judgement import judge
from adjudicator.engine.moment_plan import moment_source
from adjudicator.engine.plan import clause_source, remarks_source, source_ahead, source_next
from adjudicator.engine.plan_text import Planned, plan_text
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.kinds.claim import CLAIMS, Payment, claimed_lines
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.model.facts import Fact, Glossary, Party, Stated
from adjudicator.model.source import Source
from adjudicator.testing import a_case, a_line, an_order
from little_editions import little_edition


def names_in(source: Source) -> tuple[set[str], set[str]]:
    """The names that a plan uses, and those that there are."""
    names = [each for each in ast.walk(ast.parse(source.text)) if isinstance(each, ast.Name)]
    stored = {each.id for each in names if isinstance(each.ctx, ast.Store)} | {
        "facts",
        "line_id",
        "closed",
        "judgement",
        "moment",
        "pointers",
    }
    return {each.id for each in names}, stored | source.values.keys() | vars(builtins).keys()


def added_by(source: Source) -> set[str]:
    """The facts that a plan adds in the end."""
    return set(re.findall(r"^    there\['(\w+)'\] = ", source.text, re.MULTILINE))


@pytest.mark.parametrize("edition", editions(), ids=lambda edition: f"{edition.policy} {edition.name}")
def test_a_plan_can_be_read(edition: Edition) -> None:
    """It is Python, calls each function, names only what there is, and adds only facts that are not there before."""
    clauses = clause_source(edition)
    assert [node.name for node in edition.judged_always if f" = call_{node.name}(" not in clauses.text] == []
    sources = [clauses, *([remarks_source(edition)] if edition.remarks else []), findings_source(edition)]
    if isinstance(edition.grants, Planned):
        sources += edition.grants.plans(edition)
    for source in sources:
        used, known = names_in(source)
        assert used <= known
        assert added_by(source).isdisjoint(edition.case_kind.outcome_facts)
    assert added_by(clauses) == set(edition.always)
    others = [each for source in sources[1:] for each in added_by(source)]
    assert set(edition.always).isdisjoint(others)


def test_all_plans_of_an_edition_are_printed_with_their_titles() -> None:
    """The one for remarks only if there are any."""
    edition = policies()["douyin_global.damage"][-1]
    for each in (edition, evolve(edition, remarks=())):
        of, payment = f"{each.policy} {each.name}", each.grants
        assert isinstance(payment, Payment)
        sources = {
            f"the plan of {of}, revision {each.revision}": clause_source(each),
            **{source.title: source for source in payment.plans(each)},
            **({f"the plan of the remarks, {of}": remarks_source(each)} if each.remarks else {}),
            f"the plan for later moments of {of}, revision {each.revision}": moment_source(each),
            f"the findings of {of}, revision {each.revision}": findings_source(each),
        }
        assert [*plan_text(each)] == [f"# {title}\n{source.text}" for title, source in sources.items()]
    assert edition.remark_names


PAYING_POLICIES: Final = tuple(name for name, group in policies().items() if isinstance(group[-1].grants, Payment))


@pytest.mark.parametrize("policy", PAYING_POLICIES)
def test_the_plan_of_a_payment_is_titled_with_the_functions_that_it_calls(policy: str) -> None:
    """In order: those for the units, for each line and for the order, ceilings included."""
    edition = policies()[policy][-1]
    payment = edition.grants
    assert isinstance(payment, Payment)
    for_lines = (*payment.steps, *[function for pays in payment.per_line for function in pays.functions()])
    for_order = (*[function for pays in payment.per_order for function in pays.functions()], *payment.at_most)
    plans = [source for source in payment.plans(edition) if source.title.startswith("the plan of ")]
    for source, functions in zip(plans, ((payment.units,), for_lines, for_order), strict=True):
        named = ", ".join([function.__name__ for function in functions])
        assert source.title == f"the plan of {named}, {edition.policy} {edition.name}"


def test_what_is_granted_without_a_calculation_has_no_plan() -> None:
    """As permission to send goods back."""
    edition = policies()["douyin_global.local_return"][-1]
    titles = [text.splitlines()[0] for text in plan_text(edition)]
    of, revision = f"{edition.policy} {edition.name}", edition.revision
    assert not isinstance(edition.grants, Planned)
    assert titles[0] == f"# the plan of {of}, revision {revision}"
    assert titles[-2] == f"# the plan for later moments of {of}, revision {revision}"
    assert source_next(edition, ("market", "programme")).title == f"the plan of market, programme, {of}"


def test_the_plan_of_much_that_is_asked_for_later_is_titled_with_the_first() -> None:
    edition = policies()["douyin_global.damage"][-1]
    title = source_ahead(edition, ("market", "programme")).title
    assert title == f"the plan of market and more, {edition.policy} {edition.name}"


def of_another(_: Any, *, other: Any = None) -> Any:
    """What belongs to something else than it is given."""
    return other.case


@pytest.mark.parametrize(
    ("function", "path"),
    [
        (lambda at: at.case.as_of, "case.as_of"),
        (lambda at: at.line, "line"),
        (lambda at: at, None),
        (lambda _: 1, None),
        (lambda at: at.case.as_of + 1, None),
        (lambda at: at.documents(), None),
        (lambda _: Party.MERCHANT.value, None),
        (lambda at, _: at.case, None),
        (of_another, None),
        (len, None),
    ],
)
def test_a_plan_takes_an_attribute_without_a_call(function: Callable[..., Any], path: str | None) -> None:
    """Only from functions that do nothing but take it from their argument."""
    assert attributes_read(function) == path
    assert "the_postage_paid = subject.case.order.postage_paid" in "".join(
        plan_text(policies()["douyin_global.damage"][-1])
    )


def number_of_seals(at: ClaimedLine) -> int:
    """Always seven, whatever the line says."""
    return 7 if at.line.quantity else 0


def seven_seals(number_of_seals: int) -> bool:
    """R5. Whether there are seven."""
    return number_of_seals == 7


@pytest.mark.parametrize(
    ("stated", "is_read"),
    [
        (None, True),
        (Stated(number_of_seals, "line.quantity"), False),
        (Stated(number_of_seals, "line.title"), True),
        (Stated(len, "line.quantity"), True),
    ],
    ids=["not stated", "stated", "nothing there", "stated for another function"],
)
def test_a_plan_takes_a_fact_where_it_is_stated(stated: Stated | None, is_read: bool) -> None:
    """Unless nothing is there, or another function has taken the place of the one for which it is stated."""
    fact = Fact(number_of_seals, stated=stated)
    facts = {**CLAIMS.glossary.facts, fact.name: fact}
    kind = evolve(CLAIMS, glossary=Glossary(facts))
    edition = little_edition(seven_seals, kind=kind)
    order = an_order(evolve(a_line(quantity=2), title=None))
    (line,) = claimed_lines(a_case("test.policy", order=order))
    assert judge(edition, line).answers == (is_read,)
