"""Lint: what an edition lacks that the engine does not refuse at import."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from attrs import frozen

from adjudicator.engine.clause import Function
from adjudicator.engine.policy import Edition
from adjudicator.rulebook.codes import codes_without_words
from adjudicator.words import LANGUAGES, tag_of


@frozen
class LintFault:
    """One fault of an edition: the function it concerns (empty: the edition as a whole), where that stands, and what is wrong."""

    function: str
    path: str
    line: int
    message: str


def faults_of(edition: Edition) -> Iterator[LintFault]:
    """Every fault of an edition. Reading them needs the source of its pack."""
    yield from _missing_words(edition)
    yield from _missing_restatements(edition)


def _missing_words(edition: Edition) -> Iterator[LintFault]:
    path, _ = _place(edition.requires[-1])
    for language in LANGUAGES:
        for code in codes_without_words(edition, language):
            yield LintFault("", path, 1, f"{code} has no words in {tag_of(language)}")


def _missing_restatements(edition: Edition) -> Iterator[LintFault]:
    """Functions whose docstring is a number alone; the engine refuses those without one."""
    for node in edition.nodes.values():
        if not any(word[0].islower() for word in node.citation.english.split()):
            path, line = _place(node.function)
            yield LintFault(node.name, path, line, "the docstring cites the rule and does not restate it")


def _place(function: Function) -> tuple[str, int]:
    """Where a function stands: the file and the line."""
    code = inspect.unwrap(function).__code__
    return code.co_filename, code.co_firstlineno
