"""Laws of decisions on any kind of case."""

# ruff: noqa: S101 - a law asserts

from __future__ import annotations

from attrs import evolve

from adjudicator import api
from adjudicator.engine.policy import Edition
from adjudicator.model.soundness import CaseBase
from adjudicator.testing.comparison import announced_parts
from adjudicator.testing.laws.deciders import Decider
from adjudicator.testing.moments import moments_to_try
from adjudicator.wire.codec import dump_case, dump_decision, load_case, load_decision


def decides_the_same_twice(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """The same case gives the same bytes."""
    once, twice = dump_decision(decide(case)), dump_decision(decide(case))
    assert once == twice, f"decided twice, differently:\n{once.decode()}\n{twice.decode()}"


def survives_json(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Case and decision survive a round trip through JSON, and the case is then decided the same."""
    read = load_case(dump_case(case))
    assert read == case, f"the case came back as {read}"
    decision = decide(case)
    written = dump_decision(decision)
    assert load_decision(written) == decision, f"the decision came back as {load_decision(written)}"
    assert dump_decision(decide(read)) == written, "the case that came back is decided otherwise"


def findings_are_complete(case: CaseBase, edition: Edition, *, decide: Decider = api.decide) -> None:
    """A decision has a finding of every clause for every part that it applies to, in the order of the rule."""
    found = [(finding.line_id, finding.clause, finding.role) for finding in decide(case).findings]
    kind = edition.case_kind
    due = [
        (subject.line_id, clause.name, clause.role)
        for subject in kind.subjects(case)
        for clause in kind.part_for(edition, subject).clauses
    ]
    assert found == due, f"findings are {found}, but should be {due}"


def metadata_is_not_read(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """Metadata is copied to the decision and has no other effect."""
    other = case.replace(metadata={"outcome": "approved", "total": "1"})
    with_it, without = decide(other), decide(case.replace(metadata=None))
    assert with_it.metadata == other.metadata, f"metadata is echoed as {with_it.metadata}"
    assert evolve(with_it, metadata=None, digests=None) == evolve(without, digests=None), (
        "metadata changed the decision"
    )


def time_alone_changes_nothing_unannounced(case: CaseBase, *, decide: Decider = api.decide) -> None:
    """A decision stays the same until ``reconsider_at`` (for ever, if that is null), and then something changes.

    What stays the same: outcomes, effects, possible remedies, requests and measures. Amounts and margins may change. The law tries
    the instant before ``reconsider_at``, and every instant at which something begins or ends in the case or the decision.
    """
    now = decide(case)
    announced, found = now.reconsider_at, announced_parts(now)
    if announced is not None:
        assert announced > case.as_of, f"to be reconsidered at {announced}, which is not after {case.as_of}"
        assert announced_parts(decide(case.replace(as_of=announced))) != found, f"nothing changed at {announced}"
    for moment in moments_to_try(case, now):
        later = announced_parts(decide(case.replace(as_of=moment)))
        assert later == found, f"{found} became {later} by {moment}; announced was {announced}"
