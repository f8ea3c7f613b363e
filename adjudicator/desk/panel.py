"""The panel as plain data: what an order still has, where a claim stands and why, what is missing, and what to say.

Every sentence comes from :mod:`adjudicator.explain` and the catalogues; here they are only put in their places.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby, islice
from typing import Final
from zoneinfo import ZoneInfo

from attrs import frozen

from adjudicator.desk.cases import Standing
from adjudicator.desk.forms import Form, forms_for, identify
from adjudicator.desk.timeline import Timeline, elsewhere, timeline
from adjudicator.explain import explain, findings, money, outcomes, page_for, requests, timing, view_for
from adjudicator.explain.page import Block, Items, Page
from adjudicator.explain.view import View
from adjudicator.model.decision import Outcome
from adjudicator.model.finding import Effect, Finding, Role
from adjudicator.model.time import Instant
from adjudicator.service.panel_tokens import Grant
from adjudicator.store import State

GOOD: Final = "good"
BAD: Final = "bad"
OPEN: Final = "open"
PERSON: Final = "person"
OVER: Final = "over"
MARKS: Final = {Effect.SUPPORTS: GOOD, Effect.DEFEATS: BAD, Effect.UNDECIDED: OPEN}
OUTCOMES: Final = {
    Outcome.APPROVED.value: GOOD,
    Outcome.PARTIALLY_APPROVED.value: GOOD,
    Outcome.DENIED.value: BAD,
    Outcome.NEEDS_INFORMATION.value: OPEN,
    Outcome.MANUAL_REVIEW.value: PERSON,
}
"""The mark of an outcome; that of another kind of case comes from its findings."""


MOST_GROUPS: Final = 20
"""The most groups of clauses that a panel shows, and the most ladders; those in which something is not well come first."""
MOST_RESULTS: Final = 50
"""The most results of lines."""


@frozen
class Tab:
    """One of several claims: its name, its outcome, and whether it is the one that is shown."""

    id: str
    name: str
    outcome: str
    mark: str
    is_shown: bool


@frozen
class Clause:
    """A clause with its mark, its result, and the facts behind it."""

    mark: str
    effect: str
    text: str
    result: str
    cites: str
    facts: tuple[str, ...]


@frozen
class Clauses:
    """The clauses of one role about one part of the case; ``counts`` says how many have which mark, as a number and in words."""

    heading: str
    clauses: tuple[Clause, ...]
    counts: tuple[tuple[str, int, str], ...]

    @property
    def is_open(self) -> bool:
        """Whether it is shown at once: a group in which all is well can be opened."""
        return any(mark != GOOD for mark, _, _ in self.counts)


@frozen
class Needed:
    """Something that a party must supply, with a form for each answer if this agent may enter it."""

    id: str
    text: str
    until: str
    elsewhere: str
    answers: tuple[str, ...]
    forms: tuple[Form, ...]


@frozen
class Asked:
    """A party, and what is missing from it."""

    party: str
    needed: tuple[Needed, ...]


@frozen
class Rung:
    """A step of the calculation; ``share`` is its part of the largest amount, in percent."""

    text: str
    amount: str
    cites: str
    share: int


@frozen
class Ladder:
    """The calculation for a line, or for the order."""

    heading: str
    rungs: tuple[Rung, ...]


@frozen(kw_only=True)
class Panel:
    """Everything on the panel about one claim. ``decision_id`` and ``version`` are what an answer is given to."""

    view: View
    decision_id: str
    version: int
    mark: str
    outcome: str
    verdict: str
    total: str
    payouts: tuple[str, ...]
    tabs: tuple[Tab, ...]
    results: tuple[str, ...]
    payable: tuple[Block, ...]
    asked: tuple[Asked, ...]
    script: Page
    timeline: Timeline | None
    reconsider: str
    is_overdue: bool
    may_answer: bool
    clauses: tuple[Clauses, ...]
    ladders: tuple[Ladder, ...]
    is_whole: bool
    letter: Page
    letter_text: str
    remarks: tuple[str, ...]


def panel_for(shown: Standing, all_of_them: tuple[Standing, ...], grant: Grant, locale: str, now: Instant) -> Panel:
    """The panel about one claim, among all that are on record for the order."""
    decision, case = shown.decision, shown.case
    view = view_for(decision, case, voice="agent", locale=locale)
    zone = None if grant.zone is None else ZoneInfo(grant.zone)
    again = decision.reconsider_at
    remarks = outcomes.remarks(view)
    results = outcomes.results(view)
    return Panel(
        view=view,
        decision_id=shown.summary.id,
        version=shown.version,
        mark=mark_of(shown),
        outcome=view.say(f"outcome.{decision.outcome}"),
        verdict=outcomes.verdict(view).text,
        total=view.words.money(decision.total or 0, view.currency) if money.is_about_money(view) else "",
        payouts=tuple(_payouts(shown, view)),
        tabs=tuple(_tabs(shown, all_of_them, view)) if len(all_of_them) > 1 else (),
        results=results.items[:MOST_RESULTS] if results else (),
        payable=tuple(block for block in money.payable(view, "") if block is not None)
        if money.is_about_money(view)
        else (),
        asked=tuple(_asked(shown, view, grant, zone)),
        script=page_for(decision, case, voice="agent", locale=locale),
        timeline=timeline(view, now, zone),
        reconsider="" if again is None else view.say("decision.reconsider", moment=view.words.moment(again)),
        is_overdue=again is not None and again <= now,
        may_answer=bool(grant.answers),
        clauses=tuple(_clauses(view)),
        ladders=tuple(islice(_ladders(view), MOST_GROUPS)),
        is_whole=_is_whole(view),
        letter=page_for(decision, case, voice="consumer", locale=locale),
        letter_text=explain(decision, case, voice="consumer", locale=locale),
        remarks=remarks.items if remarks else (),
    )


def mark_of(shown: Standing) -> str:
    """The mark of a decision, by its outcome or else by its findings."""
    known = OUTCOMES.get(str(shown.decision.outcome))
    if known is not None:
        return known
    effects = {each.effect for each in shown.decision.findings}
    return OPEN if Effect.UNDECIDED in effects else BAD if Effect.DEFEATS in effects else GOOD


def _payouts(shown: Standing, view: View) -> Iterator[str]:
    """What became of the money of this decision: paid, on its way, or taken back and not reserved again."""
    live = {each.key for each in shown.payouts if each.counts}
    sums: dict[State, int] = defaultdict(int)
    for each in shown.payouts:
        if each.decision_id == shown.summary.id and (each.counts or each.key not in live):
            sums[each.state] += each.amount
    for state in State:
        if sums[state]:
            yield view.say(f"panel.payouts.{state.value}", amount=view.words.money(sums[state], view.currency))


def _tabs(shown: Standing, all_of_them: tuple[Standing, ...], view: View) -> Iterator[Tab]:
    for each in all_of_them:
        name = each.summary.claim_id or each.summary.case_id
        outcome = view.say(f"outcome.{each.decision.outcome}")
        yield Tab(each.summary.id, name, outcome, mark_of(each), each is shown)


# What is missing


def _asked(shown: Standing, view: View, grant: Grant, zone: dt.tzinfo | None) -> Iterator[Asked]:
    """What is missing, party by party; those whose answers this agent may enter come first."""
    parties = dict.fromkeys(each.to for each in shown.decision.requests)
    whole = view_of_everything(shown, view)
    for party in sorted(parties, key=lambda party: party not in grant.answers):
        grouped = requests.grouped(whole, party)
        yield Asked(view.say(f"party.{party}"), tuple(_needed(shown, view, grant, zone, each) for each in grouped))


def view_of_everything(shown: Standing, view: View) -> View:
    """The view with nothing hidden: forms are made from it, and show no personal values."""
    return View(shown.decision, shown.case, view.particulars, view.words, view.claimant, view.respondent)


def _needed(
    shown: Standing, view: View, grant: Grant, zone: dt.tzinfo | None, grouped: requests.GroupedRequest
) -> Needed:
    request = grouped.request
    may_enter = request.to in grant.answers
    visible = next((each for each in view.decision.requests if _same(each, request)), request)
    return Needed(
        identify(request),
        requests.please(view, grouped),
        timing.until(view, request.due_at),
        "" if request.due_at is None else elsewhere(view.words, request.due_at, zone),
        view.words.accepts(visible, view.decision.currency),
        forms_for(shown.case, request, view.words) if may_enter else (),
    )


def _same(one: object, other: object) -> bool:
    names = ("to", "need", "line_id", "evidence_id")
    return all(getattr(one, name) == getattr(other, name) for name in names)


# Why


def _clauses(view: View) -> Iterator[Clauses]:
    """The findings, by part and role; where something is not well, first."""
    groups: dict[tuple[str | None, Role], list[Finding]] = {}
    for each in view.decision.findings:
        groups.setdefault((each.line_id, each.role), []).append(each)
    ordered = sorted(groups.items(), key=lambda group: all(each.effect is Effect.SUPPORTS for each in group[1]))
    for (line_id, role), group in ordered[:MOST_GROUPS]:
        heading = view.say("decision.must_hold" if role is Role.REQUIREMENT else "decision.must_not")
        if line_id is not None and view.has_several_parts:
            heading = view.say("decision.about", heading=heading, line=view.words.part_named(line_id))
        clauses = tuple(_clause(view, each) for each in group)
        counts = ((mark, sum(each.mark == mark for each in clauses)) for mark in (GOOD, OPEN, BAD))
        said = ((mark, count, view.say(f"panel.count.{mark}", count=count)) for mark, count in counts if count)
        yield Clauses(heading, clauses, tuple(said))


def _is_whole(view: View) -> bool:
    """Whether everything fits on a panel."""
    parts = {(each.line_id, each.role) for each in view.decision.findings}
    return len(parts) <= MOST_GROUPS and len(view.decision.parts) <= MOST_RESULTS


def _clause(view: View, finding: Finding) -> Clause:
    deadline = findings.deadline_of(view, finding)
    return Clause(
        MARKS[finding.effect],
        view.say(f"effect.{finding.effect.value}"),
        view.words.restated(finding.clause),
        view.words.sentences(
            view.words.outcome_of(finding), view.words.deadline(deadline) if deadline is not None else ""
        ),
        view.words.listed(finding.cites),
        tuple(view.words.fact(each, view.decision.currency) for each in finding.facts),
    )


def _ladders(view: View) -> Iterator[Ladder]:
    steps = [each for each in view.decision.ladder if money.counts(view, each)]
    largest = max((abs(each.amount) for each in steps), default=0) or 1
    for line_id, group in groupby(steps, key=lambda step: step.line_id):
        rungs = tuple(
            Rung(
                view.words.restated(each.step),
                view.words.money(each.amount, view.currency),
                view.words.listed(each.cites),
                max(0, round(100 * each.amount / largest)),
            )
            for each in group
        )
        yield Ladder(view.opening_line(line_id), rungs)


def script_items(panel: Panel) -> tuple[str, ...]:
    """What to say, sentence by sentence; last what became of the money since."""
    said = (text for block in panel.script.blocks if isinstance(block, Items) for text in block.items)
    return *said, *panel.payouts
