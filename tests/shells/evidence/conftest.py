"""One process that reads files for all tests, and the examination of submitted files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from adjudicator.evidence import Examination, Limits, examine_bundle
from adjudicator.evidence.process import Examiner
from adjudicator.evidence.readings import FileReading
from evidence.made import BARCODE

Examine: TypeAlias = Callable[..., Examination]
Read: TypeAlias = Callable[[bytes], FileReading]


@pytest.fixture(scope="session")
def examiner() -> Iterator[Examiner]:
    """A process that reads files, with small limits."""
    with Examiner(Limits(pixels=2_000_000, file_bytes=2**21, bundle_bytes=2**22, files=20, pages=5, text=2000)) as made:
        yield made


@pytest.fixture(scope="session")
def read(examiner: Examiner) -> Read:
    """Read a file."""
    return lambda content: examiner.read(content, at="2022-05-01T00:00:00+08:00")


@pytest.fixture(scope="session")
def order() -> dict[str, Any]:
    """A claim about a broken bottle, without evidence."""
    case: dict[str, Any] = json.loads((files("adjudicator") / "demo" / "leaking-whisky.json").read_bytes())
    case["order"]["lines"][0]["barcode"] = BARCODE
    return case | {"evidence": []}


@pytest.fixture
def shared(examiner: Examiner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let examinations use the shared process, because starting one takes longer than most tests."""
    monkeypatch.setattr("adjudicator.evidence.examination.Examiner", lambda _: _Shared(examiner))


@pytest.fixture
def examine(shared: None, order: dict[str, Any], tmp_path: Path) -> Examine:  # noqa: ARG001 - the process
    """Examine files by name, with a manifest. Changes to the case and a trust list are optional."""

    def examined(
        contents: Mapping[str, bytes],
        manifest: bytes,
        trust: bytes | None = None,
        corrections: bytes | None = None,
        *,
        suggest: bool = False,
        **case: Any,
    ) -> Examination:
        folder = tmp_path / "files"
        folder.mkdir(exist_ok=True)
        for name, content in contents.items():
            (folder / name).write_bytes(content)
        return examine_bundle(
            [folder],
            json.dumps(order | case).encode(),
            manifest=manifest,
            trust=trust,
            corrections=corrections,
            suggest=suggest,
        )

    return examined


class _Shared:
    """The shared process, which keeps running."""

    def __init__(self, examiner: Examiner) -> None:
        self._examiner = examiner

    def __enter__(self) -> Examiner:
        return self._examiner

    def __exit__(self, *_: object) -> None:
        """Leave it running."""
