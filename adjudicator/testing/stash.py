"""What a test run keeps until its end. Apart from the rest of the room, which works without pytest."""

from __future__ import annotations

from typing import Final

from adjudicator.extras import importing
from adjudicator.testing.clause_coverage import ClauseTable

with importing("testing"):
    import pytest

CLAUSES_SEEN: Final = pytest.StashKey[ClauseTable]()
"""What was seen of each clause."""
