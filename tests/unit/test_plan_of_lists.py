"""What a plan knows of empty lists: it is the same in every case, and never that of a list with something in it."""

from __future__ import annotations

import itertools
from typing import Final

from attrs import evolve

from adjudicator.engine.evaluation import Facts
from adjudicator.engine.judgement import judge
from adjudicator.engine.plan import clause_source, judge_clauses
from adjudicator.engine.vocabulary import missing
from adjudicator.kinds.claim import claimed_lines
from adjudicator.kinds.claimed_line import ClaimedLine
from adjudicator.model.enumerations import Ground
from adjudicator.model.evidence import AppraisalReport, BarFinding
from adjudicator.model.facts import EvidencePool, Need, Open, Party, Pending
from adjudicator.testing import a_bar_finding, a_case, a_line, an_appraisal, an_order
from both_ways import agree, judged_both_ways
from little_editions import little_edition

SEAL: Final = Need("seal", Party.MERCHANT)
CALLS: Final[list[int]] = []


def grounds(bar_findings: tuple[BarFinding, ...]) -> EvidencePool[Ground]:
    """R1. The grounds: one that is swapped goods is pending."""
    CALLS.append(len(bar_findings))
    asks = missing(SEAL, {"line_quantity": ()}).asks
    return EvidencePool(
        tuple(each.ground for each in bar_findings if each.ground is not Ground.GOODS_SWAPPED),
        tuple(Pending(each.ground, asks) for each in bar_findings if each.ground is Ground.GOODS_SWAPPED),
    )


def no_grounds(grounds: tuple[Ground, ...]) -> bool:
    """R2. Whether there are none."""
    return not grounds


def few_grounds(grounds: EvidencePool[Ground], least: int) -> bool:
    """R3. Whether there are fewer than the setting says, pending ones included."""
    return len(grounds.standing) + len(grounds.pending) < least


def a_finding_for_each_unit(bar_findings: tuple[BarFinding, ...], line_quantity: int) -> bool:
    """R4. Follows from the list and something else."""
    return len(bar_findings) >= line_quantity


def known_grounds(grounds: tuple[Ground, ...], line_quantity: int) -> bool | Open:
    """R5. Follows from what follows from the list, and something else."""
    return missing(SEAL, {"line_quantity": ()}) if line_quantity == 2 else len(grounds) < line_quantity


EDITION: Final = little_edition(
    known_grounds, no_grounds, few_grounds, a_finding_for_each_unit, facts=(grounds,), least=4
)


def line_with(quantity: int, *of: Ground) -> ClaimedLine:
    """A claimed line, and what is said of the consumer."""
    findings = tuple(a_bar_finding(ground, f"E{number}") for number, ground in enumerate(of))
    (line,) = claimed_lines(a_case("test.policy", order=an_order(a_line(quantity=quantity)), evidence=findings))
    return line


LISTS: Final = ((), (Ground.BRAND_OWNER,), (Ground.GOODS_SWAPPED,), (Ground.BRAND_OWNER, Ground.GOODS_SWAPPED))


def test_lists_empty_and_not_in_turn_are_judged_alike_both_ways() -> None:
    """Whichever comes first, and whatever else is in the case."""
    for first, *others in itertools.permutations(LISTS):
        edition = evolve(EDITION)
        for given in (first, *others, first):
            for quantity in (1, 2, 3):
                agree(*judged_both_ways(edition, line_with(quantity, *given)), edition.always)


def test_what_follows_from_an_empty_list_is_called_once() -> None:
    edition = evolve(EDITION)
    CALLS.clear()
    for given in ((), (Ground.BRAND_OWNER,), (), (), (Ground.BRAND_OWNER,)):
        judge_clauses(edition, Facts(edition, line_with(1, *given)), closed=False)
    assert CALLS == [0, 1, 1]


def test_only_what_follows_from_the_list_alone_is_kept() -> None:
    """Not what also follows from something else, and nothing of another edition with other settings."""
    source = clause_source(EDITION)
    (kept,) = [line for line in source.text.splitlines() if "known_bar_findings[0]" in line]
    assert [name in kept for name in ("the_grounds,", "the_no_grounds", "the_few_grounds", "standing_grounds")] == [
        True
    ] * 4
    assert [name in kept for name in ("a_finding_for_each_unit", "the_known_grounds")] == [False, False]
    other = evolve(EDITION, settings={"least": 0})
    assert [judge(each, line_with(1)).answers[2] for each in (EDITION, other, EDITION)] == [True, False, True]


def no_appraisals(appraisals: tuple[AppraisalReport, ...]) -> bool:
    """R6. Whether there are none."""
    return not appraisals


def test_what_follows_from_one_empty_list_says_nothing_of_another() -> None:
    """Whichever of them is empty first."""
    for first in ((), (a_bar_finding(Ground.BRAND_OWNER),), (an_appraisal(),)):
        edition = little_edition(no_grounds, no_appraisals, facts=(grounds,))
        for evidence in (first, (), (a_bar_finding(Ground.BRAND_OWNER),), (an_appraisal(),)):
            (line,) = claimed_lines(a_case("test.policy", *evidence))
            kinds = {type(each) for each in evidence}
            assert judge(edition, line).answers == (BarFinding not in kinds, AppraisalReport not in kinds)
