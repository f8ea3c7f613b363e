"""How a promise is put: as a promise, a denial, a question, under a condition, or in the customer's words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from adjudicator.analysis.promises.results import Mood, Promise, Subject, Why
from adjudicator.replies import phrasing
from adjudicator.replies.sentences import Clause, Sentence

_FIGURED: Final = frozenset(
    {Subject.AMOUNT, Subject.EVERYTHING, Subject.SHARE, Subject.MULTIPLE, Subject.DEADLINE, Subject.DUE_DATE}
)
"""Promises that say how much or until when: under a condition they cannot be judged, and others are left alone."""

_SPLITS: Final = re.compile(r"\b(?:and|so|then)\b|并|所以|因此|且|也|[:：]")
_GOES_ON: Final = re.compile(r"^\s*(?:we |i )?(?:will|shall|can|have|are|gladly)\b(?! not)")
"""How a part of a clause begins that promises by itself, although its subject stands before."""


def read_mood(
    promise: Promise, clause: Clause, sentence: Sentence, quotations: Sequence[tuple[int, int]]
) -> Mood | Why:
    """The mood of a promise, or why it is not one of ours."""
    if any(start <= promise.start < end for start, end in quotations):
        return Why.CUSTOMER_WORDS
    if _is_question(clause, sentence):
        return Mood.UNCLEAR if _commits_while_asking(promise, clause) else Why.QUESTION
    if phrasing.WHETHER.search(clause.text, 0, promise.start - clause.start):
        return Why.QUESTION
    if _is_reported(clause) and not _accepts(promise, clause):
        return Mood.UNCLEAR if sentence.accepts_behind(clause) else Why.CUSTOMER_WORDS
    if _is_taken_back(promise, clause, sentence):
        return Why.DENIED if phrasing.CUT.search(clause.text) else Mood.DENIED
    mood = _polarity(promise, clause)
    if promise.is_figure:
        return Mood.DENIED if mood is Mood.DENIED else Mood.PROMISED
    if mood is Mood.PROMISED and (phrasing.WOULD.search(clause.text) or sentence.has_condition_for(clause)):
        return Mood.CONDITIONAL if _counts_under_a_condition(promise, clause) else Why.CONDITIONAL
    return mood


def _counts_under_a_condition(promise: Promise, clause: Clause) -> bool:
    """Whether what is promised under a condition is more than a right that the rule may give: a figure, or how we will decide."""
    if promise.subject is Subject.OUTCOME:
        return bool(phrasing.FORETELLS.search(clause.text[promise.start - clause.start : promise.end - clause.start]))
    return promise.subject in (*_FIGURED, Subject.FREIGHT, Subject.OTHER)


def _is_question(clause: Clause, sentence: Sentence) -> bool:
    """Whether a clause asks. In "We refund 90, is that all right?" only the end does."""
    if not clause.asked:
        return bool(re.search(r"吗\s*$", clause.text))
    if clause.is_last:
        return True
    return sentence.is_asked_from_its_start


def _commits_while_asking(promise: Promise, clause: Clause) -> bool:
    is_asking = phrasing.ASKS.search(clause.text) or phrasing.TAG_QUESTION.search(clause.text)
    return promise.subject in _FIGURED and not is_asking and bool(phrasing.COMMITS.search(clause.text))


def _is_reported(clause: Clause) -> bool:
    """Whether a clause only reports what the customer says or wants, and adds nothing of ours."""
    match = phrasing.CUSTOMER_SAYS.search(clause.text)
    if match is None:
        return False
    rest = clause.text[: match.start()] + " " + clause.text[match.end() :]
    return not phrasing.COMMITS.search(rest)


def _accepts(promise: Promise, clause: Clause) -> bool:
    """Whether an outcome is put as our agreement to what the customer wants."""
    words = clause.text[promise.start - clause.start : promise.end - clause.start]
    return promise.subject is Subject.OUTCOME and bool(phrasing.ACCEPTS.search(words) or phrasing.MEETS.search(words))


def _is_taken_back(promise: Promise, clause: Clause, sentence: Sentence) -> bool:
    """Whether the rest of the sentence says that an amount is not paid."""
    if promise.subject is not Subject.AMOUNT or phrasing.COMMITS.search(clause.text):
        return False
    return sentence.takes_back(clause)


def _polarity(promise: Promise, clause: Clause) -> Mood:
    """Promised or denied. A negation elsewhere in the clause leaves a figure unclear."""
    at = promise.start - clause.start
    if promise.subject is Subject.OUTCOME or promise.ends:  # their patterns hold their own negations
        return Mood.DENIED if phrasing.NOT_SO.search(clause.text[:at]) else Mood.PROMISED
    blank = phrasing.NOT_NEGATIVE.sub(lambda match: " " * len(match.group()), clause.text)
    blank = _without(blank, promise, clause)
    before, behind = _part_around(blank, at)
    negations = [match.start() for match in phrasing.NEGATIVE.finditer(blank)]
    in_part = [each for each in negations if before <= each < behind]
    if not negations or (not in_part and _promises_by_itself(blank[before:behind])):
        return Mood.PROMISED
    if len(in_part) == 1 and in_part[0] < at:
        return Mood.UNCLEAR if promise.inexact else Mood.DENIED
    if len(negations) > 1:
        return Mood.UNCLEAR
    if phrasing.DENIES_BEHIND.search(blank[promise.end - clause.start : behind]):
        return Mood.DENIED
    return Mood.UNCLEAR if promise.subject in _FIGURED else Mood.DENIED


def _part_around(text: str, at: int) -> tuple[int, int]:
    """The part of a clause around a position: between the words that add another statement."""
    edges = [(match.start(), match.end()) for match in _SPLITS.finditer(text)]
    before = max((end for _, end in edges if end <= at), default=0)
    return before, min((start for start, _ in edges if start >= at), default=len(text))


def _promises_by_itself(part: str) -> bool:
    return bool(phrasing.COMMITS.search(part) or _GOES_ON.search(part))


def _without(text: str, promise: Promise, clause: Clause) -> str:
    start, end = promise.start - clause.start, promise.end - clause.start
    return text[:start] + " " * (end - start) + text[end:]
