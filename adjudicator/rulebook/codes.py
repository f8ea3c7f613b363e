"""Codes: every stable code that the decisions of the installed policies can give, as data.

The reasons of a clause are read off the functions behind it: what they answer, and what of that the functions above them leave to
the engine. A clause may have a reason here that no case leads to; none is missing. It takes the source of a pack, and is made when
asked for.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cache, partial
from types import FunctionType
from typing import Any, Final

import attrs
from attrs import evolve, field, frozen

from adjudicator.engine.policy import Clause, Edition, Function, Node, hints, members, plain_type, returns_admissibility
from adjudicator.engine.registry import policies
from adjudicator.model.decision import Because, Effect, Finding, Role
from adjudicator.model.facts import (
    Disputed,
    EvidencePool,
    Fact,
    Failed,
    Holds,
    Need,
    NotCovered,
    Open,
    Party,
    Repairable,
)
from adjudicator.wire.codec import document_of
from adjudicator.words import ENGLISH, LANGUAGES, SIMPLIFIED_CHINESE, Words, reason_codes, rule_code, tag_of, words_for

UNKNOWN: Final = "unknown"
PENDING: Final = "pending"
ANSWERS: Final[tuple[type, ...]] = (Open, Failed, Repairable, Disputed, NotCovered, Holds)
WAITS: Final = frozenset({Open, Repairable})
FOR_A_PERSON: Final = frozenset({Disputed, NotCovered})


class Kind(StrEnum):
    """What a code stands for."""

    OUTCOME = "outcome"
    REASON = "reason"
    NEED = "need"
    REMARK = "remark"


@frozen(kw_only=True)
class Code:
    """A stable code, in which editions of its policy decisions can give it, what it means, and what to do next.

    ``borne_by`` are those at whose door it lies: who can act where something can be handed in, else who has to live with it.
    ``effects`` are what it does to a case (one and the same reason can wait, and defeat once the time is over), ``needs`` is what
    may be asked for. ``text`` and ``next`` are by language.
    """

    code: str
    kind: Kind
    policy: str
    editions: tuple[str, ...]
    since: str
    cites: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    borne_by: tuple[Party, ...] = ()
    needs: tuple[str, ...] = ()
    text: Mapping[str, str]
    next: Mapping[str, str] = field(factory=dict)


def codes(policy: str | None = None) -> tuple[Code, ...]:
    """Every code of a policy, or of all that are installed; the words are those of the newest edition that has it.

    Raises :class:`KeyError` for a policy that is not installed, :class:`OSError` for one of which there is no source.
    """
    chosen = policies() if policy is None else {policy: policies()[policy]}
    return tuple(each for editions in chosen.values() for each in _over(editions))


def codes_without_words(edition: Edition, language: str) -> tuple[str, ...]:
    """What a language (``zh_Hant``, say) lacks: codes of titles, outcomes, reasons, needs, facts, settings and restatements.

    A restatement is lacking where readers would get it in another language or script. Labels of fields and choices are not
    looked at: which of them readers meet depends on the case.
    """
    words = words_for(edition, language)
    lacking = (ways[0] for ways in _ways_to_tell(edition, language) if not any(way in words for way in ways))
    return tuple(dict.fromkeys(lacking))


def code_document(code: Code) -> dict[str, Any]:
    """A code as a JSON document."""
    return document_of(code)


def _over(editions: Iterable[Edition]) -> Iterator[Code]:
    """The codes of a policy, each with all editions that have it."""
    found: dict[tuple[Kind, str], Code] = {}
    for edition in editions:
        for each in _Reader(edition).whole():
            before = found.get((each.kind, each.code))
            named = (*(before.editions if before else ()), edition.name)
            found[each.kind, each.code] = evolve(each, editions=named, since=named[0])
    return iter(found.values())


@frozen
class Answer:
    """A reason that a function can give, the kind of answer that carries it, and what is asked for with it."""

    reason: str
    kind: type
    needs: frozenset[Need] = frozenset()


@frozen
class _Reader:
    """The codes of one edition."""

    edition: Edition
    known: dict[str, frozenset[Answer]] = field(factory=dict, repr=False)

    def whole(self) -> Iterator[Code]:
        edition = self.edition
        kind = edition.case_kind
        for outcome in dict.fromkeys((*kind.outcomes, *kind.outcomes_of_parts)):
            yield self.code(outcome, Kind.OUTCOME, partial(Words.verdict, outcome=outcome))
        for clause in edition.clauses:
            yield from self.reasons(clause)
        for need in sorted(self.asked(), key=lambda need: need.name):
            yield self.need(need)
        for function in edition.remarks:
            name = function.__name__
            cites = edition.nodes[name].citation.citations(edition.article)
            yield evolve(self.code(name, Kind.REMARK, partial(Words.restated, name=name)), cites=cites)

    def code(self, code: str, kind: Kind, text: Callable[[Words], str]) -> Code:
        name = self.edition.name
        return Code(
            code=code,
            kind=kind,
            policy=self.edition.policy,
            editions=(name,),
            since=name,
            text=self.told(text),
        )

    def told(self, tell: Callable[[Words], str]) -> dict[str, str]:
        """The same in every language."""
        return {tag_of(language): tell(words_for(self.edition, language)) for language in LANGUAGES}

    # Needs

    def asked(self) -> set[Need]:
        granted = self.edition.grants.functions() if self.edition.grants else ()
        names = (*(clause.name for clause in self.edition.clauses), *(each.__name__ for each in granted))
        return {need for name in names for each in self.answers(name) for need in each.needs}

    def need(self, need: Need) -> Code:
        return evolve(
            self.code(need.name, Kind.NEED, lambda words: words.say(f"need.{need.name}")),
            borne_by=(need.to,),
            next=self.told(lambda words: asked(words, need)),
        )

    # Reasons

    def reasons(self, clause: Clause) -> Iterator[Code]:
        """Why a clause can come out as it does."""
        by_reason: dict[str, list[Answer]] = {}
        for answer in (*plain_answers(clause), *sorted(self.answers(clause.name), key=lambda each: each.kind.__name__)):
            by_reason.setdefault(answer.reason, []).append(answer)
        for reason, given in sorted(by_reason.items()):
            yield self.reason(clause, reason, given)

    def reason(self, clause: Clause, reason: str, given: list[Answer]) -> Code:
        effects = tuple(dict.fromkeys(effect_of(clause, each) for each in given))
        needs = sorted({need for each in given for need in each.needs}, key=lambda need: need.name)
        code = f"{clause.name}.{reason}"

        def text(words: Words) -> str:
            why = because(words, clause, code, effects[0], needs)
            return words.sentences(words.restated(clause.name), why)

        return evolve(
            self.code(code, Kind.REASON, text),
            cites=clause.cites,
            effects=effects,
            borne_by=self.bearers(effects[0], given[0], needs),
            needs=tuple(each.name for each in needs),
            next=self.told(lambda words: next_step(words, effects[0], given[0], needs)),
        )

    def bearers(self, effect: Effect, answer: Answer, needs: list[Need]) -> tuple[Party, ...]:
        if needs:
            return tuple(dict.fromkeys(need.to for need in needs))
        if answer.kind in FOR_A_PERSON:
            return (Party.PLATFORM,)
        kind = self.edition.case_kind
        bearer = kind.respondent if effect is Effect.SUPPORTS else kind.claimant
        return (bearer,) if bearer else ()

    # What functions answer

    def answers(self, name: str) -> frozenset[Answer]:
        """Every answer of a function, or of those from which it takes facts, that is not yes, no or a value."""
        if name not in self.known:
            self.known[name] = frozenset()
            self.known[name] = frozenset(self.read(name))
        return self.known[name]

    def read(self, name: str) -> Iterator[Answer]:
        if name in self.edition.case_kind.glossary.facts:
            yield from self.read_fact(self.edition.case_kind.glossary.facts[name])
        node = self.edition.nodes.get(name)
        if node is None:
            return
        returned = members(hints(node.function)["return"])
        taken = [
            (each, admits)
            for param, admits in zip(node.params, node.admits, strict=True)
            for each in self.answers(param)
        ]
        for answer in said_by(node.function):
            asks = answer.needs or frozenset(need for each, _ in taken for need in each.needs)
            yield evolve(answer, needs=asks) if answer.kind in WAITS else answer
        for answer, admits in taken:
            if answer.kind not in admits or answer.kind in returned:
                yield answer if answer.kind is not EvidencePool else evolve(answer, kind=Open)

    def read_fact(self, fact: Fact) -> Iterator[Answer]:
        """A fact of the case that may not be known: it is asked for, also where others are not known beside it."""
        if Open in members(hints(fact.read)["return"]):
            words = words_for(self.edition, ENGLISH)
            named = {each for each in source_of(fact.read).texts if f"need.{each}" in words}
            needs = needs_in(fact.read) | {Need(each, fact.supplier) for each in named if fact.supplier}
            yield from (Answer(reason, Open, frozenset(needs)) for reason in (UNKNOWN, PENDING))


def _ways_to_tell(edition: Edition, language: str) -> Iterator[tuple[str, ...]]:
    """For each thing that readers meet, the codes under which words for it may stand, the usual one first."""
    yield (f"title.{edition.policy}",)
    for code in _Reader(edition).whole():
        if code.kind is Kind.OUTCOME:
            yield f"outcome.{code.code}", f"verdict.{code.code}"
        elif code.kind is Kind.NEED:
            yield (f"need.{code.code}",)
    for clause in edition.clauses:
        for reason in _Reader(edition).reasons(clause):
            of_this_clause, usual, of_any = reason_codes(found(clause, reason.code, reason.effects[0], ()))
            yield usual, of_this_clause, of_any
    yield from ((f"fact.{fact.name}",) for fact in edition.read_always)
    yield from ((f"setting.{name}",) for name in edition.settings)
    yield from ((f"not_adjudicated.{reason}",) for reason in edition.not_adjudicated.values())
    yield from ((rule_code(node),) for node in _restated(edition) if not _told_by_its_docstring(node, language))


def _restated(edition: Edition) -> Iterator[Node]:
    """What decisions restate: clauses, what is granted, remarks; not facts that the rule judges for itself."""
    granted = edition.grants.functions() if edition.grants else ()
    judged = {fact.__name__ for fact in edition.facts}
    for function in (*edition.requires, *edition.barred_by, *granted, *edition.remarks):
        if function.__name__ not in judged:
            yield edition.nodes[function.__name__]


def _told_by_its_docstring(node: Node, language: str) -> bool:
    """Whether a docstring says it in this language."""
    return bool({ENGLISH: node.citation.english, SIMPLIFIED_CHINESE: node.citation.chinese}.get(language))


def plain_answers(clause: Clause) -> Iterator[Answer]:
    """What a plain yes or no becomes."""
    if bool in members(hints(clause.node.function)["return"]):
        yield Answer("holds", bool)
        yield Answer("fails", bool)


def effect_of(clause: Clause, answer: Answer) -> Effect:
    """What an answer does to the case."""
    if answer.kind in (Open, *FOR_A_PERSON):
        return Effect.UNDECIDED
    if answer.kind in (Failed, Repairable):
        return Effect.DEFEATS
    holds = answer.kind is Holds or answer.reason == "holds"
    return Effect.SUPPORTS if holds is (clause.role is Role.REQUIREMENT) else Effect.DEFEATS


def because(words: Words, clause: Clause, code: str, effect: Effect, needs: list[Need]) -> str:
    """A reason in words, with everything that it may ask for."""
    return words.because(found(clause, code, effect, needs))


def found(clause: Clause, code: str, effect: Effect, needs: Iterable[Need]) -> Finding:
    """A finding on a clause that gives a reason, with everything that it may ask for."""
    why = Because(code, {"needs": tuple(need.name for need in needs)})
    return Finding(clause.name, clause.cites, None, clause.role, effect, why, (), (), None)


def next_step(words: Words, effect: Effect, answer: Answer, needs: list[Need]) -> str:
    """Who is asked for what, or who decides, or that there is nothing to do."""
    if needs:
        return words.sentences(*(asked(words, need) for need in needs))
    return words.say("codes.person" if answer.kind in FOR_A_PERSON else f"codes.{effect.value}")


def asked(words: Words, need: Need) -> str:
    """Who is asked for what."""
    party, named = words.say(f"party.{need.to.value}"), words.say(f"need.{need.name}")
    told = words.first((f"ask.{need.name}", "ask.any"), party=party, need=named)
    return told[:1].upper() + told[1:]


# The source


@frozen
class Source:
    """What a function's source names: the answers that it makes with their reasons, needs, texts, and helpers of its pack."""

    answers: tuple[tuple[type, str], ...]
    needs: frozenset[Need]
    texts: frozenset[str]
    helpers: tuple[Function, ...]


@cache
def source_of(function: Function) -> Source:
    """Read the source of a function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    nodes = tuple(ast.walk(tree))
    named = [named_by(node, function) for node in nodes]
    calls = [(named_by(node.func, function), node) for node in nodes if isinstance(node, ast.Call)]
    made = ((kind, reason_in(call, kind)) for kind, call in calls if kind in ANSWERS)
    return Source(
        tuple((kind, reason) for kind, reason in made if isinstance(reason, str)),
        frozenset(each for each in named if isinstance(each, Need)),
        frozenset(node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)),
        tuple(
            each
            for each in named
            if isinstance(each, FunctionType) and each is not function and of_one_pack(each, function)
        ),
    )


def named_by(node: ast.AST, function: Function) -> object:
    """What a name in a function stands for, as far as it stands in its module or in one that it names; not what is its own."""
    own = inspect.signature(function).parameters
    known: Mapping[str, object] = getattr(function, "__globals__", {})
    match node:
        case ast.Name(id=name) if name not in own:
            return known.get(name)
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module not in own:
            return getattr(known.get(module), name, None)
    return None


def of_one_pack(one: Function, other: Function) -> bool:
    """Whether two functions stand in one package."""
    return one.__module__.partition(".")[0] == other.__module__.partition(".")[0]


def reason_in(call: ast.Call, answer: type) -> object:
    """The reason that a call gives: written out, or the answer's own; anything else where it is handed on."""
    place = [each.name for each in attrs.fields(answer)].index("because")
    written = [word.value for word in call.keywords if word.arg == "because"] + call.args[place : place + 1]
    if not written:
        return attrs.fields_dict(answer)["because"].default
    return getattr(written[0], "value", None)


def sources_of(function: Function) -> tuple[Source, ...]:
    """The source of a function and of every helper that it calls, straight or by way of another."""
    found: dict[Function, Source] = {}
    waiting = [function]
    while waiting:
        each = waiting.pop()
        if each not in found:
            found[each] = source_of(each)
            waiting.extend(found[each].helpers)
    return tuple(found.values())


def needs_in(function: Function) -> frozenset[Need]:
    """What a function asks for."""
    return frozenset(need for source in sources_of(function) for need in source.needs)


def said_by(function: Function) -> Iterator[Answer]:
    """The answers that a function gives of its own, with what it asks for."""
    returned = {plain_type(each) for each in members(hints(function)["return"])}
    needs = needs_in(function)
    if EvidencePool in returned or returns_admissibility(function):
        yield Answer(PENDING, EvidencePool, needs)
    for source in sources_of(function):
        for kind, reason in source.answers:
            if kind in returned:
                yield Answer(reason, kind, needs if kind in WAITS else frozenset())
