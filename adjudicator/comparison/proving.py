"""What a solver proves about the two sides of a comparison (extra ``prove``), as rows of a report."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from adjudicator.comparison.blocks import Proof
from adjudicator.comparison.sides import Pair
from adjudicator.engine.registry import policies
from adjudicator.prove import Bound, Example, GivenFact, Limits, Statement, compare
from adjudicator.words import Words, words_for

AS_USUAL = Limits()


def proofs_of(pair: Pair, locale: str, limits: Limits = AS_USUAL) -> tuple[Proof, ...]:
    """What is proved about each policy that has an edition on both sides, and not the same one."""
    say = words_for(None, locale)
    return tuple(proof for policy in pair.policies or policies() for proof in _of_policy(pair, policy, say, limits))


def _of_policy(pair: Pair, policy: str, words: Words, limits: Limits) -> Iterator[Proof]:
    old, new = pair.old.edition_of(policy), pair.new.edition_of(policy)
    if old is None or new is None or old is new:
        return
    for statement in compare(old, new, limits).statements:
        kind = words.say(f"prove.kind.{statement.kind.value}")
        yield Proof(
            statement=f"{kind}: {statement.about} ({policy})",
            status=statement.status.value,
            bound=_bound(statement, words),
            counterexample="; ".join(_example(each, words) for each in statement.examples) or None,
        )


def _bound(statement: Statement, words: Words) -> str | None:
    """The inputs that a result covers, or why there are none."""
    if statement.same_code:
        return words.say("prove.same_code")
    if statement.reason is not None:
        return words.say(f"prove.why.{statement.reason.why.value}", detail=statement.reason.detail)
    return None if statement.bound is None else "; ".join(_bounds(statement.bound, words)) or None


def _bounds(bound: Bound, words: Words) -> Iterator[str]:
    parts = {
        "prove.lists": bound.lists,
        "prove.sets": bound.sets,
        "prove.always_stated": bound.always_stated,
        "prove.sampled": bound.sampled,
    }
    for code, facts in parts.items():
        if facts:
            yield words.say(code, facts=words.listed(facts), items=bound.items)


def _example(example: Example, words: Words) -> str:
    facts = ", ".join(_fact(each, words) for each in example.facts)
    effects = (f"{each.edition}: {words.say(f'prove.effect.{each.effect}')}" for each in example.answers)
    return "; ".join([facts, *effects])


def _fact(fact: GivenFact, words: Words) -> str:
    value = orjson.dumps(fact.value).decode() if fact.known else words.say("prove.not_stated")
    return f"{fact.name} = {value}"
