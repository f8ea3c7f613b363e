"""Random valid cases of all rulebooks other than the guarantees, with some facts unknown.

Instants lie on the edges of the rules' windows, or a microsecond or a second beside them. The random generator can be Hypothesis's
(``st.randoms``), so that cases can be shrunk.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final

from adjudicator.testing import Json
from proving.clearance_cases import CLEARANCE, clearance_case
from proving.task_cases import TASK, task_case
from proving.trading_cases import OFF_PLATFORM, off_platform_case
from proving.virtual_cases import ARRIVAL, DISPATCH, LISTING, arrival_case, dispatch_case, listing_case

MAKERS: Final[dict[str, Callable[[Random], Json]]] = {
    OFF_PLATFORM: off_platform_case,
    CLEARANCE: clearance_case,
    LISTING: listing_case,
    DISPATCH: dispatch_case,
    ARRIVAL: arrival_case,
    TASK: task_case,
}
