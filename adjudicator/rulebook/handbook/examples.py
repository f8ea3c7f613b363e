"""Worked examples: cases that a pack ships to show its rules, decided whenever they are shown.

They are in the pack's folder ``examples``, one case per file, in the format of ``adjudicator decide``. The pack's catalogues can
give an example a title, under the code ``example.<file name without extension>``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files

from attrs import frozen

from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import governing_instant
from adjudicator.model.decision import Decision
from adjudicator.model.soundness import CaseBase
from adjudicator.rulebook.handbook.sources import packages_of
from adjudicator.wire.codec import load_case
from adjudicator.words import Words


@frozen
class Example:
    """A case that shows how a rule applies."""

    name: str
    case: CaseBase

    def decided(self, edition: Edition) -> Decision:
        """Decide the case under an edition."""
        return edition.case_kind.decide(edition, self.case)

    def title(self, words: Words) -> str:
        """A short text that says what it shows."""
        return words.say(f"example.{self.name}")


def examples_for(group: Sequence[Edition]) -> tuple[Example, ...]:
    """The examples of a policy, whichever edition governs them, sorted by name."""
    packages = sorted({package for edition in group for package in packages_of(edition)})
    found = (example for package in packages for example in _examples_in(package))
    return tuple(example for example in found if example.case.policy == group[0].policy)


def governed_by(edition: Edition, group: Sequence[Edition]) -> tuple[Example, ...]:
    """The examples that this edition governs."""
    return tuple(example for example in examples_for(group) if _governing(example, group) is edition)


def _governing(example: Example, group: Sequence[Edition]) -> Edition | None:
    moment = governing_instant(group[0], example.case)
    in_force = [edition for edition in group if moment is None or edition.governs_from <= moment]
    return in_force[-1] if in_force else None


@cache
def _examples_in(package: str) -> tuple[Example, ...]:
    return tuple(Example(name, load_case(text)) for name, text in sorted(_texts_in(package)))


def _texts_in(package: str) -> Iterator[tuple[str, str]]:
    is_a_package = hasattr(import_module(package), "__path__")
    folder = files(package) / "examples" if is_a_package else None
    if folder is not None and folder.is_dir():
        for each in folder.iterdir():
            name, _, kind = each.name.rpartition(".")
            if kind == "json":
                yield name, each.read_text("utf-8")
