"""Output: decisions, checks and faults as lines of JSON or as pages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Protocol

from rich.console import RenderableType

from adjudicator.analysis.check import Check, check_document
from adjudicator.analysis.entitlements import Entitlements, entitlements_document
from adjudicator.analysis.whatif import WhatIf, decision_with_alternatives, what_if_document
from adjudicator.cli.pages import (
    alternatives_page,
    check_page,
    decision_page,
    entitlements_page,
    faults_page,
    marks_in,
    rule_between,
    what_if_page,
)
from adjudicator.cli.streams import complain, complain_of, console_on, json_line, write_line
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault
from adjudicator.wire.codec import dump_decision
from adjudicator.words import ENGLISH, words_for


class Faults(Protocol):
    """Where it goes what is wrong with a record."""

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Tell what is wrong with the record on a line; ``is_alone`` waits until it is known whether others follow."""


class Output(Faults, Protocol):
    """Where decisions and checks go, and what is wrong with what is no case."""

    def decision(self, decision: Decision) -> None:
        """Tell a decision."""

    def check(self, check: Check) -> None:
        """Tell what a case lacks."""

    def entitlements(self, found: Entitlements) -> None:
        """Tell what an order gives."""

    def what_if(self, found: WhatIf) -> None:
        """Tell what would change a decision."""

    def decision_with_alternatives(self, found: WhatIf) -> None:
        """Tell a decision, and what would change it."""


class FaultsApart:
    """Faults on the standard error alone, for where the standard output holds a document that they would spoil."""

    def __init__(self, language: str) -> None:
        self.language = language

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Tell the faults, below the line that they are about where there are several."""
        if not is_alone():
            complain(words_for(None, self.language).say("decision.undecidable", line=line))
        complain_of(faults, self.language)


class JsonOutput:
    """One line of JSON for each record."""

    def decision(self, decision: Decision) -> None:
        """Tell a decision."""
        write_line(dump_decision(decision))

    def check(self, check: Check) -> None:
        """Tell what a case lacks."""
        write_line(json_line(check_document(check)))

    def entitlements(self, found: Entitlements) -> None:
        """Tell what an order gives."""
        write_line(json_line(entitlements_document(found)))

    def what_if(self, found: WhatIf) -> None:
        """Tell what would change a decision."""
        write_line(json_line(what_if_document(found)))

    def decision_with_alternatives(self, found: WhatIf) -> None:
        """Tell a decision, and what would change it."""
        write_line(json_line(decision_with_alternatives(found)))

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Tell the faults in the record's place; those of a single case on the standard error too."""
        told = [{"pointer": fault.pointer, "value": fault.value, "expected": fault.expected} for fault in faults]
        write_line(json_line({"error": {"line": line, "faults": told}}))
        if is_alone():
            complain_of(faults, ENGLISH)


class TextOutput:
    """A page for each record; ``faulty_line`` is the code for what became of one that is at fault."""

    def __init__(self, language: str, faulty_line: str) -> None:
        self.language = language
        self.faulty_line = faulty_line
        self.console = console_on(sys.stdout)
        self.marks = marks_in(self.console.encoding)
        self.pages = 0

    def decision(self, decision: Decision) -> None:
        """Show a decision."""
        self.show(decision_page(decision, self.language, self.marks))

    def check(self, check: Check) -> None:
        """Show what a case lacks."""
        self.show(check_page(check, self.language, self.marks))

    def entitlements(self, found: Entitlements) -> None:
        """Show what an order gives."""
        self.show(entitlements_page(found, self.language, self.marks))

    def what_if(self, found: WhatIf) -> None:
        """Show what would change a decision."""
        self.show(what_if_page(found, self.language, self.marks))

    def decision_with_alternatives(self, found: WhatIf) -> None:
        """Show a decision, and below it what would change it."""
        self.decision(found.decision)
        self.console.print()
        self.console.print(alternatives_page(found, self.language, self.marks))

    def faulty(self, line: int, faults: Sequence[Fault], is_alone: Callable[[], bool]) -> None:
        """Show the faults in the record's place; those of a single case go to the standard error."""
        if is_alone():
            complain_of(faults, self.language)
        else:
            self.show(faults_page(line, faults, self.language, self.marks, self.faulty_line))

    def show(self, page: RenderableType) -> None:
        """Show a page, apart from the one before."""
        if self.pages:
            self.console.print(rule_between())
        self.console.print(page)
        self.pages += 1
