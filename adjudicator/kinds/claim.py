"""Claims: each claimed line is judged, and the decision is made over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, Final, NoReturn

from attrs import evolve, frozen

from adjudicator.engine.changes_in_time import snapshot, turning_points
from adjudicator.engine.clause import PolicyError
from adjudicator.engine.evaluation import Memory
from adjudicator.engine.findings import Deadlines, Findings, Remarks
from adjudicator.engine.inspection import Function, location
from adjudicator.engine.judgement import Judge, JudgedEarlier, Judgement, judge, judging_with
from adjudicator.engine.ladder import Ladder, LadderPart
from adjudicator.engine.plan import evaluate_next
from adjudicator.engine.policy import Edition
from adjudicator.engine.requests import requests, subject_verdict
from adjudicator.engine.standing import Standing
from adjudicator.kinds.claim_facts import CLAIM_GLOSSARY
from adjudicator.kinds.claimed_line import CaseIndex, ClaimedLine, a_claimed_line
from adjudicator.kinds.dues import Due, Pays, check_units
from adjudicator.kinds.payment import LineAccount, Payment, an_approved_line, awards, calculate, total
from adjudicator.model.award import ReturnAuthorisation
from adjudicator.model.case import Case
from adjudicator.model.decision import CONTRACT, LAZY, ClaimDecision, LineResult, Outcome, Verdict
from adjudicator.model.facts import Glossary, Party
from adjudicator.model.finding import Request
from adjudicator.model.lazy import lazy_maker
from adjudicator.model.money import Minor
from adjudicator.model.order import ReturnAddress
from adjudicator.model.particulars import Particulars
from adjudicator.model.source import maker
from adjudicator.model.time import BEIJING, Instant

__all__ = ["CLAIMS", "ClaimKind", "LineAccount", "Payment", "Pays", "Return"]


@frozen(kw_only=True, eq=False)
class Return:
    """What an approved claim allows: sending units of a line back to an address, the freight borne by one side."""

    units: Function
    address: Function
    freight: Function

    def __attrs_post_init__(self) -> None:
        check_units(self.units, "Return")

    def functions(self) -> Iterator[Function]:
        """The functions."""
        yield from (self.units, self.address, self.freight)

    @property
    def decides_with(self) -> Function:
        """An approved line is approved for so many units."""
        return self.units

    def places(self) -> Iterator[tuple[str, Function]]:
        """The functions; there is no calculation."""
        return (("", function) for function in self.functions())

    @property
    def caps(self) -> tuple[Function, ...]:
        """Nothing is capped."""
        return ()

    @property
    def terms(self) -> Mapping[str, str]:
        """Nothing else."""
        return {}


@frozen
class JudgedLine:
    """A claimed line, the judgement on it, the number of approved units, and the outcome."""

    at: ClaimedLine
    judgement: Judgement
    units: int
    outcome: Outcome


_OUTCOMES: Final = {
    Standing.REFUSED: Outcome.DENIED,
    Standing.WAITING: Outcome.NEEDS_INFORMATION,
    Standing.FOR_A_PERSON: Outcome.MANUAL_REVIEW,
}


@frozen
class ClaimKind:
    """Cases that are claims under an order. The edition that governs is the one in force when the order was placed.

    Its editions mean Beijing's days, as the platforms do whose claims these are, unless they state a ``zone`` of their own.
    """

    case_type: type = Case
    glossary: Glossary = CLAIM_GLOSSARY
    governed_from: str = "/order/placed_at"
    claimant: StrEnum = Party.CONSUMER
    respondent: StrEnum | None = Party.MERCHANT
    currency: str | None = None
    zone: dt.tzinfo = BEIJING

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The possible outcomes of a claim, or of one of its lines."""
        return tuple(each.value for each in Outcome)

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """The same as the whole."""
        return self.outcomes

    @property
    def refusals(self) -> frozenset[str]:
        """The outcomes of a line that a clause turned down."""
        return frozenset({Outcome.DENIED.value})

    @property
    def grantable(self) -> tuple[type, ...]:
        """Money, or permission to send goods back."""
        return (Payment, Return)

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """What a line's money and remarks may ask for after its clauses."""
        return {"approved_units": int, "denied": bool, "barred": bool, "order_lines": tuple[LineAccount, ...]}

    def subjects(self, case: Case) -> Iterator[ClaimedLine]:
        """The claimed lines."""
        return claimed_lines(case)

    def part_for(self, edition: Edition, subject: ClaimedLine) -> Edition:
        """All of it."""
        return edition

    def particulars(self, case: Case) -> Particulars:
        """The order with its goods and return addresses, the evidence, and what was paid under this claim."""
        return Particulars(
            order_id=case.order.id,
            titles={line.id: line.title for line in case.order.lines if line.title},
            documents={each.id: each for each in case.evidence},
            return_addresses=case.order.merchant.return_addresses or (),
            paid=tuple(each for each in case.settlements if each.claim_id == case.claim.id and each.stands),
            evidence_closes_at=case.claim.evidence_closes_at,
        )

    def without_evidence(self, case: Case) -> Case:
        """As if the buyer had filed the claim the moment the order was placed, with no answer yet."""
        placed_at = case.order.placed_at
        claim = evolve(
            case.claim,
            claimant_id=case.order.buyer_id,
            filed_at=placed_at,
            merchant_reply=None,
            evidence_closes_at=None,
        )
        return evolve(case, as_of=placed_at, claim=claim, evidence=(), settlements=())

    def rule(self, edition: Edition, case: Case, memory: Memory | None = None) -> Verdict:
        """Judge every claimed line, and return only the outcomes and the total, which is reckoned when it is first read."""
        judged = judging_with(memory)
        lines = [_judged(edition, at, judged) for at in claimed_lines(case, memory)]
        reckoned = {"total": lambda _: total(_granted(edition, case, lines)[0])}
        return _make_verdict(
            str(overall([each.outcome for each in lines])),
            tuple([subject_verdict(each.judgement, str(each.outcome)) for each in lines]),
            reckoned if any(each.units for each in lines) else _NOTHING_PAID,
        )

    def decide(self, edition: Edition, case: Case) -> ClaimDecision:
        """Judge every claimed line; award what is approved at once, also while other lines wait."""
        # What is unknown of several lines is tried once.
        judged: Judge = judging_with({}, for_once=True) if len(case.claim.items) > 1 else judge
        lines: list[JudgedLine] = []
        judgements: list[Judgement] = []
        results: list[LineResult] = []
        asked: list[Request] = []
        for at in claimed_lines(case):
            line = _judged(edition, at, judged)
            lines.append(line)
            judgements.append(line.judgement)
            results.append(_make_result(at.line.id, line.outcome, at.item.quantity, line.units))
            asked += requests(line.judgement)
        dues, ladder = _granted(edition, case, lines)
        return _make_decision(
            contract=CONTRACT,
            case_id=case.id,
            as_of=case.as_of,
            policy=edition.ref,
            outcome=overall([each.outcome for each in results]),
            lines=tuple(results),
            awards=tuple(awards(case, dues)),
            total=total(dues),
            currency=case.order.currency,
            return_authorisation=_authorised(edition, lines),
            requests=tuple(asked),
            metadata=case.metadata,
            digests=None,
            _work={
                "findings": Findings(judgements),
                "ladder": Ladder(ladder),
                "deadlines": Deadlines(judgements),
                "remarks": Remarks(judgements),
                "reconsider_at": lambda _: _reconsidered_at(lines),
            },
        )


_make_result: Final = maker(LineResult)
_make_verdict: Final = lazy_maker(Verdict, ("total",))
_NOTHING_PAID: Final = {"total": lambda _: Minor(0)}
_make_decision: Final = lazy_maker(ClaimDecision, (*LAZY, "ladder"))


CLAIMS: Final = ClaimKind()


def claimed_lines(case: Case, memory: Memory | None = None) -> Iterator[ClaimedLine]:
    """The claimed lines, in the order of the claim. A ``memory`` keeps the index of the first of many similar cases."""
    index = CaseIndex(case, None if memory is None else memory.get(CaseIndex))
    if memory is not None:
        memory.setdefault(CaseIndex, index)
    for item_index, item in enumerate(case.claim.items):
        at = index.lines[item.line_id]
        yield a_claimed_line(case, item, case.order.lines[at], item_index, at, index=index)


def overall(outcomes: Sequence[Outcome]) -> Outcome:
    """The outcome over all lines."""
    if len(outcomes) == 1:
        return outcomes[0]
    for waiting in (Outcome.NEEDS_INFORMATION, Outcome.MANUAL_REVIEW):
        if waiting in outcomes:
            return waiting
    return outcomes[0] if len(set(outcomes)) == 1 else Outcome.PARTIALLY_APPROVED


def _judged(edition: Edition, at: ClaimedLine, judged: Judge) -> JudgedLine:
    judgement = judged(edition, at)
    facts, standing = judgement.facts, judgement.standing
    units = 0
    if standing is not Standing.GRANTED:
        outcome = _OUTCOMES[standing]
    else:
        if isinstance(edition.grants, _GRANTING_UNITS):
            name = edition.grants.units.__name__
            evaluate_next(edition, facts, (name,))
            units = facts[name]
            if type(units) is int and not 0 <= units <= at.item.quantity:
                _refuse_units(edition, edition.grants.units, units, at.item.quantity)
        outcome = Outcome.APPROVED if units == at.item.quantity else Outcome.PARTIALLY_APPROVED
    found = facts.found
    found["approved_units"] = units
    found["denied"] = standing is Standing.REFUSED
    found["barred"] = judgement.barred
    return _a_judged_line(at, judgement, units, outcome)


def _refuse_units(edition: Edition, function: Function, units: int, claimed: int) -> NoReturn:
    raise PolicyError(
        f"{edition.policy}: {location(function)} returned {units}; the approved units are a number from 0 to the claimed {claimed}"
    )


_a_judged_line: Final = maker(JudgedLine)
_GRANTING_UNITS: Final = (Payment, Return)


def _reconsidered_at(lines: Sequence[JudgedLine]) -> Instant | None:
    """When time alone first changes the outcome of a line, a clause about it or a request for it."""
    first: Instant | None = None
    for each in lines:
        earlier = JudgedEarlier(each.judgement, standing_shows=True)
        moments = turning_points(each.judgement)
        if first is not None:
            moments = {*filter(first.__gt__, moments)}
        first = earlier.first_difference(moments, each.at.at_moment, partial(_differs_at, each, earlier)) or first
    return first


def _differs_at(line: JudgedLine, earlier: JudgedEarlier, moment: Instant) -> bool:
    """Whether something that may not change without notice is another one at a later moment."""
    return _snapshot(_judged(line.judgement.edition, line.at.at_moment(moment), earlier.judge)) != _snapshot(line)


def _snapshot(line: JudgedLine) -> tuple[Any, ...]:
    return snapshot(line.judgement, line.outcome, requests(line.judgement, outline=True))


def _granted(
    edition: Edition, case: Case, lines: Sequence[JudgedLine]
) -> tuple[tuple[Due, ...], tuple[LadderPart, ...]]:
    if not isinstance(edition.grants, Payment):
        return (), ()
    approved = [an_approved_line(each.at, each.judgement.facts, each.units) for each in lines if each.units]
    return calculate(edition, edition.grants, case, approved)


def _authorised(edition: Edition, lines: Sequence[JudgedLine]) -> ReturnAuthorisation | None:
    if not isinstance(edition.grants, Return):
        return None
    approved = [each for each in lines if each.units]
    if not approved:
        return None
    facts = approved[0].judgement.facts
    address: ReturnAddress = facts[edition.grants.address.__name__]
    return ReturnAuthorisation(
        address.id,
        address.market or "",
        tuple(line.at.line_id for line in approved),
        facts[edition.grants.freight.__name__],
    )
