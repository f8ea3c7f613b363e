"""Every example in the documentation does what its page says.

A page is run from top to bottom, in a directory and a namespace of its own:

- ``python`` is executed; what it prints is the ``text`` block right below it, and it prints nothing if there is none;
- ``console`` holds commands (``$ ...``) and what they print; ``...`` stands for anything, alone on a line for any lines;
- ``json`` is a case, which is decided, or an excerpt of the decision that the page is about;
- a block with a ``title`` is a file of that name, as in ``docs/examples`` if it is there, for the commands of its page; one
  with the title of a file of this repository (``tests/...``) is an excerpt of that file;
- the pack that ``adjudicator new-pack`` writes into the page's directory counts as installed.

The pages about adapters are read in a checkout: the payloads of their stories are in ``tests``. Pages that show parts
of a pack are read where that pack is.

Anything else is refused: there are no examples that nobody runs.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, redirect_stdout
from functools import partial
from io import StringIO
from pathlib import Path
from textwrap import dedent
from threading import Thread
from types import ModuleType
from typing import Any, Final

import pytest
from attrs import Factory, define, frozen

from adjudicator import claims, decide, dump_decision, law, load_case

ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"
EXAMPLES: Final = DOCS / "examples"
PAGES: Final = sorted(DOCS.rglob("*.md"))

FENCE: Final = re.compile(r"(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<info>.*)")
TITLE: Final = re.compile(r'title="(?P<title>[^"]+)"')
MADE_WITH_THE_SITE: Final = {DOCS / "handbook" / "index.md"}
PACKS_SHOWN: Final = {
    "shipping-a-pack.md": [EXAMPLES / "lantern" / "lantern_promises"],
    "flight-compensation.md": [
        EXAMPLES / "flight_compensation" / name for name in ("flight_rights", "flights.cases.yaml")
    ],
}
"""Files that are in a page's directory from the start, because the page shows only parts of them."""
WITH_A_SERVICE: Final = {
    DOCS / name for name in ("events.md", "evidence.md", "http.md", "panel.md", "panel/chatwoot.md")
}
"""The pages that need a running service for ``curl``."""
LINK: Final = re.compile(r"\]\((?!\w+:)(?P<path>[^)#\s]*)(?:#[^)\s]*)?\)")


@frozen
class Block:
    """A fenced block of a page."""

    line: int
    kind: str
    title: str | None
    text: str


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, from top to bottom."""
    lines = enumerate(page.read_text("utf-8").splitlines(), start=1)
    for start, line in lines:
        opening = FENCE.fullmatch(line)
        if opening is None:
            continue
        held = []
        for _, inner in lines:
            if inner.strip() == opening["fence"]:
                break
            held.append(inner)
        else:
            pytest.fail(f"{page}:{start}: a block that is never closed")
        kind, _, rest = opening["info"].strip().partition(" ")
        title = TITLE.search(rest)
        yield Block(start, kind, title["title"] if title else None, dedent("\n".join(held)) + "\n")


def matches(shown: str, printed: str) -> bool:
    """Whether the output matches the page, with ``...`` for anything."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "..." else f"{'.*'.join(map(re.escape, line.rstrip().split('...')))}\n"
        for line in shown.strip("\n").splitlines()
    )
    return re.fullmatch(pattern, "".join(f"{line.rstrip()}\n" for line in printed.strip("\n").splitlines())) is not None


def is_part_of(excerpt: Any, whole: Any) -> bool:
    """Whether an excerpt of a JSON value leaves out members and items, but changes none."""
    if isinstance(excerpt, dict):
        return isinstance(whole, dict) and all(
            name in whole and is_part_of(value, whole[name]) for name, value in excerpt.items()
        )
    if isinstance(excerpt, list):
        rest = iter(whole) if isinstance(whole, list) else iter(())
        return isinstance(whole, list) and all(any(is_part_of(each, other) for other in rest) for each in excerpt)
    return type(excerpt) is type(whole) and bool(excerpt == whole)


@define
class Reader:
    """Follows a page literally, in an empty directory."""

    page: Path
    directory: Path
    programs: Path
    namespace: dict[str, Any] = Factory(lambda: {"__name__": "page"})
    decision: dict[str, Any] | None = None
    printed: str = ""
    unused: set[str] = Factory(set)
    shown: dict[Path, str] = Factory(dict)

    def follow(self) -> None:
        """Run the page."""
        for block in blocks_of(self.page):
            where = f"{self.page.relative_to(ROOT)}:{block.line}"
            if block.kind != "text":
                assert not self.printed, (
                    f"{where}: the example above printed what the page does not show: {self.printed}"
                )
            if block.title is not None:
                self.save(block, where)
            elif block.kind == "python":
                self.run(block, where)
            elif block.kind == "text":
                assert self.printed, f"{where}: nothing was printed that this could be"
                assert matches(block.text, self.printed), f"{where}: printed was\n{self.printed}"
                self.printed = ""
            elif block.kind == "console":
                self.type_in(block, where)
            elif block.kind == "json":
                self.read(block, where)
            else:
                pytest.fail(f"{where}: no example of the kind {block.kind!r} is run by the tests")
        assert not self.printed, f"{self.page}: the last example printed what the page does not show: {self.printed}"
        for kept, shown in self.shown.items():
            assert shown.split() == kept.read_text("utf-8").split(), f"{self.page} does not show the whole of {kept}"
        assert not self.unused, f"{self.page}: no command or program uses {sorted(self.unused)}"

    def save(self, block: Block, where: str) -> None:
        """Write a file from the page."""
        assert block.title is not None
        if block.title.startswith("docs/"):
            whole = (ROOT / block.title).read_text("utf-8")
            assert is_part_of(json.loads(block.text), json.loads(whole)), f"{where} is no part of {block.title}"
            return
        of_that_name = sorted(EXAMPLES.glob(f"**/{block.title}"))
        kept = next((each for each in of_that_name if block.text.strip("\n") in each.read_text("utf-8")), None)
        assert kept is not None or not of_that_name, f"{where} is not what {of_that_name} holds"
        if kept is not None:
            self.shown[kept] = self.shown.get(kept, "") + block.text
        target = self.directory / block.title
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(kept.read_text("utf-8") if kept is not None else block.text, "utf-8")
        if target.name == "pyproject.toml":
            self.install(tomllib.loads(target.read_text("utf-8"))["project"])
        else:
            self.unused.add(Path(block.title).parts[0].removesuffix(target.suffix))
        if block.kind == "json":
            json.loads(block.text)
        elif block.kind == "python":
            compile(block.text, where, "exec", dont_inherit=True)

    def install(self, project: dict[str, Any]) -> None:
        """Make Python find the project in the page's directory as if it were installed."""
        folder = self.directory / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
        folder.mkdir(exist_ok=True)
        (folder / "METADATA").write_text(f"Name: {project['name']}\nVersion: {project['version']}\n", "utf-8")
        groups = project["entry-points"].items()
        lines = [
            f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in each.items()) for group, each in groups
        ]
        (folder / "entry_points.txt").write_text("".join(lines), "utf-8")

    def run(self, block: Block, where: str) -> None:
        """Execute a piece of Python."""
        self.unused -= {name for name in self.unused if name in block.text}
        code = compile("\n" * block.line + block.text, str(self.page), "exec", dont_inherit=True)
        with redirect_stdout(StringIO()) as out:
            exec(code, self.namespace)
        self.printed = out.getvalue()

    def type_in(self, block: Block, where: str) -> None:
        """Run the commands of a block one by one, and compare their output."""
        shown = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        assert not shown[0], f"{where} does not begin with a command"
        for each in shown[1:]:
            command, *output = re.split(r"(?<!\\)\n", each, maxsplit=1)
            self.unused -= {name for name in self.unused if name in command}
            done = subprocess.run(
                ["sh", "-c", command],
                cwd=self.directory,
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
                timeout=120,
                check=False,
            )
            assert matches("".join(output), done.stdout), f"{where}: {command!r} printed\n{done.stdout}"
            assert done.returncode == 0, f"{where}: {command!r} ended with {done.returncode}"
            if "new-pack" in command:
                self.install(tomllib.loads((self.directory / "pyproject.toml").read_text("utf-8"))["project"])

    def environment(self) -> dict[str, str]:
        """The environment of the reader's shell: English, with a terminal of 80 columns."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "PYTEST"))}
        path = os.pathsep.join(
            [
                str(self.directory / "bin"),
                str(self.programs),
                str(Path(sys.executable).parent),
                os.environ.get("PATH", ""),
            ]
        )
        return kept | {"PATH": path, "COLUMNS": "80", "LANG": "C.UTF-8", "PYTHONPATH": str(self.directory)}

    def read(self, block: Block, where: str) -> None:
        """Decide a case, or find an excerpt in the page's decision."""
        document = json.loads(block.text)
        if "policy" in document and isinstance(document["policy"], str):
            self.decision = json.loads(dump_decision(decide(load_case(block.text))))
            return
        if "decision" in self.namespace:
            self.decision = json.loads(dump_decision(self.namespace["decision"]))
        assert is_part_of(document, self.decision), f"{where} is no part of {json.dumps(self.decision, indent=2)}"


@contextmanager
def serving(directory: Path, programs: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Run a service in development mode, which ``curl`` in a page reaches."""
    import uvicorn

    from adjudicator.desk.app import create_app
    from adjudicator.service.settings import Settings
    from adjudicator.store import open_store

    record = open_store(f"sqlite:///{directory}/adjudicator.db")
    key = directory / "the-secret-of-the-panel"
    key.write_text("k" * 32)
    app = create_app(Settings(development=True, webhook_addresses="loopback", panel_key=str(key)), record)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
        thread = Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        curl = directory / "bin" / "curl"
        curl.parent.mkdir()
        port = listening.getsockname()[1]
        curl.write_text(f'#!/bin/sh\nexec "{programs}/python" "{ROOT}/tests/support/curl.py" {port} "$@"\n', "utf-8")
        curl.chmod(0o755)
        monkeypatch.setenv("SERVICE", f"http://127.0.0.1:{port}")
        yield
        server.should_exit = True
        thread.join()
    record.close()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_a_page_shows_what_really_happens(
    page: Path, programs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Following the page literally gives the results it shows."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(EXAMPLES))
    if page.parent.name == "adapters":
        shutil.copytree(EXAMPLES / page.stem, tmp_path / "docs" / "examples" / page.stem)
    for each in PACKS_SHOWN.get(page.name, ()):
        copy = partial(shutil.copytree, ignore=shutil.ignore_patterns("__pycache__")) if each.is_dir() else shutil.copy
        copy(each, tmp_path / each.name)
    with serving(tmp_path, programs, monkeypatch) if page in WITH_A_SERVICE else nullcontext():
        Reader(page, tmp_path, programs).follow()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(DOCS)))
def test_links_have_targets(page: Path) -> None:
    """A link within the documentation names an existing file."""
    for link in LINK.finditer(page.read_text("utf-8")):
        target = (page.parent / link["path"]).resolve()
        assert target.exists() or target in MADE_WITH_THE_SITE, f"{page} links to {link['path']}"


def test_every_page_is_in_the_navigation() -> None:
    """Every page can be found."""
    navigation = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:\n")[2]
    missing = [page for page in (str(each.relative_to(DOCS)) for each in PAGES) if page not in navigation]
    assert not missing, f"mkdocs.yml does not name {missing}"


def test_every_reading_has_one_heading() -> None:
    """Each reading that the policies cite, or that the documentation numbers, has a heading of its own, once."""
    pages = "\n".join(page.read_text("utf-8") for page in sorted((DOCS / "readings").glob("*.md")))
    headings = re.findall(r"^#+ (R\d+a?) ", pages, re.MULTILINE)
    assert sorted(headings) == sorted(["R22a", *(f"R{number}" for number in range(1, 63))])
    cited = {
        reading
        for path in (ROOT / "policies").glob("*/*.py")
        for reading in re.findall(r"\bR\d+a?\b", path.read_text("utf-8"))
    }
    assert cited <= set(headings), f"cited, but nowhere explained: {sorted(cited - set(headings))}"


def test_pages_contain_no_machine_paths() -> None:
    """No page names a path of the machine on which it was written."""
    for page in [*PAGES, *EXAMPLES.rglob("*.py")]:
        named = re.findall(r"(?:/(?:work|home|root|tmp|opt)/\S*|pypi\S*)", page.read_text("utf-8"))
        assert not named, f"{page} names {named}"


def test_the_table_of_packages_matches_the_import_contract() -> None:
    """The table of packages has the layers of the import contract, from the bottom up."""
    page = (DOCS / "the-way-of-a-case.md").read_text("utf-8")
    packages = [(int(layer), package) for layer, package in re.findall(r"^\| (\d) \| `(\w+)` \|", page, re.MULTILINE)]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["id"] == "layers"]
    numbered = enumerate(reversed(layers), start=1)
    assert packages == [(number, package) for number, layer in numbered for package in layer.split(" | ")]


@pytest.mark.parametrize("module", [law, claims], ids=lambda module: str(module.__name__))
def test_the_names_that_packs_import_are_listed(module: ModuleType) -> None:
    """The tables of ``adjudicator.law`` and ``adjudicator.claims`` have exactly their names."""
    page = (DOCS / "writing-a-policy.md").read_text("utf-8")
    section = page.partition("## The two modules you import")[2].partition("\n## ")[0]
    of_law, _, of_claims = section.partition("| `adjudicator.claims` | for |")
    rows = re.findall(r"^\| (`.+?) \|", of_law if module.__name__ == "adjudicator.law" else of_claims, re.MULTILINE)
    listed = {name for row in rows for name in re.findall(r"`(\w+)", row)} - {"adjudicator", "bool"}
    assert sorted(listed) == sorted(module.__all__)


def test_an_excerpt_can_leave_parts_out_but_not_change_them() -> None:
    whole = {"a": [1, {"b": 2, "c": 3}], "d": None}
    assert is_part_of({"a": [{"c": 3}]}, whole)
    assert is_part_of({"d": None}, whole)
    changed: tuple[Any, ...] = ({"a": [{"c": 4}]}, {"e": 1}, {"a": [{"b": 2}, 1]}, {"d": 0}, {"a": {}}, {"a": [True]})
    for excerpt in changed:
        assert not is_part_of(excerpt, whole), excerpt


def test_dots_match_anything_and_other_text_matches_itself() -> None:
    assert matches("one\n...\nfour", "one\ntwo\nthree\nfour\n")
    assert matches("key ... end", "key 123 end")
    assert not matches("one\n...\nfour", "one\ntwo\n")
    assert not matches("a.c", "abc")


def test_the_readme_shows_a_real_decision(programs: Path, tmp_path: Path) -> None:
    """The transcript on the first screen is the output of the command for the bundled case."""
    shown = (ROOT / "README.md").read_text("utf-8").partition("```console\n")[2].partition("```")[0]
    command, _, transcript = shown.partition("\n")
    reader = Reader(ROOT / "README.md", tmp_path, programs)
    for line in ("adjudicator demo", command.removeprefix("$ ")):
        done = subprocess.run(
            ["sh", "-c", line],
            cwd=tmp_path,
            env=reader.environment(),
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    assert matches(transcript, done.stdout)
