"""The quick part of ``make prove``, and tests that it detects what it should."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any, Final

import pytest
from attrs import evolve
from rich.console import Console

import interrupting
from adjudicator import decide, dump_case, load_case
from conftest import Found, Shares
from numbered import NUMBERED_CASES, SEED
from oracle import judge
from proving import comparison, dates, differential
from proving.__main__ import main, prove
from proving.cases import ADMISSION, GUARANTEES, LOCAL_RETURN, POLICIES, numbered_case
from proving.clearance_cases import CLEARANCE
from proving.comparison import TWICE_ONE_IN, compared
from proving.dates import SWEEPS
from proving.differential import Results, Run, results, results_of
from proving.occurrences import OCCURRENCES, occurrences_in
from proving.proofs import PROOFS, Scale, by_command, by_pytest, clauses_seen, readings_seen, rules_seen
from proving.sights import never_seen
from proving.table import Row
from proving.tally import OUTCOME
from proving.task_cases import TASK
from proving.trading_cases import OFF_PLATFORM
from proving.virtual_cases import ARRIVAL, DISPATCH, LISTING

SOUND: Final = next(
    number
    for number in range(0, 1_000, TWICE_ONE_IN)
    for case in (numbered_case(SEED, number),)
    if case.policy in GUARANTEES and not case.broken
)
"""The number of a valid claim that is decided twice."""
OUTCOMES: Final = dict.fromkeys(GUARANTEES, 5) | {
    ADMISSION: 3,
    CLEARANCE: 6,
    OFF_PLATFORM: 10,
    LISTING: 3,
    DISPATCH: 4,
    ARRIVAL: 4,
    TASK: 6,
}
LEAST_SHARE: Final = {OFF_PLATFORM: 0.01, CLEARANCE: 0.03, TASK: 0.01}
"""The minimum share of cases for each outcome; 0.05 if there are few outcomes."""
LEAST_SHAPES: Final = {DISPATCH: 25, ARRIVAL: 4}
"""The minimum number of different shapes among these cases; one in twenty if there are many clauses."""
A_FEW: Final = 200
TESTS: Final = Path(__file__).parents[1]

MADE: Final = """
import hashlib, json, sys
from numbered import NUMBERED_CASES, SEED
from proving.cases import numbered_case
made = {number: numbered_case(7, number).document for number in range(300, -1, -1)}
print(hashlib.sha256(json.dumps([made[number] for number in range(301)]).encode()).hexdigest())
"""


# The cases


def test_a_case_is_made_again_from_its_seed_and_number() -> None:
    """In another process, in another order, with other hashes and in another zone."""
    here = json.dumps([numbered_case(7, number).document for number in range(301)])
    environment = os.environ | {
        "PYTHONPATH": f"{TESTS / 'support'}{os.pathsep}{TESTS / 'proofs'}",
        "PYTHONHASHSEED": "5",
        "TZ": "America/St_Johns",
    }
    there = subprocess.run(
        [sys.executable, "-c", MADE], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    assert there.stdout.strip() == hashlib.sha256(here.encode()).hexdigest()


def test_other_numbers_and_other_seeds_make_other_cases() -> None:
    made = Counter(json.dumps(numbered_case(seed, number).document) for seed in (1, 2) for number in range(A_FEW))
    assert len(made) >= 0.95 * made.total()


@pytest.mark.parametrize("policy", OCCURRENCES)
def test_each_reading_is_exercised_often(policy: str) -> None:
    """Each occurs at least once in a hundred cases."""
    cases = (numbered_case(SEED, number, policy) for number in range(NUMBERED_CASES[policy]))
    occurred = Counter(name for case in cases if not case.broken for name in occurrences_in(case.document))
    assert {name for name, count in occurred.items() if count >= NUMBERED_CASES[policy] / 100} == set(
        OCCURRENCES[policy]
    ), occurred


def test_every_policy_has_its_turn() -> None:
    turns = Counter(numbered_case(1, number).policy for number in range(A_FEW))
    assert set(turns) == set(POLICIES)
    assert min(turns.values()) >= A_FEW / 20


# The comparison


@pytest.mark.parametrize("policy", POLICIES)
def test_engine_and_oracle_agree(policy: str, found: Found) -> None:
    """On every numbered case: whole decisions, refusals, and the encoded case."""
    tally = found(policy).tallies[policy]
    assert found(policy).differing == []
    assert tally.figures["agreed"] == tally.figures["cases"] == NUMBERED_CASES[policy]


@pytest.mark.parametrize("policy", POLICIES)
def test_numbered_cases_reach_every_outcome(policy: str, found: Found, shares: Shares) -> None:
    tally = found(policy).tallies[policy]
    outcomes = tally.of(OUTCOME)
    shares.setdefault(policy, Counter()).update(outcomes)
    assert len(outcomes) == OUTCOMES[policy]
    assert min(outcomes.values()) >= LEAST_SHARE.get(policy, 0.05) * tally.figures["decided"], outcomes


def test_numbered_cases_show_every_clause_with_every_effect(found: Found) -> None:
    everything = Results()
    for policy in POLICIES:
        everything.merge(found(policy))
    assert clauses_seen(everything).holds, clauses_seen(everything).result
    assert rules_seen(everything).holds, rules_seen(everything).result
    assert readings_seen(everything).holds, readings_seen(everything).result


@pytest.mark.parametrize("policy", POLICIES)
def test_numbered_cases_are_not_easy(policy: str, found: Found) -> None:
    """If time matters, many are near an edge; many leave something open, some claims are broken, and decisions vary in shape."""
    tally = found(policy).tallies[policy]
    assert tally.figures["something unknown"] >= NUMBERED_CASES[policy] / 20
    assert len(tally.shapes) >= LEAST_SHAPES.get(policy, NUMBERED_CASES[policy] / 20)
    if policy in (*GUARANTEES, OFF_PLATFORM, DISPATCH):
        assert tally.figures["on an edge"] >= NUMBERED_CASES[policy] / 6
    if policy in GUARANTEES:
        assert tally.figures["invalid"] >= NUMBERED_CASES[policy] / 100
    if policy != LOCAL_RETURN:
        assert tally.figures["requests"] >= NUMBERED_CASES[policy] / 5


def test_what_is_missing_is_reported() -> None:
    """A table with missing or impossible figures fails."""
    few = results_of(range(12), SEED)
    assert not clauses_seen(few).holds
    assert not rules_seen(few).holds
    assert not readings_seen(few).holds
    assert "filed_in_due_form undecided" in never_seen(LOCAL_RETURN, {("filed_in_due_form", "undecided")})


# Planted disagreements


def differing_numbers(file: Path) -> set[int]:
    """The numbers of the recorded cases that differ."""
    records = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return {number for record in records for number, _, _ in record["differing"]}


def test_a_disagreement_is_reported_with_its_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An oracle that pays one minor unit too much differs on every case with an award, and on no other."""

    def greedy(case: Any) -> Any:
        decision = judge(case)
        return decision | {"total": decision["total"] + (1 if decision["awards"] else 0)}

    monkeypatch.setattr(comparison, "judge", greedy)
    status = prove(seed=SEED, cases=60, jobs=1, quick=True, only=["differential"], folder=tmp_path)
    awarded = {
        case.number
        for case in (numbered_case(SEED, number) for number in range(60))
        if not case.broken and case.policy in GUARANTEES and judge(case.document)["awards"]
    }
    output = capsys.readouterr().out
    assert status == 1
    assert 3 <= len(awarded) <= differential.MOST_SHOWN
    (file,) = tmp_path.glob("*.jsonl")
    assert differing_numbers(file) == awarded
    assert all(f'make prove ARGS="--seed {SEED} --case {number}"' in output for number in awarded)
    assert "/total: engine" in output


def test_one_case_is_shown_with_both_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert prove(seed=SEED, case=SOUND) == 0
    assert "They agree." in capsys.readouterr().out
    monkeypatch.setattr(comparison, "judge", lambda case: judge(case) | {"currency": "XXX"})
    assert prove(seed=SEED, case=SOUND) == 1
    assert "/currency: engine CNY, oracle XXX" in capsys.readouterr().out


def breaks_down(*_: Any) -> Any:
    raise ZeroDivisionError("planted")


@pytest.mark.parametrize(
    ("name", "planted", "expected"),
    [
        ("decide", breaks_down, "broke down: ZeroDivisionError: planted"),
        ("judge", breaks_down, "broke down: ZeroDivisionError: planted"),
        ("faults", lambda _: ["/as_of"], "the oracle finds fault with /as_of"),
        (
            "dump_case",
            lambda case: dump_case(evolve(case, id="another")),
            "the case, written out and read again, is another",
        ),
    ],
)
def test_every_difference_is_detected(
    name: str, planted: Callable[..., Any], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, name, planted)
    assert expected in compared(numbered_case(SEED, SOUND)).differences


def test_other_bytes_from_the_same_case_are_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    decisions = iter((load_case(dump_case(a_case())), evolve(a_case(), id="another")))
    monkeypatch.setattr(comparison, "decide", lambda _: decide(next(decisions)))
    assert "decided again, the bytes are others" in compared(numbered_case(SEED, SOUND)).differences


def a_case() -> Any:
    return load_case(json.dumps(numbered_case(SEED, SOUND).document))


def test_a_missing_refusal_is_detected(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = next(case for case in (numbered_case(SEED, number) for number in range(1_000)) if case.broken)
    assert compared(broken).differences == ()
    monkeypatch.setattr(comparison, "faults_found", lambda _: set())
    assert compared(broken).differences


# Runs that are stopped


def a_run(folder: Path, **changes: Any) -> Run:
    return evolve(Run(seed=3, cases=65, folder=folder, chunk=10, revision="this"), **changes)


def quietly(done: int, cases: int) -> None:
    """Discard the output."""


@pytest.fixture
def chunks_done(monkeypatch: pytest.MonkeyPatch) -> list[range]:
    """The chunks that were compared, in order. The interrupted one is not recorded yet."""
    done: list[range] = []

    def noted(numbers: range, seed: int) -> Results:
        done.append(numbers)
        return results_of(numbers, seed)

    monkeypatch.setattr(differential, "results_of", noted)
    return done


def test_a_stopped_run_goes_on(tmp_path: Path, chunks_done: list[range]) -> None:
    """No chunk is compared twice, and the figures are the same as without the interruption."""

    def stopped(done: int, _: int) -> None:
        if done == 30:
            raise KeyboardInterrupt

    run = a_run(tmp_path / "stopped")
    with pytest.raises(KeyboardInterrupt):
        results(run, stopped)
    assert [*map(len, chunks_done)] == [10, 10, 10]
    in_two = results(run, quietly)
    assert chunks_done == [*run.chunks()]
    assert results(run, quietly) == in_two
    assert len(chunks_done) == 7
    assert in_two == results(a_run(tmp_path / "whole"), quietly)


def test_a_record_cut_short_is_done_again(tmp_path: Path, chunks_done: list[range]) -> None:
    """A line cut off by a power failure is ignored, and does not damage later ones."""
    run = a_run(tmp_path)
    whole = results(run, quietly)
    for left in (-20, 20):
        run.file.write_bytes(run.file.read_bytes()[:left])
        chunks_done.clear()
        assert results(run, quietly) == whole
        assert len(chunks_done) == (1 if left < 0 else 7)
        assert len(run.file.read_text("utf-8").splitlines()) == 7


def test_other_code_starts_anew(tmp_path: Path, chunks_done: list[range]) -> None:
    for revision in ("this", "that"):
        results(a_run(tmp_path, cases=20, revision=revision), quietly)
    assert len(chunks_done) == 4


def test_the_revision_is_of_all_that_decides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Any change to engine, policies, oracle or comparison changes the revision; Python's caches do not."""
    for source in differential.SOURCES:
        assert (differential.ROOT / source).exists()
    monkeypatch.setattr(differential, "ROOT", tmp_path)
    (tmp_path / "adjudicator").mkdir()
    module = tmp_path / "adjudicator" / "judging.py"
    module.write_text("a = 1\n", encoding="utf-8")
    before = differential.revision()
    (tmp_path / "adjudicator" / "judging.pyc").write_bytes(b"1")
    assert differential.revision() == before
    module.write_text("a = 2\n", encoding="utf-8")
    assert differential.revision() != before


def test_many_processes_give_the_result_of_one(tmp_path: Path) -> None:
    alone = results(a_run(tmp_path / "alone", cases=30), quietly)
    assert results(a_run(tmp_path / "together", cases=30, jobs=2), quietly) == alone


@pytest.mark.skipif(sys.platform == "win32", reason="there is no interrupt to send")
def test_an_interrupt_ends_the_program_cleanly(tmp_path: Path) -> None:
    """The processes stop, the exit status says so, and there is no traceback."""
    command = [sys.executable, "-m", "proving", "--only", "differential", "--jobs", "2", "--folder", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": f"{TESTS / 'support'}{os.pathsep}{TESTS / 'proofs'}"}
    with interrupting.interruptible():
        started = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    with started as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, output = process.communicate(timeout=60)
    assert first == "0 of 1,000,000 cases\n"
    assert output.splitlines()[-1] == "interrupted; run it again to resume"
    assert "Traceback" not in output
    assert process.returncode == 130


# The other proofs


def a_scale(folder: Path) -> Scale:
    output: list[str] = []
    return Scale(
        seed=1, cases=12, jobs=0, quick=True, folder=folder, console=Console(file=StringIO()), tell=output.append
    )


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: str(sweep.window))
def test_windows_end_where_the_calendar_says(sweep: dates.Sweep) -> None:
    """On some days of ten years; ``make prove`` checks every one."""
    assert [failure for start in sweep.starts(401) for failure in sweep.failures(start)] == []


@pytest.mark.parametrize("sweep", SWEEPS, ids=lambda sweep: str(sweep.window))
def test_a_window_with_another_end_is_detected(sweep: dates.Sweep) -> None:
    """A microsecond early, or late."""
    (start, *_) = sweep.starts(401)
    for both in (sweep.edge(start)[:1] * 2, sweep.edge(start)[1:] * 2):
        assert len([*evolve(sweep, edge={start: both}.__getitem__).failures(start)]) == 2


def test_tests_are_a_proof(tmp_path: Path) -> None:
    """Tests that pass are counted, and a failing one is named."""
    file = tmp_path / "test_it.py"
    file.write_text("def test_good():\n    pass\n\n\ndef test_bad():\n    assert 0\n", encoding="utf-8")
    apart = ("--rootdir", str(tmp_path), "-c", os.devnull, "-p", "no:schemathesis", "-p", "no:faker")
    (row,) = by_pytest("it", "all of it", str(file), *apart)(a_scale(tmp_path))
    assert row == Row("it", "all of it", 2, "test_bad", holds=False)
    (row,) = by_pytest("it", "the good", f"{file}::test_good", *apart)(a_scale(tmp_path))
    assert row == Row("it", "the good", 1, "all pass")
    (row,) = by_pytest("it", "nothing", str(tmp_path / "nowhere.py"), *apart)(a_scale(tmp_path))
    assert not row.holds


def test_commands_are_proofs(tmp_path: Path) -> None:
    """Their rows are reported, or their exit status; ``--quick`` leaves them out."""
    at_length = evolve(a_scale(tmp_path), quick=False)
    rows = """import os; open(os.environ["PROVED_ROWS"], "w").write('{"proof":"p","checked":"c","count":3,"result":"r"}')"""
    (row,) = by_command("it", "all", sys.executable, "-c", rows)(at_length)
    assert row == Row("p", "c", 3, "r")
    (row,) = by_command("it", "all", sys.executable, "-c", "")(at_length)
    assert row == Row("it", "all", 1, "passed")
    row, ended = by_command("it", "all", sys.executable, "-c", rows + "; raise SystemExit(3)")(at_length)
    assert row.holds
    assert ended == Row("it", "all", 1, "ended with 3", holds=False)
    assert list(by_command("it", "all", sys.executable, "-c", rows)(a_scale(tmp_path))) == []


def test_unknown_proofs_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "magic", "--folder", str(tmp_path)])
    assert "magic" in capsys.readouterr().err
    assert "differential" in PROOFS
