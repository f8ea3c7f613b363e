"""Put values and their fields into words: those of a case, of a new piece of evidence, of a setting."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from adjudicator.engine.clause import hints, members
from adjudicator.model.by_date import ByDate
from adjudicator.model.fields import fields_along, if_known
from adjudicator.model.finding import FactRead, JsonValue
from adjudicator.model.json_value import json_value
from adjudicator.model.money import Minor
from adjudicator.model.time import Instant
from adjudicator.words.amounts import Amounts


def steps_named(place: str) -> list[str]:
    """The names in a path, without positions in lists."""
    return [each for each in place.split("/") if each.strip("-0123456789")]


def field_codes(place: str) -> Iterator[str]:
    """The codes that the label of a field may have: the one for its object, then the one for any object."""
    *_, name = named = steps_named(place)
    if len(named) > 1:
        yield f"field.{named[-2]}/{name}"
    yield f"field.{name}"


@frozen
class Values(Amounts):
    """Formats values, and labels their fields."""

    def field(self, place: str) -> str:
        """The label of the field at a place."""
        return self.first(field_codes(place))

    def value(self, place: str, value: JsonValue, currency: str | None = None) -> str:
        """The value at a place: choices, booleans and instants in words, other texts unchanged except for surrounding space.

        The place is a JSON pointer into a case, a field of a new piece of evidence, or a fact. Amounts of money need ``currency``.
        """
        if value is None:
            return self.say("value.unknown")
        if isinstance(value, bool):
            return self.say(f"value.{str(value).lower()}")
        if isinstance(value, tuple):
            return self.listed(self.value(place, each, currency) for each in value) or self.say("value.none")
        if isinstance(value, int) and (known := self._currency(currency)) and self._holds_money(place):
            return self.money(value, known)
        if isinstance(value, str) and (instant := _instant(value)) is not None:
            return self.moment(instant)
        code = f"value.{steps_named(place)[-1]}.{value}"
        return self.say(code) if code in self else self.outside(str(value).strip())

    def part_named(self, part: str) -> str:
        """The name of a part of a case, such as a step of a process; its id if the policy has no text for it."""
        code = f"letter.line.{part}"
        return self.say(code) if code in self else self.outside(part)

    def stage(self, stage: str) -> str:
        """A stage of a process."""
        return self.value("/history", stage)

    def setting(self, name: str, value: object) -> str:
        """The value of a setting; for a table by date, each value with its first day."""
        if isinstance(value, ByDate):
            entries = ((day.isoformat(), self.value(name, json_value(each))) for day, each in value.entries.items())
            return self.listed(self.say("policy.from_day", day=day, value=each) for day, each in entries)
        return self.value(name, json_value(value))

    def fact(self, fact: FactRead, currency: str | None = None) -> str:
        """A fact that a clause read, with its value. Amounts of money need ``currency``."""
        if isinstance(fact.value, int) and (known := self._currency(currency)) and self._is_money(fact.name):
            value = self.money(fact.value, known)
        else:
            value = self.value(fact.pointers[0] if fact.pointers else fact.name, fact.value)
        return self.say("decision.fact", fact=self.say(f"fact.{fact.name}"), value=value)

    def _is_money(self, name: str) -> bool:
        known = self.edition.case_kind.glossary.facts.get(name) if self.edition else None
        return known is not None and Minor in members(hints(known.read)["return"])

    def _currency(self, of_the_case: str | None) -> str | None:
        return of_the_case or (self.edition.case_kind.currency if self.edition else None)

    def _holds_money(self, place: str) -> bool:
        *_, last = fields_along(self.edition.case_kind.case_type, place) if self.edition else [()]
        return any(if_known(field.type) is Minor for field in last)


def _instant(text: str) -> Instant | None:
    """The instant in a text, if it is one."""
    try:
        return Instant.parse(text)
    except ValueError:
        return None
