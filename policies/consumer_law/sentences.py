"""The numbered sentences of the Consumer Protection Law that this pack implements. Functions cannot cite anything else."""

from __future__ import annotations

from typing import Final

ARTICLE_25: Final = tuple(f"CL.25({number})" for number in range(1, 4))
