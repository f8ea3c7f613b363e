"""What the fields of a case say of themselves, checked: bounds, the order of instants, what is stated only beside other fields.

The metadata of a field may have:

- ``bounds``, the :class:`~adjudicator.model.limits.Bounds` of a number;
- ``not_after`` and ``not_before``, pointers to other instants of the case, such as ``/as_of``;
- ``only_where``, other fields of the same part with values, such as ``{"custom": True}``: it is stated only where each has its value;
- ``never_where``, the same: it is never stated where one of them has its value;
- ``none_where``, the same, and there is known to be none: as a fact it is ``None`` there;
- ``needed_where``, the same: it is always stated where one of them has its value;
- ``each_once``, a field of the items of a list that no two of them share, such as ``id``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from attrs import Factory, field, fields, frozen, has

from adjudicator.model.errors import Fault, shown
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import LATEST, Bounds, a_number, an_instant, each_once, not_after, not_before
from adjudicator.model.source import Source
from adjudicator.model.time import Instant

DEPENDENT: Final = frozenset({"needed_where", "never_where", "none_where", "only_where"})
"""The metadata that say beside which other fields a field is stated."""
ORDER: Final = frozenset({"not_after", "not_before"})
"""The metadata that put an instant into an order with another."""
BESIDE_OTHERS: Final = DEPENDENT | ORDER | {"each_once"}
"""The metadata that say something about other fields, instants or items."""
LIMITS: Final = BESIDE_OTHERS | {"bounds"}
"""The metadata that say what a field may hold."""

Check: TypeAlias = Callable[[str, Instant | None, Instant | None, str], tuple[Fault, ...]]
_CHECKS: Final[Mapping[str, Check]] = {"not_after": not_after, "not_before": not_before}
_NEVER_AT_FAULT: Final = (str, bool, type(None), Enum)
"""The types whose values have no limits of their own."""
_NOTHING: Final[Mapping[str, object]] = {}


@frozen
class _BesideOthers:
    """What a field says about other fields."""

    order: tuple[tuple[Check, tuple[str, ...], str], ...]
    only_where: Mapping[str, object]
    never_where: Mapping[str, object]
    needed_where: Mapping[str, object]
    each_once: str | None
    dependent: bool


def declared_faults(case: Any) -> Iterator[Fault]:
    """The faults of a case and its parts by what their fields say. Values that could not be read are skipped.

    Nearly every case has none, and one look at all its fields shows that; only if it does not, they are looked at one by one.
    """
    return iter(()) if is_plainly_right(case) else _faults_of(case, "", case)


def is_plainly_right(case: Any) -> bool:
    """Whether the fields of a case hold what they say, if their values are of the right types; false also if that needs a closer look."""
    kind: Any = type(case)
    try:
        return _look_at(kind)(case)
    except (ArithmeticError, AttributeError, KeyError, TypeError):
        return False  # a part that could not be read, or that is of another class than its field says


def _faults_of(part: Any, pointer: str, case: Any) -> Iterator[Fault]:
    kind: Any = type(part)
    alone, beside_others = _declared(kind)
    for name, step, bounds in alone:
        value = getattr(part, name)
        if type(value) is Instant:
            if value >= LATEST:
                yield from an_instant(f"{pointer}{step}", value)
        elif type(value) is tuple:
            for index, item in enumerate(value):
                place = f"{pointer}{step}/{index}"
                yield from an_instant(place, item) if type(item) is Instant else _faults_of(item, place, case)
        elif bounds is not None:
            yield from a_number(f"{pointer}{step}", value, bounds)
        elif value is not None:
            yield from _faults_of(value, f"{pointer}{step}", case)
    for name, step, declared in beside_others:
        yield from _faults_beside_others(part, declared, f"{pointer}{step}", getattr(part, name), case)


def _faults_beside_others(part: Any, declared: _BesideOthers, place: str, value: Any, case: Any) -> Iterator[Fault]:
    """The faults of a value beside the other instants of the case, the other fields of its part, and the other items of its list."""
    if value is not None:
        for is_wrong, names, name in declared.order:
            yield from is_wrong(place, value, _found(case, names), name)
        if declared.each_once is not None:
            yield from each_once(place, declared.each_once, value)
    if declared.dependent:
        yield from _out_of_place(part, declared, place, value)


def _found(case: Any, names: tuple[str, ...]) -> Any:
    """What is at a place in a case; ``None`` where it is not known."""
    for name in names:
        case = getattr(case, name, None)
    return case


def _out_of_place(part: Any, declared: _BesideOthers, place: str, value: object) -> Iterator[Fault]:
    """A fault for a field that is stated where it cannot be, or left out where it has to be stated. ``False`` states nothing."""
    readable = shown(str(value) if isinstance(value, Instant) else value)
    if value is None:
        for name, needing in declared.needed_where.items():
            if getattr(part, name) == needing:
                yield Fault(place, "nothing", f"a value, because {wire_name(name)} is {_as_text(needing)}")
    elif value is not False:
        for name, wanted in declared.only_where.items():
            if getattr(part, name) != wanted:
                yield Fault(place, readable, f"nothing, unless {wire_name(name)} is {_as_text(wanted)}")
        for name, excluding in declared.never_where.items():
            if getattr(part, name) == excluding:
                yield Fault(place, readable, f"nothing, because {wire_name(name)} is {_as_text(excluding)}")


def _as_text(value: object) -> str:
    return shown(value) if isinstance(value, bool) else str(value)


@cache
def _declared(
    kind: type,
) -> tuple[tuple[tuple[str, str, Bounds | None], ...], tuple[tuple[str, str, _BesideOthers], ...]]:
    """The fields of a class that can hold a fault of their own or in their parts, and those that say something about others.

    Each with its name and the step of a pointer to it.
    """
    if not has(kind):
        return (), ()
    types = get_type_hints(kind)
    steps = {each: (each.name, f"/{wire_name(each.name)}") for each in fields(kind)}
    return (
        tuple(
            (*step, each.metadata.get("bounds")) for each, step in steps.items() if _can_be_at_fault(types[each.name])
        ),
        tuple(
            (*step, _beside_others(each.metadata))
            for each, step in steps.items()
            if not BESIDE_OTHERS.isdisjoint(each.metadata)
        ),
    )


def _can_be_at_fault(annotation: Any) -> bool:
    return not all(
        isinstance(one, type) and issubclass(one, _NEVER_AT_FAULT) for one in get_args(annotation) or (annotation,)
    )


def _beside_others(says: Mapping[str, Any]) -> _BesideOthers:
    return _BesideOthers(
        tuple(_in_order(says[word], check) for word, check in _CHECKS.items() if word in says),
        says.get("only_where", _NOTHING),
        {**says.get("never_where", _NOTHING), **says.get("none_where", _NOTHING)},
        says.get("needed_where", _NOTHING),
        says.get("each_once"),
        dependent=not DEPENDENT.isdisjoint(says),
    )


def _in_order(pointer: str, check: Check) -> tuple[Check, tuple[str, ...], str]:
    """A check against another instant of the case, with the names that lead to it."""
    names = tuple(pointer.split("/")[1:])
    return check, names, ".".join(names)


# All fields at once


@cache
def _look_at(kind: type) -> Callable[[Any], bool]:
    """What says of a case of a class, in a straight line, whether it has no fault; it doubts more than it has to."""
    return source_of(kind).made("is_right")


def source_of(kind: type) -> Source:
    """The source of what says whether a case of a class has no fault."""
    source = Source(f"the limits of {kind.__module__}.{kind.__name__}")
    source.values.update(latest=LATEST)
    looks = _Looks(source)
    looks.function("is_right", kind, "case")
    source.add(*looks.tables)
    return source


@frozen(eq=False)
class _Looks:
    """Writes the functions, those first that others call. Each has ``case`` and, if that is not the same, a part of it."""

    source: Source
    names: dict[type, str] = field(default=Factory(dict))
    within: list[type] = field(default=Factory(list))
    tables: list[str] = field(default=Factory(list))

    def function(self, name: str, kind: type, part: str) -> None:
        """The function that looks at an instance of a class."""
        moments: Moments = {}
        lines = [*self.part(kind, part, moments)]
        self.source.add(f"def {name}({', '.join(dict.fromkeys((part, 'case')))}):")
        self.source.add(*_indented(line for each, names in moments.items() for line in _taken(each, names)))
        self.source.add(*_indented(lines), "    return True")

    def part(self, kind: type, part: str, moments: Moments) -> Iterator[str]:
        """Looks at the fields of a part, after noting which instants of the case it compares with."""
        alone, beside_others = _declared(kind)
        bounds, others = {name: each for name, _, each in alone}, {name: each for name, _, each in beside_others}
        types = get_type_hints(kind)
        self.within.append(kind)
        for name in dict.fromkeys([*bounds, *others]):
            value = f"{part}_{name}"
            if_stated = [*self.alone(types[name], bounds[name], value, moments)] if name in bounds else []
            if_stated += self.beside_others(others[name], part, value, moments) if name in others else ()
            lines = [*_if_known(types[name], value, if_stated)]
            if name in others and others[name].needed_where:
                needed = self._any_of(part, "==", others[name].needed_where)
                lines += _refuse(f"{value} is None and ({needed})")
            if lines:
                yield f"{value} = {part}.{name}"
                yield from lines
        self.within.remove(kind)

    def alone(self, annotation: Any, bounds: Bounds | None, value: str, moments: Moments) -> Iterator[str]:
        """Looks at a value that is known, and its parts."""
        known = [each for each in _members(annotation) if each is not NoneType]
        if known == [Instant]:
            yield from _refuse(f"{value} >= latest")
        elif len(known) == 1 and get_origin(known[0]) is tuple:
            each, item = f"{value}_each", get_args(known[0])[0]
            if lines := [*_if_known(item, each, [*self.alone(item, None, each, moments)])]:
                yield from (f"for {each} in {value}:", *_indented(lines))
        elif bounds is not None:
            yield from _refuse(f"not {bounds.least} <= {value} <= {bounds.most}")
        elif all(map(has, known)):
            yield from self.of_class(known, value, moments)
        elif len(known) > 1 and any(map(_has_limits_within, known)):
            yield "return False"

    def of_class(self, kinds: list[Any], value: str, moments: Moments) -> Iterator[str]:
        """Looks at a part of one of some classes."""
        if len(kinds) == 1 and kinds[0] not in self.within:
            if lines := [*self.part(kinds[0], value, moments)]:
                yield from _refuse(f"type({value}) is not {self.source.named(kinds[0].__name__, kinds[0])}")
                yield from lines
            return
        for kind in kinds:
            if kind not in self.names:
                self.names[kind] = self.source.named(f"is_right_{kind.__name__}", kind)
                self.function(self.names[kind], kind, "part")
        table = ", ".join(f"{self.source.named(each.__name__, each)}: {self.names[each]}" for each in kinds)
        looks = self.source.named(f"look_at_{value}", kinds)
        self.tables.append(f"{looks} = {{{table}}}")
        yield from _refuse(f"not {looks}[type({value})]({value}, case)")

    def beside_others(self, declared: _BesideOthers, part: str, value: str, moments: Moments) -> Iterator[str]:
        """Looks at a value beside the other instants of the case, the other fields of its part, and the other items of its list."""
        for check, names, _ in declared.order:
            other = "_".join(("at", *names))
            moments[other] = names
            yield from _refuse(f"{other} is not None and {value} {_WRONG[check]} {other}")
        if declared.each_once is not None:
            yield from _refuse(
                f"len({value}) > 1 and len({{each.{declared.each_once} for each in {value}}}) < len({value})"
            )
        excluded = [
            self._any_of(part, sign, where)
            for sign, where in (("!=", declared.only_where), ("==", declared.never_where))
            if where
        ]
        if excluded:
            yield from _refuse(f"{value} is not False and ({' or '.join(excluded)})")

    def _any_of(self, part: str, sign: str, where: Mapping[str, object]) -> str:
        return " or ".join(f"{part}.{name} {sign} {self._named(name, each)}" for name, each in where.items())

    def _named(self, field: str, value: object) -> str:
        return repr(value) if value is None or type(value) is bool else self.source.named(f"{field}_like_this", value)


Moments: TypeAlias = dict[str, tuple[str, ...]]
_WRONG: Final[Mapping[Check, str]] = {not_after: ">", not_before: "<"}


def _refuse(condition: str) -> list[str]:
    return [f"if {condition}:", "    return False"]


def _if_known(annotation: Any, value: str, lines: list[str]) -> Iterator[str]:
    if lines and NoneType in _members(annotation):
        yield f"if {value} is not None:"
        yield from _indented(lines)
    else:
        yield from lines


def _taken(moment: str, names: tuple[str, ...]) -> Iterator[str]:
    """Takes an instant from the case; it is not known where what leads to it is not."""
    first, *others = names
    yield f"{moment} = case.{first}"
    for name in others:
        yield f"if {moment} is not None:"
        yield f"    {moment} = {moment}.{name}"


def _members(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)


def _has_limits_within(annotation: Any) -> bool:
    """Whether values of a type can be instants or instances of classes, or lists of such."""
    return annotation is Instant or has(annotation) or any(map(_has_limits_within, get_args(annotation)))


def _indented(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}" for line in lines)
