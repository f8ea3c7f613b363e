"""The command ``examine``: from a bundle of files to the evidence of a case. It needs the extra ``evidence``."""

from __future__ import annotations

import shlex
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from adjudicator.cli.database import TenantOption, opened_store
from adjudicator.cli.exits import DECIDED, CommandError, UsageError
from adjudicator.cli.options import LocaleOption, chosen_language, output_language
from adjudicator.cli.streams import PROGRAM, console_on, existing, json_line, read_input, write_errors, write_line
from adjudicator.evidence import CannotStart, Examination, examine_bundle, report_document
from adjudicator.evidence.file_stores import kept_at
from adjudicator.evidence.html import html_of
from adjudicator.evidence.wording import text_lines
from adjudicator.model.errors import printable, safe
from adjudicator.words import words_for


def examine(
    *bundle: Path,
    order: Annotated[str | None, Parameter(name="--order", show_default=False)] = None,
    sample: Annotated[Path | None, Parameter(name="--sample", show_default=False)] = None,
    manifest: Annotated[str | None, Parameter(name="--manifest", show_default=False)] = None,
    trust: Annotated[str | None, Parameter(name="--trust", show_default=False)] = None,
    corrections: Annotated[str | None, Parameter(name="--corrections", show_default=False)] = None,
    keep: Annotated[str | None, Parameter(name="--keep", show_default=False)] = None,
    record: Annotated[str | None, Parameter(name="--record", show_default=False)] = None,
    tenant: TenantOption = None,
    suggest: Annotated[bool, Parameter(name="--suggest", negative=())] = False,
    report: Annotated[Path | None, Parameter(name="--report", show_default=False)] = None,
    json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    html: Annotated[bool, Parameter(name="--html", negative=())] = False,
    locale: LocaleOption = None,
) -> int:
    """Turn a bundle of files into the evidence of a case, and report what was read where.

    `adjudicator examine --sample DIR` writes two bundles to try.

    The case goes to standard output, ready for `adjudicator check -` and `adjudicator decide -`. The report goes to standard error or to
    the file of `--report`: facts with where they come from, what a person should look at, and what was not read. A file that cannot
    be read is a line of the report, not an error.

    Parameters
    ----------
    bundle
        A folder, a zip archive, or any number of files.
    order
        A file with the case as far as it is known: everything but the evidence that is in the bundle. `-` is standard input.
    manifest
        A file that says who handed in what, when and for which lines. By default, `manifest.json` in the bundle.
    trust
        A file that lists the signers whose signatures verify a document.
    corrections
        A file with what a person confirmed or corrected after looking at the report.
    keep
        Where the files of the evidence are kept by their digest, for `audit verify --files`: a folder, or `s3://bucket/prefix` (extra `s3`).
    record
        The database of a record, such as `sqlite:///adjudicator.db` (extra `service`): the report says which other claims on it use the same files, or
        pictures that look alike.
    suggest
        Also look for text and stamps in pictures, and suggest what they may mean (extra `ocr`). It takes a second or two a picture.
    report
        Where the report goes; by default, to standard error.
    json
        The report as JSON.
    html
        The report as a page that shows the pictures, and the first pages of PDFs, with the places marked.
    sample
        A folder for two bundles to try, each with its case. Nothing is examined then.
    """
    if sample is not None:
        return _write_sample(sample, locale)
    if not bundle:
        raise UsageError("a bundle is missing: a folder, a zip archive, or files")
    if order is None:
        raise UsageError("--order is missing: a file with the case as far as it is known")
    if json and html:
        raise UsageError("--json and --html exclude each other")
    if (order, manifest, trust, corrections).count("-") > 1:
        raise UsageError("standard input can be read only once")
    if tenant is not None and record is None:
        raise UsageError("--tenant is that of a record: name one with --record")
    with ExitStack() as opened:
        store = None if record is None else opened.enter_context(opened_store(record, tenant=tenant))
        try:
            examined = examine_bundle(
                [existing(each) for each in bundle],
                read_input(order),
                manifest=None if manifest is None else read_input(manifest),
                trust=None if trust is None else read_input(trust),
                corrections=None if corrections is None else read_input(corrections),
                keep=None if keep is None else kept_at(keep),
                record=None if store is None else store.evidence_files,
                previews=html,
                suggest=suggest,
            )
        except CannotStart as error:
            raise CommandError(str(error)) from error
    _write(report, _form(examined, chosen_language(locale), json=json, html=html))
    write_line(json_line(examined.case_document))
    return DECIDED


def _write_sample(folder: Path, locale: str | None) -> int:
    from adjudicator.evidence.sample import write_sample  # noqa: PLC0415 - heavy, and seldom asked for

    bundles = write_sample(folder)
    console = console_on(sys.stdout)
    words = words_for(None, output_language(locale))
    console.print(words.say("examination.sample_written", place=safe(str(folder))), soft_wrap=True)
    for bundle in bundles:
        console.print(f"  {printable(_next_step(bundle))}", style="cyan", soft_wrap=True)
    return DECIDED


def _next_step(bundle: Path) -> str:
    """What to do with a bundle."""
    trust = ["--trust", str(bundle / "trust.json")] if (bundle / "trust.json").exists() else []
    examining = [PROGRAM, "examine", str(bundle / "files"), "--order", str(bundle / "case.json"), *trust]
    return f"{shlex.join(examining)} | {PROGRAM} decide -"


def _form(examined: Examination, language: str, *, json: bool, html: bool) -> list[str]:
    if json:
        return [json_line(report_document(examined.report)).decode()]
    return [html_of(examined.report, language)] if html else list(text_lines(examined.report, language))


def _write(place: Path | None, lines: list[str]) -> None:
    if place is None:
        write_errors(lines)
    else:
        place.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
