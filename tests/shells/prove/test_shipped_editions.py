"""What is proved about the shipped editions: the page reports it correctly, and it holds for cases."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
import z3
from hypothesis import given

import consumer_law.seven_day_return as returns
from adjudicator import decide
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions, policies
from adjudicator.law import DAY, HOUR, Instant, Window, within_days
from adjudicator.prove import Limits, StatementKind, Status, check, compare
from adjudicator.prove.answers import Answers
from adjudicator.prove.concrete import alike, concrete
from adjudicator.prove.domains import Domain
from adjudicator.prove.examples import real_facts
from adjudicator.prove.paths import Undecided, Untreatable
from adjudicator.prove.results import Why
from adjudicator.prove.statements import Clauses
from adjudicator.prove.symbols import symbolic_instants
from adjudicator.testing import cases
from douyin_xingtu.case import Stage
from prove.visits import edition as edition_with

PAGE: Final = Path(__file__).parents[3] / "docs" / "proofs-of-a-change.md"
QUICK: Final = Limits(paths=300)


def return_window(receipt: Instant) -> Window:
    """CL.25(1), R1. The same days in plain arithmetic."""
    midnight = (receipt + 8 * HOUR) // DAY * DAY - 8 * HOUR
    return Window("signed_at", receipt, Instant(midnight + 8 * DAY), includes_end=False)


REWRITTEN: Final = returns.EDITION.amended(effective_from=dt.date(2027, 1, 1), replacing=[return_window])


def test_an_edition_that_is_only_written_differently_is_proved_equal() -> None:
    proofs = compare(returns.EDITION, REWRITTEN)
    by_clause = {each.about: each for each in proofs.statements}
    assert {each.status for each in proofs.statements} == {Status.PROVED}
    assert not by_clause["claimed_within_seven_days"].same_code
    assert by_clause["made_to_order"].same_code


@given(cases("consumer_law.seven_day_return"))
def test_editions_proved_equal_decide_cases_alike(case: Any) -> None:
    before, after = decide(case, returns.EDITION), decide(case, REWRITTEN)
    assert before.findings == after.findings
    assert before.outcome == after.outcome


def every_clause(edition: Edition) -> Iterator[tuple[Any, Any, Any, Any]]:
    """Every clause that can be treated, with its answers and their origin."""
    domain = Domain(edition, QUICK)
    answers = Answers(edition, domain, only_stated=False)
    for clause in edition.clauses:
        try:
            yield clause, answers, domain, answers.of_clause(clause)
        except (Untreatable, Undecided):
            continue


@pytest.mark.parametrize(
    "policy", ["consumer_law.seven_day_return", "douyin_alliance.admission", "douyin_global.local_return"]
)
def test_the_engine_answers_on_random_facts_as_the_formulas_say(policy: str) -> None:
    """A wrong formula would make a wrong proof: each input has exactly one answer, that of the engine."""
    random = Random(policy)
    with symbolic_instants():
        for clause, answers, domain, alternatives in every_clause(policies()[policy][0]):
            for _ in range(3):
                picked = [random.choice(domain.fact(answers.edition, name))[0] for name in clause.reads]
                numbers = [each for name in clause.reads for each in domain.numbers.get(name, ())]
                near = [each - other <= random.randrange(9) * DAY for each in numbers for other in numbers[:1]]
                model = domain.solver.model(*picked, *near) or domain.solver.model()
                facts = real_facts(domain, answers.edition, clause.reads, model)
                real = answers.real_answer(clause, facts)
                said = [
                    concrete(value, model)
                    for condition, value in alternatives
                    if z3.is_true(model.eval(condition, model_completion=True))
                ]
                assert len(said) == 1, clause.name
                assert alike(said[0], real), clause.name


def test_the_page_says_of_each_edition_which_clauses_can_be_treated() -> None:
    rows = {
        policy: (int(clauses), int(treated), why)
        for policy, clauses, treated, why in re.findall(
            r"^\| `(\w+\.\w+)` \| (\d+) \| (\d+) \|(.*)\|$", PAGE.read_text("utf-8"), re.MULTILINE
        )
    }
    assert [*rows] == [each.policy for each in editions()]
    with symbolic_instants():
        for edition in editions():
            clauses = Clauses(edition, QUICK)
            total, treated, why = rows[edition.policy]
            assert (len(edition.clauses), len(clauses.treated)) == (total, treated), edition.policy
            assert all(f"`{name}`" in why for name in clauses.untreated), edition.policy


def test_a_clause_that_repeats_another_is_known_in_the_shipped_return() -> None:
    """Whether goods are intact can only be known for goods that are back."""
    proofs = check(returns.EDITION)
    refuted = [(each.kind, each.about) for each in proofs.statements if each.status is Status.REFUTED]
    assert refuted == [(StatementKind.NEEDED, "goods_are_back")]
    assert proofs.count(Status.PROVED) == len(proofs.statements) - 1
    effects = {each.effect for one in proofs.statements for example in one.examples for each in example.answers}
    assert {"supports", "defeats", "repairable", "open"} <= effects


def test_every_stage_of_a_process_is_an_input() -> None:
    (task,) = policies()["douyin_xingtu.task"]
    stages = {turn.stage for _, turn in Domain(task, QUICK).fact(task, "turn")}
    assert stages == {*Stage}


def test_other_zones_are_not_provable() -> None:
    def in_days_of_another_zone(filed_at: Instant, began_at: Instant) -> bool:
        """AB.1(1). Days in UTC."""
        return filed_at in within_days("began_at", began_at, 3, zone=dt.UTC)

    (statement,) = [
        each for each in check(edition_with(in_days_of_another_zone)).statements if each.kind is StatementKind.DECIDES
    ]
    assert (statement.status, statement.reason and statement.reason.why) == (Status.NOT_PROVABLE, Why.ARITHMETIC)
