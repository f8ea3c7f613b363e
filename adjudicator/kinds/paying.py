"""Cases that are judged as a whole and pay money: reviews with awards."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import attrs
from attrs import evolve, field, frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.evaluation import Memory
from adjudicator.engine.judgement import Judge, Judgement, judge, judging_with
from adjudicator.engine.ladder import Ladder
from adjudicator.engine.policy import Edition
from adjudicator.engine.requests import subject_verdict
from adjudicator.kinds.case_payment import CasePayment, dues, standing_given, unknown_amounts
from adjudicator.kinds.payment import awards_for, total
from adjudicator.kinds.review import ReviewKind, WholeCase
from adjudicator.model.case import METADATA
from adjudicator.model.claim import Settlement
from adjudicator.model.consistency import faults_of_settlements
from adjudicator.model.decision import LAZY, PaymentDecision, Verdict
from adjudicator.model.enumerations import SettlementKind
from adjudicator.model.errors import Fault
from adjudicator.model.facts import Fact, Glossary, Party
from adjudicator.model.finding import Request
from adjudicator.model.lazy import lazy_maker
from adjudicator.model.limits import CURRENCY
from adjudicator.model.money import Minor
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.source import changed
from adjudicator.model.time import Instant


@frozen(kw_only=True)
class PaymentCase(CaseBase):
    """A case that is judged as a whole and says what was paid before; a pack adds the fields that its rule is about.

    A class with ``faults`` of its own has to yield these as well.
    """

    id: str
    policy: str
    as_of: Instant
    settlements: tuple[Settlement, ...] = field(default=(), metadata={"means": "What was paid before."})
    metadata: Mapping[str, str] | None = field(default=None, metadata=METADATA)

    def faults(self) -> Iterable[Fault]:
        """Numbers out of their bounds, and payments that cannot have been made."""
        yield from super().faults()
        yield from faults_of_settlements(self.settlements, self.as_of)


def refunds(at: WholeCase) -> Minor:
    """What was refunded before and stands."""
    return _paid_before(at.case, SettlementKind.REFUND)


def compensations(at: WholeCase) -> Minor:
    """What was paid in compensation before and stands."""
    return _paid_before(at.case, SettlementKind.COMPENSATION)


def _paid_before(case: Any, kind: SettlementKind) -> Minor:
    return Minor(sum(each.amount for each in case.settlements if each.kind is kind and each.stands))


def its_id(case: CaseBase) -> tuple[str, ...]:
    """What is paid for, where a case is the only one about it."""
    return (case.id,)


@frozen(kw_only=True)
class PaymentKind(ReviewKind):
    """Cases that are judged as a whole, and what they pay if they are granted.

    ``paid_for`` names the thing that money is paid for, by texts that are the same in every case about it: with what was settled
    before they make the key of an award. ``refunds`` and ``compensations``, which say what that was, are facts. ``currency`` is that of
    every amount. Raises :class:`PolicyError` for cases that are not a :class:`PaymentCase`.
    """

    currency: str
    paid_for: Callable[[Any], Iterable[str]] = its_id

    def __attrs_post_init__(self) -> None:
        if not issubclass(self.case_type, PaymentCase):
            raise PolicyError(f"{self.case_type.__name__} is not a PaymentCase, so it cannot say what was paid before")
        if not CURRENCY.fullmatch(self.currency):
            raise PolicyError(f"the currency {self.currency} is not an ISO 4217 code, three capital letters")
        paid = (Fact(each, ("/settlements",), Party.PLATFORM) for each in (refunds, compensations))
        object.__setattr__(self, "glossary", Glossary({each.name: each for each in paid} | dict(self.glossary.facts)))

    @property
    def grantable(self) -> tuple[type, ...]:
        """Money."""
        return (CasePayment,)

    def names_of(self, case: Any) -> dict[str, Any]:
        """The policy, and what money is paid for: the same in every case about the same thing under the policy."""
        return {"policy": case.policy, "paid_for": tuple(self.paid_for(case))}

    def particulars(self, case: Any) -> Particulars:
        """The order and the evidence of the case, if it has any, and what was paid before."""
        return evolve(Particulars.of(case), paid=tuple(each for each in case.settlements if each.stands))

    def without_evidence(self, case: CaseBase) -> Any:
        """The same case with no evidence, no end of the time for it, and nothing paid."""
        known = attrs.fields_dict(self.case_type)
        empty = {"evidence": (), "evidence_closes_at": None, "settlements": ()}
        return case.replace(**{name: value for name, value in empty.items() if name in known})

    def rule(self, edition: Edition, case: CaseBase, memory: Memory | None = None) -> Verdict:
        """Judge the case, and return only its outcome and the total."""
        judgement = self._judged(edition, case, judging_with(memory))
        outcome = self._outcome(judgement)
        found, _ = dues(edition, judgement)
        return Verdict(outcome, (subject_verdict(judgement, outcome),), total(found))

    def decide(self, edition: Edition, case: Any) -> PaymentDecision:
        """Judge the case, and award what it is entitled to."""
        judgement = self._judged(edition, case)
        found, ladder = dues(edition, judgement)
        return _make_decision(
            *self._immediate_fields(edition, judgement),
            tuple(awards_for(self.names_of(case), case.settlements, found)),
            total(found),
            self.currency,
            {"ladder": Ladder(ladder), **self._lazy_fields(edition, judgement)},
        )

    def _judged(self, edition: Edition, case: CaseBase, judged: Judge = judge) -> Judgement:
        judgement = super()._judged(edition, case, judged)
        unknown = unknown_amounts(edition, judgement)
        judgement.facts["granted"] = not unknown and judgement.facts["granted"]
        return changed(judgement, {"standing": standing_given(judgement, unknown), "other_answers": unknown})

    def _snapshot(self, judgement: Judgement, asked: Iterable[Request]) -> tuple[Any, ...]:
        found, _ = dues(judgement.edition, judgement)
        return (*super()._snapshot(judgement, asked), total(found))


_make_decision: Final = lazy_maker(PaymentDecision, (*LAZY, "ladder"))
