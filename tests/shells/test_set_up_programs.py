"""Missing programs that tests need are installed from Debian, or their packages are named."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from tools import set_up_programs
from tools.set_up_programs import PROGRAMS, main, place_of_chromium

SAYING: Final = {
    "java": "echo 'version \\\"21\\\"' >&2",
    "chromium": ":",
    "chromium-headless-shell": ":",
    "pgbouncer": ":",
    "kubectl": ":",
}
"""The behaviour of each fake program."""


def program(folder: Path, name: str, *lines: str) -> None:
    """Create a program of that name."""
    (folder / name).write_text("\n".join(("#!/bin/sh", *lines, "")), "utf-8")
    (folder / name).chmod(0o755)


def installing(folder: Path, name: str) -> str:
    """A command that creates a program in a folder."""
    here = folder / name
    return f"echo '#!/bin/sh' > {here}; echo \"{SAYING[name]}\" >> {here}; /bin/chmod 755 {here}"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the only programs on the machine."""
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(set_up_programs, "PLACES", str(tmp_path))
    program(tmp_path, "env", 'shift; exec "$@"')
    return tmp_path


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_installed_from_debian_if_it_is_missing(
    name: str, machine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """If its first packages do not provide it, others may; and nothing is done if it is there."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    *others, last = PROGRAMS[name].packages
    program(
        machine,
        "apt-get",
        'echo "$@" >&2',
        f'case "$@" in *" {last[0]}"|*" {last[0]} "*) {installing(machine, name)};; *update*) ;; *) exit 100;; esac',
    )
    assert main([name]) == 0
    assert capfd.readouterr().err.splitlines()[1:] == [
        "-qq update",
        *(f"-qq -y install --no-install-recommends {' '.join(packages)}" for packages in (*others, last)),
    ]
    if PROGRAMS[name].is_there():
        assert main([name]) == 0
        assert capfd.readouterr().err == ""


def test_chromium_will_do_if_the_faster_one_without_a_window_cannot_be_installed(
    machine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    program(machine, "chromium-browser", ":")
    assert main(["chromium"]) == 0
    assert place_of_chromium() == str(machine / "chromium-browser")
    program(machine, "apt-get", f'case "$@" in *headless*) {installing(machine, "chromium-headless-shell")};; esac')
    assert main(["chromium"]) == 0
    assert place_of_chromium() == str(machine / "chromium-headless-shell")
    program(machine, "apt-get", "exit 1")
    capfd.readouterr()
    assert main(["chromium"]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_is_installed_by_sudo_or_its_package_is_named(
    name: str, machine: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    program(machine, "apt-get", "exit 1")
    assert main([name]) == 1
    wanted = PROGRAMS[name]
    named = f"The tests of {wanted.needed_by} need {wanted.title}. On Debian and Ubuntu: apt-get install {' '.join(wanted.packages[0])}\n"
    assert capfd.readouterr().err == named
    program(machine, "sudo", 'echo "sudo $@" >&2; exec "$@"')
    assert main([name]) == 1
    assert "sudo env DEBIAN_FRONTEND=noninteractive" in (said := capfd.readouterr().err)
    assert said.endswith(named)
