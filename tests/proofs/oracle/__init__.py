"""An independent oracle for the decision engine.

It is written from the restated rules, the readings and the contract alone. It reads and returns plain dictionaries, and tries every value
of an unknown fact. It shares no code with the engine; otherwise their agreement would prove nothing.
"""

from .admission import judge_admission
from .arrival import judge_arrival
from .clearance import judge_clearance
from .dispatch import judge_dispatch
from .input_faults import faults
from .listing import judge_listing
from .off_platform import judge_off_platform
from .other_faults import other_faults
from .task import judge_task
from .verdict import judge

BY_POLICY = {
    "douyin_alliance.admission": judge_admission,
    "douyin_alliance.clearance": judge_clearance,
    "douyin_xingtu.task": judge_task,
    "pinduoduo.off_platform_trading": judge_off_platform,
    "pinduoduo.virtual_arrival": judge_arrival,
    "pinduoduo.virtual_dispatch": judge_dispatch,
    "pinduoduo.virtual_listing": judge_listing,
}
"""The oracles for cases that are not claims under a guarantee."""


def judge_any(case):
    """The decision on a valid case of any policy, as raw data."""
    return BY_POLICY.get(case["policy"], judge)(case)


__all__ = [
    "faults",
    "judge",
    "judge_admission",
    "judge_any",
    "judge_arrival",
    "judge_clearance",
    "judge_dispatch",
    "judge_listing",
    "judge_off_platform",
    "judge_task",
    "other_faults",
]
