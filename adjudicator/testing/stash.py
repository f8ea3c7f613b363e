"""What a test run keeps until its end; a module of its own because most of this package works without pytest."""

from __future__ import annotations

from typing import Final

from adjudicator.extras import importing
from adjudicator.testing.clause_coverage import ClauseTable

with importing("testing"):
    import pytest

CLAUSES_SEEN: Final = pytest.StashKey[ClauseTable]()
"""The clause coverage of the run."""
