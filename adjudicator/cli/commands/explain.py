"""The commands about decisions: ``explain`` and ``diff``."""

from __future__ import annotations

from io import BytesIO
from itertools import islice
from typing import Annotated

from cyclopts import Parameter

from adjudicator.analysis.diff import diff as difference_between
from adjudicator.analysis.diff import difference_document
from adjudicator.api import DecidedCase, load_decided
from adjudicator.cli.batch import Batch
from adjudicator.cli.exits import DECIDED, UsageError, faults_in
from adjudicator.cli.ndjson import Records
from adjudicator.cli.options import FormatOption, InputFile, LocaleOption, chosen_language, output_language
from adjudicator.cli.output import ErrorOutput
from adjudicator.cli.streams import (
    STANDARD_INPUT,
    display_name,
    json_line,
    open_input,
    read_input,
    write_document,
    write_line,
    write_text,
)
from adjudicator.explain import READERS, explained, letter_locale, page_for, parties
from adjudicator.explain import Format as LetterFormat
from adjudicator.explain.difference import difference_page
from adjudicator.explain.page import Page
from adjudicator.model.errors import did_you_mean
from adjudicator.wire.codec import load_case


def explain(
    file: InputFile,
    /,
    *,
    voice: Annotated[str, Parameter(name="--voice")] = "consumer",
    locale: LocaleOption = None,
    format: Annotated[
        LetterFormat,
        Parameter(name="--format", help="`text`, `markdown`, or `html`, which prints well and needs no other file."),
    ] = "text",
    case: Annotated[
        str | None,
        Parameter(name="--case", help="The case that was decided, if FILE holds the decision.", show_default=False),
    ] = None,
) -> int:
    """Explain a decision for one audience, showing only what they may see.

    FILE holds a decision, as `decide --format json` writes it, or a case, which is decided now; or one of them per line
    (NDJSON), each of which becomes a page. `-` is the standard input. If the case is known, goods, documents and
    addresses are described instead of cited by id.

    Parameters
    ----------
    file
        The file, or `-`.
    voice
        `consumer`: a letter to the claimant. `merchant`: what to do, and what they may answer. `agent`: a few sentences to read
        aloud. `auditor`: everything, digests included. Or a party that the policy names, such as `passenger`: what is written to it.
    """
    if voice not in READERS and voice not in parties():
        names = sorted(READERS.keys() | parties())
        raise UsageError(f"there is no voice {voice}{did_you_mean(voice, names)}; choose from {', '.join(names)}")
    decided_case = None
    if case is not None:
        with faults_in(case):
            decided_case = load_case(_only_record(case, "--case takes one case"))
    language = output_language(locale) if format == "text" else chosen_language(locale)

    def page(text: bytes) -> Page:
        loaded = load_decided(text)
        decided = loaded if decided_case is None else loaded.about(decided_case)
        return page_for(decided.decision, decided.case, voice=voice, locale=letter_locale(locale, language))

    with open_input(file) as stream:
        pages = Batch(stream, page, ErrorOutput(language, file), failure="could not be explained")
        (write_text if format == "text" else write_document)(explained(pages, format))
    return pages.status


def diff(
    before: InputFile,
    after: InputFile,
    /,
    *,
    format: FormatOption = "text",
    locale: LocaleOption = None,
) -> int:
    """Show what changed between two decisions on one case, and why.

    Each file holds one decision, or one case, which is decided now. If both hold cases, changes within a document are shown
    too. One of the two may be `-`, the standard input.

    Parameters
    ----------
    before
        The first file.
    after
        The second file.
    """
    if before == after == STANDARD_INPUT:
        raise UsageError("only one of the two files can be the standard input")
    old, new = _decided_case_in(before), _decided_case_in(after)
    cases = None if old.case is None or new.case is None else (old.case, new.case)
    with faults_in(after):
        difference = difference_between(old.decision, new.decision, cases=cases)
    if format == "json":
        write_line(json_line(difference_document(difference)))
    else:
        currency = getattr(new.decision, "currency", None)
        write_text(explained([difference_page(difference, currency, output_language(locale))], "text"))
    return DECIDED


def _decided_case_in(file: str) -> DecidedCase:
    with faults_in(file):
        return load_decided(_only_record(file, "diff compares one case or decision with one other"))


def _only_record(file: str, expected: str) -> bytes:
    """The content of a file. Raises :class:`~adjudicator.cli.exits.UsageError` if it holds several records."""
    content = read_input(file)
    if len(list(islice(Records(BytesIO(content)), 2))) > 1:
        raise UsageError(f"{display_name(file)}: it contains more than one case or decision; {expected}")
    return content
