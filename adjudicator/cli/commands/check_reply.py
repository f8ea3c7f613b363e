"""The command ``check-reply``."""

from __future__ import annotations

from typing import Annotated, Final

from cyclopts import Parameter

from adjudicator.analysis.promises import ReplyCheck, reply_check_document
from adjudicator.api import load_decided
from adjudicator.cli.exits import DECIDED, UsageError, faults_in
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption, output_language
from adjudicator.cli.output import Rendering
from adjudicator.cli.pages.replies import reply_page
from adjudicator.cli.streams import STANDARD_INPUT, json_line, read_input
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.time import Instant
from adjudicator.replies import MOST_CHARACTERS
from adjudicator.replies import check_reply as checked
from adjudicator.wire.codec import load_case

REPLY_CHECK: Final[Rendering[ReplyCheck]] = Rendering(lambda check: json_line(reply_check_document(check)), reply_page)
_MOST_BYTES: Final = 8 * MOST_CHARACTERS


def check_reply(
    file: InputFile,
    reply: InputFile,
    /,
    *,
    case: Annotated[
        str | None,
        Parameter(name="--case", help="The case that was decided, if FILE holds the decision.", show_default=False),
    ] = None,
    at: Annotated[
        str | None,
        Parameter(
            name="--at",
            help="When the reply is sent, such as `2022-05-20T12:00:00+08:00`: `tomorrow` is counted from it. By default, the instant of the decision.",
            show_default=False,
        ),
    ] = None,
    format: FormatOption = "text",
    locale: LocaleOption = None,
) -> int:
    """Hold every promise in a draft reply against a decision, before you send it.

    FILE holds a case, which is decided now, or a decision. REPLY holds the reply as text, in English or Chinese. Every promise of
    money, time or right is agreed, refused with what is owed instead, or said to be beyond judgement. One of the two files may
    be `-`, the standard input. The exit status is 0 whatever the verdict.

    Parameters
    ----------
    file
        The case or the decision, as JSON.
    reply
        The reply, as text.
    """
    if file == reply == STANDARD_INPUT:
        raise UsageError("only one of the two files can be the standard input")
    with faults_in(file):
        decided = load_decided(read_input(file))
    if case is not None:
        with faults_in(case):
            decided = decided.about(load_case(read_input(case)))
    with faults_in(reply):
        text = _text(read_input(reply, _MOST_BYTES))
        result = checked(text, decided.decision, decided.case, now=None if at is None else _instant(at))
    REPLY_CHECK.output(format, output_language(locale), file).write(result)
    return DECIDED


def _text(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError([Fault("", "bytes that are not UTF-8", "text in UTF-8")]) from None


def _instant(text: str) -> Instant:
    try:
        return Instant.parse(text)
    except ValueError as error:
        raise UsageError(f"--at takes an instant: {shown(text)} is {error}") from None
