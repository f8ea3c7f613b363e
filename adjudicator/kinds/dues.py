"""Dues: what some kinds of award entitle to and what of that is due, before it becomes an award."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple, TypeAlias

from attrs import frozen

from adjudicator.engine.clause import UNSETTLED, Node, PolicyError, getter, hints, members
from adjudicator.engine.evaluation import Facts
from adjudicator.engine.inspection import Function, location
from adjudicator.engine.ladder import LadderPart
from adjudicator.engine.plan import there_after
from adjudicator.engine.plan_writer import PlanWriter
from adjudicator.engine.policy import MOST_EDITIONS, Edition
from adjudicator.engine.structure import type_name
from adjudicator.model.award import AwardKind
from adjudicator.model.money import Minor
from adjudicator.model.source import Source


@frozen(eq=False)
class Pays:
    """One kind of award: what the claim entitles to in all, and what of that is due once earlier payments are taken off.

    ``units`` says how many units of the line it settles, if it settles any.
    """

    kind: AwardKind
    entitled: Function
    due: Function
    units: Function | None = None

    def functions(self) -> Iterator[Function]:
        """The functions."""
        yield from (self.entitled, self.due)
        if self.units is not None:
            yield self.units


def check_amounts(functions: Iterable[Function], of: str) -> None:
    """Refuse a function of a calculation that does not say that it returns an amount, for every step is shown as money."""
    for function in functions:
        returned = hints(function).get("return", Minor)
        if members(returned) - UNSETTLED - {Minor, type(None)}:
            raise PolicyError(
                f"{location(function)} is a step of a {of} and returns {type_name(returned)}; it has to return Minor; "
                "a number that is no amount belongs to facts"
            )


def check_units(function: Function, of: str) -> None:
    """Refuse a function that does not say that it returns a number of units."""
    returned = hints(function).get("return", int)
    if members(returned) - UNSETTLED != {int}:
        raise PolicyError(
            f"{location(function)} says the units of a {of} and returns {type_name(returned)}; it has to return int"
        )


class Due(NamedTuple):
    """An amount on its way to becoming an award."""

    kind: AwardKind
    line_id: str | None
    entitled: Minor
    due: Minor
    amount: Minor
    units: int | None = None


DuesPlan: TypeAlias = Callable[[Facts, str | None], "list[Due] | Literal[False]"]
"""Takes facts and the line, adds its results to the facts, and returns the amounts; returns false, and adds none, if it gives up."""


@frozen(eq=False)
class DuesPart:
    """A part of a payment that is calculated on the same facts: the steps that kinds of award share, and these kinds."""

    edition: Edition
    steps: tuple[Function, ...]
    pays: tuple[Pays, ...]
    nodes: tuple[Node, ...]
    source: Source
    plan: DuesPlan

    def dues(self, facts: Facts, line_id: str | None, ladder: list[LadderPart]) -> list[Due]:
        """The amounts before any ceiling; the functions become the next part of the ladder."""
        found = self.plan(facts, line_id)
        if found is False:
            return dues_of(self.edition, facts, self.steps, self.pays, line_id, ladder)
        if nodes := self.nodes:
            ladder.append(LadderPart(nodes, line_id, facts.found))
        return _checked(self.edition, self.pays, found)


def dues_part(
    edition: Edition,
    steps: tuple[Function, ...],
    pays: tuple[Pays, ...],
    *,
    then: tuple[Function, ...] = (),
    after: tuple[Function, ...] = (),
) -> DuesPart:
    """A part of a payment that is calculated after the clauses and other functions, and functions to call ``then``."""
    nodes, _ = _sequence(edition, _called(steps, pays))
    source = dues_source(edition, steps, pays, then, after)
    return DuesPart(edition, steps, pays, nodes, source, source.made("plan"))


def dues_source(
    edition: Edition,
    steps: tuple[Function, ...],
    pays: tuple[Pays, ...],
    then: tuple[Function, ...],
    after: tuple[Function, ...],
) -> Source:
    """The source of the plan of a part of a payment."""
    functions = (*steps, *[function for each in pays for function in each.functions()], *then)
    title = f"the plan of {', '.join([each.__name__ for each in functions])}, {edition.policy} {edition.name}"
    plan = PlanWriter(edition, title, there_after(edition, [each.__name__ for each in after]))
    plan.take([each.__name__ for each in functions])
    plan.whole.extend([each.__name__ for each in _called(steps, pays)])
    plan.source.values.update(make=tuple.__new__, due=Due)
    found = [_due_source(plan, each) for each in pays]
    return plan.finished("facts, line_id", f"[{', '.join(found)}]")


def _due_source(plan: PlanWriter, pays: Pays) -> str:
    """What makes the amount of one kind of award, with the least work that makes a named tuple."""
    kind, due = plan.constant("kind", pays.kind.value, pays.kind), plan.value(pays.due.__name__)
    units = "None" if pays.units is None else plan.value(pays.units.__name__)
    return f"make(due, ({kind}, line_id, {plan.value(pays.entitled.__name__)}, {due}, {due}, {units}))"


def dues_of(
    edition: Edition,
    facts: Facts,
    steps: tuple[Function, ...],
    pays: tuple[Pays, ...],
    line_id: str | None,
    ladder: list[LadderPart],
) -> list[Due]:
    """The amounts of some kinds of award, after the steps that they share and before any ceiling."""
    found = iter(amounts(edition, facts, _called(steps, pays), line_id, ladder)[len(steps) :])
    dues = [
        Due(each.kind, line_id, entitled, due, due, None if each.units is None else facts[each.units.__name__])
        for each, entitled, due in zip(pays, found, found, strict=True)
    ]
    return _checked(edition, pays, dues)


def _checked(edition: Edition, pays: tuple[Pays, ...], dues: list[Due]) -> list[Due]:
    """The same amounts. Raises :class:`PolicyError` for an entitlement below nothing."""
    for position, due in enumerate(dues):
        if due.entitled < 0:
            function = location(pays[position].entitled)
            raise PolicyError(f"{edition.policy}: {function} returned {due.entitled}; an entitlement is 0 or more")
    return dues


@lru_cache(maxsize=MOST_EDITIONS)
def _called(steps: tuple[Function, ...], pays: tuple[Pays, ...]) -> tuple[Function, ...]:
    """The functions of these steps and kinds of award that return an amount, in order."""
    return (*steps, *[function for each in pays for function in (each.entitled, each.due)])


def amounts(
    edition: Edition, facts: Facts, functions: tuple[Function, ...], line_id: str | None, ladder: list[LadderPart]
) -> tuple[Minor, ...]:
    """The results of money functions, in order; the functions become the next part of the ladder."""
    nodes, values_of = _sequence(edition, functions)
    found: tuple[Minor, ...] = values_of(facts)
    if not _WHOLE.issuperset(map(type, found)):
        _check(edition, functions, found)
    if nodes:
        ladder.append(LadderPart(nodes, line_id, facts.found))
    return found


_WHOLE: Final = frozenset({int})


def _check(edition: Edition, functions: tuple[Function, ...], found: tuple[Any, ...]) -> None:
    for function, amount in zip(functions, found, strict=True):
        if not isinstance(amount, int):
            reason = getattr(amount, "because", type(amount).__name__)
            raise PolicyError(
                f"{edition.policy}: {location(function)} comes to no amount ({reason}); a clause has to ask first"
            )


@lru_cache(maxsize=MOST_EDITIONS)
def _sequence(
    edition: Edition, functions: tuple[Function, ...]
) -> tuple[tuple[Node, ...], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """The nodes of some functions, and what takes their results from the facts."""
    names = tuple(function.__name__ for function in functions)
    return tuple(edition.nodes[name] for name in names), getter(names)
