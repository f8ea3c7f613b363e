"""Platform payloads: parsed without losing a digit, and searched under every spelling of a name.

Numbers keep their original text, so a nineteen-digit id survives unchanged. Lookups return a :class:`View`: all places that state
one thing, whether under two spellings or in two payloads.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NoReturn, TypeAlias

from attrs import frozen

from adjudicator.model.errors import Fault, InputError
from adjudicator.model.json_names import pointer_step
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.wire.parser import DEEPEST, MOST_BYTES, depth_of, first_mistake

Path: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[str, Path]
"""A payload and a path in it."""
Spellings: TypeAlias = tuple[tuple[str, str], ...]
"""Parts of names with two spellings: the rare one, then the usual one."""


class Number(str):
    """A JSON number, exactly as written."""

    __slots__ = ()


@frozen(eq=False)
class Node:
    """A place in a payload, and its value."""

    source: str
    path: Path
    value: Any
    spellings: Spellings = ()

    @property
    def place(self) -> Place:
        """The payload and the path in it."""
        return self.source, self.path

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer into its payload."""
        return pointer_to(self.path)

    @property
    def raw(self) -> str:
        """The value as JSON; numbers keep their digits."""
        return as_json(self.value)

    def children(self) -> Iterator[Node]:
        """The members of an object, or the items of a list."""
        steps = enumerate(self.value) if isinstance(self.value, list) else self.value.items()
        return (Node(self.source, (*self.path, step), value, self.spellings) for step, value in steps)

    def named(self, names: tuple[str, ...]) -> Iterator[Node]:
        """The members with any of these names, in any spelling."""
        if isinstance(self.value, dict):
            found = ((name, value) for name, value in self.value.items() if self._usual(name) in names)
            yield from (Node(self.source, (*self.path, name), value, self.spellings) for name, value in found)

    def leaves(self) -> Iterator[Node]:
        """The leaves of this tree; an empty object or list counts as one."""
        if isinstance(self.value, (dict, list)) and self.value:
            for child in self.children():
                yield from child.leaves()
        else:
            yield self

    def _usual(self, name: str) -> str:
        for rare, usual in self.spellings:
            name = name.replace(rare, usual)
        return name


@frozen(eq=False)
class View:
    """All places that state one thing; if there are none, ``absent`` says where it would be."""

    nodes: tuple[Node, ...] = ()
    absent: tuple[Place, ...] = ()

    def at(self, *names: str) -> View:
        """The members with any of these names, in any spelling; the first name is the usual one."""
        found = tuple(child for node in self.nodes for child in node.named(names))
        parents = (*(node.place for node in self.nodes), *self.absent)
        return View(found) if found else View((), tuple((source, (*path, names[0])) for source, path in parents))

    def items(self) -> tuple[View, ...]:
        """The items of all lists in view, up to one more than a case can hold.

        Some gateways turn a list of one object into the object, so an object counts as a list of one.
        """
        found = (item for node in self.nodes for item in _items_of(node))
        return tuple(View((item,)) for item in islice(found, MOST_ITEMS + 1))

    def __add__(self, other: View) -> View:
        nodes = (*self.nodes, *other.nodes)
        return View(nodes, () if nodes else (*self.absent, *other.absent))

    def __bool__(self) -> bool:
        return bool(self.nodes)


def _items_of(node: Node) -> Iterator[Node]:
    if isinstance(node.value, list):
        yield from node.children()
    elif isinstance(node.value, dict) and node.value:
        yield node


def opened(source: str, text: str | bytes, spellings: Spellings = ()) -> Node:
    """The root of a payload. Raises :class:`~adjudicator.model.errors.InputError` for invalid JSON and duplicate keys."""
    document = _parsed(source, text)
    if depth_of(document) > DEEPEST:
        raise InputError([Fault(f"{source}#", "a deeper one", f"lists and objects nested at most {DEEPEST} deep")])
    faults: list[Fault] = []
    root = Node(source, (), _checked(document, source, (), faults), spellings)
    if faults:
        raise InputError(faults)
    return root


def pointer_to(path: Path) -> str:
    """A path as a JSON pointer."""
    return "".join(f"/{pointer_step(str(step))}" for step in path)


def as_json(value: Any) -> str:
    """A leaf as JSON on one line, with unprintable characters escaped."""
    if isinstance(value, Number):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


def _parsed(source: str, text: str | bytes) -> Any:
    if len(text) > MOST_BYTES:
        raise InputError([Fault(f"{source}#", f"{len(text)} bytes", f"at most {MOST_BYTES} bytes")])

    def no_number(constant: str) -> NoReturn:
        raise InputError([Fault(f"{source}#", constant, "JSON")])

    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        found = json.loads(
            decoded.removeprefix("\ufeff"),
            object_pairs_hook=_DuplicateKeys.from_pairs,
            parse_int=Number,
            parse_float=Number,
            parse_constant=no_number,
        )
    except UnicodeDecodeError as error:
        raise InputError([Fault(f"{source}#", f"byte {error.start} that is not", "text in UTF-8")]) from None
    except json.JSONDecodeError as error:
        raise InputError([Fault(f"{source}#", first_mistake(error), "JSON")]) from None
    except RecursionError:
        deep = f"lists and objects nested at most {DEEPEST} deep"
        raise InputError([Fault(f"{source}#", "a deeper one", deep)]) from None
    return found


class _DuplicateKeys(dict[str, Any]):
    """An object with duplicate keys, listed in ``keys_twice``."""

    keys_twice: tuple[str, ...] = ()

    @classmethod
    def from_pairs(cls, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """A plain dict, or an instance of this class if a key occurs twice."""
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        marked = cls(found)
        marked.keys_twice = tuple(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return marked


def _checked(value: Any, source: str, path: Path, faults: list[Fault]) -> Any:
    """The value with plain dicts; adds a fault for each duplicate key."""
    if isinstance(value, list):
        return [_checked(item, source, (*path, index), faults) for index, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if isinstance(value, _DuplicateKeys):
        faults += [
            Fault(f"{source}#{pointer_to((*path, name))}", "several values", "a key that stands once")
            for name in value.keys_twice
        ]
    return {name: _checked(member, source, (*path, name), faults) for name, member in value.items()}
