"""What the process that reads files has given up, tested in a process that gives up the same."""

from __future__ import annotations

import json
import platform
import sys
from pathlib import Path
from typing import Final

import pytest

from adjudicator.evidence.process import Examiner

TRIES: Final = """
import json, os, socket, subprocess, sys
from adjudicator.evidence import isolation

network = isolation.without_network()
isolation.with_limits(2**31, 10)
files = isolation.without_files({sys.prefix, sys.base_prefix, *(each for each in sys.path if each)})


def comes_to(work):
    try:
        work()
    except BaseException as error:
        return type(error).__name__
    return "done"


def connect():
    with socket.socket() as made:
        made.settimeout(5)
        made.connect(("127.0.0.1", int(sys.argv[1])))


tries = {
    "connect": connect,
    "read": lambda: open(sys.argv[2]).read(),
    "write": lambda: open(os.path.join(sys.prefix, "x"), "w").write("x"),
    "truncate": lambda: os.truncate(sys.argv[2], 0),
    "delete": lambda: os.unlink(sys.argv[2]),
    "signal": lambda: os.kill(os.getppid(), 0),
    "list": lambda: os.listdir("/"),
    "import": lambda: __import__("this_is_no_module"),
    "own": lambda: open(os.__file__).read(),
}
kernel = {name: comes_to(work) for name, work in tries.items()}
isolation.without_python_side_doors()
tries = {
    "connect": connect,
    "run": lambda: subprocess.run(["true"]),
    "system": lambda: os.system("true"),
    "fork": os.fork,
    "resolve": lambda: socket.getaddrinfo("localhost", 1),
}
print(json.dumps([network, files, kernel, {name: comes_to(work) for name, work in tries.items()}]))
"""


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str, dict[str, str], dict[str, str]]:
    """The kind of isolation, and the results of some attempts."""
    import socket
    import subprocess

    secret = tmp_path_factory.mktemp("secrets") / "secret"
    secret.write_text("secret", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        command = [sys.executable, "-c", TRIES, port, str(secret)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    network, files, kernel, python = json.loads(done.stdout)
    return network, files, kernel, python


def test_the_report_states_the_actual_isolation(examiner: Examiner, tried: tuple[str, str, object, object]) -> None:
    assert (examiner.isolation.network, examiner.isolation.files) == tried[:2]


def test_python_refuses_what_the_process_gave_up(tried: tuple[str, str, object, dict[str, str]]) -> None:
    assert tried[3] == dict.fromkeys(("connect", "run", "system", "fork", "resolve"), "Forbidden")


def test_the_kernel_takes_the_network_away(tried: tuple[str, str, dict[str, str], object]) -> None:
    network, _, kernel, _ = tried
    if network != "namespace":
        pytest.skip("this system does not allow it")
    assert kernel["connect"] == "OSError"


def test_the_kernel_takes_all_files_but_pythons_own_away(tried: tuple[str, str, dict[str, str], object]) -> None:
    _, files, kernel, _ = tried
    if files != "landlock":
        pytest.skip("this system does not allow it")
    taken = ("read", "write", "list", "truncate", "delete")
    assert {name: kernel[name] for name in taken} == dict.fromkeys(taken, "PermissionError")
    assert (kernel["import"], kernel["own"]) == ("ModuleNotFoundError", "done")


def test_where_the_kernel_can_the_process_sends_no_signals(tried: tuple[str, str, dict[str, str], object]) -> None:
    if tuple(map(int, platform.release().split(".")[:2])) < (6, 12) or tried[1] != "landlock":
        pytest.skip("this system does not allow it")
    assert tried[2]["signal"] == "PermissionError"


def test_nothing_is_imported_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bundle can contain a file ``PIL.py``."""
    from adjudicator.evidence import Limits

    (tmp_path / "PIL.py").write_text("raise SystemExit('taken in')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with Examiner(Limits()) as examiner:
        assert examiner.isolation.network in ("namespace", "python")
