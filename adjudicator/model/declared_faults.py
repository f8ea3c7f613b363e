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

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any, Final, TypeAlias, get_args, get_type_hints

from attrs import fields, frozen, has

from adjudicator.model.errors import Fault, shown
from adjudicator.model.json_names import wire_name
from adjudicator.model.limits import LATEST, Bounds, a_number, an_instant, each_once, not_after, not_before
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
    """The faults of a case and its parts by what their fields say. Values that could not be read are skipped."""
    return _faults_of(case, "", case)


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
