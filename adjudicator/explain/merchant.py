"""The notice to the merchant: what to perform, and what may be answered. It tells nothing about the consumer."""

from __future__ import annotations

from collections.abc import Iterator

from adjudicator.engine.policy import Clause, Edition
from adjudicator.explain.page import Block, Items, Page, Paragraph, items, paragraph, said_of, section
from adjudicator.explain.view import View
from adjudicator.model.decision import Role
from adjudicator.model.facts import Party

EVIDENCE = "/evidence"


def notice(told: View) -> Page:
    """What was decided, what has to be performed, what is asked of the merchant, and on which points he can still be heard."""
    return Page(
        told.words.language,
        told.say("letter.title.respondent", rule=told.rule),
        told.about(),
        said_of(
            section(
                told.say("letter.heading.decided"),
                Paragraph(told.words.verdict(told.decision.outcome), strong=True),
                told.results(),
            ),
            section(told.say("letter.heading.perform"), *_performed(told)),
            section(told.say("letter.heading.asked"), *told.asked_of(Party.MERCHANT)),
            section(told.say("letter.heading.why"), *_why(told)),
            section(told.say("letter.heading.person"), *told.reasons(told.for_a_person(), "open")),
            section(told.say("letter.heading.answer"), *_answers(told)),
            section(told.say("letter.heading.waiting"), told.waiting(Party.MERCHANT), told.looked_at_again()),
            section(told.say("letter.heading.besides"), told.remarks()),
        ),
    )


def _performed(told: View) -> Iterator[Block | None]:
    """What there is to pay and to take back; or that there is nothing."""
    claim = told.claim
    if claim is None or not (claim.awards or claim.return_authorisation):
        yield Paragraph(told.say("notice.nothing_to_perform"))
        return
    if claim.awards:
        yield from told.money(told.say("notice.pay", total=told.words.money(claim.total, claim.currency)))
        yield told.reckoning()
    allowed = claim.return_authorisation
    if allowed is not None:
        yield Paragraph(told.say("notice.take_back", address=told.address(allowed)), strong=True)
        yield Items(tuple(map(told.line, allowed.line_ids)))
        yield Paragraph(told.say(f"notice.freight.{allowed.freight_borne_by.value}"))


def _why(told: View) -> Iterator[Block | None]:
    """The conditions that are met, and those for which something was turned down."""
    met = told.met()
    if met:
        yield Paragraph(told.say("notice.met"))
        yield Items(tuple(told.point(each.clause, each.cites) for each in met))
    yield from told.reasons(told.decisive())


def _answers(told: View) -> Iterator[Block | None]:
    """The clauses on which a merchant's documents count, while anything is open."""
    edition = told.words.edition
    if edition is None or not (told.decision.requests or told.for_a_person()):
        return
    points = [clause for clause in edition.clauses if _rests_on_evidence(edition, clause)]
    if not points:
        return
    yield Paragraph(told.say("notice.may_answer"))
    yield items(tuple(told.point(each.name, each.cites) for each in points if each.role is Role.REQUIREMENT))
    bars = tuple(told.point(each.name, each.cites) for each in points if each.role is Role.BAR)
    yield paragraph(told.say("notice.may_prove")) if bars else None
    yield items(bars)
    closes_at = next(iter(edition.case_kind.subjects(told.case))).closes_at if told.case is not None else None
    yield paragraph(told.until(closes_at)) if closes_at is not None and closes_at >= told.decision.as_of else None


def _rests_on_evidence(edition: Edition, clause: Clause) -> bool:
    """Whether documents of a party decide a clause: a requirement that reads some, a bar that reads nothing else."""
    facts = [edition.case_kind.glossary.facts[name] for name in clause.reads]
    if clause.role is Role.BAR:
        return bool(facts) and all(EVIDENCE in fact.pointers for fact in facts)
    return any(EVIDENCE in fact.pointers and fact.supplier is not Party.PLATFORM for fact in facts)
