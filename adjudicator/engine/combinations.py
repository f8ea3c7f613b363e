"""Combinations: the result of a function for every value that its facts could have.

If all values give the same answer, that is the answer; else the engine asks for what makes the difference. Beyond
:data:`MOST_COMBINATIONS` it tries nothing: the function is open, and the engine asks for everything that is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, compress, count, islice, repeat
from math import prod
from typing import Any, Final, TypeAlias

from attrs import frozen

from adjudicator.engine.branches import (
    UNSETTLED_TYPES,
    Assumptions,
    Branch,
    Branches,
    agree,
    identities,
    in_all,
    in_rows,
    make_branches,
    numbered,
    unknowns_of,
    values_of,
)
from adjudicator.engine.calling import call, open_for_everything, stopped_by, stopping
from adjudicator.engine.clause import UNSETTLED, Node
from adjudicator.engine.layouts import Places, apart, in_order, packed, repeated, sharing, split, spread
from adjudicator.model.facts import Ask, EvidencePool, Open
from adjudicator.model.time import Instant, Window

MOST_COMBINATIONS: Final = 4096
"""The most combinations of unknown values that the engine tries for one function."""

FEW: Final = 3
"""So many results have to be there before equal ones are looked for."""


@frozen(cache_hash=True)
class Counted:
    """The assumption that a group of pending documents counts, all of which say the same about a fact."""

    fact: str
    says: Any
    evidence: tuple[str | None, ...]


_TOO_MANY: Final = object()
NOT_AT_ONCE: Final = object()


def result_at_once(node: Node, values: Iterable[Any]) -> Any:
    """The result of a function whose facts each have one value, although some are not plain; :data:`NOT_AT_ONCE` for others."""
    arguments = []
    for value, admitted in zip(values, node.admits, strict=True):
        kind = type(value)
        if kind is Branches or (kind is Open and value.could_be) or (kind is EvidencePool and value.pending):
            return NOT_AT_ONCE
        arguments.append(value.standing if kind is EvidencePool and kind not in admitted else value)
    return call(node, *arguments)


def result_for_all(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function, given its facts; branches if it depends on what is unknown of them."""
    arguments = [*values]
    places: list[int] = []
    options: list[Branches] = []
    for place in compress(range(len(values)), map(UNSETTLED_TYPES.__contains__, map(type, values))):
        value, admitted = values[place], node.admits[place]
        if type(value) not in admitted:
            arguments[place] = possible = _possible_values(node.params[place], value, admitted)
            if possible is _TOO_MANY:
                return open_for_everything(node, values)
            if type(possible) is Branches:
                places.append(place)
                options.append(possible)
    if not options:
        return call(node, *arguments)
    if len(options) == 1:
        return _result_for_one(node, values, arguments, places[0], options[0])
    return _result_for_several(node, values, arguments, places, options)


def _result_for_several(
    node: Node, values: tuple[Any, ...], arguments: list[Any], places: list[int], options: list[Branches]
) -> Any:
    """The result where several facts, at these places, could have several values."""
    together = _together(options)
    if together is None:
        return open_for_everything(node, values)
    function: Callable[..., Any] = node.function
    if not UNSETTLED.isdisjoint(map(type, chain.from_iterable([each.objects for each in options]))):
        function = partial(call, node)
    elif unsettled := stopping(node, arguments):
        return stopped_by(unsettled)
    columns, branches_with = together
    given: list[Iterable[Any]] = [*map(repeat, arguments)]
    for place, column in zip(places, columns, strict=True):
        given[place] = column
    results = [*map(function, *given)]
    return results[0] if are_all_equal(results) else branches_with(_each_once(results))


def _result_for_one(node: Node, values: tuple[Any, ...], arguments: list[Any], place: int, possible: Branches) -> Any:
    """The same where only one fact could have several values, most often two or three."""
    if len(possible.places) > MOST_COMBINATIONS:
        return open_for_everything(node, values)
    objects = possible.objects
    function: Callable[..., Any] = node.function
    if not UNSETTLED.isdisjoint(map(type, objects)):
        function = partial(call, node)
    elif unsettled := stopping(node, arguments):
        return stopped_by(unsettled)
    results = []
    for arguments[place] in objects:  # each in turn
        results.append(function(*arguments))
    if are_all_equal(results):
        return results[0]
    return possible.with_each(_each_once(results))


def are_all_equal(results: list[Any]) -> bool:
    """Whether all results are equal to the first one. The comparison ends with the first that is not."""
    return results == results[:1] * len(results)


def _each_once(results: list[Any]) -> list[Any]:
    """The same results, with one object for all that are equal: what follows from them is called once for the same object."""
    if len(results) < FEW:
        return results
    kinds = {*map(type, results)}
    if len(kinds - _NEITHER) > 1 or not kinds <= _ALIKE_IF_EQUAL:
        return results
    kept: dict[Any, Any] = {}
    return [*map(kept.setdefault, results, results)]


_NEITHER: Final = frozenset({type(None)})
_ALIKE_IF_EQUAL: Final = frozenset({Instant, Window, int, str}) | _NEITHER
"""The types whose values are alike in every field if they are equal, and of one type."""


# The values that facts could have


def _possible_values(name: str, value: Any, admitted: frozenset[type]) -> Any:
    """The value of a fact that a function can be given, or branches if there may be several; ``_TOO_MANY`` beyond the limit."""
    if type(value) is Branches:
        if not admitted:
            return value if _MAY_BE_SEVERAL.isdisjoint(map(type, value.objects)) else _possible_in_each(name, value)
        value = value.answer
    if type(value) is EvidencePool and EvidencePool not in admitted:
        return _completions(name, value) if value.pending else value.standing
    if type(value) is Open and value.could_be and Open not in admitted:
        tried = value.could_be
        return make_branches(tried, in_order(len(tried)), {name: value.asks}, {name: tried}, (), {})
    return value


def _possible_in_each(name: str, value: Branches) -> Any:
    """Branches with every value that a fact could have in each of them; ``_TOO_MANY`` beyond the limit."""
    found = [_possible_values(name, each, _NONE) for each in value.objects]
    if any(each is _TOO_MANY for each in found):
        return _TOO_MANY
    splitting = [each for each in found if type(each) is Branches]
    if not splitting:
        return value.with_each(found)
    return _split_alike(value, found, splitting) or _split_differently(value, found)


_NONE: Final = frozenset[type]()
_MAY_BE_SEVERAL: Final = frozenset({Open, EvidencePool})


def _split_alike(value: Branches, found: Sequence[Any], splitting: Sequence[Branches]) -> Branches | None:
    """Branches of which some objects are split by the same unknowns; ``None`` if there are others, or too many combinations."""
    new = splitting[0].tried or {}
    times = len(splitting[0].places)
    if value.tried is None or times * len(value.places) > MOST_COMBINATIONS or not new.keys().isdisjoint(value.tried):
        return None
    if any([*(each.tried or {}).items()] != [*new.items()] for each in splitting):
        return None
    objects, parts = numbered(
        chain.from_iterable([each.values if type(each) is Branches else repeat(each, times) for each in found])
    )
    is_split = bytes([type(each) is Branches for each in found])
    only_in = value.only_in
    if not all(is_split):
        only_in = {**only_in, **dict.fromkeys(new, bytes(map(is_split.__getitem__, value.places)))}
    last = found[next(place for place in reversed(value.places) if is_split[place])]
    return make_branches(
        objects,
        split(value.places, parts, times),
        {**value.asks, **last.asks},
        {**value.tried, **new},
        (),
        {key: repeated(of, times) for key, of in only_in.items()},
    )


def _split_differently(value: Branches, found: Sequence[Any]) -> Any:
    """Branches of which some objects are split, each by unknowns of its own; ``_TOO_MANY`` beyond the limit."""
    asks, listed = dict(value.asks), list[Branch]()
    possible = dict(zip(identities(value.objects), found, strict=True))
    for assuming, of_branch in value.branches:
        (identity,) = identities((of_branch,))
        options = possible[identity]
        if type(options) is Branches:
            asks.update(options.asks)
            listed += [Branch({**assuming, **each.assuming}, each.value) for each in options.branches]
        else:
            listed.append(Branch(assuming, options))
        if len(listed) > MOST_COMBINATIONS:
            return _TOO_MANY
    return Branches.of(listed, asks)


def _completions(name: str, pool: EvidencePool[Any]) -> Any:
    """The proofs that count, with each selection of pending ones; those that say the same count together or not at all."""
    groups: dict[Any, list[Ask]] = {}
    for pending in pool.pending:
        groups.setdefault(pending.says, []).extend(pending.asks)
    if 1 << len(groups) > MOST_COMBINATIONS:
        return _TOO_MANY
    asks: dict[Hashable, tuple[Ask, ...]] = {}
    chosen = [pool.standing]
    for says, group in groups.items():
        asks[Counted(name, says, tuple([ask.evidence_id for ask in group]))] = tuple(group)
        chosen = [each for so_far in chosen for each in (so_far, (*so_far, says))]
    return make_branches(chosen, in_order(len(chosen)), asks, dict.fromkeys(asks, (False, True)), (), {})


# The branches of several facts together


Together: TypeAlias = "tuple[Iterable[Iterable[Any]], Callable[[list[Any]], Branches]]"
"""The values of several facts together: a column for each fact, and what makes branches of the results for all rows.

No two rows have the same objects: a function is called once for them.
"""


def _together(options: Sequence[Branches]) -> Together | None:
    """The branches of several facts together; ``None`` beyond the limit."""
    tried: dict[Hashable, tuple[Any, ...]] = {}
    own: list[Mapping[Hashable, tuple[Any, ...]]] = []
    for each in options:
        if each.tried is None:
            return _compatible_together(options)
        own.append(each.tried)
        tried.update(each.tried)
    shares = len(tried) < sum(map(len, own))
    if shares and not all(tried[key] == of for table in own for key, of in table.items()):
        return _compatible_together(options)
    sizes = _sizes(tried)
    if prod(sizes) > MOST_COMBINATIONS:
        return _compatible_together(options) if any(each.only_in for each in options) else None
    places = tuple([each.places for each in options])
    layout = sharing(places, _positions_of(own, tried), sizes) if shares else apart(places)
    columns = [map(each.objects.__getitem__, column) for each, column in zip(options, layout.columns, strict=True)]
    return columns, partial(_results_together, options, tried, layout.rows)


def _positions_of(own: Iterable[Iterable[Hashable]], tried: Iterable[Hashable]) -> tuple[tuple[int, ...], ...]:
    """The positions of the unknowns of each fact among all."""
    position_of = dict(zip(tried, count(), strict=False))
    return tuple([tuple(map(position_of.__getitem__, each)) for each in own])


def _sizes(tried: Mapping[Hashable, tuple[Any, ...]]) -> tuple[int, ...]:
    return tuple(map(len, tried.values()))


def _results_together(
    options: Sequence[Branches],
    tried: Mapping[Hashable, tuple[Any, ...]],
    rows: Sequence[int],
    results: list[Any],
) -> Branches:
    """Branches with these results, one for each row of objects."""
    only_in: dict[Hashable, bytes] = {}
    for each in options:
        # An unknown comes with those that it is there under, so it is there in the same combinations for every fact.
        for key, of in each.only_in.items():
            (own,) = _positions_of((each.tried or (),), tried)
            only_in[key] = spread(of, own, _sizes(tried))
    return make_branches(*in_rows(results, rows), _asks_together(options), tried, (), only_in)


def _asks_together(options: Sequence[Branches]) -> dict[Hashable, tuple[Ask, ...]]:
    asks: dict[Hashable, tuple[Ask, ...]] = {}
    for each in options:
        asks.update(each.asks)
    return asks


def _compatible_together(options: Sequence[Branches]) -> Together | None:
    """The same where some facts have other unknowns under some assumptions than under others."""
    combined = [Branch({}, ())]
    for option in options:
        combined = [
            Branch({**so_far.assuming, **each.assuming}, (*so_far.value, each.value))
            for so_far, each in _compatible(combined, option.branches)
        ]
        if len(combined) > MOST_COMBINATIONS:
            return None
    different: dict[Hashable, tuple[Any, ...]] = {}
    for each in combined:
        different.setdefault(tuple(identities(each.value)), each.value)
    number_of = dict(zip(different, count(), strict=False))
    rows = packed([number_of[tuple(identities(each.value))] for each in combined], len(different))
    assumptions = tuple([each.assuming for each in combined])
    return [*zip(*different.values(), strict=True)], partial(_compatible_results, options, assumptions, rows)


def _compatible_results(
    options: Sequence[Branches], assumptions: tuple[Assumptions, ...], rows: Places, results: list[Any]
) -> Branches:
    return make_branches(*in_rows(results, rows), _asks_together(options), None, assumptions, {})


def _compatible(combined: Sequence[Branch], options: Sequence[Branch]) -> list[tuple[Branch, Branch]]:
    """The pairs of branches with compatible assumptions, in order; at most one more than :data:`MOST_COMBINATIONS`."""
    assumed = values_of(in_all(unknowns_of(combined) | unknowns_of(options)))
    matching = defaultdict[Hashable, list[Branch]](list)
    for option in options:
        matching[assumed(option.assuming)].append(option)
    pairs = (
        (so_far, option)
        for so_far in combined
        for option in matching[assumed(so_far.assuming)]
        if agree(option.assuming, so_far.assuming)
    )
    return list(islice(pairs, MOST_COMBINATIONS + 1))
