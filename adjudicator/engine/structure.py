"""Checks of what an edition is made of, before its functions are looked at together."""

from __future__ import annotations

import datetime as dt
import inspect
import typing
from collections.abc import Iterator
from enum import Enum
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

import attrs

from adjudicator.engine.clause import PolicyError, hints, members, plain_type
from adjudicator.engine.inspection import Function, location
from adjudicator.model.by_date import ByDate
from adjudicator.model.evidence import Document, kinds_in
from adjudicator.model.fields import fields_along, item_of
from adjudicator.model.time import Instant

if TYPE_CHECKING:
    from adjudicator.engine.policy import Edition

_LISTS: Final = ("facts", "requires", "barred_by", "remarks")
"""The fields of an edition that list functions."""
_NOT_PLAIN: Final = (
    inspect.CO_VARARGS
    | inspect.CO_VARKEYWORDS
    | inspect.CO_GENERATOR
    | inspect.CO_COROUTINE
    | inspect.CO_ASYNC_GENERATOR
)
_BY_NAME: Final = inspect.Parameter.POSITIONAL_OR_KEYWORD


def check_structure(edition: Edition) -> None:
    """Refuse a field of the wrong type, a function that the engine cannot call as it is, and one that is listed twice."""
    check_first_day(edition.policy, edition.effective_from)
    zone: object = edition.zone
    if not isinstance(zone, dt.tzinfo):
        raise PolicyError(f'{edition.policy}: zone is {zone!r}; write a time zone, such as ZoneInfo("Europe/Paris")')
    for name in _LISTS:
        _check_list(edition, name)
    for fact in edition.case_kind.glossary.facts.values():
        if "return" not in hints(fact.read):
            raise PolicyError(f"{edition.policy}: the fact {location(fact.read)} has no type for return")
    if not (edition.requires or edition.barred_by):
        raise PolicyError(
            f"{edition.policy}: neither requires nor barred_by lists a clause; an edition has at least one"
        )
    for function in edition.grants.functions() if edition.grants else ():
        _check_callable(edition, function)
    _check_listed_once(edition)
    _check_remarks(edition)


def check_first_day(policy: str, day: object) -> None:
    """Refuse a first day that is no day."""
    if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
        raise PolicyError(f"{policy}: effective_from is {day!r}; write a day, such as datetime.date(2024, 1, 1)")


def _check_list(edition: Edition, name: str) -> None:
    listed: object = getattr(edition, name)
    if not isinstance(listed, tuple):
        hint = f"({listed.__name__},)" if inspect.isfunction(listed) else "(one, two)"
        raise PolicyError(f"{edition.policy}: {name} is a {type(listed).__name__}; write a tuple of functions: {hint}")
    for each in listed:
        if not callable(each):
            raise PolicyError(f"{edition.policy}: {name} lists {each!r}, which is not a function")
        _check_callable(edition, each)


def _check_callable(edition: Edition, function: Function) -> None:
    """Refuse what returns something other than its value, and parameters that are not facts by their names."""
    if _is_plain(function):
        return
    if (
        inspect.iscoroutinefunction(function)
        or inspect.isgeneratorfunction(function)
        or inspect.isasyncgenfunction(function)
    ):
        raise PolicyError(f"{edition.policy}: {location(function)} has to be a plain function that returns its result")
    for each in inspect.signature(function).parameters.values():
        if each.kind is not _BY_NAME:
            raise PolicyError(f"{edition.policy}: {location(function)} cannot take {each}; name each fact on its own")
        if each.default is not inspect.Parameter.empty:
            raise PolicyError(
                f"{edition.policy}: {location(function)} has a default for {each.name}, which is never used; "
                f"let {each.name} be None or Established instead"
            )


def _is_plain(function: Function) -> bool:
    """Whether a function returns its result and has nothing but parameters without defaults: most are, and this is told fast."""
    if not isinstance(function, FunctionType):
        return False
    code, odd = function.__code__, function.__defaults__ or function.__kwdefaults__
    return not (odd or code.co_posonlyargcount or code.co_kwonlyargcount or code.co_flags & _NOT_PLAIN)


def _check_listed_once(edition: Edition) -> None:
    """Twice in one list, or as a requirement and as a bar; a remark may also say what a clause or a fact judges."""
    for names in (("requires", "barred_by"), ("facts",), ("remarks",)):
        places: dict[Function, str] = {}
        for name in names:
            for function in getattr(edition, name):
                if function in places:
                    both = " and ".join(dict.fromkeys((places[function], name)))
                    raise PolicyError(f"{edition.policy}: {location(function)} is listed twice, in {both}")
                places[function] = name


def _check_remarks(edition: Edition) -> None:
    for function in edition.remarks:
        returned = hints(function).get("return", bool)
        if members(returned) != {bool}:
            raise PolicyError(
                f"{edition.policy}: the remark {location(function)} returns {type_name(returned)}; a remark returns bool: "
                "whether it is said"
            )


def check_governed_from(edition: Edition) -> None:
    """Refuse a kind of case whose edition is picked by something other than an instant of the case."""
    kind, pointer = edition.case_kind, edition.case_kind.governed_from
    types: set[Any] = {each.type for each in [*fields_along(kind.case_type, pointer)][-1]}
    if types != {Instant}:
        of = f"holds {', '.join(sorted(map(type_name, types)))}" if types else "leads nowhere"
        raise PolicyError(
            f"{edition.policy}: governed_from of {kind.case_type.__name__} is {pointer}, which {of}; "
            "it has to be the pointer to an Instant"
        )


def check_evidence(edition: Edition) -> None:
    """Refuse evidence whose kinds JSON could not tell apart, and documents that a party of the case could not submit."""
    kind = edition.case_kind
    field = attrs.fields_dict(attrs.resolve_types(kind.case_type)).get("evidence")
    annotation: Any = None if field is None else field.type
    item = None if annotation is None else item_of(annotation)
    if isinstance(item, type) and issubclass(item, Document):
        raise PolicyError(
            f"{edition.policy}: the evidence of a {kind.case_type.__name__} is always a {item.__name__}; name two kinds at least, "
            f"such as tuple[{item.__name__} | OtherDocument, ...], so that each piece says its kind"
        )
    for document in kinds_in(item).values():
        of = attrs.fields_dict(attrs.resolve_types(document))["submitted_by"].type
        submitters = {each.value for each in of} if isinstance(of, type) and issubclass(of, Enum) else set()
        for party in (kind.claimant, kind.respondent):
            if party is not None and party.value not in submitters:
                raise PolicyError(
                    f"{edition.policy}: {document.__name__}.submitted_by takes {', '.join(sorted(submitters))}, but not "
                    f"{party.value}; write submitted_by: {type(party).__name__} in its class"
                )


def type_name(annotation: Any) -> str:
    """A type as an author writes it, without its module."""
    return " | ".join(sorted(_names_of(annotation), key=lambda name: (name == "None", name)))


def type_of(value: object) -> str:
    """The type of a setting as an author writes it; that of a table by date includes the type of its values."""
    values = {type(each) for each in value.values()} if isinstance(value, ByDate) else ()
    return f"ByDate[{' | '.join(sorted(map(type_name, values)))}]" if values else type_name(type(value))


def _names_of(annotation: Any) -> Iterator[str]:
    for each in members(annotation):
        if each in (None, type(None)):
            yield "None"
        elif each is Ellipsis:
            yield "..."
        elif arguments := typing.get_args(each):
            yield f"{plain_type(each).__name__}[{', '.join(map(type_name, arguments))}]"
        else:
            yield getattr(each, "__name__", str(each))
