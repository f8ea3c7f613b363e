"""Find the answers that each clause can give, with their reasons and needs, by reading the source of its functions.

An answer that is not a plain value passes from a fact to the clauses that ask for it: automatically if a clause does not admit
it, through the clause's own code if the clause can return one. The list is complete, but may include answers that no case
produces. A pack's source has to be installed.
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

from adjudicator.engine import admissibility, vocabulary
from adjudicator.engine.clause import Clause, hints, in_order, members, plain_type, returns_admissibility
from adjudicator.engine.inspection import Function, values_named
from adjudicator.engine.policy import Edition
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.repetition import done_after
from adjudicator.kinds.single_step import in_turn
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
"""The functions and classes that make an answer, with its type."""
FUNCTIONS_WITH_REASONS: Final = frozenset(
    {
        vocabulary.either_way,
        vocabulary.in_time,
        admissibility.any_counts,
        within_working_days,
        done_after,
        in_turn,
    }
)
"""The functions of the vocabulary that supply reasons themselves."""
WAITS: Final = frozenset({Open, Repairable})
FOR_A_PERSON: Final = frozenset({Disputed, NotCovered})


@frozen
class Answer:
    """One reason that a clause or fact can give, the type that carries it, and what it asks for."""

    reason: str
    kind: type
    needs: frozenset[Need] = frozenset()


def answers_of(edition: Edition, clause: Clause) -> tuple[Answer, ...]:
    """Every answer that a clause can give: plain yes and no first, then by type and reason."""
    others = sorted(_answers(edition, clause.name), key=lambda each: (each.kind.__name__, each.reason))
    return (*_plain_answers(clause), *others)


def needs_of(edition: Edition) -> frozenset[Need]:
    """Everything that the clauses and grants of an edition can ask for."""
    granted = edition.grants.functions() if edition.grants else ()
    names = (*(clause.name for clause in edition.clauses), *(each.__name__ for each in granted))
    return frozenset(need for name in names for each in _answers(edition, name) for need in each.needs)


def effect_of(clause: Clause, answer: Answer) -> Effect:
    """The effect that an answer of this clause has on the case."""
    if answer.kind in (Open, *FOR_A_PERSON):
        return Effect.UNDECIDED
    if answer.kind in (Failed, Repairable):
        return Effect.DEFEATS
    holds = answer.kind is Holds or answer.reason == "holds"
    return Effect.SUPPORTS if holds is (clause.role is Role.REQUIREMENT) else Effect.DEFEATS


def sample_finding(clause: Clause, reason: str, effect: Effect, needs: Iterable[Need]) -> Finding:
    """A finding with this reason and all its possible needs, so that both can be put into words."""
    because = Because(f"{clause.name}.{reason}", {"needs": tuple(need.name for need in needs)})
    return Finding(clause.name, clause.cites, None, clause.role, effect, because, (), (), None)


def _plain_answers(clause: Clause) -> Iterator[Answer]:
    if bool in members(hints(clause.node.function)["return"]):
        yield Answer("holds", bool)
        yield Answer("fails", bool)


# From the facts to the clause


@cache
def _answers(edition: Edition, name: str) -> frozenset[Answer]:
    """The answers other than plain values that a clause or fact can give."""
    known = edition.case_kind.glossary.facts
    if name in known:
        return frozenset(_of_fact(edition, known[name]))
    return frozenset(_of_function(edition, name)) if name in edition.nodes else frozenset()


def _of_fact(edition: Edition, fact: Fact) -> Iterator[Answer]:
    """A fact that can be unknown asks for its value, and for every other need that its source names."""
    if Open in members(hints(fact.read)["return"]):
        words, read = words_for(edition, ENGLISH), inspect.unwrap(fact.read)
        named = {each for each in _source_of(read).texts if f"need.{each}" in words}
        needs = (
            _needs_in(read)
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
    """What a clause that orders steps can ask for: the steps that lead to its own, and everything those wait for."""
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
    return frozenset((*(each.ask.need for each in steps.values()), *waiting))


def _needs_behind(edition: Edition, name: str) -> frozenset[Need]:
    """The needs named by a function or by any function that it depends on."""
    behind = in_order(edition.nodes, (name,))
    return frozenset(need for node in behind for need in _needs_in(node.function))


def _own_answers(function: Function, behind: frozenset[Need]) -> Iterator[Answer]:
    """The answers that a function makes itself. It can only wait for a document about which something can be asked."""
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
    """Whether a function has a parameter of type :class:`ByDate`, or names such a table."""
    asked = (plain_type(each) for annotation in hints(function).values() for each in members(annotation))
    named = values_named(function) if isinstance(function, FunctionType) else ()
    return ByDate in asked or any(isinstance(value, ByDate) for value, _ in named)


# The source


@frozen
class _Source:
    """What a function's source names: answers with their reasons, needs, texts, and helpers that can answer for it."""

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
    """The need for verification, for each call of :func:`~adjudicator.engine.admissibility.heard` that requires verified documents."""
    for maker, call in calls:
        if maker is admissibility.heard and any(word.arg == "once_verified" for word in call.keywords):
            yield admissibility.VERIFICATION


def _named_by(node: ast.AST, function: Function, own: Collection[str]) -> object:
    """The global object that a name refers to, or an attribute of a module; ``own`` parameters shadow globals."""
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
    """Whether a helper can give the answer for a function: it is in the same package, or supplies reasons itself."""
    return (
        helper in FUNCTIONS_WITH_REASONS or helper.__module__.partition(".")[0] == function.__module__.partition(".")[0]
    )


def _reason_in(call: ast.Call, maker: Callable[..., Any]) -> object:
    """The reason in a call: its literal or the default. Not a string if the reason is computed."""
    parameters = inspect.signature(maker).parameters
    place = [*parameters].index("because")
    written = [word.value for word in call.keywords if word.arg == "because"] + call.args[place : place + 1]
    if not written:
        return parameters["because"].default
    return getattr(written[0], "value", None)


def _sources_of(function: Function) -> tuple[_Source, ...]:
    """The source of a function and of every helper that it reaches."""
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
