"""What an order still has, and what would change a decision, as plain data for pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator.analysis.edits import Act
from adjudicator.analysis.entitlements import (
    Answer,
    Entitlement,
    Entitlements,
    OrderInquiry,
    Status,
    entitlements_of,
    load_inquiry,
)
from adjudicator.analysis.whatif import Alternative, WhatIf
from adjudicator.desk.cases import Standing
from adjudicator.desk.panel import BAD, GOOD, OPEN, OVER
from adjudicator.desk.timeline import elsewhere
from adjudicator.explain.alternatives import AlternativeWords, grouped
from adjudicator.explain.entitlements import EntitlementWords, entitlement_words
from adjudicator.explain.privacy import personal_at
from adjudicator.explain.sanitize import shown
from adjudicator.explain.view import View
from adjudicator.model.case import Case
from adjudicator.model.claim import Settlement
from adjudicator.model.time import Instant
from adjudicator.words import Words

MARKS: Final = {
    Status.OPEN: GOOD,
    Status.OPEN_WITHOUT_END: GOOD,
    Status.CLOSED: OVER,
    Status.NOT_COVERED: BAD,
}
"""The mark of a guarantee; of any other status it is open."""
AT_ONCE: Final = 300
"""The work for entitlements that are shown at once."""
FEW_LINES: Final = 5
"""An order with more lines than this is looked into on demand only: it must not hold a panel up."""
ON_DEMAND: Final = 10_000
"""The work for those that are asked for."""


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


ON_REQUEST: Final = Rights((), complete=False)
"""What is shown of a large order until someone asks."""


@frozen
class Way:
    """One way to another outcome: what changes, and the result."""

    changes: tuple[str, ...]
    outcome: tuple[str, ...]


@frozen
class Ways:
    """The ways of one kind: what could be supplied, what corrected, and what is too late."""

    heading: str
    ways: tuple[Way, ...]


def is_large(case: Any) -> bool:
    """Whether the order of a case, or of an inquiry, has too many lines to look into at once."""
    return len(getattr(getattr(case, "order", None), "lines", ())) > FEW_LINES


def inquiry_of(case: Any) -> OrderInquiry | None:
    """What to ask about the order of a case; ``None`` for a case without an order."""
    if not isinstance(case, Case):
        return None
    return OrderInquiry(as_of=case.as_of, order=case.order, settlements=case.settlements)


def inquiry_in(text: bytes, now: Instant, on_record: tuple[Settlement, ...]) -> OrderInquiry:
    """What to ask about an order that its host has described, with the settlements that are on record for it."""
    described = load_inquiry(text)
    as_of = max(now, described.as_of)
    return evolve(described, as_of=as_of, settlements=(*described.settlements, *on_record))


def rights_under(
    inquiry: OrderInquiry,
    policies: frozenset[str] | None,
    claims: Iterable[Standing],
    words: Words,
    zone: dt.tzinfo | None,
    *,
    at_once: bool,
) -> Rights:
    """The remaining entitlements of an order, under the policies that its tenant may use, in words and with the claims on it.

    ``at_once`` is for a panel that somebody is waiting for; they can ask for more.
    """
    if at_once and is_large(inquiry):
        return ON_REQUEST
    found = entitlements_of(inquiry, work=AT_ONCE if at_once else ON_DEMAND)
    maker = _Maker(found, words, tuple(claims), zone)
    titles = {line.id: line.title for line in inquiry.order.lines if line.title is not None and shown(line.title)}
    allowed = (each for each in found.lines if policies is None or each.policy.id in policies)
    return Rights(
        tuple(
            LineRights(line_named(words, titles, line_id), tuple(map(maker.right, group)))
            for line_id, group in groupby(allowed, key=lambda each: each.line_id)
        ),
        found.complete,
    )


def line_named(words: Words, titles: Mapping[str, str], line_id: str) -> str:
    """A line by its goods, if they are known."""
    if line_id in titles:
        return words.say("letter.goods", title=titles[line_id], line=line_id)
    return words.say("entitlement.line", line=line_id)


@frozen
class _Maker:
    found: Entitlements
    words: Words
    claims: tuple[Standing, ...]
    zone: dt.tzinfo | None

    def right(self, each: Entitlement) -> Right:
        texts = entitlement_words(each.policy, self.found.currency, self.words)
        window = each.answers[0].window if len(each.answers) == 1 else None
        at_most = each.answers[0].at_most if len(each.answers) == 1 else None
        return Right(
            MARKS.get(each.status, OPEN),
            texts.title,
            texts.status(each),
            "" if window is None else elsewhere(texts.words, window.last_instant, self.zone),
            texts.at_most(at_most) if at_most else "",
            tuple(_details(each, texts)),
            tuple(self.claims_on(each)),
        )

    def claims_on(self, each: Entitlement) -> Iterator[str]:
        """The claims that are on record for a guarantee of a line, each with its outcome."""
        for claim in self.claims:
            decided = {line.line_id: line.outcome for line in claim.decision.lines}
            if claim.decision.policy.id == each.policy.id and each.line_id in decided:
                outcome = self.words.say(f"outcome.{decided[each.line_id].value}")
                name = claim.summary.claim_id or claim.summary.case_id
                yield self.words.say("panel.claimed", claim=name, outcome=outcome)


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


def ways_to_change(found: WhatIf, case: Any, view: View) -> tuple[Ways, ...]:
    """What would change a decision, by the kind of action; without the parts of the case that an agent may not see."""
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
