"""Output of the commands that work case by case: a line of JSON or a page for each result, and what is wrong with the others."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Generic, Literal, Protocol, TypeVar

from attrs import frozen
from rich.console import Console, RenderableType

from adjudicator.cli.pages.errors import faults_page
from adjudicator.cli.pages.layout import Marks, marks_in, rule_between
from adjudicator.cli.streams import console_on, json_line, name_of, report, report_faults, write_line
from adjudicator.model.errors import Fault
from adjudicator.words import ENGLISH, words_for

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
Format = Literal["text", "json"]


class FaultSink(Protocol):
    """Where the faults of a record go."""

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Write what is wrong with the record on a line; ``is_alone`` waits until it is certain whether others follow."""


class Output(FaultSink, Protocol[T_contra]):
    """Where results go, and the faults of the records that have none."""

    def write(self, result: T_contra) -> None:
        """Write the result of one record."""


@frozen
class Rendering(Generic[T]):
    """How one kind of result is written: as bytes of JSON, and as a page in a language.

    ``faulty`` is the code of the heading above the faults of one line among several.
    """

    line: Callable[[T], bytes]
    page: Callable[[T, str, Marks], RenderableType]
    faulty: str = "decision.undecidable"

    def output(self, format: Format, language: str, file: str) -> Output[T]:
        """The output of a command that reads ``file``."""
        return JsonOutput(self.line, file) if format == "json" else TextOutput(self, language, file)


@frozen
class JsonOutput(Generic[T]):
    """One line of JSON for each record, whether it has a result or is at fault."""

    line: Callable[[T], bytes]
    file: str

    def write(self, result: T) -> None:
        """Write a result."""
        write_line(self.line(result))

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Write the faults in the record's place; those of a single record go to the standard error as well."""
        listed = [{"pointer": fault.pointer, "value": fault.value, "expected": fault.expected} for fault in faults]
        write_line(json_line({"error": {"line": line, "faults": listed}}))
        if is_alone():
            report_faults(faults, ENGLISH, self.file)


class TextOutput(Generic[T]):
    """A page for each record."""

    def __init__(self, rendering: Rendering[T], language: str, file: str) -> None:
        self.rendering = rendering
        self.language = language
        self.file = file
        self.console: Console = console_on(sys.stdout)
        self.marks = marks_in(self.console.encoding)
        self.pages = 0

    def write(self, result: T) -> None:
        """Show a result."""
        self._show(self.rendering.page(result, self.language, self.marks))

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Show the faults in the record's place; those of a single record go to the standard error instead."""
        if is_alone():
            report_faults(faults, self.language, self.file)
        else:
            self._show(faults_page(line, faults, self.language, self.marks, self.rendering.faulty))

    def _show(self, page: RenderableType) -> None:
        if self.pages:
            self.console.print(rule_between())
        self.console.print(page)
        self.pages += 1


@frozen
class ErrorOutput:
    """Faults on the standard error alone, for commands whose standard output is a document."""

    language: str
    file: str

    def write_faults(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Write the faults, below a heading with the line where there are several records."""
        if not is_alone():
            report(f"{name_of(self.file)}: {words_for(None, self.language).say('decision.undecidable', line=line)}")
        report_faults(faults, self.language, self.file)
