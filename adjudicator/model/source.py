"""Source that is made from classes and signatures, as attrs and cattrs make it: the one place where any is run.

It is kept where tracebacks and debuggers look for source.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeAlias

import attrs
from attrs import Factory, frozen

Made: TypeAlias = Callable[..., Any]


@frozen(eq=False)
class Source:
    """Python source under a title, and the values for which names stand in it."""

    title: str
    lines: list[str] = Factory(list)
    values: dict[str, Any] = Factory(dict)

    def add(self, *lines: str) -> None:
        """Add some lines."""
        self.lines.extend(lines)

    def named(self, name: str, value: object) -> str:
        """A name for a value: the one proposed, or one like it where that stands for another value."""
        proposed, number = name, 1
        while self.values.setdefault(name, value) is not value:
            number += 1
            name = f"{proposed}_{number}"
        return name

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.lines) + "\n"

    def made(self, name: str) -> Made:
        """The function that it defines under a name."""
        file = f"<{self.title}>"
        linecache.cache[file] = (len(self.text), None, self.text.splitlines(keepends=True), file)
        scope = dict(self.values)
        exec(compile(self.text, file, "exec"), scope)  # noqa: S102 - made of classes and signatures, never of input
        function: Made = scope[name]
        return function


@cache
def unfinished(kind: type, *, checked: bool = False) -> type | None:
    """A class whose values are set field by field, at a quarter of the cost of making a ``kind``, and then become of that class.

    ``None`` where a value is more than its fields: with a converter, a validator, slots of its own, or work to do once it is made,
    unless that is only checks and whoever sets the fields has ``checked`` them.
    """
    fields = attrs.fields(kind)
    slots = {name for of in kind.__mro__[:-1] for name in getattr(of, "__slots__", ("no slots",))}
    works = not checked and (hasattr(kind, "__attrs_post_init__") or hasattr(kind, "__attrs_pre_init__"))
    if works or slots - {"__weakref__"} != {each.name for each in fields}:
        return None
    return (
        None if any(each.converter or each.validator for each in fields) else type(kind.__name__, (kind,), _SET_PLAINLY)
    )


_SET_PLAINLY: Final[dict[str, Any]] = {
    "__slots__": (),
    "__setattr__": object.__setattr__,
    "__delattr__": object.__delattr__,
}
