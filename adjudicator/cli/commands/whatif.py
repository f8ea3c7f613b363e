"""The command ``whatif``, and the answers of ``decide --alternatives``."""

from __future__ import annotations

from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from adjudicator.analysis.whatif import WhatIf, decision_with_alternatives, what_if, what_if_document
from adjudicator.analysis.work import MOST_WORK
from adjudicator.cli.batch import each_record
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption, WorkOption
from adjudicator.cli.output import Rendering
from adjudicator.cli.pages.decisions import decision_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.cli.pages.whatif import alternatives_page, what_if_page
from adjudicator.cli.streams import json_line
from adjudicator.wire.codec import load_case


def _page_with_alternatives(result: WhatIf, language: str, marks: Marks) -> RenderableType:
    return Group(decision_page(result.decision, language, marks), Text(), alternatives_page(result, language, marks))


WITH_ALTERNATIVES: Final[Rendering[WhatIf]] = Rendering(
    lambda result: json_line(decision_with_alternatives(result)), _page_with_alternatives
)
WHAT_IF: Final[Rendering[WhatIf]] = Rendering(lambda result: json_line(what_if_document(result)), what_if_page)


def each_with_alternatives(file: InputFile, format: FormatOption, locale: LocaleOption) -> int:
    """Decide each case of a file, and show what would change its outcome as well."""
    return each_record(file, lambda text: what_if(load_case(text)), WITH_ALTERNATIVES, format, locale)


def whatif(
    file: InputFile,
    /,
    *,
    format: FormatOption = "text",
    locale: LocaleOption = None,
    work: WorkOption = MOST_WORK,
) -> int:
    """Show the smallest changes that would change the outcome, and what to ask next.

    FILE holds one case as JSON, or one case per line (NDJSON); `-` is the standard input, as for `decide`. What can still be
    supplied comes first, then what can be corrected, then what could only have been different from the start. Every change has
    been verified by deciding the changed case.

    With `--format json` each case becomes one line: its `outcome`, the `alternatives` and the `questions`; or its faults, as with
    `decide`.

    Parameters
    ----------
    file
        The file, or `-`.
    work
        The most work per case. Every trial costs as much as the case is long: one for each item of its longest list and each
        piece of evidence, and more where much evidence concerns many lines. When the work is used up, the answer says that it
        is incomplete.
    """
    return each_record(file, lambda text: what_if(load_case(text), work=work), WHAT_IF, format, locale)
