"""The command ``propose``: the differences, the laws and the effect, once or on every save."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread
from time import sleep

import pytest

from adjudicator.bulk.candidates import Candidate
from adjudicator.cli.commands import propose as command
from adjudicator.comparison.blocks import Grid
from adjudicator.comparison.laws import laws_section, try_laws
from adjudicator.comparison.proposals import proposals_of, redline_section
from cli.running import Result
from comparison.conftest import of_damage

Run = Callable[..., Result]
Write = Callable[[str, str], Path]
MOODY = '''
    """A damage guarantee that changes its mind."""

    import datetime as dt
    from itertools import count

    from adjudicator.law import Instant
    from douyin_global.damage import EDITION as IN_FORCE

    NUMBERS = count()


    def filed_on_the_order_page(filed_at: Instant) -> bool:
        """DG.3.3(1). Every other time."""
        return next(NUMBERS) % 2 == 0


    EDITION = IN_FORCE.amended(effective_from=dt.date(2026, 7, 1), replacing=(filed_on_the_order_page,))
'''
OTHER_KIND = '''
    """The admission, as it is."""

    import datetime as dt

    from douyin_alliance.admission import EDITION as IN_FORCE

    EDITION = IN_FORCE.amended(effective_from=dt.date(2026, 7, 1))
'''


def test_one_command_shows_the_rule_the_laws_and_the_money(run: Run, history: Path, gentler: Path) -> None:
    options = ("--processes", "1", "--sample", "30", "--laws", "3", "--html", str(history.parent / "p.html"))
    done = run("propose", str(gentler), str(history), *options)
    assert (done.status, done.err) == (0, "")
    places = [
        "What differs in the rule: douyin_global.damage 2022-03-15 → 2026-07-01",
        "leak_required",
        "laws hold on 3 generated cases.",
        f"A sample of 30 of {len(of_damage())} past cases",
        "Estimate from a sample",
        f"{len(of_damage())} past cases, each decided under both editions.",
        "Examples, side by side",
    ]
    found = [done.text.find(each) for each in places]
    assert -1 not in found
    assert found == sorted(found)
    page = (history.parent / "p.html").read_text("utf-8")
    assert "leak_required" in page
    assert "laws hold on" in page


def test_without_the_whole_it_stops_at_the_estimate(run: Run, history: Path, gentler: Path) -> None:
    done = run("propose", str(gentler), str(history), "--processes", "1", "--sample", "30", "--laws", "0", "--no-whole")
    assert done.status == 0
    assert "Estimate from a sample" in done.text
    assert "each decided under both" not in done.text


def test_a_small_history_is_compared_as_a_whole_at_once(run: Run, history: Path, gentler: Path) -> None:
    done = run("propose", str(gentler), str(history), "--processes", "1", "--laws", "0", "--locale", "zh-CN")
    assert done.status == 0
    assert "抽样估计" not in done.text
    assert f"{len(of_damage())} 件历史案件" in done.text


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("EDITION = (\n", ":1: ", "was never closed"),
        (MOODY.replace("-> bool", "-> int"), ":17: ", "returns int"),
        (
            OTHER_KIND.replace("2026, 7, 1", "2020, 1, 1"),
            ":7: ",
            "an edition of 2020-01-01 cannot amend that of 2024-07-25, which is no earlier",
        ),
        (
            OTHER_KIND.replace("2026, 7, 1", "2020, 1, 1")
            .replace("IN_FORCE.amended(", "attrs.evolve(IN_FORCE, ")
            .replace("import datetime as dt", "import datetime as dt\n\n    import attrs"),
            ": ",
            "no edition of douyin_alliance.admission is in force on 2020-01-01",
        ),
    ],
)
def test_a_refused_file_is_reported_with_its_line(
    run: Run, history: Path, write: Write, text: str, place: str, reason: str
) -> None:
    path = write("mine.py", text)
    done = run("propose", str(path), str(history))
    assert (done.status, done.out) == (2, b"")
    assert done.err.startswith(f"adjudicator propose: {path}{place}")
    assert reason in done.err
    assert done.err.count("\n") == 1


def test_a_broken_law_is_named_with_its_reason(write: Write) -> None:
    candidate = Candidate.at(write("moody.py", MOODY))
    (proposal,) = proposals_of(candidate)
    trial = try_laws(candidate, proposal, cases=3, processes=1)
    broken = {each.law: each for each in trial.broken}
    assert trial.cases == 3
    assert "decides_the_same_twice" in broken
    assert not broken["decides_the_same_twice"].before_too
    section = laws_section(trial, "en")
    assert "decides the same twice:" in "\n".join(getattr(each, "text", "") for each in section.blocks)


def test_a_law_that_the_edition_in_force_also_breaks_is_not_reported(
    gentler: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proposal is not blamed for existing problems."""

    def never_holds(_: object, **__: object) -> None:
        raise AssertionError("this one never does")

    monkeypatch.setattr("adjudicator.comparison.laws.laws_of", lambda *_, **__: iter([never_holds]))
    candidate = Candidate.at(gentler)
    (proposal,) = proposals_of(candidate)
    (broken,) = try_laws(candidate, proposal, cases=1, processes=1).broken
    assert (broken.reason, broken.before_too) == ("this one never does", True)
    assert "in force breaks it" in getattr(
        laws_section(try_laws(candidate, proposal, cases=1, processes=1), "en").blocks[1], "text", ""
    )


def test_other_kinds_of_case_try_the_laws_on_past_cases(history: Path, write: Write) -> None:
    path = write("admission_again.py", OTHER_KIND)
    candidate = Candidate.at(path)
    (proposal,) = proposals_of(candidate)
    texts = [line for line in history.read_bytes().splitlines() if b'"douyin_alliance.admission"' in line]
    trial = try_laws(candidate, proposal, texts, cases=2, processes=1)
    assert (trial.cases, trial.broken) == (2, ())
    assert try_laws(candidate, proposal, (), processes=1).cases == 0
    nothing = redline_section(proposal, "en")
    assert not any(isinstance(each, Grid) for each in nothing.blocks)


def test_the_redline_shows_settings_clauses_and_words(write: Write) -> None:
    (proposal,) = proposals_of(Candidate.at(write("moody_again.py", MOODY)))
    (grid,) = redline_section(proposal, "en").blocks
    assert isinstance(grid, Grid)
    named = {row[0].partition("\n")[0] for row in grid.rows}
    assert "Clause filed_on_the_order_page has changed" in named
    assert any("Every other time." in row[2] for row in grid.rows)


# Watching


class Recorded:
    """An answer that only records being started and stopped."""

    def __init__(self, log: list[str]) -> None:
        self.log = log
        log.append("start")

    def stop(self) -> None:
        """Note it."""
        self.log.append("stop")


def test_every_save_stops_the_running_answer_and_starts_another() -> None:
    log: list[str] = []

    def saves() -> Iterator[object]:
        yield {"first"}
        log.append("saved")
        yield {"second"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command.answer_every_save(saves(), lambda: Recorded(log))
    assert log == ["start", "stop", "start", "saved", "stop", "start", "stop"]


def test_only_a_save_of_the_watched_file_is_noticed(gentler: Path) -> None:
    def save() -> None:
        for _ in range(40):
            sleep(0.1)
            (gentler.parent / "other.py").write_text("x = 1\n", "utf-8")
            replaced = gentler.with_suffix(".tmp")
            replaced.write_text(gentler.read_text("utf-8") + "#\n", "utf-8")
            replaced.replace(gentler)

    editor = Thread(target=save, daemon=True)
    editor.start()
    changes = next(iter(command._saves(gentler)))
    assert {Path(path).name for _, path in changes} == {"gentler.py"}  # type: ignore[attr-defined]


def test_an_answer_in_its_own_process_reports_its_errors(
    write: Write, history: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """The function of the worker process, called directly. No error ends the watching."""
    question = command.Question(
        file=str(write("mine.py", "x = (\n")),
        files=(str(history),),
        html=None,
        sample=10,
        whole=False,
        laws=0,
        times_the_price=0,
        prove=False,
        seed=1,
        column=None,
        processes=1,
        progress=False,
        tenant=None,
        language="en",
    )
    command.answer_in_process(question, "adjudicator propose")
    lines = capfd.readouterr().err.splitlines()
    assert "mine.py:1: '(' was never closed" in lines[0]
    assert lines[1] == f"adjudicator propose: watching {question.file}"


def test_watching_needs_cases_that_can_be_read_again(run: Run, gentler: Path) -> None:
    done = run("propose", str(gentler), "-", "--watch")
    assert (done.status, "the standard input does not allow" in done.err) == (2, True)
    missing = run("propose", "nothing.py", "history.ndjson", "--watch")
    assert (missing.status, "nothing.py: no such file" in missing.err) == (2, True)
