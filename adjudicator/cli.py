"""The command ``adjudicator``: decide cases, show the rules, and nothing that is not told on a line of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Final, Literal, Protocol, TextIO, TypeAlias, TypeVar

from cyclopts import App, CycloptsError, Parameter
from rich.console import Console, RenderableType

from adjudicator.adapters import adapt_doudian
from adjudicator.checking import Check, check_document
from adjudicator.checking import check as checked
from adjudicator.codec import dump_decision, load_case
from adjudicator.deciding import decide as decided
from adjudicator.decision import Decision
from adjudicator.faults import Fault, InputError
from adjudicator.governing import editions, policies
from adjudicator.parsing import MOST_BYTES
from adjudicator.policy import Edition
from adjudicator.records import Records, Unreadable
from adjudicator.schema import case_schema, decision_schema
from adjudicator.text import (
    can_write,
    check_page,
    decision_page,
    fault_line,
    faults_page,
    marks_in,
    policies_page,
    policy_page,
    printable,
    rule_between,
    safe,
    title_of,
)
from adjudicator.words import ENGLISH, LANGUAGES, language_in, language_of, words_for

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
        help="The language of text: `en`, or `zh-CN` for Simplified Chinese. Without it, what LC_ALL, LC_MESSAGES or LANG say.",
        show_default=False,
    ),
]

T = TypeVar("T")


class Refused(Exception):
    """What was asked for cannot be done, and it is the input that is at fault."""


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


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command, and say in one line what went wrong if anything did."""
    try:
        with _writing():
            return _run(sys.argv[1:] if arguments is None else arguments)
    except CycloptsError as error:
        _complain(f"{' '.join(str(error).split())} Try: adjudicator --help")
        return INPUT_AT_FAULT
    except (Refused, Unreadable) as error:
        _complain(str(error))
        return INPUT_AT_FAULT
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return ANYTHING_ELSE
    except OSError as error:
        _complain(f"cannot go on: {f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        return ANYTHING_ELSE
    except Exception as error:  # noqa: BLE001 - a bug is told in one line too, never as a traceback
        _complain(f"internal error, please report it: {type(error).__name__}: {error}")
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
    with _opened(file) as stream:
        return _take_all(Records(stream), decided, output.decision, output, "could not be decided")


class Output(Protocol):
    """Where decisions and checks go, and what is wrong with what is no case."""

    def decision(self, decision: Decision) -> None:
        """Tell a decision."""

    def check(self, check: Check) -> None:
        """Tell what a case lacks."""

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Tell what is wrong with the record on a line; ``is_alone`` waits until it is known whether others follow."""


class JsonOutput:
    """One line of JSON for each record."""

    def decision(self, decision: Decision) -> None:
        """Tell a decision."""
        _write_line(dump_decision(decision))

    def check(self, check: Check) -> None:
        """Tell what a case lacks."""
        _write_line(_json(check_document(check)))

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Tell the faults in the record's place; those of a single case on the standard error too."""
        told = [{"pointer": fault.pointer, "value": fault.value, "expected": fault.expected} for fault in faults]
        _write_line(_json({"error": {"line": line, "faults": told}}))
        if is_alone():
            _complain_of(faults, ENGLISH)


class TextOutput:
    """A page for each record; ``faulty_line`` is the code for what became of one that is at fault."""

    def __init__(self, language: str, faulty_line: str) -> None:
        self.language = language
        self.faulty_line = faulty_line
        self.console = _console(sys.stdout)
        self.marks = marks_in(self.console.encoding)
        self.pages = 0

    def decision(self, decision: Decision) -> None:
        """Show a decision."""
        self.show(decision_page(decision, self.language, self.marks))

    def check(self, check: Check) -> None:
        """Show what a case lacks."""
        self.show(check_page(check, self.language, self.marks))

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Show the faults in the record's place; those of a single case go to the standard error."""
        if is_alone():
            _complain_of(faults, self.language)
        else:
            self.show(faults_page(line, faults, self.language, self.marks, self.faulty_line))

    def show(self, page: RenderableType) -> None:
        """Show a page, apart from the one before."""
        if self.pages:
            self.console.print(rule_between())
        self.console.print(page)
        self.pages += 1


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
        _complain(f"{at_fault} of {total} {otherwise}")
    return INPUT_AT_FAULT if at_fault else DECIDED


def _others_came_before() -> bool:
    return False


@contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin is None:
            raise Refused("there is no standard input")
        yield sys.stdin.buffer
        return
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(Path(file).open("rb"))
        except (OSError, ValueError) as error:
            raise Refused(f"{safe(file)}: {getattr(error, 'strerror', None) or error}") from error
        yield stream


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
            _content(after_sale),
            _content(order),
            policy=policy,
            as_of=as_of,
            beside=None if beside is None else _content(beside),
            mapping=None if mapping is None else _content(mapping),
        )
    except InputError as error:
        _complain_of(error.faults, ENGLISH)
        return INPUT_AT_FAULT
    _write_line(_json(adapted.case_document))
    losses = adapted.report
    _tell(losses.text().splitlines() if report == "text" else [_json(losses.document()).decode()])
    return DECIDED


def _content(file: str) -> bytes:
    with _opened(file) as stream:
        try:
            return stream.read(MOST_BYTES + 1)
        except OSError as error:
            raise Refused(f"{safe(file)}: {error.strerror or error}") from error


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
    with _opened(file) as stream:
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
    _write_line(json.dumps(written, ensure_ascii=False, indent=2).encode())
    return DECIDED


# demo


@app.command
def demo(*, locale: Locale = None) -> int:
    """Decide a claim to look at, from a file that is yours to edit.

    Writes a few cases to `adjudicator-demo` in the current directory. A file that is there already stays as it is.
    """
    _lay_out_demo()
    console = _console(sys.stdout)
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
        for edition, last in ((edition, _last_day(edition)) for edition in editions())
        if on is None or (edition.effective_from <= on and (last is None or on <= last))
    ]
    if format == "json":
        _write_line(_json([_edition_document(edition, last) for edition, last in found]))
    else:
        console = _console(sys.stdout)
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
        _write_line(_json(_policy_document(chosen)))
    else:
        console = _console(sys.stdout)
        console.print(policy_page(chosen, _last_day(chosen), _language(locale), marks_in(console.encoding)))
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


def _last_day(edition: Edition) -> dt.date | None:
    """The last day on which an edition is in force, if another follows."""
    later = [each for each in policies()[edition.policy] if each.effective_from > edition.effective_from]
    return later[0].effective_from - dt.timedelta(days=1) if later else None


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refused(f"{safe(text)} is no date; write it like 2022-04-01") from None


def _edition_document(edition: Edition, last: dt.date | None) -> dict[str, Any]:
    return {
        "policy": edition.policy,
        "edition": edition.name,
        "revision": edition.revision,
        "in_force_from": edition.name,
        "in_force_until": None if last is None else last.isoformat(),
        "title": {_tag(language): title_of(edition, language) for language in LANGUAGES},
    }


def _policy_document(edition: Edition) -> dict[str, Any]:
    """An edition as JSON, in every language at once."""
    granted = edition.grants.functions() if edition.grants else ()
    return {
        **_edition_document(edition, _last_day(edition)),
        "article": edition.article,
        "clauses": [
            {
                "clause": clause.name,
                "role": clause.role.value,
                **_function_document(edition, clause.name),
                "facts": [_fact_document(edition, name) for name in clause.reads],
            }
            for clause in edition.clauses
        ],
        "settings": {name: _setting_document(value) for name, value in edition.settings.items()},
        "grants": [
            {"name": function.__name__, **_function_document(edition, function.__name__)} for function in granted
        ],
        "remarks": [
            {"code": function.__name__, **_function_document(edition, function.__name__)}
            for function in edition.remarks
        ],
    }


def _function_document(edition: Edition, name: str) -> dict[str, Any]:
    law = edition.nodes[name].law
    return {
        "cites": law.within(edition.article),
        "readings": law.readings,
        "restatement": {_tag(language): words_for(edition, language).restated(law) for language in LANGUAGES},
    }


def _fact_document(edition: Edition, name: str) -> dict[str, Any]:
    fact = edition.decides.glossary.facts[name]
    return {
        "name": name,
        "supplier": None if fact.supplier is None else fact.supplier.value,
        "pointers": fact.pointers,
        "label": {_tag(language): words_for(edition, language).say(f"fact.{name}") for language in LANGUAGES},
    }


def _setting_document(value: object) -> object:
    return sorted(map(str, value)) if isinstance(value, tuple | frozenset) else value


# Streams


def _language(locale: str | None) -> str:
    """The language to write in: English where the output cannot take the one that was asked for."""
    language = language_in(os.environ) if locale is None else language_of(locale)
    spoken = words_for(None, language).say("outcome.approved")
    return language if can_write(spoken, sys.stdout.encoding) else ENGLISH


def _tag(language: str) -> str:
    return language.replace("_", "-")


def _json(document: object) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), default=str).encode()


def _console(stream: TextIO) -> Console:
    """A console that takes nothing for markup, and writes what an encoding lacks as an escape."""
    return Console(file=stream, markup=False, emoji=False, highlight=False)


@contextmanager
def _writing() -> Iterator[None]:
    """Make sure that all is written before it counts as done, and that nothing more is tried once writing has failed."""
    if sys.stdout is None:
        raise OSError("there is no standard output")
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
        sys.stdout.flush()
    except OSError:
        try:
            sys.stdout.flush()
        except OSError:
            _give_up(sys.stdout)
        raise


def _write_line(line: bytes) -> None:
    """Write a line at once, as the bytes that it is: JSON is UTF-8 whatever the terminal's encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


def _complain_of(faults: Iterable[Fault], language: str) -> None:
    words = words_for(None, language)
    _tell(fault_line(fault, words) for fault in faults)


def _complain(message: str) -> None:
    _tell((f"adjudicator: {printable(message)}",))


def _tell(lines: Iterable[str]) -> None:
    """Write to the standard error, if there is anyone to read it."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.writelines(chain.from_iterable((line, "\n") for line in lines))
        sys.stderr.flush()
    except OSError:
        _give_up(sys.stderr)


def _give_up(stream: TextIO) -> None:
    """Let what is still in a stream that cannot be written go nowhere, so that Python does not try again at its end."""
    with Path(os.devnull).open("wb") as nowhere:
        os.dup2(nowhere.fileno(), stream.fileno())
