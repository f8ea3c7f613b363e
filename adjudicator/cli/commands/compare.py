"""The command ``compare``: two editions over past cases, or two tables of ``replay``. It needs the extra ``compare``."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter, validators

from adjudicator.bulk.candidates import PACKAGE
from adjudicator.bulk.choices import editions_in
from adjudicator.bulk.files import renamed_when_whole
from adjudicator.bulk.lines import Limits
from adjudicator.cli.database import TenantOption
from adjudicator.cli.exits import ANYTHING_ELSE, DECIDED, INPUT_AT_FAULT, UsageError
from adjudicator.cli.options import InputFile, LocaleOption, editions_named, output_language
from adjudicator.cli.pages.comparison import report_pages
from adjudicator.cli.past_cases import KEPT, bulk_errors, candidate_at, proofs_between, sources_named
from adjudicator.cli.progress import Meter, is_wanted
from adjudicator.cli.streams import console_on, report
from adjudicator.comparison.blocks import Proof, Report
from adjudicator.comparison.comparing import Comparer
from adjudicator.comparison.estimates import Estimates, estimates_of
from adjudicator.comparison.html import html_of
from adjudicator.comparison.outputs import UNCUT, compare_outputs, is_output
from adjudicator.comparison.report import report_of
from adjudicator.comparison.running import compare as compare_sources
from adjudicator.comparison.running import compare_sample
from adjudicator.comparison.sampling import draw
from adjudicator.comparison.sides import Pair, Side
from adjudicator.comparison.tally import Cut, Tally

GOVERNING: Final = "governing"
"""The name of the side on which each case is decided by the edition that governs it."""
A_SIDE: Final = f"expected {GOVERNING}, a day such as 2026-01-31, or PACK:EDITION; or a candidate, which is a Python file (.py) or the folder of a package"
SAMPLES_IN_A_TERMINAL: Final = 1
"""How many examples of each change of the outcome are shown in a terminal; the page has more."""


def compare(
    old: str,
    new: str,
    /,
    *files: InputFile,
    out: Annotated[Path | None, Parameter(name="--out", show_default=False)] = None,
    html: Annotated[Path | None, Parameter(name="--html", show_default=False)] = None,
    policy: Annotated[list[str] | None, Parameter(name="--policy", negative=(), show_default=False)] = None,
    sample: Annotated[
        int | None, Parameter(name="--sample", validator=validators.Number(gte=2, lte=10**6), show_default=False)
    ] = None,
    seed: Annotated[int, Parameter(name="--seed", validator=validators.Number(gte=0))] = 1,
    prove: Annotated[bool, Parameter(name="--prove", negative=())] = False,
    column: Annotated[str | None, Parameter(name="--column", show_default=False)] = None,
    processes: Annotated[int | None, Parameter(name="--processes", validator=validators.Number(gte=1, lte=256))] = None,
    cases_per_part: Annotated[
        int, Parameter(name="--cases-per-part", validator=validators.Number(gte=1))
    ] = Limits().cases,
    progress: Annotated[bool | None, Parameter(name="--progress", show_default=False)] = None,
    tenant: TenantOption = None,
    locale: LocaleOption = None,
) -> int:
    """Compare two editions over past cases: which results change, what that costs, and why.

    Every case is read once and decided under both. OLD and NEW are each one of these: `governing` (the edition that governs a case); a
    day (`2026-01-31`: the editions in force on it); an edition by name (`douyin_global:2022-03-15`, or of a single policy); or a
    candidate, a Python file or the folder of a package with `EDITION` or `EDITIONS`. Or both are folders that `replay` wrote for the same
    cases; then nothing is decided again.

    With `--out`, stop it whenever you like: started again with the same arguments it goes on where it was.

    The exit status is 2 if some cases could not be compared.

    Parameters
    ----------
    old
        The edition to compare with.
    new
        The edition whose effect you want to see.
    files
        The past cases, as for `replay`: files, folders, URLs of recorded stores, or `-`.
    out
        The folder for all compared lines and the summary, as Parquet: a new or empty one, or one where this comparison was stopped.
    html
        A file for the report as one HTML page.
    policy
        Compare only the cases of this policy or pack. You can give several.
    sample
        Compare only so many cases drawn at random, and estimate the rest, with bounds.
    seed
        The same input and seed give the same sample and the same examples.
    prove
        Add what is proved about the clauses of the two editions for every case, as by `prove` (extra `prove`).
    column
        The Parquet column with the cases, `case` if there is one of that name.
    processes
        How many processes decide; one for each core by default.
    cases_per_part
        The most cases in one file of lines.
    progress
        Report the rate and the time left on standard error, as by default in a terminal.
    """
    language = output_language(locale)
    proofs: tuple[Proof, ...] = ()
    estimates: Estimates | None = None
    uncut: tuple[Cut, ...] = ()
    check_writable(html)
    with ExitStack() as stack, bulk_errors(out, KEPT if out else ""), Meter(is_wanted(progress)) as meter:
        if is_output(Path(old)) and is_output(Path(new)):
            _refuse_with_outputs(
                {"files": files, "--policy": policy, "--sample": sample, "--column": column, "--prove": prove}
            )
            pair, uncut = Pair(Side(Path(old).name), Side(Path(new).name)), UNCUT
            tally = compare_outputs(
                Path(old), Path(new), locale=language, seed=seed, folder=out, on_progress=meter.show
            )
        else:
            pair = Pair.of(side_named(old), side_named(new), _policies(policy))
            sources, comparer = sources_named(files, column, stack, tenant, out), Comparer(pair, language, seed)
            if sample is None:
                limits = Limits(cases=cases_per_part)
                tally = compare_sources(
                    sources, comparer, folder=out, processes=processes, limits=limits, on_progress=meter.show
                )
            else:
                if out is not None:
                    raise UsageError("--out holds every compared line: give it without --sample")
                drawn = draw(sources, sample, pair.policies, seed)
                tally = compare_sample(drawn, comparer, processes=processes, on_progress=meter.show)
                estimates = estimates_of(tally, drawn.population)
            if prove:
                proofs = proofs_between(pair, language)
    if not tally.cases:
        raise UsageError("there is no case in the input")
    about = partial(report_of, tally, pair, language, proofs=proofs, estimates=estimates, uncut=uncut)
    try:
        if html is not None:  # first, because the reader of the terminal may stop reading
            write_html(about(), html)
    finally:
        show(about(samples=SAMPLES_IN_A_TERMINAL))
    return status_of(tally)


def show(made: Report) -> None:
    """Write a report to standard output."""
    console = console_on(sys.stdout)
    for page in report_pages(made):
        console.print(page)


def write_html(made: Report, path: Path) -> None:
    """Write a report as HTML, all of it or nothing."""
    with bulk_errors(path), renamed_when_whole(path) as file:
        file.writelines(each.encode() for each in html_of(made))


def check_writable(path: Path | None) -> None:
    """Refuse a place where no page can be written, before the work that it is to show."""
    if path is not None and path.is_dir():
        raise UsageError(f"{path}: a folder; name a file for --html")
    if path is not None and not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}")


def status_of(tally: Tally) -> int:
    """The exit status; cases that could not be compared are reported."""
    missed = sum(tally.not_compared.values())
    if missed:
        report(f"{missed:,} of {tally.cases:,} cases could not be compared")
    if any(why == "broke_down" for why, _ in tally.not_compared):
        return ANYTHING_ELSE
    return INPUT_AT_FAULT if missed else DECIDED


def side_named(name: str) -> Side:
    """The side of a comparison that an argument names."""
    path = Path(name)
    if name == GOVERNING:
        return Side(name)
    if path.suffix == ".py" or (path / PACKAGE).is_file():
        return Side(path.name, candidate=candidate_at(name))
    if path.is_dir():
        raise UsageError(f"{name}: expected the folder of a package, or two folders that replay wrote in Parquet")
    return Side(name, editions_in(name, A_SIDE))


def _policies(names: list[str] | None) -> frozenset[str] | None:
    return frozenset(each.policy for name in names for each in editions_named(name)) if names else None


def _refuse_with_outputs(given: dict[str, object]) -> None:
    """Refuse what has no meaning for two tables."""
    odd = [name for name, value in given.items() if value]
    if odd:
        raise UsageError(f"two folders that replay wrote are compared without {', '.join(odd)}")
