"""Answers: what a clause can come to, and what it can ask for, read off the functions that it rests on.

An answer that is no value travels from the fact that gives it to the clause that asks: by itself where the clause does not
admit it, and by the clause's own doing where its result may be one. Nothing that a clause can say is left out; something that
no case brings about may be listed.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from attrs import Factory, fields_dict, frozen

from adjudicator.engine.policy import Clause, Edition, Function, Node, hints, members, plain_type, returns_admissibility
from adjudicator.model.decision import Because, Effect, Finding
from adjudicator.model.facts import (
    Admissibility,
    Disputed,
    EvidencePool,
    Failed,
    Holds,
    Need,
    NotCovered,
    Open,
    Repairable,
)
from adjudicator.rulebook.handbook.sources import code_of, definitions_behind

_ANSWERS: Final[Mapping[str, type]] = {
    each.__name__: each for each in (Open, Failed, Repairable, Disputed, NotCovered, Holds)
}
_ASKING: Final = frozenset({Open, Repairable, EvidencePool, Admissibility})
_NOT_SETTLED: Final = "pending"


@frozen
class Said:
    """What can be said in one kind of answer: the reasons, and what is asked for."""

    reasons: frozenset[str] = frozenset()
    needs: tuple[Need, ...] = ()

    def __or__(self, other: Said) -> Said:
        return Said(self.reasons | other.reasons, tuple(dict.fromkeys((*self.needs, *other.needs))))


Answers: TypeAlias = Mapping[type, Said]


@frozen
class Answerable:
    """What a clause can come to: its reasons, and what it can ask for."""

    reasons: tuple[str, ...] = Factory(tuple)
    needs: tuple[Need, ...] = Factory(tuple)


def answers_of(edition: Edition, clause: Clause) -> Answerable:
    """What a clause can come to, the plain yes and no first."""
    answers = _answers(edition, clause.name)
    given = hints(clause.node.function)["return"]
    plainly = ("holds", "fails") if bool in members(given) else ()
    reasons = sorted({reason for said in answers.values() for reason in said.reasons} - {*plainly})
    needs = dict.fromkeys(need for kind in (Open, Repairable) if kind in answers for need in answers[kind].needs)
    return Answerable((*plainly, *reasons), tuple(needs))


def example_of(clause: Clause, reason: str, needs: Iterable[Need]) -> Finding:
    """A finding on a clause that gives a reason, to be put into words."""
    because = Because(f"{clause.name}.{reason}", {"needs": tuple(need.name for need in needs)})
    return Finding(clause.name, clause.cites, None, clause.role, Effect.UNDECIDED, because, (), (), None)


def _answers(edition: Edition, name: str) -> Answers:
    """The answers that a fact or clause can give instead of a value."""
    if name in edition.nodes:
        return _of_a_node(edition, edition.nodes[name])
    if name in edition.case_kind.glossary.facts:
        return _own(edition.case_kind.glossary.facts[name].read)
    return {}


def _of_a_node(edition: Edition, node: Node) -> Answers:
    given = _given(node.function)
    answers = dict(_own(node.function))
    for name, admitted in zip(node.params, node.admits, strict=True):
        for kind, said in _answers(edition, name).items():
            for becomes, passed in _passed_on(kind, said, admitted, given):
                answers[becomes] = answers.get(becomes, Said()) | passed
    return answers


def _passed_on(kind: type, said: Said, admitted: frozenset[type], given: set[type]) -> Iterator[tuple[type, Said]]:
    """What becomes of an answer in a function that asks for the fact: by itself, or by what the function makes of it."""
    if kind in (Open, EvidencePool) and kind not in admitted:
        yield Open, Said(frozenset({_NOT_SETTLED}), said.needs)
    if kind is EvidencePool and kind in admitted and Open in given:
        yield Open, Said(needs=said.needs)
    if kind is Admissibility:
        yield from ((becomes, said) for becomes in given & _ASKING)
    elif kind is not EvidencePool and (kind not in admitted or kind in given):
        yield kind, said


@cache
def _own(function: Function) -> Answers:
    """The answers that a function gives itself, or through what it uses of its own pack."""
    package = frozenset({function.__module__.partition(".")[0]})
    behind = definitions_behind(function, package)
    sources = [(function.__module__, code_of(function))]
    sources += [(each.module, each.code) for each in behind if each.called]
    needs = tuple(dict.fromkeys(need for module, code in sources for need in _needs_in(module, code)))
    answers: dict[type, Said] = {}
    for kind, reason in (answer for _, code in sources for answer in _answers_in(code)):
        answers[kind] = answers.get(kind, Said()) | Said(frozenset({reason}))
    given = _given(function)
    for kind in given & _ASKING:
        answers[kind] = answers.get(kind, Said()) | Said(needs=needs)
    return {kind: said for kind, said in answers.items() if kind in given}


def _given(function: Function) -> set[type]:
    """The kinds of what a function gives; what each document is worth counts by what has to be asked about it."""
    kinds = {plain_type(each) for each in members(hints(function)["return"])}
    return {*kinds, Admissibility} if returns_admissibility(function) else kinds


def _answers_in(code: str) -> Iterator[tuple[type, str]]:
    """The answers that are made in a piece of code, with the reason of each."""
    for call in ast.walk(ast.parse(code)):
        match call:
            case ast.Call(func=ast.Name(id=name)) if name in _ANSWERS:
                yield from ((_ANSWERS[name], reason) for reason in _reasons_in(call, _ANSWERS[name]))


def _reasons_in(call: ast.Call, answer: type) -> Iterator[str]:
    """The reason that an answer is made with, else the one that it has by default; none where it is not written out."""
    position = list(fields_dict(answer)).index("because")
    written = [word.value for word in call.keywords if word.arg == "because"] + call.args[position : position + 1]
    for reason in written or [ast.Constant(fields_dict(answer)["because"].default)]:
        if isinstance(reason, ast.Constant) and isinstance(reason.value, str):
            yield reason.value


def _needs_in(module: str, code: str) -> Iterator[Need]:
    """The needs that a piece of code names."""
    known: Mapping[str, Any] = vars(sys.modules[module])
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Name(id=name) if isinstance(known.get(name), Need):
                yield known[name]
