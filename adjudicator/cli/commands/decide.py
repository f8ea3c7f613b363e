"""The command ``decide``."""

from __future__ import annotations

from typing import Annotated, Final

from cyclopts import Parameter

from adjudicator.api import decide as decide_case
from adjudicator.cli.batch import each_record
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption
from adjudicator.cli.output import Rendering
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.model.decision import Decision
from adjudicator.wire.codec import dump_decision, load_case

DECISION: Final[Rendering[Decision]] = Rendering(dump_decision, decision_page)


def decide(
    file: InputFile,
    /,
    *,
    format: FormatOption = "text",
    locale: LocaleOption = None,
    alternatives: Annotated[
        bool, Parameter(help="Also show what would change the outcome: `alternatives` in JSON.", negative=())
    ] = False,
) -> int:
    """Decide a case, or one case per line.

    FILE holds one case as JSON, or one case per line (NDJSON); `-` is the standard input. Cases are decided in order, each as soon
    as it is read.

    With `--format json` each case becomes one line: its decision, or, if it cannot be decided,
    `{"error": {"line": N, "faults": [{"pointer", "value", "expected"}, ...]}}`. An invalid line does not stop the others.
    The faults of a single case also go to standard error, one per line.

    Parameters
    ----------
    file
        The file, or `-`.
    """
    if alternatives:
        from adjudicator.cli.commands.whatif import each_with_alternatives  # noqa: PLC0415 - seldom asked for

        return each_with_alternatives(file, format, locale)
    return each_record(file, lambda text: decide_case(load_case(text)), DECISION, format, locale)
