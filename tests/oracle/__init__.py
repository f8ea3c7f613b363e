"""An independent oracle for the decision engine.

Written from the restated rules, the readings and the contract alone: plain dicts in, plain dicts out, and brute force
wherever something is not known. It shares no code with the engine, so that agreeing with it means something.
"""

from .admission import judge_admission
from .input_faults import faults
from .verdict import judge

__all__ = ["faults", "judge", "judge_admission"]
