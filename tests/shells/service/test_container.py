"""The container file, as far as it can be tested without an engine: its commands run here, on copies of its files."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest
from attrs import frozen

from service.running import PATIENCE, Running, until

ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "Containerfile").read_text("utf-8")


@frozen
class Instruction:
    """An instruction of a container file, with its stage."""

    stage: int
    name: str
    rest: str


def instructions() -> Iterator[Instruction]:
    stage = -1
    lines = re.sub(r"\\\n", " ", TEXT).splitlines()
    for line in (each for each in lines if each.strip() and not each.startswith("#")):
        name, _, rest = line.partition(" ")
        stage += name == "FROM"
        yield Instruction(stage, name, rest)


def all_of(name: str, stage: int | None = None) -> list[str]:
    return [each.rest for each in instructions() if each.name == name and stage in (None, each.stage)]


def copied_in() -> Iterator[tuple[list[str], str]]:
    """The files copied from the project, and their targets."""
    for each in all_of("COPY", 0):
        *sources, target = each.split()
        yield sources, target


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of the first stage: an environment with the program, from exactly the files and commands that it names.

    Without a network: locked packages come from the test environment, which has the same versions, and so does pip.
    """
    folder = tmp_path_factory.mktemp("container")
    source, made = folder / "source", folder / "adjudicator"
    source.mkdir()
    for sources, target in copied_in():
        for each in sources:
            copy(ROOT / each, source / target, source)
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": sysconfig.get_path("purelib"), "PIP_NO_INDEX": "1"}
    for command in all_of("RUN", 0):
        if command == "python -m venv /adjudicator":
            venv.create(made)
        else:
            here = [each.replace("/adjudicator/", f"{made}/") for each in shlex.split(command)]
            subprocess.run(here, cwd=source, env=environment, check=True, capture_output=True, timeout=PATIENCE)
    return made


def copy(source: Path, target: Path, top: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        target = top if target.name == "" else target
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)


def test_the_container_image_serves_and_is_healthy(image: Path, tmp_path: Path) -> None:
    environment = {**variables(), "PATH": f"{image}/bin", "PYTHONPATH": sysconfig.get_path("purelib")}
    assert environment["ADJUDICATOR_HOST"] == "0.0.0.0"
    assert environment["ADJUDICATOR_PORT"] == "8080"
    environment |= {"ADJUDICATOR_HOST": "127.0.0.1", "ADJUDICATOR_PORT": "0"}
    program = [*json.loads(all_of("ENTRYPOINT")[0]), *json.loads(all_of("CMD")[0])]
    output = tmp_path / "output"
    with output.open("wb") as stream:
        process = subprocess.Popen(
            [f"{image}/bin/{program[0]}", *program[1:]], cwd=tmp_path, env=environment, stdout=stream, stderr=stream
        )
    server = Running(process, output)
    try:
        until(lambda: server.found_address() or process.poll() is not None)
        until(lambda: server.is_ready() or process.poll() is not None)
        assert process.poll() is None, server.log_text()
        check = json.loads(all_of("HEALTHCHECK")[0].partition(" CMD ")[2])
        environment["ADJUDICATOR_PORT"] = str(server.port)
        assert subprocess.run([f"{image}/bin/{check[0]}", *check[1:]], env=environment, check=False).returncode == 0
        assert (tmp_path / "adjudicator.db").exists()
        assert server.stop() == 0
        failed = subprocess.run(
            [f"{image}/bin/{check[0]}", *check[1:]], env=environment, check=False, capture_output=True
        )
        assert failed.returncode != 0
    finally:
        process.kill()
        process.wait()


def variables() -> dict[str, str]:
    (found,) = all_of("ENV")
    return dict(each.partition("=")[::2] for each in shlex.split(found))


def test_the_environment_is_the_one_of_the_wheel_and_not_of_the_tests(image: Path) -> None:
    found = subprocess.run(
        [f"{image}/bin/python", "-c", "import adjudicator; print(adjudicator.__file__)"],
        cwd=image,
        env={"PYTHONPATH": sysconfig.get_path("purelib")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.startswith(str(image))


def test_the_container_does_not_run_as_root_and_keeps_its_record_on_a_volume() -> None:
    (user,) = all_of("USER", 1)
    assert user.isdigit()
    assert int(user) > 0
    assert f"--uid {user}" in all_of("RUN", 1)[0]
    assert all_of("VOLUME") == all_of("WORKDIR", 1)
    assert all_of("STOPSIGNAL") == ["SIGTERM"]
    assert all_of("EXPOSE") == [variables()["ADJUDICATOR_PORT"]]


def test_both_stages_have_the_same_python_and_one_that_is_supported() -> None:
    images = {each.split()[0] for each in all_of("FROM")}
    assert len(images) == 1
    version = re.fullmatch(r"python:3\.(\d+)-slim", images.pop())
    assert version is not None
    assert 11 <= int(version[1]) <= 13
    assert sys.version_info >= (3, 11)


def test_a_shell_is_not_needed_to_start_it() -> None:
    for name in ("ENTRYPOINT", "CMD"):
        assert json.loads(all_of(name)[0])
