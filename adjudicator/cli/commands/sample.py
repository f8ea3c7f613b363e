"""The command ``sample``: a made-up history of cases to try things on. It needs the extra ``bulk``."""

from __future__ import annotations

import sys
from typing import Annotated, Final

from cyclopts import Parameter, validators

from adjudicator.bulk.sample import sample_cases
from adjudicator.cli.exits import DECIDED

MOST_CASES: Final = 10**9


def sample(
    *,
    cases: Annotated[int, Parameter(name="--cases", validator=validators.Number(gte=1, lte=MOST_CASES))] = 1000,
    seed: Annotated[int, Parameter(name="--seed", validator=validators.Number(gte=0))] = 1,
) -> int:
    """Write a made-up history of cases to standard output, one per line.

    Two years of a market: merchants good and bad, busy seasons, several policies and kinds of case, buyers in China and abroad,
    evidence that is missing or pending, facts that nobody stated, and claims that come back. Every name is invented.

    Parameters
    ----------
    cases
        How many cases.
    seed
        The same number of cases and the same seed give the same bytes.
    """
    output = sys.stdout.buffer
    output.writelines(case + b"\n" for case in sample_cases(cases, seed))
    return DECIDED
