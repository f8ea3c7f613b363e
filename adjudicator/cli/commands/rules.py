"""The commands about rules: ``policies``, ``show``, ``codes`` and ``schema``."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from typing import Annotated, Literal

from cyclopts import Parameter

from adjudicator.analysis.schemas import OF_A_POLICY, SCHEMAS
from adjudicator.cli.exits import DECIDED, UsageError
from adjudicator.cli.options import (
    FormatOption,
    LocaleOption,
    edition_of,
    editions_named,
    output_language,
    supported_language,
)
from adjudicator.cli.pages.layout import marks_in
from adjudicator.cli.pages.policies import policies_page, policy_page
from adjudicator.cli.streams import console_on, json_line, report, write_document, write_line, write_text
from adjudicator.engine.plan_text import plan_text
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import NO_PACKS, editions
from adjudicator.engine.registry import policies as installed_policies
from adjudicator.explain import explained
from adjudicator.explain.codebook import codes_page
from adjudicator.model.errors import safe
from adjudicator.rulebook.codes import code_document, codes_without_words
from adjudicator.rulebook.codes import codes as published_codes
from adjudicator.rulebook.documents import edition_document, last_day, policy_document
from adjudicator.rulebook.graph import graph_of
from adjudicator.rulebook.graph_picture import graph_picture
from adjudicator.rulebook.missing import missing_words
from adjudicator.words import words_for


def policies(
    *,
    at: Annotated[
        str | None, Parameter(help="Only editions in force on this day, such as 2022-04-01.", show_default=False)
    ] = None,
    format: FormatOption = "text",
    locale: LocaleOption = None,
) -> int:
    """List the policies, and which edition is in force when."""
    day = None if at is None else _date(at)
    listed = [
        (edition, last)
        for edition, last in ((edition, last_day(edition)) for edition in editions())
        if day is None or (edition.effective_from <= day and (last is None or day <= last))
    ]
    if format == "json":
        write_line(json_line([edition_document(edition, last) for edition, last in listed]))
    else:
        console_on(sys.stdout).print(policies_page(listed, output_language(locale), day))
    return DECIDED


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{safe(text)} is not a date; write it like 2022-04-01") from None


def show(
    policy: str,
    /,
    *,
    edition: Annotated[
        str | None, Parameter(help="The date of the edition; by default, the newest.", show_default=False)
    ] = None,
    graph: Annotated[
        bool,
        Parameter(
            name="--graph",
            negative="",
            help="Instead, the graph of clauses, facts and money: in the language of Graphviz, or with `--format svg` as a picture.",
        ),
    ] = False,
    plan: Annotated[
        bool,
        Parameter(
            name="--plan",
            negative="",
            help="Instead, the Python that decides a case under it: read the facts, call each function once, in order.",
        ),
    ] = False,
    format: Annotated[
        Literal["text", "json", "dot", "svg"],
        Parameter(help="`text` or `json`; of the graph `dot` (the default) or `svg`."),
    ] = "text",
    locale: LocaleOption = None,
) -> int:
    """Show a rule as its policy file states it: every clause, what it cites, and the facts it depends on.

    Parameters
    ----------
    policy
        The policy, such as `douyin_global.damage`; `adjudicator policies` lists them all.
    """
    if not graph and format in ("dot", "svg"):
        raise UsageError(f"--format {format} needs --graph")
    if graph and format == "json":
        raise UsageError("--graph is written as dot or svg")
    if plan and (graph or format != "text"):
        raise UsageError("--plan is text, without --graph")
    edition_shown = edition_of(policy, edition)
    if plan:
        write_document(plan_text(edition_shown))
    elif graph:
        write_document(_graph(edition_shown, format, locale))
    elif format == "json":
        write_line(json_line(policy_document(edition_shown)))
    else:
        console = console_on(sys.stdout)
        console.print(
            policy_page(edition_shown, last_day(edition_shown), output_language(locale), marks_in(console.encoding))
        )
    return DECIDED


def _graph(edition: Edition, format: str, locale: str | None) -> Iterator[str]:
    if format != "svg":
        return (f"{line}\n" for line in graph_of(edition))
    words = words_for(edition, output_language(locale))
    return iter((f"{graph_picture(edition, words, 'graph', alone=True)}\n",))


def codes(
    policy: Annotated[str | None, Parameter(show_default=False)] = None,
    /,
    *,
    missing: Annotated[
        bool,
        Parameter(
            name="--missing",
            negative="",
            help="Only codes without words in the language; you can name a pack instead of a policy.",
        ),
    ] = False,
    po: Annotated[
        bool,
        Parameter(name="--po", negative="", help="With `--missing`: as part of a gettext file for you to fill in."),
    ] = False,
    format: FormatOption = "text",
    locale: LocaleOption = None,
) -> int:
    """List every stable code that decisions can contain: since when, which party it falls on, and what to do next.

    With `--format json` each code becomes one line, with its texts in every language.

    Parameters
    ----------
    policy
        The policy, such as `douyin_global.damage`; by default, all of them.
    """
    if missing:
        return _missing_codes(policy, supported_language(locale), po=po)
    if po:
        raise UsageError("--po needs --missing: it writes the codes without words")
    named = None if policy is None else edition_of(policy).policy
    if not installed_policies():
        report(NO_PACKS)
    if format == "json":
        for code in published_codes(named):
            write_line(json_line(code_document(code)))
    else:
        write_text(explained([codes_page(published_codes(named), output_language(locale))], "text"))
    return DECIDED


def _missing_codes(name: str | None, language: str, *, po: bool) -> int:
    """Write the codes (of a pack, a policy or all) that lack words in a language."""
    searched = editions() if name is None else editions_named(name)
    if not searched:
        report(NO_PACKS)
    if po:
        write_document([missing_words(searched, language)])
    else:
        missing_codes = dict.fromkeys(code for edition in searched for code in codes_without_words(edition, language))
        write_document(f"{code}\n" for code in missing_codes)
    return DECIDED


def schema(
    of: Literal["case", "decision", "check", "difference", "inquiry", "entitlements", "what-if", "reply-check"],
    /,
    *,
    policy: Annotated[
        str | None,
        Parameter(
            help="Only the cases or decisions of this policy, such as `douyin_global.damage`.", show_default=False
        ),
    ] = None,
) -> int:
    """Write the JSON Schema (2020-12) of an input or output.

    Parameters
    ----------
    of
        `case` and `inquiry` are inputs, the others outputs.
    """
    named = None if policy is None else edition_of(policy).policy
    if named is not None and of not in OF_A_POLICY:
        raise UsageError(f"--policy applies only to the schema of {' or '.join(OF_A_POLICY)}")
    document = OF_A_POLICY[of](named) if of in OF_A_POLICY else SCHEMAS[of]()
    write_line(json.dumps(document, ensure_ascii=False, indent=2).encode())
    return DECIDED
