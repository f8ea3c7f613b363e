"""A folded reply in sentences and clauses, and which of them speak for us."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Final

from attrs import frozen

from adjudicator.replies import lexicon, phrasing

_SENTENCE: Final = re.compile(
    r"[^\n。！!？?；;.]*(?:\.(?![\s]|$)[^\n。！!？?；;.]*)*(?:[。！!？?；;]+|\.+(?=\s|$)|\n|$)"
)
_MONTH: Final = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sep|oct|nov|dec)[a-z]*"
_IN_A_DATE: Final = rf"(?!,\s(?:{_MONTH}\s[0-9]|[0-9]{{1,2}}\s{_MONTH}))"
_CLAUSE: Final = re.compile(
    rf"{_IN_A_DATE}(?:(?<![0-9]),|,(?![0-9]|\s?[0-9]{{1,2}}:))|，|—| - |\s(?=but\b)|(?=但是|但(?!书)|不过|然而)|\s(?=however\b)"
)
_QUOTATION: Final = re.compile(
    r"“([^”\n]{1,600})”|「([^」\n]{1,600})」|『([^』\n]{1,600})』|\"([^\"\n]{1,600})\"|^\s*>[^\n]*", re.MULTILINE
)
_BEFORE_A_QUOTATION: Final = 60
_LONGEST_CLAUSE: Final = 400


@frozen
class Clause:
    """A clause of a sentence. ``asked`` says whether the sentence ends with a question mark."""

    start: int
    end: int
    text: str
    is_last: bool
    asked: bool


@frozen
class Sentence:
    """A sentence and its clauses. Positions are those of the folded text.

    What a clause has to know of its whole sentence is found once, so that reading takes time in proportion to the text.
    """

    start: int
    end: int
    text: str
    clauses: tuple[Clause, ...]

    def says_paid_behind(self, clause: Clause) -> bool:
        """Whether the rest of the sentence says that what the clause names is paid already."""
        return self._last_past > clause.start

    @cached_property
    def _last_past(self) -> int:
        return max((each.start for each in self.clauses if lexicon.PAST.search(each.text)), default=-1)

    def accepts_behind(self, clause: Clause) -> bool:
        """Whether the rest of the sentence agrees to what the clause reports."""
        return self._last_acceptance > clause.start

    @cached_property
    def _last_acceptance(self) -> int:
        return max((each.start for each in self.clauses if phrasing.ACCEPTS.search(each.text)), default=-1)

    @cached_property
    def is_asked_from_its_start(self) -> bool:
        """Whether all of it is a question, not only its end."""
        first, last = self.clauses[0], self.clauses[-1]
        return bool(phrasing.ASKS.search(first.text)) and not phrasing.TAG_QUESTION.search(last.text)

    def has_condition_for(self, clause: Clause) -> bool:
        """Whether something has to happen first: a condition in the clause itself, before it, or right behind it."""
        return any(start <= clause.start or not is_afterthought for start, is_afterthought in self._conditions)

    @cached_property
    def _conditions(self) -> tuple[tuple[int, bool], ...]:
        """The positions of conditions, each with whether it is an afterthought: the first one, and the last that is not."""
        found = [
            (each.start, bool(phrasing.AFTERTHOUGHT.search(each.text)))
            for each in self.clauses
            if phrasing.CONDITION.search(phrasing.IDLE_CONDITION.sub(" ", each.text))
        ]
        plain = [each for each in found if not each[1]]
        return (*found[:1], *plain[-1:])

    def is_of_some_in(self, clause: Clause) -> bool:
        """Whether a clause, or one before it, speaks of only some of the goods."""
        return self._first_of_some < clause.end - self.start

    @cached_property
    def _first_of_some(self) -> int:
        match = phrasing.ONE_OF_THEM.search(self.text)
        return match.start() if match else len(self.text)

    def takes_back(self, clause: Clause) -> bool:
        """Whether the rest of the sentence says that what the clause names is not paid."""
        return self._last_refusal > clause.start

    @cached_property
    def _last_refusal(self) -> int:
        return max((each.start for each in self.clauses if phrasing.NOT_PAID.search(each.text)), default=-1)


def sentences_in(text: str) -> Iterator[Sentence]:
    """The sentences of a text, blank ones left out."""
    for match in _SENTENCE.finditer(text):
        if match.group().strip():
            yield Sentence(*match.span(), match.group(), tuple(_clauses(match.start(), match.group())))


def _clauses(offset: int, sentence: str) -> Iterator[Clause]:
    asked = sentence.rstrip().endswith(("?", "？"))
    spans = [
        span
        for start, end in pairwise(_edges(sentence))
        for span in _pieces(sentence, start, end)
        if sentence[slice(*span)].strip()
    ]
    for index, (start, end) in enumerate(spans):
        is_last = index == len(spans) - 1
        yield Clause(offset + start, offset + end, sentence[start:end], is_last, asked)


def _edges(sentence: str) -> tuple[int, ...]:
    """Where clauses begin, and the end."""
    inner = (match.start() if match.end() == match.start() else match.end() for match in _CLAUSE.finditer(sentence))
    return (0, *inner, len(sentence))


def _pieces(sentence: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A clause in pieces of bounded length, cut between words if that is possible."""
    while end - start > _LONGEST_CLAUSE:
        cut = sentence.rfind(" ", start + 1, start + _LONGEST_CLAUSE) + 1 or start + _LONGEST_CLAUSE
        yield start, cut
        start = cut
    yield start, end


def quotations_in(text: str) -> Iterator[tuple[int, int]]:
    """Where a text quotes the customer: after words such as "you wrote", and in lines that begin with ``>``."""
    for match in _QUOTATION.finditer(text):
        before = text[max(0, match.start() - _BEFORE_A_QUOTATION) : match.start()]
        sentence = re.split(r"[\n。！!？?；;]|\.\s", before)[-1]
        if match.group().lstrip().startswith(">") or phrasing.CUSTOMER_SAYS.search(sentence):
            yield match.span()
