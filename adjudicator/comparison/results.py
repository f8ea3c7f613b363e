"""What two decisions of one case have in common, and where they differ: line by line, in outcome, money and clauses."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from attrs import Factory, frozen

from adjudicator.model.decision import Decision
from adjudicator.model.finding import Effect, Finding

SUPPORTS: Final = Effect.SUPPORTS.value
"""Also the effect of a clause that an edition does not have: it stands in nobody's way."""

Effects: TypeAlias = Mapping[str | None, Mapping[str, str]]
"""By line, the effects of the clauses that do not support."""


@frozen
class Part:
    """The result for one line, incident or step, or for the case as a whole. ``amounts`` are by kind, without zeros."""

    outcome: str | None
    amounts: Mapping[str, int]
    units: int | None = None


@frozen
class Result:
    """What one decision comes to. ``other`` is what else belongs to the result, such as measures and returns.

    ``facts`` names, by line and clause, the facts that a finding turns on; it is empty if only a table of the decision is left.
    """

    policy: str
    edition: str
    outcome: str
    currency: str | None
    parts: Mapping[str | None, Part]
    effects: Effects
    other: Hashable = None
    facts: Mapping[tuple[str | None, str], frozenset[str]] = Factory(dict)


@frozen
class Flip:
    """A clause with another effect than before, and the facts on which its findings depend."""

    clause: str
    before: str
    after: str
    facts: frozenset[str] = frozenset()


@frozen
class LineChange:
    """One line under both editions. ``flips`` are empty unless something about the line changed."""

    line_id: str | None
    before: Part
    after: Part
    changed: bool
    flips: tuple[Flip, ...] = ()

    @property
    def gain(self) -> int:
        """How much more is payable than before."""
        return sum(self.after.amounts.values()) - sum(self.before.amounts.values())

    @property
    def clauses(self) -> str:
        """The clauses that flipped, together: each line is in one group of them only. Empty if none did."""
        return " + ".join(sorted(each.clause for each in self.flips))

    @property
    def facts(self) -> str:
        """The facts that the change turned on, together; a single name if it was one fact. Empty if none is known."""
        return " + ".join(sorted(frozenset[str]().union(*(each.facts for each in self.flips))))


NOTHING: Final = Part(None, {})


def result_of(decision: Decision) -> Result:
    """The result of a decision, with its findings."""
    return _result(decision, decision.findings)


def result_without_reasons(decision: Decision) -> Result:
    """The result of a decision; its findings, which take time, are left out."""
    return _result(decision, ())


def _result(decision: Decision, findings: tuple[Finding, ...]) -> Result:
    amounts: dict[str | None, dict[str, int]] = {}
    for award in decision.awards:
        kinds = amounts.setdefault(award.line_id, {})
        kinds[award.kind.value] = kinds.get(award.kind.value, 0) + award.amount
    units = {line.line_id: line.units for line in decision.lines}
    outcomes = dict(decision.parts)
    parts = {
        line_id: Part(outcomes.get(line_id), amounts.get(line_id, {}), units.get(line_id) if line_id else None)
        for line_id in {**outcomes, **amounts}
    }
    effects: dict[str | None, dict[str, str]] = {}
    for each in findings:
        if each.effect is not Effect.SUPPORTS:
            effects.setdefault(each.line_id, {})[each.clause] = each.effect.value
    return Result(
        decision.policy.id,
        decision.policy.edition,
        str(decision.outcome),
        decision.currency,
        parts,
        effects,
        (decision.measures, decision.return_authorisation),
        {(each.line_id, each.clause): _deciding_facts(each) for each in findings},
    )


def _deciding_facts(finding: Finding) -> frozenset[str]:
    """The facts on which a finding depends: the unknown ones if it is open because of them, else all that it reads."""
    unknown = frozenset(each.name for each in finding.facts if each.value is None)
    if finding.effect is Effect.UNDECIDED and unknown:
        return unknown
    return frozenset(each.name for each in finding.facts)


def differ(before: Result, after: Result) -> bool:
    """Whether two results of a case differ: in an outcome, units, amounts, measures or returns. Reasons and requests do not count."""
    return (before.outcome, before.parts, before.other) != (after.outcome, after.parts, after.other)


def line_changes(before: Result, after: Result) -> Iterator[LineChange]:
    """Every line that one of the results has."""
    case_differs = differ(before, after)
    lines = {**before.parts, **after.parts}
    by_line = {line_id: tuple(_flips(before, after, line_id)) for line_id in {**before.effects, **after.effects}}
    somewhere = False
    for line_id in lines:
        old, new = before.parts.get(line_id, NOTHING), after.parts.get(line_id, NOTHING)
        changed = old != new
        somewhere |= changed
        yield LineChange(line_id, old, new, changed, _flips_of(line_id, by_line) if changed else ())
    if case_differs and not somewhere:
        # Only measures or returns changed, and on no line, so the case gets its own row.
        whole = {flip.clause: flip for flips in by_line.values() for flip in flips}
        yield LineChange(None, NOTHING, NOTHING, True, tuple(whole.values()))


def _flips_of(line_id: str | None, by_line: Mapping[str | None, tuple[Flip, ...]]) -> tuple[Flip, ...]:
    """The flips behind the change of a line: its own, else those of the case as a whole; for the whole case, all."""
    if line_id is not None:
        return by_line.get(line_id) or by_line.get(None, ())
    return tuple({flip.clause: flip for flips in by_line.values() for flip in flips}.values())


def _flips(before: Result, after: Result, line_id: str | None) -> Iterator[Flip]:
    old, new = before.effects.get(line_id, {}), after.effects.get(line_id, {})
    for clause in dict.fromkeys((*old, *new)):
        one, other = old.get(clause, SUPPORTS), new.get(clause, SUPPORTS)
        if one != other:
            facts = (each.facts.get((line_id, clause), frozenset()) for each in (before, after))
            yield Flip(clause, one, other, frozenset[str]().union(*facts))


def as_row(change: LineChange, kinds: tuple[str, ...]) -> dict[str, Any]:
    """A line as values of a table."""
    amounts = {
        f"{side}_{kind}": part.amounts.get(kind, 0)
        for side, part in (("old", change.before), ("new", change.after))
        for kind in kinds
    }
    return {
        "line_id": change.line_id,
        "old_outcome": change.before.outcome,
        "new_outcome": change.after.outcome,
        "old_units": change.before.units,
        "new_units": change.after.units,
        **amounts,
        "gain": change.gain,
        "changed": change.changed,
        "clauses": [{"clause": each.clause, "before": each.before, "after": each.after} for each in change.flips],
        "facts": sorted(frozenset[str]().union(*(each.facts for each in change.flips))),
    }
