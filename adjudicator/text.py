"""Decisions, policies and faults as text for people.

Whatever came in with a case is shown as it is, character by character, and never obeyed: no control character of it reaches the
terminal, and no markup in it is markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Any, Final, TypeAlias

from attrs import astuple, frozen
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from adjudicator import entitling, requiring
from adjudicator.case import Minor
from adjudicator.changes import Act, Change
from adjudicator.checking import Check, Heard, NotKnown, Use
from adjudicator.civil_time import Instant
from adjudicator.decision import (
    ClaimDecision,
    Decision,
    Effect,
    Finding,
    Plain,
    PolicyRef,
    Request,
    ReturnAuthorisation,
    Role,
)
from adjudicator.entitling import Against, Entitlement, Entitlements, Maximum, Status, Together
from adjudicator.entitling.drafting import PATH
from adjudicator.faults import Fault, printable, safe
from adjudicator.governing import edition_behind
from adjudicator.policy import Clause, Edition
from adjudicator.requiring import Checklist, Choice, Entry, Piece
from adjudicator.whatif import Alternative, Answer, Question, WhatIf
from adjudicator.whatif.trying import ANOTHER
from adjudicator.words import Words, field_named, words_for

_COLOURS: Final = {Effect.SUPPORTS: "green", Effect.DEFEATS: "red", Effect.UNDECIDED: "yellow"}
_HEADINGS: Final = {Role.REQUIREMENT: "decision.must_hold", Role.BAR: "decision.must_not"}

Section: TypeAlias = "tuple[str, list[RenderableType]]"
"""A heading and what stands below it; without content it is left out."""


@frozen
class Marks:
    """The signs of a page, which tell apart without colour."""

    supports: str = "✓"
    defeats: str = "✗"
    undecided: str = "?"
    item: str = "•"
    ask: str = "→"
    dash: str = "·"

    def of(self, effect: Effect) -> str:
        """The mark of a finding."""
        return {Effect.SUPPORTS: self.supports, Effect.DEFEATS: self.defeats, Effect.UNDECIDED: self.undecided}[effect]


_PLAIN: Final = Marks("+", "x", "?", "*", ">", "-")


def marks_in(encoding: str) -> Marks:
    """The marks that an encoding can write."""
    marks = Marks()
    return marks if can_write("".join(astuple(marks)), encoding) else _PLAIN


def can_write(text: str, encoding: str) -> bool:
    """Whether an encoding has every character of a text."""
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def rule_between() -> RenderableType:
    """What stands between two decisions."""
    return Rule(style="dim", characters="-")


# Decisions


def decision_page(decision: Decision, language: str, marks: Marks) -> RenderableType:
    """A decision as its reader wants it: the outcome and the money, what is needed, then why."""
    return _DecisionPage(decision, edition_behind(decision.policy), language, marks).whole()


class _CasePage:
    """What pages about one case have in common."""

    def __init__(self, edition: Edition | None, language: str, marks: Marks) -> None:
        self.words = words_for(edition, language, safe)
        self.marks = marks

    def say(self, code: str, **params: object) -> str:
        return self.words.say(code, **params)

    def about(self, case_id: str, as_of: Instant, policy: PolicyRef) -> Iterator[Text]:
        """Which case it is, and by which rule."""
        rule = self.say(
            "decision.policy", policy=safe(policy.id), edition=safe(policy.edition), revision=policy.revision
        )
        yield Text(self.say("decision.case", case=safe(case_id), moment=self.words.moment(as_of)))
        yield Text(rule, "dim")

    # What is needed

    def request(self, request: Request) -> RenderableType:
        asked = self.say(
            "decision.from",
            party=self.say(f"party.{request.to}"),
            need=self.say(f"need.{request.need}"),
        )
        beside = [
            self.say("decision.document", document=safe(request.evidence_id)) if request.evidence_id else "",
            self.say("decision.line", line=safe(request.line_id)) if request.line_id is not None else "",
            self.say("decision.until", end=self.words.end(request.due_at)) if request.due_at is not None else "",
        ]
        rows = _grid("left", "left")
        told = Text(asked, "bold")
        told.append("".join(f" {self.marks.dash} {each}" for each in beside if each), "not bold")
        rows.add_row(Text(self.marks.ask, "yellow"), told)
        for answer in self.words.accepts(request):
            rows.add_row(Text(), Text(answer, "dim"))
        return rows


class _DecisionPage(_CasePage):
    """The parts of the page for one decision."""

    def __init__(self, decision: Decision, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks)
        self.decision = decision
        self.deadlines = {(each.clause, each.line_id): each for each in decision.deadlines}

    def whole(self) -> RenderableType:
        claim = self.decision if isinstance(self.decision, ClaimDecision) else None
        sections: list[Section] = [
            self.lines(claim) if claim else self.parts(),
            (self.say("decision.measures"), [_item(self.marks, each) for each in self.measures()]),
            (self.say("decision.needed"), [self.request(each) for each in self.decision.requests]),
            *self.clauses(),
            self.ladder(),
            *((self.sent_back(claim),) if claim else ()),
            (self.say("decision.remarks"), list(self.remarks())),
        ]
        return _Trimmed(Group(self.head(claim), *_laid_out(sections), *self.foot()))

    # The head and the foot

    def head(self, claim: ClaimDecision | None) -> RenderableType:
        decision = self.decision
        first = Text(self.say(f"outcome.{decision.outcome}").upper(), style=f"bold {self.colour()}")
        if claim and claim.ladder:
            first.append(
                f"   {self.say('decision.payable', amount=self.words.money(claim.total, claim.currency))}", "bold"
            )
        return Group(first, *self.about(decision.case_id, decision.as_of, decision.policy))

    def colour(self) -> str:
        """Yellow while something is open, and where some lines pass and others do not."""
        effects = {finding.effect for finding in self.decision.findings}
        if Effect.UNDECIDED in effects or self.decision.requests:
            return "yellow"
        failed = {finding.line_id for finding in self.decision.findings if finding.effect is Effect.DEFEATS}
        passed = {finding.line_id for finding in self.decision.findings} - failed
        return "green" if not failed else "yellow" if passed else "red"

    def foot(self) -> Iterator[RenderableType]:
        if self.decision.reconsider_at is not None:
            yield Text()
            yield Text(self.say("decision.reconsider", moment=self.words.moment(self.decision.reconsider_at)), "yellow")

    # Money

    def lines(self, claim: ClaimDecision) -> Section:
        """Each claimed line with what is payable for it, and what is payable for the order as a whole."""
        rows = _grid("left", "left", "left", "left", "right", "left", apart=2)
        for line in claim.lines:
            outcome = self.say(f"outcome.{line.outcome.value}")
            self.award_rows(rows, claim, line.line_id, (safe(line.line_id), outcome, self.words.units(line)))
        self.award_rows(rows, claim, None, (self.say("decision.the_order"), "", ""))
        return self.say("decision.lines"), [rows]

    def parts(self) -> Section:
        """Each part of a case that is no claim."""
        told = (self.words.part(line_id, outcome) for line_id, outcome in self.decision.parts if line_id is not None)
        return self.say("decision.lines"), [_item(self.marks, Text(each)) for each in told]

    def measures(self) -> Iterator[Text]:
        """What may be done about it."""
        for measure in self.decision.measures:
            told = Text(self.words.measure(measure, self.decision.currency))
            told.append(f" {', '.join(measure.cites)}", "dim")
            yield told

    def award_rows(self, rows: Table, claim: ClaimDecision, line_id: str | None, lead: tuple[str, ...]) -> None:
        """A row for each award; a line that gets none has a row all the same, the order has not."""
        money, currency = self.words.money, claim.currency
        awards = [award for award in claim.awards if award.line_id == line_id]
        for award in awards:
            settled = self.say(
                "decision.of_entitled",
                entitled=money(award.entitled, currency),
                settled=money(award.settled, currency),
            )
            paid = (self.say(f"award.{award.kind.value}"), money(award.amount, currency))
            rows.add_row(*map(Text, (*lead, *paid)), Text(settled if award.settled else "", "dim"))
            lead = ("", "", "")
        if not awards and line_id is not None:
            rows.add_row(*map(Text, lead))

    def ladder(self) -> Section:
        rows = _grid("left", "right", "left")
        before: str | None = ""
        for step in self.decision.ladder:
            told = Text(self.words.restated(step.step))
            told.append(f" {', '.join(step.cites)}", "dim")
            line = self.line_or_order(step.line_id)
            amount = self.words.money(step.amount, self.decision.currency or "")
            rows.add_row(Text(line if line != before else "", "dim"), Text(amount, no_wrap=True), told)
            before = line
        return self.say("decision.ladder"), [rows] if self.decision.ladder else []

    def line_or_order(self, line_id: str | None) -> str:
        return self.say("decision.the_order") if line_id is None else safe(line_id)

    def sent_back(self, claim: ClaimDecision) -> Section:
        allowed = claim.return_authorisation
        if allowed is None:
            return "", []
        return self.say("decision.return"), [Text(self.words.sent_back(allowed))]

    # Why

    def clauses(self) -> Iterator[Section]:
        """The findings, line by line, requirements apart from bars."""
        groups: dict[tuple[str | None, Role], list[RenderableType]] = {}
        for finding in self.decision.findings:
            groups.setdefault((finding.line_id, finding.role), []).append(self.finding(finding))
        for (line_id, role), rows in groups.items():
            heading = self.say(_HEADINGS[role])
            if line_id is not None:
                heading = self.say("decision.about", heading=heading, line=safe(line_id))
            yield heading, rows

    def finding(self, finding: Finding) -> RenderableType:
        colour, between = _COLOURS[finding.effect], self.words.joined("sentences", ("", ""))
        deadline = self.deadlines.get((finding.clause, finding.line_id))
        told = Text(self.words.restated(finding.clause))
        told.append(f"{between}{self.words.outcome_of(finding)}", colour)
        if deadline is not None:
            told.append(f"{between}{self.words.deadline(deadline)}", "dim")
        row = _grid("left", "left", "left", expand=True)
        row.columns[1].ratio = 1
        row.add_row(Text(self.marks.of(finding.effect), f"bold {colour}"), told, Text("\n".join(finding.cites), "dim"))
        return row

    def remarks(self) -> Iterator[RenderableType]:
        for remark in self.decision.remarks:
            line = "" if remark.line_id is None else f"{safe(remark.line_id)} {self.marks.dash} "
            told = Text(f"{line}{self.words.restated(remark.code)}")
            told.append(f" {', '.join(remark.cites)}", "dim")
            yield _item(self.marks, told)


# Checks


def check_page(check: Check, language: str, marks: Marks) -> RenderableType:
    """What a sound case lacks: what is needed now, what is not known besides, and evidence that does nothing."""
    return _CheckPage(check, edition_behind(check.policy), language, marks).whole()


class _CheckPage(_CasePage):
    """The parts of the page for one check."""

    def __init__(self, check: Check, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks)
        self.check = check

    def whole(self) -> RenderableType:
        check = self.check
        sections: list[Section] = [
            (self.say("decision.needed"), [self.request(each) for each in check.requests]),
            *(self.checklist(each) for each in check.requirements),
            (self.say("check.not_known"), [self.not_known(each) for each in check.not_known if not each.matters_now]),
            (self.say("check.unnamed"), [self.heard(each) for each in check.evidence if each.use is Use.UNNAMED]),
            (self.say("check.unread"), [self.heard(each) for each in check.evidence if each.use is Use.UNREAD]),
        ]
        return _Trimmed(Group(*self.head(), *_laid_out(sections)))

    def head(self) -> Iterator[Text]:
        check = self.check
        code, colour = ("check.something_needed", "yellow") if check.requests else ("check.nothing_needed", "green")
        yield Text(self.say(code), f"bold {colour}")
        yield from self.about(check.case_id, check.as_of, check.policy)

    def not_known(self, fact: NotKnown) -> RenderableType:
        party = self.say(f"party.{fact.supplier}" if fact.supplier else "policy.from_nobody")
        told = self.say("policy.fact", fact=self.say(f"fact.{fact.fact}"), party=party)
        return self.item(told, fact.line_id, *fact.pointers)

    def checklist(self, checklist: Checklist) -> Section:
        """Each kind of evidence that a line needs, with what there is of it; what it has to be unless it is there."""
        rows = [row for group in checklist.groups for row in self.entries(group)]
        if checklist.line_id is None:
            return self.say("check.checklist_of_the_case"), rows
        return self.say("check.checklist", line=safe(checklist.line_id)), rows

    def entries(self, group: requiring.Group) -> Iterator[RenderableType]:
        if group.choice is Choice.ONE_OF:
            yield Text(self.say("check.one_of", status=self.say(f"evidence.{group.status}")), "bold")
        for entry in group.entries:
            kind, status = self.say(f"value.kind.{entry.kind}"), self.say(f"evidence.{entry.status}")
            told = self.say(f"choice.{group.choice}", kind=kind, status=status)
            yield _marked(self.sign(entry.status), Text(told), *self.pieces(entry))
            if entry.status is not requiring.Status.SATISFIED and group.status is not requiring.Status.SATISFIED:
                yield from (Padding(Text(self.words.answer(each), "dim"), (0, 0, 0, 4)) for each in entry.accepts)

    def sign(self, status: requiring.Status) -> Text:
        """The mark of something on a checklist."""
        if status is requiring.Status.SATISFIED:
            return Text(self.marks.supports, "bold green")
        if status in (requiring.Status.PENDING, requiring.Status.CONTESTED):
            return Text(self.marks.undecided, "bold yellow")
        return Text(self.marks.defeats, "bold red") if status is not requiring.Status.MISSING else Text(self.marks.item)

    def pieces(self, entry: Entry) -> Iterator[Text]:
        for piece in entry.pieces:
            document = self.say("decision.document", document=safe(piece.evidence_id))
            status = self.say(f"evidence.{piece.status}")
            told = self.say("check.amiss", status=status, because=self.amiss(piece)) if piece.because else status
            yield Text(f"{document} {self.marks.dash} {told}")

    def amiss(self, piece: Piece) -> str:
        """What is amiss with a piece, or what the finding says that rests on it."""
        reasons = (f"{family}.{piece.because}" for family in ("reason", "reason.requirement"))
        return self.words.first((f"worth.{piece.because}", *reasons))

    def heard(self, heard: Heard) -> RenderableType:
        return self.item(self.say("decision.document", document=safe(heard.evidence_id)), heard.line_id)

    def item(self, told: str, line_id: str | None, *places: str) -> RenderableType:
        """Something on a line of its own, with the claimed line and the places in the case that it is about."""
        line = () if line_id is None else (self.say("decision.line", line=safe(line_id)),)
        return _item(self.marks, Text(f" {self.marks.dash} ".join((told, *line, *places))))


# Entitlements


def entitlements_page(found: Entitlements, language: str, marks: Marks) -> RenderableType:
    """What an order gives, as one wants it at hand while somebody asks: line by line, then for all lines in one claim."""
    words = words_for(None, language, safe)
    by_line: dict[str, list[RenderableType]] = {}
    for each in found.lines:
        part = _EntitlementPart(each.policy, found.currency, language, marks)
        by_line.setdefault(each.line_id, []).append(part.whole(each))
    sections: list[Section] = [
        (words.say("entitlement.line", line=safe(line_id)), rows) for line_id, rows in by_line.items()
    ]
    in_one_claim = [
        _EntitlementPart(each.policy, found.currency, language, marks).together(each)
        for each in found.together
        if len(each.line_ids) > 1 and each.at_most.total
    ]
    head = words.say("entitlement.order", order=safe(found.order_id), moment=words.moment(found.as_of))
    nothing = [] if found.lines else [Text(words.say("entitlement.nothing"))]
    sections.append((words.say("entitlement.in_one_claim"), in_one_claim))
    return _Trimmed(Group(Text(head, "bold"), *nothing, *_laid_out(sections)))


class _EntitlementPart(_CasePage):
    """The part of the page about one guarantee."""

    def __init__(self, policy: PolicyRef, currency: str, language: str, marks: Marks) -> None:
        super().__init__(edition_behind(policy), language, marks)
        self.title = self.words.title() or safe(policy.id)
        self.currency = currency

    def whole(self, entitlement: Entitlement) -> RenderableType:
        """What a guarantee gives for a line, with an answer for each way in which what is not known can turn out."""
        parts: list[RenderableType] = []
        for answer, after in zip_longest(entitlement.answers, entitlement.answers[1:]):
            if answer.assuming:
                choices, standing = self.words.answer(answer.assuming), self.standing(answer)
                parts.append(Text(self.say("entitlement.assuming", choices=choices, standing=standing)))
            if after is None or _details(answer) != _details(after):
                parts += [Padding(each, (0, 0, 0, 2)) for each in self.answer(answer)]
        if unknown := [self.words.supplied(each.fact) for each in entitlement.not_known if each.matters]:
            parts.append(Text(self.say("entitlement.not_known", facts=self.words.listed(unknown)), "yellow"))
        return _marked(self.sign(entitlement.status), Text(self.headline(entitlement), "bold"), *parts)

    def headline(self, entitlement: Entitlement) -> str:
        """The guarantee, and how it stands."""
        if len(entitlement.answers) == 1:
            standing = self.standing(entitlement.answers[0])
        elif entitlement.certain_until is not None:
            standing = self.say("entitlement.certain", end=self.words.end(entitlement.certain_until))
        else:
            standing = self.say(f"standing.{entitlement.status}")
        return self.say("entitlement.stands", title=self.title, standing=standing)

    def standing(self, answer: entitling.Answer) -> str:
        """How it stands, with the last instant where there is one."""
        status = self.say(f"standing.{answer.status}")
        if answer.window is None:
            return status
        end, start = self.words.end(answer.window.last_instant), self.words.moment(answer.window.starts_at)
        if answer.status is Status.CLOSED:
            return self.say("entitlement.ended", standing=status, end=end)
        if answer.supposing:
            return self.say("entitlement.supposing", standing=status, start=start, end=end)
        if answer.status is Status.NOT_YET:
            return self.say("entitlement.from_to", standing=status, start=start, end=end)
        return self.say("entitlement.up_to", standing=status, end=end)

    def answer(self, answer: entitling.Answer) -> Iterator[RenderableType]:
        """What can be had, how to file, what will be needed, or what stands against it."""
        if answer.at_most:
            yield from self.maximum(answer.at_most)
        if path := {place: _as_chosen(place, values) for place, values in answer.path.items() if values}:
            yield Text(self.say("entitlement.path", choices=self.words.answer(path)))
        for each in (*answer.proof, *answer.besides):
            yield self.request(Request(each.to, each.need, None, each.accepts, None, None))
        for against in answer.against:
            yield Text(self.against(against), "dim")

    def against(self, against: Against) -> str:
        """A clause that stands against a line, or is open for it."""
        code = "open" if against.effect is Effect.UNDECIDED else against.role.value
        clause, cites = self.words.restated(against.clause), self.words.listed(against.cites)
        return self.say(f"against.{code}", clause=clause, cites=cites)

    def maximum(self, maximum: Maximum) -> Iterator[RenderableType]:
        """The money by kind, and the place to send things back to."""
        if maximum.amounts or maximum.return_authorisation is None:
            parts = self.words.listed(
                self.say(
                    "entitlement.amount", kind=self.say(f"award.{each.kind.value}"), amount=self.money(each.amount)
                )
                for each in maximum.amounts
            )
            total, parts = self.money(maximum.total), parts or self.say("value.none")
            yield Text(self.say("entitlement.at_most", total=total, parts=parts), "bold")
        if allowed := maximum.return_authorisation:
            yield Text(self.goes_back(allowed), "bold")
        for each in maximum.freight:
            bearer = self.words.value("freight_borne_by", each.borne_by.value)
            yield Text(self.say("entitlement.freight", bearer=bearer, choices=self.words.answer(each.where)))

    def goes_back(self, allowed: ReturnAuthorisation) -> str:
        """Where the goods go back to."""
        market = self.words.value("market", allowed.market)
        if allowed.address_id is None:
            return self.say("entitlement.return_somewhere", market=market)
        return self.say("entitlement.return_to", address=safe(allowed.address_id), market=market)

    def money(self, amount: Minor) -> str:
        return self.words.money(amount, self.currency)

    def together(self, together: Together) -> RenderableType:
        """What several lines give in one claim."""
        total = self.money(together.at_most.total)
        lines = self.words.listed(map(safe, together.line_ids))
        return _item(self.marks, Text(self.say("entitlement.together", title=self.title, lines=lines, total=total)))

    def sign(self, status: Status) -> Text:
        """The mark of how a guarantee stands."""
        if status in (Status.OPEN, Status.OPEN_WITHOUT_END):
            return Text(self.marks.supports, "bold green")
        if status in (Status.CLOSED, Status.NOT_COVERED):
            return Text(self.marks.defeats, "bold red")
        return Text(self.marks.undecided, "bold yellow")


def _details(answer: entitling.Answer) -> tuple[object, ...]:
    """What is told below the standing of an answer."""
    return answer.at_most, answer.path, answer.proof, answer.besides, answer.against


def _as_chosen(place: str, values: tuple[Plain, ...]) -> tuple[Plain, ...]:
    """The values of which one will do; demands are all named together."""
    return (values,) if place == PATH["demands"] else values


# What if


def what_if_page(found: WhatIf, language: str, marks: Marks) -> RenderableType:
    """What would change a decision, and what to ask next."""
    return _WhatIfPage(found, language, marks).whole()


def alternatives_page(found: WhatIf, language: str, marks: Marks) -> RenderableType:
    """What would change a decision, for below that decision."""
    return _WhatIfPage(found, language, marks).below_its_decision()


class _WhatIfPage(_CasePage):
    """The parts of the page for what would change a decision."""

    def __init__(self, found: WhatIf, language: str, marks: Marks) -> None:
        super().__init__(edition_behind(found.decision.policy), language, marks)
        self.found = found

    def whole(self) -> RenderableType:
        decision = self.found.decision
        outcome = Text(self.say(f"outcome.{decision.outcome}").upper(), "bold")
        about = self.about(decision.case_id, decision.as_of, decision.policy)
        questions = (self.say("whatif.questions"), [self.question(each) for each in self.found.questions])
        return _Trimmed(Group(outcome, *about, *_laid_out([*self.alternatives(), questions])))

    def below_its_decision(self) -> RenderableType:
        return _Trimmed(Group(*_laid_out(self.alternatives())))

    # Alternatives

    def alternatives(self) -> list[Section]:
        """The alternatives by what they take; those that differ in one value alone are told as one."""
        groups: dict[tuple[object, ...], list[Alternative]] = {}
        for each in self.found.alternatives:
            places = tuple(change.pointer for change in each.changes)
            told_alike = len(places) == 1 and not isinstance(each.changes[0].to, dict)
            key = (each.kind, each.line_id, each.line_outcome, each.total, places if told_alike else id(each))
            groups.setdefault(key, []).append(each)
        if not groups:
            return [(self.say("whatif.nothing"), [Text()])]
        return [
            (
                self.say(f"whatif.kind.{kind.value}"),
                [self.alternative(of) for of in groups.values() if of[0].kind is kind],
            )
            for kind in Act
        ]

    def alternative(self, group: list[Alternative]) -> RenderableType:
        first = group[0]
        if len(first.changes) > 1:
            told = [self.change(each, [each.to]) for each in first.changes]
        else:
            told = [self.change(first.changes[0], [each.changes[0].to for each in group])]
        return _item(self.marks, Text("\n".join(told)), Text(self.led_to(first), "dim"))

    def led_to(self, each: Alternative) -> str:
        """What an alternative leads to, for which line, and who can act."""
        claim = self.found.decision if isinstance(self.found.decision, ClaimDecision) else None
        money = self.words.money(each.total, claim.currency) if claim and each.total is not None else ""
        return f" {self.marks.dash} ".join(
            told
            for told in (
                f"{self.marks.ask} {self.say(f'outcome.{each.line_outcome}')}",
                self.say("decision.payable", amount=money) if money and each.difference else "",
                self.say("decision.line", line=safe(each.line_id)) if each.line_id is not None else "",
                self.say("whatif.by", parties=self.words.listed(self.say(f"party.{by}") for by in each.by))
                if each.by
                else "",
            )
            if told
        )

    def change(self, change: Change, values: list[Any]) -> str:
        """One change: what, to what, and instead of what."""
        name = field_named(change.pointer)
        to = self.words.listed((self.value(name, each) for each in values), "or")
        if change.was is None:
            return self.say("whatif.known", what=self.what(change), to=to)
        return self.say("whatif.instead", what=self.what(change), to=to, was=self.value(name, change.was))

    def what(self, change: Change) -> str:
        """What a change is about: a fact by its name, or a field of a document or of another item."""
        name = field_named(change.pointer)
        if change.pointer.endswith("/-"):
            return self.say("whatif.new")
        if change.evidence_id is not None:
            document = self.say("decision.document", document=safe(change.evidence_id))
            return self.say("whatif.within", field=self.say(f"field.{name}"), whole=document)
        return self.words.first((f"field.{name}", f"fact.{change.fact}"))

    def value(self, name: str, value: Any) -> str:
        """A value as it stands in JSON, in words."""
        if value in ANOTHER:
            return self.say("whatif.another")
        if isinstance(value, list):
            return self.words.listed(self.value(name, each) for each in value) or self.say("value.none")
        if isinstance(value, dict):
            return self.words.answer({field: (each,) for field, each in flattened(value) if field not in _UNSAID})
        return self.words.value(name, value)

    # Questions

    def question(self, question: Question) -> RenderableType:
        request = Request(question.to.value, question.need, None, (), question.due_at, question.evidence_id)
        rows = _grid("left", "left")
        for led_to, answers in _alike(question.answers).items():
            outcome, settles = led_to
            told = [self.answer(question, each) for each in answers]
            end = "" if settles else f" {self.marks.dash} {self.say('whatif.more_needed')}"
            rows.add_row(Text(f"{self.say(f'outcome.{outcome}')}{end}", "dim"), Text(self.words.listed(told, "or")))
        lines = self.words.listed(map(safe, question.line_ids))
        about = [Text(self.say("whatif.lines", lines=lines), "dim")] if question.line_ids else []
        return Group(self.request(request), Padding(Group(*about, rows), (0, 0, 0, 2)))

    def answer(self, question: Question, answer: Answer) -> str:
        """One answer: its values, or how a document differs from the one that is asked for."""
        change = answer.changes[0]
        name = field_named(change.pointer)
        least, most = answer.at_least, answer.at_most
        if least is not None or most is not None:
            code = "between" if least is not None and most is not None else "from" if most is None else "up_to"
            return self.say(f"whatif.range.{code}", least=self.value(name, least), most=self.value(name, most))
        if isinstance(change.to, dict) and "kind" in change.to:
            first = next(each.changes[0].to for each in question.answers if _same_kind(each, change.to))
            otherwise = {key: (each,) for key, each in flattened(change.to) if (key, each) not in flattened(first)}
            kind = self.words.value("kind", change.to["kind"])
            if otherwise:
                return self.say("whatif.otherwise", kind=kind, answer=self.words.answer(otherwise))
            return self.say("whatif.as_asked", kind=kind)
        is_told = change.was is None or change.evidence_id is not None
        if is_told and len({each.fact for each in answer.changes}) == 1:
            return self.value(name, change.to)
        return self.words.joined(
            "clauses",
            (self.say("whatif.known", what=self.what(each), to=self.value(name, each.to)) for each in answer.changes),
        )


_UNSAID: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids"})
"""What a new piece of evidence must say, and nobody asks about."""


def flattened(value: Mapping[str, Any], within: str = "") -> list[tuple[str, Any]]:
    """The fields of an object with those of the objects in it, each by its path."""
    found: list[tuple[str, Any]] = []
    for name, each in value.items():
        found += flattened(each, f"{within}{name}/") if isinstance(each, dict) else [(f"{within}{name}", each)]
    return found


def _alike(answers: Iterable[Answer]) -> dict[tuple[str, bool], list[Answer]]:
    """Answers by what they lead to."""
    groups: dict[tuple[str, bool], list[Answer]] = {}
    for each in answers:
        groups.setdefault((each.outcome, each.settles), []).append(each)
    return groups


def _same_kind(answer: Answer, piece: Mapping[str, Any]) -> bool:
    to = answer.changes[0].to
    return isinstance(to, dict) and to.get("kind") == piece["kind"]


# Faults


def faults_page(
    line: int, faults: Iterable[Fault], language: str, marks: Marks, code: str = "decision.undecidable"
) -> RenderableType:
    """What is wrong with one line of several; ``code`` says what became of it."""
    words = words_for(None, language)
    head = Text(f"{marks.defeats} {words.say(code, line=line)}", "bold red")
    return Group(head, *(Padding(Text(fault_line(fault, words)), (0, 0, 0, 2)) for fault in faults))


def fault_line(fault: Fault, words: Words) -> str:
    """A fault on one line."""
    place = safe(fault.pointer) or words.say("decision.whole_input")
    return words.say("decision.fault", place=place, expected=printable(fault.expected), value=safe(fault.value))


# Policies


def policies_page(
    editions: Iterable[tuple[Edition, dt.date | None]], language: str, on: dt.date | None
) -> RenderableType:
    """Which editions there are, each with the last day on which it is in force."""
    words = words_for(None, language)
    rows = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for heading in ("policy.policy", "policy.edition", "policy.until", "policy.title"):
        rows.add_column(Text(words.say(heading)), no_wrap=heading != "policy.title", overflow="fold")
    for edition, last in editions:
        until = words.say("policy.open_ended") if last is None else last.isoformat()
        rows.add_row(*map(Text, (edition.policy, edition.name, until, words_for(edition, language).title())))
    if on is not None and not rows.row_count:
        return Text(words.say("policy.nothing_in_force", date=on.isoformat()))
    if not rows.row_count:
        return Text(words.say("policy.none_installed"))
    return _Trimmed(rows)


def policy_page(edition: Edition, last: dt.date | None, language: str, marks: Marks) -> RenderableType:
    """A rule as its policy file tells it: clause by clause, what it rests on, and what is owed."""
    return _PolicyPage(edition, last, words_for(edition, language), marks).whole()


@frozen
class _PolicyPage:
    """The parts of the page for one edition of a policy."""

    edition: Edition
    last: dt.date | None
    words: Words
    marks: Marks

    def whole(self) -> RenderableType:
        edition, say = self.edition, self.words.say
        by_role: dict[Role, list[RenderableType]] = {}
        for clause in edition.clauses:
            by_role.setdefault(clause.role, []).append(self.clause(clause))
        granted = edition.grants.functions() if edition.grants else ()
        sections: list[Section] = [
            *((say(_HEADINGS[role]), clauses) for role, clauses in by_role.items()),
            (say("policy.settings"), [self.setting(name, value) for name, value in edition.settings.items()]),
            (say("policy.grants"), [self.stated(function.__name__) for function in granted]),
            (say("policy.remarks"), [self.stated(function.__name__) for function in edition.remarks]),
            (say("policy.not_adjudicated"), [self.left_out(*each) for each in edition.not_adjudicated.items()]),
        ]
        return _Trimmed(Group(self.head(), *_laid_out(sections)))

    def head(self) -> RenderableType:
        return Group(
            Text(self.words.title(), "bold"),
            Text(f"{self.edition.policy} {self.marks.dash} {self.words.revision()}"),
            Text(self.words.in_force(self.last), "dim"),
        )

    def clause(self, clause: Clause) -> RenderableType:
        told = self.told(clause.name, clause.cites, self.words.restated(clause.name))
        needs = self.words.joined("clauses", map(self.words.supplied, clause.reads))
        return _item(self.marks, told, Text(self.words.say("policy.needs", facts=needs), "dim"))

    def setting(self, name: str, value: object) -> RenderableType:
        shown = self.words.setting(name, value)
        return _item(self.marks, Text.assemble((name, "bold"), f" = {shown}"), Text(self.words.say(f"setting.{name}")))

    def stated(self, name: str) -> RenderableType:
        law = self.edition.nodes[name].law
        return _item(self.marks, self.told(name, law.within(self.edition.article), self.words.restated(name)))

    def left_out(self, sentence: str, reason: str) -> RenderableType:
        return _item(self.marks, Text(sentence, "cyan"), Text(self.words.not_adjudicated(reason)))

    def told(self, name: str, cites: tuple[str, ...], restatement: str) -> Text:
        """A function of the policy: its name, what it cites and reads, and its words."""
        cited = ", ".join((*cites, *self.edition.nodes[name].law.readings))
        return Text.assemble((name, "bold"), (f"  {cited}\n", "cyan"), restatement)


# Layout


def _grid(*columns: JustifyMethod, apart: int = 1, expand: bool = False) -> Table:
    grid = Table.grid(padding=(0, apart), expand=expand)
    for justify in columns:
        grid.add_column(justify=justify, overflow="fold")
    return grid


def _item(marks: Marks, *content: RenderableType) -> RenderableType:
    return _marked(Text(marks.item, "dim"), *content)


def _marked(mark: Text, *content: RenderableType) -> RenderableType:
    row = _grid("left", "left")
    row.add_row(mark, Group(*content))
    return row


class _Trimmed:
    """The same without the space that fills up its lines on the right, which nobody sees and every copy carries along."""

    def __init__(self, page: RenderableType) -> None:
        self.page = page

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in console.render_lines(self.page, options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                line[-1] = Segment(line[-1].text.rstrip(), line[-1].style)
            yield from line
            yield Segment.line()


def _laid_out(sections: Iterable[Section]) -> Iterator[RenderableType]:
    """Each section that has content, below its heading and after an empty line."""
    for heading, content in sections:
        if content:
            yield Text()
            yield Text(heading, "bold")
            yield from (Padding(each, (0, 0, 0, 2)) for each in content)
