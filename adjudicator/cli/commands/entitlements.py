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
    lambda found: json_line(entitlements_document(found)), entitlements_page, faulty="check.order_at_fault"
)


def entitlements(
    file: InputFile, /, *, format: FormatOption = "text", locale: LocaleOption = None, work: WorkOption = MOST_WORK
) -> int:
    """Show what an order is entitled to before any claim: until when exactly, how much at most, and what a claim will need.

    FILE holds one inquiry as JSON, or one a line (NDJSON); `-` is the standard input. An inquiry is `{"as_of", "order"}` and, if
    anything was settled before, `"settlements"`, each as in a case. A whole case will do as well; its claim and evidence are
    ignored.

    With `--format json` each inquiry becomes one line; or its faults, as with `decide`.

    Parameters
    ----------
    file
        The file, or `-`.
    work
        How much to look into for each order. Each line counts 20 for each guarantee. When it is used up, the answer says that it
        is not complete.
    """
    return each_record(
        file,
        lambda text: entitlements_of(load_inquiry(text), work=work),
        ENTITLEMENTS,
        format,
        locale,
        failure="at fault",
        expected="an order to be asked about",
    )
