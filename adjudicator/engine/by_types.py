"""What follows from the types of results alone: worked out once for each combination that occurs.

A plan looks it up by the types of what it found, instead of asking of each result whether it is a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from itertools import chain
from typing import Any, Final, TypeAlias, TypeVar

from adjudicator.engine.branches import UNSETTLED_TYPES, Branches
from adjudicator.engine.clause import Node
from adjudicator.engine.policy import Edition
from adjudicator.engine.standing import Following, following
from adjudicator.model.facts import Open

T = TypeVar("T")

MOST_COMBINATIONS: Final = 16_384
"""The number of combinations of types for which one plan keeps what follows."""


class ByTypes(dict[tuple[Any, ...], T]):
    """What follows from types, by these types: in one tuple, or if they are many in one of tuples."""

    __slots__ = ("_work_out",)

    def __init__(self, work_out: Callable[[tuple[Any, ...]], T]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, types: tuple[Any, ...]) -> T:
        in_tuples = bool(types) and type(types[0]) is tuple
        found = self._work_out((*chain.from_iterable(types),) if in_tuples else types)
        if len(self) >= MOST_COMBINATIONS:
            self.clear()
        self[types] = found
        return found


Judged: TypeAlias = tuple[frozenset[str], frozenset[str], Following | None]
"""Of the facts behind clauses, the names of those that are not plain values and of those that someone can still supply, and what follows.

``None`` does where an answer depends on what is assumed.
"""


def unsettled_by_types(
    names: tuple[str, ...], may_be: Collection[str], whole: Collection[str]
) -> ByTypes[frozenset[str] | None]:
    """The names of the results that are not plain values, by the types of all.

    ``None`` if one is no value that not ``may_be`` so, or if one of the ``whole`` ones is no whole number.
    """

    def worked_out(types: tuple[Any, ...]) -> frozenset[str] | None:
        of = dict(zip(names, types, strict=True))
        if any(of[name] is not int for name in whole):
            return None
        return _unsettled(of, may_be)

    return ByTypes(worked_out)


def judged_by_types(edition: Edition, names: tuple[str, ...], may_be: Collection[str]) -> ByTypes[Judged | None]:
    """What there is to say of the facts behind clauses.

    It is kept by whether the time for evidence is over, the kinds of all answers, and the types of the facts with these names.
    """
    answers, facts = [clause.name for clause in edition.clauses], edition.case_kind.glossary.facts

    def worked_out(key: tuple[Any, ...]) -> Judged | None:
        closed, kinds = key[0], key[1 : len(answers) + 1]
        of = dict(zip((*answers, *names), key[1:], strict=True))
        unsettled = _unsettled(of, may_be)
        if unsettled is None:
            return None
        unknown = frozenset([name for name in unsettled if name in facts and of[name] is Open])
        return unsettled, unknown, None if Branches in kinds else following(edition, kinds, closed)

    return ByTypes(worked_out)


def remarks_by_types(
    edition: Edition, names: tuple[str, ...], may_be: Collection[str]
) -> ByTypes[tuple[Node, ...] | None]:
    """The functions of the remarks that are made, by the kinds of all their answers and the types of the facts with these names."""
    remarks = edition.remark_names

    def worked_out(key: tuple[Any, ...]) -> tuple[Node, ...] | None:
        of = dict(zip((*remarks, *names), key, strict=True))
        if _unsettled(of, may_be) is None:
            return None
        return tuple(edition.nodes[name] for name in remarks if of[name] is True)

    return ByTypes(worked_out)


def _unsettled(types: Mapping[str, Any], may_be: Collection[str]) -> frozenset[str] | None:
    unsettled = frozenset([name for name, kind in types.items() if kind in UNSETTLED_TYPES])
    return unsettled if unsettled <= frozenset(may_be) else None
