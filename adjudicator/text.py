"""Decisions, policies and faults as text for people.

Whatever came in with a case is shown as it is, character by character, and never obeyed: no control character of it reaches the
terminal, and no markup in it is markup.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from itertools import zip_longest
from typing import Final, TypeAlias

from attrs import astuple, frozen
from rich.console import Console, ConsoleOptions, Group, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from adjudicator import requiring
from adjudicator.checking import Check, Heard, NotKnown, Use
from adjudicator.civil_time import Instant
from adjudicator.decision import ClaimDecision, Deadline, Decision, Effect, Finding, Plain, PolicyRef, Request, Role
from adjudicator.entitling import Against, Answer, Entitlement, Entitlements, Maximum, Needed, Status, Together
from adjudicator.faults import Fault
from adjudicator.governing import policies
from adjudicator.policy import Clause, Edition, Node
from adjudicator.requiring import Checklist, Choice, Entry, Piece
from adjudicator.words import Words, money, words_for

_LONGEST: Final = 100
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


def safe(text: str) -> str:
    """A text from outside, fit to be shown: one line, of bearable length, nothing in it that a terminal would obey."""
    told = printable(text[: _LONGEST + 1])
    return told if len(told) <= _LONGEST else f"{told[: _LONGEST - 3]}..."


def printable(text: str) -> str:
    """A text on one line, with nothing in it that a terminal would obey."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def moment(instant: Instant) -> str:
    """An instant on the Beijing clock; seconds and less only where there are any."""
    at = instant.datetime()
    precision = "microseconds" if at.microsecond else "seconds" if at.second else "minutes"
    return at.replace(tzinfo=None).isoformat(" ", precision)


def rule_between() -> RenderableType:
    """What stands between two decisions."""
    return Rule(style="dim", characters="-")


def field_named(name: str) -> str:
    """The field that an acceptable answer names: one of a new piece of evidence, or the last name in a pointer."""
    return name if not name.startswith("/") else [each for each in name.split("/") if each.strip("-0123456789")][-1]


# Decisions


def decision_page(decision: Decision, language: str, marks: Marks) -> RenderableType:
    """A decision as its reader wants it: the outcome and the money, what is needed, then why."""
    return _DecisionPage(decision, edition_behind(decision.policy), language, marks).whole()


def edition_behind(policy: PolicyRef) -> Edition | None:
    """The edition that a decision names, if it is installed here."""
    group = policies().get(policy.id, ())
    return next((edition for edition in group if edition.name == policy.edition), None)


class _CasePage:
    """What pages about one case have in common."""

    def __init__(self, edition: Edition | None, language: str, marks: Marks) -> None:
        self.words = words_for(edition, language)
        self.marks = marks

    def say(self, code: str, **params: object) -> str:
        return self.words.say(code, **params)

    def about(self, case_id: str, as_of: Instant, policy: PolicyRef) -> Iterator[Text]:
        """Which case it is, and by which rule."""
        rule = self.say(
            "decision.policy", policy=safe(policy.id), edition=safe(policy.edition), revision=policy.revision
        )
        yield Text(self.say("decision.case", case=safe(case_id), moment=moment(as_of)))
        yield Text(rule, "dim")

    # What is needed

    def request(self, request: Request) -> RenderableType:
        asked = self.say(
            "decision.from",
            party=self.say(f"party.{safe(request.to)}"),
            need=self.say(f"need.{safe(request.need)}"),
        )
        beside = [
            self.say("decision.document", document=safe(request.evidence_id)) if request.evidence_id else "",
            self.say("decision.line", line=safe(request.line_id)) if request.line_id is not None else "",
            self.say("decision.until", moment=moment(request.due_at)) if request.due_at is not None else "",
        ]
        rows = _grid("left", "left")
        told = Text(asked, "bold")
        told.append("".join(f" {self.marks.dash} {each}" for each in beside if each), "not bold")
        rows.add_row(Text(self.marks.ask, "yellow"), told)
        constrained = [each for each in request.accepts if any(each.values())]
        for index, accepted in enumerate(constrained):
            code = "only" if len(constrained) == 1 else "or" if index else "either"
            rows.add_row(Text(), Text(self.say(f"decision.{code}", answer=self.acceptable(accepted)), "dim"))
        return rows

    def acceptable(self, fields: Mapping[str, tuple[Plain, ...]]) -> str:
        """One acceptable answer in words; pointers are told by their last name."""
        return self.words.listed(
            (
                self.say("decision.field", field=self.say(f"field.{field}"), values=self.values(field, values))
                for field, values in ((field_named(name), values) for name, values in fields.items())
            ),
            by="clauses",
        )

    def values(self, field: str, values: tuple[Plain, ...]) -> str:
        """The values that will do for a field; what came in with the case, such as a brand, is told as it is."""
        told = (
            self.say(f"value.{str(value).lower()}")
            if isinstance(value, bool)
            else self.word_for(f"value.{field}.{value}", safe(str(value)))
            for value in values
        )
        return self.words.listed(told, by="or") or self.say("value.any")

    def word_for(self, code: str, otherwise: str) -> str:
        return self.say(code) if code in self.words else otherwise


class _DecisionPage(_CasePage):
    """The parts of the page for one decision."""

    def __init__(self, decision: Decision, edition: Edition | None, language: str, marks: Marks) -> None:
        super().__init__(edition, language, marks)
        self.decision = decision
        self.nodes: Mapping[str, Node] = edition.nodes if edition else {}
        self.deadlines: dict[tuple[str, str | None], list[Deadline]] = {}
        for each in decision.deadlines:
            self.deadlines.setdefault((each.clause, each.line_id), []).append(each)

    def whole(self) -> RenderableType:
        claim = self.decision if isinstance(self.decision, ClaimDecision) else None
        sections: list[Section] = [
            *((self.lines(claim),) if claim else ()),
            (self.say("decision.needed"), [self.request(each) for each in self.decision.requests]),
            *self.clauses(),
            *((self.ladder(claim), self.sent_back(claim)) if claim else ()),
            (self.say("decision.remarks"), list(self.remarks())),
        ]
        return _Trimmed(Group(self.head(claim), *_laid_out(sections), *self.foot()))

    def restated(self, name: str) -> str:
        node = self.nodes.get(name)
        return self.words.restated(node.law) if node else safe(name).replace("_", " ")

    # The head and the foot

    def head(self, claim: ClaimDecision | None) -> RenderableType:
        decision = self.decision
        first = Text(self.say(f"outcome.{safe(decision.outcome)}").upper(), style=f"bold {self.colour()}")
        if claim and claim.ladder:
            first.append(f"   {self.say('decision.payable', amount=money(claim.total, safe(claim.currency)))}", "bold")
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
            yield Text(self.say("decision.reconsider", moment=moment(self.decision.reconsider_at)), "yellow")

    # Money

    def lines(self, claim: ClaimDecision) -> Section:
        """Each claimed line with what is payable for it, and what is payable for the order as a whole."""
        rows = _grid("left", "left", "left", "left", "right", "left", apart=2)
        for line in claim.lines:
            outcome = self.say(f"outcome.{line.outcome.value}")
            units = self.say("decision.units", units=line.units, claimed=line.units_claimed)
            self.award_rows(rows, claim, line.line_id, (safe(line.line_id), outcome, units))
        self.award_rows(rows, claim, None, (self.say("decision.the_order"), "", ""))
        return self.say("decision.lines"), [rows]

    def award_rows(self, rows: Table, claim: ClaimDecision, line_id: str | None, lead: tuple[str, ...]) -> None:
        """A row for each award; a line that gets none has a row all the same, the order has not."""
        awards = [award for award in claim.awards if award.line_id == line_id]
        for award in awards:
            currency = safe(claim.currency)
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

    def ladder(self, claim: ClaimDecision) -> Section:
        rows = _grid("left", "right", "left")
        before: str | None = ""
        for step in claim.ladder:
            told = Text(self.restated(step.step))
            told.append(f" {', '.join(step.cites)}", "dim")
            line = self.line_or_order(step.line_id)
            amount = money(step.amount, safe(claim.currency))
            rows.add_row(Text(line if line != before else "", "dim"), Text(amount, no_wrap=True), told)
            before = line
        return self.say("decision.ladder"), [rows] if claim.ladder else []

    def line_or_order(self, line_id: str | None) -> str:
        return self.say("decision.the_order") if line_id is None else safe(line_id)

    def sent_back(self, claim: ClaimDecision) -> Section:
        allowed = claim.return_authorisation
        if allowed is None:
            return "", []
        told = self.say(
            "decision.return_to",
            address=safe(allowed.address_id or "?"),
            market=safe(allowed.market),
            lines=self.words.listed(safe(line) for line in allowed.line_ids),
            bearer=self.say(f"value.freight_borne_by.{allowed.freight_borne_by.value}"),
        )
        return self.say("decision.return"), [Text(told)]

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
        colour = _COLOURS[finding.effect]
        told = Text(self.restated(finding.clause))
        reasons = [self.words.because(finding)]
        if finding.margin is not None:
            reasons.append(self.words.margin(finding.margin))
        if finding.evidence:
            documents = self.words.listed(safe(each) for each in finding.evidence)
            reasons.append(self.say("decision.evidence", evidence=documents))
        between = self.say("list.sentences")
        told.append(between + between.join(reasons), colour)
        told.append("".join(between + window for window in self.windows(finding)), "dim")
        row = _grid("left", "left", "left", expand=True)
        row.columns[1].ratio = 1
        row.add_row(Text(self.marks.of(finding.effect), f"bold {colour}"), told, Text("\n".join(finding.cites), "dim"))
        return row

    def windows(self, finding: Finding) -> Iterator[str]:
        """The windows that a clause read, with their ends."""
        for each in self.deadlines.get((finding.clause, finding.line_id), ()):
            yield self.say(
                "decision.up_to" if each.includes_end else "decision.before",
                end=moment(each.ends_at),
                anchor=self.say(f"counted_from.{safe(each.counted_from)}"),
                start=moment(each.starts_at),
            )

    def remarks(self) -> Iterator[RenderableType]:
        for remark in self.decision.remarks:
            line = "" if remark.line_id is None else f"{safe(remark.line_id)} {self.marks.dash} "
            told = Text(f"{line}{self.restated(remark.code)}")
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
        party = self.say(f"party.{safe(fact.supplier)}" if fact.supplier else "policy.from_nobody")
        told = self.say("policy.fact", fact=self.say(f"fact.{fact.fact}"), party=party)
        return self.item(told, fact.line_id, *fact.pointers)

    def checklist(self, checklist: Checklist) -> Section:
        """Each kind of evidence that a line needs, with what there is of it; what it has to be unless it is there."""
        rows = [row for group in checklist.groups for row in self.entries(group)]
        return self.say("check.checklist", line=safe(checklist.line_id)), rows

    def entries(self, group: requiring.Group) -> Iterator[RenderableType]:
        if group.choice is Choice.ONE_OF:
            yield Text(self.say("check.one_of", status=self.say(f"evidence.{group.status}")), "bold")
        for entry in group.entries:
            kind, status = self.say(f"value.kind.{entry.kind}"), self.say(f"evidence.{entry.status}")
            told = self.say(f"choice.{group.choice}", kind=kind, status=status)
            yield _marked(self.sign(entry.status), Text(told), *self.pieces(entry))
            if entry.status is not requiring.Status.SATISFIED and group.status is not requiring.Status.SATISFIED:
                yield from (Padding(Text(self.acceptable(each), "dim"), (0, 0, 0, 4)) for each in entry.accepts)

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
            told = f"{document} {self.marks.dash} {self.say(f'evidence.{piece.status}')}"
            yield Text(f"{told}: {self.amiss(piece)}" if piece.because else told)

    def amiss(self, piece: Piece) -> str:
        """What is amiss with a piece, or what the finding says that rests on it."""
        return self.words.first((f"worth.{piece.because}", f"reason.{piece.because}"))

    def heard(self, heard: Heard) -> RenderableType:
        return self.item(self.say("decision.document", document=safe(heard.evidence_id)), heard.line_id)

    def item(self, told: str, line_id: str | None, *places: str) -> RenderableType:
        """Something on a line of its own, with the claimed line and the places in the case that it is about."""
        line = () if line_id is None else (self.say("decision.line", line=safe(line_id)),)
        return _item(self.marks, Text(f" {self.marks.dash} ".join((told, *line, *places))))


# Entitlements


def entitlements_page(found: Entitlements, language: str, marks: Marks) -> RenderableType:
    """What an order gives, as one wants it at hand while somebody asks: line by line, then for all lines in one claim."""
    words = words_for(None, language)
    lines = dict.fromkeys(each.line_id for each in found.lines)
    sections: list[Section] = [
        (
            words.say("entitlement.line", line=safe(line_id)),
            [
                _EntitlementPart(each.policy, found, language, marks).whole(each)
                for each in found.lines
                if each.line_id == line_id
            ],
        )
        for line_id in lines
    ]
    together = [each for each in found.together if len(each.line_ids) > 1 and each.at_most.total]
    rows = [_EntitlementPart(each.policy, found, language, marks).together(each) for each in together]
    head = words.say("entitlement.order", order=safe(found.order_id), moment=moment(found.as_of))
    nothing = [] if found.lines else [Text(words.say("entitlement.nothing"))]
    return _Trimmed(
        Group(Text(head, "bold"), *nothing, *_laid_out([*sections, (words.say("entitlement.in_one_claim"), rows)]))
    )


def _details(answer: Answer) -> tuple[object, ...]:
    """What is told below the standing of an answer."""
    return answer.at_most, answer.path, answer.proof, answer.besides, answer.against


class _EntitlementPart(_CasePage):
    """The part of the page about one guarantee."""

    def __init__(self, policy: PolicyRef, found: Entitlements, language: str, marks: Marks) -> None:
        edition = edition_behind(policy)
        super().__init__(edition, language, marks)
        self.nodes: Mapping[str, Node] = edition.nodes if edition else {}
        self.title = title_of(edition, language) if edition else safe(policy.id)
        self.currency = safe(found.currency)

    def whole(self, entitlement: Entitlement) -> RenderableType:
        """What a guarantee gives for a line, with an answer for each way in which what is not known can turn out."""
        parts: list[RenderableType] = []
        for answer, after in zip_longest(entitlement.answers, entitlement.answers[1:]):
            if answer.assuming:
                assuming = self.say("entitlement.assuming", choices=self.chosen(answer.assuming))
                parts.append(Text(self.say("entitlement.stands", title=assuming, standing=self.standing(answer))))
            if after is None or _details(answer) != _details(after):
                parts += [Padding(each, (0, 0, 0, 2)) for each in self.answer(answer)]
        if unknown := [each for each in entitlement.not_known if each.matters]:
            facts = self.words.listed(
                self.say(
                    "policy.fact",
                    fact=self.say(f"fact.{each.fact}"),
                    party=self.say(f"party.{safe(each.supplier)}" if each.supplier else "policy.from_nobody"),
                )
                for each in unknown
            )
            parts.append(Text(self.say("entitlement.not_known", facts=facts), "yellow"))
        return _marked(self.sign(entitlement.status), Text(self.headline(entitlement), "bold"), *parts)

    def headline(self, entitlement: Entitlement) -> str:
        """The guarantee, and how it stands."""
        only = entitlement.answers[0]
        if len(entitlement.answers) == 1:
            standing = self.standing(only)
        elif entitlement.certain_until is not None:
            standing = self.say("entitlement.certain", end=moment(entitlement.certain_until))
        else:
            standing = self.say(f"standing.{entitlement.status}")
        return self.say("entitlement.stands", title=self.title, standing=standing)

    def standing(self, answer: Answer) -> str:
        """How it stands, with the last instant where there is one."""
        status = self.say(f"standing.{answer.status}")
        if answer.window is None:
            return status
        end, start = moment(answer.window.last_instant), moment(answer.window.starts_at)
        if answer.status is Status.CLOSED:
            return self.say("entitlement.ended", standing=status, end=end)
        if answer.supposing:
            return self.say("entitlement.supposing", standing=status, start=start, end=end)
        if answer.status is Status.NOT_YET:
            return self.say("entitlement.from_to", standing=status, start=start, end=end)
        return self.say("entitlement.up_to", standing=status, end=end)

    def answer(self, answer: Answer) -> Iterator[RenderableType]:
        """What can be had, how to file, what will be needed, or what stands against it."""
        if answer.at_most:
            yield from self.maximum(answer.at_most)
        if path := {place: values for place, values in answer.path.items() if values}:
            yield Text(self.say("entitlement.path", choices=self.chosen(path)))
        for each in (*answer.proof, *answer.besides):
            yield self.needed(each)
        for against in answer.against:
            yield Text(self.against(against), "dim")

    def against(self, against: Against) -> str:
        """A clause that stands against a line, or is open for it."""
        node = self.nodes.get(against.clause)
        code = "open" if against.effect is Effect.UNDECIDED else against.role.value
        clause = self.words.restated(node.law) if node else safe(against.clause)
        return self.say(f"against.{code}", clause=clause, cites=self.words.listed(against.cites))

    def chosen(self, where: Mapping[str, tuple[Plain, ...]]) -> str:
        """Places of a case, with the values that are told for them; one that is a list is told item by item."""
        return self.words.listed(
            (
                self.say("decision.field", field=self.say(f"field.{field}"), values=self.one_of(field, values))
                for field, values in ((field_named(place), values) for place, values in where.items())
            ),
            by="clauses",
        )

    def one_of(self, field: str, values: tuple[Plain, ...]) -> str:
        told = (
            self.words.listed(self.values(field, (item,)) for item in each) or self.say("value.none")
            if isinstance(each, tuple)
            else self.values(field, (each,))
            for each in values
        )
        return self.words.listed(told, by="and" if field == "demands" else "or") or self.say("value.any")

    def needed(self, needed: Needed) -> RenderableType:
        return self.request(Request(needed.to, needed.need, None, needed.accepts, None, None))

    def maximum(self, maximum: Maximum) -> Iterator[RenderableType]:
        """The money by kind, and the place to send things back to."""
        if maximum.amounts or maximum.return_authorisation is None:
            parts = self.words.listed(
                f"{self.say(f'award.{each.kind.value}')} {money(each.amount, self.currency)}"
                for each in maximum.amounts
            )
            total = money(maximum.total, self.currency)
            yield Text(self.say("entitlement.at_most", total=total, parts=parts or self.say("value.none")), "bold")
        if allowed := maximum.return_authorisation:
            address = safe(allowed.address_id or "?")
            yield Text(self.say("entitlement.return_to", address=address, market=safe(allowed.market)), "bold")
        for each in maximum.freight:
            bearer = self.say(f"value.freight_borne_by.{each.borne_by.value}")
            yield Text(self.say("entitlement.freight", bearer=bearer, choices=self.chosen(each.where)))

    def together(self, together: Together) -> RenderableType:
        """What several lines give in one claim."""
        total = money(together.at_most.total, self.currency)
        lines = self.words.listed(map(safe, together.line_ids))
        return _item(self.marks, Text(self.say("entitlement.together", title=self.title, lines=lines, total=total)))

    def sign(self, status: Status) -> Text:
        """The mark of how a guarantee stands."""
        if status in (Status.OPEN, Status.OPEN_WITHOUT_END):
            return Text(self.marks.supports, "bold green")
        if status in (Status.CLOSED, Status.NOT_COVERED):
            return Text(self.marks.defeats, "bold red")
        return Text(self.marks.undecided, "bold yellow")


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
        rows.add_row(*map(Text, (edition.policy, edition.name, until, title_of(edition, language))))
    if on is not None and not rows.row_count:
        return Text(words.say("policy.nothing_in_force", date=on.isoformat()))
    return _Trimmed(rows)


def title_of(edition: Edition, language: str) -> str:
    """What a policy is called in the reader's language; else what its file says of itself."""
    words = words_for(edition, language)
    code = f"title.{edition.policy}"
    return words.say(code) if code in words else edition.title


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
        ]
        return _Trimmed(Group(self.head(), *_laid_out(sections)))

    def head(self) -> RenderableType:
        edition, say = self.edition, self.words.say
        revision = say("policy.revision", edition=edition.name, revision=edition.revision, article=edition.article)
        first = edition.effective_from.isoformat()
        in_force = (
            say("policy.in_force", first=first)
            if self.last is None
            else say("policy.in_force_until", first=first, last=self.last.isoformat())
        )
        return Group(
            Text(title_of(edition, self.words.language), "bold"),
            Text(f"{edition.policy} {self.marks.dash} {revision}"),
            Text(in_force, "dim"),
        )

    def clause(self, clause: Clause) -> RenderableType:
        told = self.told(clause.name, clause.cites, self.words.restated(clause.node.law))
        needs = self.words.listed(map(self.fact, clause.reads), by="clauses")
        return _item(self.marks, told, Text(self.words.say("policy.needs", facts=needs), "dim"))

    def fact(self, name: str) -> str:
        supplier = self.edition.decides.glossary.facts[name].supplier
        party = self.words.say(f"party.{supplier.value}" if supplier else "policy.from_nobody")
        return self.words.say("policy.fact", fact=self.words.say(f"fact.{name}"), party=party)

    def setting(self, name: str, value: object) -> RenderableType:
        if isinstance(value, bool):
            shown = self.words.say(f"value.{str(value).lower()}")
        elif isinstance(value, tuple | frozenset):
            shown = self.words.listed(sorted(map(str, value))) or self.words.say("value.none")
        else:
            shown = str(value)
        return _item(self.marks, Text.assemble((name, "bold"), f" = {shown}"), Text(self.words.say(f"setting.{name}")))

    def stated(self, name: str) -> RenderableType:
        law = self.edition.nodes[name].law
        return _item(self.marks, self.told(name, law.within(self.edition.article), self.words.restated(law)))

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
