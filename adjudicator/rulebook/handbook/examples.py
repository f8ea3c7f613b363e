"""Worked examples: cases that a pack ships to show its rules, decided whenever they are shown.

They are in the pack's folder ``examples``, one case per file, in the format of ``adjudicator decide``. The pack's catalogues can
give an example a title, under the code ``example.<file name without extension>``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.resources import files
from importlib.resources.abc import Traversable

from attrs import frozen

from adjudicator.engine.clause import PolicyError
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import governing_instant
from adjudicator.model.decision import Decision
from adjudicator.model.errors import Fault, InputError
from adjudicator.model.soundness import CaseBase
from adjudicator.rulebook.handbook.sources import packages_of
from adjudicator.wire.codec import load_case
from adjudicator.words import Words


class ExampleError(PolicyError):
    """Examples that are no valid cases; ``faults`` has the file of each fault and what is wrong."""

    def __init__(self, faults: Iterable[tuple[str, Fault]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{path}: {fault}" for path, fault in self.faults))


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
    """The examples of a policy, whichever edition governs them, sorted by name.

    Raises :class:`ExampleError` if a file of the pack, be it of another policy, is no valid case.
    """
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
    found: list[Example] = []
    faults: list[tuple[str, Fault]] = []
    for name, file in sorted(_files_in(package)):
        try:
            found.append(Example(name, load_case(file.read_bytes())))
        except InputError as error:
            faults += [(str(file), each) for each in error.faults]
    if faults:
        raise ExampleError(faults)
    return tuple(found)


def _files_in(package: str) -> Iterator[tuple[str, Traversable]]:
    is_a_package = hasattr(import_module(package), "__path__")
    folder = files(package) / "examples" if is_a_package else None
    if folder is not None and folder.is_dir():
        for each in folder.iterdir():
            name, _, kind = each.name.rpartition(".")
            if kind == "json":
                yield name, each
