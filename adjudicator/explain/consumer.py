"""The letter to whoever asked for the decision: plain, and nothing in it that accuses.

For a claim that is the consumer. Where a case has no other side, it is whoever applied.
"""

from __future__ import annotations

from collections.abc import Iterator

from adjudicator.explain.page import Block, Items, Page, Paragraph, paragraph, said_of, section
from adjudicator.explain.view import View
from adjudicator.model.decision import Outcome, Role
from adjudicator.words import last_instant


def letter(told: View) -> Page:
    """What was decided, why, what to do next and until when, and which rights remain."""
    return Page(
        told.words.language,
        told.say("letter.title.claimant", rule=told.rule),
        told.about(),
        said_of(
            section(told.say("letter.heading.decided"), told.verdict(), told.results()),
            section(told.say("letter.heading.money"), *_money(told)),
            section(told.say("letter.heading.why"), *_why(told)),
            section(told.say("letter.heading.measures"), told.measures(), None if told.claim else told.reckoning()),
            section(told.say("letter.heading.person"), *told.reasons(told.for_a_person(), "open")),
            section(told.say("letter.heading.next"), *_next(told)),
            section(told.say("letter.heading.waiting"), told.waiting(told.claimant), told.looked_at_again()),
            section(told.say("letter.heading.dates"), *_dates(told)),
            section(
                told.say("letter.heading.rights"),
                told.remarks(),
                Paragraph(told.say("letter.rights", rule=told.rule)),
            ),
        ),
    )


def _money(told: View) -> Iterator[Block | None]:
    claim = told.claim
    if claim is not None:
        yield from told.money(told.say("letter.payable", total=told.words.money(claim.total, claim.currency)))
        yield told.reckoning()


def _why(told: View) -> Iterator[Block | None]:
    """The conditions that are met, or those that are not; with the facts that these rest on, so that a mistake can be seen."""
    met = told.met()
    if met:
        cites = dict.fromkeys(cite for each in met for cite in each.cites)
        all_met = told.say("letter.all_met", clauses=told.words.listed(cites))
        yield Paragraph(told.words.sentences(all_met, told.where(told.granted_lines())))
    decisive = told.decisive()
    yield from told.reasons(decisive)
    facts = told.went_by(each for each in decisive if each.role is Role.REQUIREMENT)
    yield paragraph(told.say("letter.went_by", facts=facts)) if facts else None


def _next(told: View) -> Iterator[Block | None]:
    """What the reader is asked for, where the goods go, or that there is nothing to do."""
    asked = tuple(told.asked_of(told.claimant))
    yield from asked
    allowed = told.claim.return_authorisation if told.claim else None
    if allowed is not None:
        yield Paragraph(told.say("letter.send_back", address=told.address(allowed)), strong=True)
        yield Items(tuple(map(told.line, allowed.line_ids)))
        yield Paragraph(told.say(f"letter.freight.{allowed.freight_borne_by.value}"))
    if not asked and allowed is None:
        yield Paragraph(told.say("letter.nothing_to_do"))


def _dates(told: View) -> Iterator[Block | None]:
    """Windows that are still open for what was not granted, unless something bars it."""
    if told.claim is None:
        return
    barred = {each.line_id for each in told.decisive() if each.role is Role.BAR}
    lines = {
        line.line_id
        for line in told.claim.lines
        if line.outcome in (Outcome.DENIED, Outcome.PARTIALLY_APPROVED) and line.line_id not in barred
    }
    windows = {
        (each.clause, each.starts_at, each.ends_at): each
        for each in told.decision.deadlines
        if each.line_id in lines and told.still_open(each)
    }
    for each in windows.values():
        ends = told.say("letter.window", rule=told.words.restated(each.clause), end=told.words.end(last_instant(each)))
        yield Paragraph(told.words.sentences(ends, told.left_until(last_instant(each))))
