"""Compare a row with its decision, and explain differences to someone who knows the rule but no Python."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from adjudicator.api import decide
from adjudicator.model.decision import Decision
from adjudicator.model.errors import shown
from adjudicator.model.finding import Effect, Finding
from adjudicator.testing.tables import CaseRow, Expectation

NOTHING: Final = "nothing"
EFFECTS: Final = {
    Effect.SUPPORTS: "speaks for",
    Effect.DEFEATS: "speaks against",
    Effect.UNDECIDED: "is undecided for",
}
PLAIN: Final = ("holds", "fails")
"""The reasons of a plain yes or no, which add nothing to the effect."""


def run_row(row: CaseRow) -> str | None:
    """Decide a row's case and describe how the decision differs from the expected one; ``None`` if it does not."""
    decision = decide(row.case)
    differences = tuple(differences_from(row.expects, decision))
    return "\n".join(_report(row, decision, differences)) if differences else None


def differences_from(expected: Expectation, decision: Decision) -> Iterator[tuple[str, str, str]]:
    """The differences from the expectation: column, expected value, actual value."""
    if expected.outcome not in (None, str(decision.outcome)):
        yield "outcome", str(expected.outcome), str(decision.outcome)
    money = money_by_kind(decision)
    if expected.money is not None and expected.money != money:
        yield "money", _listed(expected.money), _listed(money)
    needs = {request.need for request in decision.requests}
    if expected.needs is not None and expected.needs != needs:
        yield "needs", ", ".join(sorted(expected.needs)) or NOTHING, ", ".join(sorted(needs)) or NOTHING


def money_by_kind(decision: Decision) -> dict[str, int]:
    """The awards of a decision by kind, in minor units."""
    money = Counter[str]()
    for award in decision.awards:
        money[award.kind.value] += award.amount
    return dict(money)


def _listed(money: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {amount}" for kind, amount in sorted(money.items())) or NOTHING


# The report


def _report(row: CaseRow, decision: Decision, differences: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    yield f"row {row.number}: {row.name}"
    yield ""
    for column, expected, got in differences:
        yield f"  {column}: expected {expected}, got {got}"
    yield ""
    yield f"  The case is {row.base}{', with' if row.changes else ' as it stands'}"
    yield from (f"    {column}: {_value(value)}" for column, value in row.changes.items())
    yield ""
    if any(column == "money" for column, _, _ in differences):
        yield from _calculation(decision)
    yield f"  Decided by {row.edition.policy}, edition {row.edition.name}:"
    for finding in _decisive(decision.findings):
        yield from _finding(row, finding)


def _calculation(decision: Decision) -> Iterator[str]:
    """Every step of the calculation, in the order of the rule."""
    steps = decision.ladder
    if steps:
        yield "  How the money came about:"
        yield from (
            f"    {', '.join(each.cites)} {each.step}: {each.amount} for {each.line_id or f'the {decision.paid_for}'}"
            for each in steps
        )
        yield ""


def _decisive(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that defeat the case or leave it undecided; if there are none, all that support it."""
    return tuple(each for each in findings if each.effect is not Effect.SUPPORTS) or findings


def _finding(row: CaseRow, finding: Finding) -> Iterator[str]:
    reason = finding.because.code.rpartition(".")[2]
    why = "" if reason in PLAIN else f": {reason.replace('_', ' ')}"
    yield f"    {', '.join(finding.cites)} {finding.clause} {EFFECTS[finding.effect]} {finding.line_id or 'the case'}{why}"
    if finding.clause in row.edition.nodes:
        yield f"      {row.edition.nodes[finding.clause].citation.english}"
    for fact in finding.facts:
        yield f"      {fact.name}: {_value(fact.value)}"
    if finding.margin is not None:
        yield f"      margin: {finding.margin.value} {finding.margin.unit.value}"


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)) and value and not any(isinstance(each, (list, tuple, dict)) for each in value):
        return ", ".join(map(_value, value))
    return value if isinstance(value, str) and value.isprintable() else shown(value)
