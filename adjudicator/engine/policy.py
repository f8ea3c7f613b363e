"""Policies: clauses are plain functions, and an edition is their table of contents.

The engine reads signatures and docstrings once, when you make an edition. It refuses one that it could not run: an unknown
parameter, a wrong type, a docstring without a citation.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, Final, Protocol, TypeVar

from attrs import Factory, frozen

from adjudicator.engine.amendment import Amendment, Replacements
from adjudicator.engine.checks import check_contents, check_grants, check_numbering, exists_in, field_names
from adjudicator.engine.clause import (
    NUMBERING,
    Clause,
    Node,
    PolicyError,
    facts_behind,
    fits,
    getter,
    handed_to,
    hints,
    in_order,
    is_a,
    is_part_of,
    members,
    node_of,
)
from adjudicator.engine.counting import check_counting
from adjudicator.engine.inspection import Function, location
from adjudicator.engine.structure import check_first_day, check_structure, type_name, type_of
from adjudicator.model.decision import Decision, PolicyRef, Verdict
from adjudicator.model.errors import did_you_mean
from adjudicator.model.facts import Fact, Glossary
from adjudicator.model.finding import Role
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant, day_at, start_of_day

MOMENT: Final = "/as_of"
"""The pointer to the moment of the decision. A fact that is read from it changes with time."""

MOST_EDITIONS: Final = 1024
"""The number of editions of which a module keeps what follows from them alone."""

C_contra = TypeVar("C_contra", bound=CaseBase, contravariant=True)


class CaseKind(Protocol[C_contra]):
    """A kind of case: its class, its facts, and the way from judgements to a decision."""

    @property
    def case_type(self) -> type:
        """The class of the case."""

    @property
    def glossary(self) -> Glossary:
        """The facts that the engine reads from a case."""

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The possible outcomes of a case."""

    @property
    def outcomes_of_parts(self) -> tuple[str, ...]:
        """The possible outcomes of a part of a case, such as a claimed line or an incident."""

    @property
    def refusals(self) -> frozenset[str]:
        """The outcomes that change only if a defeating clause does."""

    @property
    def outcome_facts(self) -> Mapping[str, Any]:
        """The facts that the outcome adds, with their types.

        No clause can ask for them, except a requirement for those that a kind gives to it
        (:class:`~adjudicator.engine.checks.GivesToRequirements`).
        """

    @property
    def grantable(self) -> tuple[type, ...]:
        """The classes that ``grants`` of an edition may have; empty if a decision is only an outcome."""

    @property
    def governed_from(self) -> str:
        """The JSON pointer to the instant whose edition governs."""

    def subjects(self, case: C_contra) -> Iterator[Any]:
        """The units of judgement: claimed lines, incidents, or the case as a whole."""

    def part_for(self, edition: Edition, subject: Any) -> Edition:
        """The part of an edition that applies to a subject; the whole edition unless subjects differ."""

    @property
    def zone(self) -> dt.tzinfo:
        """The time zone of the days of its editions, unless an edition states its own."""

    @property
    def currency(self) -> str | None:
        """The currency of all cases of this kind; ``None`` if each case has its own, or there is none."""

    @property
    def claimant(self) -> StrEnum:
        """The party that asks for the decision and bears a negative one."""

    @property
    def respondent(self) -> StrEnum | None:
        """The party that has to perform what is granted, if any."""

    def particulars(self, case: C_contra) -> Particulars:
        """The details of a case for letters and pages; fields that the reader may not see can be missing."""

    def without_evidence(self, case: C_contra) -> Any:
        """The same case before anyone has submitted evidence, with time left to do so."""

    def rule(self, edition: Edition, case: C_contra, memory: dict[Hashable, Any] | None = None) -> Verdict:
        """Judge a case and return only the outcomes; pass the same ``memory`` for similar cases."""

    def decide(self, edition: Edition, case: C_contra) -> Decision:
        """Judge a case and return the full decision."""


class Grants(Protocol):
    """The functions that compute what follows from the clauses, in the order of the rule."""

    def functions(self) -> Iterator[Function]:
        """All functions, in order."""

    @property
    def decides_with(self) -> Function:
        """The function that the outcome depends on, together with the clauses."""

    def places(self) -> Iterator[tuple[str, Function]]:
        """The functions in the order of the calculation, each with the code of its place, or an empty one."""

    @property
    def caps(self) -> tuple[Function, ...]:
        """The functions that cap what is granted."""

    @property
    def terms(self) -> Mapping[str, str]:
        """Other terms of what is granted, by name, to compare editions."""


@frozen(kw_only=True, eq=False, slots=False)
class Edition:
    """One edition of one policy: the rule's table of contents.

    ``article`` is the part of the text that it implements. It governs from the day ``effective_from`` in the time zone ``zone``,
    by default that of the kind of case, which letters use too. ``revision`` counts the corrections to this code that can change a
    verdict. ``facts`` are facts that the rule itself judges; ``settings`` are named switches and data, and also facts. ``grants``
    computes what follows from the clauses, such as the money for an approved claim. ``about`` is the docstring of the policy file,
    by default of the one with the last requirement. ``clauses_by_question`` names the clauses for each question, if cases ask one
    of several. ``not_adjudicated`` gives the reason code for each sentence of the article that is not implemented. ``sentences``
    are all sentence numbers of the article, if given: you can cite no others. ``numbering`` is a regular expression for them.

    Raises :class:`PolicyError` if a function asks for an unknown fact or one of another type, cites nothing, or needs its own
    result; if :func:`~adjudicator.engine.checks.check_contents` finds an error; and if a sentence in ``not_adjudicated`` is of
    another article, is cited, or has no reason.
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
    sentences: Collection[str] = ()
    numbering: str = NUMBERING
    zone: dt.tzinfo = Factory(lambda edition: edition.case_kind.zone, takes_self=True)

    def __attrs_post_init__(self) -> None:
        check_structure(self)
        check_grants(self)
        check_numbering(self)
        check_not_adjudicated(self, self.nodes)
        check_contents(self, self.nodes)
        named = {*self.case_kind.glossary.facts, *self.nodes, *field_names(self.case_kind.case_type)}
        for node in self.nodes.values():
            check_counting(self, node, named)

    @cached_property
    def ref(self) -> PolicyRef:
        """What decisions cite it by."""
        return PolicyRef(self.policy, self.effective_from.isoformat(), self.revision)

    @cached_property
    def governs_from(self) -> Instant:
        """The first instant at which it governs."""
        return start_of_day(day_at(self.effective_from), self.zone)

    @cached_property
    def nodes(self) -> Mapping[str, Node]:
        """Every function by name, with its parameters checked."""
        return compiled(self)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses: requirements, then bars."""
        return tuple(
            Clause(
                name, self.nodes[name], role, self.nodes[name].citation.within(self.article), self._facts_behind(name)
            )
            for role, functions in ((Role.REQUIREMENT, self.requires), (Role.BAR, self.barred_by))
            for name in (function.__name__ for function in functions)
        )

    def _facts_behind(self, name: str) -> tuple[str, ...]:
        return facts_behind(self.nodes, name, self.case_kind.glossary)

    @cached_property
    def answers(self) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
        """Takes the answers of the clauses from the facts."""
        return getter(tuple(clause.name for clause in self.clauses))

    @cached_property
    def handed(self) -> Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
        """For each function, what takes its inputs, direct or indirect, from the facts."""
        return {name: getter(handed_to(self.nodes, name, self.settings)) for name in self.nodes}

    @cached_property
    def read_always(self) -> tuple[Fact, ...]:
        """The facts of the case behind the clauses."""
        names = dict.fromkeys(name for clause in self.clauses for name in clause.reads)
        return tuple(self.case_kind.glossary.facts[name] for name in names)

    @cached_property
    def judged_always(self) -> tuple[Node, ...]:
        """The functions behind the clauses, the clauses among them, in the order in which they can be called."""
        return in_order(self.nodes, [clause.name for clause in self.clauses])

    @cached_property
    def always(self) -> tuple[str, ...]:
        """The names of the facts and functions behind the clauses."""
        return (*[fact.name for fact in self.read_always], *[node.name for node in self.judged_always])

    @cached_property
    def read_from_the_moment(self) -> tuple[Fact, ...]:
        """The facts behind the clauses that change with time."""
        return tuple(fact for fact in self.read_always if MOMENT in fact.pointers)

    @cached_property
    def decisive(self) -> frozenset[str]:
        """The names of the clauses, and of all that ``grants`` is computed from once they are judged."""
        granting = [function.__name__ for function in self.grants.functions()] if self.grants else []
        inputs = [
            name for node in in_order(self.nodes, granting) if node.name not in self.always for name in node.params
        ]
        return frozenset((*[clause.name for clause in self.clauses], *granting, *inputs))

    @cached_property
    def granted_from(self) -> frozenset[str]:
        """The names of the facts of the case that ``grants`` is computed from and no clause reads."""
        return self.decisive & self.case_kind.glossary.facts.keys() - {fact.name for fact in self.read_always}

    @cached_property
    def grants_change_with_time(self) -> bool:
        """Whether one of these facts changes with time."""
        return any(MOMENT in self.case_kind.glossary.facts[name].pointers for name in self.granted_from)

    @cached_property
    def remark_names(self) -> tuple[str, ...]:
        """The names of the remarks."""
        return tuple(remark.__name__ for remark in self.remarks)

    @property
    def name(self) -> str:
        """The date that decisions cite it by."""
        return self.ref.edition

    @property
    def title(self) -> str:
        """The first line of the policy file's docstring."""
        return (
            self.about or inspect.getdoc(inspect.getmodule((*self.barred_by, *self.requires)[-1])) or self.policy
        ).splitlines()[0]

    def amended(
        self,
        *,
        effective_from: dt.date,
        replacing: Replacements = (),
        without: Iterable[Function | str] = (),
        settings: Mapping[str, object] | None = None,
        **changes: Any,
    ) -> Edition:
        """A later edition of the same policy: a copy of this one with new functions.

        ``replacing`` maps old functions (or their names) to new ones, or lists new ones with the same names; ``without`` names
        those to remove, ``settings`` those that differ, ``changes`` other fields as a whole. ``revision`` starts again at 1, and
        ``about`` is the docstring of the file with the first new function. Everything else stays.

        Raises :class:`PolicyError` if you replace or remove a function that does not exist, or remove one that a remaining
        function needs; if a remaining function calls a replaced one in Python; and if the new edition itself has an error.
        """
        check_first_day(self.policy, effective_from)
        amendment = Amendment.of(self, replacing, without)
        if effective_from <= self.effective_from:
            raise PolicyError(
                f"{self.policy}: an edition of {effective_from} cannot amend that of {self.name}, which is no earlier"
            )
        changed = {"settings": amendment.settings(settings or {}), "effective_from": effective_from, **changes}
        fields = amendment.fields(changed)
        amendment.check_needs(fields)
        edition = Edition(**fields)
        amendment.check(edition)
        return edition


def compiled(edition: Edition) -> dict[str, Node]:
    """The functions of an edition by name, with their parameters checked."""
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
            raise PolicyError(f"{edition.policy}: {location(function)} is called like a fact that there is already")
        nodes[name] = node_of(function, edition.article, edition.numbering)
    known |= {name: members(hints(node.function)["return"]) for name, node in nodes.items()}
    for node in nodes.values():
        check_parameters(edition, node, known)
        check_cycles(edition, node, nodes)
    return nodes


def check_parameters(edition: Edition, node: Node, known: Mapping[str, frozenset[Any]]) -> None:
    """Refuse a parameter that names no fact, or has another type than its fact."""
    annotations = hints(node.function)
    for name in node.params:
        wanted = members(annotations[name])
        if name in edition.settings:
            if not any(is_a(edition.settings[name], each) for each in wanted):
                expected, actual = type_name(annotations[name]), type_of(edition.settings[name])
                raise PolicyError(
                    f"{edition.policy}: the setting {name} is not what {location(node.function)} expects: {expected}, not {actual}"
                )
        elif name not in known:
            raise PolicyError(
                f"{edition.policy}: {location(node.function)} asks for {name}, which is no known fact"
                + _what_is_known(edition, node, name, known)
            )
        elif unfit := [each for each in known[name] if not fits(each, wanted)]:
            raise PolicyError(
                f"{edition.policy}: {location(node.function)} takes {name} as {type_name(annotations[name])}, but it can be {type_name(unfit[0])}"
            )


def _what_is_known(edition: Edition, node: Node, name: str, known: Iterable[str]) -> str:
    """The end of the message about a parameter that is no fact: what the author may have meant."""
    case_type = edition.case_kind.case_type
    if name in field_names(case_type):
        return f"; it is a field of a {case_type.__name__}: write it with asked_of or supplied to make it one"
    unlisted = getattr(inspect.unwrap(node.function), "__globals__", {}).get(name)
    if inspect.isfunction(unlisted) and unlisted.__name__ == name:
        return f"; {location(unlisted)} is one once you list it in facts"
    return did_you_mean(name, {*known, *edition.settings} - {node.name})


def check_cycles(edition: Edition, node: Node, nodes: Mapping[str, Node]) -> None:
    """Refuse a function that needs its own result."""
    waiting, asked_by = list(node.params), dict.fromkeys(node.params, node.name)
    seen = set[str]()
    while waiting:
        name = waiting.pop()
        if name == node.name:
            through = ", ".join(location(nodes[each].function) for each in _between(node.name, asked_by))
            raise PolicyError(
                f"{edition.policy}: {location(node.function)} needs its own result"
                + (through and f", through {through}")
            )
        if name in nodes and name not in seen:
            seen.add(name)
            waiting.extend(nodes[name].params)
            for each in nodes[name].params:
                asked_by.setdefault(each, name)


def _between(name: str, asked_by: Mapping[str, str]) -> list[str]:
    """The functions on the way from one back to itself, given a function that asks for each."""
    found: list[str] = []
    asking = asked_by[name]
    while asking != name:
        found.append(asking)
        asking = asked_by[asking]
    return found[::-1]


def check_not_adjudicated(edition: Edition, nodes: Mapping[str, Node]) -> None:
    """Refuse a sentence in ``not_adjudicated`` that is of another article, has no reason, or that a function cites."""
    for sentence, reason in edition.not_adjudicated.items():
        prefix = f"{edition.policy}: {sentence} is not adjudicated"
        if not is_part_of(sentence, edition.article):
            raise PolicyError(f"{prefix}, but it is no part of {edition.article}")
        if edition.sentences and not exists_in(edition.sentences, sentence):
            raise PolicyError(f"{prefix}, but the text of {edition.article} does not have it")
        if not reason.strip():
            raise PolicyError(f"{prefix}, and no reason is given")
        for node in nodes.values():
            if any(is_part_of(citation, sentence) for citation in node.citation.cites):
                raise PolicyError(f"{prefix}, but {location(node.function)} cites it")
