"""The report in words."""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from adjudicator.engine.registry import policies
from adjudicator.evidence.readings import Problem, Reading
from adjudicator.evidence.report import ExaminedFile, ExaminedItem, Fact, Remark, Report, Source, Suggestion
from adjudicator.extras import importing
from adjudicator.model.errors import printable, safe
from adjudicator.model.finding import JsonValue

with importing("words"):
    from adjudicator.words import Words, words_for


@frozen
class ReadingWording:
    """Describes readings in one language. Text from files is on one line and without control characters."""

    words: Words

    def reading(self, reading: Reading) -> str:
        """What a reading is about."""
        return self.words.say(f"examination.what.{reading.what}")

    def problem(self, problem: Problem) -> str:
        """Why something was not read, as a sentence."""
        return self.words.say(f"examination.problem.{problem.code}", **{"error": "", **problem.params})

    def remark(self, remark: Remark) -> str:
        """A remark as a sentence."""
        place = str(remark.params.get("field", ""))
        params = {name: self._param(value, place) for name, value in remark.params.items()}
        if place:
            params["field"] = self.words.field(place)
        return self.words.say(f"examination.remark.{remark.code}", **{"file": safe(remark.file or ""), **params})

    def _param(self, value: JsonValue, place: str) -> str:
        if place:
            return self.words.value(place, value)
        return self.words.listed(map(str, value)) if isinstance(value, tuple) else safe(str(value))


@frozen
class Wording(ReadingWording):
    """Says what a report holds."""

    report: Report

    @classmethod
    def of(cls, report: Report, language: str) -> Wording:
        """The wording of a report in a language or locale."""
        editions = policies().get(report.policy)
        return cls(words_for(editions[-1] if editions else None, language, printable), report)

    def title(self) -> str:
        """The heading of the report."""
        return self.words.say("examination.title")

    def every_file(self) -> str:
        """The heading of the part about files."""
        return self.words.say("examination.every_file")

    def page(self, number: int) -> str:
        """The name of a page of a file."""
        return self.words.say("examination.page", page=number)

    def whole_reading(self, reading: Reading) -> str:
        """A reading with its value and its method."""
        value, method = printable(reading.value), safe(reading.method)
        return self.words.say("examination.reading", what=self.reading(reading), value=value, method=method)

    def text_of(self, reading: Reading) -> str:
        """What a reading of a page is about, without its value, which is long."""
        page = self.page(reading.place.page or 1) if reading.place else ""
        return self.words.say("examination.text_of", what=self.reading(reading), page=page, method=safe(reading.method))

    def problem_of(self, file: ExaminedFile, problem: Problem) -> str:
        """A problem after the name of its file."""
        return self.words.say("examination.problem_of", file=safe(file.name), problem=self.problem(problem))

    def outsider(self, file: ExaminedFile) -> str:
        """That the manifest does not name a file."""
        return self.words.say("examination.of_no_item", file=safe(file.name))

    def item(self, item: ExaminedItem) -> str:
        """The heading of a piece of evidence."""
        return self.words.say("examination.item", id=safe(item.id), kind=self.words.value("kind", item.kind))

    def fact(self, fact: Fact) -> str:
        """A fact, with its origin."""
        value = self.words.value(fact.field, fact.value)
        field = self.words.field(fact.field)
        if fact.source is Source.STATED:
            return self.words.say("examination.stated", field=field, value=value, who=safe(self.report.prepared_by))
        if fact.source is Source.CONFIRMED:
            who = safe(self.report.confirmed_by or "")
            return self.words.say("examination.confirmed", field=field, value=value, who=who)
        if fact.source is Source.COMPARED:
            return self.words.say("examination.compared", field=field, value=value, method=safe(fact.method or ""))
        return self.words.say(
            "examination.read", field=field, value=value, file=safe(fact.file or ""), method=safe(fact.method or "")
        )

    def suggestion(self, suggestion: Suggestion) -> str:
        """A value that a person may confirm."""
        return self.words.say(
            "examination.suggested",
            field=self.words.field(suggestion.field),
            value=safe(self.words.value(suggestion.field, suggestion.value)),
            file=safe(suggestion.file),
            method=safe(suggestion.method),
        )

    def missing(self, item: ExaminedItem) -> str:
        """What a piece of evidence lacks."""
        return self.words.say("examination.missing", fields=self.words.listed(map(self.words.field, item.missing)))

    def guarantees(self) -> str:
        """What was guaranteed while the files were read."""
        isolation = self.report.isolation
        return self.words.sentences(
            self.words.say("examination.bounded"),
            self.words.say(f"examination.network.{isolation.network}"),
            self.words.say(f"examination.files.{isolation.files}"),
        )


def text_lines(report: Report, language: str) -> Iterator[str]:
    """The report as plain text, line by line: every item, then every file with a problem, then what was guaranteed."""
    wording = Wording.of(report, language)
    for item in report.items:
        yield wording.item(item)
        yield from (f"  {wording.fact(fact)}" for fact in item.facts)
        yield from (f"  ! {wording.remark(remark)}" for remark in item.remarks)
        if item.missing:
            yield f"  ! {wording.missing(item)}"
        yield from (f"  ? {wording.suggestion(suggestion)}" for suggestion in item.suggestions)
    yield from map(wording.problem, report.problems)
    for file in report.files:
        yield from (wording.problem_of(file, problem) for problem in file.reading.problems)
        if not file.items:
            yield wording.outsider(file)
    yield wording.guarantees()
