"""From the clauses of a reply to the promises in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from attrs import evolve

from adjudicator.analysis.promises.results import Promise, Subject
from adjudicator.replies import rights
from adjudicator.replies.amounts import money_in
from adjudicator.replies.context import Context
from adjudicator.replies.promised_money import (
    OF_MONEY,
    amounts_in,
    awards_in,
    benefit_in,
    everything_in,
    multiples_in,
    payee_in,
    shares_in,
)
from adjudicator.replies.promised_times import times_promised
from adjudicator.replies.sentences import Clause, Sentence
from adjudicator.replies.times import times_in


def promises_in(clause: Clause, sentence: Sentence, context: Context, *, in_step: bool) -> Iterator[Promise]:
    """The promises in a clause, with positions in the folded text. Their moods are not read yet.

    ``in_step`` says that the sentence began with a figure and a colon, like a step of a calculation.
    """
    text = clause.text
    times = list(times_in(text, context.now))
    taken = [(each.start, each.end) for each in times]
    multiples = list(multiples_in(text))
    shares = list(shares_in(text))
    taken += [(each.start, each.end) for each in (*multiples, *shares)]
    money = list(money_in(text, context.currency, taken))
    found = [
        *amounts_in(clause, money, sentence, context),
        *multiples,
        *shares,
        *everything_in(text),
        *times_promised(text, times, sentence),
        *rights.rights_in(text),
    ]
    if not (money or in_step):
        found += awards_in(text, found)
    lines = context.lines.within(clause.start, clause.end)
    of_some = not lines and sentence.is_of_some_in(clause)
    if not found and lines and context.before and (match := _LEFT_OUT.match(text)):
        start, end = match.end() + 1, len(text.rstrip(" .!。！"))
        found.append(Promise(start=start, end=end, subject=Subject.AWARD, kind=context.before.kind))
    if not (found or in_step) and (benefit := benefit_in(text)) is not None:
        found.append(benefit)
    in_step = in_step or any(each.is_figure for each in found)
    for each in found:
        yield evolve(
            each,
            start=clause.start + each.start,
            end=clause.start + each.end,
            line_ids=each.line_ids or lines,
            of_some=of_some and each.subject in (Subject.AWARD, Subject.OUTCOME),
            payee=payee_in(text) if each.subject in OF_MONEY else None,
            is_figure=each.is_figure or (in_step and each.subject is Subject.MULTIPLE),
        )


_LEFT_OUT: Final = re.compile(r"\s*(?:but |and )?(?:not|except|excluding)(?= )")
"""How goods are taken out of what the clause before promises."""
