"""Arguments and options shared by several commands."""

from __future__ import annotations

import os
import sys
from typing import Annotated, TypeAlias

from cyclopts import Parameter, validators

from adjudicator.cli.exits import CommandError, UsageError
from adjudicator.cli.output import Format
from adjudicator.cli.pages.layout import can_write
from adjudicator.engine import registry
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import NO_PACKS, policies
from adjudicator.model.errors import safe
from adjudicator.words import ENGLISH, LANGUAGES, known_language, language_in, language_of, tag_of, words_for


def _reject_option(_: type, file: str) -> None:
    if file.startswith("-") and file != "-":
        raise ValueError("There is no such option.")


InputFile: TypeAlias = Annotated[str, Parameter(allow_leading_hyphen=True, validator=_reject_option)]
"""The input file of a command; ``-`` is standard input."""

WorkOption: TypeAlias = Annotated[int, Parameter(name="--work", validator=validators.Number(gte=0))]
FormatOption: TypeAlias = Annotated[Format, Parameter(name="--format", help="`text` for people, `json` for programs.")]
LocaleOption: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--locale",
        help="The language of text: `en`, `zh-CN` for Simplified or `zh-TW` for Traditional Chinese. By default, the language of your environment (LC_ALL, LC_MESSAGES or LANG).",
        show_default=False,
    ),
]


def chosen_language(locale: str | None) -> str:
    """The language of ``--locale``, or of the environment."""
    return language_in(os.environ) if locale is None else language_of(locale)


def supported_language(locale: str | None) -> str:
    """The chosen language, where it would mislead to go on in English for one that is not supported."""
    if locale is not None and known_language(locale) is None:
        raise UsageError(f"there are no words in {safe(locale)}; there are: {', '.join(map(tag_of, LANGUAGES))}")
    return chosen_language(locale)


def output_language(locale: str | None) -> str:
    """The language for standard output: the chosen one, or English if the output encoding cannot write that."""
    language = chosen_language(locale)
    sample = words_for(None, language).say("outcome.approved")
    return language if can_write(sample, sys.stdout.encoding) else ENGLISH


def editions_named(name: str) -> tuple[Edition, ...]:
    """The editions of a pack (by the name of its entry point) or of a policy."""
    try:
        return registry.editions_named(name)
    except LookupError as error:
        raise (UsageError if policies() else CommandError)(str(error)) from error


def edition_of(policy: str, name: str | None = None) -> Edition:
    """An edition of a policy by its date, by default the newest."""
    policy_editions = policies().get(policy)
    if policy_editions is None and not policies():
        raise CommandError(f"there is no policy {safe(policy)}; {NO_PACKS}")
    if policy_editions is None:
        raise UsageError(f"there is no policy {safe(policy)}; there are: {', '.join(policies())}")
    if name is None:
        return policy_editions[-1]
    for edition in policy_editions:
        if edition.name == name:
            return edition
    raise UsageError(
        f"there is no edition {safe(name)} of {policy}; there are: {', '.join(edition.name for edition in policy_editions)}"
    )
