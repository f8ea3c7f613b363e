"""Combinations: the result of a function for every value that its facts could have.

If all values give the same answer, that is the answer; else the engine asks for what makes the difference. Beyond
:data:`MOST_COMBINATIONS` it tries nothing: the function is open, and the engine asks for everything that is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain, compress, islice, product, repeat
from math import prod
from typing import Any, Final, TypeAlias, TypeVar

from attrs import frozen

from adjudicator.engine.branches import (
    UNSETTLED_TYPES,
    Branch,
    Branches,
    agree,
    identities,
    in_all,
    make_branches,
    unknowns_of,
    values_of,
)
from adjudicator.engine.calling import call, open_for_everything, stopped_by, stopping
from adjudicator.engine.clause import UNSETTLED, Node
from adjudicator.model.facts import Ask, EvidencePool, Open
from adjudicator.model.time import Instant, Window

T = TypeVar("T")

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
    if not all(UNSETTLED.isdisjoint(map(type, each.objects)) for each in options):
        function = partial(call, node)
    elif unsettled := stopping(node, arguments):
        return stopped_by(unsettled)
    columns, branches_with = together
    given: list[Iterable[Any]] = [*map(repeat, arguments)]
    for place, column in zip(places, columns, strict=True):
        given[place] = column
    results = [*map(function, *given)]
    first = results[0]
    return first if results.count(first) == len(results) else branches_with(_each_once(results))


def _result_for_one(node: Node, values: tuple[Any, ...], arguments: list[Any], place: int, possible: Branches) -> Any:
    """The same where only one fact could have several values, most often two or three."""
    if len(possible.values) > MOST_COMBINATIONS:
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
    first = results[0]
    if results.count(first) == len(results):
        return first
    results = _each_once(results)
    if len(objects) < len(possible.values):
        result_of = dict(zip(identities(objects), results, strict=True))
        return possible.with_values(tuple(map(result_of.__getitem__, identities(possible.values))), results)
    return possible.with_values(tuple(results), results)


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
            return _possible_in_each(name, value)
        value = value.answer
    if type(value) is EvidencePool and EvidencePool not in admitted:
        return _completions(name, value) if value.pending else value.standing
    if type(value) is Open and value.could_be and Open not in admitted:
        return make_branches(value.could_be, {name: value.asks}, {name: value.could_be}, (), {}, value.could_be)
    return value


def _possible_in_each(name: str, value: Branches) -> Any:
    """Branches with every value that a fact could have in each of them; ``_TOO_MANY`` beyond the limit."""
    if _MAY_BE_SEVERAL.isdisjoint(map(type, value.values)):
        return value
    objects = value.objects
    found = [_possible_values(name, each, _NONE) for each in objects]
    if any(each is _TOO_MANY for each in found):
        return _TOO_MANY
    possible = dict(zip(identities(objects), found, strict=True))
    of_each = tuple(map(possible.__getitem__, identities(value.values)))
    splitting = [each for each in found if type(each) is Branches]
    if not splitting:
        return value.with_values(of_each)
    return _split_alike(value, of_each, splitting) or _split_differently(value, possible)


_NONE: Final = frozenset[type]()
_MAY_BE_SEVERAL: Final = frozenset({Open, EvidencePool})


def _split_alike(value: Branches, of_each: Sequence[Any], splitting: Sequence[Branches]) -> Branches | None:
    """Branches of which some are split by the same unknowns; ``None`` if there are others, or too many combinations."""
    new = splitting[0].tried or {}
    times = len(splitting[0].values)
    if value.tried is None or times * len(value.values) > MOST_COMBINATIONS or not new.keys().isdisjoint(value.tried):
        return None
    if any([*(each.tried or {}).items()] != [*new.items()] for each in splitting):
        return None
    is_split = [type(each) is Branches for each in of_each]
    values = chain.from_iterable([each.values if type(each) is Branches else repeat(each, times) for each in of_each])
    only_in = value.only_in if all(is_split) else {**value.only_in, **dict.fromkeys(new, is_split)}
    last = next(each for each in reversed(of_each) if type(each) is Branches)
    return Branches(
        tuple(values),
        {**value.asks, **last.asks},
        {**value.tried, **new},
        only_in={key: tuple(chain.from_iterable(map(repeat, of, repeat(times)))) for key, of in only_in.items()},
    )


def _split_differently(value: Branches, possible: Mapping[int, Any]) -> Any:
    """Branches of which some are split, each by unknowns of its own; ``_TOO_MANY`` beyond the limit."""
    asks, split = dict(value.asks), list[Branch]()
    for assuming, of_branch in value.branches:
        (identity,) = identities((of_branch,))
        options = possible[identity]
        if type(options) is Branches:
            asks.update(options.asks)
            split += [Branch({**assuming, **each.assuming}, each.value) for each in options.branches]
        else:
            split.append(Branch(assuming, options))
        if len(split) > MOST_COMBINATIONS:
            return _TOO_MANY
    return Branches.of(split, asks)


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
    return Branches(tuple(chosen), asks, dict.fromkeys(asks, (False, True)))


# The branches of several facts together


Together: TypeAlias = "tuple[Iterable[Iterable[Any]], Callable[[list[Any]], Branches]]"
"""The values of several facts together: a column for each fact, and what makes branches of the results for all rows.

No two rows have the same objects: a function is called once for them.
"""


def _together(options: Sequence[Branches]) -> Together | None:
    """The branches of several facts together; ``None`` beyond the limit."""
    tried: dict[Hashable, tuple[Any, ...]] = {}
    own = [each.tried for each in options if each.tried is not None]
    for table in own:
        tried.update(table)
    shares = len(tried) < sum(map(len, own))
    if len(own) < len(options) or (shares and not all(tried[key] == of for each in own for key, of in each.items())):
        return _compatible_together(options)
    if prod(map(len, tried.values())) > MOST_COMBINATIONS:
        return _compatible_together(options) if any(each.only_in for each in options) else None
    if not shares:
        columns = zip(*product(*[each.objects for each in options]), strict=True)
        return columns, partial(_results_apart, options, tried)
    return _sharing(options, own, tried)


def _results_apart(
    options: Sequence[Branches], tried: Mapping[Hashable, tuple[Any, ...]], results: list[Any]
) -> Branches:
    """Branches with these results for facts that have no unknown in common: each object of one went with each of the others."""
    assumptions = _assumed_together(options, tried)
    if len(results) == prod(map(len, tried.values())):
        return assumptions.with_values(tuple(results), results)
    result_of = dict(zip(product(*[identities(each.objects) for each in options]), results, strict=True))
    rows = product(*[identities(each.values) for each in options])
    return assumptions.with_values(tuple(map(result_of.__getitem__, rows)), results)


def _sharing(
    options: Sequence[Branches],
    own: Sequence[Mapping[Hashable, tuple[Any, ...]]],
    tried: Mapping[Hashable, tuple[Any, ...]],
) -> Together:
    """Facts with unknowns in common. If the last one has none of them, each of its objects goes with each row of the others."""
    *others, last = options
    if own[-1].keys().isdisjoint(chain.from_iterable(own[:-1])):
        rows, columns = _rows(others, own[:-1], {key: of for key, of in tried.items() if key not in own[-1]})
        pairs = product(zip(*columns, strict=True), last.objects)
        columns = [*zip(*[(*row, each) for row, each in pairs], strict=True)]
        return columns, partial(_results_in_rows, options, tried, rows, last)
    rows, columns = _rows(options, own, tried)
    return columns, partial(_results_in_rows, options, tried, rows, None)


def _rows(
    options: Sequence[Branches],
    own: Sequence[Mapping[Hashable, tuple[Any, ...]]],
    tried: Mapping[Hashable, tuple[Any, ...]],
) -> tuple[Sequence[Hashable], Sequence[Iterable[Any]]]:
    """What stands for the objects of some facts under each of the assumptions, and a column of objects for each fact, no row twice."""
    rows = [*zip(*[_spread(each.places, of, tried) for each, of in zip(options, own, strict=True)], strict=True)]
    columns = zip(*dict.fromkeys(rows), strict=True)
    return rows, [[*map(each.objects.__getitem__, column)] for each, column in zip(options, columns, strict=True)]


def _results_in_rows(
    options: Sequence[Branches],
    tried: Mapping[Hashable, tuple[Any, ...]],
    rows: Sequence[Hashable],
    last: Branches | None,
    results: list[Any],
) -> Branches:
    """Branches with these results, one for each different row; in a row are all objects of the ``last`` fact, if it is apart."""
    assumptions = _assumed_together(options, tried)
    different = dict.fromkeys(rows)
    if last is None:
        of_row = dict(zip(different, results, strict=True))
        return assumptions.with_values(tuple(map(of_row.__getitem__, rows)), results)
    width = len(last.objects)
    blocks = [results[at : at + width] for at in range(0, len(results), width)]
    if width < len(last.values):
        blocks = [[*map(each.__getitem__, last.places)] for each in blocks]
    block_of = dict(zip(different, blocks, strict=True))
    return assumptions.with_values(tuple(chain.from_iterable(map(block_of.__getitem__, rows))), results)


def _assumed_together(options: Sequence[Branches], tried: Mapping[Hashable, tuple[Any, ...]]) -> Branches:
    """The assumptions of several facts together."""
    only_in: dict[Hashable, tuple[bool, ...]] = {}
    for each in options:
        # An unknown comes with those that it is there under, so it is there in the same combinations for every fact.
        for key, of in each.only_in.items():
            only_in[key] = _spread(of, each.tried or {}, tried)
    return make_branches((), _asks_together(options), tried, (), only_in)


def _asks_together(options: Sequence[Branches]) -> dict[Hashable, tuple[Ask, ...]]:
    asks: dict[Hashable, tuple[Ask, ...]] = {}
    for each in options:
        asks.update(each.asks)
    return asks


def _spread(
    values: Sequence[T], own: Mapping[Hashable, tuple[Any, ...]], tried: Mapping[Hashable, tuple[Any, ...]]
) -> tuple[T, ...]:
    """What is said of every combination of the values tried for some unknowns, for every combination with those of others."""
    keys, all_keys = [*own], [*tried]
    times = prod(map(len, tried.values())) // len(values)
    if keys == all_keys[-len(keys) :]:  # the others change most slowly
        return (*values,) * times
    if keys == all_keys[: len(keys)]:
        return tuple(chain.from_iterable(map(repeat, values, repeat(times))))
    step, steps = len(values), dict[Hashable, int]()
    for key, of in own.items():
        steps[key] = step = step // len(of)
    positions = [0]
    for key in reversed(all_keys):
        times, step = len(tried[key]), steps.get(key, 0)
        positions = [*chain.from_iterable([map((step * each).__add__, positions) for each in range(times)])]
    return tuple(map(values.__getitem__, positions))


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
    assumptions = Branches.of(combined, _asks_together(options))
    rows = [tuple(identities(each)) for each in assumptions.values]
    different = dict(zip(rows, assumptions.values, strict=True))
    return [*zip(*different.values(), strict=True)], partial(_compatible_results, assumptions, rows, different)


def _compatible_results(
    assumptions: Branches, rows: Sequence[Hashable], different: Iterable[Hashable], results: list[Any]
) -> Branches:
    of_row = dict(zip(different, results, strict=True))
    return assumptions.with_values(tuple(map(of_row.__getitem__, rows)), results)


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
