"""Service settings, from flags, the environment (``ADJUDICATOR_*``) and a TOML file.

Flags win over the environment, the environment over the file, the file over the defaults. All faults are reported at once, and values
that may hold a secret are not shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal, TypeAlias

from attrs import Attribute, field, fields, fields_dict, frozen

from adjudicator.model.errors import shown
from adjudicator.service.setting_kinds import (
    ALGORITHMS,
    Kind,
    algorithms,
    boolean,
    endpoint,
    is_loopback,
    key_source,
    one_of,
    optional,
    origins,
    proxies,
    seconds,
    text,
    url_starting_with,
    whole_number,
)
from adjudicator.wire.parser import MOST_BYTES

PREFIX: Final = "ADJUDICATOR_"
CONFIG: Final = f"{PREFIX}CONFIG"
"""The variable that names the settings file."""
FALLBACK: Final = "DATABASE_URL"
"""The database variable of many hosting platforms, used if ``ADJUDICATOR_DATABASE`` is not set."""


class Misconfigured(Exception):
    """Invalid settings; ``faults`` has one line for each fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def _setting(default: object, kind: Kind, help: str) -> Any:
    return field(default=default, repr=not kind.secret, metadata={"kind": kind, "help": help})


@frozen(kw_only=True)
class Settings:
    """All settings. Each has its help text beside it; ``docs/running.md`` shows them as a table."""

    database: str = _setting(
        "sqlite:///adjudicator.db",
        Kind(
            "sqlite:///FILE or postgresql://USER@HOST/NAME",
            url_starting_with("sqlite:///", "postgresql://", "postgres://", "postgresql+psycopg://"),
            secret=True,
        ),
        "where the record is stored; `DATABASE_URL` works too",
    )
    host: str = _setting("127.0.0.1", Kind("an address or a name", text), "the address to listen on")
    port: int = _setting(8080, whole_number(0, 65535), "the port to listen on; 0 picks a free one")
    workers: int = _setting(1, whole_number(1, 256), "the number of worker processes")
    development: bool = _setting(
        False, Kind("true or false", boolean), "no API keys needed; only on a loopback address"
    )
    max_body_bytes: int = _setting(MOST_BYTES, whole_number(1024, MOST_BYTES), "the largest request body, in bytes")
    max_batch: int = _setting(100, whole_number(1, 10_000), "the most cases in a batch")
    max_stream_lines: int = _setting(100_000, whole_number(1, 10_000_000), "the most lines in a stream of cases")
    stream_seconds: float = _setting(3600.0, seconds(1, 86_400), "the time limit for a stream of cases")
    request_timeout_seconds: float = _setting(
        30.0, seconds(0.1, 3600), "the time limit for a request, including its body"
    )
    analysis_seconds: float = _setting(
        5.0, seconds(0.1, 600), "the time limit for one analysis, such as what would change a decision"
    )
    requests_at_once: int = _setting(16, whole_number(1, 10_000), "the most concurrent requests per key and worker")
    requests_per_minute: int | None = _setting(
        6_000, optional(whole_number(1, 10_000_000)), "the most requests per key and minute, over all workers"
    )
    trusted_proxies: str = _setting(
        "127.0.0.1,::1",
        Kind("addresses or networks, separated by commas", proxies),
        "the proxies that are believed for whom they call (`X-Forwarded-For`): what needs no key is limited by client",
    )
    access_log_days: int | None = _setting(
        90, optional(whole_number(1, 3_650)), "how many days accesses stay in the access log; `none` keeps no log"
    )
    oidc_issuer: str | None = _setting(
        None,
        optional(Kind("https://... or http://...", url_starting_with("https://", "http://"))),
        "the issuer whose tokens (JWT) are accepted beside API keys, exactly as in their claim `iss`",
    )
    oidc_audience: str | None = _setting(
        None, optional(Kind("a text", text)), "what the claim `aud` of a token must contain"
    )
    oidc_keys: str | None = _setting(
        None,
        optional(Kind("a file, or https://...", key_source)),
        "the issuer's public keys (JWKS): a file, or an address; HTTP only on this machine",
    )
    oidc_algorithms: str = _setting(
        "RS256,ES256",
        Kind(f"some of {', '.join(ALGORITHMS)}, separated by commas", algorithms),
        "the algorithms with which a token may be signed",
    )
    oidc_scope_claim: str = _setting("scope", Kind("the name of a claim", text), "the claim that lists the scopes")
    oidc_tenant_claim: str | None = _setting(
        None,
        optional(Kind("the name of a claim", text)),
        "the claim that names the tenant; `none` means that all tokens are the default tenant's",
    )
    oidc_leeway_seconds: float = _setting(30.0, seconds(0, 300), "how much the issuer's clock may differ")
    shutdown_seconds: int = _setting(
        30, whole_number(1, 3600), "how long requests in progress may continue after a stop signal"
    )
    checkpoint_minutes: int | None = _setting(
        60,
        optional(whole_number(1, 525_600)),
        "how often to take a checkpoint of the record, if it has changed; see [the record](record.md#checkpoints)",
    )
    signing_key: str | None = _setting(
        None,
        optional(Kind("a file", text)),
        "a file with an Ed25519 private key (PEM) that signs checkpoints",
    )
    event_days: int | None = _setting(
        30,
        optional(whole_number(1, 3_650)),
        "how many days events stay in the log; `none` keeps them; see [events](events.md)",
    )
    event_archive: str | None = _setting(
        None,
        optional(Kind("a folder", text)),
        "a folder for NDJSON files of the events that are dropped from the log; see [retention](running.md#retention)",
    )
    idempotency_days: int | None = _setting(
        None,
        optional(whole_number(7, 3_650)),
        "how many days an idempotency key repeats its answer; `none` is as long as the record; see [retention](running.md#retention)",
    )
    max_jobs: int = _setting(
        20, whole_number(1, 10_000), "the most jobs that a caller may have, finished ones included"
    )
    max_job_lines: int = _setting(100_000, whole_number(1, 10_000_000), "the most lines in a job")
    max_job_bytes: int = _setting(
        268_435_456, whole_number(1024, 2**40), "the most bytes that the lines of a job may have together"
    )
    job_days: int = _setting(7, whole_number(1, 365), "how many days a job and its results are kept after its end")
    webhook_addresses: Literal["public", "private", "loopback"] = _setting(
        "public",
        one_of("public", "private", "loopback"),
        "where webhooks may lead: `public` is HTTPS to public addresses; `private` also HTTP and private networks; "
        "`loopback` also HTTP and this machine, for development",
    )
    evidence_trust: str | None = _setting(
        None,
        optional(Kind("a file", text)),
        "a file that lists the signers whose signatures verify a document; see [evidence files](evidence.md#over-http)",
    )
    evidence_files: str | None = _setting(
        None,
        optional(Kind("a folder or s3://bucket/prefix", text)),
        "where the files of examined evidence are kept by their digest; a folder is created if the one that it is in exists; "
        "a bucket needs the extra `s3`",
    )
    max_examination_bytes: int = _setting(
        67_108_864, whole_number(1024, 2**29), "the most bytes of an examination's files, also once unpacked"
    )
    examination_seconds: float = _setting(
        60.0, seconds(1, 600), "the time limit for receiving evidence files, and again for reading them"
    )
    panel_key: str | None = _setting(
        None,
        optional(Kind("a file", text)),
        "a file with a secret that signs the tokens of [the panel](panel.md), which is served if this is set",
    )
    panel_origins: str | None = _setting(
        None,
        optional(Kind("origins such as https://desk.example, separated by spaces", origins)),
        "the origins of the help desks that may show the panel in a frame (`frame-ancestors`)",
    )
    panel_session_minutes: int = _setting(
        60, whole_number(1, 720), "how long an open panel may be left alone before it must be opened again"
    )
    panel_zendesk_key: str | None = _setting(
        None,
        optional(Kind("a file", text)),
        "a file with the public key (PEM) of your Zendesk app; see [Zendesk](panel/zendesk.md)",
    )
    panel_zendesk_audience: str | None = _setting(
        None, optional(Kind("a text", text)), "the claim `aud` of its tokens: the address of the installation"
    )
    panel_sobot_account: str | None = _setting(
        None,
        optional(Kind("a text", text)),
        "the number of your Sobot account (`sysNum`); see [Sobot](panel/sobot.md)",
    )
    panel_sobot_key: str | None = _setting(
        None, optional(Kind("a file", text)), "a file with the security key that Sobot signs addresses with"
    )
    desk: bool = _setting(False, Kind("true or false", boolean), "serve [the desk](desk.md) too; needs `panel_key`")
    desk_four_eyes: bool = _setting(
        False,
        Kind("true or false", boolean),
        "a ruling at [the desk](desk.md#rule) counts only once somebody else has confirmed it; needs `desk`",
    )
    desk_sign_in: str | None = _setting(
        None,
        optional(Kind("https://...", endpoint)),
        "the address at which people sign in with the issuer (authorization endpoint), for "
        "[the desk](desk.md#sign-in-with-your-identity-provider); needs `desk` and `oidc_issuer`",
    )
    desk_sign_in_token: str | None = _setting(
        None,
        optional(Kind("https://...", endpoint)),
        "the address that exchanges their code for a token (token endpoint)",
    )
    desk_sign_in_client: str | None = _setting(
        None, optional(Kind("a text", text)), "the id of the desk as a client of the issuer"
    )
    desk_sign_in_secret: str | None = _setting(
        None, optional(Kind("a file", text)), "a file with its secret; without one it is a public client"
    )
    desk_sign_in_scope: str = _setting("openid", Kind("a text", text), "the scopes that it asks for")
    desk_reports: str | None = _setting(
        None,
        optional(Kind("a folder", text)),
        "a folder with a folder for each tenant, such as `default`, with reports of `adjudicator compare --html` that "
        "[the desk](desk.md#policies) offers; needs `desk`",
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", one_of("debug", "info", "warning", "error"), "the lowest level to log"
    )
    log_format: Literal["text", "json"] = _setting(
        "text", one_of("text", "json"), "human-readable logs, or one JSON object per line"
    )
    traces_endpoint: str | None = _setting(
        None,
        optional(Kind("http://... or https://...", url_starting_with("http://", "https://"), secret=True)),
        "where to send spans (OTLP over HTTP), such as `http://localhost:4318/v1/traces`; needs the extra `telemetry`",
    )


def settings_from(
    flags: Mapping[str, object], environment: Mapping[str, str], file: tuple[str, bytes] | None = None
) -> Settings:
    """Combine settings from flags, the environment and a file (its name and content).

    Flags have the names of :class:`Settings`; ``None`` means not given. Raises :class:`Misconfigured` with every fault.
    """
    faults: list[str] = []
    values: dict[str, Any] = {}
    given = {**_from_file(file, faults), **_from_environment(environment, faults), **_from_flags(flags)}
    for setting in fields(Settings):
        if setting.name not in given:
            continue
        origin, value = given[setting.name]
        try:
            values[setting.name] = kind_of(setting).read(value)
        except (ValueError, KeyError):
            faults.append(_fault(origin, kind_of(setting), value))
    settings = Settings(**values)
    if settings.development and not is_loopback(settings.host):
        origin, _ = given.get("host", ("host", None))
        faults.append(
            f"{origin}: expected 127.0.0.1, ::1 or localhost in development mode, which needs no key, "
            f"got {shown(settings.host)}"
        )
    faults += _panel_faults(settings)
    if len({settings.oidc_issuer is None, settings.oidc_audience is None, settings.oidc_keys is None}) > 1:
        faults.append("oidc_issuer, oidc_audience, oidc_keys: expected all of them or none")
    if faults:
        raise Misconfigured(tuple(faults))
    return settings


def _panel_faults(settings: Settings) -> Iterator[str]:
    """Settings of the panel that need each other."""
    pairs = (("panel_zendesk_key", "panel_zendesk_audience"), ("panel_sobot_account", "panel_sobot_key"))
    for one, other in pairs:
        given = [name for name in (one, other) if getattr(settings, name) is not None]
        if len(given) == 1:
            yield f"{one}, {other}: expected both of them or none"
        if given and settings.panel_key is None:
            yield f"{given[0]}: expected panel_key too, without which no panel is served"
    if settings.desk and settings.panel_key is None:
        yield "desk: expected panel_key too, which signs its sessions"
    needed = ("desk_sign_in", "desk_sign_in_token", "desk_sign_in_client")
    if len({getattr(settings, name) is None for name in needed}) > 1:
        yield f"{', '.join(needed)}: expected all of them or none"
    if settings.desk_sign_in is not None and settings.oidc_issuer is None:
        yield "desk_sign_in: expected oidc_issuer too, whose tokens open the desk"
    for name in ("desk_four_eyes", "desk_reports", "desk_sign_in"):
        if getattr(settings, name) and not settings.desk:
            yield f"{name}: expected desk too, without which no desk is served"


def kind_of(setting: Attribute[Any]) -> Kind:
    """The kind of values that a setting accepts."""
    kind: Kind = setting.metadata["kind"]
    return kind


def environment_variable(name: str) -> str:
    """The environment variable of a setting."""
    return f"{PREFIX}{name.upper()}"


def without_password(url: str) -> str:
    """A database URL without its credentials and parameters, safe to show."""
    before, at, after = url.rpartition("@")
    return f"{before.partition('://')[0]}://...@{after.partition('?')[0]}" if at else url.partition("?")[0]


GivenValues: TypeAlias = dict[str, tuple[str, object]]
"""Each given setting: where its value came from, and the value."""


def _from_flags(flags: Mapping[str, object]) -> GivenValues:
    return {name: (f"--{name.replace('_', '-')}", value) for name, value in flags.items() if value is not None}


def _from_environment(environment: Mapping[str, str], faults: list[str]) -> GivenValues:
    variables = {environment_variable(setting.name): setting.name for setting in fields(Settings)}
    values: GivenValues = {}
    if FALLBACK in environment:
        values["database"] = (FALLBACK, environment[FALLBACK])
    for variable, value in environment.items():
        if variable in variables:
            values[variables[variable]] = (variable, value)
        elif variable.startswith(PREFIX) and variable != CONFIG:
            faults.append(f"{shown(variable)}: expected one of {', '.join(variables)}, or {CONFIG}")
    return values


def _from_file(file: tuple[str, bytes] | None, faults: list[str]) -> GivenValues:
    if file is None:
        return {}
    name, content = file
    values: GivenValues = {}
    for key, value in _toml(name, content, faults):
        if key in fields_dict(Settings):
            values[key] = (f"{name}: {key}", value)
        else:
            faults.append(f"{name}: {shown(key)}: expected one of {', '.join(fields_dict(Settings))}")
    return values


def _toml(name: str, content: bytes, faults: list[str]) -> Iterator[tuple[str, object]]:
    try:
        yield from tomllib.loads(content.decode()).items()
    except UnicodeDecodeError:
        faults.append(f"{name}: expected TOML in UTF-8")
    except tomllib.TOMLDecodeError as error:
        faults.append(f"{name}: expected TOML: {error}")


def _fault(origin: str, kind: Kind, value: object) -> str:
    return f"{origin}: expected {kind.expected}" + ("" if kind.secret else f", got {shown(value)}")
