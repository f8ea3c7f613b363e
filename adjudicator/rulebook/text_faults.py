"""Faults in the catalogues of packs: places that nothing fills in, and texts about what no policy has."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final

from attrs import frozen
from babel.messages.catalog import Message

from adjudicator.engine.policy import Edition
from adjudicator.rulebook.answers import needs_of
from adjudicator.words import LANGUAGES, catalogue
from adjudicator.words.catalogues import catalogue_file, packages_with_texts
from adjudicator.words.placeholders import fault_in, forms_of, places_of
from adjudicator.words.rules import modules_of


@frozen
class TextFault:
    """A fault of an entry in a catalogue."""

    path: str
    line: int
    message: str


def faults_of_texts(
    editions: Sequence[Edition], others: Sequence[Edition] = (), languages: Collection[str] = LANGUAGES
) -> tuple[TextFault, ...]:
    """Every fault of the catalogues behind some editions. ``others`` are editions whose texts may stand there, too."""
    everybody = dict.fromkeys((*editions, *others))
    found: list[TextFault] = []
    for language in languages:
        for package in dict.fromkeys(chain.from_iterable(_packages(each, language) for each in editions)):
            path = str(catalogue_file(package, language))
            named = _names(each for each in everybody if package in _packages(each, language))
            for message in catalogue(package, language) or ():
                faults = _faults_of_entry(message, named) if message.id else ()
                found += [TextFault(path, message.lineno or 1, each) for each in faults]
    return tuple(found)


def _packages(edition: Edition, language: str) -> tuple[str, ...]:
    return packages_with_texts(modules_of(edition), language)


def _faults_of_entry(message: Message, named: Mapping[str, Collection[str]]) -> Iterator[str]:
    entry = message.id if isinstance(message.id, str) else message.id[0]
    code, _, _ = entry.partition("@")
    places = places_of(code)
    yield from dict.fromkeys(f"{entry} {fault}" for each in forms_of(message) if (fault := fault_in(each, places)))
    for family, (what, _) in _OPTIONAL.items():
        name = code.removeprefix(f"{family}.").partition(".")[0]
        if code.startswith(f"{family}.") and name not in (*_OF_ANY_NEED, *named[family]):
            yield f"{entry} is about {name}, which is no {what} of any policy with these texts"


def _names(editions: Iterable[Edition]) -> dict[str, frozenset[str]]:
    """What the texts of these editions can be about, by the family of their codes."""
    every = tuple(editions)
    return {
        family: frozenset(chain.from_iterable(names(each) for each in every))
        for family, (_, names) in _OPTIONAL.items()
    }


def _clauses(edition: Edition) -> Iterable[str]:
    return (each.name for each in edition.clauses)


def _remarks(edition: Edition) -> Iterable[str]:
    return edition.remark_names


def _needs(edition: Edition) -> Iterable[str]:
    return (each.name for each in needs_of(edition))


_OF_ANY_NEED: Final = ("any", "tell")
"""Stand for a need that has no text of its own."""

_OPTIONAL: Final[Mapping[str, tuple[str, Callable[[Edition], Iterable[str]]]]] = {
    "letter.against": ("clause", _clauses),
    "letter.remark": ("remark", _remarks),
    "letter.please": ("need", _needs),
    "letter.answers": ("need", _needs),
    "time_left": ("clause", _clauses),
    "time_left_counted": ("clause", _clauses),
    "ask": ("need", _needs),
}
"""The families of codes whose texts nobody misses, each with what it is about."""
