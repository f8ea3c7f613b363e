"""``make bench``: the cost of each stage of a decision, as a multiple of parsing the same bytes with ``orjson.loads``."""

from __future__ import annotations

import argparse
import contextlib
import cProfile
import itertools
import json
import pstats
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median
from typing import Any

import orjson
from rich.console import Console
from rich.table import Table

from adjudicator import InputError, adjudicate, decide, dump_decision, load_case, what_if
from adjudicator.engine.registry import policies
from adjudicator.explain import Format, explain
from benchmarks.fairness import FLOOD_CONNECTIONS, Fairness, beside_a_flood
from benchmarks.measuring import Spread, Timing, on_one_core, one_by_one, side_by_side, steps
from benchmarks.memory import memory_of
from benchmarks.peers import contenders, peer_claims
from benchmarks.serving import DRY_RUN, ON_RECORD, THE_ECHO, Answers, answers_a_second, numbered
from proving.cases import numbered_case

EXAMPLES = Path(__file__).parents[2] / "data" / "examples"
SEED = 20_260_101
AUTHENTICITY = "douyin_global.authenticity"
DAY_90 = EXAMPLES / "authenticity-last-second-of-day-90.json"


def cases(paths: Iterable[Path]) -> list[bytes]:
    """Return the cases in some example files as JSON."""
    return [json.dumps(json.loads(path.read_text("utf-8"))["case"]).encode() for path in paths]


def stages(inputs: list[bytes]) -> dict[str, Callable[[], object]]:
    """The stages of a decision, each as a function that runs it on all inputs."""
    read = [load_case(each) for each in inputs]
    decided = [decide(each) for each in read]

    def for_each(work: Callable[[Any], object], items: list[Any]) -> Callable[[], object]:
        return lambda: [work(each) for each in items]

    return {
        "orjson.loads": for_each(orjson.loads, inputs),
        "parse: load_case": for_each(load_case, inputs),
        "decide": for_each(decide, read),
        "decide, and read all of it": for_each(lambda each: with_all_parts(decide(each)), read),
        "parse and decide": for_each(lambda each: decide(load_case(each)), inputs),
        "encode: dump_decision, all parts and digests computed": for_each(
            dump_decision, [with_digests(each) for each in decided]
        ),
        "adjudicate: bytes in, bytes out": for_each(adjudicate, inputs),
    }


def explanations(inputs: list[bytes]) -> dict[str, Callable[[], object]]:
    """What can be computed from a decided case on request, each as a function that does so for all inputs."""
    read = [load_case(each) for each in inputs]
    decided = [(decide(each), each) for each in read]

    def letters(locale: str, format: Format) -> Callable[[], object]:
        return lambda: [explain(decision, case, locale=locale, format=format) for decision, case in decided]

    return {
        "orjson.loads": lambda: [orjson.loads(each) for each in inputs],
        "decide": lambda: [decide(each) for each in read],
        "letter, English, text": letters("en", "text"),
        "letter, Traditional Chinese, HTML": letters("zh-Hant", "html"),
        "what_if: alternatives and questions": lambda: [what_if(each) for each in read],
    }


def generated(policy: str, count: int) -> list[bytes]:
    """Return ``count`` valid generated cases of a policy, unknown facts included."""
    found: list[bytes] = []
    for number in itertools.count():
        text = json.dumps(numbered_case(SEED, number, policy).document).encode()
        with contextlib.suppress(InputError):
            load_case(text)
            found.append(text)
        if len(found) == count:
            return found
    raise AssertionError("numbers never end")


def spreads(count: int) -> dict[str, Spread]:
    """Measure how much the cost of single generated cases varies, from bytes to bytes, for each policy."""
    found: dict[str, Spread] = {}
    for policy in policies():
        inputs = generated(policy, count)
        found[policy] = one_by_one(orjson.loads, adjudicate, inputs)
    return found


def spread_table(found: dict[str, Spread], count: int) -> Table:
    """The spread over the generated cases, one row for each policy."""
    title = f"adjudicate, times the floor: {count} generated cases of each policy, unknowns as they come"
    shown = Table("policy", "mean", "p50", "p99", "worst", title=title, title_justify="left")
    for policy, each in found.items():
        shown.add_row(policy, *(f"{value:.1f}" for value in (each.mean, each.p50, each.p99, each.worst)))
    return shown


def step_table(corpora: dict[str, list[bytes]]) -> Table:
    """Bytecode instructions for each stage, averaged over the cases of each corpus."""
    shown = Table("stage", *corpora, title="instructions of the interpreter for each case", title_justify="left")
    counted = [
        {name: steps(work) / len(inputs) for name, work in stages(inputs).items()} for inputs in corpora.values()
    ]
    for stage in counted[0]:
        shown.add_row(stage, *(f"{of_one[stage]:,.0f}" for of_one in counted))
    return shown


def with_all_parts(decision: Any) -> Any:
    """Read every part of a decision that is computed on first access."""
    decision.findings, decision.deadlines, decision.remarks, getattr(decision, "ladder", ())
    return decision


def with_digests(decision: Any) -> Any:
    """Compute every lazy part of a decision, its digests too."""
    decision.digests  # noqa: B018 - they are taken when they are first asked for
    return with_all_parts(decision)


def table(title: str, timings: dict[str, Timing], count: int) -> Table:
    """The timings of one corpus."""
    shown = Table("stage", "times the floor", "microseconds a case", "a second", title=title, title_justify="left")
    for name, timing in timings.items():
        each = timing.nanoseconds / count
        shown.add_row(name, f"{timing.times_the_floor:.1f}", f"{each / 1e3:.1f}", f"{1e9 / each:,.0f}")
    return shown


def memory_table(corpora: dict[str, list[bytes]]) -> Table:
    """Memory for each case: at most at once, and kept with the result."""
    title = "memory for each case, in KB: the most at once / kept as long as the result is"
    shown = Table("stage", *corpora, title=title, title_justify="left")
    stages: dict[str, Callable[[bytes], object]] = {
        "orjson.loads": orjson.loads,
        "parse: load_case": load_case,
        "parse and decide, and read all of it": lambda each: with_all_parts(decide(load_case(each))),
        "adjudicate: bytes in, bytes out": adjudicate,
    }
    for name, stage in stages.items():
        found = [memory_of(stage, inputs) for inputs in corpora.values()]
        shown.add_row(name, *(f"{each.most / 1e3:.1f} / {each.kept / 1e3:.1f}" for each in found))
    return shown


def service_table(answers: dict[str, Answers], workers: str) -> Table:
    """The speed of the service, compared with the echo."""
    title = f"the service on loopback, {workers}: one line, approved"
    shown = Table(
        "request",
        "of the echo's requests a second",
        "p99, times the echo's",
        "a second",
        "p99 in ms",
        title=title,
        title_justify="left",
    )
    floor = answers[THE_ECHO].p99
    for name, each in answers.items():
        shown.add_row(
            name, f"{each.of_the_echo:.0%}", f"{each.p99 / floor:.1f}", f"{each.a_second:,.0f}", f"{each.p99 * 1e3:.1f}"
        )
    return shown


def fairness_table(found: Fairness, connections: int) -> Table:
    """What a throttled flood costs another caller."""
    title = (
        f"dry runs of one caller, beside {connections} connections of another that is over its limit and never waits"
    )
    shown = Table("", "a second", "processor time each, in ms", title=title, title_justify="left")
    for name, turns in {"alone": found.alone, "beside the flood": found.beside}.items():
        rate, processor = median(each.a_second for each in turns), median(each.processor for each in turns)
        shown.add_row(name, f"{rate:,.0f}", f"{processor * 1e3:.2f}")
    shown.add_row("kept", f"{found.kept:.0%}", f"{found.kept_of_the_processor:.0%}")
    shown.add_row("refusals of the flood", f"{median(found.refusals):,.0f}", "")
    return shown


def import_times(rounds: int) -> dict[str, Timing]:
    """Measure starting Python with and without importing the package."""

    def start(code: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", code], check=True)

    return side_by_side({"python": start("pass"), "and import adjudicator": start("import adjudicator")}, rounds=rounds)


def profile(inputs: list[bytes], lines: int) -> Table:
    """Profile deciding and reading decisions: the share of the time that each function takes."""
    read = [load_case(each) for each in inputs]
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(200):
        for each in read:
            with_all_parts(decide(each))
    profiler.disable()
    stats: Any = pstats.Stats(profiler)
    shown = Table(
        "calls a case", "own time", "function", title="decide, and read all of it, profiled", title_justify="left"
    )
    for (file, _, name), (_, calls, own, _, _) in sorted(stats.stats.items(), key=lambda each: -each[1][2])[:lines]:
        where = f"{Path(file).stem}.{name}" if file != "~" else name
        shown.add_row(f"{calls / 200 / len(read):.1f}", f"{100 * own / stats.total_tt:.1f} %", where)
    return shown


def main() -> None:
    """Run the measurements and print them."""
    arguments = argparse.ArgumentParser(prog="make bench")
    arguments.add_argument("--rounds", type=int, default=41)
    arguments.add_argument("--profile", type=int, default=0, metavar="LINES", help="also show where the time goes")
    arguments.add_argument(
        "--requests", type=int, default=1_000, help="how many the service gets of each kind in a round"
    )
    arguments.add_argument("--generated", type=int, default=2_000, help="how many cases of each policy are generated")
    arguments.add_argument(
        "--peers", type=int, default=4_000, help="among how many generated cases peers find their claims"
    )
    chosen = arguments.parse_args()
    case = numbered(cases([DAY_90])[0])
    served = answers_a_second(case, rounds=7, requests=chosen.requests)
    by_two = answers_a_second(case, rounds=7, requests=chosen.requests, workers=2, only=(DRY_RUN, ON_RECORD))
    fair = beside_a_flood(case, rounds=7, requests=chosen.requests)
    on_one_core()
    console = Console()
    corpora = {"the examples of the contract": sorted(EXAMPLES.glob("*.json")), "one line, approved": [DAY_90]}
    for title, paths in corpora.items():
        inputs = cases(paths)
        timings = side_by_side(stages(inputs), rounds=chosen.rounds)
        console.print(table(f"{title}: {len(inputs)} cases", timings, len(inputs)))
        timings = side_by_side(explanations(inputs), rounds=max(3, chosen.rounds // 4))
        console.print(table(f"{title}, explained", timings, len(inputs)))
    by_title = {title: cases(paths) for title, paths in corpora.items()}
    console.print(step_table(by_title))
    console.print(memory_table(by_title))
    console.print(spread_table(spreads(chosen.generated), chosen.generated))
    claims = peer_claims(generated(AUTHENTICITY, chosen.peers))
    floor = {"orjson.loads": lambda: [orjson.loads(each.case) for each in claims]}
    timings = side_by_side(floor | contenders(claims), rounds=max(3, chosen.rounds // 4))
    console.print(table(f"beside other engines: {len(claims)} settled claims", timings, len(claims)))
    console.print(service_table(served, "one worker"))
    console.print(service_table(by_two, "two workers"))
    console.print(fairness_table(fair, FLOOD_CONNECTIONS))
    console.print(table("starting", import_times(max(3, chosen.rounds // 4)), 1))
    if chosen.profile:
        console.print(profile(cases([DAY_90]), chosen.profile))


if __name__ == "__main__":
    main()
