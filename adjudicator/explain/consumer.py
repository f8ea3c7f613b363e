"""The letter to the party that asked for the decision, in plain words that accuse nobody.

For a claim that is the consumer; in a case without another side, the applicant.
"""

from __future__ import annotations

from collections.abc import Iterator

from adjudicator.explain import findings, money, outcomes, requests, timing
from adjudicator.explain.page import Block, Items, Page, Paragraph, blocks_of, paragraph, section
from adjudicator.explain.view import View
from adjudicator.model.finding import Role


def letter(view: View) -> Page:
    """What was decided, why, what to do next and by when, and which rights remain."""
    measures = (outcomes.measures(view), None if money.is_about_money(view) else money.calculation(view))
    return Page(
        view.words.language,
        view.say("letter.title.claimant", rule=view.rule),
        view.about(),
        blocks_of(
            section(view.say("letter.heading.decided"), outcomes.verdict(view), outcomes.results(view)),
            section(view.say("letter.heading.money"), *_money(view)),
            section(view.say("letter.heading.why"), *_why(view)),
            section(view.say("letter.heading.measures"), *measures),
            section(
                view.say("letter.heading.person"),
                *findings.reasons(view, findings.for_a_person(view), findings.undecided),
            ),
            section(view.say("letter.heading.next"), *_next(view)),
            section(
                view.say("letter.heading.waiting"),
                requests.waiting(view, view.claimant),
                timing.looked_at_again(view),
            ),
            section(view.say("letter.heading.dates"), *_dates(view)),
            section(
                view.say("letter.heading.rights"),
                outcomes.remarks(view),
                Paragraph(view.say("letter.rights", rule=view.rule)),
            ),
        ),
    )


def _money(view: View) -> Iterator[Block | None]:
    if money.is_about_money(view):
        total = view.words.money(view.decision.total or 0, view.currency)
        yield from money.payable(view, view.say("letter.payable", total=total))
        yield money.calculation(view)


def _why(view: View) -> Iterator[Block | None]:
    """The conditions that are met, or those that are not, with the facts behind them, so that the reader can spot a mistake."""
    if met := findings.met(view):
        cites = dict.fromkeys(cite for each in met for cite in each.cites)
        all_met = view.say("letter.all_met", clauses=view.words.listed(cites))
        yield Paragraph(view.words.sentences(all_met, view.where(outcomes.granted_lines(view))))
    decisive = findings.decisive(view)
    yield from findings.reasons(view, decisive)
    facts = findings.facts_relied_on(view, (each for each in decisive if each.role is Role.REQUIREMENT))
    yield paragraph(view.say("letter.went_by", facts=facts)) if facts else None


def _next(view: View) -> Iterator[Block | None]:
    """What the reader must supply, where the goods go, what can be filed again, or that there is nothing to do."""
    asked = tuple(requests.asked_of(view, view.claimant))
    yield from asked
    allowed = view.decision.return_authorisation
    if allowed is not None:
        yield Paragraph(view.say("letter.send_back", address=money.address(view, allowed)), strong=True)
        yield Items(tuple(map(view.line, allowed.line_ids)))
        yield Paragraph(view.say(f"letter.freight.{allowed.freight_borne_by.value}"))
    if timing.evidence_is_closed(view):
        yield from map(Paragraph, timing.after_closing(view))
    elif not asked and allowed is None:
        yield Paragraph(view.say("letter.nothing_to_do"))


def _dates(view: View) -> Iterator[Block | None]:
    """How long a new claim can be filed for what was not granted, unless the section above says so."""
    if not timing.evidence_is_closed(view):
        yield from map(Paragraph, timing.can_still_file(view))
