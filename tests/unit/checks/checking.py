"""Cases to check, and parts of what a check lists."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import pytest

from adjudicator import check
from adjudicator.analysis.check import Use
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
EXAMPLES: Final = {
    path.stem: json.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parents[2] / "data" / "examples").glob("*.json"))
}

for_every_policy = pytest.mark.parametrize("policy", policies())


def not_known(case: Case) -> dict[str, bool]:
    """The unknown facts of a case with one claimed line, and whether each matters now."""
    return {each.fact: each.matters_now for each in check(case).not_known}


def uses(case: Case) -> dict[str, Use]:
    """The use of each piece of evidence in a case with one claimed line."""
    return {each.evidence_id: each.use for each in check(case).evidence}
