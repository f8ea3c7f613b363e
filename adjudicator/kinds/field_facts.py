"""Fields of a case that are facts: the words with which an author writes one, and what follows from them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, StrEnum
from typing import Any, Final

import attrs

from adjudicator.engine.clause import PolicyError, members
from adjudicator.engine.structure import type_name
from adjudicator.engine.vocabulary import ANY
from adjudicator.model.declared_faults import DEPENDENT, LIMITS
from adjudicator.model.errors import did_you_mean
from adjudicator.model.facts import Acceptable, Need
from adjudicator.model.limits import Bounds

METADATA_OF_A_FACT: Final = LIMITS | frozenset(
    {"accepts", "asked_as", "could_be", "fact", "formerly", "means", "not_empty", "personal", "shown_by", "supplier"}
)
"""What can be said of a field that is a fact."""


def supplied(by: StrEnum, means: str, *, default: Any = attrs.NOTHING, **metadata: object) -> Any:
    """A field of a case that is a fact: who can supply it, and what it means. Nobody is asked for it if it is not stated.

    ``fact`` is the name of the fact, if that is not the field's.
    """
    _check(by, "supplied", metadata)
    return attrs.field(default=default, metadata={"means": means, "supplier": by, **metadata})


def asked_of(
    party: StrEnum,
    means: str,
    need: Need | str | None = None,
    *,
    could_be: Iterable[object] | Callable[[Any], Iterable[object]] | None = None,
    **metadata: object,
) -> Any:
    """A field of a case that is a fact and may be unknown: who is asked for it then, what it means, and the name of the need.

    That is the name of the field where none is given. ``fact`` is the name of the fact, if that is not the field's; ``could_be`` are
    the values to try while it is unknown, the one that says least first (by default ``False`` and ``True``, or all of an enumeration),
    or a function that finds them in the case. While it is not stated, it is known to be true if one of the fields that it is
    ``shown_by`` is stated. The other words are limits (:mod:`adjudicator.model.declared_faults`): where ``none_where`` excludes the field,
    the fact is ``None``. A field is asked for together with those of the same need that are stated ``only_where`` it has a value.
    """
    _check(party, "asked_of", metadata)
    asked_as = Need(need, party) if isinstance(need, str) else need or party
    tried = {} if could_be is None else {"could_be": could_be if callable(could_be) else tuple(could_be)}
    return attrs.field(default=None, metadata={"means": means, "asked_as": asked_as, **tried, **metadata})


def _check(party: object, word: str, metadata: Iterable[str]) -> None:
    if not isinstance(party, StrEnum):
        raise PolicyError(f"{word} names the party {party!r}; write a member of Party or of a StrEnum of your own")
    for name in metadata:
        if name not in METADATA_OF_A_FACT:
            raise PolicyError(f"{word} has no {name}{did_you_mean(name, METADATA_OF_A_FACT)}")


def need_of(field: attrs.Attribute[Any]) -> Need | None:
    """What an unknown field is asked for by; ``None`` if nobody is asked."""
    asked_as = field.metadata.get("asked_as")
    return Need(field.name, asked_as) if isinstance(asked_as, StrEnum) else asked_as


def fact_name(field: attrs.Attribute[Any]) -> str:
    """The name of the fact that a field is."""
    name: str = field.metadata.get("fact", field.name)
    return name


def answers(of: type, field: attrs.Attribute[Any]) -> tuple[Acceptable, ...]:
    """The acceptable answers about a field of a class, each with the fields of the same need that are stated beside it."""
    name, accepted = fact_name(field), tuple(field.metadata.get("accepts", ()))
    details = [each for each in attrs.fields(of) if need_of(each) == need_of(field) and _is_beside(each, field)]
    if not details:
        return ({name: accepted},)
    values = accepted or could_be(field)
    if callable(values):
        raise PolicyError(f"the fact {field.name} is asked for with others; list the values that it accepts")
    return tuple(
        {name: (value,), **{fact_name(each): ANY for each in details if _fits(each, field, value)}} for value in values
    )


def answers_without(of: type, field: attrs.Attribute[Any]) -> Mapping[str, tuple[Acceptable, ...]]:
    """The fields without which a field is not stated, each with the answers that are about both."""
    others = attrs.fields_dict(of)
    return {
        name: answers(of, others[name])
        for name in field.metadata.get("only_where", ())
        if need_of(others[name]) == need_of(field)
    }


def _is_beside(detail: attrs.Attribute[Any], field: attrs.Attribute[Any]) -> bool:
    return any(field.name in detail.metadata.get(word, ()) for word in DEPENDENT)


def _fits(detail: attrs.Attribute[Any], field: attrs.Attribute[Any], value: object) -> bool:
    """Whether a detail is stated beside a value of another field."""
    says = detail.metadata
    excluded = [says[word][field.name] for word in ("never_where", "none_where") if field.name in says.get(word, ())]
    return value not in excluded and says.get("only_where", {}).get(field.name, value) == value


def known_type(field: attrs.Attribute[Any]) -> Any:
    """The type of the values of a field. Raises :class:`PolicyError` if a fact cannot be of it."""
    known = members(field.type) - {type(None)}
    if len(known) != 1:
        raise PolicyError(
            f"the fact {field.name} is of {type_name(field.type)}; a fact is of one type, or of one and None"
        )
    if need_of(field) is not None and type(None) not in members(field.type):
        (only,) = known
        raise PolicyError(
            f"the fact {field.name} can never be unknown: write {type_name(only)} | None, or supplied(...) if nobody is asked"
        )
    (of,) = known
    return of


def with_another(named: Iterable[str | None]) -> tuple[str, ...]:
    """What a text could be that counts only if it is one of some others: one that is none of them, and each of them."""
    known = dict.fromkeys(each for each in named if each is not None)
    another = "another"
    while any(each.strip().casefold() == another for each in known):
        another += "-"
    return (another, *known)


def could_be(field: attrs.Attribute[Any]) -> tuple[Any, ...] | Callable[[Any], tuple[Any, ...]]:
    """The values to try while a field is unknown, or what finds them in a case. Raises :class:`PolicyError` for one that it cannot have."""
    known = known_type(field)
    tried: tuple[Any, ...] | Callable[[Any], Iterable[Any]] = field.metadata.get("could_be", _all_values(known))
    if not callable(tried):
        return _checked(field, known, tried)
    _check_takes_a_case(field, tried)
    find = tried

    def found(case: Any) -> tuple[Any, ...]:
        values = find(case)
        if not isinstance(values, Iterable):
            raise PolicyError(f"could_be of the fact {field.name} returned {values!r}; it returns the values to try")
        return _checked(field, known, tuple(dict.fromkeys(values)))

    return found


def _check_takes_a_case(field: attrs.Attribute[Any], find: Callable[..., object]) -> None:
    try:
        inspect.signature(find).bind(None)
    except TypeError:
        raise PolicyError(
            f"could_be of the fact {field.name} is a function that does not take the case alone; write could_be=lambda case: ..."
        ) from None


def _checked(field: attrs.Attribute[Any], known: Any, tried: tuple[Any, ...]) -> tuple[Any, ...]:
    """The values, if the field can have them."""
    bounds = field.metadata.get("bounds")
    of = getattr(known, "__supertype__", known)
    for each in tried if isinstance(of, type) else ():
        if each is None:
            continue
        if type(each) is not of:
            raise PolicyError(f"the fact {field.name} could be {each!r}, but it is of {type_name(known)}")
        if isinstance(bounds, Bounds) and not bounds.least <= each <= bounds.most:
            raise PolicyError(
                f"the fact {field.name} could be {each}, but its bounds are {bounds.least} and {bounds.most}"
            )
    return tried


def _all_values(known: Any) -> tuple[Any, ...]:
    """All values of a type that has few."""
    if known is bool:
        return (False, True)
    return tuple(known) if isinstance(known, type) and issubclass(known, Enum) else ()
