"""A proposed edition beside the one in force: what differs in the rule."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from adjudicator.bulk.candidates import Candidate, CandidateError
from adjudicator.comparison.blocks import Grid, Section, Text
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import policies
from adjudicator.model.errors import safe
from adjudicator.rulebook.handbook.changelog import Change, redline
from adjudicator.words import Words, words_for


@frozen(eq=False)
class Proposal:
    """An edition of a candidate, and the installed one that it would follow."""

    in_force: Edition
    proposed: Edition


def proposals_of(candidate: Candidate) -> tuple[Proposal, ...]:
    """The proposals of a candidate. Raises :class:`~adjudicator.bulk.candidates.CandidateError` if one follows no installed edition."""
    return tuple(Proposal(_in_force(candidate, each), each) for each in candidate.editions().values())


def _in_force(candidate: Candidate, proposed: Edition) -> Edition:
    installed = policies().get(proposed.policy, ())
    earlier = [each for each in installed if each.effective_from <= proposed.effective_from]
    if not earlier:
        there_are = ", ".join(each.name for each in installed) or "none"
        raise CandidateError(
            f"{safe(str(candidate.path))}: no edition of {proposed.policy} is in force on {proposed.name}; there are: {there_are}"
        )
    return earlier[-1]


def redline_section(proposal: Proposal, locale: str) -> Section:
    """What differs between the two editions: settings, clauses, words and code."""
    words = words_for(proposal.proposed, locale)
    changes = redline(proposal.in_force, proposal.proposed).changes
    heading = f"{words.say('compare.redline')}: {proposal.proposed.policy} {proposal.in_force.name} → {proposal.proposed.name}"
    if not changes:
        return Section(heading, (Text(words.say("compare.nothing_differs")),))
    head = tuple(map(words.say, ("compare.what", "compare.before", "compare.after")))
    rows = tuple(row for change in changes for row in _rows(change, words))
    return Section(heading, (Grid(words.say("compare.redline"), head, rows, labels=len(head)),))


def _rows(change: Change, words: Words) -> Iterator[tuple[str, ...]]:
    what = f"{words.say(f'part.{change.kind}')} {change.name} {words.say(f'manner.{change.manner}')}"
    for place, each in enumerate(change.differences):
        aspect = words.say(f"aspect.{each.aspect}")
        yield f"{what}\n{aspect}" if place == 0 else aspect, each.before, each.after
