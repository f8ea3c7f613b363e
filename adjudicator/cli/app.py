"""The command ``adjudicator``: decide cases, show the rules, and nothing that is not told on a line of its own."""

from __future__ import annotations

import datetime as dt
import json
import os
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Final, Generic, Literal, TypeAlias, TypeVar

from cyclopts import App, CycloptsError, Parameter, validators

from adjudicator.adapters import adapt_doudian
from adjudicator.analysis.check import check as checked
from adjudicator.analysis.diff import diff as difference_of
from adjudicator.analysis.diff import difference_document
from adjudicator.analysis.entitlements import entitlements_of, load_inquiry
from adjudicator.analysis.schemas import OF_A_POLICY, SCHEMAS
from adjudicator.analysis.whatif import what_if as looked_into
from adjudicator.analysis.whatif.trials import MOST_WORK
from adjudicator.api import DecidedCase, load_decided
from adjudicator.api import decide as decided
from adjudicator.cli import serve, store
from adjudicator.cli.ndjson import Records, Unreadable
from adjudicator.cli.output import Faults, FaultsApart, JsonOutput, Output, TextOutput
from adjudicator.cli.pages import (
    can_write,
    marks_in,
    policies_page,
    policy_page,
)
from adjudicator.cli.streams import (
    Refused,
    complain,
    complain_of,
    console_on,
    content_of,
    json_line,
    opened,
    tell,
    write_document,
    write_line,
    write_text,
    writing,
)
from adjudicator.engine.policy import Edition, PolicyError
from adjudicator.engine.registry import editions, policies
from adjudicator.explain import Format as LetterFormat
from adjudicator.explain import Voice, explained, page_for
from adjudicator.explain.codebook import codes_page
from adjudicator.explain.difference import difference_page
from adjudicator.explain.page import Page
from adjudicator.model.errors import Fault, InputError, printable, safe
from adjudicator.rulebook.codes import code_document, codes
from adjudicator.rulebook.documents import edition_document, last_day, policy_document
from adjudicator.wire.codec import load_case
from adjudicator.words import ENGLISH, language_in, language_of, words_for

DECIDED: Final = 0
ANYTHING_ELSE: Final = 1
INPUT_AT_FAULT: Final = 2
INTERRUPTED: Final = 130

NO_PACKS: Final = "no pack of policies is installed"
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
store.add_to(app)
serve.add_to(app)


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
    except PolicyError as error:
        complain(str(error))
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
    alternatives: Annotated[
        bool, Parameter(help="Tell also what would change the outcome: `alternatives` in JSON.", negative=())
    ] = False,
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
        if alternatives:
            found = BatchRun(Records(stream), lambda text: looked_into(load_case(text)), output, "could not be decided")
            return found.emit(output.decision_with_alternatives)
        taken = BatchRun(Records(stream), lambda text: decided(load_case(text)), output, "could not be decided")
        return taken.emit(output.decision)


class BatchRun(Generic[T]):
    """What is made of each record of a stream that can be read; the others go where faults go.

    Once all are taken, ``status`` says whether every record held what was ``expected``. ``otherwise`` says what became of the
    others.
    """

    def __init__(
        self,
        records: Records,
        work: Callable[[bytes], T],
        faults: Faults,
        otherwise: str,
        *,
        expected: str = "a case",
    ) -> None:
        self.records = records
        self.work = work
        self.faults = faults
        self.otherwise = otherwise
        self.expected = expected
        self.status = DECIDED

    def __iter__(self) -> Iterator[T]:
        if self.records.at_end():
            self.status = INPUT_AT_FAULT
            self.faults.faulty(1, (Fault("", "nothing", self.expected),), self.records.at_end)
        total = at_fault = 0
        for record in self.records:
            total += 1
            try:
                found = self.work(record.text())
            except InputError as error:
                at_fault += 1
                self.status = INPUT_AT_FAULT
                is_alone = self.records.at_end if total == 1 else _others_came_before
                self.faults.faulty(record.line, error.faults, is_alone)
            else:
                yield found
        if at_fault and total > 1:
            complain(f"{at_fault} of {total} {self.otherwise}")

    def emit(self, tell: Callable[[T], None]) -> int:
        """Take them all and tell each; the status."""
        for each in self:
            tell(each)
        return self.status


def _others_came_before() -> bool:
    return False


# whatif


@app.command
def whatif(
    file: Annotated[str, Parameter(allow_leading_hyphen=True, validator=_no_option)],
    /,
    *,
    format: Format = "text",
    locale: Locale = None,
    work: Annotated[int, Parameter(validator=validators.Number(gte=0))] = MOST_WORK,
) -> int:
    """Show the smallest changes that would change the outcome, and what to ask next.

    FILE holds one case as JSON, or one case a line (NDJSON); `-` is the standard input, as for `decide`. What can still be
    supplied comes first, then what can be put right, then what could only have been otherwise. Each was decided again.

    With `--format json` each case becomes one line: its `outcome`, the `alternatives` and the `questions`; or the faults, as
    `decide` tells them.

    Parameters
    ----------
    file
        The file, or `-`.
    work
        How much to try for each case: every trial takes one for each claimed line or incident and each piece of evidence. What
        was not tried any more is left out, and it is said so.
    """
    output: Output = JsonOutput() if format == "json" else TextOutput(_language(locale), "decision.undecidable")
    with opened(file) as stream:
        taken = BatchRun(
            Records(stream), lambda text: looked_into(load_case(text), work=work), output, "could not be decided"
        )
        return taken.emit(output.what_if)


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


# explain, diff and codes


@app.command
def explain(
    file: Annotated[str, Parameter(allow_leading_hyphen=True, validator=_no_option)],
    /,
    *,
    voice: Annotated[Voice, Parameter(name="--voice")] = "consumer",
    locale: Locale = None,
    format: Annotated[
        LetterFormat,
        Parameter(name="--format", help="`text`, `markdown`, or `html` that prints well and needs no other file."),
    ] = "text",
    case: Annotated[
        str | None,
        Parameter(name="--case", help="The case that was decided, where FILE holds the decision.", show_default=False),
    ] = None,
) -> int:
    """Tell a decision to one of its readers: what concerns him, in his words, and no more.

    FILE holds a decision, as `decide --format json` writes it, or a case, which is decided on the spot; or one of them a line
    (NDJSON), each of which becomes a page of its own. `-` is the standard input. With a case, goods, documents and addresses
    are told by what they are.

    Parameters
    ----------
    file
        The file, or `-`.
    voice
        `consumer`: the letter to whoever claims. `merchant`: what to perform, and what may be answered. `agent`: a few sentences
        to be read aloud. `auditor`: everything, digests included.
    """
    decided_case = None if case is None else load_case(content_of(case))
    language = _language(locale) if format == "text" else _asked_for(locale)

    def page(text: bytes) -> Page:
        given = load_decided(text)
        known = given if decided_case is None else given.about(decided_case)
        return page_for(known.decision, known.case, voice=voice, locale=language)

    with opened(file) as stream:
        taken = BatchRun(Records(stream), page, FaultsApart(language), "could not be explained")
        (write_text if format == "text" else write_document)(explained(taken, format))
    return taken.status


@app.command
def diff(
    before: Annotated[str, Parameter(validator=_no_option)],
    after: Annotated[str, Parameter(validator=_no_option)],
    /,
    *,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """Show what changed between two decisions of one case, and why.

    Each file holds a decision or a case, which is decided on the spot. Where both hold cases, what changed within a document is
    told too.

    Parameters
    ----------
    before
        The first file.
    after
        The second.
    """
    try:
        one, other = (load_decided(content_of(file)) for file in (before, after))
        return _compare(one, other, format, _language(locale))
    except InputError as error:
        complain_of(error.faults, ENGLISH)
        return INPUT_AT_FAULT


def _compare(one: DecidedCase, other: DecidedCase, format: str, language: str) -> int:
    """Tell the difference between two decisions, with that between their cases where both are at hand."""
    cases = None if one.case is None or other.case is None else (one.case, other.case)
    difference = difference_of(one.decision, other.decision, cases=cases)
    if format == "json":
        write_line(json_line(difference_document(difference)))
    else:
        currency = getattr(other.decision, "currency", None)
        write_text(explained([difference_page(difference, currency, language)], "text"))
    return DECIDED


@app.command(name="codes")
def codes_(
    policy: Annotated[str | None, Parameter(show_default=False)] = None,
    /,
    *,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """Show every stable code that decisions can give: since when, who bears it, and what to do next.

    With `--format json` each code becomes one line, with its texts in every language.

    Parameters
    ----------
    policy
        The policy, such as `douyin_global.damage`; without it, all of them.
    """
    named = None if policy is None else _edition(policy, None).policy
    if not policies():
        complain(NO_PACKS)
    if format == "json":
        for each in codes(named):
            write_line(json_line(code_document(each)))
    else:
        write_text(explained([codes_page(codes(named), _language(locale))], "text"))
    return DECIDED


# check, entitlements and schema


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
    `not_known`, whether each of them `matters_now`, what each piece of `evidence` does, and the `requirements`: for each claimed
    line a checklist of evidence; or the faults, as `decide` tells them.

    Parameters
    ----------
    file
        The file, or `-`.
    """
    output: Output = JsonOutput() if format == "json" else TextOutput(_language(locale), "check.at_fault")
    with opened(file) as stream:
        taken = BatchRun(Records(stream), lambda text: checked(load_case(text)), output, "at fault")
        return taken.emit(output.check)


@app.command
def entitlements(
    file: Annotated[str, Parameter(allow_leading_hyphen=True, validator=_no_option)],
    /,
    *,
    format: Format = "text",
    locale: Locale = None,
) -> int:
    """Show what an order gives before anything is claimed: until when exactly, how much at most, and what a claim will need.

    FILE holds one inquiry as JSON, or one a line (NDJSON); `-` is the standard input. An inquiry is `{"as_of", "order"}` and, if
    anything was settled before, `"settlements"`, each as in a case; or a whole case, whose claim and evidence are left out of
    account.

    With `--format json` each inquiry becomes one line; or the faults, as `decide` tells them.

    Parameters
    ----------
    file
        The file, or `-`.
    """
    output: Output = JsonOutput() if format == "json" else TextOutput(_language(locale), "check.order_at_fault")
    with opened(file) as stream:
        taken = BatchRun(
            Records(stream),
            lambda text: entitlements_of(load_inquiry(text)),
            output,
            "at fault",
            expected="an order to be asked about",
        )
        return taken.emit(output.entitlements)


@app.command
def schema(
    of: Literal["case", "decision", "check", "difference", "inquiry", "entitlements", "what-if"],
    /,
    *,
    policy: Annotated[
        str | None,
        Parameter(
            help="Only the cases or decisions of this policy, such as `douyin_global.damage`.", show_default=False
        ),
    ] = None,
) -> int:
    """Write the JSON Schema (2020-12) of what goes in or comes out.

    Parameters
    ----------
    of
        `case` and `inquiry` for what goes in, the others for what comes out.
    """
    named = None if policy is None else _edition(policy, None).policy
    if named is not None and of not in OF_A_POLICY:
        raise Refused(f"--policy is for the schema of {' or '.join(OF_A_POLICY)}")
    written = OF_A_POLICY[of](named) if of in OF_A_POLICY else SCHEMAS[of]()
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


# handbook


@app.command
def handbook(
    *,
    out: Annotated[str, Parameter(name="--out")],
    policy: Annotated[str | None, Parameter(help="Only this policy.", show_default=False)] = None,
    format: Annotated[
        Literal["html", "markdown"],
        Parameter(name="--format", help="`html` to be read, `markdown` for a site of your own."),
    ] = "html",
    sightings: Annotated[str | None, Parameter(name="--sightings", show_default=False)] = None,
    locale: Locale = None,
) -> int:
    """Write the handbook: every rule clause by clause, with its code, its facts, worked examples and what changed.

    The folder is made, or replaced if it holds nothing but an earlier handbook as it was written. Nothing else is ever
    overwritten. The same rules give the same bytes.

    Parameters
    ----------
    out
        The folder.
    sightings
        A file in which a test run wrote down how often it saw each clause from each side.
    """
    from adjudicator.rulebook.handbook.site import NotOurs, write_handbook  # noqa: PLC0415 - no other command waits for it

    chosen = policies().values() if policy is None else (policies()[_edition(policy, None).policy],)
    if not policies():
        complain(NO_PACKS)
    language = language_in(os.environ) if locale is None else language_of(locale)
    seen = None if sightings is None else content_of(sightings)
    try:
        pages = write_handbook(chosen, Path(out), language, form=format, sightings=seen)
    except InputError as error:
        complain_of(error.faults, ENGLISH)
        return INPUT_AT_FAULT
    except NotOurs as error:
        raise Refused(f"{safe(str(error))} was not written by this command, and stays as it is") from None
    told = words_for(None, _language(locale)).say("handbook.written", pages=pages, place=safe(out))
    console_on(sys.stdout).print(told, soft_wrap=True)
    return DECIDED


def _edition(policy: str, name: str | None) -> Edition:
    """The edition that was asked for."""
    group = policies().get(policy)
    if group is None:
        there_are = f"there are: {', '.join(policies())}" if policies() else NO_PACKS
        raise Refused(f"there is no policy {safe(policy)}; {there_are}")
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


def _asked_for(locale: str | None) -> str:
    """The language that was asked for, on the command line or by the environment."""
    return language_in(os.environ) if locale is None else language_of(locale)


def _language(locale: str | None) -> str:
    """The language to write in: English where the output cannot take the one that was asked for."""
    language = _asked_for(locale)
    spoken = words_for(None, language).say("outcome.approved")
    return language if can_write(spoken, sys.stdout.encoding) else ENGLISH
