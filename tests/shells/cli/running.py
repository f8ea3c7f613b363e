"""Runs of the command, in this process or a separate one, and cases for it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from adjudicator import decide, dump_decision, load_case

EXAMPLES = {
    path.stem: json.loads(path.read_text("utf-8"))["case"]
    for path in sorted((Path(__file__).parents[2] / "data" / "examples").glob("*.json"))
}
PAID = "authenticity-proof-covers-two-of-three"
DENIED = "damage-whisky-24-hours-and-a-second"
WAITING = "authenticity-unverified-report"
ESCAPE = "\x1b"

PLAIN_ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("LC_ALL", "LC_MESSAGES", "LANG", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "PYTHONIOENCODING", "TERM")
} | {"PYTHONUTF8": "1"}

THE_COMMAND = (sys.executable, "-c", "import sys; from adjudicator.cli import main; sys.exit(main())")


class Result:
    """The result of running the command."""

    def __init__(self, status: int, out: bytes, err: bytes) -> None:
        self.status = status
        self.out = out
        self.err = err.decode()

    @property
    def text(self) -> str:
        """The output as text."""
        return self.out.decode()

    @property
    def lines(self) -> list[Any]:
        """The output as JSON documents, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def case(name: str, **changes: Any) -> dict[str, Any]:
    """An example with some fields changed."""
    return {**EXAMPLES[name], **changes}


def in_bytes(document: object, **options: Any) -> bytes:
    """A document as JSON."""
    return json.dumps(document, ensure_ascii=False, **options).encode()


def decision_of(document: object) -> bytes:
    """The expected output line for a case."""
    return dump_decision(decide(load_case(in_bytes(document)))) + b"\n"


def hidden_in(text: str) -> set[str]:
    """The control characters in a text that a terminal would obey, except line ends."""
    return {each for each in text if not each.isprintable() and each != "\n"}
