"""Compare engine and oracle on one document: both decisions in the same form, and where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Final

from attrs import frozen

from adjudicator import InputError, decide, dump_case, dump_decision, load_case
from adjudicator.testing import Json, NearlyValid
from oracle import (
    faults,
    judge,
    judge_admission,
    judge_arrival,
    judge_clearance,
    judge_dispatch,
    judge_listing,
    judge_off_platform,
    judge_task,
)
from proving.cases import ADMISSION, NumberedCase
from proving.clearance_cases import CLEARANCE
from proving.task_cases import TASK
from proving.trading_cases import OFF_PLATFORM
from proving.virtual_cases import ARRIVAL, DISPATCH, LISTING

RULEBOOKS: Final[dict[str, Callable[[Json], Json]]] = {
    OFF_PLATFORM: judge_off_platform,
    CLEARANCE: judge_clearance,
    LISTING: judge_listing,
    DISPATCH: judge_dispatch,
    ARRIVAL: judge_arrival,
    TASK: judge_task,
}
"""The rulebooks other than the guarantees and admission, each with its oracle."""

TWICE_ONE_IN: Final = 10
"""One case in this many is encoded, parsed and decided a second time."""


def instant(text: str | None) -> datetime | None:
    """An instant in the oracle's form."""
    return None if text is None else datetime.fromisoformat(text)


def picked(item: Json, *names: str) -> Json:
    """Some members of an object."""
    return {name: item[name] for name in names}


def decided(document: Json) -> Json:
    """The engine's decision as JSON, encoded and parsed again."""
    decision: Json = json.loads(dump_decision(decide(load_case(json.dumps(document)))))
    return decision


def engine_decision(document: Json) -> Json:
    """The engine's decision in the oracle's form."""
    return in_oracle_form(decided(document))


def in_oracle_form(decision: Json) -> Json:
    """A decision of the engine in the oracle's form."""
    policy = decision["policy"]["id"]
    if policy in RULEBOOKS:
        return comparable(decision, policy)
    if policy == ADMISSION:
        return {
            "outcome": decision["outcome"],
            "findings": [picked(each, "clause", "role", "effect") for each in decision["findings"]],
            "requests": [picked(each, "to", "need") for each in decision["requests"]],
            "reconsider_at": instant(decision["reconsider_at"]),
        }
    return {
        **picked(decision, "outcome", "lines", "total", "currency", "return_authorisation"),
        "findings": [picked(each, "clause", "line_id", "role", "effect", "margin") for each in decision["findings"]],
        "awards": [without_keys(each) for each in decision["awards"]],
        "deadlines": [
            each | {"starts_at": instant(each["starts_at"]), "ends_at": instant(each["ends_at"])}
            for each in decision["deadlines"]
        ],
        "requests": [
            picked(each, "to", "need", "line_id", "evidence_id") | {"due_at": instant(each["due_at"])}
            for each in decision["requests"]
        ],
        "reconsider_at": instant(decision["reconsider_at"]),
    }


MEMBERS: Final[dict[str, tuple[str, ...]]] = {
    "findings": ("clause", "line_id", "role", "effect"),
    "requests": ("to", "need", "line_id", "due_at", "evidence_id"),
    "deadlines": ("clause", "line_id", "starts_at", "ends_at", "includes_end"),
    "incidents": ("incident_id", "outcome"),
    "steps": ("step", "outcome", "waits_for", "opens_at"),
    "measures": ("measure", "amount"),
    "ladder": ("step", "amount"),
}
"""The members of list items that are compared. Missing members count as null."""

WHOLE: Final = ("outcome", "findings", "requests", "remarks")
PARTS: Final[dict[str, tuple[str, ...]]] = {
    OFF_PLATFORM: (
        "outcome",
        "incidents",
        "gravity",
        "time",
        "measures",
        "ladder",
        "findings",
        "requests",
        "deadlines",
        "reconsider_at",
    ),
    CLEARANCE: (*WHOLE, "reconsider_at"),
    LISTING: (*WHOLE, "reconsider_at"),
    DISPATCH: (*WHOLE, "deadlines", "reconsider_at"),
    ARRIVAL: (*WHOLE, "reconsider_at"),
    TASK: (*WHOLE, "steps", "reconsider_at"),
}
"""The parts of a decision that the oracle of each rulebook returns."""


def comparable(raw: Json, policy: str) -> Json:
    """The parts of an oracle's decision that are compared, in a form that can be compared. The order of lists does not count."""
    return {name: comparable_part(name, raw[name]) for name in PARTS[policy]}


def comparable_part(name: str, part: Any) -> Any:
    """A part with instants as instants, and with the compared members of its items."""
    if name == "remarks":
        return sorted({each if isinstance(each, str) else each["code"] for each in part} & REMARKS)
    if isinstance(part, list):
        items = ({member: as_instant(each.get(member)) for member in MEMBERS[name]} for each in part)
        return sorted(items, key=str)
    return as_instant(part)


REMARKS: Final = {
    "checked_again_every_day",
    "clearing_is_a_right",
    "nationwide_loses_promotion_slots",
    "users_are_diverted",
    "users_are_hoarded",
    "pushes_are_not_confirmed",
    "replies_below_the_required_rate",
    "listing_rules_also_bind_later",
    "dealt_with_under_the_dispatch_rules",
    "merchant_keeps_proof_of_dispatch",
    "own_screenshot_proves_nothing",
    "the_client_may_still_confirm",
}
"""Remarks about the case. The others say how the rules were read."""


def as_instant(value: Any) -> Any:
    """The instant of a text."""
    return instant(value) if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T" else value


def oracle_decision(document: Json) -> Json:
    """The oracle's decision, without the keys of its awards."""
    decision: Json
    if document["policy"] in RULEBOOKS:
        return comparable(RULEBOOKS[document["policy"]](document), document["policy"])
    if document["policy"] == ADMISSION:
        decision = judge_admission(document)
        return decision
    decision = judge(document)
    return {**decision, "awards": [without_keys(each) for each in decision["awards"]]}


def without_keys(award: Json) -> Json:
    """An award without its key."""
    return picked(award, "kind", "line_id", "amount", "entitled", "settled", "units")


def faults_found(document: Any) -> set[str]:
    """The pointers of the faults that the engine finds."""
    try:
        load_case(json.dumps(document))
    except InputError as error:
        return {fault.pointer for fault in error.faults}
    return set()


@frozen
class Comparison:
    """The result of a comparison. ``decision`` is the engine's; None for a refused case, or one that could not be compared."""

    decision: Json | None
    differences: tuple[str, ...]


def compared(case: NumberedCase) -> Comparison:
    """Compare engine and oracle on a numbered case. An exception in one of them counts as a difference."""
    try:
        if case.broken is not None:
            return Comparison(None, tuple(differences_in_refusal(case.document, case.broken)))
        return differences_between(case)
    except Exception as error:
        return Comparison(None, (f"broke down: {type(error).__name__}: {error}",))


def differences_between(case: NumberedCase) -> Comparison:
    """Whether whole decisions agree, neither finds faults, and the case is the same after encoding and parsing."""
    read = load_case(json.dumps(case.document))
    raw = dump_decision(decide(read))
    decision: Json = json.loads(raw)
    differences = [*differences_at(in_oracle_form(decision), oracle_decision(case.document))]
    if case.policy != ADMISSION and case.policy not in RULEBOOKS:
        differences += [f"the oracle finds fault with {pointer}" for pointer in faults(case.document)]
    again = load_case(dump_case(read))
    if again != read:
        differences.append("the case, written out and read again, is another")
    if case.number % TWICE_ONE_IN == 0 and dump_decision(decide(again)) != raw:
        differences.append("decided again, the bytes are others")
    return Comparison(decision, tuple(differences))


def differences_in_refusal(document: Any, broken: NearlyValid) -> Iterator[str]:
    """Whether a broken document is refused where it is broken, and, if its types are right, with the same pointers as the oracle's."""
    found = faults_found(document)
    if broken.pointer not in found:
        yield f"{broken.broken} at {broken.pointer}: the engine refuses {sorted(found)}"
    if broken.well_formed and found != set(faults(document)):
        yield f"{broken.broken} at {broken.pointer}: the engine refuses {sorted(found)}, the oracle {faults(document)}"


def differences_at(by_engine: Any, by_oracle: Any, place: str = "") -> Iterator[str]:
    """Where two answers differ, and how."""
    if isinstance(by_engine, dict) and isinstance(by_oracle, dict) and by_engine.keys() == by_oracle.keys():
        for name, value in by_engine.items():
            yield from differences_at(value, by_oracle[name], f"{place}/{name}")
    elif isinstance(by_engine, list) and isinstance(by_oracle, list) and len(by_engine) == len(by_oracle):
        for index, pair in enumerate(zip(by_engine, by_oracle, strict=True)):
            yield from differences_at(*pair, f"{place}/{index}")
    elif by_engine != by_oracle:
        yield f"{place}: engine {by_engine}, oracle {by_oracle}"
