"""Answers: what each clause can come to, with which reasons and which needs, read from the source of its functions.

An answer that is not a plain value travels from the fact that gives it to the clause that asks for the fact: by itself where the
clause does not admit it, and through the clause's own code where its result may be one. No answer is missing; one that no case
brings about may be listed. Reading needs the source of a pack.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from types import FunctionType
from typing import Any, Final, TypeGuard

from attrs import evolve, frozen

from adjudicator.engine import vocabulary
from adjudicator.engine.clause import Clause, Function, hints, in_order, members, plain_type, returns_admissibility
from adjudicator.engine.inspection import values_named
from adjudicator.engine.policy import Edition
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.steps import in_turn
from adjudicator.model.by_date import BEFORE_THE_TABLE, ByDate
from adjudicator.model.calendars import within_working_days
from adjudicator.model.facts import Disputed, EvidencePool, Fact, Failed, Holds, Need, NotCovered, Open, Repairable
from adjudicator.model.finding import Because, Effect, Finding, Role
from adjudicator.words import ENGLISH, words_for

UNKNOWN: Final = "unknown"
PENDING: Final = "pending"
KINDS: Final[Mapping[Callable[..., Any], type]] = {
    **{each: each for each in (Open, Failed, Repairable, Disputed, NotCovered, Holds)},
    vocabulary.missing: Open,
    vocabulary.fails: Failed,
    vocabulary.repairable: Repairable,
    vocabulary.disputed: Disputed,
    vocabulary.for_a_person: NotCovered,
    vocabulary.holds: Holds,
}
"""The calls that make an answer, and the type of the answer that each makes."""
WORDS_WITH_REASONS: Final = frozenset(
    {
        vocabulary.either_way,
        vocabulary.in_time,
        vocabulary.pending,
        vocabulary.verification_of,
        within_working_days,
        in_turn,
        vocabulary.stated,
    }
)
"""The words of the vocabulary that give reasons of their own."""
WAITS: Final = frozenset({Open, Repairable})
FOR_A_PERSON: Final = frozenset({Disputed, NotCovered})


@frozen
class Answer:
    """One reason that a clause or fact can give, the type that carries it, and what it asks for."""

    reason: str
    kind: type
    needs: frozenset[Need] = frozenset()


def answers_of(edition: Edition, clause: Clause) -> tuple[Answer, ...]:
    """Everything that a clause can come to: the plain yes and no first, then by type and reason."""
    others = sorted(_answers(edition, clause.name), key=lambda each: (each.kind.__name__, each.reason))
    return (*_plain_answers(clause), *others)


def needs_of(edition: Edition) -> frozenset[Need]:
    """Everything that the clauses of an edition, and what they grant, can ask for."""
    granted = edition.grants.functions() if edition.grants else ()
    names = (*(clause.name for clause in edition.clauses), *(each.__name__ for each in granted))
    return frozenset(need for name in names for each in _answers(edition, name) for need in each.needs)


def effect_of(clause: Clause, answer: Answer) -> Effect:
    """What an answer of a clause does to the case."""
    if answer.kind in (Open, *FOR_A_PERSON):
        return Effect.UNDECIDED
    if answer.kind in (Failed, Repairable):
        return Effect.DEFEATS
    holds = answer.kind is Holds or answer.reason == "holds"
    return Effect.SUPPORTS if holds is (clause.role is Role.REQUIREMENT) else Effect.DEFEATS


def sample_finding(clause: Clause, reason: str, effect: Effect, needs: Iterable[Need]) -> Finding:
    """A finding that gives a reason and names everything that it may ask for, to be put into words."""
    because = Because(f"{clause.name}.{reason}", {"needs": tuple(need.name for need in needs)})
    return Finding(clause.name, clause.cites, None, clause.role, effect, because, (), (), None)


def _plain_answers(clause: Clause) -> Iterator[Answer]:
    if bool in members(hints(clause.node.function)["return"]):
        yield Answer("holds", bool)
        yield Answer("fails", bool)


# From the facts to the clause


@cache
def _answers(edition: Edition, name: str) -> frozenset[Answer]:
    """The answers that a clause or fact can give in place of a plain value."""
    known = edition.case_kind.glossary.facts
    if name in known:
        return frozenset(_of_fact(edition, known[name]))
    return frozenset(_of_function(edition, name)) if name in edition.nodes else frozenset()


def _of_fact(edition: Edition, fact: Fact) -> Iterator[Answer]:
    """A fact of the case that may be unknown is asked for, also in the light of others that are unknown."""
    if Open in members(hints(fact.read)["return"]):
        words = words_for(edition, ENGLISH)
        named = {each for each in _source_of(fact.read).texts if f"need.{each}" in words}
        needs = (
            _needs_in(fact.read)
            | ({fact.asked_as} if fact.asked_as else set())
            | {Need(each, fact.supplier) for each in named if fact.supplier}
        )
        yield from (Answer(reason, Open, frozenset(needs)) for reason in (UNKNOWN, PENDING))


def _of_function(edition: Edition, name: str) -> Iterator[Answer]:
    node = edition.nodes[name]
    returned = members(hints(node.function)["return"])
    received = [
        (answer, admits)
        for param, admits in zip(node.params, node.admits, strict=True)
        for answer in _answers(edition, param)
    ]
    for answer in _own_answers(node.function, _needs_behind(edition, name)):
        first = _needs_before(edition, node.function) if answer.kind is Repairable else frozenset()
        needs = answer.needs or first or frozenset(need for each, _ in received for need in each.needs)
        yield evolve(answer, needs=needs) if answer.kind in WAITS else answer
    for answer, admits in received:
        if answer.kind not in admits or answer.kind in returned:
            yield answer if answer.kind is not EvidencePool else evolve(answer, kind=Open)


@cache
def _needs_before(edition: Edition, function: Function) -> frozenset[Need]:
    """What a clause that puts steps in order can ask for: the steps that lead to its own, and what these wait for themselves."""
    kind = edition.case_kind
    if not isinstance(kind, ProcessKind) or in_turn not in _source_of(function).helpers:
        return frozenset()
    own = {name for name, clauses in edition.clauses_by_question.items() if function in clauses}
    steps = {each.name: each for of in own for each in kind.process.steps_towards(kind.process[of])}
    others = {clause for name in steps for clause in edition.clauses_by_question[name]} - {function}
    waiting = (
        need
        for clause in others
        if in_turn not in _source_of(clause).helpers
        for each in _answers(edition, clause.__name__)
        if each.kind is Repairable
        for need in each.needs
    )
    return frozenset((*(each.need for each in steps.values()), *waiting))


def _needs_behind(edition: Edition, name: str) -> frozenset[Need]:
    """The needs that a function names, or any function of the policy from which it takes facts."""
    behind = in_order(edition.nodes, (name,))
    return frozenset(need for node in behind for need in _needs_in(node.function))


def _own_answers(function: Function, behind: frozenset[Need]) -> Iterator[Answer]:
    """The answers that a function makes itself. A document about which nothing can be asked is never pending."""
    returned = {plain_type(each) for each in members(hints(function)["return"])}
    needs = _needs_in(function)
    if returns_admissibility(function) and behind:
        yield Answer(PENDING, EvidencePool, behind)
    elif EvidencePool in returned:
        yield Answer(PENDING, EvidencePool, needs)
    if NotCovered in returned and _reads_a_table(function):
        yield Answer(BEFORE_THE_TABLE, NotCovered)
    for source in _sources_of(function):
        for kind, reason in source.answers:
            if kind in returned:
                yield Answer(reason, kind, needs if kind in WAITS else frozenset())


def _reads_a_table(function: Function) -> bool:
    """Whether a function asks for a table by date, or names one."""
    asked = (plain_type(each) for annotation in hints(function).values() for each in members(annotation))
    named = values_named(function) if isinstance(function, FunctionType) else ()
    return ByDate in asked or any(isinstance(value, ByDate) for value, _ in named)


# The source


@frozen
class _Source:
    """What a function's source names: the answers that it makes with their reasons, needs, texts, and helpers of its pack."""

    answers: tuple[tuple[type, str], ...]
    needs: frozenset[Need]
    texts: frozenset[str]
    helpers: tuple[Function, ...]


@cache
def _source_of(function: Function) -> _Source:
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    nodes = tuple(ast.walk(tree))
    own = inspect.signature(function).parameters
    named = [_named_by(node, function, own) for node in nodes]
    calls = [(_named_by(node.func, function, own), node) for node in nodes if isinstance(node, ast.Call)]
    made = ((KINDS[maker], _reason_in(call, maker)) for maker, call in calls if _makes_an_answer(maker))
    return _Source(
        tuple((kind, reason) for kind, reason in made if isinstance(reason, str)),
        frozenset((*(each for each in named if isinstance(each, Need)), *_verification_in(calls))),
        frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)),
        tuple(
            each
            for each in named
            if isinstance(each, FunctionType) and each is not function and _may_answer_for(each, function)
        ),
    )


def _verification_in(calls: Iterable[tuple[object, ast.Call]]) -> Iterator[Need]:
    """That documents count only once they are verified is said to :func:`~adjudicator.engine.vocabulary.heard`."""
    for maker, call in calls:
        if maker is vocabulary.heard and any(word.arg == "once_verified" for word in call.keywords):
            yield vocabulary.VERIFICATION


def _named_by(node: ast.AST, function: Function, own: Collection[str]) -> object:
    """What a name in a function refers to: in its module or in one that it names, never one of its ``own`` parameters."""
    known: Mapping[str, object] = getattr(function, "__globals__", {})
    match node:
        case ast.Name(id=name) if name not in own:
            return known.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module not in own:
            return getattr(known.get(module), name, None)
    return None


def _makes_an_answer(maker: object) -> TypeGuard[Callable[..., Any]]:
    return isinstance(maker, (FunctionType, type)) and maker in KINDS


def _may_answer_for(helper: Function, function: Function) -> bool:
    """Whether a function can leave its answer to another: one of its own package, or a word of the vocabulary."""
    return helper in WORDS_WITH_REASONS or helper.__module__.partition(".")[0] == function.__module__.partition(".")[0]


def _reason_in(call: ast.Call, maker: Callable[..., Any]) -> object:
    """The reason that a call gives: written out, or the default; anything else where it comes from elsewhere."""
    parameters = inspect.signature(maker).parameters
    place = [*parameters].index("because")
    written = [word.value for word in call.keywords if word.arg == "because"] + call.args[place : place + 1]
    if not written:
        return parameters["because"].default
    return getattr(written[0], "value", None)


def _sources_of(function: Function) -> tuple[_Source, ...]:
    """The source of a function and of every helper that it calls, directly or through another."""
    found: dict[Function, _Source] = {}
    waiting = [function]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found[each] = _source_of(each)
            waiting.extend(found[each].helpers)
    return tuple(found.values())


def _needs_in(function: Function) -> frozenset[Need]:
    return frozenset(need for source in _sources_of(function) for need in source.needs)
