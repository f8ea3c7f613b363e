"""Payloads of a platform: read without losing a digit, and looked at under every spelling a name has.

Every number keeps the text that it was written in, so an id of nineteen digits is the same at the end as at the beginning. What
is read is a :class:`View`: all the places that speak of one thing, be it under two spellings or in two payloads. Whoever reads
it has to say what becomes of each of them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import islice
from typing import Any, Final, NoReturn, TypeAlias

from attrs import frozen

from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.json_names import pointer_step
from adjudicator.model.limits import MOST_ITEMS
from adjudicator.model.time import SECOND, Instant
from adjudicator.wire.parser import DEEPEST, MOST_BYTES, depth_of

Path: TypeAlias = tuple[str | int, ...]

_SPELLINGS: Final = (("aftersale", "after_sale"), ("decsison", "decision"))
"""One concept under two names, the rarer spelling first."""
_NUMBER: Final = re.compile(r"-?\d{1,40}(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?", re.ASCII)
_DIGITS: Final = re.compile(r"\d+", re.ASCII)
_ROUNDED: Final = re.compile(r"-?\d+(?:\.\d+)?[eE][+-]?\d+|-?\d+\.\d+", re.ASCII)
_LOCAL_TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}", re.ASCII)
_WIDEST: Final = 18
"""The most digits after the first that an amount or a time can have."""
_EARLIEST: Final = 946_684_800
_LATEST: Final = 4_102_444_800
_YEARS: Final = "seconds since 1970 that fall between the years 2000 and 2100"


class Number(str):
    """A number of a JSON text, exactly as it was written."""

    __slots__ = ()


class Unreadable(ValueError):
    """A value that does not say what stands in its place; the message says what was expected."""


@frozen(eq=False)
class Node:
    """A place in a payload and what stands there."""

    source: str
    path: Path
    value: Any

    @property
    def pointer(self) -> str:
        """The place as a JSON pointer into its payload."""
        return pointer_to(self.path)

    @property
    def raw(self) -> str:
        """What a leaf says, as JSON: a number digit by digit."""
        return as_json(self.value)

    def children(self) -> Iterator[Node]:
        """What stands directly below."""
        steps = enumerate(self.value) if isinstance(self.value, list) else self.value.items()
        return (Node(self.source, (*self.path, step), each) for step, each in steps)

    def leaves(self) -> Iterator[Node]:
        """Everything below that has nothing below itself."""
        if isinstance(self.value, (dict, list)) and self.value:
            for child in self.children():
                yield from child.leaves()
        else:
            yield self


@frozen(eq=False)
class View:
    """All the places that speak of one thing."""

    nodes: tuple[Node, ...] = ()

    def at(self, *names: str) -> View:
        """What stands below under any of these names, in any of their spellings."""
        objects = (node for node in self.nodes if isinstance(node.value, dict))
        return View(
            tuple(
                Node(node.source, (*node.path, step), value)
                for node in objects
                for step, value in node.value.items()
                if _spelled(step) in names
            )
        )

    def items(self) -> tuple[View, ...]:
        """The items of what are lists, as far as it takes to see that a case cannot hold so many."""
        lists = (node for node in self.nodes if isinstance(node.value, list))
        return tuple(View((each,)) for each in islice((i for node in lists for i in node.children()), MOST_ITEMS + 1))

    def __add__(self, other: View) -> View:
        return View((*self.nodes, *other.nodes))

    def __bool__(self) -> bool:
        return bool(self.nodes)


def opened(source: str, text: str | bytes) -> Node:
    """The root of a payload. Raises :class:`~adjudicator.model.errors.InputError` for what is no JSON object, each key once."""
    document = _parsed(source, text)
    if depth_of(document) > DEEPEST:
        raise InputError([Fault(f"{source}#", "a deeper one", f"lists and objects nested at most {DEEPEST} deep")])
    faults: list[Fault] = []
    root = Node(source, (), _once(document, source, (), faults))
    if not isinstance(root.value, dict):
        faults.append(Fault(f"{source}#", shown(root.value), "an object"))
    if faults:
        raise InputError(faults)
    return root


def pointer_to(path: Path) -> str:
    """A path as a JSON pointer."""
    return "".join(f"/{pointer_step(str(step))}" for step in path)


def as_json(value: Any) -> str:
    """A leaf as JSON text on one line that any file takes."""
    if isinstance(value, Number):
        return str(value)
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(value)


# What a value says. Each gives ``None`` where nothing is told, and raises Unreadable rather than guess.


def text(node: Node) -> str | None:
    """A text as it stands, with any quotes inside it."""
    if node.value is None:
        return None
    if not isinstance(node.value, str) or (isinstance(node.value, Number) and not _DIGITS.fullmatch(node.value)):
        raise Unreadable("a text")
    return str(node.value) or None


def identifier(node: Node) -> str | None:
    """An id as text: a number by its digits, 0 and nothing being no id."""
    found = _bare(node, "an id")
    if found is None or found == "0":
        return None
    if _ROUNDED.fullmatch(found):
        raise Unreadable("an id with all its digits: this one has been through a floating-point number")
    if isinstance(node.value, Number) and not _DIGITS.fullmatch(found):
        raise Unreadable("an id in digits")
    return found


def whole(node: Node) -> int | None:
    """A whole number, also where it stands as text."""
    found = _bare(node, "a whole number")
    if found is None:
        return None
    exact = Decimal(found) if _NUMBER.fullmatch(found) else None
    if exact is None or exact.adjusted() > _WIDEST or exact != exact.to_integral_value():
        raise Unreadable("a whole number")
    return int(exact)


def count(node: Node) -> int | None:
    """A number of things; 0 tells of none."""
    return whole(node) or None


def code(node: Node) -> str | None:
    """A code of an enumeration, as the text of its number."""
    found = whole(node)
    return None if found is None else str(found)


def fen(node: Node) -> int | None:
    """An amount in fen."""
    found = whole(node)
    if found is not None and found < 0:
        raise Unreadable("an amount of 0 fen or more")
    return found


def flag(node: Node) -> bool | None:
    """Yes or no, as a boolean, a number or either as text."""
    if node.value is None or isinstance(node.value, bool):
        return node.value
    found = _bare(node, "true or false")
    if found is None:
        return None
    if found.lower() not in _FLAGS:
        raise Unreadable("true or false, 1 or 0")
    return _FLAGS[found.lower()]


def instant(node: Node) -> Instant | None:
    """A time in seconds since 1970, or as text on the clock of Beijing; 0 is a time that has not come."""
    if isinstance(node.value, str) and _LOCAL_TIME.fullmatch(node.value):
        try:
            return Instant.parse(f"{node.value.replace(' ', 'T')}+08:00")
        except ValueError:
            raise Unreadable("a day and a time that there is") from None
    seconds = whole(node)
    if not seconds:
        return None
    if not _EARLIEST <= seconds < _LATEST:
        raise Unreadable(_YEARS)
    return Instant(seconds * SECOND)


_FLAGS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}


def _bare(node: Node, expected: str) -> str | None:
    """What stands in a number or a text, without the quotes that some senders put around it once more."""
    if node.value is None:
        return None
    if not isinstance(node.value, str):
        raise Unreadable(expected)
    found = node.value.strip()
    if len(found) > 1 and found[0] == found[-1] and found[0] in "\"'":
        found = found[1:-1].strip()
    return str(found) or None


def _spelled(name: str) -> str:
    """A name in its usual spelling."""
    for rare, usual in _SPELLINGS:
        name = name.replace(rare, usual)
    return name


def _parsed(source: str, text: str | bytes) -> Any:
    if len(text) > MOST_BYTES:
        raise InputError([Fault(f"{source}#", f"{len(text)} bytes", f"at most {MOST_BYTES} bytes")])

    def no_number(constant: str) -> NoReturn:
        raise InputError([Fault(f"{source}#", constant, "JSON")])

    try:
        decoded = text.decode("utf-8") if isinstance(text, bytes) else text
        found = json.loads(
            decoded.removeprefix("\ufeff"),
            object_pairs_hook=_Repeated.unless_each_once,
            parse_int=Number,
            parse_float=Number,
            parse_constant=no_number,
        )
    except UnicodeDecodeError as error:
        raise InputError([Fault(f"{source}#", f"byte {error.start} that is not", "text in UTF-8")]) from None
    except json.JSONDecodeError as error:
        place = f"{error.msg} at line {error.lineno}, column {error.colno}"
        raise InputError([Fault(f"{source}#", place, "JSON")]) from None
    except RecursionError:
        deep = f"lists and objects nested at most {DEEPEST} deep"
        raise InputError([Fault(f"{source}#", "a deeper one", deep)]) from None
    return found


class _Repeated(dict[str, Any]):
    """An object in which keys stand twice; ``keys_twice`` are they."""

    keys_twice: tuple[str, ...] = ()

    @classmethod
    def unless_each_once(cls, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """The object that pairs make, marked where a key stands twice."""
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        marked = cls(found)
        marked.keys_twice = tuple(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        return marked


def _once(value: Any, source: str, path: Path, faults: list[Fault]) -> Any:
    """The same value; for each key that stands twice, a fault."""
    if isinstance(value, list):
        return [_once(each, source, (*path, index), faults) for index, each in enumerate(value)]
    if not isinstance(value, dict):
        return value
    if isinstance(value, _Repeated):
        faults += [
            Fault(f"{source}#{pointer_to((*path, name))}", "several values", "a key that stands once")
            for name in value.keys_twice
        ]
    return {name: _once(each, source, (*path, name), faults) for name, each in value.items()}
