"""Windows and the periods of editions: whether every instant belongs to exactly one side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Final

import z3

from adjudicator.engine.clause import facts_behind, hints, members
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.policy import Edition
from adjudicator.model.time import Instant, Window
from adjudicator.prove.answers import Answers
from adjudicator.prove.domains import Domain
from adjudicator.prove.examples import NotReproduced, given_facts, real_facts, smallest
from adjudicator.prove.paths import Formula, Paths
from adjudicator.prove.results import Example, Limits, Statement, StatementKind, Status
from adjudicator.prove.statements import bound_of, stated

MOMENT: Final = "/moment"


def windows(edition: Edition, limits: Limits) -> Iterator[Statement]:
    """For each window of an edition: it contains its start, and each instant is either in time or late, never both."""
    for name, node in edition.nodes.items():
        if Window in members(hints(node.function)["return"]):
            yield stated(StatementKind.WINDOW, name, partial(_window, edition, name, limits))


def _window(edition: Edition, name: str, limits: Limits) -> Statement:
    domain = Domain(edition, limits)
    answers = Answers(edition, domain, only_stated=True)
    reads = facts_behind(edition.nodes, name, edition.case_kind.glossary)
    found = [each for each in answers.of_function(name) if type(each[1]) is Window]
    moment = domain.any_instant(MOMENT)
    broken = [
        z3.And(condition, *on_path)
        for condition, window in found
        for on_path, is_sound in _paths(domain, condition, lambda window=window: is_consistent(window, moment))
        if not is_sound
    ]
    bound = bound_of(domain, reads, only_stated=True)
    model = smallest(domain, z3.Or(*broken), (*reads, MOMENT))
    if model is None:
        return Statement(StatementKind.WINDOW, name, Status.PROVED, bound)
    facts = real_facts(domain, edition, reads, model[0])
    at = Instant(model[0].eval(moment.expr, model_completion=True).as_long())
    real = Facts(edition, None)
    real.update(facts)
    if is_consistent(real[name], at):
        raise NotReproduced(f"{name}: {real[name]!r} is sound at {at!r}")
    example = Example(tuple(given_facts({**facts, "moment": at})), (), model[1])
    return Statement(StatementKind.WINDOW, name, Status.REFUTED, bound, (example,))


def is_consistent(window: Window, moment: Any) -> bool:
    """Whether a window contains its start, and an instant is in time exactly if the margin says so."""
    return window.starts_at in window and (moment in window) == (window.margin(moment) >= 0)


def _paths(domain: Domain, condition: Formula, function: Any) -> Iterator[tuple[list[Formula], Any]]:
    domain.solver.z3.push()
    try:
        domain.solver.z3.add(condition)
        yield from Paths(domain.solver, lambda: None).follow(function)
    finally:
        domain.solver.z3.pop()


def periods(editions: Sequence[Edition], limits: Limits) -> Statement:
    """Every instant from the first edition on has one edition in force, and each edition is in force once, without a gap."""
    policy = editions[0].policy

    def prove() -> Statement:
        domain = Domain(editions[0], limits)
        moment = domain.any_instant(MOMENT)
        ends = z3.Int("/earlier"), z3.Int("/later")
        governed: dict[str | None, list[Formula]] = {each.name: [] for each in editions}
        for conditions, edition in _paths(domain, z3.BoolVal(True), lambda: in_force(editions, moment)):
            governed.setdefault(edition and edition.name, []).append(z3.And(*conditions))
        governed.setdefault(None, []).append(z3.And(*(moment.expr < int(each.governs_from) for each in editions)))
        broken = []
        for conditions in governed.values():
            period = z3.Or(*conditions)
            if not domain.solver.possible(period):
                return Statement(StatementKind.PERIODS, policy, Status.REFUTED)
            around = [z3.substitute(period, (moment.expr, each)) for each in ends]
            broken.append(z3.And(ends[0] < moment.expr, moment.expr < ends[1], *around, z3.Not(period)))
        status = Status.REFUTED if domain.solver.possible(z3.Or(*broken)) else Status.PROVED
        return Statement(StatementKind.PERIODS, policy, status)

    return stated(StatementKind.PERIODS, policy, prove)


def in_force(editions: Sequence[Edition], moment: Any) -> Edition | None:
    """The edition that governs at an instant, as :func:`~adjudicator.engine.registry.governing` finds it among those installed."""
    governing = [each for each in editions if each.governs_from <= moment]
    return governing[-1] if governing else None
