"""The command ``adjudicator``: decide cases, show the rules, and nothing that is not told on a line of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias, TypeVar

from cyclopts import App, CycloptsError, Parameter

from adjudicator.adapters import adapt_doudian
from adjudicator.checking import check as checked
from adjudicator.codec import load_case
from adjudicator.deciding import decide as decided
from adjudicator.faults import Fault, InputError
from adjudicator.governing import editions, policies
from adjudicator.output import JsonOutput, Output, TextOutput
from adjudicator.policy import Edition
from adjudicator.record_commands import add_to
from adjudicator.records import Records, Unreadable
from adjudicator.rulebook import edition_document, last_day, policy_document
from adjudicator.schema import case_schema, decision_schema
from adjudicator.streams import (
    Refused,
    complain,
    complain_of,
    console_on,
    content_of,
    json_line,
    opened,
    tell,
    write_line,
    writing,
)
from adjudicator.text import (
    can_write,
    marks_in,
    policies_page,
    policy_page,
    printable,
    safe,
)
from adjudicator.words import ENGLISH, language_in, language_of, words_for

DECIDED: Final = 0
ANYTHING_ELSE: Final = 1
INPUT_AT_FAULT: Final = 2
INTERRUPTED: Final = 130

DEMO: Final = Path("adjudicator-demo")
ADAPTERS: Final = {"doudian": adapt_doudian}

Format: TypeAlias = Annotated[
    Literal["text", "json"], Parameter(name="--format", help="`text` for people, `json` for programs.")
]
Locale: TypeAlias = Annotated[
    str | None,
    Parameter(
        name="--locale",
        help="The language of text: `en`, `zh-CN` for Simplified or `zh-TW` for Traditional Chinese. Without it, what LC_ALL, LC_MESSAGES or LANG say.",
        show_default=False,
    ),
]

T = TypeVar("T")


def _version() -> str:
    try:
        return version("claim-adjudicator")
    except PackageNotFoundError:
        return "unknown"


app = App(
    name="adjudicator",
    help="Decides after-sales claims under published guarantee rules, and says why, how much, what is missing and from whom.",
    help_epilogue="Exit status: 0 decided, whatever the outcome; 2 the input is at fault; 1 anything else.",
    help_format="markdown",
    version=_version,
    version_flags=["--version"],
    suppress_keyboard_interrupt=False,
)
add_to(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and say in one line what went wrong if anything did."""
    try:
        with writing():
            return _run(sys.argv[1:] if arguments is None else arguments)
    except CycloptsError as error:
        complain(f"{' '.join(str(error).split())} Try: adjudicator --help")
        return INPUT_AT_FAULT
    except (Refused, Unreadable) as error:
        complain(str(error))
        return INPUT_AT_FAULT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return ANYTHING_ELSE
    except OSError as error:
        complain(f"cannot go on: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        return ANYTHING_ELSE
    except Exception as error:  # noqa: BLE001 - a bug is told in one line too, never as a traceback
        complain(f"internal error, please report it: {type(error).__name__}: {error}")
        return ANYTHING_ELSE


def _run(arguments: Sequence[str]) -> int:
    """Carry out a command; the caller sees to whatever goes wrong."""
    status = app(
        arguments,
        exit_on_error=False,
        print_error=False,
        result_action="return_value",
    )
    return status if isinstance(status, int) else DECIDED


# decide


def _no_option(_: type, file: str) -> None:
    if file.startswith("-") and file != "-":
        raise ValueError("There is no such option.")


@app.command
def decide(
    file: Annotated[str, Parameter(allow_leading_hyphen=True, validator=_no_option)],
    /,
    *,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """Decide a case, or one case a line.

    FILE holds one case as JSON, or one case a line (NDJSON); `-` is the standard input. Cases are decided in their order,
    each as soon as it has come.

    With `--format json` each case becomes one line: its decision, or for a line that cannot be decided
    `{"error": {"line": N, "faults": [{"pointer", "value", "expected"}, ...]}}`. The other lines are decided all the same.
    The faults of a single case are also told on the standard error, one a line.

    Parameters
    ----------
    file
        The file, or `-`.
    """
    output: Output = JsonOutput() if format == "json" else TextOutput(_language(locale), "decision.undecidable")
    with opened(file) as stream:
        return _take_all(Records(stream), decided, output.decision, output, "could not be decided")


def _take_all(
    records: Records, work: Callable[[Any], T], tell: Callable[[T], None], output: Output, otherwise: str
) -> int:
    """Take case by case; the status says whether there was one in every record. ``otherwise`` says what became of the others."""
    if records.at_end():
        output.faulty(1, (Fault("", "nothing", "a case"),), records.at_end)
        return INPUT_AT_FAULT
    total = at_fault = 0
    for record in records:
        total += 1
        try:
            found = work(load_case(record.text()))
        except InputError as error:
            at_fault += 1
            output.faulty(record.line, error.faults, records.at_end if total == 1 else _others_came_before)
        else:
            tell(found)
    if at_fault and total > 1:
        complain(f"{at_fault} of {total} {otherwise}")
    return INPUT_AT_FAULT if at_fault else DECIDED


def _others_came_before() -> bool:
    return False


# adapt


@app.command
def adapt(
    platform: Literal["doudian"],
    /,
    *,
    after_sale: Annotated[str, Parameter(name="--after-sale")],
    order: Annotated[str, Parameter(name="--order")],
    policy: Annotated[str, Parameter(name="--policy")],
    as_of: Annotated[str, Parameter(name="--as-of")],
    beside: Annotated[str | None, Parameter(name="--beside", show_default=False)] = None,
    mapping: Annotated[str | None, Parameter(name="--map", show_default=False)] = None,
    report: Annotated[Literal["text", "json"], Parameter(name="--report")] = "text",
) -> int:
    """Turn a platform's payloads into a case, and tell what was lost on the way.

    The case goes to the standard output, ready for `adjudicator decide -`; the loss report to the standard error: every field
    that was defaulted, is missing, unknown or contradictory, or was dropped.

    Parameters
    ----------
    platform
        Whose payloads they are.
    after_sale
        The file with the answer of `afterSale.Detail`.
    order
        The file with the answer of `order.orderDetail`.
    policy
        The policy under which the case is to be decided.
    as_of
        The moment of the decision, RFC 3339 with an offset.
    beside
        A file with what only the caller knows: documents, brands, badges, the market.
    mapping
        The file in which the shop keeps what its category ids, reason codes and carriers mean.
    report
        The loss report as `text`, one line a loss, or as `json`.
    """
    try:
        adapted = ADAPTERS[platform](
            content_of(after_sale),
            content_of(order),
            policy=policy,
            as_of=as_of,
            beside=None if beside is None else content_of(beside),
            mapping=None if mapping is None else content_of(mapping),
        )
    except InputError as error:
        complain_of(error.faults, ENGLISH)
        return INPUT_AT_FAULT
    write_line(json_line(adapted.case_document))
    losses = adapted.report
    tell(losses.text().splitlines() if report == "text" else [json_line(losses.document()).decode()])
    return DECIDED


# check and schema


@app.command
def check(
    file: Annotated[str, Parameter(allow_leading_hyphen=True, validator=_no_option)],
    /,
    *,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """See whether a case is sound, and what is missing for its policy, without deciding it.

    FILE holds one case as JSON, or one case a line (NDJSON); `-` is the standard input, as for `decide`. The status is 0 where
    every case is sound, also if something is missing.

    With `--format json` each case becomes one line: `requests` as they would stand in its decision, the facts that are
    `not_known`, whether each of them `matters_now`, and what each piece of `evidence` does; or the faults, as `decide` tells them.

    Parameters
    ----------
    file
        The file, or `-`.
    """
    output: Output = JsonOutput() if format == "json" else TextOutput(_language(locale), "check.at_fault")
    with opened(file) as stream:
        return _take_all(Records(stream), checked, output.check, output, "at fault")


@app.command
def schema(
    of: Literal["case", "decision"],
    /,
    *,
    policy: Annotated[
        str | None,
        Parameter(help="Only what this policy takes or gives, such as `douyin_global.damage`.", show_default=False),
    ] = None,
) -> int:
    """Write the JSON Schema (2020-12) of cases or decisions.

    Parameters
    ----------
    of
        `case` for what goes in, `decision` for what comes out.
    """
    named = None if policy is None else _edition(policy, None).policy
    written = case_schema(named) if of == "case" else decision_schema(named)
    write_line(json.dumps(written, ensure_ascii=False, indent=2).encode())
    return DECIDED


# demo


@app.command
def demo(*, locale: Locale = None) -> int:
    """Decide a claim to look at, from a file that is yours to edit.

    Writes a few cases to `adjudicator-demo` in the current directory. A file that is there already stays as it is.
    """
    _lay_out_demo()
    console = console_on(sys.stdout)
    words = words_for(None, _language(locale))
    in_this_language = [] if locale is None else ["--locale", locale]
    command = ["decide", str(DEMO / "counterfeit.json"), *in_this_language]
    program = _as_called()
    console.print(f"$ {printable(shlex.join([program, *command]))}", style="bold cyan", soft_wrap=True)
    console.print()
    status = _run(command)
    console.print()
    console.print(words.say("demo.next", file=command[1]), style="bold")
    for step in (
        ["decide", str(DEMO / "leaking-whisky.json"), *in_this_language],
        ["decide", str(DEMO / "three-claims.ndjson"), "--format", "json"],
        ["show", "douyin_global.authenticity", *in_this_language],
        ["policies", *in_this_language],
    ):
        console.print(f"  {printable(shlex.join([program, *step]))}", style="cyan", soft_wrap=True)
    return status


def _as_called() -> str:
    """This program as it can be typed here: by its name where a shell finds it, else by the path that was typed."""
    typed = Path(sys.argv[0])
    if typed.stem != app.name[0] or shutil.which(app.name[0]) == str(typed):
        return app.name[0]
    return str(typed)


def _lay_out_demo() -> None:
    """Write the cases of the demo, but never over what is there: it may have been edited."""
    DEMO.mkdir(exist_ok=True)
    for source in (files("adjudicator") / "demo").iterdir():
        with suppress(FileExistsError), (DEMO / source.name).open("xb") as target:
            target.write(source.read_bytes())


# policies and show


@app.command(name="policies")
def policies_(
    *,
    at: Annotated[
        str | None, Parameter(help="Only what is in force on this day, such as 2022-04-01.", show_default=False)
    ] = None,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """Show which policies there are, and which edition is in force when."""
    on = None if at is None else _date(at)
    found = [
        (edition, last)
        for edition, last in ((edition, last_day(edition)) for edition in editions())
        if on is None or (edition.effective_from <= on and (last is None or on <= last))
    ]
    if format == "json":
        write_line(json_line([edition_document(edition, last) for edition, last in found]))
    else:
        console = console_on(sys.stdout)
        console.print(policies_page(found, _language(locale), on))
    return DECIDED


@app.command
def show(
    policy: str,
    /,
    *,
    edition: Annotated[
        str | None, Parameter(help="The date of the edition; without it, the newest.", show_default=False)
    ] = None,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """Show a rule as its policy file tells it: every clause, what it cites, and the facts it rests on.

    Parameters
    ----------
    policy
        The policy, such as `douyin_global.damage`; `adjudicator policies` names them all.
    """
    chosen = _edition(policy, edition)
    if format == "json":
        write_line(json_line(policy_document(chosen)))
    else:
        console = console_on(sys.stdout)
        console.print(policy_page(chosen, last_day(chosen), _language(locale), marks_in(console.encoding)))
    return DECIDED


def _edition(policy: str, name: str | None) -> Edition:
    """The edition that was asked for."""
    group = policies().get(policy)
    if group is None:
        raise Refused(f"there is no policy {safe(policy)}; there are: {', '.join(policies())}")
    if name is None:
        return group[-1]
    for edition in group:
        if edition.name == name:
            return edition
    raise Refused(f"there is no edition {safe(name)} of {policy}; there are: {', '.join(each.name for each in group)}")


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{safe(text)} is no date; write it like 2022-04-01") from None


def _language(locale: str | None) -> str:
    """The language to write in: English where the output cannot take the one that was asked for."""
    language = language_in(os.environ) if locale is None else language_of(locale)
    spoken = words_for(None, language).say("outcome.approved")
    return language if can_write(spoken, sys.stdout.encoding) else ENGLISH
