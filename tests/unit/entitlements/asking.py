"""Query the entitlements of an order under one guarantee."""

from __future__ import annotations

from typing import Any, Final

import pytest
from hypothesis import settings

from adjudicator import Instant
from adjudicator.analysis.entitlements import Answer, Entitlement, Entitlements, Maximum, Status, entitlements
from adjudicator.model.case import Case
from adjudicator.model.order import Order
from adjudicator.testing import AS_OF

AUTHENTICITY: Final = "douyin_global.authenticity"
DAMAGE: Final = "douyin_global.damage"
LOCAL_RETURN: Final = "douyin_global.local_return"
GUARANTEES: Final = (AUTHENTICITY, DAMAGE, LOCAL_RETURN)
OPEN: Final = (Status.OPEN, Status.OPEN_WITHOUT_END)

for_every_guarantee = pytest.mark.parametrize("policy", GUARANTEES)
some = settings(max_examples=settings().max_examples // 2)
"""Each example checks a case under a dozen claims."""
few = settings(max_examples=settings().max_examples // 3)


def entitlements_of(case: Case, policy: str) -> Entitlements:
    """The entitlements under one guarantee for the order of a case, with its earlier settlements."""
    return entitlements(case.order, case.as_of, settlements=case.settlements, policy=policy)


def of(order: Order, policy: str, as_of: Instant = AS_OF, line_id: str = "L1", **ledger: Any) -> Entitlement:
    """The entitlement of one line under one guarantee."""
    (found,) = (each for each in entitlements(order, as_of, policy=policy, **ledger).lines if each.line_id == line_id)
    return found


def the_answer(order: Order, policy: str, as_of: Instant = AS_OF, **ledger: Any) -> Answer:
    """The only answer of a guarantee for an order of one line."""
    (answer,) = of(order, policy, as_of, **ledger).answers
    return answer


def at_most(answer: Answer) -> Maximum:
    """The maximum of an answer that has one."""
    assert answer.at_most is not None
    return answer.at_most
