"""Stories of Doudian that the tests change, and what a changed one is refused for."""

from __future__ import annotations

from typing import Any

import pytest

from adapters.stories import story
from adjudicator import InputError

MILK = "leaking-milk-powder"
FAKE = "genuine-goods-in-time"
SCARF = "refused-and-in-arbitration"
PROCESS = "data/process_info"


def refusal(name: str, changes: dict[str, Any]) -> dict[str, str]:
    """All faults of a changed story, by pointer."""
    with pytest.raises(InputError) as error:
        story(name).but(changes).adapted()
    return {fault.pointer: f"{fault.expected}; got {fault.value}" for fault in error.value.faults}
