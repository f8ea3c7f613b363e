"""Words: stable codes in, sentences out, in the reader's language.

A catalogue is a gettext file of texts by code: ``en.po``, ``zh_Hans.po`` and ``zh_Hant.po`` beside this file for the engine's own
codes, and the same in the folder ``words`` of a pack for the codes of its policies. A pack's text goes before the engine's.
A code without words is told by its last part, so that another company's pack can be read before it has any.

What a rule says stands in the docstrings of its functions, in English and Simplified Chinese. Another language has it in the
catalogue of the pack, as ``rule.<module>.<function>``.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache, reduce
from gettext import GNUTranslations, NullTranslations
from importlib import import_module
from importlib.resources import files
from io import BytesIO
from typing import Final, Literal, TypeAlias

import pendulum
from attrs import field, frozen

from adjudicator.extras import importing

with importing("words"):
    from babel.core import Locale, get_global, negotiate_locale, parse_locale
    from babel.dates import format_date, format_time, format_timedelta
    from babel.lists import format_list
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.numbers import format_decimal

from adjudicator.engine.policy import Edition, Node, hints, members
from adjudicator.model.case import Minor
from adjudicator.model.decision import (
    Award,
    Deadline,
    FactRead,
    Finding,
    JsonValue,
    LineResult,
    Margin,
    Measure,
    Remark,
    Request,
    ReturnAuthorisation,
    Step,
    Unit,
)
from adjudicator.model.json_value import json_value
from adjudicator.model.time import SECOND, Instant, day_of, start_of_day
from adjudicator.wire.pointer import fields_along, if_known

ENGLISH: Final = "en"
SIMPLIFIED_CHINESE: Final = "zh_Hans"
TRADITIONAL_CHINESE: Final = "zh_Hant"
LANGUAGES: Final = (ENGLISH, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE)

_SPOKEN_AS: Final = {
    "en": ENGLISH,
    "zh": SIMPLIFIED_CHINESE,
    "zh_Hans": SIMPLIFIED_CHINESE,
    "zh_Hant": TRADITIONAL_CHINESE,
}
_CLDR: Final = {ENGLISH: "en_GB"}
"""Where Unicode's data for a language is kept under another name than ours: 30 May 2022, not May 30, 2022."""

_MESSAGES: Final = ("LC_ALL", "LC_MESSAGES", "LANG")

_MINOR_DIGITS: Final = {
    currency: digits
    for digits, currencies in {
        0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
        3: "BHD IQD JOD KWD LYD OMR TND",
        4: "CLF UYW",
    }.items()
    for currency in currencies.split()
}
"""How many digits the minor unit takes where they are not two (ISO 4217). Unicode's data says how many are usually shown."""

_TimeUnit: TypeAlias = Literal["day", "hour", "minute", "second"]
_TIME_UNITS: Final[tuple[_TimeUnit, ...]] = ("day", "hour", "minute", "second")


@frozen
class Words:
    """What can be said in one language of the decisions of one edition.

    ``outside`` is how a text that came in with a case is written. By default it stays as it is; a shell that shows it where
    characters have power hands in what takes that from them.
    """

    language: str
    edition: Edition | None = None
    outside: Callable[[str], str] = str
    _texts: NullTranslations = field(factory=NullTranslations, repr=False)

    # Codes

    def __contains__(self, code: str) -> bool:
        return self._texts.gettext(code) != code

    def say(self, code: str, **params: object) -> str:
        """The text of a code. One that has none is told by its last part."""
        template = self._texts.gettext(code)
        if template != code:
            return template.format_map(params)
        return self.outside(code.rpartition(".")[2].replace("_", " "))

    def counted(self, code: str, count: int, **params: object) -> str:
        """The text of a code that depends on a number, which is its ``{count}``."""
        return self._texts.ngettext(code, code, count).format_map({"count": count, **params})

    def first(self, codes: Iterable[str], **params: object) -> str:
        """The text of the first code that has one, and of the last if none has."""
        candidates = tuple(codes)
        return self.say(next((code for code in candidates if code in self), candidates[-1]), **params)

    def listed(self, items: Iterable[str], by: Literal["standard", "or"] = "standard") -> str:
        """Several things in a row, as the language joins them: with its ``and``, or by ``or``."""
        return format_list(list(items), by, self.cldr)

    def sentences(self, *told: str) -> str:
        """Sentences one after another; those that say nothing are left out."""
        return self.joined("sentences", (each for each in told if each))

    def joined(self, code: str, items: Iterable[str]) -> str:
        """Things of a kind one after another: each with the next in the place of ``{one}`` and ``{next}``."""
        told = list(items)
        return reduce(lambda one, following: self.say(f"list.{code}", one=one, next=following), told) if told else ""

    @property
    def cldr(self) -> Locale:
        """The locale for money, dates and lists."""
        return _cldr(self.language)

    # Rules

    def title(self) -> str:
        """What the policy is called; else what its file says of itself."""
        if self.edition is None:
            return ""
        code = f"title.{self.edition.policy}"
        return self.say(code) if code in self else self.edition.title

    def restated(self, name: str) -> str:
        """What a clause, step or remark of the edition says, restated; in English where there is no other."""
        node = self.edition.nodes.get(name) if self.edition else None
        if node is None:
            return self.outside(name).replace("_", " ")
        if (code := rule_code(node)) in self:
            return self.say(code)
        return (node.citation.english if self.language == ENGLISH else node.citation.chinese) or node.citation.english

    def revision(self) -> str:
        """The edition by its date, the revision of its code, and the article that it carries out."""
        if self.edition is None:
            return ""
        edition = self.edition
        return self.say("policy.revision", edition=edition.name, revision=edition.revision, article=edition.article)

    def in_force(self, last: dt.date | None) -> str:
        """From when the edition is in force, and until when if another follows."""
        if self.edition is None:
            return ""
        if last is None:
            return self.say("policy.in_force", first=self.edition.name)
        return self.say("policy.in_force_until", first=self.edition.name, last=last.isoformat())

    def supplied(self, fact: str) -> str:
        """A fact of the case, and who supplies it."""
        return self.say("policy.fact", fact=self.say(f"fact.{fact}"), party=self.supplier(fact))

    def supplier(self, fact: str) -> str:
        """Who supplies a fact of the case."""
        known = self.edition.case_kind.glossary.facts.get(fact) if self.edition else None
        return self.say(f"party.{known.supplier.value}" if known and known.supplier else "policy.from_nobody")

    def setting(self, name: str, value: object) -> str:
        """What a setting of the edition is set to."""
        return self.value(name, json_value(value))

    def not_adjudicated(self, reason: str) -> str:
        """Why a sentence of the rule is not adjudicated, by the code of the reason."""
        return self.say(f"not_adjudicated.{reason}")

    # What became of a case

    def verdict(self, outcome: str) -> str:
        """The outcome of a decision as a sentence."""
        return self.first((f"verdict.{outcome}", f"outcome.{outcome}"))

    def line(self, result: LineResult) -> str:
        """How a claimed line was decided."""
        return self.say(
            "decision.line_result",
            line=self.outside(result.line_id),
            outcome=self.say(f"outcome.{result.outcome.value}"),
            units=self.units(result),
        )

    def units(self, result: LineResult) -> str:
        """How many of the claimed units are approved."""
        return self.counted("decision.units", result.units_claimed, units=result.units)

    def award(self, award: Award, currency: str) -> str:
        """What is payable now, for what, and what was settled of it before."""
        paid = {"kind": self.say(f"award.{award.kind.value}"), "amount": self.money(award.amount, currency)}
        told = (
            self.say("awarded.order", **paid)
            if award.line_id is None
            else self.say("awarded.line", line=self.outside(award.line_id), **paid)
        )
        entitled, settled = self.money(award.entitled, currency), self.money(award.settled, currency)
        return self.sentences(
            told, self.say("awarded.settled", entitled=entitled, settled=settled) if award.settled else ""
        )

    def step(self, step: Step, currency: str) -> str:
        """One step of the money: what came out, and by which rule."""
        return self.say("decision.step", amount=self.money(step.amount, currency), rule=self.restated(step.step))

    def measure(self, measure: Measure, currency: str | None) -> str:
        """Something that may be done, and the amount that it is about."""
        told = self.restated(measure.measure)
        if measure.amount is None or currency is None:
            return told
        return self.sentences(told, self.say("decision.measure", amount=self.money(measure.amount, currency)))

    def part(self, line_id: str, outcome: str) -> str:
        """How a part of a case was decided."""
        return self.say("decision.part", line=self.outside(line_id), outcome=self.say(f"outcome.{outcome}"))

    def remark(self, remark: Remark) -> str:
        """What the reader should know besides."""
        return self.restated(remark.code)

    def sent_back(self, allowed: ReturnAuthorisation) -> str:
        """Where the goods may be sent back to, and who pays for it."""
        told = {
            "market": self.value("market", allowed.market),
            "lines": self.listed(map(self.outside, allowed.line_ids)),
            "bearer": self.value("freight_borne_by", allowed.freight_borne_by.value),
        }
        if allowed.address_id is None:
            return self.say("decision.return_somewhere", **told)
        return self.say("decision.return_to", address=self.outside(allowed.address_id), **told)

    # Why

    def because(self, finding: Finding) -> str:
        """Why a clause came out as it did."""
        params = finding.because.params
        needs = self.listed(self.say(f"need.{need}") for need in _names(params.get("needs")))
        facts = self.listed(self.say(f"fact.{fact}") for fact in _names(params.get("whatever")))
        return self.sentences(
            self.first(reason_codes(finding), needs=needs), self.say("reason.whatever", facts=facts) if facts else ""
        )

    def finding(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """A finding in full: what the rule says, and how it came out.

        ``deadline`` is the window that the same clause read for the same line, if it did.
        """
        return self.sentences(self.restated(finding.clause), self.outcome_of(finding, deadline))

    def outcome_of(self, finding: Finding, deadline: Deadline | None = None) -> str:
        """How a clause came out: why, how far from the edge, and by which evidence."""
        evidence = self.listed(map(self.outside, finding.evidence))
        return self.sentences(
            self.because(finding),
            self.margin(finding.margin, deadline) if finding.margin else "",
            self.say("decision.evidence", evidence=evidence) if evidence else "",
        )

    def fact(self, fact: FactRead, currency: str | None = None) -> str:
        """A fact that a clause stood on, and what it was; amounts of money want their currency."""
        if isinstance(fact.value, int) and (known := self._currency(currency)) and self._is_money(fact.name):
            told = self.money(fact.value, known)
        else:
            told = self.value(fact.pointers[0] if fact.pointers else fact.name, fact.value)
        return self.say("decision.fact", fact=self.say(f"fact.{fact.name}"), value=told)

    def _is_money(self, name: str) -> bool:
        known = self.edition.case_kind.glossary.facts.get(name) if self.edition else None
        return known is not None and Minor in members(hints(known.read)["return"])

    def value(self, place: str, value: JsonValue, currency: str | None = None) -> str:
        """What stands at a place: a choice or a yes or no in words, instants as such, what came in as it is but for outer space.

        The place is a JSON pointer into a case, a field of a new piece of evidence, or a fact. Amounts of money want their currency.
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

    def _currency(self, of_the_case: str | None) -> str | None:
        return of_the_case or (self.edition.case_kind.currency if self.edition else None)

    def _holds_money(self, place: str) -> bool:
        *_, last = fields_along(self.edition.case_kind.case_type, place) if self.edition else [()]
        return any(if_known(field.type) is Minor for field in last)

    def field(self, place: str) -> str:
        """What the field at a place is called."""
        return self.first(field_codes(place))

    # What is needed

    def request(self, request: Request) -> str:
        """Who is asked for what, about what, and until when."""
        party = self.say(f"party.{request.to}")
        need = self.say(f"need.{request.need}")
        asked = self.first((f"ask.{request.need}", "ask.any"), party=party, need=need)
        return self.sentences(
            asked[:1].upper() + asked[1:],
            self.say("request.document", document=self.outside(request.evidence_id)) if request.evidence_id else "",
            self.say("request.line", line=self.outside(request.line_id)) if request.line_id is not None else "",
            self.say("request.until", end=self.end(request.due_at)) if request.due_at is not None else "",
        )

    def accepts(self, request: Request, currency: str | None = None) -> tuple[str, ...]:
        """What would do, a sentence for each acceptable answer; none where anything will. Amounts of money want their currency."""
        answers = [self.answer(each, currency) for each in request.accepts if any(each.values())]
        if len(answers) == 1:
            return (self.say("request.only", answer=answers[0]),)
        return tuple(
            self.say("request.or" if index else "request.either", answer=answer) for index, answer in enumerate(answers)
        )

    def answer(self, fields: Mapping[str, tuple[JsonValue, ...]], currency: str | None = None) -> str:
        """One acceptable answer, field by field. Amounts of money want their currency."""
        told = (
            self.say(
                "request.field",
                field=self.field(place),
                values=self.listed((self.value(place, value, currency) for value in values), "or")
                or self.say("value.any"),
            )
            for place, values in fields.items()
        )
        return self.joined("clauses", told)

    # Time

    def margin(self, margin: Margin, deadline: Deadline | None = None) -> str:
        """How far from the edge, and on which side of it; with its window also from when that was counted."""
        side = "left" if margin.value > 0 else "beyond" if margin.value < 0 else "on_the_edge"
        if margin.unit is not Unit.SECONDS:
            told = self.counted(f"unit.{margin.unit.value}", abs(margin.value))
            return self.say(f"margin.{margin.unit.value}.{side}", amount=told)
        amount = self.duration(abs(margin.value))
        if deadline is None:
            return self.say(f"margin.seconds.{side}", amount=amount)
        return self.say(f"counted.{side}", amount=amount, **self._counted_from(deadline))

    def deadline(self, deadline: Deadline) -> str:
        """When a window ends, and from when it was counted."""
        return self.say("deadline.ends", end=self.end(last_instant(deadline)), **self._counted_from(deadline))

    def time_left(self, deadline: Deadline, as_of: Instant) -> str:
        """How long a window is still open at a moment, or since when it has been closed; and from when it was counted."""
        seconds = abs(deadline.ends_at - as_of) // SECOND
        is_open = as_of <= last_instant(deadline)
        side = ("left" if seconds else "on_the_edge") if is_open else ("closed" if seconds else "just_closed")
        return self.say(f"deadline.{side}", amount=self.duration(seconds), **self._counted_from(deadline))

    def _counted_from(self, deadline: Deadline) -> dict[str, str]:
        anchor = self.say(f"counted_from.{deadline.counted_from}")
        return {"anchor": anchor, "start": self.moment(deadline.starts_at)}

    def end(self, last: Instant) -> str:
        """The last instant of something: the end of a day where it is one."""
        if start_of_day(day_of(last) + 1) == last + 1:
            return self.say("end.day", day=self.day(last))
        return self.say("end.instant", moment=self.moment(last))

    def moment(self, instant: Instant) -> str:
        """An instant on the Beijing calendar and clock; seconds and less only where there are any."""
        at = instant.datetime()
        pattern = "HH:mm:ss.SSSSSS" if at.microsecond else "HH:mm:ss" if at.second else "HH:mm"
        return self.say("moment.beijing", day=self.day(instant), time=format_time(at.time(), pattern, locale=self.cldr))

    def day(self, instant: Instant) -> str:
        """The Beijing day on which an instant lies."""
        return format_date(instant.datetime().date(), "long", self.cldr)

    def duration(self, seconds: int) -> str:
        """A stretch of time in its two largest units. What is less is left out, so it is never told longer than it is."""
        span = pendulum.duration(seconds=seconds)
        counts = dict(zip(_TIME_UNITS, (span.days, span.hours, span.minutes, span.remaining_seconds), strict=True))
        largest = next((place for place, unit in enumerate(_TIME_UNITS) if counts[unit]), len(_TIME_UNITS) - 1)
        told = [unit for unit in _TIME_UNITS[largest : largest + 2] if counts[unit]] or [_TIME_UNITS[largest]]
        return self.joined("durations", (self._in_units(counts[unit], unit) for unit in told))

    def _in_units(self, count: int, unit: _TimeUnit) -> str:
        """A number of one unit, which is never turned into a larger one."""
        span = dt.timedelta(**{f"{unit}s": count})
        return format_timedelta(span, granularity=unit, threshold=math.inf, locale=self.cldr)

    # Money

    def money(self, amount: int, currency: str) -> str:
        """An amount of minor units with its currency, in as many digits as those take."""
        number = self._number(amount, _MINOR_DIGITS.get(currency, 2))
        return self.first((f"money.{currency}", "money.other"), amount=number, currency=self.outside(currency))

    def spoken_money(self, amount: int, currency: str) -> str:
        """An amount as it is said aloud: no digits after the point where there is nothing in them."""
        digits = _MINOR_DIGITS.get(currency, 2)
        whole, rest = divmod(amount, 10**digits)
        number = self._number(amount, digits) if rest else self._number(whole, 0)
        return self.first((f"spoken.{currency}", "spoken.other"), amount=number, currency=self.outside(currency))

    def _number(self, amount: int, digits: int) -> str:
        """A number whose last digits stand after the point; it has its digits already, and is not rounded to them again."""
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        return format_decimal(Decimal(amount).scaleb(-digits), pattern, self.cldr, decimal_quantization=False)


def reason_codes(finding: Finding) -> Iterator[str]:
    """Where the words for a finding may stand, the most particular first."""
    clause, _, reason = finding.because.code.rpartition(".")
    yield f"reason.{clause}.{reason}"
    yield f"reason.{reason}"
    yield f"reason.{finding.role.value}.{reason}"


def rule_code(node: Node) -> str:
    """Where the words for a function of a policy stand if its docstring does not have them."""
    return ".".join(("rule", *node.function.__module__.split(".")[1:], node.name))


def field_codes(place: str) -> Iterator[str]:
    """Where the words for the field at a place may stand: that of its object, that of any object."""
    *_, name = named = steps_named(place)
    if len(named) > 1:
        yield f"field.{named[-2]}/{name}"
    yield f"field.{name}"


def steps_named(place: str) -> list[str]:
    """The names on the way to a place, without positions in lists."""
    return [each for each in place.split("/") if each.strip("-0123456789")]


def last_instant(deadline: Deadline) -> Instant:
    """The last instant in time."""
    return deadline.ends_at if deadline.includes_end else Instant(deadline.ends_at - 1)


@cache
def _cldr(language: str) -> Locale:
    """Unicode's data for a language."""
    return Locale.parse(_CLDR.get(language, language))


def language_of(tag: str) -> str:
    """The language for a locale such as ``zh-HK`` or ``en_GB.UTF-8``; English for what is not known, and for none."""
    try:
        language, territory, script = parse_locale(tag.replace("-", "_"))[:3]
    except ValueError:
        return ENGLISH
    if script is None and (likely := get_global("likely_subtags").get(f"{language}_{territory}")):
        script = parse_locale(likely)[2]
    spoken = negotiate_locale([f"{language}_{script}", language], _SPOKEN_AS)
    return _SPOKEN_AS[spoken] if spoken else ENGLISH


def tag_of(language: str) -> str:
    """A language as it is written in JSON, in HTML and on the command line."""
    return language.replace("_", "-")


def language_in(environment: Mapping[str, str]) -> str:
    """The language that the environment asks for, as POSIX has it: the first of these variables that is set."""
    return language_of(next((environment[name] for name in _MESSAGES if environment.get(name)), ""))


def words_for(edition: Edition | None, language: str, outside: Callable[[str], str] = str) -> Words:
    """The words for an edition, its pack's before the engine's, in a language or the one that a locale means.

    See :class:`Words` for ``outside``.
    """
    spoken = language if language in LANGUAGES else language_of(language)
    module = edition.requires[-1].__module__ if edition and edition.requires else ""
    return Words(spoken, edition, outside, _texts_for(module, edition.policy if edition else "", spoken))


class _OfAPolicy(NullTranslations):
    """The texts of a pack, those before all others that it has for one of its policies: ``<code>@<policy>``."""

    def __init__(self, texts: NullTranslations, policy: str) -> None:
        super().__init__()
        self.texts = texts
        self.policy = policy

    def gettext(self, message: str) -> str:
        """A text by its code."""
        own = f"{message}@{self.policy}"
        found = self.texts.gettext(own)
        return self.texts.gettext(message) if found == own else found

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """A text by its code that depends on a number."""
        return self.texts.ngettext(msgid1, msgid2, n)


@cache
def _texts_for(module: str, policy: str, language: str) -> NullTranslations:
    """The texts of the nearest package above a module that has some, and behind them the engine's."""
    engine = _texts_of(__name__.rpartition(".")[0], language)
    package = module
    while package := package.rpartition(".")[0]:
        if catalogue(package, language) is not None:
            own = _texts_of(package, language)
            own.add_fallback(engine)
            return _OfAPolicy(own, policy)
    return engine


def _texts_of(package: str, language: str) -> NullTranslations:
    compiled = BytesIO()
    write_mo(compiled, catalogue(package, language) or Catalog(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


@cache
def catalogue(package: str, language: str) -> Catalog | None:
    """What a package has to say in a language: the gettext file in its folder ``words``; ``None`` if there is no such file."""
    import_module(package)
    source = files(package) / "words" / f"{language}.po"
    if not source.is_file():
        return None
    with source.open("rb") as stream:
        return read_po(stream, language, abort_invalid=True)


def _instant(text: str) -> Instant | None:
    """The instant that a text names, if it names one."""
    try:
        return Instant.parse(text)
    except ValueError:
        return None


def _names(value: object) -> tuple[str, ...]:
    """The names in a parameter of a reason."""
    return tuple(str(each) for each in value) if isinstance(value, tuple | list) else ()
