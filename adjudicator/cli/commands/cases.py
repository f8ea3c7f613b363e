"""The commands that process cases one by one: ``decide``, ``whatif``, ``check`` and ``entitlements``."""

from __future__ import annotations

from typing import Annotated, Final

from cyclopts import Parameter
from rich.console import Group, RenderableType
from rich.text import Text

from adjudicator.analysis.check import Check, check_document
from adjudicator.analysis.check import check as check_case
from adjudicator.analysis.entitlements import Entitlements, entitlements_document, entitlements_of, load_inquiry
from adjudicator.analysis.whatif import WhatIf, decision_with_alternatives, what_if, what_if_document
from adjudicator.analysis.work import MOST_WORK
from adjudicator.api import decide as decide_case
from adjudicator.cli.batch import each_record
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption, WorkOption
from adjudicator.cli.output import Rendering
from adjudicator.cli.pages import (
    Marks,
    alternatives_page,
    check_page,
    decision_page,
    entitlements_page,
    what_if_page,
)
from adjudicator.cli.streams import json_line
from adjudicator.model.decision import Decision
from adjudicator.wire.codec import dump_decision, load_case


def _page_with_alternatives(result: WhatIf, language: str, marks: Marks) -> RenderableType:
    return Group(decision_page(result.decision, language, marks), Text(), alternatives_page(result, language, marks))


DECISION: Final[Rendering[Decision]] = Rendering(dump_decision, decision_page)
WITH_ALTERNATIVES: Final[Rendering[WhatIf]] = Rendering(
    lambda result: json_line(decision_with_alternatives(result)), _page_with_alternatives
)
WHAT_IF: Final[Rendering[WhatIf]] = Rendering(lambda result: json_line(what_if_document(result)), what_if_page)
CHECK: Final[Rendering[Check]] = Rendering(
    lambda result: json_line(check_document(result)), check_page, faulty="check.at_fault"
)
ENTITLEMENTS: Final[Rendering[Entitlements]] = Rendering(
    lambda result: json_line(entitlements_document(result)), entitlements_page, faulty="check.order_at_fault"
)


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
        return each_record(file, lambda text: what_if(load_case(text)), WITH_ALTERNATIVES, format, locale)
    return each_record(file, lambda text: decide_case(load_case(text)), DECISION, format, locale)


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
        The most work per case. Every trial costs one for each claimed line or incident and each piece of evidence. When the work
        is used up, the answer says that it is incomplete.
    """
    return each_record(file, lambda text: what_if(load_case(text), work=work), WHAT_IF, format, locale)


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
