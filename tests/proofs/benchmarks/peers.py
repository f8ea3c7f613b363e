"""Other rule engines on the same claims: what they cost, and what they can tell you.

Each starts from the bytes of a case under the authenticity guarantee, like this engine, with the facts gathered in
:mod:`benchmarks.by_hand`, and ends with JSON that says whether the claim is granted and which conditions fail. None of them checks the
case, tells an unknown fact from a false one, calculates amounts, or says what is missing and until when.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import orjson
from attrs import frozen

from adjudicator import adjudicate
from adjudicator.model.decision import Outcome
from adjudicator.model.digest import digest
from adjudicator.wire.codec import read_case
from benchmarks.by_hand import gather

DAYS: Final = 90
CONDITIONS: Final = (
    "in_the_programme",
    "from_the_order_page",
    "for_counterfeits",
    "ten_times_demanded",
    "by_the_buyer",
    "proven",
    "not_barred",
)
"""The conditions that are simply true or false. The other condition is filing in time."""
IN_TIME: Final = "in_time"
SETTLED: Final = {Outcome.APPROVED: True, Outcome.PARTIALLY_APPROVED: True, Outcome.DENIED: False}

GATHERED: Final = "the facts, gathered by plain functions"
READ: Final = "adjudicate, as far as the case: every check of it, and its digest"
OURS: Final = "adjudicate: the whole case, to all of its decision"


class Answer(NamedTuple):
    """Whether a claim is granted, and the names of the conditions that fail."""

    granted: bool
    failed: Iterable[str]


Engine = Callable[[dict[str, Any]], Answer]


@frozen
class PeerClaim:
    """A claim of one line whose facts are all known."""

    case: bytes
    granted: bool


def peer_claims(cases: Sequence[bytes]) -> list[PeerClaim]:
    """The cases that the peers can decide too: settled, of one line, with no earlier payment."""
    found: list[PeerClaim] = []
    for case in cases:
        document, outcome = orjson.loads(case), orjson.loads(adjudicate(case))["outcome"]
        of_one_line = len(document["claim"]["items"]) == 1 and not document.get("settlements")
        if outcome in SETTLED and of_one_line and _is_completed(document):
            found.append(PeerClaim(case, SETTLED[outcome]))
    return found


def _is_completed(document: Mapping[str, Any]) -> bool:
    (item,) = document["claim"]["items"]
    (line,) = (line for line in document["order"]["lines"] if line["id"] == item["line_id"])
    return line.get("completed_at") is not None


def plain_functions() -> Engine:
    """The rule as Python functions on a dictionary, with the names of the conditions that fail."""

    def decide(facts: dict[str, Any]) -> Answer:
        failed = [name for name in CONDITIONS if not facts[name]]
        if facts["days_after_success"] > DAYS:
            failed.append(IN_TIME)
        return Answer(not failed, failed)

    return decide


def cedar() -> Engine:
    """Cedar: one policy that permits and one that forbids for each condition. The answer names those that apply."""
    import cedarpy

    unless = [f'@id("{name}") forbid(principal, action, resource) unless {{ context.{name} }};' for name in CONDITIONS]
    in_time = f'@id("{IN_TIME}") forbid(principal, action, resource) unless {{ context.days_after_success <= {DAYS} }};'
    policies = cedarpy.PolicySet.from_str("\n".join(["permit(principal, action, resource);", *unless, in_time]))
    entities = cedarpy.Entities.from_json_str("[]")
    condition_of = {f"policy{number}": name for number, name in enumerate((*CONDITIONS, IN_TIME), start=1)}

    def decide(facts: dict[str, Any]) -> Answer:
        request = {
            "principal": 'Claimant::"c"',
            "action": 'Action::"claim"',
            "resource": 'Order::"o"',
            "context": facts,
        }
        answer = cedarpy.is_authorized(request, policies, entities)
        if answer.allowed:
            return Answer(True, ())
        return Answer(False, [condition_of[each] for each in answer.diagnostics.reasons])

    return decide


def zen() -> Engine:
    """GoRules Zen: an expression for each condition and one for all of them, with its trace."""
    import zen as rules

    expressions = {**{name: name for name in CONDITIONS}, IN_TIME: f"days_after_success <= {DAYS}"}
    written = [{"id": name, "key": f"c_{name}", "value": value} for name, value in expressions.items()]
    whole = " and ".join(f"$.c_{name}" for name in expressions)
    content = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", "content": {}},
            {
                "id": "rule",
                "name": "rule",
                "type": "expressionNode",
                "content": {"expressions": [*written, {"id": "all", "key": "granted", "value": whole}]},
            },
            {"id": "out", "name": "out", "type": "outputNode", "content": {}},
        ],
        "edges": [
            {"id": "e1", "sourceId": "in", "targetId": "rule", "type": "edge"},
            {"id": "e2", "sourceId": "rule", "targetId": "out", "type": "edge"},
        ],
    }
    decision = rules.ZenEngine().create_decision(json.dumps(content))

    def decide(facts: dict[str, Any]) -> Answer:
        result = decision.evaluate(facts, {"trace": True})["result"]
        return Answer(result["granted"], [name for name in expressions if not result[f"c_{name}"]])

    return decide


def rego() -> Engine:
    """The language of Open Policy Agent, in rego-cpp: whether the claim is granted, and the set of conditions that fail."""
    import regopy

    failed = [f'failed contains "{name}" if not input.{name}' for name in CONDITIONS]
    in_time = f'failed contains "{IN_TIME}" if input.days_after_success > {DAYS}'
    rules = "\n".join(["package claim", *failed, in_time, "granted if count(failed) == 0", "default granted := false"])
    interpreter = regopy.Interpreter()
    interpreter.add_module("claim", rules)
    bundle = interpreter.build("granted=data.claim.granted; failed=data.claim.failed", [])

    def decide(facts: dict[str, Any]) -> Answer:
        interpreter.set_input(facts)
        output = interpreter.query_bundle(bundle)
        return Answer(output.binding("granted").value, orjson.loads(output.binding("failed").json()))

    return decide


PEERS: Final[Mapping[str, Callable[[], Engine]]] = {
    "plain functions over a dictionary": plain_functions,
    "Cedar (cedarpy)": cedar,
    "Zen (zen-engine), with trace": zen,
    "Rego (regopy)": rego,
}


def contenders(claims: Sequence[PeerClaim]) -> dict[str, Callable[[], object]]:
    """Each peer and this engine on the cases of all claims. Raises :class:`AssertionError` if they disagree."""
    found: dict[str, Callable[[bytes], object]] = {GATHERED: gather}
    plain = plain_functions()
    for name, make in PEERS.items():
        engine = make()
        wrong = [claim for claim in claims if not _agree(engine, plain, claim)]
        if wrong:
            raise AssertionError(f"{name} decides {len(wrong)} claims otherwise, such as {wrong[0].case.decode()}")
        found[name] = partial(_from_bytes_to_bytes, engine)
    found[READ] = _read
    found[OURS] = adjudicate
    return {name: partial(_over_all, work, [claim.case for claim in claims]) for name, work in found.items()}


def _agree(engine: Engine, plain: Engine, claim: PeerClaim) -> bool:
    """Whether an engine decides a claim rightly, and names the conditions that really fail."""
    facts = gather(claim.case)
    granted, failed = engine(facts)
    return granted is claim.granted and {*failed} == {*plain(facts).failed}


def _from_bytes_to_bytes(engine: Engine, case: bytes) -> bytes:
    answer = engine(gather(case))
    return orjson.dumps({"granted": answer.granted, "failed": [*answer.failed]})


def _read(case: bytes) -> str:
    """What this engine does before it decides anything."""
    return digest(read_case(case).document)


def _over_all(work: Callable[[bytes], object], inputs: Sequence[bytes]) -> None:
    for each in inputs:
        work(each)
