"""A report as plain data: sections of texts, tables, plots and explanations."""

from __future__ import annotations

from typing import Literal, TypeAlias

from attrs import frozen

from adjudicator.explain.page import Page

Status: TypeAlias = Literal["proved", "refuted", "unknown", "not_provable"]


@frozen
class Proof:
    """A statement about two editions that was put to a solver: its status, the bound within which it holds, and a counterexample."""

    statement: str
    status: Status
    bound: str | None = None
    counterexample: str | None = None


@frozen
class Text:
    """A paragraph."""

    text: str
    strong: bool = False


@frozen
class Grid:
    """A table: ``labels`` columns of text, then numbers. The last row is the sum if there is a ``total``."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    labels: int = 1
    total: bool = False


@frozen
class Bar:
    """A bar of a plot: its label, its length (to the left if negative) and the number in words."""

    label: str
    value: int
    text: str


@frozen
class Plot:
    """Bars below each other. A table with the same numbers follows it."""

    title: str
    bars: tuple[Bar, ...]


@frozen
class Beside:
    """The explanations of both decisions on a case."""

    title: str
    before: tuple[str, Page]
    after: tuple[str, Page]


Block: TypeAlias = Text | Grid | Plot | Beside


@frozen
class Section:
    """A heading and what is below it."""

    heading: str
    blocks: tuple[Block, ...]


@frozen
class Report:
    """The whole report."""

    language: str
    title: str
    about: tuple[str, ...]
    sections: tuple[Section, ...]
