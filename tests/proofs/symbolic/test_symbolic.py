"""CrossHair confirms every contract over all paths, and refutes each one if its formula is wrong."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

import warm
from adjudicator.model.time import Instant
from symbolic import money_contracts, time_contracts

ROOT: Final = Path(__file__).parents[3]
PLUGIN: Final = Path(__file__).with_name("instants_as_integers.py")
CONFIRMED: Final = "info: Confirmed over all paths."
SECONDS: Final = 300
"""Seconds of processor time for one contract. Each takes a few; the rest is reserve for slow machines."""

CLAIMED_LINE: Final = "adjudicator/kinds/claimed_line.py"
CIVIL_TIME: Final = "adjudicator/model/time.py"
MONEY: Final = "adjudicator/kinds/payment.py"
AUTHENTICITY: Final = "policies/douyin_global/authenticity.py"
DAMAGE: Final = "policies/douyin_global/damage.py"
VOCABULARY: Final = "adjudicator/engine/vocabulary.py"
SHARED: Final = "policies/douyin_global/shared.py"
ADMISSION: Final = "policies/douyin_alliance/admission.py"

WRONG: Final = {
    "a_moment_lies_between_two_midnights": (CIVIL_TIME, "(moment + 8 * HOUR) // DAY", "moment // DAY"),
    "a_day_begins_where_the_one_before_ends": (CIVIL_TIME, "day * DAY - 8 * HOUR", "day * DAY"),
    "hours_are_elapsed_time": (CIVIL_TIME, "hours * HOUR), includes_end=True", "hours * HOUR), includes_end=False"),
    "days_are_midnights": (
        CIVIL_TIME,
        "(last_day + 1, zone), False",
        "(last_day + 1, zone), True",
    ),
    "a_last_day_gives_way_to_the_next_that_is_free": (CIVIL_TIME, "last_day += 1", "last_day += 2"),
    "a_window_ends_with_its_last_instant": (CIVIL_TIME, "moment <= self.ends_at if", "moment < self.ends_at if"),
    "a_margin_is_in_whole_seconds": (CIVIL_TIME, "moment - (not self.includes_end)) // SECOND", "moment) // SECOND"),
    "authenticity_is_claimed_within_ninety_midnights": (AUTHENTICITY, "success, 90, rolls", "success, 91, rolls"),
    "damage_is_claimed_within_72_hours_or_24": (
        DAMAGE,
        "Category.MILK_POWDER, Category.ALCOHOL)",
        "Category.MILK_POWDER)",
    ),
    "a_penalty_counts_for_365_days": (ADMISSION, "max(days) + 365 < day_of", "max(days) + 365 <= day_of"),
    "a_share_is_the_least_that_is_enough": (VOCABULARY, "-(-amount * units // of)", "amount * units // of"),
    "a_share_is_a_quotient_rounded_up": (SHARED, "% line_quantity != 0", "% line_quantity > 1"),
    "two_parts_make_the_whole": (VOCABULARY, "ceiling - paid_to_anyone", "ceiling"),
    "three_parts_make_the_whole": (VOCABULARY, "-(-amount * units // of)", "(2 * amount * units + of) // (2 * of)"),
    "what_is_due_is_the_most_that_both_ledgers_admit": (
        VOCABULARY,
        "min(entitled - paid_to_this_claim,",
        "min(entitled,",
    ),
    "refund_tax_and_compensation_are_what_is_still_due": (AUTHENTICITY, "TEN_TIMES * goods_price", "11 * goods_price"),
    "the_promise_is_the_price_and_ten_times_on_top": (AUTHENTICITY, "TEN_TIMES * price_of_the", "9 * price_of_the"),
    "refunds_are_subtracted": (SHARED, "max(goods_paid - price_adjustments, 0)", "goods_paid - price_adjustments"),
    "a_line_is_taken_back_in_full": (DAMAGE, "line.refund_due >= price", "line.refund_due > price"),
    "no_more_goes_back_than_is_left_of_the_order": (
        DAMAGE,
        "min(line.price_adjustments, line.goods_paid)",
        "line.price_adjustments",
    ),
    "a_ledger_is_kept_line_by_line": (MONEY, "settled[each.kind, each.line_id] + each.amount", "each.amount"),
    "a_claim_knows_its_own_payments": (CLAIMED_LINE, "each.claim_id == self.case.claim.id", "True"),
    "a_ceiling_is_filled_in_the_order_of_the_rule": (MONEY, "left -= amounts[index]", "left -= due.amount"),
    "a_ceiling_holds_for_dues_in_any_order": (MONEY, "cap_priority.index(each[1].kind)", "each[0]"),
}
"""For each contract, a formula and a wrong version of it."""


def contracts() -> dict[str, ModuleType]:
    """The contracts by name, each with its module: the functions that assert something."""
    return {
        name: module
        for module in (time_contracts, money_contracts)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and "\n    assert " in inspect.getsource(function)
    }


CONTRACTS: Final = contracts()


def searched_in(sources: Path) -> str:
    """The ``PYTHONPATH`` for the contracts over some sources."""
    return os.pathsep.join(map(str, (sources, sources / "policies", ROOT / "tests" / "proofs")))


def verdict(python: Path, contract: str, sources: Path) -> str:
    """What CrossHair says about a contract over some sources, without the location."""
    command = [str(python), "-m", "crosshair", "check", "--analysis_kind=asserts", "--report_all"]
    command += [f"--extra_plugin={PLUGIN}", f"--per_condition_timeout={SECONDS}"]
    done = subprocess.run(
        [*command, f"{CONTRACTS[contract].__name__}.{contract}"],
        env=os.environ | {"PYTHONPATH": searched_in(sources)},
        cwd=sources,
        capture_output=True,
        text=True,
        check=False,
    )
    *_, said = (done.stdout.strip() or done.stderr.strip()).splitlines() or [""]
    return said.partition(": ")[2]


def sources_gone_wrong(contract: str, folder: Path) -> Path:
    """A copy of the sources, bytecode included, with a wrong formula behind a contract."""
    path, right, wrong = WRONG[contract]
    room = Path(path).parent
    shutil.copytree(ROOT / room, folder / room, copy_function=os.symlink)
    for beside in (ROOT / "adjudicator", ROOT / "policies", *(ROOT / room).parent.iterdir()):
        if not (link := folder / beside.relative_to(ROOT)).exists():
            link.symlink_to(beside)
    text = (ROOT / path).read_text(encoding="utf-8")
    assert text.count(right) == 1, f"{path} holds {right!r} {text.count(right)} times"
    (folder / path).unlink()
    (folder / path).write_text(text.replace(right, wrong), encoding="utf-8")
    return folder


KNOWN: Final = ("crosshair.main", "cattrs", "pendulum", "orjson", "rfc8785")


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Python that has already imported CrossHair, but none of the code to check."""
    with warm.serving(beforehand=KNOWN, environment={"PYTHONHASHSEED": "0"}) as server:
        yield server.programs_in(tmp_path_factory.mktemp("programs") / "bin") / "python"


@pytest.fixture(scope="module")
def python_with_contracts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A Python that has imported the contracts too, and so the code to check."""
    beforehand = (*KNOWN, time_contracts.__name__, money_contracts.__name__)
    environment = {"PYTHONHASHSEED": "0", "PYTHONPATH": searched_in(ROOT)}
    with warm.serving(beforehand=beforehand, environment=environment) as server:
        yield server.programs_in(tmp_path_factory.mktemp("programs") / "bin") / "python"


@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_contract_holds_over_all_paths(contract: str, python_with_contracts: Path) -> None:
    """CrossHair explored all paths; it did not merely find no counterexample in time."""
    assert verdict(python_with_contracts, contract, ROOT) == CONFIRMED


@pytest.mark.parametrize("contract", WRONG)
def test_a_wrong_formula_is_refuted(contract: str, python: Path, tmp_path: Path) -> None:
    """There is a counterexample: arguments within the bounds for which the contract fails."""
    said = verdict(python, contract, sources_gone_wrong(contract, tmp_path))
    assert said.startswith("error: AssertionError"), said
    assert f"when calling {contract}(" in said


def test_every_contract_is_refuted_once() -> None:
    """A contract that nothing can refute proves nothing."""
    assert WRONG.keys() == CONTRACTS.keys()


def test_an_instant_calculates_as_an_integer() -> None:
    """So the prover can treat an instant as an integer: only its representation differs."""
    assert vars(Instant).keys() & vars(int).keys() == {"__doc__", "__repr__"}
