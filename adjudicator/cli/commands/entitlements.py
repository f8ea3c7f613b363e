"""The command ``entitlements``."""

from __future__ import annotations

from typing import Final

from adjudicator.analysis.entitlements import Entitlements, entitlements_document, entitlements_of, load_inquiry
from adjudicator.analysis.work import MOST_WORK
from adjudicator.cli.batch import each_record
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption, WorkOption
from adjudicator.cli.output import Rendering
from adjudicator.cli.pages.entitlements import entitlements_page
from adjudicator.cli.streams import json_line

ENTITLEMENTS: Final[Rendering[Entitlements]] = Rendering(
    lambda result: json_line(entitlements_document(result)), entitlements_page, faulty="check.order_at_fault"
)


def entitlements(
    file: InputFile, /, *, format: FormatOption = "text", locale: LocaleOption = None, work: WorkOption = MOST_WORK
) -> int:
    """Show what an order entitles the buyer to before any claim: until exactly when, how much at most, and what a claim will need.

    FILE holds one inquiry as JSON, or one per line (NDJSON); `-` is the standard input. An inquiry is `{"as_of", "order"}` and, if
    anything was settled before, `"settlements"`, each as in a case. A whole case works too; its claim and evidence are
    ignored.

    With `--format json` each inquiry becomes one line; or its faults, as with `decide`.

    Parameters
    ----------
    file
        The file, or `-`.
    work
        The most work per order. Each line costs 20 for each guarantee. When the work is used up, the answer says that it is
        incomplete.
    """
    return each_record(
        file,
        lambda text: entitlements_of(load_inquiry(text), work=work),
        ENTITLEMENTS,
        format,
        locale,
        failure="invalid",
        expected="an inquiry about an order",
    )
