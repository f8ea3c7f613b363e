"""The places in a text that are filled in when it is said, such as ``{party}``, and the mistakes in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from string import Formatter
from typing import Final

from babel.messages.catalog import Message

from adjudicator.words.catalogues import ENGINE, catalogue
from adjudicator.words.languages import ENGLISH

OF_A_FAMILY: Final[Mapping[str, frozenset[str]]] = {
    "ask": frozenset({"party", "need"}),
    "reason": frozenset({"needs"}),
    "letter.please": frozenset({"need"}),
    "letter.remark": frozenset({"end"}),
    "time_left": frozenset({"amount"}),
    "time_left_counted": frozenset({"amount", "anchor", "start"}),
    "script.award": frozenset({"amount"}),
    "awarded": frozenset({"kind", "amount"}),
    "money": frozenset({"amount", "currency"}),
    "spoken": frozenset({"amount", "currency"}),
}
"""What is filled into the texts that packs add to a family of codes, by how these begin."""


def forms_of(message: Message) -> tuple[str, ...]:
    """The texts of an entry: one, or one for each plural form."""
    found = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(each or "" for each in found)


def places_in(template: str) -> frozenset[str]:
    """The places in a text. Raises :class:`ValueError` for braces that do not match."""
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


@cache
def places_of(code: str) -> frozenset[str]:
    """The places that the text of a code can have: those of the engine's text, or else of its family of codes."""
    engine = catalogue(ENGINE, ENGLISH)
    message = None if engine is None else engine.get(code) or engine.get((code, code))
    if message is not None:
        counted = {"count"} if isinstance(message.id, tuple | list) else set[str]()
        return frozenset.union(*map(places_in, forms_of(message)), counted, _of_a_family(code))
    return _of_a_family(code)


def _of_a_family(code: str) -> frozenset[str]:
    return next((places for family, places in OF_A_FAMILY.items() if code.startswith(f"{family}.")), frozenset())


def fault_in(template: str, places: Collection[str]) -> str | None:
    """What is wrong with a text that is given these places; ``None`` if nothing is."""
    try:
        unknown = sorted(places_in(template) - set(places))
    except ValueError as error:
        return f"has braces that do not match: {error}"
    if not unknown:
        return None
    can_have = " and ".join(f"{{{each}}}" for each in sorted(places)) or "no place"
    return f"has {{{unknown[0]}}}, which nothing fills in; it can have {can_have}"
