"""JSON cases of every policy: claims from the strategies in ``adjudicator.testing``, other kinds from their modules here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hypothesis import strategies as st

from adjudicator.testing import case_documents
from admissions import IN_ORDER, admission_documents
from clearances import A_MERCHANT, CLEARANCE, clearance_documents
from tasks import IN_THE_MIDDLE, TASK, task_documents
from tradings import FOUND, trading_documents
from virtual_goods import (
    A_DISPATCH,
    A_LISTING,
    AN_ARRIVAL,
    ARRIVAL,
    DISPATCH,
    LISTING,
    arrival_documents,
    dispatch_documents,
    listing_documents,
)

OF_OTHER_KINDS: Final[Mapping[str, Callable[[], st.SearchStrategy[dict[str, Any]]]]] = {
    "douyin_alliance.admission": admission_documents,
    CLEARANCE: clearance_documents,
    "pinduoduo.off_platform_trading": trading_documents,
    LISTING: listing_documents,
    DISPATCH: dispatch_documents,
    ARRIVAL: arrival_documents,
    TASK: task_documents,
}
"""Policies whose cases are not claims."""


ONE_OF_OTHER_KINDS: Final[Mapping[str, dict[str, Any]]] = {
    each["policy"]: each for each in (IN_ORDER, A_MERCHANT, FOUND, A_LISTING, A_DISPATCH, AN_ARRIVAL, IN_THE_MIDDLE)
}
"""For each of them, the case from which others are derived."""


def documents(policy: str) -> st.SearchStrategy[dict[str, Any]]:
    """Valid cases of a policy."""
    return OF_OTHER_KINDS[policy]() if policy in OF_OTHER_KINDS else case_documents(policy)
