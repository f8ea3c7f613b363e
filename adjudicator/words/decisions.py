"""Put decisions into words: what was decided, what is paid, and why."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from adjudicator.model.award import Award, Measure, ReturnAuthorisation, Step
from adjudicator.model.decision import LineResult
from adjudicator.model.finding import Deadline, Finding, Remark
from adjudicator.words.requests import Requests


def reason_codes(finding: Finding) -> Iterator[str]:
    """The codes that the text for a finding may have, the most specific first."""
    clause, _, reason = finding.because.code.rpartition(".")
    yield f"reason.{clause}.{reason}"
    yield f"reason.{reason}"
    yield f"reason.{finding.role.value}.{reason}"


@frozen
class Words(Requests):
    """All texts about decisions under one edition, in one language."""

    # Results

    def verdict(self, outcome: str) -> str:
        """The outcome of a decision as a sentence."""
        return self.first((f"verdict.{outcome}", f"outcome.{outcome}"))

    def line(self, result: LineResult) -> str:
        """The decision on a claimed line."""
        return self.say(
            "decision.line_result",
            line=self.outside(result.line_id),
            outcome=self.say(f"outcome.{result.outcome.value}"),
            units=self.units(result),
        )

    def units(self, result: LineResult) -> str:
        """How many of the claimed units are approved."""
        return self.counted("decision.units", result.units_claimed, units=result.units)

    def award(self, award: Award, currency: str, paid_for: str = "order") -> str:
        """What is payable now, what for, and what was already settled. ``paid_for`` is that of the decision."""
        paid = {"kind": self.say(f"award.{award.kind.value}"), "amount": self.money(award.amount, currency)}
        payable = (
            self.say(f"awarded.{paid_for}", **paid)
            if award.line_id is None
            else self.say("awarded.line", line=self.outside(award.line_id), **paid)
        )
        entitled, settled = self.money(award.entitled, currency), self.money(award.settled, currency)
        return self.sentences(
            payable, self.say("awarded.settled", entitled=entitled, settled=settled) if award.settled else ""
        )

    def step(self, step: Step, currency: str) -> str:
        """One step of the calculation: its result and its rule."""
        return self.say("decision.step", amount=self.money(step.amount, currency), rule=self.restated(step.step))

    def measure(self, measure: Measure, currency: str | None) -> str:
        """A measure that may be taken, with its amount."""
        text = self.restated(measure.measure)
        if measure.amount is None or currency is None:
            return text
        return self.sentences(text, self.say("decision.measure", amount=self.money(measure.amount, currency)))

    def part(self, line_id: str, outcome: str) -> str:
        """The decision on a part of a case."""
        return self.say("decision.part", line=self.part_named(line_id), outcome=self.say(f"outcome.{outcome}"))

    def remark(self, remark: Remark) -> str:
        """A further note for the reader."""
        return self.restated(remark.code)

    def sent_back(self, allowed: ReturnAuthorisation) -> str:
        """Where the goods may be returned to, and who pays the postage."""
        params = {
            "market": self.value("market", allowed.market),
            "lines": self.listed(map(self.outside, allowed.line_ids)),
            "bearer": self.value("freight_borne_by", allowed.freight_borne_by.value),
        }
        if allowed.address_id is None:
            return self.say("decision.return_somewhere", **params)
        return self.say("decision.return_to", address=self.outside(allowed.address_id), **params)

    # Why

    def because(self, finding: Finding) -> str:
        """The reason for a finding."""
        params = finding.because.params
        needs = self.listed(self.say(f"need.{need}") for need in _names(params.get("needs")))
        facts = self.listed(self.say(f"fact.{fact}") for fact in _names(params.get("whatever")))
        is_on_others = not needs and finding.because.code.endswith(".pending")
        codes = ("reason.pending_on_others",) if is_on_others else reason_codes(finding)
        return self.sentences(
            self.of_function(finding.clause).first(codes, needs=needs),
            self.say("reason.whatever", facts=facts) if facts else "",
        )

    def finding(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """A finding in full: what the rule says, and the result.

        ``deadline`` is the window that the same clause read for the same line, if any.
        """
        return self.sentences(self.restated(finding.clause), self.outcome_of(finding, deadline))

    def outcome_of(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """The result of a clause: the reason, the margin, and the evidence."""
        evidence = self.listed(map(self.outside, finding.evidence))
        return self.sentences(
            self.because(finding),
            self.margin_of(finding, deadline),
            self.say("decision.evidence", evidence=evidence) if evidence else "",
        )

    def margin_of(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """The distance of a finding from its edge, if it has one; where something is still to be done in time, what is left for it."""
        return "" if finding.margin is None else self.margin(finding.margin, deadline, finding.because.code)


def _names(value: object) -> tuple[str, ...]:
    """The names in a parameter of a reason."""
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
