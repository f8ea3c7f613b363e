"""Faults as lines of text."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from adjudicator.cli.pages.layout import Marks
from adjudicator.model.errors import Fault, printable, safe
from adjudicator.words import Words, words_for


def faults_page(
    line: int, faults: Iterable[Fault], language: str, marks: Marks, code: str = "decision.undecidable"
) -> RenderableType:
    """The faults of one record among several, below the heading ``code``."""
    words = words_for(None, language)
    head = Text(f"{marks.defeats} {words.say(code, line=line)}", "bold red")
    return Group(head, *(Padding(Text(fault_line(fault, words)), (0, 0, 0, 2)) for fault in faults))


def fault_line(fault: Fault, words: Words) -> str:
    """A fault on one line."""
    place = safe(fault.pointer) or words.say("decision.whole_input")
    return words.say("decision.fault", place=place, expected=printable(fault.expected), value=safe(fault.value))
