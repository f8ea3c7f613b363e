"""The numbered sentences of the Select Alliance rules. Functions cannot cite anything else."""

from __future__ import annotations

from typing import Final

ADMISSION: Final = (*(f"DA.1({number})" for number in range(1, 11)), "DA.1, closing remark")
CLEARANCE: Final = tuple(f"DA.2({number})" for number in range(1, 6))
