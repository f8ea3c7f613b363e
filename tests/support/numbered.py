"""Engine and oracle on numbered cases of each policy, decided once for all tests of a run."""

from __future__ import annotations

from typing import Final

import pytest

from proving.cases import DAMAGE, LOCAL_RETURN, POLICIES, SEVEN_DAYS
from proving.differential import Results, results_of
from proving.task_cases import TASK
from proving.trading_cases import OFF_PLATFORM
from sharing import shared

SEED: Final = 20220315
LONG: Final = (DAMAGE, LOCAL_RETURN, SEVEN_DAYS, OFF_PLATFORM, TASK)
NUMBERED_CASES: Final = dict.fromkeys(POLICIES, 600) | dict.fromkeys(LONG, 300)
"""The number of cases for each policy: enough to show every clause with every effect. Slow policies need fewer."""


def results_for(policy: str, factory: pytest.TempPathFactory) -> Results:
    """Results of engine and oracle on the cases of a policy."""
    return shared(factory, policy, lambda: results_of(range(NUMBERED_CASES[policy]), SEED, policy))
