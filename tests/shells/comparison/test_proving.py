"""What a solver proves about both editions, in the report."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from adjudicator.bulk.candidates import Candidate
from adjudicator.comparison.blocks import Proof
from adjudicator.comparison.proving import proofs_of
from adjudicator.comparison.sides import Pair, Side
from adjudicator.prove import Limits

POLICY: Final = "consumer_law.seven_day_return"
LONGER: Final = '''
"""The seven-day return with eight days."""

import datetime as dt

from adjudicator.law import Instant, Window, within_days
from consumer_law.seven_day_return import EDITION as IN_FORCE


def return_window(receipt: Instant) -> Window:
    """CL.25(1). The time for a return: 8 days."""
    return within_days("signed_at", receipt, 8)


EDITION = IN_FORCE.amended(effective_from=dt.date(2027, 1, 1), replacing=[return_window])
'''
SAME: Final = "The same answer in both editions: {} (consumer_law.seven_day_return)"


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    file = tmp_path / "longer.py"
    file.write_text(LONGER, "utf-8")
    return Pair.of(Side("2014-03-15", {POLICY: "2014-03-15"}), Side("longer.py", candidate=Candidate.at(file)))


def by_clause(proofs: tuple[Proof, ...]) -> dict[str, Proof]:
    return {proof.statement: proof for proof in proofs}


def test_a_clause_that_changed_is_refuted_with_an_example_and_one_that_did_not_is_proved(pair: Pair) -> None:
    found = by_clause(proofs_of(pair, "en", Limits(seconds=3)))
    assert {each.status for each in found.values()} <= {"proved", "refuted", "unknown", "not_provable"}
    same = found[SAME.format("made_to_order")]
    assert (same.status, same.bound) == ("proved", "The same functions with the same settings")
    changed = found[SAME.format("claimed_within_seven_days")]
    assert changed.status == "refuted"
    assert changed.counterexample is not None
    assert "filed_at = " in changed.counterexample
    assert changed.counterexample.endswith("2014-03-15: against the claim; 2027-01-01: for the claim")


def test_an_edition_is_not_proved_to_be_itself(pair: Pair) -> None:
    assert proofs_of(Pair(pair.old, pair.old, frozenset({POLICY})), "en") == ()
