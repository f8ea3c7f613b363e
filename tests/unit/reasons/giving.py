"""Cases that give a reason, and what is expected of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve, frozen

from adjudicator import Instant, decide
from adjudicator.model.case import Case
from adjudicator.model.claim import MerchantReply
from adjudicator.model.enumerations import Channel, Conclusion, IssuerRole, ReplyDecision, Standard, Verification
from adjudicator.model.finding import Effect, Finding, JsonValue
from adjudicator.model.order import ReturnAddress
from adjudicator.testing import (
    FILED_AT,
    SIGNED_AT,
    a_case,
    a_claim,
    a_courier_statement,
    a_line,
    an_appraisal,
    an_order,
)

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
UNVERIFIED: Final = Verification.UNVERIFIED
VERIFIED: Final = Verification.VERIFIED
SUSPECTED: Final = Standard.SUSPECTED
CLOSED: Final = a_claim(evidence_closes_at=FILED_AT)
OTHER_CHANNEL: Final = a_claim(filed_through=Channel.OTHER)
DEFEATS, SUPPORTS, UNDECIDED = Effect.DEFEATS, Effect.SUPPORTS, Effect.UNDECIDED


@frozen
class Given:
    """A reason: a case that gives it, its effect, its evidence and the parameters of its text."""

    reason: str
    case: Case
    effect: Effect
    evidence: tuple[str, ...] = ()
    params: Mapping[str, JsonValue] = {}


def needs(*names: str) -> Mapping[str, JsonValue]:
    """The parameters of an open finding: the requests."""
    return {"needs": names}


def whatever(*facts: str) -> Mapping[str, JsonValue]:
    """The parameters of a finding that holds for any value of these facts."""
    return {"whatever": facts}


def by_someone_else(id: str, role: IssuerRole = IssuerRole.ACCREDITED_LAB, **changes: Any) -> Any:
    """An appraisal by somebody whom the rule does not name."""
    return an_appraisal(id, issuer=evolve(an_appraisal().issuer, role=role), **changes)


def merchant(policy: str, **changes: Any) -> Case:
    """A case with changes to its merchant."""
    order = an_order()
    return a_case(policy, order=evolve(order, merchant=evolve(order.merchant, **changes)))


def of(policy: str, *evidence: Any, line: Mapping[str, Any], **changes: Any) -> Case:
    """A case with changes to its line."""
    return a_case(policy, *evidence, order=an_order(a_line(**line)), **changes)


def sold_to(market: str | None) -> Case:
    """A local return of goods sold to a market."""
    return a_case(LOCAL_RETURN, order=an_order(market=market))


def sold_anywhere(*markets: str | None) -> Case:
    """A local return of goods sold to an unknown market, whose merchant names addresses in these markets."""
    addresses = tuple(ReturnAddress(market=market) for market in markets)
    order = an_order(market=None)
    return a_case(LOCAL_RETURN, order=evolve(order, merchant=evolve(order.merchant, return_addresses=addresses)))


def answered(decision: ReplyDecision | None) -> Case:
    """A local return with this reply of the merchant, or none."""
    reply = MerchantReply(decision=decision) if decision else None
    return a_case(LOCAL_RETURN, claim=a_claim(merchant_reply=reply))


def filed_after(policy: str, time: int, *evidence: Any, **line: Any) -> Case:
    """A claim filed and decided some time after signing."""
    at = Instant(SIGNED_AT + time)
    return of(policy, *evidence, line=line, claim=a_claim(filed_at=at), as_of=at)


GENUINE: Final = an_appraisal("E2", conclusion=Conclusion.GENUINE)
INTACT: Final = a_courier_statement("E2", damaged_at_signing=False)
ALIEN: Final = an_appraisal("E0", brand="Aurélie")


def found(case: Case, clause: str) -> Finding:
    """The finding of a clause."""
    (finding,) = (each for each in decide(case).findings if each.clause == clause)
    return finding
