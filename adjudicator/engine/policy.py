"""Policies: clauses are plain functions, an edition is their table of contents, and a plan is an edition made ready to run.

The engine reads signatures and docstrings once, when an edition is made, and refuses one that it could not run: a parameter
that is no known fact, a type that differs, a docstring that cites nothing.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
import types
import typing
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Any, Final, Protocol, TypeAlias, TypeVar, Union

from attrs import Factory, field, frozen

from adjudicator.model.decision import Because, Decision, Effect, PolicyRef, Role, Verdict
from adjudicator.model.facts import (
    Admissibility,
    Disputed,
    EvidencePool,
    Fact,
    Failed,
    Glossary,
    NotCovered,
    Open,
    Party,
    Repairable,
)
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant, Window, start_of_day

Function: TypeAlias = Callable[..., Any]
C_contra = TypeVar("C_contra", bound=CaseBase, contravariant=True)

UNSETTLED: Final = frozenset({Open, Failed, Repairable, Disputed, NotCovered, EvidencePool})
"""What a fact may be instead of a value; a clause sees these only where its annotation admits them."""

_CITATION: Final = re.compile(r"\b[A-Z]{2}\.\d+(?:\.\d+)*(?:\([0-9a-z]+\))*")
_READING: Final = re.compile(r"\bR\d+[a-z]?\b")
_HEAD: Final = re.compile(r"^(?:(?:[A-Z]{2}\.\d[\d.]*(?:\([0-9a-z]+\))*|R\d+[a-z]?|and|to)[,.]?\s+)+")
_TAIL: Final = re.compile(r"\s*Readings?\s+(?:R\d+[a-z]?[,.\s]*(?:and|to)?\s*)+$")
_HAN: Final = re.compile(r"[\u4e00-\u9fff]")


class PolicyError(Exception):
    """An edition that cannot be run as it is written."""


@frozen
class Citation:
    """What a docstring says of its function: what it cites, and the rule restated in English and Chinese."""

    cites: tuple[str, ...]
    readings: tuple[str, ...]
    english: str
    chinese: str

    @classmethod
    def of(cls, function: Function) -> Citation:
        """Read the docstring of a clause, fact, money function or remark."""
        text = inspect.getdoc(function) or ""
        cites, readings = tuple(_CITATION.findall(text)), tuple(dict.fromkeys(_READING.findall(text)))
        if not cites and not readings:
            raise PolicyError(f"{where(function)} cites neither a rule nor a reading in its docstring")
        paragraphs = [" ".join(_TAIL.sub("", each).split()) for each in text.split("\n\n")]
        english = " ".join(each for each in paragraphs if each and not _HAN.search(each[:6]))
        chinese = "".join(each for each in paragraphs if _HAN.search(each[:6]))
        return cls(cites, readings, _HEAD.sub("", english), chinese)

    def within(self, article: str) -> tuple[str, ...]:
        """The citations that belong to an article; all of them if none does."""
        own = tuple(each for each in self.cites if is_part_of(each, article))
        return own or self.cites

    def citations(self, article: str) -> tuple[str, ...]:
        """What it rests on under an article: the rule's own numbers, then the readings."""
        return (*self.within(article), *self.readings)


@frozen(eq=False)
class Node:
    """A function of a policy, with what the engine needs to know to call it."""

    name: str
    function: Function
    params: tuple[str, ...]
    admits: tuple[frozenset[type], ...]
    citation: Citation
    cites: tuple[str, ...]
    window: str | None
    moment: str | None
    arguments: Callable[[Mapping[str, Any]], tuple[Any, ...]] = field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "arguments", getter(self.params))

    def given(self, values: tuple[Any, ...]) -> Iterator[tuple[str, Any, frozenset[type]]]:
        """Each parameter with its value, and what it admits besides plain ones."""
        return zip(self.params, values, self.admits, strict=True)


@frozen(eq=False)
class Clause:
    """A requirement or a bar; ``reads`` are the facts of the case that it rests on in the end."""

    name: str
    node: Node
    role: Role
    cites: tuple[str, ...]
    reads: tuple[str, ...]
    facts_read: Callable[[Mapping[str, Any]], tuple[Any, ...]] = field(init=False)
    plainly: Mapping[bool, Because] = field(init=False)
    effects: Mapping[bool, Effect] = field(init=False)

    def __attrs_post_init__(self) -> None:
        is_required = self.role is Role.REQUIREMENT
        object.__setattr__(self, "facts_read", getter(self.reads))
        object.__setattr__(self, "plainly", {True: Because(f"{self.name}.holds"), False: Because(f"{self.name}.fails")})
        object.__setattr__(self, "effects", {is_required: Effect.SUPPORTS, not is_required: Effect.DEFEATS})


class CaseKind(Protocol[C_contra]):
    """A kind of case: what it looks like, which facts it holds, and what becomes of a judged one."""

    @property
    def case_type(self) -> type:
        """The class of the case."""

    @property
    def glossary(self) -> Glossary:
        """The facts that are read from it."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """What a case of this kind can come to."""

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """What a part of a case can come to: a claimed line, an incident."""

    @property
    def refusals(self) -> frozenset[str]:
        """The outcomes that stay as they are unless a clause that defeats is turned."""

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """Facts that are there once the clauses have been judged, and their types."""

    @property
    def governed_from(self) -> str:
        """The JSON pointer to the instant whose edition governs."""

    def subjects(self, case: C_contra) -> Iterator[Any]:
        """What is judged as one in it: its claimed lines, its incidents, or the case as a whole."""

    def part_for(self, edition: Edition, subject: Any) -> Edition:
        """What of an edition is judged on a subject: all of it, unless subjects differ."""

    @property
    def currency(self) -> str | None:
        """The currency of the amounts in all cases of this kind; ``None`` where it is their own, or nobody says."""

    @property
    def claimant(self) -> Party:
        """Who asks for the decision, and bears it where it goes against the case."""

    @property
    def respondent(self) -> Party | None:
        """Who has to perform what is granted, if there is such a one."""

    def particulars(self, case: C_contra) -> Particulars:
        """What letters and pages say of a case besides its decision; the case may lack what its reader must not see."""

    def without_evidence(self, case: C_contra) -> Any:
        """The same case as if no evidence had been handed in yet, while there is time."""

    def rule(self, edition: Edition, case: C_contra, memory: dict[Hashable, Any] | None = None) -> Verdict:
        """Judge a case of this kind under an edition, and tell only what it comes to; rulings on like cases may share a memory."""

    def decide(self, edition: Edition, case: C_contra) -> Decision:
        """Judge a case of this kind under an edition, and tell all of it."""


class Grants(Protocol):
    """What follows once the clauses have been judged: the functions that say so, in the order of the rule."""

    def functions(self) -> Iterator[Function]:
        """The functions."""

    @property
    def decides_with(self) -> Function:
        """The one on which the outcome rests beside the clauses."""

    def places(self) -> Iterator[tuple[str, Function]]:
        """The functions in the order of the calculation, each with its place in it by code, empty where it has none."""

    @property
    def caps(self) -> tuple[Function, ...]:
        """Those that only count where what is granted exceeds them."""

    @property
    def terms(self) -> Mapping[str, str]:
        """What else is laid down about what is granted, by name, for comparing editions."""


@frozen(kw_only=True, eq=False)
class Edition:
    """One edition of one policy: the rule's table of contents.

    ``article`` is the part of the text that it carries out, ``effective_from`` the first Beijing day on which it governs,
    ``revision`` counts the corrections of this code that can change a verdict. ``facts`` are facts that the rule itself
    judges, ``settings`` named switches and data (facts too), ``grants`` is what follows once the clauses are judged: what an
    approved claim entitles to, say. ``about`` is the docstring of the policy file, by default of the one in which the last
    requirement stands. ``clauses_by_question`` are the clauses that are judged for each question, where cases of a kind ask one of
    several. ``handed`` takes from facts what each function rests on in the end. ``not_adjudicated`` are the sentences of the article that nothing here carries out, by citation, each with the code of
    the reason.

    Raises :class:`PolicyError` where a function asks for a fact that there is not, or one of another type, cites nothing, or
    waits for itself; and where a sentence is said not to be adjudicated that is of another article, is cited, or lacks a
    reason.
    """

    policy: str
    article: str
    effective_from: dt.date
    case_kind: CaseKind[Any]
    requires: tuple[Function, ...]
    revision: int = 1
    settings: Mapping[str, object] = Factory(dict)
    facts: tuple[Function, ...] = ()
    barred_by: tuple[Function, ...] = ()
    grants: Grants | None = None
    remarks: tuple[Function, ...] = ()
    about: str | None = None
    clauses_by_question: Mapping[Any, tuple[Function, ...]] = Factory(dict)
    not_adjudicated: Mapping[str, str] = Factory(dict)
    ref: PolicyRef = field(init=False, repr=False)
    nodes: Mapping[str, Node] = field(init=False, repr=False)
    clauses: tuple[Clause, ...] = field(init=False, repr=False)
    read_always: tuple[Fact, ...] = field(init=False, repr=False)
    handed: Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = field(init=False, repr=False)
    judged_always: tuple[Node, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        nodes = compiled(self)
        check_what_is_not_adjudicated(self, nodes)
        clauses = tuple(
            Clause(
                function.__name__,
                nodes[function.__name__],
                role,
                nodes[function.__name__].citation.within(self.article),
                reads,
            )
            for role, functions in ((Role.REQUIREMENT, self.requires), (Role.BAR, self.barred_by))
            for function in functions
            for reads in (facts_behind(nodes, function.__name__, self.case_kind.glossary),)
        )
        object.__setattr__(self, "ref", PolicyRef(self.policy, self.effective_from.isoformat(), self.revision))
        object.__setattr__(self, "nodes", nodes)
        facts = dict.fromkeys(name for clause in clauses for name in clause.reads)
        object.__setattr__(self, "clauses", clauses)
        object.__setattr__(self, "handed", {name: getter(handed_to(nodes, name, self.settings)) for name in nodes})
        object.__setattr__(self, "read_always", tuple(self.case_kind.glossary.facts[name] for name in facts))
        object.__setattr__(self, "judged_always", in_order(nodes, [clause.name for clause in clauses]))

    @property
    def name(self) -> str:
        """Its date, by which decisions cite it."""
        return self.ref.edition

    @property
    def governs_from(self) -> Instant:
        """The first instant that it governs."""
        return start_of_day((self.effective_from - dt.date(1970, 1, 1)).days)

    @property
    def title(self) -> str:
        """What the policy file says of itself in its first line."""
        return (self.about or inspect.getdoc(inspect.getmodule(self.requires[-1])) or self.policy).splitlines()[0]


def compiled(edition: Edition) -> dict[str, Node]:
    """Every function of an edition by name, each checked against the facts that it asks for."""
    grants = tuple(edition.grants.functions()) if edition.grants else ()
    functions = (*edition.facts, *edition.requires, *edition.barred_by, *grants, *edition.remarks)
    known = {name: members(hints(fact.read)["return"]) for name, fact in edition.case_kind.glossary.facts.items()}
    known |= {name: members(annotation) for name, annotation in edition.case_kind.outcome_facts.items()}
    nodes: dict[str, Node] = {}
    for function in functions:
        name = function.__name__
        if name in nodes and nodes[name].function is not function:
            raise PolicyError(f"{edition.policy}: two functions are called {name}")
        if name in known or name in edition.settings:
            raise PolicyError(f"{edition.policy}: {where(function)} is called like a fact that there is already")
        nodes[name] = node_of(function, edition.article)
    known |= {name: members(hints(node.function)["return"]) for name, node in nodes.items()}
    for node in nodes.values():
        check_parameters(edition, node, known)
        check_it_does_not_wait_for_itself(edition, node, nodes)
    return nodes


def node_of(function: Function, article: str) -> Node:
    """Read a function's signature and docstring, as they count under an article."""
    annotations = hints(function)
    params = tuple(inspect.signature(function).parameters)
    untyped = [name for name in (*params, "return") if name not in annotations]
    if untyped:
        raise PolicyError(f"{where(function)} has no type for {', '.join(untyped)}")
    of_type = {kind: [name for name in params if kind in members(annotations[name])] for kind in (Window, Instant)}
    measured = all(len(names) == 1 for names in of_type.values())
    law = Citation.of(function)
    return Node(
        function.__name__,
        function,
        params,
        tuple(frozenset(plain_type(each) for each in members(annotations[name])) & UNSETTLED for name in params),
        law,
        law.citations(article),
        of_type[Window][0] if measured else None,
        of_type[Instant][0] if measured else None,
    )


def check_parameters(edition: Edition, node: Node, known: Mapping[str, frozenset[Any]]) -> None:
    """Refuse a parameter that is no known fact, or one of another type."""
    annotations = hints(node.function)
    for name in node.params:
        wanted = members(annotations[name])
        if name in edition.settings:
            if not isinstance(edition.settings[name], tuple(plain_type(each) for each in wanted)):
                raise PolicyError(f"{edition.policy}: the setting {name} is not what {where(node.function)} expects")
        elif name not in known:
            raise PolicyError(f"{edition.policy}: {where(node.function)} asks for {name}, which is no known fact")
        elif unfit := [each for each in known[name] if not fits(each, wanted)]:
            raise PolicyError(
                f"{edition.policy}: {where(node.function)} takes {name} as {annotations[name]}, but it can be {unfit[0]}"
            )


def check_it_does_not_wait_for_itself(edition: Edition, node: Node, nodes: Mapping[str, Node]) -> None:
    """Refuse a function that needs its own result."""
    waiting, seen = list(node.params), set[str]()
    while waiting:
        name = waiting.pop()
        if name == node.name:
            raise PolicyError(f"{edition.policy}: {where(node.function)} needs its own result")
        if name in nodes and name not in seen:
            seen.add(name)
            waiting.extend(nodes[name].params)


def check_what_is_not_adjudicated(edition: Edition, nodes: Mapping[str, Node]) -> None:
    """Refuse a sentence that is left out of another article, without a reason, or although a function carries it out."""
    for sentence, reason in edition.not_adjudicated.items():
        told = f"{edition.policy}: {sentence} is not adjudicated"
        if not is_part_of(sentence, edition.article):
            raise PolicyError(f"{told}, but it is no part of {edition.article}")
        if not reason.strip():
            raise PolicyError(f"{told}, and no reason is given")
        for node in nodes.values():
            if any(is_part_of(citation, sentence) for citation in node.citation.cites):
                raise PolicyError(f"{told}, but {where(node.function)} cites it")


def is_part_of(citation: str, whole: str) -> bool:
    """Whether a citation names a whole or something within it: an article, several with semicolons between, a sentence."""
    return any(
        citation == each or citation.startswith((f"{each}.", f"{each}(", f"{each},")) for each in whole.split("; ")
    )


def facts_behind(nodes: Mapping[str, Node], name: str, glossary: Glossary) -> tuple[str, ...]:
    """The facts of the case that a function rests on in the end, in the order in which it meets them."""
    found: dict[str, None] = {}

    def visit(param: str) -> None:
        if param in glossary.facts:
            found[param] = None
        elif param in nodes:
            for each in nodes[param].params:
                visit(each)

    visit(name)
    return tuple(found)


def handed_to(nodes: Mapping[str, Node], name: str, settings: Mapping[str, object]) -> tuple[str, ...]:
    """Everything on which a function rests in the end that no function of the policy says, settings apart."""
    behind = in_order(nodes, (name,))
    return tuple(
        dict.fromkeys(each for node in behind for each in node.params if each not in nodes and each not in settings)
    )


def in_order(nodes: Mapping[str, Node], names: Iterable[str]) -> tuple[Node, ...]:
    """Some functions and those that they rest on, each after all that it asks for."""
    found: dict[str, Node] = {}

    def visit(name: str) -> None:
        if name in nodes and name not in found:
            for each in nodes[name].params:
                visit(each)
            found[name] = nodes[name]

    for name in names:
        visit(name)
    return tuple(found.values())


def getter(names: tuple[str, ...]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """What takes the values of some names out of a mapping."""
    if len(names) == 1:
        (name,) = names
        return lambda mapping: (mapping[name],)
    return itemgetter(*names) if names else lambda _: ()


def hints(function: Function) -> dict[str, Any]:
    """The annotations of a function, resolved."""
    return typing.get_type_hints(function)


def returns_admissibility(function: Function) -> bool:
    """Whether a function tells what each document is worth."""
    return bool(hints(function)["return"] == tuple[Admissibility, ...])


def members(annotation: Any) -> frozenset[Any]:
    """The members of a union; anything else alone."""
    if typing.get_origin(annotation) in (Union, types.UnionType):
        return frozenset(typing.get_args(annotation))
    return frozenset({annotation})


def plain_type(annotation: Any) -> type:
    """The class behind an annotation."""
    origin = typing.get_origin(annotation) or annotation
    return typing.cast(type, getattr(origin, "__supertype__", origin))


def fits(given: Any, wanted: frozenset[Any]) -> bool:
    """Whether a parameter takes a fact: as it is, or (what is not a value) by leaving it to the engine."""
    if given in wanted or given in UNSETTLED:
        return True
    return plain_type(given) is EvidencePool and any(
        plain_type(each) is tuple and typing.get_args(each) == (*typing.get_args(given), ...) for each in wanted
    )


def where(function: Function) -> str:
    """A function, for a message."""
    return f"{function.__module__}.{function.__name__}"
