"""The numbered sentences of Pinduoduo's rules. Functions cannot cite anything else."""

from __future__ import annotations

from typing import Final

OFF_PLATFORM_TRADING: Final = (
    "PO.0",
    "PO.1",
    *(f"PO.1({number})" for number in range(1, 6)),
    *(f"PO.2({number})" for number in range(1, 5)),
    *(f"PO.3({number})" for number in range(1, 6)),
    "PO, list of the gloss",
)
"""``PO.1`` without a number is the sentence on what makes no difference."""

VIRTUAL_LISTING: Final = ("PV.1", *(f"PV.2({number})" for number in range(1, 10)), "PV.5")
VIRTUAL_DISPATCH: Final = tuple(f"PV.3({number})" for number in range(1, 4))
VIRTUAL_ARRIVAL: Final = ("PV.4",)
