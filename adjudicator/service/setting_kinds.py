"""The kinds of values that settings accept, each with a parser for a string or a TOML value."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from attrs import frozen

from adjudicator.service.clients import networks

Reader: TypeAlias = Callable[[object], Any]
"""Parses a string or a TOML value. Raises :class:`ValueError` or :class:`KeyError`."""


@frozen
class Kind:
    """The values that a setting accepts: a description and a parser. A ``secret`` value is never shown."""

    expected: str
    read: Reader
    secret: bool = False


def whole_number(least: int, most: int) -> Kind:
    """A whole number within bounds."""

    def read(value: object) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if type(number) is not int or not least <= number <= most:
            raise ValueError
        return number

    return Kind(f"a whole number from {least} to {most}", read)


def seconds(least: float, most: float) -> Kind:
    """A number of seconds within bounds."""

    def read(value: object) -> float:
        seconds = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else -1.0
        if not least <= seconds <= most:
            raise ValueError
        return seconds

    return Kind(f"seconds, from {least:g} to {most:g}", read)


def one_of(*words: str) -> Kind:
    """One of a few words."""

    def read(value: object) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return Kind(f"one of {', '.join(words)}", read)


def optional(kind: Kind) -> Kind:
    """A value of a kind, or the word ``none``."""
    return Kind(f"{kind.expected}, or none", lambda value: None if value == "none" else kind.read(value), kind.secret)


def boolean(value: object) -> bool:
    """``true`` or ``false``."""
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[str(value)]


def text(value: object) -> str:
    """A text that is not blank and can be printed."""
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value


ALGORITHMS: Final = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""The algorithms that a token may be signed with: with a public key, a shared secret never."""


def algorithms(value: object) -> str:
    """Some of :data:`ALGORITHMS`, separated by commas."""
    names = [name.strip() for name in text(value).split(",")]
    if not set(names) <= set(ALGORITHMS):
        raise ValueError
    return ",".join(names)


def key_source(value: object) -> str:
    """A path, or an address that nobody else can answer for."""
    source = text(value)
    scheme, separator, _ = source.partition("://")
    host = urlsplit(source).hostname or ""
    if separator and not (host and (scheme == "https" or (scheme == "http" and is_loopback(host)))):
        raise ValueError
    return source


def endpoint(value: object) -> str:
    """An address that nobody else can answer for."""
    if "://" not in text(value):
        raise ValueError
    return key_source(value)


def proxies(value: object) -> str:
    """Addresses or networks, separated by commas."""
    networks(text(value))
    return str(value)


_ORIGIN: Final = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::[0-9]{1,5})?|https?://\[[0-9a-f:]+\](?::[0-9]{1,5})?")


def origins(value: object) -> str:
    """Origins for a header: nothing that could end a directive, and nothing but a whole label as a wildcard."""
    origins = text(value).split()
    if not all(_ORIGIN.fullmatch(origin) for origin in origins):
        raise ValueError
    return " ".join(origins)


def url_starting_with(*beginnings: str) -> Reader:
    """A reader of an address that begins in one of some ways."""

    def read(value: object) -> str:
        if not text(value).startswith(beginnings):
            raise ValueError
        return str(value)

    return read


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
