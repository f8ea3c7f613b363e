"""The inputs of a proof: for each fact of a glossary, all values that it can take."""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from enum import Enum
from functools import cached_property
from itertools import chain, combinations, product
from types import NoneType
from typing import Any, Final, TypeAlias, Union

import attrs
import z3
from attrs import frozen

from adjudicator.engine.clause import hints, members
from adjudicator.engine.policy import Edition
from adjudicator.kinds.process import ProcessKind
from adjudicator.kinds.single_step import Turn
from adjudicator.model.evidence import Document
from adjudicator.model.facts import Fact, Open, Repairable
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import LARGEST, Bounds
from adjudicator.model.time import EARLIEST, LATEST, Instant
from adjudicator.prove.paths import Formula, Guarded, Solver, Untreatable
from adjudicator.prove.results import Limits, Reason, Why
from adjudicator.prove.symbols import Number, Text, Texts, TextSet, any_instance

DECIMAL_PLACES: Final = 15
MOST_VALUES: Final = 64
"""The most values that a set of enumeration members, or the entries of a list together, are listed out to."""

Alternatives: TypeAlias = list[Guarded]
_TRUE: Final = z3.BoolVal(True)


@frozen
class Choice:
    """A variable that picks one of some alternatives; the first is the usual one."""

    variable: Formula
    count: int


class Domain:
    """The values of the facts of one kind of case. Both editions of a comparison share it, and so read the same facts."""

    def __init__(self, edition: Edition, limits: Limits) -> None:
        self.solver = Solver(limits.milliseconds)
        self.limits = limits
        self.texts = Texts()
        self.choices: dict[str, list[Choice]] = {}
        self.numbers: dict[str, list[Formula]] = {}
        self.lists: dict[str, None] = {}
        self.sets: dict[str, None] = {}
        self.sampled: dict[str, None] = {}
        self._fact = ""
        self._kind = edition.case_kind
        self._facts: dict[str, tuple[Any, Alternatives]] = {}
        self._unknown: dict[str, int] = {}
        self._can_be_unknown: set[str] = set()

    def fact(self, edition: Edition, name: str) -> Alternatives:
        """All values of a fact. Raises :class:`Untreatable` if they cannot be enumerated or described."""
        fact = edition.case_kind.glossary.facts.get(name)
        if fact is None:
            raise Untreatable(Reason(Why.LATER_FACT, name))
        annotation = hints(fact.read)["return"]
        if name not in self._facts:
            self._fact = name
            self._facts[name] = annotation, self._values_of(fact, annotation)
        known, alternatives = self._facts[name]
        if known != annotation:
            raise Untreatable(Reason(Why.DIFFERENT_FACTS, name))
        return alternatives

    def only_stated(self, name: str, alternatives: Alternatives) -> Alternatives:
        """The alternatives of a fact without the one that it is unknown."""
        unknown = self._unknown.get(name)
        return [each for index, each in enumerate(alternatives) if index != unknown]

    def not_covered_as_unknown(self, name: str, *, only_stated: bool) -> bool:
        """Whether a fact can be unknown, and that is not among its alternatives."""
        return name in self._can_be_unknown and (only_stated or name not in self._unknown)

    def _values_of(self, fact: Fact, annotation: Any) -> Alternatives:
        wanted = members(annotation)
        bounds = self._bounds(fact)
        shapes = [shape for each in _in_order(wanted - {Open}) for shape in self._shapes(fact.name, each, bounds)]
        if Open in wanted:
            self._can_be_unknown.add(fact.name)
            unknown = self._blank.unknown(fact)
            if unknown is not None:
                self._unknown[fact.name] = len(shapes)
                shapes.append(unknown)
        return self._one_of(fact.name, shapes)

    def _one_of(self, path: str, shapes: list[Any]) -> Alternatives:
        """Alternatives that a new variable picks from."""
        if len(shapes) == 1:
            return [(_TRUE, shapes[0])]
        variable = z3.Int(f"{path}?")
        self.solver.restrict(z3.And(variable >= 0, variable < len(shapes)))
        self.choices.setdefault(self._fact, []).append(Choice(variable, len(shapes)))
        return [(variable == index, shape) for index, shape in enumerate(shapes)]

    def _shapes(self, path: str, annotation: Any, bounds: Bounds | None = None) -> list[Any]:
        """The values of one type: each that can be listed, and symbolic ones for the rest."""
        kind = getattr(annotation, "__supertype__", annotation)
        origin = typing.get_origin(kind)
        if origin is tuple:
            return self._tuples(path, typing.get_args(kind))
        if origin is frozenset:
            return self._sets(path, *typing.get_args(kind))
        if kind is Turn:
            return self._turns()
        simple = _SIMPLE.get(kind)
        if simple is not None:
            return simple(self, path, bounds)
        if isinstance(kind, type) and issubclass(kind, Enum) and list(kind):
            return list(kind)
        if isinstance(kind, type) and attrs.has(kind):
            return [self._instance(path, kind)]
        if isinstance(kind, type) and issubclass(kind, tuple) and hasattr(kind, "_fields"):
            return self._named_tuples(path, kind)
        raise Untreatable(Reason(Why.FACT_TYPE, f"{path}: {getattr(annotation, '__name__', annotation)}"))

    def any_instant(self, name: str) -> Number:
        """An instant besides the facts. A name with a slash is never the name of a fact."""
        self._fact = name
        return self.number(name, Instant, EARLIEST, LATEST - 1)

    def number(self, path: str, kind: type, least: int, most: int, denominator: int = 1) -> Number:
        """A number within bounds, given in parts of the denominator."""
        variable = z3.Int(path)
        self.solver.restrict(z3.And(variable >= least, variable <= most))
        self.numbers.setdefault(self._fact, []).append(variable)
        return Number(variable, kind, denominator)

    def _text(self, path: str) -> Text:
        variable = z3.Int(path)
        self.numbers.setdefault(self._fact, []).append(variable)
        return Text(variable, self.texts)

    def _tuples(self, path: str, of: tuple[Any, ...]) -> list[Any]:
        if len(of) != 2 or of[1] is not Ellipsis:
            raise Untreatable(Reason(Why.FACT_TYPE, f"{path}: tuple"))
        self.lists[self._fact] = None
        shapes: list[Any] = [()]
        entries: list[list[Any]] = []
        for index in range(self.limits.items):
            kinds = _in_order(members(of[0]))
            entries.append([shape for each in kinds for shape in self._shapes(f"{path}/{index}", each)])
            shapes += product(*entries)
            if len(shapes) > MOST_VALUES:
                raise Untreatable(Reason(Why.TOO_MANY, f"values of {path}"))
        return shapes

    def _named_tuples(self, path: str, kind: Any) -> list[Any]:
        annotations = hints(kind)
        fields = [
            [shape for each in _in_order(members(annotations[name])) for shape in self._shapes(f"{path}/{name}", each)]
            for name in kind._fields
        ]
        return [kind(*values) for values in product(*fields)]

    def _sets(self, path: str, of: Any) -> list[Any]:
        if of is str:
            self.sets[self._fact] = None
            return [TextSet(), TextSet(self._text(path))]
        if not (isinstance(of, type) and issubclass(of, Enum)) or 2 ** len(of) > MOST_VALUES:
            raise Untreatable(Reason(Why.FACT_TYPE, f"{path}: frozenset"))
        sizes = range(len(of) + 1)
        return [frozenset(each) for each in chain.from_iterable(combinations(of, size) for size in sizes)]

    def _instance(self, path: str, kind: type) -> Any:
        """Any instance of a class, with a unique text for its ``id``."""
        fields: dict[str, Alternatives] = {}
        for each in attrs.fields(attrs.resolve_types(kind)):
            where = f"{path}/{each.name}"
            if each.name == "id":
                fields[each.name] = [(_TRUE, where)]
                continue
            bounds = each.metadata.get("bounds")
            wanted = _in_order(members(each.type))
            try:
                shapes = [shape for one in wanted for shape in self._shapes(where, one, bounds)]
            except Untreatable:
                if not issubclass(kind, Document) or each.name not in _UNREAD:
                    raise
                continue
            fields[each.name] = self._one_of(where, shapes)
        return any_instance(kind, fields)

    def _turns(self) -> list[Any]:
        """Each stage of the process with each answer. What has to come first is always the same step here."""
        if not isinstance(self._kind, ProcessKind):
            raise Untreatable(Reason(Why.FACT_TYPE, "turn: Turn"))
        process = self._kind.process
        self.sampled[self._fact] = None
        reached = (stage for step in process.steps for stage in (*step.at, step.then) if stage is not None)
        stages = dict.fromkeys([process.begins_at, *reached])
        first = process.steps[0]
        waits = Repairable(first.ask)
        return [Turn(stage, answer) for stage in stages for answer in (True, False, waits)]

    def _bounds(self, fact: Fact) -> Bounds | None:
        """The bounds of the field that a fact is read from, if it is a field with bounds."""
        found = {_bounds_at(self._kind.case_type, pointer) for pointer in fact.pointers}
        return found.pop() if len(found) == 1 else None

    @cached_property
    def _blank(self) -> _BlankCase:
        return _BlankCase(self)


def _in_order(annotations: frozenset[Any]) -> list[Any]:
    """The members of a union, ``None`` first, so that a field that is not stated is the usual one."""
    return sorted(annotations, key=lambda each: (each is not NoneType, str(each)))


def _instants(domain: Domain, path: str, _: Bounds | None) -> list[Any]:
    return [domain.number(path, Instant, EARLIEST, LATEST - 1)]


def _integers(domain: Domain, path: str, bounds: Bounds | None) -> list[Any]:
    within = bounds or Bounds(-LARGEST, LARGEST)
    return [domain.number(path, int, within.least, within.most)]


def _decimals(domain: Domain, path: str, bounds: Bounds | None) -> list[Any]:
    within, parts = bounds or Bounds(-(10**DECIMAL_PLACES), 10**DECIMAL_PLACES), 10**DECIMAL_PLACES
    return [domain.number(path, Decimal, within.least * parts, within.most * parts, parts)]


_SIMPLE: Final[Mapping[Any, Callable[[Domain, str, Bounds | None], list[Any]]]] = {
    NoneType: lambda *_: [None],
    bool: lambda *_: [False, True],
    int: _integers,
    Instant: _instants,
    Decimal: _decimals,
    str: lambda domain, path, _: [domain._text(path)],  # noqa: SLF001 - one of its own parts
}

_UNREAD: Final = frozenset({"files"})
"""What no rule reads of a document."""


def _bounds_at(kind: Any, pointer: str) -> Bounds | None:
    """The bounds of the field at a pointer into a class."""
    found: Bounds | None = None
    for step in pointer.split("/")[1:]:
        found = None
        if step.startswith("{"):
            continue
        kind = next((each for each in _classes_in(kind) if attrs.has(each)), None)
        fields = attrs.fields(attrs.resolve_types(kind)) if kind is not None else ()
        field = next((each for each in fields if wire_name(each.name) == step), None)
        if field is None:
            return None
        kind, found = field.type, field.metadata.get("bounds")
    return found


def _classes_in(annotation: Any) -> Iterator[Any]:
    """The classes in an annotation: of a union, of the entries of a list, or itself."""
    if typing.get_origin(annotation) in (Union, types.UnionType, tuple):
        for each in typing.get_args(annotation):
            yield from _classes_in(each)
    elif isinstance(annotation, type):
        yield annotation


class _BlankCase:
    """A case that states nothing that it need not state, to read what a fact is when it is unknown."""

    def __init__(self, domain: Domain) -> None:
        case = _blank(domain._kind.case_type)  # noqa: SLF001 - one of its own parts
        try:
            self.subjects = tuple(domain._kind.subjects(case))  # noqa: SLF001 - the same
        except Exception:  # noqa: BLE001 - a kind of case may need more than a blank one has; then no fact is unknown
            self.subjects = ()

    def unknown(self, fact: Fact) -> Open | None:
        """The unknown value of a fact; ``None`` if it depends on more than a blank case states."""
        for subject in self.subjects:
            try:
                value = fact.read(subject)
            except Exception:  # noqa: BLE001, S112 - another subject may have the fact
                continue
            if type(value) is Open and _is_constant(value):
                return value
        return None


_SAMPLE: Final[Mapping[Any, Any]] = {str: "id", int: 1, bool: False, Decimal: Decimal(1), Instant: Instant(1)}


def _is_constant(value: Open) -> bool:
    """Whether it depends on no instant of the case, which here is only a sample."""
    return not any(_mentions_an_instant(each) for each in (value.could_be, value.changes_at))


def _mentions_an_instant(value: Any) -> bool:
    if isinstance(value, tuple):
        return any(map(_mentions_an_instant, value))
    if attrs.has(type(value)):
        return any(_mentions_an_instant(getattr(value, each.name)) for each in attrs.fields(type(value)))
    return value == _SAMPLE[Instant] and type(value) is Instant


def _blank(kind: Any) -> Any:
    """An instance whose optional fields are ``None``, lists empty, and other values samples; it is never decided."""
    wanted = members(kind)
    if NoneType in wanted:
        return None
    kind = getattr(kind, "__supertype__", kind)
    if typing.get_origin(kind) is tuple:
        return ()
    if kind in _SAMPLE:
        return _SAMPLE[kind]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return next(iter(kind), None)
    if not (isinstance(kind, type) and attrs.has(kind)):
        return None
    made = object.__new__(kind)
    for each in attrs.fields(attrs.resolve_types(kind)):
        value = _blank(each.type)
        if each.metadata.get("not_empty") and value == ():
            value = (_blank(typing.get_args(each.type)[0]),)
        object.__setattr__(made, each.name, value)
    return made
