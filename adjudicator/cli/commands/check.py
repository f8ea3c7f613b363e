"""The command ``check``."""

from __future__ import annotations

from typing import Final

from adjudicator.analysis.check import Check, check_document
from adjudicator.analysis.check import check as check_case
from adjudicator.analysis.work import MOST_WORK
from adjudicator.cli.batch import each_record
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption, WorkOption
from adjudicator.cli.output import Rendering
from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.streams import json_line
from adjudicator.wire.codec import load_case

CHECK: Final[Rendering[Check]] = Rendering(
    lambda result: json_line(check_document(result)), check_page, faulty="check.at_fault"
)


def check(
    file: InputFile, /, *, format: FormatOption = "text", locale: LocaleOption = None, work: WorkOption = MOST_WORK
) -> int:
    """Check that a case is valid, and show what its policy still needs, without deciding it.

    FILE holds one case as JSON, or one case per line (NDJSON); `-` is the standard input, as for `decide`. The exit status is 0 if
    every case is valid, even if something is missing.

    With `--format json` each case becomes one line: the `requests` of its decision, the facts that are
    `not_known`, whether each of them `matters_now`, what each piece of `evidence` does, and the `requirements`: for each claimed
    line a checklist of evidence; or its faults, as with `decide`.

    Parameters
    ----------
    file
        The file, or `-`.
    work
        The most work per case. A checklist costs one for its line and one for each piece of evidence. When the work is used up,
        the answer says that it is incomplete.
    """
    return each_record(
        file, lambda text: check_case(load_case(text), work=work), CHECK, format, locale, failure="invalid"
    )
