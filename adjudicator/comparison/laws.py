"""The laws of every policy, tried on a proposed edition with generated cases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from random import Random
from typing import Final

import attrs
from attrs import frozen

from adjudicator import api
from adjudicator.bulk.candidates import Candidate
from adjudicator.bulk.runs import default_processes
from adjudicator.bulk.workers import in_parallel
from adjudicator.comparison.blocks import Block, Section, Text
from adjudicator.comparison.proposals import Proposal, proposals_of
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import failure
from adjudicator.model.case import Case
from adjudicator.model.errors import printable
from adjudicator.model.soundness import CaseBase
from adjudicator.testing.applicable_laws import Law, law_name, laws_of
from adjudicator.testing.generator import Author
from adjudicator.testing.steering import Steering, steering, windows_reported
from adjudicator.wire.codec import case_from, load_case
from adjudicator.words import words_for

CASES: Final = 25
"""How many cases each law is tried on."""


@frozen
class Broken:
    """A law that does not hold: the first case that shows it, and whether the edition in force breaks it on the same case."""

    law: str
    reason: str
    case: str
    before_too: bool


@frozen
class Trial:
    """The laws that were tried on an edition, on how many cases, and those that do not hold."""

    laws: int
    cases: int
    broken: tuple[Broken, ...]


@frozen
class _Task:
    candidate: Candidate
    policy: str
    law: int
    texts: tuple[bytes, ...]
    cases: int
    seed: int
    times_the_price: int


def try_laws(
    candidate: Candidate,
    proposal: Proposal,
    texts: Sequence[bytes] = (),
    *,
    cases: int = CASES,
    seed: int = 1,
    times_the_price: int = 0,
    processes: int | None = None,
) -> Trial:
    """Try every law that applies to a proposed edition.

    Cases of claims are generated; for other kinds of case pass past ones as ``texts``. ``times_the_price`` is the largest
    compensation as a multiple of the price of the goods.
    """
    edition = proposal.proposed
    count = len(list(laws_of(edition, times_the_price=times_the_price)))
    used = () if _is_claim(edition) else tuple(texts[:cases])
    known = cases if _is_claim(edition) else len(used)
    if not known:
        return Trial(count, 0, ())
    tasks = (_Task(candidate, edition.policy, law, used, cases, seed, times_the_price) for law in range(count))
    found = sorted(in_parallel(tasks, _try_law, processes or default_processes()), key=lambda each: each[0])
    return Trial(count, known, tuple(broken for _, broken in found if broken is not None))


def _try_law(task: _Task) -> tuple[int, Broken | None]:
    """Try one law on all cases, up to the first that breaks it."""
    proposal = next(each for each in proposals_of(task.candidate) if each.proposed.policy == task.policy)
    law = _law(proposal.proposed, task)
    for case in _cases(proposal, task):
        reason = _reason(law, proposal.proposed, case)
        if reason is not None:
            before = _reason(_law(proposal.in_force, task), proposal.in_force, case)
            return task.law, Broken(law_name(law), reason, case.id, before is not None)
    return task.law, None


def _law(edition: Edition, task: _Task) -> Law:
    return next(islice(laws_of(edition, times_the_price=task.times_the_price), task.law, None))


def _reason(law: Law, edition: Edition, case: CaseBase) -> str | None:
    """Why a law does not hold for a case; ``None`` if it does."""
    try:
        law(case, decide=lambda each: api.decide(each, edition))
    except AssertionError as error:
        return printable(str(error).strip().partition("\n")[0] or "it does not hold")
    except Exception as error:  # noqa: BLE001 - a proposed rule is somebody's code, and can raise anything
        return printable(failure(error, "internal error"))
    return None


def _cases(proposal: Proposal, task: _Task) -> Iterator[CaseBase]:
    if task.texts:
        yield from map(load_case, task.texts)
        return
    dice = Random(f"{task.seed} {task.policy}")  # noqa: S311 - test data, no secret
    steered = _steering(proposal)
    for _ in range(task.cases):
        yield case_from(Author(dice.randrange, steered).case(task.policy))


def _steering(proposal: Proposal) -> Steering:
    """What matters to the rule, with the windows of the proposed edition."""
    known = steering(proposal.in_force.policy)
    windows = dict.fromkeys((*known.windows, *windows_reported(proposal.proposed)))
    return attrs.evolve(known, windows=tuple(windows))


def _is_claim(edition: Edition) -> bool:
    return issubclass(edition.case_kind.case_type, Case)


def laws_section(trial: Trial, locale: str) -> Section:
    """The results of the trial."""
    words = words_for(None, locale)
    heading = words.say("compare.laws")
    if not trial.cases:
        return Section(heading, (Text(words.say("compare.no_laws")),))
    if not trial.broken:
        return Section(heading, (Text(words.say("compare.laws_hold", count=trial.laws, cases=trial.cases)),))
    counted = words.say("compare.laws_broken", broken=len(trial.broken), count=trial.laws)
    blocks: list[Block] = [Text(counted, strong=True)]
    for each in trial.broken:
        code = "compare.law_broken_before" if each.before_too else "compare.law_broken"
        blocks.append(Text(words.say(code, law=each.law.replace("_", " "), reason=each.reason)))
    return Section(heading, tuple(blocks))
