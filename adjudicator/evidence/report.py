"""What an examination found: facts with where they come from, remarks, and what was not read."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from attrs import Factory, field, frozen

from adjudicator.evidence.process import Isolation
from adjudicator.evidence.readings import FileReading, Place, Problem, converter
from adjudicator.model.finding import JsonValue


class Source(StrEnum):
    """Where a fact comes from."""

    STATED = "stated"
    """The manifest states it."""
    READ = "read"
    """It was read in a file, for certain."""
    COMPARED = "compared"
    """Its files were compared with others."""
    CONFIRMED = "confirmed"
    """A person confirmed or corrected it after the examination."""


@frozen(kw_only=True)
class Fact:
    """One field of a piece of evidence, and where its value comes from; ``field`` is a path such as ``issuer/role``."""

    field: str
    value: JsonValue
    source: Source
    file: str | None = None
    method: str | None = None
    place: Place | None = None


@frozen(kw_only=True)
class Remark:
    """Something for a person to look at. It changes nothing in the case. ``code`` is stable."""

    code: str
    file: str | None = None
    params: Mapping[str, JsonValue] = Factory(dict)


@frozen(kw_only=True)
class Suggestion:
    """A value that a field may have, and where it was read. Nothing of it is in the case before a person confirms it."""

    field: str
    value: JsonValue
    file: str
    method: str
    place: Place | None = None


@frozen(kw_only=True)
class ExaminedItem:
    """A piece of evidence. If required fields are ``missing``, it is in the case as ``other``, which no rule reads."""

    id: str
    kind: str
    files: tuple[str, ...]
    facts: tuple[Fact, ...]
    remarks: tuple[Remark, ...]
    suggestions: tuple[Suggestion, ...]
    missing: tuple[str, ...]


@frozen(kw_only=True)
class ExaminedFile:
    """A file with its readings; ``items`` are those it belongs to."""

    name: str
    sha256: str
    size: int
    items: tuple[str, ...]
    reading: FileReading


@frozen(kw_only=True)
class Report:
    """The whole report, in the order of the bundle and of its manifest; ``policy`` is that of the case."""

    prepared_by: str
    confirmed_by: str | None
    policy: str
    isolation: Isolation
    files: tuple[ExaminedFile, ...]
    items: tuple[ExaminedItem, ...]
    problems: tuple[Problem, ...]


@frozen(kw_only=True)
class Examination:
    """A case with the evidence of a bundle, as a JSON document, and the report."""

    case_document: dict[str, Any] = field(repr=False)
    report: Report


def report_document(report: Report) -> dict[str, Any]:
    """The report as a JSON document."""
    document: dict[str, Any] = converter().unstructure(report)
    return document
