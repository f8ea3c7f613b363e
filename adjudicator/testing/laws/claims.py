"""Laws of decisions on claims."""

# ruff: noqa: S101, S311 - a law asserts; what it draws at random is test data, not a secret

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from random import Random

from attrs import evolve

from adjudicator import api
from adjudicator.analysis import checklist, checklist_values
from adjudicator.engine.policy import Edition
from adjudicator.model.case import Case
from adjudicator.model.decision import Outcome
from adjudicator.model.enumerations import Verification
from adjudicator.model.finding import Effect
from adjudicator.model.time import Instant
from adjudicator.testing.comparison import APPROVED, WAITING, essence, in_any_order, judged_line, over_lines
from adjudicator.testing.completions import completions
from adjudicator.testing.laws.deciders import ClaimDecider
from adjudicator.wire.codec import dump_case


def the_outcome_follows_from_the_findings(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """A line is approved only if every finding supports it, and denied only if one defeats it; the overall outcome follows."""
    decision = decide(case)
    for line in decision.lines:
        effects = {finding.effect for finding in decision.findings if finding.line_id == line.line_id}
        approved = line.outcome in APPROVED
        assert approved == (effects == {Effect.SUPPORTS}), f"{line} with effects {effects}"
        assert line.outcome is not Outcome.DENIED or Effect.DEFEATS in effects, f"{line} with effects {effects}"
        assert approved == (line.units > 0), f"{line}: units and outcome do not agree"
        assert (line.outcome is Outcome.APPROVED) == (line.units == line.units_claimed), f"{line}: not all units"
    assert decision.outcome is over_lines(decision.lines), f"{decision.outcome} over {decision.lines}"


def requests_are_for_lines_that_wait(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Requests concern exactly the lines that need information, ask for each thing once, and leave time to answer."""
    decision = decide(case)
    waiting = {line.line_id for line in decision.lines if line.outcome is Outcome.NEEDS_INFORMATION}
    asked = Counter((each.to, each.need, each.line_id, each.evidence_id) for each in decision.requests)
    assert {line_id for _, _, line_id, _ in asked} == waiting, f"{waiting} wait, but asked is {asked}"
    assert max(asked.values(), default=1) == 1, f"asked twice: {asked}"
    for request in decision.requests:
        assert request.due_at is None or request.due_at >= case.as_of, f"{request} is due before it is asked"


def order_does_not_matter(case: Case, random: Random | None = None, *, decide: ClaimDecider = api.decide) -> None:
    """The order of evidence, parcels, settlements and order lines does not change the decision."""
    shuffled = Random(0) if random is None else random
    other = evolve(
        case,
        evidence=in_any_order(case.evidence, shuffled),
        settlements=in_any_order(case.settlements, shuffled),
        order=evolve(
            case.order,
            lines=in_any_order(case.order.lines, shuffled),
            parcels=in_any_order(case.order.parcels, shuffled),
        ),
    )
    before, after = essence(decide(case)), essence(decide(other))
    assert before == after, f"another order, another decision:\n{before}\n{after}"


def never_a_guess(case: Case, completed: Iterable[Case] | None = None, *, decide: ClaimDecider = api.decide) -> None:
    """A decision made despite unknown facts holds for whatever they turn out to be; only more units can be approved.

    ``completed`` are cases in which more is known; by default, the :func:`completions` under the edition that governs.
    """
    decided = {line.line_id: line for line in decide(case).lines if line.outcome not in WAITING}
    if not decided:
        return
    for each in completions(case) if completed is None else completed:
        for after in decide(each).lines:
            before = decided.get(after.line_id)
            if before is not None:
                kept = after.outcome in APPROVED if before.outcome in APPROVED else after.outcome is before.outcome
                assert kept, f"{before} became {after} once more was known:\n{dump_case(each).decode()}"
                assert after.units >= before.units, f"{before} lost units once more was known: {after}"


def rejected_evidence_counts_for_nothing(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Rejected evidence has the same effect as none: leaving some out, or rejecting the rest too, makes no difference."""
    rejected = Verification.REJECTED
    without = evolve(case, evidence=tuple(each for each in case.evidence if each.verification is not rejected))
    assert essence(decide(case)) == essence(decide(without)), "rejected evidence counts"
    silenced = evolve(case, evidence=tuple(evolve(each, verification=rejected) for each in case.evidence))
    bare = evolve(case, evidence=())
    assert essence(decide(silenced)) == essence(decide(bare)), "rejecting everything is not like having nothing"


def unusable_evidence_counts_for_nothing(
    case: Case, edition: Edition | None = None, *, decide: ClaimDecider = api.decide
) -> None:
    """Leaving out evidence that the checklist reports as unusable changes nothing."""
    used: dict[str, set[checklist_values.Status]] = {}
    for line in checklist.requirements(case, edition).lines:
        for piece in (piece for group in line.groups for entry in group.entries for piece in entry.pieces):
            used.setdefault(piece.evidence_id, set()).add(piece.status)
    unusable = {each for each, statuses in used.items() if statuses == {checklist_values.Status.UNUSABLE}}
    bare = evolve(case, evidence=tuple(each for each in case.evidence if each.id not in unusable))
    assert essence(decide(case)) == essence(decide(bare)), f"{unusable} cannot be used, and yet counts"


def lines_are_judged_alone(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """The decision on a line does not depend on which other lines are claimed."""
    together = decide(case)
    for item in case.claim.items:
        alone = decide(evolve(case, claim=evolve(case.claim, items=(item,))))
        assert judged_line(alone, item.line_id) == judged_line(together, item.line_id), (
            f"{item.line_id} alone fares otherwise"
        )


def nothing_is_asked_after_closing(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """Once evidence has closed, the decision requests nothing and waits for nothing."""
    closed = evolve(case, claim=evolve(case.claim, evidence_closes_at=Instant(case.as_of - 1)))
    decision = decide(closed)
    assert not decision.requests, f"asked after closing: {decision.requests}"
    assert decision.outcome is not Outcome.NEEDS_INFORMATION, f"waits after closing: {decision.lines}"


def deadlines_are_exact(case: Case, *, decide: ClaimDecider = api.decide) -> None:
    """The last instant of every reported window is in time, and the next microsecond is late."""
    for deadline in decide(case).deadlines:
        last = Instant(deadline.ends_at if deadline.includes_end else deadline.ends_at - 1)
        for moment, effect, margin in ((last, Effect.SUPPORTS, 0), (Instant(last + 1), Effect.DEFEATS, -1)):
            if moment < case.order.placed_at:
                continue
            filed = evolve(case, as_of=max(case.as_of, moment), claim=evolve(case.claim, filed_at=moment))
            found = {
                (finding.effect, finding.margin.value if finding.margin else None)
                for finding in decide(filed).findings
                if (finding.clause, finding.line_id) == (deadline.clause, deadline.line_id)
            }
            assert found == {(effect, margin)}, f"filed at {moment} against {deadline}: {found}"
