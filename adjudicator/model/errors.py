"""Faults of an input: the place, the value and what was expected there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from attrs import frozen

NOTHING: Final = object()
"""Marks a value that is absent."""


@frozen
class Fault:
    """One fault of an input. ``pointer`` is a JSON pointer (RFC 6901), and ``value`` a short rendering of what is there."""

    pointer: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.pointer or '(whole input)'}: expected {self.expected}, got {self.value}"


class InputError(ValueError):
    """An input that cannot be decided; ``faults`` lists everything that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in self.faults))


def shown(value: Any, limit: int = 80) -> str:
    """A value for a message: short, on one line, safe to print."""
    if value is NOTHING:
        return "nothing"
    if isinstance(value, dict):
        return f"an object with {len(value)} fields"
    if isinstance(value, (list, tuple)):
        return f"a list of {len(value)}"
    if hasattr(type(value), "__attrs_attrs__"):
        return f"an object of type {type(value).__name__}"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        text = ascii(value) if not value.isprintable() else f'"{value}"'
    elif isinstance(value, int):
        text = str(value) if abs(value) < 10**limit else "a very large integer"
    else:
        text = printable(_text_of(value))
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def _text_of(value: object) -> str:
    """What an object says of itself, or its type if its own code fails, as that of a row whose session is closed may."""
    try:
        return str(value)
    except Exception:  # noqa: BLE001 - the object is the caller's and can raise anything
        return f"an object of type {type(value).__name__}"


def safe(text: str, limit: int = 100) -> str:
    """Text from outside, made fit to show: one line, limited length, no terminal control characters."""
    line = printable(text[: limit + 1])
    return line if len(line) <= limit else f"{line[: limit - 3]}..."


def printable(text: str) -> str:
    """Text on one line without terminal control characters."""
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: those that are written almost like it, if any."""
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

    close = get_close_matches(name, sorted(known), n=2)
    return f"; did you mean {' or '.join(close)}?" if close else ""
