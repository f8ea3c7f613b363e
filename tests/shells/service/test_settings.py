"""Settings come from flags, environment and file, and all their errors are reported at once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from attrs import fields

from adjudicator.service.settings import (
    Misconfigured,
    Settings,
    environment_variable,
    kind_of,
    settings_from,
    without_password,
)

PAGE = (Path(__file__).parents[3] / "docs" / "running.md").read_text("utf-8")


def faults_of(
    flags: dict[str, object] | None = None, environment: dict[str, str] | None = None, file: str | None = None
) -> tuple[str, ...]:
    with pytest.raises(Misconfigured) as refused:
        settings_from(flags or {}, environment or {}, None if file is None else ("settings.toml", file.encode()))
    return refused.value.faults


def test_nothing_needs_to_be_set() -> None:
    assert settings_from({}, {}) == Settings()


def test_flags_override_the_environment_and_that_the_file() -> None:
    file = ("settings.toml", b'port = 1\nworkers = 2\nhost = "::1"\nrequests_per_minute = "none"')
    settings = settings_from(
        {"port": "3", "workers": None}, {"ADJUDICATOR_PORT": "4", "ADJUDICATOR_WORKERS": "5", "HOME": "x"}, file
    )
    assert (settings.port, settings.workers, settings.host, settings.requests_per_minute) == (3, 5, "::1", None)


def test_the_database_is_found_where_platforms_name_it() -> None:
    by_platform = {"DATABASE_URL": "postgresql://a@b/c"}
    assert settings_from({}, by_platform).database == "postgresql://a@b/c"
    assert settings_from({}, {"ADJUDICATOR_DATABASE": "sqlite:///x", **by_platform}).database == "sqlite:///x"


def test_every_fault_is_reported_at_once_with_place_value_and_expectation() -> None:
    faults = faults_of(
        {"port": "http"},
        {"ADJUDICATOR_WORKERS": "0", "ADJUDICATOR_PROT": "80", "ADJUDICATOR_DEVELOPMENT": "yes"},
        'log_level = "loud"\nmax_batch = true\ncolour = 1\nrequest_timeout_seconds = "soon"\n',
    )
    assert sorted(fault.partition(": expected one of database")[0] for fault in faults) == sorted(
        [
            '--port: expected a whole number from 0 to 65535, got "http"',
            '"ADJUDICATOR_PROT": expected one of ADJUDICATOR_DATABASE, '
            + ", ".join(environment_variable(each.name) for each in fields(Settings)[1:])
            + ", or ADJUDICATOR_CONFIG",
            'ADJUDICATOR_DEVELOPMENT: expected true or false, got "yes"',
            'ADJUDICATOR_WORKERS: expected a whole number from 1 to 256, got "0"',
            'settings.toml: "colour"',
            'settings.toml: log_level: expected one of debug, info, warning, error, got "loud"',
            "settings.toml: max_batch: expected a whole number from 1 to 10000, got true",
            'settings.toml: request_timeout_seconds: expected seconds, from 0.1 to 3600, got "soon"',
        ]
    )


@pytest.mark.parametrize("file", ["port = ", "[", "port = 1\nport = 2"])
def test_a_file_that_is_not_toml_is_reported(file: str) -> None:
    (fault,) = faults_of(file=file)
    assert fault.startswith("settings.toml: expected TOML: ")


def test_a_file_that_is_not_text_is_reported() -> None:
    with pytest.raises(Misconfigured, match="UTF-8"):
        settings_from({}, {}, ("settings.toml", b"\xff\xfe"))


@pytest.mark.parametrize(
    ("flags", "environment", "file"),
    [
        ({"database": "mysql://root:hunter2@db/x"}, {}, None),
        ({}, {"ADJUDICATOR_DATABASE": "hunter2"}, None),
        ({}, {"DATABASE_URL": "http://:hunter2@"}, None),
        ({}, {"ADJUDICATOR_TRACES_ENDPOINT": "ftp://u:hunter2@host"}, None),
        ({}, {}, 'database = ["hunter2"]'),
    ],
)
def test_values_that_may_be_secret_are_not_repeated(
    flags: dict[str, object], environment: dict[str, str], file: str | None
) -> None:
    faults = faults_of(flags, environment, file)
    assert len(faults) == 1
    assert "hunter2" not in faults[0]


def test_a_secret_does_not_show_in_the_settings_either() -> None:
    url = "postgresql://u:hunter2@host/name?password=hunter2&sslpassword=hunter2"
    settings = settings_from({"database": url, "traces_endpoint": "https://u:hunter2@host"}, {})
    assert "hunter2" not in repr(settings)
    assert without_password(url) == "postgresql://...@host/name"
    assert without_password("postgresql:///name?user=a&password=hunter2") == "postgresql:///name"
    assert without_password("sqlite:///adjudicator.db") == "sqlite:///adjudicator.db"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_development_mode_is_for_this_machine(host: str) -> None:
    assert settings_from({"development": True, "host": host}, {}).development


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.org", "localhost.example.org"])
def test_development_mode_is_refused_where_others_can_reach_it(host: str) -> None:
    (fault,) = faults_of({"development": True, "host": host})
    assert fault.startswith("--host: expected 127.0.0.1, ::1 or localhost in development mode")


def test_the_page_shows_every_setting_with_its_default() -> None:
    rows = [
        f"| `{each.name}` | `{environment_variable(each.name)}` | {default_of(each.default)} | {kind_of(each).expected} | {each.metadata['help']} |"
        for each in fields(Settings)
    ]
    assert re.findall(r"^\| `.*\| `ADJUDICATOR_.*\|$", PAGE, re.MULTILINE) == rows


def default_of(value: object) -> str:
    if value is None:
        return "none"
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"
