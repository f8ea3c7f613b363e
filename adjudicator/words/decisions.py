"""Decisions in words: what was decided, what is paid, and why."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from adjudicator.model.award import Award, Measure, ReturnAuthorisation, Step
from adjudicator.model.decision import LineResult
from adjudicator.model.finding import Deadline, Finding, Remark
from adjudicator.words.requests import Requests


def reason_codes(finding: Finding) -> Iterator[str]:
    """Where the words for a finding may stand, the most particular first."""
    clause, _, reason = finding.because.code.rpartition(".")
    yield f"reason.{clause}.{reason}"
    yield f"reason.{reason}"
    yield f"reason.{finding.role.value}.{reason}"


@frozen
class Words(Requests):
    """Everything that can be said in one language about the decisions of one edition."""

    # What became of a case

    def verdict(self, outcome: str) -> str:
        """The outcome of a decision as a sentence."""
        return self.first((f"verdict.{outcome}", f"outcome.{outcome}"))

    def line(self, result: LineResult) -> str:
        """How a claimed line was decided."""
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
        """What is payable now, for what, and what was settled of it before. ``paid_for`` is that of the decision."""
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
        """One step of the money: what came out, and by which rule."""
        return self.say("decision.step", amount=self.money(step.amount, currency), rule=self.restated(step.step))

    def measure(self, measure: Measure, currency: str | None) -> str:
        """Something that may be done, and the amount that it is about."""
        text = self.restated(measure.measure)
        if measure.amount is None or currency is None:
            return text
        return self.sentences(text, self.say("decision.measure", amount=self.money(measure.amount, currency)))

    def part(self, line_id: str, outcome: str) -> str:
        """How a part of a case was decided."""
        return self.say("decision.part", line=self.part_named(line_id), outcome=self.say(f"outcome.{outcome}"))

    def remark(self, remark: Remark) -> str:
        """What the reader should know besides."""
        return self.restated(remark.code)

    def sent_back(self, allowed: ReturnAuthorisation) -> str:
        """Where the goods may be sent back to, and who pays for it."""
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
        """Why a clause came out as it did."""
        params = finding.because.params
        needs = self.listed(self.say(f"need.{need}") for need in _names(params.get("needs")))
        facts = self.listed(self.say(f"fact.{fact}") for fact in _names(params.get("whatever")))
        return self.sentences(
            self.of_function(finding.clause).first(reason_codes(finding), needs=needs),
            self.say("reason.whatever", facts=facts) if facts else "",
        )

    def finding(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """A finding in full: what the rule says, and how it came out.

        ``deadline`` is the window that the same clause read for the same line, if it did.
        """
        return self.sentences(self.restated(finding.clause), self.outcome_of(finding, deadline))

    def outcome_of(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """How a clause came out: why, how far from the edge, and by which evidence."""
        evidence = self.listed(map(self.outside, finding.evidence))
        return self.sentences(
            self.because(finding),
            self.margin(finding.margin, deadline) if finding.margin else "",
            self.say("decision.evidence", evidence=evidence) if evidence else "",
        )


def _names(value: object) -> tuple[str, ...]:
    """The names in a parameter of a reason."""
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
