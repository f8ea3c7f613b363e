"""Generate Python source from classes and signatures, as attrs and cattrs do. No other module runs generated source.

The source is registered with ``linecache``, so tracebacks and debuggers show it.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from itertools import takewhile
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import attrs
from attrs import Factory, frozen

K = TypeVar("K", bound=Callable[..., Any])
P = TypeVar("P")

Made: TypeAlias = Callable[..., Any]


@frozen(eq=False)
class Source:
    """Python source under a title, and the values that its names refer to."""

    title: str
    lines: list[str] = Factory(list)
    values: dict[str, Any] = Factory(dict)

    def add(self, *lines: str) -> None:
        """Add some lines."""
        self.lines.extend(lines)

    def named(self, name: str, value: object) -> str:
        """A name for a value: the proposed one, or a variant if that already refers to another value."""
        proposed, number = name, 1
        while self.values.setdefault(name, value) is not value:
            number += 1
            name = f"{proposed}_{number}"
        return name

    @property
    def text(self) -> str:
        """The whole source."""
        return "\n".join(self.lines) + "\n"

    def made(self, name: str) -> Made:
        """Run the source, and return the function of this name."""
        file = f"<{self.title}>"
        linecache.cache[file] = (len(self.text), None, self.text.splitlines(keepends=True), file)
        scope = dict(self.values)
        exec(compile(self.text, file, "exec"), scope)  # noqa: S102 - made from classes and signatures, never from input
        function: Made = scope[name]
        return function


@cache
def unfinished(kind: type, *, checked: bool = False, besides: frozenset[str] = frozenset()) -> type | None:
    """A class whose instances are filled field by field and then become a ``kind``, for a quarter of the cost of calling ``kind``.

    ``None`` if instances are more than their fields: if the class has converters, validators, slots ``besides`` those named or work to
    do after initialisation, unless that work is only checks and the caller has ``checked`` the fields. Slots that a class calls ``NOTED``
    hold what was found out about an instance; they stay empty until then, also in its copies.
    """
    fields = attrs.fields(kind)
    besides |= getattr(kind, "NOTED", frozenset())
    slots = {name for of in kind.__mro__[:-1] for name in _slots_of(of)}
    works = not checked and (hasattr(kind, "__attrs_post_init__") or hasattr(kind, "__attrs_pre_init__"))
    if works or slots - {"__weakref__"} - besides != {each.name for each in fields}:
        return None
    return (
        None if any(each.converter or each.validator for each in fields) else type(kind.__name__, (kind,), _SET_PLAINLY)
    )


def _slots_of(kind: type) -> Iterable[str]:
    """The slots that a class has itself. From Python 3.12 on, ``Generic`` does not say that it has none."""
    return () if kind is Generic else getattr(kind, "__slots__", ("any",))


def maker(kind: K) -> K:
    """What makes an instance from its fields, as calling ``kind`` does, in half the time. Plain defaults of the last fields apply.

    Raises :class:`TypeError` for a class whose instances are more than their fields.
    """
    of: Any = kind
    return cast(K, maker_of_parts(of, tuple(each.name for each in attrs.fields(of))))


def maker_of_parts(kind: type[P], names: tuple[str, ...], besides: frozenset[str] = frozenset()) -> Callable[..., P]:
    """What makes an instance from these fields and slots, and leaves the others empty; the slots ``besides`` are no fields.

    Raises :class:`TypeError` for a class whose instances are more than that.
    """
    of: Any = kind
    fields = attrs.fields_dict(of)
    source = Source(f"the maker of {kind.__module__}.{kind.__name__}")
    source.values["__name__"] = kind.__module__
    last = {*takewhile(lambda name: _has_plain_default(fields.get(name)), reversed(names))}
    params = [f"{name}={source.named(f'no_{name}', fields[name].default)}" if name in last else name for name in names]
    making = lines_making("it", kind, dict(zip(names, names, strict=True)), source, besides)
    source.add(f"def made({', '.join(params)}):", *[f"    {line}" for line in making], "    return it")
    return source.made("made")


def lines_making(
    place: str, kind: type, values: Mapping[str, str], source: Source, besides: frozenset[str] = frozenset()
) -> list[str]:
    """Lines of a source that make an instance in this place, given what stands for the value of each field and slot.

    Raises :class:`TypeError` for a class whose instances are more than that; the slots ``besides`` are no fields.
    """
    plain = unfinished(kind, besides=besides)
    if plain is None:
        raise TypeError(f"{kind.__name__} does more than take its fields")
    return [
        f"{place} = {source.named(f'unfinished_{kind.__name__}', plain)}()",
        *[f"{place}.{name} = {value}" for name, value in values.items()],
        f"{place}.__class__ = {source.named(kind.__name__, kind)}",
    ]


def _has_plain_default(of: attrs.Attribute[Any] | None) -> bool:
    """Whether a field has a default that is not made anew for each instance."""
    return of is not None and of.default is not attrs.NOTHING and not hasattr(of.default, "factory")


def changed(part: P, values: Mapping[str, Any]) -> P:
    """A copy of an instance with other values in some fields; nothing is checked or converted."""
    kind: Any = type(part)
    copy: P = copier(kind)(part)
    for name, value in values.items():
        object.__setattr__(copy, name, value)
    return copy


@cache
def copier(kind: Any) -> Made:
    """What copies an instance, field by field."""
    plain = unfinished(kind, checked=True)
    source = Source(f"the copier of {kind.__module__}.{kind.__name__}")
    source.values.update(new=object.__new__, kind=kind, plain=plain, put=object.__setattr__)
    line = "copy.{0} = part.{0}" if plain else "put(copy, {0!r}, part.{0})"
    source.add(
        "def copied(part):",
        "    copy = plain()" if plain else "    copy = new(kind)",
        *[f"    {line.format(each.name)}" for each in attrs.fields(kind)],
        *["    copy.__class__ = kind"] * (plain is not None),
        "    return copy",
    )
    return source.made("copied")


_SET_PLAINLY: Final[dict[str, Any]] = {
    "__slots__": (),
    "__init__": object.__init__,
    "__setattr__": object.__setattr__,
    "__delattr__": object.__delattr__,
}
