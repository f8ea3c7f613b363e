"""Policies: clauses are plain functions, an edition is their table of contents, and a plan is an edition made ready to run.

The engine reads signatures and docstrings once, when an edition is made, and refuses one that it could not run: a parameter
that is no known fact, a type that differs, a docstring that cites nothing.
"""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from attrs import Factory, field, frozen

from adjudicator.engine.amendment import Amendment, Replacements
from adjudicator.engine.checks import check_grants, check_its_numbering, check_what_is_silent, exists_in
from adjudicator.engine.clause import (
    NUMBERING,
    Clause,
    Function,
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
    where,
)
from adjudicator.model.decision import Decision, PolicyRef, Verdict
from adjudicator.model.facts import (
    Fact,
    Glossary,
)
from adjudicator.model.finding import Role
from adjudicator.model.particulars import Particulars
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import BEIJING, Instant, day_at, start_of_day

C_contra = TypeVar("C_contra", bound=CaseBase, contravariant=True)


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
    def grantable(self) -> tuple[type, ...]:
        """The classes of what an edition can grant in cases of this kind; none where only the outcome follows."""

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
    def claimant(self) -> StrEnum:
        """Who asks for the decision, and bears it where it goes against the case."""

    @property
    def respondent(self) -> StrEnum | None:
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

    ``article`` is the part of the text that it carries out, ``effective_from`` the first day on which it governs: a day of
    ``zone``, on whose clock letters also tell the time. ``revision`` counts the corrections of this code that can change a verdict.
    ``facts`` are facts that the rule itself judges, ``settings`` named switches and data (facts too), ``grants`` is what follows once
    the clauses are judged: what an approved claim entitles to, say. ``about`` is the docstring of the policy file, by default of the
    one in which the last requirement stands. ``clauses_by_question`` are the clauses that are judged for each question, where cases
    of a kind ask one of several. ``handed`` takes from facts what each function rests on in the end. ``not_adjudicated`` are the
    sentences of the article that nothing here carries out, by citation, each with the code of the reason. ``sentences`` are all
    numbers that the text of the article has; where they are given, no other is cited. ``numbering`` is a regular expression for them.

    Raises :class:`PolicyError` where a function asks for a fact that there is not, or one of another type, cites nothing, or
    waits for itself; where :func:`~adjudicator.engine.checks.check_what_is_silent` finds a fault; and where a sentence is said not to be adjudicated that is of another article, is cited, or lacks a
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
    sentences: Collection[str] = ()
    numbering: str = NUMBERING
    zone: dt.tzinfo = BEIJING
    ref: PolicyRef = field(init=False, repr=False)
    nodes: Mapping[str, Node] = field(init=False, repr=False)
    clauses: tuple[Clause, ...] = field(init=False, repr=False)
    read_always: tuple[Fact, ...] = field(init=False, repr=False)
    handed: Mapping[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] = field(init=False, repr=False)
    judged_always: tuple[Node, ...] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        check_grants(self)
        check_its_numbering(self)
        nodes = compiled(self)
        check_what_is_not_adjudicated(self, nodes)
        check_what_is_silent(self, nodes)
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
        return start_of_day(day_at(self.effective_from), self.zone)

    @property
    def title(self) -> str:
        """What the policy file says of itself in its first line."""
        return (self.about or inspect.getdoc(inspect.getmodule(self.requires[-1])) or self.policy).splitlines()[0]

    def amended(
        self,
        *,
        effective_from: dt.date,
        replacing: Replacements = (),
        without: Iterable[Function | str] = (),
        settings: Mapping[str, object] | None = None,
        **changes: Any,
    ) -> Edition:
        """A later edition of the same policy: this one, with new functions in the place of old ones.

        ``replacing`` maps old functions (or their names) to new ones, or lists new ones that bear the names of the old; ``without``
        is taken out, ``settings`` are those that differ. Everything else is taken over, except that ``revision`` starts again at 1
        and ``about`` is the docstring of the file of the first new function; ``changes`` are other fields of the edition, whole.

        Raises :class:`PolicyError` where something is replaced or taken out that is not there, or that a kept function needs; where
        a kept function calls a replaced one as Python; and where the new edition could not be made.
        """
        amendment = Amendment.of(self, replacing, without)
        changed = {"settings": amendment.settings(settings or {}), "effective_from": effective_from, **changes}
        fields = amendment.fields(changed)
        amendment.check_needs(fields)
        edition = Edition(**fields)
        amendment.check(edition)
        return edition


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
        nodes[name] = node_of(function, edition.article, edition.numbering)
    known |= {name: members(hints(node.function)["return"]) for name, node in nodes.items()}
    for node in nodes.values():
        check_parameters(edition, node, known)
        check_it_does_not_wait_for_itself(edition, node, nodes)
    return nodes


def check_parameters(edition: Edition, node: Node, known: Mapping[str, frozenset[Any]]) -> None:
    """Refuse a parameter that is no known fact, or one of another type."""
    annotations = hints(node.function)
    for name in node.params:
        wanted = members(annotations[name])
        if name in edition.settings:
            if not any(is_a(edition.settings[name], each) for each in wanted):
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
        if edition.sentences and not exists_in(edition.sentences, sentence):
            raise PolicyError(f"{told}, but the text of {edition.article} does not have it")
        if not reason.strip():
            raise PolicyError(f"{told}, and no reason is given")
        for node in nodes.values():
            if any(is_part_of(citation, sentence) for citation in node.citation.cites):
                raise PolicyError(f"{told}, but {where(node.function)} cites it")
