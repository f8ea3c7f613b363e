"""The core alone decides cases, has few dependencies, and names the extra that anything else needs."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import distribution, packages_distributions
from pathlib import Path
from typing import Final, get_args

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from adjudicator import decide, dump_decision, load_case
from adjudicator.extras import Extra
from sharing import shared
from test_packaging import PROJECT, ROOT, locked, wheel_of_the_project

NAME: Final = PROJECT["name"]
EXTRAS: Final[dict[str, list[str]]] = PROJECT["optional-dependencies"]
CASE: Final = (ROOT / "adjudicator" / "demo" / "counterfeit.json").read_text("utf-8")
MIB: Final = 2**20


def brought_by(requirements: list[str]) -> set[str]:
    """Every distribution that an installer adds for some requirements, with its own requirements."""
    found: set[str] = set()
    ahead = [(Requirement(each), "") for each in requirements]
    while ahead:
        requirement, asked_for = ahead.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": asked_for}):
            continue
        if name == NAME:
            ahead += [(Requirement(each), "") for extra in requirement.extras for each in EXTRAS[extra]]
        elif name not in found or requirement.extras:
            found.add(name)
            required = [Requirement(each) for each in distribution(name).requires or ()]
            ahead += [(each, extra) for each in required for extra in (*requirement.extras, "")]
    return found


class Environment:
    """A separate environment with some distributions, in the versions of this one."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=False)
        self.folder = folder
        self.python = folder / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        self.packages = Path(self.run("import sysconfig; print(sysconfig.get_path('purelib'))").stdout.strip())

    def add_wheel(self, wheel: Path) -> None:
        """Unpack a wheel, which is all that installing ours takes."""
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(self.packages)

    def add(self, name: str) -> None:
        """Copy a distribution of this environment, without its programs."""
        found = distribution(name)
        for file in found.files or ():
            if ".." not in file.parts and "__pycache__" not in file.parts:
                target = self.packages / file
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(str(found.locate_file(file)), target)

    def run(self, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program outside this tree."""
        command = [str(self.python), "-I", "-c", code, *arguments]
        return subprocess.run(command, cwd=self.folder, check=False, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def core(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The result of ``pip install claim-adjudicator``, made once for all test processes."""
    return shared(tmp_path_factory, "core", lambda: core_of(tmp_path_factory))


def core_of(factory: pytest.TempPathFactory) -> Environment:
    """An environment with the core, and all that it brings."""
    made = Environment(factory.mktemp("core"))
    made.add_wheel(wheel_of_the_project(factory))
    for name in brought_by(PROJECT["dependencies"]):
        made.add(name)
    return made


def test_the_core_brings_eight_distributions(core: Environment) -> None:
    listed = core.run(
        "from importlib.metadata import distributions as d; print(*(each.metadata['Name'] for each in d()))"
    )
    installed = {canonicalize_name(name) for name in listed.stdout.split()}
    assert installed == {NAME, *locked("core")}
    assert len(installed) == 1 + 8


def test_the_core_is_small(core: Environment) -> None:
    """A fraction of everything, without bytecode, which an installer may add."""
    size = sum(path.stat().st_size for path in core.packages.rglob("*") if path.suffix != ".pyc")
    assert size < 12 * MIB


def test_the_core_decides_the_same_bytes(core: Environment) -> None:
    code = "import sys; from adjudicator import *; print(dump_decision(decide(load_case(sys.argv[1]))).decode())"
    done = core.run(code, CASE)
    assert done.stderr == ""
    assert done.stdout.rstrip("\n").encode() == dump_decision(decide(load_case(CASE)))


def test_the_core_looks_into_a_case_too(core: Environment) -> None:
    code = "import sys, adjudicator as a; c = a.load_case(sys.argv[1]); a.check(c); a.what_if(c); a.case_schema(); print(1)"
    done = core.run(code, CASE)
    assert (done.stdout, done.stderr) == ("1\n", "")


@pytest.mark.parametrize("arguments", [(), ("--help",), ("decide", "-"), ("serve",)])
def test_the_program_names_its_extra(core: Environment, arguments: tuple[str, ...]) -> None:
    done = core.run("import sys; from adjudicator.cli import main; sys.exit(main())", *arguments)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "adjudicator: cyclopts is not installed; it is part of the extra `cli`: pip install 'claim-adjudicator[cli]'\n"
    )


@pytest.mark.parametrize(
    ("module", "extra"),
    [
        ("adjudicator.words", "words"),
        ("adjudicator.explain", "words"),
        ("adjudicator.rulebook.codes", "words"),
        ("adjudicator.bulk", "bulk"),
        ("adjudicator.spark", "spark"),
        ("adjudicator.prove", "prove"),
        ("adjudicator.evidence", "evidence"),
        ("adjudicator.store", "service"),
        ("adjudicator.service.app", "service"),
        ("adjudicator.client", "client"),
        ("adjudicator.mcp.server", "mcp"),
        ("adjudicator.testing", "testing"),
        ("adjudicator.testing.laws", "testing"),
    ],
)
def test_a_part_of_the_library_names_its_extra(core: Environment, module: str, extra: str) -> None:
    code = f"""
from adjudicator.extras import MissingExtra
try:
    import {module}
except ImportError as error:
    print(getattr(error, "extra", None), error.name, error, sep="|")
"""
    found, _, rest = core.run(code).stdout.strip().partition("|")
    assert found == extra
    assert f"pip install 'claim-adjudicator[{extra}]'" in rest


WITHOUT: Final = "import sys; sys.modules[{!r}] = None; from adjudicator.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.mark.parametrize(
    ("lacking", "extra", "arguments"),
    [
        ("rich", "cli", "policies"),
        ("babel", "words", "policies"),
        ("jinja2", "words", "policies"),
        ("markdown", "handbook", "handbook --out book"),
        ("pyarrow", "bulk", "sample"),
        ("watchfiles", "propose", "propose mine.py past.ndjson"),
        ("z3", "prove", "prove douyin_global.damage"),
        ("PIL", "evidence", "examine box --order case.json"),
        ("sqlalchemy", "service", "audit verify"),
        ("litestar", "service", "serve"),
        ("mcp_types", "mcp", "mcp"),
        ("psycopg", "postgresql", "migrate --database postgresql://localhost/x"),
        ("opentelemetry", "telemetry", "serve --port 0"),
    ],
)
def test_a_command_names_the_extra_that_it_lacks(
    lacking: str, extra: str, arguments: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everything else is installed here; the package is hidden from this one program."""
    if extra == "telemetry":
        monkeypatch.setenv("ADJUDICATOR_TRACES_ENDPOINT", "http://127.0.0.1:1/")
    command = [sys.executable, "-c", WITHOUT.format(lacking), *arguments.split()]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.endswith(
        f"{lacking} is not installed; it is part of the extra `{extra}`: pip install 'claim-adjudicator[{extra}]'\n"
    )
    assert done.stderr.count("\n") == 1


def test_there_is_an_extra_for_every_name_and_all_is_all_of_them() -> None:
    assert {*EXTRAS} == {*get_args(Extra), "all"}
    assert brought_by([f"{NAME}[all]"]) == set().union(*(brought_by([f"{NAME}[{extra}]"]) for extra in EXTRAS))


ROOMS: Final = {
    "words": "words",
    "explain": "words",
    "rulebook": "words",
    "rulebook/handbook/site.py": "handbook",
    "bulk": "bulk",
    "comparison": "compare",
    "comparison/laws.py": "propose",
    "spark": "spark",
    "prove": "prove",
    "evidence": "evidence",
    "evidence/reading/seals.py": "ocr",
    "evidence/reading/words.py": "ocr",
    "evidence/buckets.py": "s3",
    "cli": "cli",
    "cli/commands/propose.py": "propose",
    "cli/database.py": "service",
    "store": "service",
    "service": "service",
    "desk": "desk",
    "service/monitoring/telemetry.py": "telemetry",
    "store/postgresql.py": "postgresql",
    "client": "client",
    "mcp": "mcp",
    "cli/commands/mcp.py": "mcp",
    "testing": "testing",
}
"""The extra that a part of the library may use; the rest is the core."""


@cache
def distributions_of_packages() -> Mapping[str, Sequence[str]]:
    """The distributions that bring each package."""
    return packages_distributions()


def third_party(module: Path) -> Iterator[frozenset[str]]:
    """The distributions that a module imports something of; several if more than one brings a package of that name."""
    known = distributions_of_packages()
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for top in {name.partition(".")[0] for name in names} - sys.stdlib_module_names - {"adjudicator"}:
            yield frozenset(map(canonicalize_name, known[top]))


def test_a_module_imports_what_the_core_or_its_extra_asks_for() -> None:
    """By name, because indirect dependencies can disappear with the next version."""
    for module in sorted((ROOT / "adjudicator").rglob("*.py")):
        asked_for = asked_for_by(module.relative_to(ROOT / "adjudicator").as_posix())
        assert [each for each in third_party(module) if not each & asked_for] == [], module


def asked_for_by(place: str) -> set[str]:
    """The packages that the core and the extra of a module ask for."""
    asked_for: set[str] = {canonicalize_name(Requirement(each).name) for each in PROJECT["dependencies"]}
    ahead = [f"{NAME}[{ROOMS[room]}]" for room in ROOMS if place == room or place.startswith(f"{room}/")]
    while ahead:
        requirement = Requirement(ahead.pop())
        asked_for.add(canonicalize_name(requirement.name))
        if requirement.name == NAME:
            ahead += [each for extra in requirement.extras for each in EXTRAS[extra]]
    return asked_for
