"""Alternatives in words: what would change a decision, how, and who can do it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.analysis.edits import Change
from adjudicator.analysis.whatif import Alternative
from adjudicator.analysis.whatif.trials import ANOTHER
from adjudicator.words import Words, field_codes

OMITTED_FIELDS: Final = frozenset({"id", "submitted_by", "submitted_at", "line_ids"})
"""Fields that new evidence must have, but that are not worth showing."""


def grouped(alternatives: Iterable[Alternative]) -> tuple[tuple[Alternative, ...], ...]:
    """Alternatives that differ only in one value, together."""
    groups: dict[tuple[object, ...], list[Alternative]] = {}
    for alternative in alternatives:
        pointers = tuple(change.pointer for change in alternative.changes)
        combinable = len(pointers) == 1 and not isinstance(alternative.changes[0].to, dict)
        effect = (alternative.kind, alternative.line_id, alternative.line_outcome, alternative.total)
        key = (*effect, pointers if combinable else id(alternative))
        groups.setdefault(key, []).append(alternative)
    return tuple(map(tuple, groups.values()))


@frozen
class AlternativeWords:
    """The texts about what would change one decision."""

    words: Words
    currency: str | None

    def changes(self, group: tuple[Alternative, ...]) -> tuple[str, ...]:
        """The changes of alternatives that differ at most in one value."""
        first = group[0]
        if len(first.changes) > 1:
            return tuple(self.change(change, [change.to]) for change in first.changes)
        return (self.change(first.changes[0], [each.changes[0].to for each in group]),)

    def outcome(self, alternative: Alternative) -> tuple[str, ...]:
        """The outcome of an alternative, what is payable then, its line, and who can act."""
        words = self.words
        money = "" if alternative.total is None else words.money(alternative.total, self.currency or "")
        line = "" if alternative.line_id is None else words.part_named(alternative.line_id)
        parties = words.listed(words.say(f"party.{by}") for by in alternative.by)
        return (
            words.say(f"outcome.{alternative.line_outcome}"),
            *((words.say("decision.payable", amount=money),) if money and alternative.difference else ()),
            *((words.say("decision.line", line=line),) if line else ()),
            *((words.say("whatif.by", parties=parties),) if parties else ()),
        )

    def change(self, change: Change, values: list[Any]) -> str:
        """One change: the field, its new values, and the old value."""
        to = self.words.listed((self.value(change.pointer, value) for value in values), "or")
        if change.was is None:
            return self.words.say("whatif.known", what=self.what(change), to=to)
        was = self.value(change.pointer, change.was)
        return self.words.say("whatif.instead", what=self.what(change), to=to, was=was)

    def what(self, change: Change) -> str:
        """The name of what a change affects: a fact, a field of a document, or a field of another item."""
        words = self.words
        if change.pointer.endswith("/-"):
            return words.say("whatif.new")
        if change.evidence_id is not None:
            document = words.say("decision.document", document=words.outside(change.evidence_id))
            return words.say("whatif.within", field=words.field(change.pointer), whole=document)
        return words.first((*field_codes(change.pointer), f"fact.{change.fact}"))

    def value(self, place: str, value: Any) -> str:
        """A JSON value in words."""
        if value in ANOTHER:
            return self.words.say("whatif.another")
        if isinstance(value, list):
            return self.words.listed(self.value(place, item) for item in value) or self.words.say("value.none")
        if isinstance(value, dict):
            fields = {f"{place}/{field}": (item,) for field, item in flatten(value) if field not in OMITTED_FIELDS}
            return self.words.answer(fields, self.currency)
        return self.words.value(place, value, self.currency)


def flatten(value: Mapping[str, Any], within: str = "") -> list[tuple[str, Any]]:
    """The leaf fields of a nested object, each with its path."""
    leaves: list[tuple[str, Any]] = []
    for name, item in value.items():
        leaves += flatten(item, f"{within}{name}/") if isinstance(item, dict) else [(f"{within}{name}", item)]
    return leaves
