"""Engine and oracle on one document: what each says, in the same words, and where they differ."""

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
from proving.rulebooks import ARRIVAL, CLEARANCE, DISPATCH, LISTING, OFF_PLATFORM, TASK

RULEBOOKS: Final[dict[str, Callable[[Json], Json]]] = {
    OFF_PLATFORM: judge_off_platform,
    CLEARANCE: judge_clearance,
    LISTING: judge_listing,
    DISPATCH: judge_dispatch,
    ARRIVAL: judge_arrival,
    TASK: judge_task,
}
"""The rulebooks beside the guarantees and admission, each with its oracle."""

TWICE_ONE_IN: Final = 10
"""One case in so many is decided a second time, from what it was written out as."""


def instant(text: str | None) -> datetime | None:
    """An instant as the oracle has it."""
    return None if text is None else datetime.fromisoformat(text)


def picked(item: Json, *names: str) -> Json:
    """Some members of an object."""
    return {name: item[name] for name in names}


def decided(document: Json) -> Json:
    """The engine's decision, from bytes to bytes."""
    decision: Json = json.loads(dump_decision(decide(load_case(json.dumps(document)))))
    return decision


def told_by_the_engine(document: Json) -> Json:
    """The engine's decision, in the words of the oracle."""
    return in_the_oracles_words(decided(document))


def in_the_oracles_words(decision: Json) -> Json:
    """A decision as the oracle would put it."""
    policy = decision["policy"]["id"]
    if policy in RULEBOOKS:
        return in_shape(decision, policy)
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
"""What is compared of the items of a list; what an item does not have is null."""

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
"""What the oracle of each rulebook tells."""


def in_shape(told: Json, policy: str) -> Json:
    """All that the oracle of a rulebook tells, as it can be compared. In which order a list stands is not for the rules to say."""
    return {name: part_in_shape(name, told[name]) for name in PARTS[policy]}


def part_in_shape(name: str, part: Any) -> Any:
    """Instants as instants, and of the items of a list what is compared."""
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
"""Remarks that say something of the case; the others say how it was read."""


def as_instant(value: Any) -> Any:
    """An instant written out as the instant that it is."""
    return instant(value) if isinstance(value, str) and value[4:5] == "-" and value[10:11] == "T" else value


def told_by_the_oracle(document: Json) -> Json:
    """The oracle's decision, without what the keys of its awards stand for."""
    decision: Json
    if document["policy"] in RULEBOOKS:
        return in_shape(RULEBOOKS[document["policy"]](document), document["policy"])
    if document["policy"] == ADMISSION:
        decision = judge_admission(document)
        return decision
    decision = judge(document)
    return {**decision, "awards": [without_keys(each) for each in decision["awards"]]}


def without_keys(award: Json) -> Json:
    """An award but for its key."""
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
    """What came of comparing. ``decision`` is the engine's; there is none for what was refused or could not be compared."""

    decision: Json | None
    differences: tuple[str, ...]


def compared(case: NumberedCase) -> Comparison:
    """Engine and oracle on a numbered case. That one of them breaks down is a difference like any other."""
    try:
        if case.broken is not None:
            return Comparison(None, tuple(refused_differently(case.document, case.broken)))
        return decided_by_both(case)
    except Exception as error:
        return Comparison(None, (f"broke down: {type(error).__name__}: {error}",))


def decided_by_both(case: NumberedCase) -> Comparison:
    """Whole decisions agree, nobody finds fault, and the case written out is the same case again."""
    read = load_case(json.dumps(case.document))
    told = dump_decision(decide(read))
    decision: Json = json.loads(told)
    differences = [*unlike(in_the_oracles_words(decision), told_by_the_oracle(case.document))]
    if case.policy != ADMISSION and case.policy not in RULEBOOKS:
        differences += [f"the oracle finds fault with {pointer}" for pointer in faults(case.document)]
    again = load_case(dump_case(read))
    if again != read:
        differences.append("the case, written out and read again, is another")
    if case.number % TWICE_ONE_IN == 0 and dump_decision(decide(again)) != told:
        differences.append("decided again, the bytes are others")
    return Comparison(decision, tuple(differences))


def refused_differently(document: Any, broken: NearlyValid) -> Iterator[str]:
    """A broken document is refused where it is broken; if its types are right, the oracle names the same places."""
    found = faults_found(document)
    if broken.pointer not in found:
        yield f"{broken.broken} at {broken.pointer}: the engine refuses {sorted(found)}"
    if broken.well_formed and found != set(faults(document)):
        yield f"{broken.broken} at {broken.pointer}: the engine refuses {sorted(found)}, the oracle {faults(document)}"


def unlike(by_engine: Any, by_oracle: Any, place: str = "") -> Iterator[str]:
    """Where two answers differ, and how."""
    if isinstance(by_engine, dict) and isinstance(by_oracle, dict) and by_engine.keys() == by_oracle.keys():
        for name, value in by_engine.items():
            yield from unlike(value, by_oracle[name], f"{place}/{name}")
    elif isinstance(by_engine, list) and isinstance(by_oracle, list) and len(by_engine) == len(by_oracle):
        for index, pair in enumerate(zip(by_engine, by_oracle, strict=True)):
            yield from unlike(*pair, f"{place}/{index}")
    elif by_engine != by_oracle:
        yield f"{place}: engine {by_engine}, oracle {by_oracle}"
