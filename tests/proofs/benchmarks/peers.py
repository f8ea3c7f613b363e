"""Other rule engines on the same claims: what they cost, and what they can tell you.

Each gets the plain facts of a claim under the authenticity guarantee, with the result of the documents already worked out. It says
whether the claim is granted and which conditions fail. None of them parses and checks the claim, tells an unknown fact from a false one,
calculates amounts, or says what is missing and until when.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Final

import orjson
from attrs import frozen

from adjudicator import adjudicate
from adjudicator.model.decision import Outcome
from adjudicator.model.time import Instant, day_of

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

Engine = Callable[[bytes], bool]
"""Takes the facts of a claim as JSON and returns whether it is granted, and what fails."""


@frozen
class PeerClaim:
    """A claim of one line whose facts are all known, with the facts in the form that the peers read."""

    case: bytes
    facts: bytes
    granted: bool


def peer_claims(cases: Sequence[bytes]) -> list[PeerClaim]:
    """The cases that the peers can decide too: settled, of one line, with no earlier payment."""
    found: list[PeerClaim] = []
    for case in cases:
        document, decision = orjson.loads(case), orjson.loads(adjudicate(case))
        of_one_line = len(document["claim"]["items"]) == 1 and not document.get("settlements")
        if decision["outcome"] in SETTLED and of_one_line and _completed_at(document):
            found.append(PeerClaim(case, orjson.dumps(facts_of(document, decision)), SETTLED[decision["outcome"]]))
    return found


def _completed_at(document: Mapping[str, Any]) -> str | None:
    (item,) = document["claim"]["items"]
    (line,) = (line for line in document["order"]["lines"] if line["id"] == item["line_id"])
    completed_at: str | None = line.get("completed_at")
    return completed_at


def facts_of(document: Mapping[str, Any], decision: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a claim as plain values. The result of the documents comes from the decision."""
    claim, order = document["claim"], document["order"]
    effects = {each["clause"]: each["effect"] for each in decision["findings"]}
    bars = [each["effect"] for each in decision["findings"] if each["role"] == "bar"]
    success = Instant.parse(_completed_at(document) or "")
    return {
        "in_the_programme": order["merchant"].get("programme") == "global",
        "from_the_order_page": claim["filed_through"] == "order_page",
        "for_counterfeits": claim["reason"] == "counterfeit",
        "ten_times_demanded": "tenfold_compensation" in claim["demands"],
        "by_the_buyer": claim["claimant_id"] == order["buyer_id"],
        "proven": effects["counterfeit_is_proven"] == "supports",
        "not_barred": "defeats" not in bars,
        "days_after_success": day_of(Instant.parse(claim["filed_at"])) - day_of(success),
    }


def plain_functions() -> Engine:
    """The rule as Python functions on a dictionary, with the names of the conditions that fail."""

    def decide(text: bytes) -> bool:
        facts = orjson.loads(text)
        failed = [name for name in CONDITIONS if not facts[name]]
        if facts["days_after_success"] > DAYS:
            failed.append(IN_TIME)
        return not failed

    return decide


def cedar() -> Engine:
    """Cedar: one policy that permits and one that forbids for each condition. The answer names those that apply."""
    import cedarpy

    unless = [f'@id("{name}") forbid(principal, action, resource) unless {{ context.{name} }};' for name in CONDITIONS]
    in_time = f'@id("{IN_TIME}") forbid(principal, action, resource) unless {{ context.days_after_success <= {DAYS} }};'
    policies = cedarpy.PolicySet.from_str("\n".join(["permit(principal, action, resource);", *unless, in_time]))
    entities = cedarpy.Entities.from_json_str("[]")

    def decide(text: bytes) -> bool:
        request = {
            "principal": 'Claimant::"c"',
            "action": 'Action::"claim"',
            "resource": 'Order::"o"',
            "context": orjson.loads(text),
        }
        answer = cedarpy.is_authorized(request, policies, entities)
        return bool(answer.allowed)

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

    def decide(text: bytes) -> bool:
        answer = decision.evaluate(orjson.loads(text), {"trace": True})
        return bool(answer["result"]["granted"])

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

    def decide(text: bytes) -> bool:
        interpreter.set_input(orjson.loads(text))
        output = interpreter.query_bundle(bundle)
        return bool(output.binding("granted").value)

    return decide


PEERS: Final[Mapping[str, Callable[[], Engine]]] = {
    "plain functions over a dictionary": plain_functions,
    "Cedar (cedarpy)": cedar,
    "Zen (zen-engine), with trace": zen,
    "Rego (regopy)": rego,
}


def contenders(claims: Sequence[PeerClaim]) -> dict[str, Callable[[], object]]:
    """Each peer on the facts of all claims, and this engine on their cases. Raises :class:`AssertionError` if they disagree."""
    found: dict[str, Callable[[], object]] = {}
    for name, make in PEERS.items():
        engine = make()
        wrong = [claim for claim in claims if engine(claim.facts) is not claim.granted]
        if wrong:
            raise AssertionError(f"{name} decides {len(wrong)} claims otherwise, such as {wrong[0].facts.decode()}")
        found[name] = partial(_over_all, engine, [claim.facts for claim in claims])
    found["adjudicate: the whole case, to all of its decision"] = partial(
        _over_all, adjudicate, [claim.case for claim in claims]
    )
    return found


def _over_all(work: Callable[[bytes], object], inputs: Sequence[bytes]) -> None:
    for each in inputs:
        work(each)
