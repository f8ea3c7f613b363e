"""Objects to JSON, with cattrs."""

from __future__ import annotations

import typing
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from adjudicator.model.fields import if_known
from adjudicator.model.time import Instant
from adjudicator.wire.annotations import (
    enumerations,
    is_evidence,
    is_json_value,
    is_list,
    is_mapping,
    may_be_unknown,
    renamed,
)

if TYPE_CHECKING:
    from cattrs import Converter


@cache
def encoder(instant: Callable[[Instant], str]) -> Converter:
    """The converter to JSON; ``instant`` formats an instant."""
    # New decisions are written without it, and cattrs takes long to import.
    from cattrs import Converter  # noqa: PLC0415 - see above

    converter = Converter()
    converter.register_unstructure_hook(Instant, instant)
    converter.register_unstructure_hook(Decimal, str)
    converter.register_unstructure_hook_factory(attrs.has, lambda each: _written(each, converter))
    for each in enumerations():
        converter.register_unstructure_hook(each, attrgetter("_value_"))
    converter.register_unstructure_hook_factory(may_be_unknown, lambda each: _written_if_known(each, converter))
    converter.register_unstructure_hook_func(is_evidence, converter.unstructure)
    converter.register_unstructure_hook_factory(is_list, lambda each: _list_of(each, converter))
    converter.register_unstructure_hook_factory(is_mapping, lambda each: _object_of(each, converter))
    converter.register_unstructure_hook_func(is_json_value, _as_lists)
    return converter


def _as_lists(value: Any) -> Any:
    return [_as_lists(each) for each in value] if type(value) is tuple else value


def _list_of(annotation: Any, converter: Converter) -> Callable[[Any], list[Any]]:
    item = typing.get_args(annotation)[0]
    if item is str:
        return list
    written = converter.get_unstructure_hook(item, cache_result=False)
    return lambda value: [*map(written, value)]


def _object_of(annotation: Any, converter: Converter) -> Callable[[Any], dict[str, Any]]:
    written = converter.get_unstructure_hook(typing.get_args(annotation)[1], cache_result=False)
    return lambda value: {name: written(each) for name, each in value.items()} if value else {}


def _written_if_known(annotation: Any, converter: Converter) -> Callable[[Any], Any]:
    written = converter.get_unstructure_hook(if_known(annotation), cache_result=False)
    as_it_is = converter.get_unstructure_hook(str)
    return written if written is as_it_is else lambda value: None if value is None else written(value)


def _written(annotation: type[attrs.AttrsInstance], converter: Converter) -> Callable[[Any], dict[str, Any]]:
    from cattrs.gen import make_dict_unstructure_fn  # noqa: PLC0415 - see above

    written: Callable[[Any], dict[str, Any]] = make_dict_unstructure_fn(annotation, converter, **renamed(annotation))
    kind = getattr(annotation, "kind", None)
    if not isinstance(kind, str):
        return written
    return lambda value: {"kind": kind, **written(value)}
