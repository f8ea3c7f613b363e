"""Output of commands that process records: one JSON line or page per result, and the faults of invalid records."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Generic, Literal, Protocol, TypeVar

from attrs import frozen
from rich.console import Console, RenderableType

from adjudicator.cli.pages.errors import faults_page
from adjudicator.cli.pages.layout import Marks, marks_in, separator
from adjudicator.cli.streams import console_on, display_name, json_line, report, report_faults, write_line
from adjudicator.model.errors import Fault
from adjudicator.words import ENGLISH, words_for

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
Format = Literal["text", "json"]


class FaultSink(Protocol):
    """Receives the faults of invalid records."""

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Write the faults of the record on a line. ``is_alone`` tells whether it is the only record; it may block to find out."""


class Output(FaultSink, Protocol[T_contra]):
    """Receives results, and the faults of invalid records."""

    def write(self, result: T_contra) -> None:
        """Write the result of one record."""


@frozen
class Rendering(Generic[T]):
    """How to write one kind of result: as a JSON line, and as a page in a language.

    ``faulty`` is the code of the heading above the faults of an invalid record among several.
    """

    line: Callable[[T], bytes]
    page: Callable[[T, str, Marks], RenderableType]
    faulty: str = "decision.undecidable"

    def output(self, format: Format, language: str, file: str) -> Output[T]:
        """Create the output of a command that reads ``file``."""
        return JsonOutput(self.line, file) if format == "json" else TextOutput(self, language, file)


@frozen
class JsonOutput(Generic[T]):
    """Writes one JSON line per record, whether valid or not."""

    line: Callable[[T], bytes]
    file: str

    def write(self, result: T) -> None:
        """Write the JSON line of a result."""
        write_line(self.line(result))

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Write a JSON line with the faults; those of a single record also go to standard error."""
        listed = [{"pointer": fault.pointer, "value": fault.value, "expected": fault.expected} for fault in faults]
        write_line(json_line({"error": {"line": line, "faults": listed}}))
        if is_alone():
            report_faults(faults, ENGLISH, self.file)


class TextOutput(Generic[T]):
    """Writes one page per record."""

    def __init__(self, rendering: Rendering[T], language: str, file: str) -> None:
        self.rendering = rendering
        self.language = language
        self.file = file
        self.console: Console = console_on(sys.stdout)
        self.marks = marks_in(self.console.encoding)
        self.pages = 0

    def write(self, result: T) -> None:
        """Print the page of a result."""
        self._show(self.rendering.page(result, self.language, self.marks))

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Print a page with the faults; those of a single record go to standard error instead."""
        if is_alone():
            report_faults(faults, self.language, self.file)
        else:
            self._show(faults_page(line, faults, self.language, self.marks, self.rendering.faulty))

    def _show(self, page: RenderableType) -> None:
        if self.pages:
            self.console.print(separator())
        self.console.print(page)
        self.pages += 1


@frozen
class ErrorOutput:
    """Writes faults to standard error only, for commands whose standard output is a document."""

    language: str
    file: str

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Write the faults, below a heading with the line number if there are several records."""
        if not is_alone():
            report(
                f"{display_name(self.file)}: {words_for(None, self.language).say('decision.undecidable', line=line)}"
            )
        report_faults(faults, self.language, self.file)
