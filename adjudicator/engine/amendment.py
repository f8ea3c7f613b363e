"""Amendments: a new edition written as its differences from an older one."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import attrs
from attrs import frozen

from adjudicator.engine.checks import refuse_call
from adjudicator.engine.clause import UNSETTLED, Node, PolicyError, hints, members, plain_type
from adjudicator.engine.inspection import Function, calls_behind, location
from adjudicator.model.facts import Holds

if TYPE_CHECKING:
    from adjudicator.engine.policy import Edition

Replacements: TypeAlias = Mapping[Function | str, Function] | Iterable[Function]
"""New functions by the old function or its name; or new functions alone, which replace those of the same name."""

_OF_FUNCTIONS: Final = ("facts", "requires", "barred_by", "remarks", "grants", "clauses_by_question")
_PLAIN_SIGNATURE: Final = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@frozen(eq=False)
class Amendment:
    """The functions that an edition replaces or removes, by their old names."""

    old: Edition
    replaced: Mapping[str, Function]
    removed: frozenset[str]

    @classmethod
    def of(cls, old: Edition, replacing: Replacements, without: Iterable[Function | str]) -> Amendment:
        """Match replacements and removals to the old functions. Raises :class:`PolicyError` for one that the old edition lacks."""
        pairs = replacing.items() if isinstance(replacing, Mapping) else [(new.__name__, new) for new in replacing]
        replaced: dict[str, Function] = {}
        for reference, new in pairs:
            name = _name_in(old, reference, "replaced")
            if name in replaced:
                raise PolicyError(
                    f"{old.policy}: {name} is replaced twice, by {location(replaced[name])} and {location(new)}"
                )
            _check_replacement(old, old.nodes[name], new)
            replaced[name] = new
        removed = frozenset(_name_in(old, reference, "taken out") for reference in without)
        if both := sorted(removed & replaced.keys()):
            raise PolicyError(f"{old.policy}: {both[0]} is both replaced and taken out")
        return cls(old, replaced, removed)

    def fields(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of the new edition: from ``changes`` if they are there, else from the old one."""
        known = {each.name: getattr(self.old, each.name) for each in attrs.fields(type(self.old)) if each.init}
        if unknown := sorted(changes.keys() - known.keys()):
            raise PolicyError(f"{self.old.policy}: an edition has no {', '.join(unknown)}")
        amended = {name: self._amended(known[name], name) for name in _OF_FUNCTIONS if name not in changes}
        return {**known, "revision": 1, "about": self._about(), **amended, **changes}

    def settings(self, changed: Mapping[str, object]) -> dict[str, object]:
        """The old settings with the changed ones. Raises :class:`PolicyError` for a setting that no function asks for."""
        asked = {
            *self.old.settings,
            *(name for new in self.replaced.values() for name in inspect.signature(new).parameters),
        }
        if unknown := sorted(changed.keys() - asked):
            raise PolicyError(f"{self.old.policy}: there is no setting {unknown[0]}, and no new function asks for it")
        return {**self.old.settings, **changed}

    def check(self, new: Edition) -> None:
        """Refuse the new edition if a kept function calls a replaced or removed one."""
        superseded = {
            self.old.nodes[name].function: self.replaced.get(name) for name in (*self.replaced, *self.removed)
        }
        for node in new.nodes.values():
            for call in calls_behind(node.function):
                instead = superseded.get(call.callee)
                if call.callee in superseded and instead is not node.function:
                    refuse_call(new, node.function, call.callee, call.through, call.line, instead)

    def check_needs(self, fields: Mapping[str, Any]) -> None:
        """Refuse to remove a function that a remaining one asks for."""
        supplied = {each.__name__ for each in fields["facts"]} | fields["settings"].keys()
        kept = {name: node.function for name, node in self.old.nodes.items() if name not in self.removed}
        for function in {**kept, **self.replaced}.values():
            needed = self.removed.intersection(inspect.signature(function).parameters) - supplied
            if needed:
                raise PolicyError(
                    f"{self.old.policy}: {min(needed)} is taken out, but {location(function)} needs it; replace or take out both"
                )

    def _about(self) -> str | None:
        """The module docstring of the first new function; without new functions, the old text."""
        new = next(iter(self.replaced.values()), None)
        return (inspect.getdoc(inspect.getmodule(new)) if new else None) or self.old.about

    def _amended(self, value: Any, place: str) -> Any:
        """A field of the old edition, or a part of one, with each replaced function swapped."""
        if isinstance(value, FunctionType):
            if value.__name__ in self.removed:
                raise PolicyError(f"{self.old.policy}: {value.__name__} cannot be taken out of {place}, which needs it")
            return self.replaced.get(value.__name__, value)
        if isinstance(value, tuple):
            return tuple(self._amended(each, place) for each in value if not self._is_removed(each))
        if isinstance(value, Mapping):
            return {key: self._amended(each, place) for key, each in value.items()}
        if attrs.has(type(value)):
            parts = {each.alias: getattr(value, each.name) for each in attrs.fields(type(value)) if each.init}
            changed = {
                name: self._amended(part, f"{place}: {type(value).__name__}.{name}") for name, part in parts.items()
            }
            return attrs.evolve(value, **changed)
        return value

    def _is_removed(self, value: Any) -> bool:
        return isinstance(value, FunctionType) and value.__name__ in self.removed


def _name_in(old: Edition, reference: Function | str, verb: str) -> str:
    """The name of a function of an edition. Raises :class:`PolicyError` if the edition does not have the function."""
    name = reference if isinstance(reference, str) else reference.__name__
    node = old.nodes.get(name)
    if node is None or not (isinstance(reference, str) or node.function is reference):
        label = name if isinstance(reference, str) else location(reference)
        raise PolicyError(f"{old.policy}: {label} is to be {verb}, but edition {old.name} does not have it")
    return name


def _check_replacement(old: Edition, node: Node, new: Function) -> None:
    """Refuse a new function that takes other parameters, or returns other types."""
    problem = f"{old.policy}: {location(new)} cannot replace {location(node.function)}"
    if not isinstance(new, FunctionType):
        raise PolicyError(f"{problem}: it is no plain function")
    if odd := [each.name for each in inspect.signature(new).parameters.values() if each.kind not in _PLAIN_SIGNATURE]:
        raise PolicyError(f"{problem}: its parameter {odd[0]} is not one fact by its name")
    if "return" not in hints(new):
        raise PolicyError(f"{problem}: it has no type for return")
    before, after = _values_of(node.function), _values_of(new)
    if before and after and before.isdisjoint(after):
        raise PolicyError(f"{problem}: it returns {_names(after)}, the old one {_names(before)}")


def _values_of(function: Function) -> frozenset[Any]:
    """The types of settled values that a function returns: no ``Open``, ``Failed`` and the like, no ``None``."""
    returned = members(hints(function)["return"])
    values = {bool if each is Holds else each for each in returned if plain_type(each) not in UNSETTLED}
    return frozenset(values - {type(None)})


def _names(values: frozenset[Any]) -> str:
    return " or ".join(sorted(getattr(each, "__name__", str(each)) for each in values))
