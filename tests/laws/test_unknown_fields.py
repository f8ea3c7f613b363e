"""A decision despite unknown fields holds whatever they turn out to be, in every case that is judged as a whole."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

import pytest
from attrs import evolve
from hypothesis import given

from adjudicator import decide
from adjudicator.engine.registry import policies
from adjudicator.kinds.review import ReviewKind
from adjudicator.testing import laws
from adjudicator.wire.codec import case_from
from adjudicator.wire.pointer import put
from admissions import IN_ORDER
from documents import OF_OTHER_KINDS, documents

WHOLE: Final = [each for each in OF_OTHER_KINDS if isinstance(policies()[each][0].case_kind, ReviewKind)]


@pytest.mark.parametrize("policy", WHOLE)
def test_unknown_fields_are_never_a_guess(policy: str) -> None:
    (edition,) = policies()[policy]

    @given(documents(policy).map(case_from))
    def check(case: Any) -> None:
        laws.unknown_fields_are_never_a_guess(case, edition)

    check()


def takes_an_unknown_score_for_good(case: Any) -> Any:
    """Fills in a score that nobody knows."""
    return decide(case.replace(shop=evolve(case.shop, shop_score=case.shop.shop_score or Decimal(5))))


def test_the_law_notices_a_guess() -> None:
    document = json.loads(json.dumps(IN_ORDER))
    put(document, "/shop/shop_score", None)
    unknown, edition = case_from(document), policies()["douyin_alliance.admission"][0]
    laws.unknown_fields_are_never_a_guess(unknown, edition)
    with pytest.raises(AssertionError, match="admitted became refused once more was known"):
        laws.unknown_fields_are_never_a_guess(unknown, edition, decide=takes_an_unknown_score_for_good)
