"""Words: stable codes in, sentences out, in the reader's language.

A catalogue is a TOML file of texts by code, ``en.toml`` and ``zh_Hans.toml`` beside this file for the engine's own codes, and the
same in the folder ``words`` of a pack for the codes of its policies. A pack's text goes before the engine's. A code without
words is told as it is, so that another company's pack can be read before it has any.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Final

import pendulum
from attrs import frozen

from adjudicator.decision import Finding, Margin, Unit
from adjudicator.policy import Edition, Law

ENGLISH: Final = "en"
SIMPLIFIED_CHINESE: Final = "zh_Hans"
LANGUAGES: Final = (ENGLISH, SIMPLIFIED_CHINESE)

_MESSAGES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")
_MINOR_DIGITS: Final = {
    currency: digits
    for digits, currencies in {
        0: (
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ),
        3: ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"),
        4: ("CLF", "UYW"),
    }.items()
    for currency in currencies
}
"""How many digits the minor unit takes where they are not two (ISO 4217)."""


@frozen
class Words:
    """The texts of one language, by code."""

    language: str
    texts: Mapping[str, str]

    def __contains__(self, code: str) -> bool:
        return code in self.texts

    def say(self, code: str, **params: object) -> str:
        """The text of a code. One that has none is told by its last part."""
        template = self.texts.get(code)
        return code.rpartition(".")[2].replace("_", " ") if template is None else template.format_map(params)

    def first(self, codes: Iterable[str], **params: object) -> str:
        """The text of the first code that has one, and of the last if none has."""
        candidates = tuple(codes)
        return self.say(next((code for code in candidates if code in self), candidates[-1]), **params)

    def listed(self, items: Iterable[str], by: str = "and") -> str:
        """Several things in a row, joined by the word for ``and`` or ``or``."""
        return self.say(f"list.{by}").join(items)

    def restated(self, law: Law) -> str:
        """What a rule says, restated; in English where there is no other."""
        return (law.chinese if self.language == SIMPLIFIED_CHINESE else law.english) or law.english

    def because(self, finding: Finding) -> str:
        """Why a clause came out as it did."""
        params = finding.because.params
        needs = self.listed(self.say(f"need.{need}") for need in _names(params.get("needs")))
        sentences = [self.first(reason_codes(finding), needs=needs)]
        if whatever := _names(params.get("whatever")):
            facts = self.listed(self.say(f"fact.{fact}") for fact in whatever)
            sentences.append(self.say("reason.whatever", facts=facts))
        return self.say("list.sentences").join(sentences)

    def margin(self, margin: Margin) -> str:
        """How far from the edge, and on which side of it."""
        side = "left" if margin.value > 0 else "beyond" if margin.value < 0 else "on_the_edge"
        amount = abs(margin.value)
        in_time = margin.unit is Unit.SECONDS
        told = self.duration(amount) if in_time else self.say(f"unit.{margin.unit.value}", count=amount)
        return self.say(f"margin.{margin.unit.value}.{side}", amount=told)

    def duration(self, seconds: int) -> str:
        """A stretch of time in its two largest units, the rest left out."""
        span = pendulum.duration(seconds=seconds)
        counts = {"days": span.days, "hours": span.hours, "minutes": span.minutes, "seconds": span.remaining_seconds}
        largest = next((place for place, count in enumerate(counts.values()) if count), len(counts) - 1)
        told = [
            self.say(f"duration.{unit}", count=count)
            for place, (unit, count) in enumerate(counts.items())
            if place == largest or (place == largest + 1 and any(list(counts.values())[place:]))
        ]
        return self.say("list.durations").join(told)


def reason_codes(finding: Finding) -> Iterator[str]:
    """Where the words for a finding may stand, the most particular first."""
    clause, _, reason = finding.because.code.rpartition(".")
    yield f"reason.{clause}.{reason}"
    yield f"reason.{reason}"
    yield f"reason.{finding.role.value}.{reason}"


def money(amount: int, currency: str) -> str:
    """An amount of minor units as people write it, with its currency: ``CNY 1,234.50``."""
    digits = _MINOR_DIGITS.get(currency, 2)
    whole, part = divmod(abs(amount), 10**digits)
    fraction = f".{part:0{digits}d}" if digits else ""
    return f"{currency} {'-' if amount < 0 else ''}{whole:,}{fraction}"


def language_of(tag: str) -> str:
    """The language for a locale such as ``zh-CN`` or ``en_GB.UTF-8``: Chinese if it says so, else English."""
    primary = tag.replace("-", "_").partition("_")[0].partition(".")[0]
    return SIMPLIFIED_CHINESE if primary.lower() == "zh" else ENGLISH


def language_in(environment: Mapping[str, str]) -> str:
    """The language that the environment asks for, as POSIX has it: the first of these variables that is set."""
    return language_of(next((environment[name] for name in _MESSAGES if environment.get(name)), ""))


def words_for(edition: Edition | None, language: str) -> Words:
    """The words for an edition: its pack's before the engine's."""
    return _words(edition.requires[-1].__module__ if edition and edition.requires else "", language)


@cache
def _words(module: str, language: str) -> Words:
    return Words(language, {**catalogue(__name__.rpartition(".")[0], language), **_pack_catalogue(module, language)})


def _pack_catalogue(module: str, language: str) -> Mapping[str, str]:
    """The catalogue of the nearest package above a module that has one."""
    package = module
    while package := package.rpartition(".")[0]:
        if found := catalogue(package, language):
            return found
    return {}


def catalogue(package: str, language: str) -> dict[str, str]:
    """The texts that a package has in its folder ``words``, by dotted code; none if it has no such file."""
    import_module(package)
    source = files(package) / "words" / f"{language}.toml"
    return dict(_flat(tomllib.loads(source.read_text("utf-8")))) if source.is_file() else {}


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, str):
            yield f"{prefix}{key}", value
        else:
            yield from _flat(value, f"{prefix}{key}.")


def _names(value: object) -> tuple[str, ...]:
    """The names in a parameter of a reason."""
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
