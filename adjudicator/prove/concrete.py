"""From symbolic values to real ones, and the formula that two symbolic values are the same."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import attrs
import z3

from adjudicator.engine.branches import Branches
from adjudicator.engine.sameness import same
from adjudicator.model.time import Instant
from adjudicator.prove.paths import Formula, untreatable
from adjudicator.prove.results import Why
from adjudicator.prove.symbols import Number, Text, TextSet, alternatives_of


def concrete(value: Any, model: Any) -> Any:
    """The real value that a symbolic one has in a model."""
    kind = type(value)
    if kind is Number:
        return _number(value, _whole(model, value.expr))
    if kind is Text:
        return value.texts.text_of(_whole(model, value.expr))
    if kind is TextSet:
        return frozenset(concrete(each, model) for each in value.members)
    fields = alternatives_of(value)
    if fields is not None:
        return _made(kind.stands_for, {name: _chosen(options, model) for name, options in fields.items()})
    if isinstance(value, tuple):
        items = [concrete(each, model) for each in value]
        return kind(*items) if hasattr(kind, "_fields") else tuple(items)
    if isinstance(value, Mapping):
        return {concrete(key, model): concrete(each, model) for key, each in value.items()}
    if attrs.has(kind) and not isinstance(value, type):
        return _made(kind, {each.name: concrete(getattr(value, each.name), model) for each in attrs.fields(kind)})
    return value


def _whole(model: Any, expr: Formula) -> int:
    return int(model.eval(expr, model_completion=True).as_long())


def _number(value: Number, whole: int) -> Any:
    if value.kind in (int, Instant):
        return value.kind(whole)
    digits = len(str(value.denominator)) - 1
    return value.kind(whole).scaleb(-digits).normalize()


def _chosen(alternatives: Any, model: Any) -> Any:
    for condition, value in alternatives:
        if z3.is_true(model.eval(condition, model_completion=True)):
            return concrete(value, model)
    raise AssertionError("the alternatives of a field do not cover its values")


def _made(kind: type, fields: Mapping[str, Any]) -> Any:
    """An instance of an attrs class with these fields."""
    given = {each.alias: fields[each.name] for each in attrs.fields(kind) if each.init and each.name in fields}
    return kind(**given)


def equal(one: Any, other: Any) -> Formula:
    """The formula that two values are the same in every part."""
    if one is other:
        return z3.BoolVal(True)
    if Number in (type(one), type(other)):
        return _equal_numbers(one, other)
    if Text in (type(one), type(other)):
        return _equal_texts(one, other)
    if type(one) is not type(other):
        return z3.BoolVal(False)
    if type(one) is TextSet:
        return equal(one.members, other.members)
    parts = _parts(one), _parts(other)
    if parts[0] is None or parts[1] is None:
        return z3.BoolVal(bool(one == other))
    if parts[0].keys() != parts[1].keys():
        return z3.BoolVal(False)
    return z3.And(*(equal(part, parts[1][name]) for name, part in parts[0].items()))


def _parts(value: Any) -> dict[Any, Any] | None:
    """The parts of a value that has some, by name or position."""
    if alternatives_of(value) is not None:
        untreatable(Why.FACT_TYPE, f"an answer that holds a {type(value).__name__}")
    if isinstance(value, tuple):
        return dict(enumerate(value))
    if isinstance(value, Mapping):
        return dict(value)
    if type(value) is Branches:
        return {"branches": value.branches, "asks": value.asks}
    kind = type(value)
    if attrs.has(kind):
        return {each.name: getattr(value, each.name) for each in attrs.fields(kind)}
    return None


def _equal_numbers(one: Any, other: Any) -> Formula:
    kinds = [each.kind if type(each) is Number else type(each) for each in (one, other)]
    if kinds[0] is not kinds[1]:
        return z3.BoolVal(False)
    pair = [each if type(each) is Number else None for each in (one, other)]
    if all(each is not None and each.denominator != 1 for each in pair):
        return one.expr == other.expr
    if any(each is not None and each.denominator != 1 for each in pair):
        return untreatable(Why.ARITHMETIC, "a decimal in an answer")
    exprs = [each.expr if type(each) is Number else int(each) for each in (one, other)]
    return z3.simplify(z3.IntVal(0) + exprs[0] == exprs[1])


def _equal_texts(one: Any, other: Any) -> Formula:
    texts = one.texts if type(one) is Text else other.texts
    if not all(isinstance(each, str) for each in (one, other)):
        return z3.BoolVal(False)
    exprs = [each.expr if type(each) is Text else z3.IntVal(texts.number_of(each)) for each in (one, other)]
    return exprs[0] == exprs[1]


def frozen_form(value: Any) -> Hashable:
    """A form that is equal only for values that are certainly the same, so that they can be listed together."""
    kind = type(value)
    if kind is Number:
        return (kind, value.kind, value.expr.get_id(), value.denominator)
    if kind is Text:
        return (kind, value.expr.get_id())
    if kind is TextSet or alternatives_of(value) is not None:
        return (kind, id(value))
    parts = _parts(value)
    if parts is not None:
        return (kind, tuple([(_key(name), frozen_form(part)) for name, part in parts.items()]))
    return _key(value)


def _key(value: Any) -> Hashable:
    try:
        hash(value)
    except TypeError:
        return (type(value), id(value))
    return (type(value), value)


def alike(one: Any, other: Any) -> bool:
    """Whether two real values are equal in every part, even if they depend on assumptions."""
    if type(one) is Branches and type(other) is Branches:
        pairs = zip(one.branches, other.branches, strict=True) if len(one.branches) == len(other.branches) else ()
        return (
            len(one.branches) == len(other.branches)
            and one.asks.keys() == other.asks.keys()
            and all(first.assuming == second.assuming and alike(first.value, second.value) for first, second in pairs)
        )
    return same(one, other)
