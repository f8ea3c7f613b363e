"""The two sides of a comparison: which edition decides a case on each."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import Factory, frozen

from adjudicator.bulk.candidates import Candidate
from adjudicator.bulk.deciding import NO_SUCH_EDITION
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import edition_for, policies
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.soundness import CaseBase


class NoEdition(InputError):
    """The side has no edition for the policy of a case."""


@frozen
class Side:
    """Which edition decides a case: that of a candidate, else the one named for its policy, else the one that governs it.

    ``label`` is what the reader typed. ``None`` in place of an edition means that the policy has none.
    """

    label: str
    editions: Mapping[str, str | None] = Factory(dict)
    candidate: Candidate | None = None

    @property
    def policies(self) -> frozenset[str] | None:
        """The policies that it is about; ``None`` for all."""
        candidates = self.candidate.editions() if self.candidate else {}
        return frozenset({**self.editions, **candidates}) or None

    def edition(self, case: CaseBase) -> Edition:
        """The edition for a case. Raises :class:`NoEdition` if there is none."""
        if self.candidate and (own := self.candidate.edition_of(case.policy)):
            return own
        if case.policy in self.editions:
            return self.named(case.policy)
        return edition_for(case)

    def named(self, policy: str) -> Edition:
        """The edition named for a policy. Raises :class:`NoEdition`."""
        name = self.editions[policy]
        found = next((each for each in policies().get(policy, ()) if each.name == name), None)
        if found is None:
            raise NoEdition([Fault("/policy", shown(policy), NO_SUCH_EDITION)])
        return found

    def edition_of(self, policy: str) -> Edition | None:
        """The edition that words about a policy come from: the one it names, or else the newest."""
        if self.candidate and (own := self.candidate.edition_of(policy)):
            return own
        if self.editions.get(policy) is not None:
            return self.named(policy)
        return next(reversed(policies().get(policy, ())), None)


@frozen
class Pair:
    """Both sides, and the policies whose cases are compared; ``None`` for all."""

    old: Side
    new: Side
    policies: frozenset[str] | None = None

    @classmethod
    def of(cls, old: Side, new: Side, chosen: frozenset[str] | None = None) -> Pair:
        """Compare what both sides are about, and only the ``chosen`` policies if there are any."""
        about = [each for each in (old.policies, new.policies, chosen) if each is not None]
        return cls(old, new, frozenset.intersection(*about) if about else None)
