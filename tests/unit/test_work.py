"""Analyses of a case have a work budget. When it is used up, the results so far are returned, marked as incomplete."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest
from attrs import evolve

from adjudicator import check
from adjudicator.analysis.checklist import requirements
from adjudicator.analysis.entitlements import entitlements
from adjudicator.analysis.entitlements.guarantees import WORK_EACH
from adjudicator.cli import main
from adjudicator.engine.registry import policies
from adjudicator.model.case import Case
from adjudicator.testing import a_case, an_appraisal, an_order
from adjudicator.wire.codec import case_document

LINES: Final = 5


@pytest.fixture
def case() -> Case:
    """A claim on five lines of an order, with one piece of evidence."""
    order = an_order()
    lines = tuple(evolve(order.lines[0], id=f"L{number}") for number in range(LINES))
    return a_case("douyin_global.authenticity", an_appraisal("E1"), order=evolve(order, lines=lines, parcels=()))


@pytest.mark.parametrize(("work", "lines"), [(0, 0), (1, 0), (2, 1), (3, 1), (9, 4), (10, 5), (1000, 5)])
def test_checklists_stop_when_the_work_budget_is_used_up(case: Case, work: int, lines: int) -> None:
    """A line takes one unit, and so does each piece of evidence."""
    assert len(case.evidence) == 1
    whole, part = check(case), check(case, work=work)
    assert whole.complete
    assert part.requirements == whole.requirements[:lines]
    assert part.complete is (lines == LINES)
    assert evolve(part, requirements=whole.requirements, complete=True) == whole
    assert requirements(case, work=work).lines == whole.requirements[:lines]
    assert requirements(case, work=work).complete is (lines == LINES)


@pytest.mark.parametrize("lines", [0, 1, LINES - 1, LINES])
def test_lines_are_analysed_until_the_work_budget_is_used_up(case: Case, lines: int) -> None:
    """The total is given only for all lines."""
    policy = "douyin_global.authenticity"
    assert policy in policies()
    whole = entitlements(case.order, case.as_of, policy=policy)
    for work in (lines * WORK_EACH, lines * WORK_EACH + WORK_EACH - 1):
        part = entitlements(case.order, case.as_of, policy=policy, work=work)
        assert part.lines == whole.lines[:lines]
        assert part.complete is (lines == LINES)
        assert part.together == (whole.together if part.complete else ())
    assert whole.complete


@pytest.mark.parametrize("command", ["check", "entitlements"])
def test_an_incomplete_page_says_so(
    command: str, case: Case, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    file = tmp_path / "case.json"
    file.write_text(json.dumps(case_document(case)), "utf-8")
    for work, says in (("0", True), ("100000", False)):
        assert main([command, str(file), "--work", work, "--locale", "en"]) == 0
        assert ("this is not all" in capsys.readouterr().out) is says
