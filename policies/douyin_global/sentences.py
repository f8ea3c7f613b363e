"""The numbered sentences of the Douyin Global guarantees. Functions cannot cite anything else."""

from __future__ import annotations

from typing import Final

AUTHENTICITY: Final = (
    "DG.1.1",
    *(f"DG.1.2({number})" for number in range(1, 4)),
    *(f"DG.1.3({number})" for number in range(1, 5)),
    "DG.1.4",
    *(f"DG.1.4({number})" for number in range(1, 6)),
)
"""``DG.1.4`` without a number is the right that it gives."""

LOCAL_RETURN: Final = ("DG.2.1", "DG.2.2(1)", "DG.2.2(2)")

DAMAGE: Final = (
    "DG.3.1",
    *(f"DG.3.2({number})" for number in range(1, 4)),
    *(f"DG.3.3({number})" for number in range(1, 4)),
    *(f"DG.3.3(3)({letter})" for letter in "abc"),
)
