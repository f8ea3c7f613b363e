"""What must occur among the numbered cases, so that they exercise each reading and not only each clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Final

from adjudicator.testing import Json
from proving.cases import ADMISSION, AUTHENTICITY, DAMAGE
from proving.clearance_cases import CLEARANCE
from proving.trading_cases import OFF_PLATFORM
from proving.virtual_cases import ARRIVAL, DISPATCH, LISTING

Occurs = Callable[[Json], bool]


def moment(text: str | None) -> dt.datetime | None:
    """An instant, if it is stated."""
    return None if text is None else dt.datetime.fromisoformat(text.upper())


# Of claims: R50 and R51


def compensations_elsewhere(case: Json) -> Iterator[Json]:
    """Compensations for claimed lines under other claims, unless reversed."""
    claimed = {item["line_id"] for item in case["claim"]["items"]}
    for each in case["settlements"]:
        elsewhere = each["kind"] == "compensation" and each.get("claim_id") != case["claim"]["id"]
        if elsewhere and each["line_id"] in claimed and each.get("reversed_at") is None:
            yield each


def is_taken_back(case: Json) -> bool:
    """Whether a payment was reversed."""
    return any(each.get("reversed_at") is not None for each in case["settlements"])


OF_CLAIMS: Final[dict[str, Occurs]] = {
    "a proof was used for stated units": lambda case: any(
        each.get("units") is not None for each in compensations_elsewhere(case)
    ),
    "a proof was used for unstated units": lambda case: any(
        each.get("units") is None for each in compensations_elsewhere(case)
    ),
    "a proof was used several times": lambda case: len([*compensations_elsewhere(case)]) > 1,
    "a payment was taken back": is_taken_back,
}

# Of arrival: R53


def feedback(case: Json) -> list[Json]:
    """The official feedback that says something and was not rejected."""
    return [
        each
        for each in case["evidence"]
        if each["kind"] == "official_feedback" and each["shows"] != "unclear" and each.get("verification") != "rejected"
    ]


def dispatches(case: Json, *marks: str | None) -> list[dt.datetime]:
    """The instants of the proofs of dispatch with one of the marks."""
    proofs = (e for e in case["evidence"] if e["kind"] == "dispatch_proof" and e.get("verification") in marks)
    stated = (moment(each.get("dispatched_at")) for each in proofs)
    return [each for each in stated if each is not None]


def differs_at_one_instant(case: Json) -> bool:
    """Whether two pieces of feedback at the same instant contradict each other."""
    arrived, missing = (
        {moment(each.get("observed_at")) for each in feedback(case) if each["shows"] == shows} - {None}
        for shows in ("arrived", "not_arrived")
    )
    return bool(arrived & missing)


def is_observed_before_dispatch(case: Json) -> bool:
    """Whether feedback that the top-up did not arrive was observed before dispatch."""
    latest = max(dispatches(case, "verified"), default=None)
    observed = [moment(each.get("observed_at")) for each in feedback(case) if each["shows"] == "not_arrived"]
    return latest is not None and any(each is not None and each <= latest for each in observed)


# Of off-platform trading: R56 to R58


def notices(case: Json) -> list[Json]:
    """The notices of earlier findings that were received."""
    stated = [each.get("notice") for each in case["shop"].get("earlier_findings") or ()]
    return [each for each in stated if each is not None and each["happened"]]


def acts_against_notices(case: Json) -> Iterator[bool]:
    """For each act and notice with known instants: whether the act was after the notice."""
    for act in (moment(each.get("happened_at")) for each in case["incidents"]):
        for notice in (moment(each.get("at")) for each in notices(case)):
            if act is not None and notice is not None:
                yield act > notice


# Of listing (R55, R59), of dispatch (R52), of clearance (R54)


def breaks_the_conduct_rules(case: Json) -> bool:
    """Whether a breach of PV.5 is stated that does not depend on comparing rates."""
    return any(case["shop"].get(name) for name in ("diverts_users", "hoards_users", "unconfirmed_pushes"))


def is_dispatch_implied(case: Json) -> bool:
    """Whether details imply that it was dispatched, without its being stated."""
    dispatch = case.get("dispatch") or {}
    stated = dispatch.get("at") or dispatch.get("through") or dispatch.get("found_false")
    return dispatch.get("happened") is None and bool(stated)


def reopens_without_papers(case: Json) -> bool:
    """Whether a cleared merchant's papers or fitness are not in order, or unknown."""
    checked = case["checked"]
    in_order = checked.get("brand_papers_in_order") is True and checked.get("found_unfit") is False
    return bool(checked["of"] == "merchant" and checked["state"] == "cleared" and not in_order)


def scores_differ(case: Json) -> bool:
    """Whether the two scores are different."""
    scores = [case["shop"].get(name) for name in ("shop_score", "experience_score")]
    return len(set(scores)) > 1


OCCURRENCES: Final[dict[str, dict[str, Occurs]]] = {
    AUTHENTICITY: OF_CLAIMS,
    DAMAGE: {"a payment was taken back": is_taken_back},
    ADMISSION: {"a penalty was received": lambda case: bool(case["shop"].get("penalties"))},
    ARRIVAL: {
        "feedback of unknown time": lambda case: any(each.get("observed_at") is None for each in feedback(case)),
        "feedback that differs at one instant": differs_at_one_instant,
        "not arrived before it was dispatched": is_observed_before_dispatch,
        "a dispatch that is pending": lambda case: bool(dispatches(case, "unverified", None)),
    },
    OFF_PLATFORM: {
        "an act of unknown time, and notice before": lambda case: (
            bool(notices(case)) and any(each.get("happened_at") is None for each in case["incidents"])
        ),
        "an act after notice": lambda case: any(acts_against_notices(case)),
        "an act not after notice": lambda case: not all(acts_against_notices(case)),
        "notice of unknown time": lambda case: any(each.get("at") is None for each in notices(case)),
        "cash on delivery that nobody is known to have begun": lambda case: any(
            each["act"] == "cash_on_delivery" and each.get("begun_by") is None for each in case["incidents"]
        ),
        "a cashback card": lambda case: any(
            each["act"] == "parcel" and each.get("channel") == "review_cashback_card" for each in case["incidents"]
        ),
    },
    LISTING: {
        "opened nationwide": lambda case: bool(
            case["product"].get("regional") and case["product"].get("open_nationwide")
        ),
        "conduct against the rules": breaks_the_conduct_rules,
    },
    DISPATCH: {"a dispatch that is implied": is_dispatch_implied},
    CLEARANCE: {"reopening without papers": reopens_without_papers, "two scores": scores_differ},
}
"""What must occur among the cases of a policy, by the name under which it is counted."""


def occurrences_in(case: Json) -> Iterator[str]:
    """The names of everything that occurs in a case."""
    yield from (name for name, occurs in OCCURRENCES.get(case["policy"], {}).items() if occurs(case))
