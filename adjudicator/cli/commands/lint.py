"""The command ``lint``: defects of a pack that importing it does not reveal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import attrs

from adjudicator.cli.exits import ANYTHING_ELSE, DECIDED
from adjudicator.cli.options import FormatOption, LocaleOption, editions_named, output_language
from adjudicator.cli.streams import console_on, json_line, write_line
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import editions as every_edition
from adjudicator.rulebook.handbook.examples import ExampleError, examples_for
from adjudicator.rulebook.lint import LintFault, faults_of
from adjudicator.rulebook.text_faults import faults_of_texts
from adjudicator.words import words_for


def lint(pack: str, /, *, format: FormatOption = "text", locale: LocaleOption = None) -> int:
    """Report what the editions of a pack lack, beyond what the engine checks: words, restatements, examples.

    Each fault is one line with the file, line and function. Exits with status 1 if there is a fault.

    Parameters
    ----------
    pack
        The pack, such as `douyin_global`, or one of its policies, such as `douyin_global.damage`.
    """
    editions = editions_named(pack)
    faults = tuple(dict.fromkeys(_faults(editions)))
    if format == "json":
        for fault in faults:
            write_line(json_line(attrs.asdict(fault)))
        return ANYTHING_ELSE if faults else DECIDED
    console = console_on(sys.stdout)
    for fault in faults:
        console.print(_line(fault), soft_wrap=True)
    if not faults:
        words = words_for(None, output_language(locale))
        names = words.listed([f"{edition.policy} {edition.name}" for edition in editions])
        console.print(words.say("lint.no_faults", editions=names), soft_wrap=True)
    return ANYTHING_ELSE if faults else DECIDED


def _faults(editions: Sequence[Edition]) -> Iterator[LintFault]:
    """The faults of the catalogues, of each edition, and of the examples."""
    yield from (
        LintFault("", each.path, each.line, each.message) for each in faults_of_texts(editions, every_edition())
    )
    for policy, group in groupby(editions, key=lambda edition: edition.policy):
        policy_editions = tuple(group)
        found = {edition.name: faults_of(edition) for edition in policy_editions}
        for name, faults in found.items():
            for fault in faults:
                is_everywhere = all(fault in others for others in found.values())
                yield fault if is_everywhere else attrs.evolve(fault, edition=name)
        yield from _faults_of_examples(policy, policy_editions)


def _faults_of_examples(policy: str, policy_editions: Sequence[Edition]) -> Iterator[LintFault]:
    try:
        found = examples_for(policy_editions)
    except ExampleError as error:
        yield from (LintFault("", path, 1, str(fault)) for path, fault in error.faults)
        return
    if not found:
        source = policy_editions[-1].requires[-1].__code__.co_filename
        yield LintFault("", source, 1, f"no file in examples/ is a case of {policy}")


def _line(fault: LintFault) -> str:
    function = f"{fault.function}: " if fault.function else ""
    edition = f", in edition {fault.edition}" if fault.edition else ""
    return f"{_relative_path(fault.path)}:{fault.line}: {function}{fault.message}{edition}"


def _relative_path(path: str) -> str:
    """A path relative to the current directory, if it is inside it."""
    return os.path.relpath(path) if Path(path).is_relative_to(Path.cwd()) else path
