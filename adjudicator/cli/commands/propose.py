"""The command ``propose``: what a proposed edition changes, in the rule and in money. It needs the extra ``propose``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated, Any, Final, Protocol

import attrs
from attrs import frozen
from cyclopts import Parameter, validators

from adjudicator.bulk.candidates import Candidate
from adjudicator.bulk.sources import STANDARD_INPUT, Source
from adjudicator.cli.commands.compare import SAMPLES_IN_A_TERMINAL, check_writable, show, status_of, write_html
from adjudicator.cli.database import TenantOption
from adjudicator.cli.exits import ANYTHING_ELSE, DECIDED, CommandError, UsageError
from adjudicator.cli.options import InputFile, LocaleOption, output_language
from adjudicator.cli.pages.comparison import section_pages
from adjudicator.cli.past_cases import bulk_errors, candidate_at, proofs_between, sources_named
from adjudicator.cli.progress import Meter, is_wanted
from adjudicator.cli.streams import COMMAND, console_on, report
from adjudicator.comparison.blocks import Report, Section
from adjudicator.comparison.comparing import Comparer
from adjudicator.comparison.estimates import estimates_of
from adjudicator.comparison.proposals import Proposal, proposals_of, redline_section
from adjudicator.comparison.report import report_of
from adjudicator.comparison.running import compare as compare_sources
from adjudicator.comparison.running import compare_sample
from adjudicator.comparison.sampling import SampleOfCases, draw
from adjudicator.comparison.sides import Pair, Side
from adjudicator.engine.registry import failure
from adjudicator.extras import importing

with importing("propose"):
    import watchfiles

    from adjudicator.comparison.laws import CASES, laws_section, try_laws

SAMPLE: Final = 2_000


@frozen(kw_only=True)
class Question:
    """What was asked, in a form that can be passed to another process."""

    file: str
    files: tuple[str, ...]
    html: Path | None
    sample: int
    whole: bool
    laws: int
    times_the_price: int
    prove: bool
    seed: int
    column: str | None
    processes: int | None
    progress: bool | None
    tenant: str | None
    language: str


def propose(
    file: str,
    /,
    *files: InputFile,
    watch: Annotated[bool, Parameter(name="--watch", negative=())] = False,
    html: Annotated[Path | None, Parameter(name="--html", show_default=False)] = None,
    sample: Annotated[int, Parameter(name="--sample", validator=validators.Number(gte=2, lte=10**6))] = SAMPLE,
    whole: Annotated[bool, Parameter(name="--whole", negative="--no-whole")] = True,
    laws: Annotated[int, Parameter(name="--laws", validator=validators.Number(gte=0, lte=10**5))] = CASES,
    times_the_price: Annotated[int, Parameter(name="--times-the-price", validator=validators.Number(gte=0))] = 0,
    prove: Annotated[bool, Parameter(name="--prove", negative=())] = False,
    seed: Annotated[int, Parameter(name="--seed", validator=validators.Number(gte=0))] = 1,
    column: Annotated[str | None, Parameter(name="--column", show_default=False)] = None,
    processes: Annotated[int | None, Parameter(name="--processes", validator=validators.Number(gte=1, lte=256))] = None,
    progress: Annotated[bool | None, Parameter(name="--progress", show_default=False)] = None,
    tenant: TenantOption = None,
    locale: LocaleOption = None,
) -> int:
    """Show what a proposed edition changes: the rule, the laws, and the results and money of past cases.

    FILE is a Python file, or the folder of a package, with `EDITION` or `EDITIONS`, written as the difference from the edition in
    force: `IN_FORCE.amended(...)`. First comes what differs in the rule, then whether the laws of every policy hold, then an estimate
    from a sample of the past cases, and last all of them. An error in the file is reported with its line.

    The exit status is 1 if a law is broken that the edition in force keeps.

    Parameters
    ----------
    file
        The file or folder with the proposed edition.
    files
        The past cases, as for `replay`: files, folders, URLs of recorded stores, or `-`.
    watch
        Answer again whenever the file is saved, until you interrupt it.
    html
        A file for the report as one HTML page.
    sample
        How many cases the estimate rests on.
    whole
        Compare all cases after the estimate.
    laws
        How many cases each law is tried on; 0 for none.
    times_the_price
        The largest compensation of the rule as a multiple of the price of the goods.
    prove
        Add what is proved about the clauses of both editions for every case, as by `prove` (extra `prove`).
    seed
        The same input and seed give the same sample, examples and generated cases.
    column
        The Parquet column with the cases, `case` if there is one of that name.
    processes
        How many processes decide; one for each core by default.
    progress
        Report the rate and the time left on standard error, as by default in a terminal.
    """
    question = Question(
        file=file,
        files=files,
        html=html,
        sample=sample,
        whole=whole,
        laws=laws,
        times_the_price=times_the_price,
        prove=prove,
        seed=seed,
        column=column,
        processes=processes,
        progress=progress,
        tenant=tenant,
        language=output_language(locale),
    )
    check_writable(html)
    if not watch:
        return answer(question)
    if STANDARD_INPUT in files:
        raise UsageError(
            "--watch reads the cases again and again, which the standard input does not allow; name a file"
        )
    path = Path(file)
    if not path.exists():
        raise UsageError(f"{file}: no such file")
    answer_every_save(_saves(path), lambda: _started(question))
    return DECIDED


def answer(question: Question) -> int:
    """Answer once, part by part."""
    candidate = candidate_at(question.file)
    with bulk_errors():
        proposals = proposals_of(candidate)
    pair = _pair(question.file, candidate, proposals)
    sections = [_shown(redline_section(each, question.language)) for each in proposals]
    with ExitStack() as stack, bulk_errors(question.html):
        sources = sources_named(question.files, question.column, stack, question.tenant)
        drawn = draw(sources, question.sample, pair.policies, question.seed)
        if not drawn.population:
            raise UsageError(f"there is no case of {', '.join(sorted(pair.policies or ()))} in the input")
        breaks = False
        for each in proposals if question.laws else ():
            section, is_new = _laws(question, candidate, each, drawn)
            sections.append(_shown(section))
            breaks |= is_new
        made, status = _effect(question, pair, sources, drawn, sections)
    if question.html is not None:
        write_html(made, question.html)
    return ANYTHING_ELSE if breaks else status


def _pair(file: str, candidate: Candidate, proposals: Sequence[Proposal]) -> Pair:
    """The editions in force and the proposed ones; cases of other policies are left out."""
    in_force = {each.in_force.policy: each.in_force.name for each in proposals}
    (name, *others) = dict.fromkeys(in_force.values())
    return Pair.of(Side(", ".join((name, *others)), in_force), Side(Path(file).name, candidate=candidate))


def _laws(question: Question, candidate: Candidate, proposal: Proposal, drawn: SampleOfCases) -> tuple[Section, bool]:
    """The result of the trial of the laws, and whether one is broken that the edition in force keeps."""
    name = proposal.proposed.policy.encode()
    texts = [each.text for each in drawn.cases if isinstance(each.text, bytes) and name in each.text]
    trial = try_laws(
        candidate,
        proposal,
        texts,
        cases=question.laws,
        seed=question.seed,
        times_the_price=question.times_the_price,
        processes=question.processes,
    )
    return laws_section(trial, question.language), any(not each.before_too for each in trial.broken)


def _effect(
    question: Question, pair: Pair, sources: Sequence[Source], drawn: SampleOfCases, sections: Sequence[Section]
) -> tuple[Report, int]:
    """The effect on past cases: estimated from the sample, then of all."""
    comparer = Comparer(pair, question.language, question.seed)
    is_all = len(drawn.cases) == drawn.population
    with Meter(is_wanted(question.progress)) as meter:
        tally = compare_sample(drawn, comparer, processes=question.processes, on_progress=meter.show)
    estimates = None if is_all else estimates_of(tally, drawn.population)
    proofs = proofs_between(pair, question.language) if question.prove else ()
    about = partial(report_of, tally, pair, question.language, proofs=proofs, estimates=estimates)
    if is_all or not question.whole:
        show(about(samples=SAMPLES_IN_A_TERMINAL))
        return about(before=sections), status_of(tally)
    _show_estimate(about())
    with Meter(is_wanted(question.progress)) as meter:
        tally = compare_sources(sources, comparer, processes=question.processes, on_progress=meter.show)
    about = partial(report_of, tally, pair, question.language, proofs=proofs)
    show(about(samples=SAMPLES_IN_A_TERMINAL))
    return about(before=sections), status_of(tally)


def _show_estimate(made: Report) -> None:
    """The first two sections of the report of a sample: at a glance, and the estimate."""
    show(attrs.evolve(made, sections=made.sections[:2]))


def _shown(section: Section) -> Section:
    console = console_on(sys.stdout)
    for page in section_pages(section):
        console.print(page)
    sys.stdout.flush()
    return section


# Watching


class Answer(Protocol):
    """An answer that is being given."""

    def stop(self) -> None:
        """Give it up, if it is not done."""


@frozen(eq=False)
class _Process:
    """An answer in a separate process, so that each one loads the file, and everything it imports, from scratch."""

    process: Any

    def stop(self) -> None:
        """End the process; its workers end with it."""
        self.process.terminate()
        self.process.join()


def answer_every_save(saves: Iterable[object], start: Callable[[], Answer]) -> None:
    """Answer at once and again after every save. An unfinished answer about an earlier state is stopped."""
    running = start()
    try:
        for _ in saves:
            running.stop()
            running = start()
    finally:
        running.stop()


def _saves(path: Path) -> Iterator[object]:
    """Something whenever the file, or a Python file of the package, is saved."""
    inside = path.resolve() if path.is_dir() else None
    folder = inside or path.resolve().parent

    def is_ours(_: watchfiles.Change, changed: str) -> bool:
        if inside is None:
            return Path(changed) == path.resolve()
        return changed.endswith(".py")

    # Editors replace files rather than write into them, so the folder is watched.
    return watchfiles.watch(folder, watch_filter=is_ours, recursive=inside is not None)


def _started(question: Question) -> Answer:
    process = get_context("spawn").Process(target=answer_in_process, args=(question, COMMAND.get()))
    process.start()
    return _Process(process)


def answer_in_process(question: Question, command: str) -> None:
    """Answer, and report an error in one line: watching continues."""
    COMMAND.set(command)
    try:
        answer(question)
    except CommandError as error:
        report(str(error))
    except KeyboardInterrupt:
        return
    except Exception as error:  # noqa: BLE001 - the next save gets its answer, whatever went wrong with this one
        report(failure(error))
    report(f"watching {question.file}")
