"""The notice to the merchant: what to do, and what the merchant can answer. It says nothing about the consumer."""

from __future__ import annotations

from collections.abc import Iterator

from adjudicator.engine.clause import Clause
from adjudicator.engine.policy import Edition
from adjudicator.explain import findings, money, outcomes, requests, timing
from adjudicator.explain.page import Block, Items, Page, Paragraph, blocks_of, items, paragraph, section
from adjudicator.explain.view import View
from adjudicator.model.facts import Party
from adjudicator.model.finding import Role

EVIDENCE = "/evidence"


def notice(view: View) -> Page:
    """What was decided, what the merchant must do or supply, and on which points documents still count."""
    performer = view.respondent or Party.MERCHANT
    return Page(
        view.words.language,
        view.say("letter.title.respondent", party=view.say(f"party.{performer}"), rule=view.rule),
        view.about(),
        blocks_of(
            section(
                view.say("letter.heading.decided"),
                Paragraph(view.words.verdict(view.decision.outcome), strong=True),
                outcomes.results(view),
            ),
            section(view.say("letter.heading.perform"), *_performed(view)),
            section(view.say("letter.heading.asked"), *requests.asked_of(view, performer)),
            section(view.say("letter.heading.why"), *_why(view)),
            section(
                view.say("letter.heading.person"),
                *findings.reasons(view, findings.for_a_person(view), findings.undecided),
            ),
            section(view.say("letter.heading.answer"), *_answers(view)),
            section(
                view.say("letter.heading.waiting"),
                requests.waiting(view, performer),
                timing.looked_at_again(view),
            ),
            section(view.say("letter.heading.besides"), outcomes.remarks(view)),
        ),
    )


def _performed(view: View) -> Iterator[Block | None]:
    """What to pay and take back, what was paid already, or that nothing is due."""
    decision = view.decision
    if decision.awards or view.particulars.paid:
        total = view.words.money(decision.total or 0, view.currency)
        yield from money.payable(view, view.say("notice.pay", party=view.say(f"party.{view.claimant}"), total=total))
        yield money.calculation(view)
    if not decision.awards and decision.return_authorisation is None:
        yield Paragraph(view.say("notice.nothing_to_perform"))
    allowed = decision.return_authorisation
    if allowed is not None:
        yield Paragraph(view.say("notice.take_back", address=money.address(view, allowed)), strong=True)
        yield Items(tuple(map(view.line, allowed.line_ids)))
        yield Paragraph(view.say(f"notice.freight.{allowed.freight_borne_by.value}"))


def _why(view: View) -> Iterator[Block | None]:
    """The conditions that are met, and those that caused a refusal."""
    met = findings.met(view)
    if met:
        yield Paragraph(view.say("notice.met"))
        yield Items(tuple(findings.clause_text(view, each.clause, each.cites) for each in met))
    yield from findings.reasons(view, findings.decisive(view))


def _answers(view: View) -> Iterator[Block | None]:
    """The clauses on which the merchant's documents count, while anything is open."""
    edition = view.words.edition
    if edition is None or not (view.decision.requests or findings.for_a_person(view)):
        return
    points = [clause for clause in edition.clauses if _rests_on_evidence(edition, clause)]
    if not points:
        return
    yield Paragraph(view.say("notice.may_answer"))
    yield items(tuple(_point(view, each) for each in points if each.role is Role.REQUIREMENT))
    bars = tuple(_point(view, each) for each in points if each.role is Role.BAR)
    yield paragraph(view.say("notice.may_prove")) if bars else None
    yield items(bars)
    closes_at = view.particulars.evidence_closes_at
    if closes_at is not None and closes_at >= view.decision.as_of:
        yield paragraph(timing.until(view, closes_at))


def _point(view: View, clause: Clause) -> str:
    return findings.clause_text(view, clause.name, clause.cites)


def _rests_on_evidence(edition: Edition, clause: Clause) -> bool:
    """Whether a party's documents decide a clause: a requirement that reads some, or a bar that reads nothing else."""
    facts = [edition.case_kind.glossary.facts[name] for name in clause.reads]
    if clause.role is Role.BAR:
        return bool(facts) and all(EVIDENCE in fact.pointers for fact in facts)
    return any(EVIDENCE in fact.pointers and fact.supplier is not Party.PLATFORM for fact in facts)
