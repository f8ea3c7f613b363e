"""What an order still has, and what would change a decision, as plain data for pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, Final

from attrs import frozen

from adjudicator.analysis.edits import Act
from adjudicator.analysis.entitlements import Answer, Entitlement, Entitlements, OrderInquiry, Status, entitlements_of
from adjudicator.analysis.whatif import Alternative, WhatIf
from adjudicator.desk.cases import Standing
from adjudicator.desk.panel import BAD, GOOD, OPEN, OVER
from adjudicator.desk.timeline import elsewhere
from adjudicator.explain.alternatives import AlternativeWords, grouped
from adjudicator.explain.entitlements import EntitlementWords, entitlement_words
from adjudicator.explain.privacy import personal_at
from adjudicator.explain.view import View
from adjudicator.model.case import Case
from adjudicator.model.time import Instant

MARKS: Final = {
    Status.OPEN: GOOD,
    Status.OPEN_WITHOUT_END: GOOD,
    Status.CLOSED: OVER,
    Status.NOT_COVERED: BAD,
}
"""The mark of a guarantee; of any other status it is open."""
MOST_WORK: Final = 2_000
"""The most work for the entitlements of one panel: a large order must not hold it up."""


@frozen
class Right:
    """A guarantee of a line: its status, the most it is worth, what it takes, and the claims on it."""

    mark: str
    title: str
    status: str
    elsewhere: str
    at_most: str
    details: tuple[str, ...]
    claims: tuple[str, ...]


@frozen
class LineRights:
    """The guarantees of a line."""

    heading: str
    rights: tuple[Right, ...]


@frozen
class Rights:
    """The guarantees of an order, line by line; not ``complete`` if there was too much to look at."""

    lines: tuple[LineRights, ...]
    complete: bool


@frozen
class Way:
    """One way to another outcome: what changes, and what comes of it."""

    changes: tuple[str, ...]
    outcome: tuple[str, ...]


@frozen
class Ways:
    """The ways of one kind: what could be supplied, what put right, and what is too late."""

    heading: str
    ways: tuple[Way, ...]


def rights_under(case: Any, policies: frozenset[str] | None) -> Entitlements | None:
    """What the order of a case still has, under the policies that its tenant may use; ``None`` for a case without an order."""
    if not isinstance(case, Case):
        return None
    inquiry = OrderInquiry(as_of=case.as_of, order=case.order, settlements=case.settlements)
    found = entitlements_of(inquiry, work=MOST_WORK)
    lines = tuple(each for each in found.lines if policies is None or each.policy.id in policies)
    return Entitlements(found.order_id, found.as_of, found.currency, lines, (), found.complete)


def told(found: Entitlements, view: View, claims: Iterable[Standing], zone: dt.tzinfo | None) -> Rights:
    """The guarantees in words, each with the claims on it."""
    known = tuple(claims)
    lines = groupby(found.lines, key=lambda each: each.line_id)
    return Rights(
        tuple(
            LineRights(view.opening_line(line_id), tuple(_right(found, each, view, known, zone) for each in group))
            for line_id, group in lines
        ),
        found.complete,
    )


def _right(
    found: Entitlements, each: Entitlement, view: View, claims: tuple[Standing, ...], zone: dt.tzinfo | None
) -> Right:
    texts = entitlement_words(each.policy, found.currency, view.words)
    window = each.answers[0].window if len(each.answers) == 1 else None
    at_most = each.answers[0].at_most if len(each.answers) == 1 else None
    return Right(
        MARKS.get(each.status, OPEN),
        texts.title,
        texts.status(each),
        "" if window is None else elsewhere(view, window.last_instant, zone),
        texts.at_most(at_most) if at_most else "",
        tuple(_details(each, texts)),
        tuple(_claims_on(each, view, claims)),
    )


def _details(each: Entitlement, texts: EntitlementWords) -> Iterator[str]:
    for answer in each.answers:
        if answer.assuming:
            yield texts.assuming(answer)
    yield from _ways_to_file(each.answers[-1], texts)
    if unknown := texts.not_known(each):
        yield unknown


def _ways_to_file(answer: Answer, texts: EntitlementWords) -> Iterator[str]:
    if path := texts.path(answer):
        yield path
    for proof in (*answer.proof, *answer.besides):
        yield texts.words.ask(proof.to, proof.need)
    if answer.at_most and answer.at_most.return_authorisation:
        yield texts.goes_back(answer.at_most.return_authorisation)
    yield from (texts.against(each) for each in answer.against)


def _claims_on(each: Entitlement, view: View, claims: tuple[Standing, ...]) -> Iterator[str]:
    """The claims that are on record for a guarantee of a line, each with its outcome."""
    for claim in claims:
        decided = {line.line_id: line.outcome for line in claim.decision.lines}
        if claim.decision.policy.id == each.policy.id and each.line_id in decided:
            outcome = view.say(f"outcome.{decided[each.line_id].value}")
            yield view.say("panel.claimed", claim=claim.summary.claim_id or claim.summary.case_id, outcome=outcome)


def ways_to_change(found: WhatIf, case: Any, view: View) -> tuple[Ways, ...]:
    """What would change a decision, by what it takes; without what an agent may not see of the case."""
    texts = AlternativeWords(view.words, view.decision.currency)
    groups = grouped(each for each in found.alternatives if not _is_personal(each, case))
    by_act = (
        Ways(
            view.say(f"whatif.kind.{act.value}"),
            tuple(Way(texts.changes(group), texts.outcome(group[0])) for group in groups if group[0].kind is act),
        )
        for act in Act
    )
    return tuple(each for each in by_act if each.ways)


def _is_personal(alternative: Alternative, case: Any) -> bool:
    return any(personal_at(case.__class__, each.pointer) for each in alternative.changes)


def as_of_now(moment: Instant, case: Any) -> Instant:
    """The instant to decide a case at: now, but never before the case itself."""
    later: Instant = max(moment, case.as_of)
    return later
