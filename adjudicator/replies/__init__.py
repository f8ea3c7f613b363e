"""Check a draft reply: every promise of money, time or right in it is held against the decision.

The text is matched against word lists and grammars, never interpreted as an instruction, and takes time in proportion to its
length. English and Chinese, Simplified and Traditional, are read, also mixed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from attrs import evolve

from adjudicator.analysis.promises import (
    Books,
    Judged,
    Mood,
    Promise,
    ReplyCheck,
    SetAside,
    Subject,
    Verdict,
    Why,
    judged,
)
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.replies import phrasing
from adjudicator.replies.context import Context
from adjudicator.replies.folding import Folded, folded
from adjudicator.replies.lexicon import TOTAL
from adjudicator.replies.moods import read_mood
from adjudicator.replies.naming import LinesNamed
from adjudicator.replies.promised_money import kinds_named
from adjudicator.replies.reading import promises_in
from adjudicator.replies.sentences import Sentence, quotations_in, sentences_in

MOST_CHARACTERS: Final = 20_000
"""How long a reply may be."""
MOST_PROMISES: Final = 200
"""How many promises one reply may hold, with those that are none of ours."""


def check_reply(
    reply: str, decision: Decision, case: CaseBase | None = None, *, now: Instant | None = None
) -> ReplyCheck:
    """Hold every promise in a draft reply to the customer against the decision.

    Pass the decided ``case`` so that goods can be told apart by their titles and earlier payments are known. ``now`` is the instant
    from which "tomorrow" and "within 48 hours" are counted; it defaults to that of the decision. Days are Beijing's. Positions count
    characters (code points) of ``reply``.

    Raises :class:`~adjudicator.model.errors.InputError` for a reply that is too long or holds too many promises, and for a case that is not
    the one decided.
    """
    _check_input(reply, decision, case)
    text = folded(reply)
    promises: list[Promise] = []
    aside: list[SetAside] = []
    for promise, mood in _read(text, _context(text, decision, case, now)):
        start, end = text.span(promise.start, promise.end)
        if isinstance(mood, Why):
            aside.append(SetAside(start, end, reply[start:end], mood))
        else:
            promises.append(evolve(promise, start=start, end=end, mood=mood))
    promises.sort(key=lambda each: (each.start, each.end))
    results = judged(promises, Books(decision, case), reply)
    kept = tuple(each for each in results if not _is_denial_agreed(each))
    aside += [SetAside(each.start, each.end, each.text, Why.DENIED) for each in results if _is_denial_agreed(each)]
    aside.sort(key=lambda each: (each.start, each.end))
    return ReplyCheck(
        decision.case_id, decision.as_of, decision.policy, decision.currency, _verdict(kept), kept, tuple(aside)
    )


def _check_input(reply: str, decision: Decision, case: CaseBase | None) -> None:
    if len(reply) > MOST_CHARACTERS:
        found = f"a text of {len(reply)} characters"
        raise InputError([Fault("/reply", found, f"a text of at most {MOST_CHARACTERS} characters")])
    if case is not None and case.id != decision.case_id:
        expected = f"the id of the case that was decided, {shown(decision.case_id)}"
        raise InputError([Fault("/case/id", shown(case.id), expected)])


def _context(text: Folded, decision: Decision, case: CaseBase | None, now: Instant | None) -> Context:
    names = {line_id: line_id for line_id, _ in decision.parts if line_id is not None}
    names |= {title: line_id for line_id, title in Books(decision, case).particulars.titles.items()}
    by_name = {folded(name).text.strip(): line_id for name, line_id in names.items()}
    by_name.pop("", None)
    return Context(
        LinesNamed.in_text(text.text, by_name), decision.currency or "", decision.as_of if now is None else now
    )


def _read(text: Folded, context: Context) -> list[tuple[Promise, Mood | Why]]:
    """Every promise with its mood. A heading says what the bare amounts below it are for."""
    quotations = tuple(quotations_in(text.text))
    found: list[tuple[Promise, Mood | Why]] = []
    for sentence in sentences_in(text.text):
        in_sentence: list[tuple[Promise, Mood | Why]] = []
        for each in _in_sentence(sentence, context, quotations):
            in_sentence.append(each)
            _check_number(len(found) + len(in_sentence))
        if not in_sentence:
            context = _below(sentence, context)
        if _grants_what_was_asked(sentence):
            found = [(promise, _granted(promise, mood)) for promise, mood in found]
        found += in_sentence
    return found


def _check_number(promises: int) -> None:
    if promises > MOST_PROMISES:
        found = f"a reply with more than {MOST_PROMISES} promises"
        raise InputError([Fault("/reply", found, f"a reply with at most {MOST_PROMISES} promises")])


def _in_sentence(
    sentence: Sentence, context: Context, quotations: Sequence[tuple[int, int]]
) -> Iterator[tuple[Promise, Mood | Why]]:
    in_step = False
    for clause in sentence.clauses:
        last = None
        for promise in promises_in(clause, sentence, context, in_step=in_step):
            in_step, last = in_step or promise.is_figure, promise
            yield promise, read_mood(promise, clause, sentence, quotations)
        context = evolve(context, before=last)


def _grants_what_was_asked(sentence: Sentence) -> bool:
    is_refused = phrasing.NEGATIVE.search(phrasing.NOT_NEGATIVE.sub(" ", sentence.text))
    return bool(phrasing.GRANTS.search(sentence.text)) and not is_refused


def _granted(promise: Promise, mood: Mood | Why) -> Mood | Why:
    """What the customer asked for, once we agree: ours, though in their words."""
    return Mood.UNCLEAR if mood is Why.CUSTOMER_WORDS and promise.subject is Subject.AMOUNT else mood


def _below(heading: Sentence, context: Context) -> Context:
    return evolve(
        context,
        kinds_above=kinds_named(heading.text),
        lines_above=context.lines.within(heading.start, heading.end),
        total_above=bool(TOTAL.search(heading.text)),
    )


def _is_denial_agreed(judged: Judged) -> bool:
    return judged.mood is Mood.DENIED and judged.verdict is Verdict.AGREED


def _verdict(promises: tuple[Judged, ...]) -> Verdict:
    verdicts = {each.verdict for each in promises}
    return next((each for each in (Verdict.REFUSED, Verdict.CANNOT_JUDGE) if each in verdicts), Verdict.AGREED)
