"""Combinations: the result of a function for every value that its facts could have.

If all values give the same answer, that is the answer; else the engine asks for what makes the difference. Beyond
:data:`MOST_COMBINATIONS` it tries nothing: the function is open, and the engine asks for everything that is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
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
    unknowns_of,
    values_of,
)
from adjudicator.engine.clause import UNSETTLED, Node
from adjudicator.model.facts import Ask, EvidencePool, Failed, Open, Repairable

T = TypeVar("T")

MOST_COMBINATIONS: Final = 4096
"""The most combinations of unknown values that the engine tries for one function."""


@frozen(cache_hash=True)
class Counted:
    """The assumption that a group of pending documents counts, all of which say the same about a fact."""

    fact: str
    says: Any
    evidence: tuple[str | None, ...]


_TOO_MANY: Final = object()


def result_for_all(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function, given its facts; branches if it depends on what is unknown of them."""
    arguments, places, options = list(values), list[int](), list[Branches]()
    for place in compress(range(len(values)), map(UNSETTLED_TYPES.__contains__, map(type, values))):
        value, admitted = values[place], node.admits[place]
        if type(value) not in admitted:
            arguments[place] = possible = _possible_values(node.params[place], value, admitted)
            if possible is _TOO_MANY:
                return _open_for_everything(node, values)
            if type(possible) is Branches:
                places.append(place)
                options.append(possible)
    if not options:
        return _call(node, arguments)
    together = _together(options)
    if together is None:
        return _open_for_everything(node, values)
    objects: dict[int, Any] = {}
    for each in options:
        objects.update(zip(identities(each.values), each.values, strict=True))
    if UNSETTLED.isdisjoint(map(type, objects.values())) and (stopping := _stopping(node, arguments)):
        return _stopped_by(stopping)
    return _called_for_all(node, arguments, places, objects, *together)


def _called_for_all(
    node: Node,
    arguments: Sequence[Any],
    places: Iterable[int],
    objects: Mapping[int, Any],
    assumptions: Branches,
    rows: Sequence[tuple[int, ...]],
) -> Any:
    """Call a function with the values of some places in every branch; it is called once for the same objects."""
    different = [*dict.fromkeys(rows)]
    given: list[Iterable[Any]] = [*map(repeat, arguments)]
    for place, column in zip(places, zip(*different, strict=True), strict=True):
        given[place] = map(objects.__getitem__, column)
    function = node.function
    if UNSETTLED.isdisjoint(map(type, objects.values())):
        results = [function(*each) for each in zip(*given, strict=False)]
    else:
        results = [_call(node, each) for each in zip(*given, strict=False)]
    first = results[0]
    for each in results:
        if each != first:
            result_of = dict(zip(different, results, strict=True))
            return assumptions.with_values(tuple(map(result_of.__getitem__, rows)))
    return first


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
        return Branches(value.could_be, {name: value.asks}, {name: value.could_be})
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


Together: TypeAlias = "tuple[Branches, Sequence[tuple[int, ...]]]"
"""Assumptions, and under each of them the identities of the values of several facts: a function is called once for the same objects."""


def _together(options: Sequence[Branches]) -> Together | None:
    """The branches of several facts together; ``None`` beyond the limit."""
    if len(options) == 1:
        (fact,) = options
        return (fact, [*zip(identities(fact.values))]) if len(fact.values) <= MOST_COMBINATIONS else None
    asks = dict[Hashable, tuple[Ask, ...]]()
    tried = dict[Hashable, tuple[Any, ...]]()
    for each in options:
        asks.update(each.asks)
        tried.update(each.tried or {})
    own = [each.tried for each in options if each.tried is not None]
    shares = len(tried) < sum(map(len, own))
    if len(own) < len(options) or (shares and not all(tried[key] == of for each in own for key, of in each.items())):
        return _compatible_together(options, asks)
    # An unknown comes with those that it is there under, so it is there in the same combinations for every fact.
    only_in = {key: _spread(of, each.tried or {}, tried) for each in options for key, of in each.only_in.items()}
    if prod(map(len, tried.values())) > MOST_COMBINATIONS:
        return _compatible_together(options, asks) if only_in else None
    assumptions = Branches((), asks, tried, only_in=only_in)
    columns = [tuple(identities(each.values)) for each in options]
    if not shares:
        return assumptions, [*product(*columns)]
    return assumptions, [
        *zip(*[_spread(column, of, tried) for column, of in zip(columns, own, strict=True)], strict=True)
    ]


def _spread(
    values: Sequence[T], own: Mapping[Hashable, tuple[Any, ...]], tried: Mapping[Hashable, tuple[Any, ...]]
) -> tuple[T, ...]:
    """What is said of every combination of the values tried for some unknowns, for every combination with those of others."""
    step, steps = len(values), dict[Hashable, int]()
    for key, of in own.items():
        steps[key] = step = step // len(of)
    positions = [0]
    for key in reversed(tried):
        times = len(tried[key])
        if key in steps:
            step = steps[key]
            positions = [*chain.from_iterable([map(at.__add__, positions) for at in range(0, step * times, step)])]
        else:
            positions *= times
    return tuple(map(values.__getitem__, positions))


def _compatible_together(options: Sequence[Branches], asks: Mapping[Hashable, tuple[Ask, ...]]) -> Together | None:
    """The same where some facts have other unknowns under some assumptions than under others."""
    combined = [Branch({}, ())]
    for option in options:
        combined = [
            Branch({**so_far.assuming, **each.assuming}, (*so_far.value, each.value))
            for so_far, each in _compatible(combined, option.branches)
        ]
        if len(combined) > MOST_COMBINATIONS:
            return None
    assumptions = Branches.of(combined, asks)
    return assumptions, [tuple(identities(each)) for each in assumptions.values]


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


# Functions that are not called


def _open_for_everything(node: Node, values: tuple[Any, ...]) -> Any:
    """The result of a function with too many combinations: open, asking for everything unknown.

    If one of its facts has failed, the function fails in every combination.
    """
    stopping = [value for _, value, admitted in node.given(values) if type(value) not in admitted]
    for value in stopping:
        if type(value) is Failed:
            return value
    changes = [each.changes_at for each in stopping if type(each) is Open and each.changes_at is not None]
    asks = tuple(dict.fromkeys(ask for value in stopping for ask in _asks_of(value)))
    return Open(asks, "pending", changes_at=min(changes, default=None))


def _asks_of(value: Any) -> Iterator[Ask]:
    """Every ask that would help to settle a fact."""
    if type(value) is Open:
        yield from value.asks
    elif type(value) is Repairable:
        yield value.ask
    elif type(value) is EvidencePool:
        yield from (ask for pending in value.pending for ask in pending.asks)
    elif type(value) is Branches:
        yield from (ask for asks in value.asks.values() for ask in asks)
        for each in value.objects:
            yield from _asks_of(each)


def _call(node: Node, values: Sequence[Any]) -> Any:
    """The result of a function, or the unsettled fact that keeps the engine from calling it."""
    stopping = _stopping(node, values)
    return _stopped_by(stopping) if stopping else node.function(*values)


def _stopping(node: Node, values: Sequence[Any]) -> Sequence[Any]:
    """The unsettled facts that a function does not take."""
    if UNSETTLED.isdisjoint(map(type, values)):
        return ()
    return [
        value
        for value, admitted in zip(values, node.admits, strict=True)
        if type(value) in UNSETTLED and type(value) not in admitted
    ]


def _stopped_by(stopping: Sequence[Any]) -> Any:
    """The result of a function that cannot be called: what fails for good comes first, then what can be repaired; what is open is put together."""
    for kind in (Failed, Repairable):
        for value in stopping:
            if type(value) is kind:
                return value
    opens = [value for value in stopping if type(value) is Open]
    if len(opens) < 2:
        return (opens or stopping)[0]
    changes = [each.changes_at for each in opens if each.changes_at is not None]
    return Open(
        tuple(dict.fromkeys(ask for each in opens for ask in each.asks)),
        opens[0].because,
        changes_at=min(changes, default=None),
    )
