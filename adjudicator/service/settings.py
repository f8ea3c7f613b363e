"""Settings: what can be set about the service, by flags, by the environment (``ADJUDICATOR_*``) and by a TOML file.

Flags go before the environment, the environment before the file, the file before the defaults. Whatever is wrong is told all at once,
and what may hold a secret is not repeated.
"""

from __future__ import annotations

import ipaddress
import tomllib
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import Attribute, field, fields, fields_dict, frozen

from adjudicator.model.errors import shown
from adjudicator.wire.parser import MOST_BYTES

PREFIX: Final = "ADJUDICATOR_"
CONFIG: Final = f"{PREFIX}CONFIG"
"""The variable that names the file."""
FALLBACK: Final = "DATABASE_URL"
"""What many platforms call the address of the database; it stands in for ``ADJUDICATOR_DATABASE``."""

Reader: TypeAlias = Callable[[object], Any]
"""Makes a value of a text or of a value of TOML. Raises :class:`ValueError`."""


class Misconfigured(Exception):
    """Settings that the service cannot run with; ``faults`` has a line for each."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@frozen
class Kind:
    """What values a setting may have: in words, and how one is read. A ``secret`` is never shown."""

    expected: str
    read: Reader
    secret: bool = False


def _whole_number(least: int, most: int) -> Kind:
    def read(value: object) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if type(number) is not int or not least <= number <= most:
            raise ValueError
        return number

    return Kind(f"a whole number from {least} to {most}", read)


def _seconds(least: float, most: float) -> Kind:
    def read(value: object) -> float:
        seconds = float(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else -1.0
        if not least <= seconds <= most:
            raise ValueError
        return seconds

    return Kind(f"seconds, from {least:g} to {most:g}", read)


def _one_of(*words: str) -> Kind:
    def read(value: object) -> str:
        if value not in words:
            raise ValueError
        return str(value)

    return Kind(f"one of {', '.join(words)}", read)


def _or_none(kind: Kind) -> Kind:
    return Kind(f"{kind.expected}, or none", lambda value: None if value == "none" else kind.read(value), kind.secret)


def _yes_or_no(value: object) -> bool:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}[str(value)]


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError
    return value


def _address_beginning_with(*beginnings: str) -> Reader:
    def read(value: object) -> str:
        if not _text(value).startswith(beginnings):
            raise ValueError
        return str(value)

    return read


def _setting(default: object, kind: Kind, help: str) -> Any:
    return field(default=default, repr=not kind.secret, metadata={"kind": kind, "help": help})


@frozen(kw_only=True)
class Settings:
    """All that can be set. What each setting means stands beside it; ``docs/running.md`` shows the same as a table."""

    database: str = _setting(
        "sqlite:///adjudicator.db",
        Kind(
            "sqlite:///FILE or postgresql://USER@HOST/NAME",
            _address_beginning_with("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://"),
            secret=True,
        ),
        "where the record is; `DATABASE_URL` says it too",
    )
    host: str = _setting("127.0.0.1", Kind("an address or a name", _text), "the address to listen on")
    port: int = _setting(8080, _whole_number(0, 65535), "the port to listen on; 0 takes any that is free")
    workers: int = _setting(1, _whole_number(1, 256), "how many processes answer")
    development: bool = _setting(
        False, Kind("true or false", _yes_or_no), "asks nobody for a key; only on a loopback address"
    )
    max_body_bytes: int = _setting(MOST_BYTES, _whole_number(1024, MOST_BYTES), "how long the body of a request may be")
    max_batch: int = _setting(100, _whole_number(1, 10_000), "how many cases a batch may hold")
    request_timeout_seconds: float = _setting(
        30.0, _seconds(0.1, 3600), "how long a request may take, its body included"
    )
    analysis_seconds: float = _setting(
        5.0, _seconds(0.1, 600), "how long the service works on one question, such as what would change a decision"
    )
    requests_at_once: int = _setting(
        16, _whole_number(1, 10_000), "how many requests of one key a worker answers at once"
    )
    requests_per_minute: int | None = _setting(
        6_000, _or_none(_whole_number(1, 10_000_000)), "how many requests a key may make, over all workers"
    )
    shutdown_seconds: int = _setting(
        30, _whole_number(1, 3600), "how long requests that were taken may go on after a signal to stop"
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", _one_of("debug", "info", "warning", "error"), "from which level on there are logs"
    )
    log_format: Literal["text", "json"] = _setting(
        "text", _one_of("text", "json"), "logs for people, or a JSON object a line"
    )
    traces_endpoint: str | None = _setting(
        None,
        _or_none(Kind("http://... or https://...", _address_beginning_with("http://", "https://"), secret=True)),
        "where spans go (OTLP over HTTP), such as `http://localhost:4318/v1/traces`; needs the extra `telemetry`",
    )


def settings_from(
    flags: Mapping[str, object], environment: Mapping[str, str], file: tuple[str, bytes] | None = None
) -> Settings:
    """The settings that flags, an environment and a file (its name and content) make together.

    Flags are named as in :class:`Settings`; those that are ``None`` were not given. Raises :class:`Misconfigured` with every fault.
    """
    faults: list[str] = []
    chosen: dict[str, Any] = {}
    given = {**_from_file(file, faults), **_from_environment(environment, faults), **_from_flags(flags)}
    for each in fields(Settings):
        if each.name not in given:
            continue
        origin, value = given[each.name]
        try:
            chosen[each.name] = kind_of(each).read(value)
        except (ValueError, KeyError):
            faults.append(_fault(origin, kind_of(each), value))
    settings = Settings(**chosen)
    if settings.development and not is_loopback(settings.host):
        origin, _ = given.get("host", ("host", None))
        faults.append(
            f"{origin}: expected 127.0.0.1, ::1 or localhost in development mode, which asks nobody for a key, "
            f"got {shown(settings.host)}"
        )
    if faults:
        raise Misconfigured(tuple(faults))
    return settings


def kind_of(setting: Attribute[Any]) -> Kind:
    """What values a setting may have."""
    kind: Kind = setting.metadata["kind"]
    return kind


def variable_of(name: str) -> str:
    """The variable of the environment for a setting."""
    return f"{PREFIX}{name.upper()}"


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def without_password(url: str) -> str:
    """The address of a database as it may be shown."""
    before, at, after = url.rpartition("@")
    return f"{before.partition('://')[0]}://...@{after.partition('?')[0]}" if at else url.partition("?")[0]


Given: TypeAlias = dict[str, tuple[str, object]]
"""Where a setting was given, and what was given there."""


def _from_flags(flags: Mapping[str, object]) -> Given:
    return {name: (f"--{name.replace('_', '-')}", value) for name, value in flags.items() if value is not None}


def _from_environment(environment: Mapping[str, str], faults: list[str]) -> Given:
    variables = {variable_of(each.name): each.name for each in fields(Settings)}
    found: Given = {}
    if FALLBACK in environment:
        found["database"] = (FALLBACK, environment[FALLBACK])
    for variable, value in environment.items():
        if variable in variables:
            found[variables[variable]] = (variable, value)
        elif variable.startswith(PREFIX) and variable != CONFIG:
            faults.append(f"{shown(variable)}: expected one of {', '.join(variables)}, or {CONFIG}")
    return found


def _from_file(file: tuple[str, bytes] | None, faults: list[str]) -> Given:
    if file is None:
        return {}
    name, content = file
    found: Given = {}
    for key, value in _toml(name, content, faults):
        if key in fields_dict(Settings):
            found[key] = (f"{name}: {key}", value)
        else:
            faults.append(f"{name}: {shown(key)}: expected one of {', '.join(fields_dict(Settings))}")
    return found


def _toml(name: str, content: bytes, faults: list[str]) -> Iterator[tuple[str, object]]:
    try:
        yield from tomllib.loads(content.decode()).items()
    except UnicodeDecodeError:
        faults.append(f"{name}: expected TOML in UTF-8")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{name}: expected TOML: {error}")


def _fault(origin: str, kind: Kind, value: object) -> str:
    return f"{origin}: expected {kind.expected}" + ("" if kind.secret else f", got {shown(value)}")
