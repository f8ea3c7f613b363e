"""The program: runs a command, and turns every error into one line and an exit status."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from cyclopts import App, CycloptsError, Group

from adjudicator.cli.commands import COMMANDS, GROUPS
from adjudicator.cli.exits import ANYTHING_ELSE, DECIDED, INPUT_AT_FAULT, INTERRUPTED, CommandError, FaultyFile
from adjudicator.cli.streams import COMMAND, PROGRAM, flushed_output, report, report_faults
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.registry import failure
from adjudicator.extras import MissingExtra
from adjudicator.model.errors import InputError
from adjudicator.words import ENGLISH


def _version() -> str:
    try:
        return version("claim-adjudicator")
    except PackageNotFoundError:
        return "unknown"


def _program(*, lists_commands: bool) -> App:
    """The program. With a summary, a command would no longer show its own help, so there are summaries only where the commands are listed."""
    app = App(
        name=PROGRAM,
        help="Decides after-sales claims under published guarantee rules, and says why, how much, what is missing and from whom.",
        help_epilogue="Exit status: 0 decided, whatever the outcome; 2 invalid input; 1 anything else.",
        help_format="markdown",
        version=_version,
        version_flags=["--version"],
        suppress_keyboard_interrupt=False,
    )
    app["--help"].group = app["--version"].group = Group("Other", sort_key=len(GROUPS))
    for order, (title, commands) in enumerate(GROUPS.items()):
        group = Group(title, sort_key=order)
        for name, command in commands.items():
            summary = command.summary if lists_commands else None
            app.command(command.function, name=name, help=summary, group=group)
    return app


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status. Reports every error in one line instead of raising it."""
    app = _program(lists_commands=not COMMANDS.keys() & {*arguments[:1]})
    command = COMMAND.set(_command_in(app, arguments))
    try:
        with flushed_output():
            status = app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
        return status if isinstance(status, int) else DECIDED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - even a bug is reported in one line, without a traceback
        return _report_error(error)
    finally:
        COMMAND.reset(command)


def _command_in(app: App, arguments: Sequence[str]) -> str:
    """The program and the command in these arguments, such as ``adjudicator audit verify``."""
    try:
        names, _, _ = app.parse_commands(arguments)
    except Exception:  # noqa: BLE001 - the arguments are validated later
        names = ()
    return " ".join((PROGRAM, *(name for name in names if not name.startswith("-"))))


def _report_error(error: Exception) -> int:
    """Report an error and return its exit status."""
    if isinstance(error.__cause__, MissingExtra):
        error = error.__cause__  # what the module of the command lacks, which was imported to run it
    match error:
        case FaultyFile():
            report_faults(error.faults, ENGLISH, error.file)
        case InputError():
            report_faults(error.faults, ENGLISH)
            return INPUT_AT_FAULT
        case CommandError():
            report(str(error))
        case CycloptsError():
            report(f"{' '.join(str(error).split())} Try: {COMMAND.get()} --help")
            return INPUT_AT_FAULT
        case BrokenPipeError():
            pass  # the reader of our output has closed the pipe
        case PolicyError() | MissingExtra():
            report(str(error))
        case OSError():
            report(f"{f'{error.filename}: ' if error.filename else ''}{error.strerror or error}")
        case _:
            report(failure(error))
    return error.status if isinstance(error, CommandError) else ANYTHING_ELSE
