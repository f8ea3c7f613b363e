"""What the voices have in common: who reads, what he may see, and how lines, documents, reasons and requests are told to him."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby, pairwise

from attrs import field, frozen

from adjudicator.explain.page import Block, Items, Paragraph, Table, items, paragraph, section
from adjudicator.explain.sanitize import shown
from adjudicator.kinds.payment import Payment
from adjudicator.model.case import Case, Document, ReturnAddress
from adjudicator.model.decision import (
    Award,
    ClaimDecision,
    Deadline,
    Decision,
    Effect,
    FactRead,
    Finding,
    LineResult,
    Measure,
    Outcome,
    Remark,
    Request,
    ReturnAuthorisation,
    Role,
    Step,
)
from adjudicator.model.facts import Party
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import SECOND, Instant
from adjudicator.words import Words, last_instant

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")

GENERIC_REASONS = ("holds", "fails", "repairable")
"""What a plain yes or no becomes: told with its clause, it says nothing more."""


@frozen
class Asked:
    """The same thing asked of one party, for all the lines that it is asked for."""

    request: Request
    line_ids: tuple[str, ...]


@frozen
class View:
    """A decision as one reader is told of it. ``decision`` and ``case`` hold nothing any more that he may not see."""

    decision: Decision
    case: CaseBase | None
    words: Words
    claimant: Party
    titles: dict[str, str] = field(init=False)
    documents: dict[str, Document] = field(init=False)

    def __attrs_post_init__(self) -> None:
        case = self.case if isinstance(self.case, Case) else None
        titles = {line.id: line.title for line in case.order.lines if line.title and shown(line.title)} if case else {}
        object.__setattr__(self, "titles", titles)
        evidence: Iterable[Document] = getattr(self.case, "evidence", ())
        object.__setattr__(self, "documents", {each.id: each for each in evidence})

    def say(self, code: str, **params: object) -> str:
        """The text of a code."""
        return self.words.say(code, **params)

    @property
    def claim(self) -> ClaimDecision | None:
        """The decision, if it is one of a claim."""
        return self.decision if isinstance(self.decision, ClaimDecision) else None

    # What it is about

    @property
    def rule(self) -> str:
        """What the rule is called."""
        return self.words.title() or self.decision.policy.id

    def about(self) -> tuple[str, ...]:
        """Which case it is and, where that is known, which order."""
        moment = self.words.moment(self.decision.as_of)
        told = self.say("letter.reference", case=self.decision.case_id, moment=moment)
        order = getattr(self.case, "order", None)
        return (told, self.say("letter.order", order=order.id)) if order else (told,)

    def line(self, line_id: str) -> str:
        """A line by its goods, where those are known."""
        if line_id in self.titles:
            return self.say("letter.goods", title=self.titles[line_id], line=line_id)
        return self.say("letter.line", line=line_id)

    def opening_line(self, line_id: str | None) -> str:
        """The same where it opens a sentence or a row; what goods are called stays as it is. No line is the whole order."""
        if line_id is None:
            return self.say("letter.whole_order")
        return self.line(line_id) if line_id in self.titles else opening(self.line(line_id))

    def lines(self, line_ids: Iterable[str]) -> str:
        """Several lines in a row."""
        return self.words.listed(map(self.line, line_ids))

    def where(self, line_ids: tuple[str, ...]) -> str:
        """Which lines something is about, where there are others as well."""
        several = len(self.decision.parts) > 1
        return self.say("letter.about_lines", lines=self.lines(line_ids)) if several and line_ids else ""

    def document(self, evidence_id: str) -> str:
        """A piece of evidence by what it is, where that is known."""
        found = self.documents.get(evidence_id)
        if found is None:
            return self.say("letter.some_document", document=evidence_id)
        return self.say("letter.document", kind=self.words.value("kind", found.kind), document=evidence_id)

    # What was decided

    def verdict(self) -> Paragraph:
        """The outcome, addressed to whoever asked for the decision."""
        outcome = self.decision.outcome
        codes = (f"letter.verdict.{outcome}", f"verdict.{outcome}", f"outcome.{outcome}")
        return Paragraph(self.words.first(codes), strong=True)

    def results(self) -> Items | None:
        """How each claimed line, or each incident, was decided."""
        if self.claim is not None:
            return items(tuple(map(self.result, self.claim.lines)))
        return items(tuple(self.part(line_id, outcome) for line_id, outcome in self.decision.parts if line_id))

    def part(self, line_id: str, outcome: str) -> str:
        """How a part of the case was decided."""
        return self.say("letter.result", line=self.opening_line(line_id), outcome=self.say(f"outcome.{outcome}"))

    def result(self, line: LineResult) -> str:
        """How a claimed line was decided, and for how many units where some are approved."""
        if line.outcome in (Outcome.APPROVED, Outcome.PARTIALLY_APPROVED):
            told = {"line": self.opening_line(line.line_id), "outcome": self.say(f"outcome.{line.outcome.value}")}
            return self.say("letter.result_units", units=self.words.units(line), **told)
        return self.part(line.line_id, line.outcome.value)

    def findings(self, *effects: Effect) -> tuple[Finding, ...]:
        """The findings that came out so."""
        return tuple(each for each in self.decision.findings if each.effect in effects)

    def decisive(self) -> tuple[Finding, ...]:
        """The findings for which a line, or the case as a whole, was turned down."""
        return tuple(each for each in self.findings(Effect.DEFEATS) if each.line_id in self.decision.turned_down)

    def for_a_person(self) -> tuple[Finding, ...]:
        """The findings that a person has to look at before a line, or the case as a whole, is decided."""
        return tuple(each for each in self.findings(Effect.UNDECIDED) if each.line_id in self.decision.with_a_person)

    def met(self) -> tuple[Finding, ...]:
        """The requirements that are met on the lines that are granted, each once; or in the case as a whole."""
        met = [each for each in self.findings(Effect.SUPPORTS) if each.role is Role.REQUIREMENT]
        return tuple({each.clause: each for each in met if each.line_id in self.decision.granted}.values())

    def granted_lines(self) -> tuple[str, ...]:
        """The lines that are approved, for all their units or for some."""
        return tuple(
            line_id for line_id, _ in self.decision.parts if line_id is not None and line_id in self.decision.granted
        )

    def measures(self) -> Items | None:
        """What may be done about it, and what it is about in money."""
        return items(tuple(map(self.measure, self.decision.measures)))

    def measure(self, measure: Measure) -> str:
        """Something that may be done."""
        return self._cited(self.words.measure(measure, self.decision.currency), measure.measure, measure.cites)

    # Money

    def money(self, intro: str) -> tuple[Block | None, ...]:
        """What is payable now: each award and the sum, and what was settled of it before."""
        claim = self.claim
        if claim is None or not claim.ladder:
            return ()
        if not claim.awards:
            return (paragraph(self.say("letter.nothing_payable")),)
        rows = [self._row(award, claim.currency) for award in claim.awards]
        total = (self.say("letter.total"), "", self.words.money(claim.total, claim.currency))
        head = tuple(map(self.say, ("letter.kind", "letter.for", "letter.amount")))
        settled = tuple(self._settled(each, claim.currency) for each in claim.awards if each.settled)
        return paragraph(intro), Table(head, (*rows, total), total=True), items(settled)

    def _row(self, award: Award, currency: str) -> tuple[str, str, str]:
        kind = self.say(f"award.{award.kind.value}")
        line = self.opening_line(award.line_id)
        return kind, line, self.words.money(award.amount, currency)

    def _settled(self, award: Award, currency: str) -> str:
        kind, line, _ = self._row(award, currency)
        entitled, settled = self.words.money(award.entitled, currency), self.words.money(award.settled, currency)
        return self.say("letter.settled", kind=kind, line=line, entitled=entitled, settled=settled)

    def reckoning(self) -> Block | None:
        """How the money came about, line by line; steps that hand on what they got are left out."""
        currency = self.decision.currency
        if currency is None:
            return None
        told: list[Block] = []
        for line_id, group in groupby(filter(self._counts, self.decision.ladder), key=lambda step: step.line_id):
            first, *rest = group
            steps = (first, *(step for before, step in pairwise((first, *rest)) if not _hands_on(step, before)))
            told += [
                Paragraph(self.opening_line(line_id)),
                Items(tuple(self.words.step(each, currency) for each in steps), in_order=True),
            ]
        return section(self.say("letter.heading.reckoning"), *told)

    def _counts(self, step: Step) -> bool:
        """Whether a step is more than a ceiling that was not reached."""
        grants = self.words.edition.grants if self.words.edition else None
        ceilings = {each.__name__ for each in grants.at_most} if isinstance(grants, Payment) else set()
        return self.claim is None or step.step not in ceilings or step.amount <= self.claim.total

    def address(self, allowed: ReturnAuthorisation) -> str:
        """Where goods may be sent back to, as fully as it is known."""
        market = self.words.value("market", allowed.market)
        known = self.case.order.merchant.return_addresses or () if isinstance(self.case, Case) else ()
        found: ReturnAddress | None = next(
            (each for each in known if (each.id, each.market) == (allowed.address_id, allowed.market)), None
        )
        named = (found.address if found else None) or allowed.address_id
        return self.say("letter.address", address=named, market=market) if named else market

    # Why

    def against(self, finding: Finding) -> str:
        """Why a finding speaks against the case: what the rule asks, how it came out, how far from the edge, and the number.

        What bars a claim is told without accusing anyone: as the exclusion that it is, not as what was said of somebody.
        """
        told = self.words.sentences(self._asks(finding), self._reason(finding))
        return self._cited(told, finding.clause, finding.cites)

    def spoken(self, finding: Finding) -> str:
        """The same in few words, to be said and not looked up."""
        margin = self.words.margin(finding.margin) if finding.margin else ""
        return self.words.sentences(self._asks(finding), margin)

    def _asks(self, finding: Finding) -> str:
        code = f"letter.against.{finding.clause}"
        if code in self.words:
            return self.say(code)
        if finding.role is Role.BAR:
            return self.say("letter.barred")
        return self.say("letter.required", rule=self.words.restated(finding.clause))

    def open(self, finding: Finding) -> str:
        """What a finding leaves open."""
        if finding.role is Role.BAR:
            told = self.say("letter.may_be_barred")
        else:
            asks = self.say("letter.required", rule=self.words.restated(finding.clause))
            told = self.words.sentences(asks, self.words.because(finding))
        return self._cited(told, finding.clause, finding.cites)

    def point(self, clause: str, cites: tuple[str, ...]) -> str:
        """What the rule says at a clause."""
        return self._cited(self.words.restated(clause), clause, cites)

    def _reason(self, finding: Finding) -> str:
        generic = finding.because.code.rpartition(".")[2] in GENERIC_REASONS
        silent = finding.role is Role.BAR or (generic and f"letter.against.{finding.clause}" in self.words)
        because = "" if silent else self.words.because(finding)
        deadline = next(
            (
                each
                for each in self.decision.deadlines
                if (each.clause, each.line_id) == (finding.clause, finding.line_id)
            ),
            None,
        )
        return self.words.sentences(because, self.words.margin(finding.margin, deadline) if finding.margin else "")

    def _cited(self, text: str, name: str, cites: tuple[str, ...]) -> str:
        """A text with the numbers of the rule that it rests on; our own readings are for those who work with us."""
        node = self.words.edition.nodes.get(name) if self.words.edition else None
        rules = [each for each in cites if node is None or each not in node.citation.readings]
        return self.say("letter.cited", text=text, clauses=self.words.listed(rules)) if rules else text

    def by_line(self, findings: Iterable[Finding]) -> Iterator[tuple[str | None, tuple[Finding, ...]]]:
        """Findings, line by line."""
        groups: dict[str | None, list[Finding]] = {}
        for finding in findings:
            groups.setdefault(finding.line_id, []).append(finding)
        return ((line_id, tuple(group)) for line_id, group in groups.items())

    def reasons(self, findings: Iterable[Finding], told: str = "against") -> Iterator[Block]:
        """Why, line by line; a line is named where there are several."""
        several = len(self.decision.parts) > 1
        for line_id, group in self.by_line(findings):
            if several:
                yield Paragraph(self.say("letter.about_line", line=self.opening_line(line_id)))
            yield Items(tuple(dict.fromkeys(getattr(self, told)(each) for each in group)))

    def went_by(self, findings: Iterable[Finding]) -> str:
        """The facts behind findings that are no one's prose: choices, numbers, instants, and yes or no."""
        currency = self.decision.currency
        facts = {fact.name: fact for finding in findings for fact in finding.facts if self._is_plain(fact)}
        return self.words.joined("clauses", (self.words.fact(each, currency) for each in facts.values()))

    def _is_plain(self, fact: FactRead) -> bool:
        """Whether a fact is known and has words: ids, names and what else came in as prose has none."""
        values = fact.value if isinstance(fact.value, tuple) else (fact.value,)
        return "/as_of" not in fact.pointers and bool(values) and all(self._has_words(fact, each) for each in values)

    def _has_words(self, fact: FactRead, value: object) -> bool:
        if isinstance(value, bool | int):
            return True
        if not isinstance(value, str) or NUMBER.fullmatch(value):
            return isinstance(value, str)
        name = fact.pointers[0].rpartition("/")[2] if fact.pointers else fact.name
        return f"value.{name}.{value}" in self.words or self.words.value(name, value) != value

    # What is needed

    def asked(self) -> tuple[Asked, ...]:
        """What is still needed; what is asked for several lines in the same way is asked once."""
        groups: dict[str, list[Request]] = {}
        for each in self.decision.requests:
            groups.setdefault(str((each.to, each.need, each.accepts, each.due_at, each.evidence_id)), []).append(each)
        return tuple(
            Asked(group[0], tuple(each.line_id for each in group if each.line_id is not None))
            for group in groups.values()
        )

    def asked_of(self, party: Party) -> Iterator[Block]:
        """What one party is asked to hand in: what, in which form, and until when."""
        for each in (each for each in self.asked() if each.request.to == party.value):
            yield Paragraph(self.please(each), strong=True)
            if answers := tuple(
                opening(self.words.answer(accepted, self.decision.currency))
                for accepted in each.request.accepts
                if any(accepted.values())
            ):
                several = "letter.any_of" if len(answers) > 1 else "letter.this_will_do"
                yield Paragraph(self.say(several))
                yield Items(answers)
            if until := self.until(each.request.due_at):
                yield Paragraph(until)

    def please(self, asked: Asked) -> str:
        """What the reader is asked for, with the document and the lines that it is about."""
        need = asked.request.need
        told = self.words.first((f"letter.please.{need}", "letter.please.any"), need=self.say(f"need.{need}"))
        document = asked.request.evidence_id
        named = self.say("letter.about_document", document=self.document(document)) if document else ""
        return self.words.sentences(told, named, self.where(asked.line_ids))

    def until(self, due_at: Instant | None) -> str:
        """Until when something can be handed in, and how much time that leaves."""
        if due_at is None:
            return ""
        return self.words.sentences(self.say("letter.until", end=self.words.end(due_at)), self.left_until(due_at))

    def left_until(self, moment: Instant) -> str:
        """How much time is left at the moment of the decision."""
        seconds = (moment - self.decision.as_of) // SECOND
        return (
            self.say("letter.left", left=self.words.duration(seconds))
            if seconds > 0
            else self.say("letter.last_second")
        )

    def waiting(self, reader: Party) -> Items | None:
        """What others than the reader were asked for."""
        needs: dict[str, dict[str, None]] = {}
        for each in self.decision.requests:
            if each.to != reader.value:
                needs.setdefault(each.to, {})[self.say(f"need.{each.need}")] = None
        return items(tuple(self._waiting_for(party, tuple(each)) for party, each in needs.items()))

    def _waiting_for(self, party: str, needs: tuple[str, ...]) -> str:
        told = self.words.listed(needs)
        if party == Party.PLATFORM.value:
            return self.say("letter.looking_into", needs=told)
        return self.say("letter.have_asked", party=self.say(f"party.{party}"), needs=told)

    def looked_at_again(self) -> Paragraph | None:
        """When time alone may change the decision."""
        at = self.decision.reconsider_at
        if at is None:
            return None
        return Paragraph(self.say("letter.again", moment=self.words.moment(Instant(at - at % SECOND))))

    # What else there is to know

    def still_open(self, deadline: Deadline) -> bool:
        """Whether a window is open at the moment of the decision."""
        return self.decision.as_of <= last_instant(deadline)

    def remarks(self) -> Items | None:
        """What the reader should know besides; what holds for several lines is told once."""
        return items(tuple({each.code: self._remark(each) for each in self.decision.remarks}.values()))

    def _remark(self, remark: Remark) -> str:
        code = f"letter.remark.{remark.code}"
        return self._cited(
            self.say(code) if code in self.words else self.words.remark(remark), remark.code, remark.cites
        )


def _hands_on(step: Step, before: Step) -> bool:
    """Whether what comes out of a step is what came out of the one before it, which went in."""
    return before.step in step.inputs and step.amount == before.amount


def opening(text: str) -> str:
    """A text at the beginning of a line."""
    return text[:1].upper() + text[1:]
