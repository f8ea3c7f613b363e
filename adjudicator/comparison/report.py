"""The report of a comparison as plain data, in one language, before it is shown in a terminal or as HTML."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Final

from attrs import frozen

from adjudicator.comparison.blocks import Bar, Beside, Block, Grid, Plot, Proof, Report, Section, Text
from adjudicator.comparison.estimates import LEAST_CHANGED, Estimate, Estimates
from adjudicator.comparison.sides import Pair
from adjudicator.comparison.tally import NOT_STATED, OF_CHANGES, OTHERS, SAMPLES, Cell, Cut, Money, Sample, Tally
from adjudicator.engine.policy import Edition
from adjudicator.words import Words, words_for

MOST_ROWS: Final = 12
"""The most values of a cut that are shown; the rest is one row."""


def report_of(
    tally: Tally,
    pair: Pair,
    locale: str,
    *,
    proofs: Sequence[Proof] = (),
    estimates: Estimates | None = None,
    uncut: Sequence[Cut] = (),
    before: Sequence[Section] = (),
    samples: int = SAMPLES,
) -> Report:
    """What a comparison came to, with up to so many ``samples`` for each change of the outcome.

    ``proofs`` are shown as what is proved. Pass ``estimates`` if the tally is of a sample, ``uncut`` for cuts of which the input says
    nothing, and sections to put ``before`` the others.
    """
    return _Reporter(tally, pair, locale, proofs, estimates, uncut, samples).whole(before)


@frozen
class _Reporter:
    tally: Tally
    pair: Pair
    locale: str
    proofs: Sequence[Proof]
    estimates: Estimates | None
    uncut: Sequence[Cut]
    most_samples: int

    @property
    def words(self) -> Words:
        return words_for(None, self.locale)

    def say(self, code: str, **params: object) -> str:
        return self.words.say(f"compare.{code}", **params)

    def whole(self, before: Sequence[Section]) -> Report:
        old, new = self.pair.old.label, self.pair.new.label
        sections: Iterable[tuple[str, Iterator[Block]]] = (
            (self.say("at_a_glance"), self.glance()),
            (self.say("estimate"), self.estimated()),
            (self.say("outcomes"), self.outcomes()),
            (self.say("money"), self.money()),
            *((self.say(f"cut.{cut}"), self.cut(cut)) for cut in self.cuts()),
            (self.say("samples"), self.samples()),
            (self.say("proved"), self.proved()),
            (self.say("not_compared"), self.not_compared()),
            (self.say("how"), iter([Text(self.say("how_text"))])),
        )
        made = [Section(heading, tuple(blocks)) for heading, blocks in sections]
        return Report(
            self.words.language,
            self.say("title", old=old, new=new),
            (self.about(),),
            (*before, *(each for each in made if each.blocks)),
        )

    def about(self) -> str:
        if self.estimates:
            population, count = f"{self.estimates.population:,}", f"{self.estimates.sample:,}"
            return self.say("about_sample", count=count, population=population)
        return self.say("about", count=f"{self.tally.compared:,}")

    # The whole

    def glance(self) -> Iterator[Block]:
        tally = self.tally
        if not tally.compared:
            yield Text(self.say("none_compared"), strong=True)
        counted = ("changed", tally.changed), ("more", tally.more), ("less", tally.less)
        rows = [
            (self.say("compared"), f"{tally.compared:,}"),
            *((self.say(name), self.of_all(count)) for name, count in counted),
            (self.say("not_compared"), f"{sum(tally.not_compared.values()):,}"),
            (self.say("left_out"), f"{tally.left_out:,}"),
        ]
        yield Grid(self.say("at_a_glance"), (self.say("what"), self.say("count")), tuple(rows))
        amounts = [(currency, *self.amounts(currency, money)) for currency, money in sorted(tally.total.money.items())]
        if amounts:
            head = tuple(map(self.say, ("currency", "before", "after", "change")))
            yield Grid(self.say("change"), head, tuple(amounts))
        if self.uncut:
            names = self.words.listed(self.say(f"named.{cut}") for cut in self.uncut)
            yield Text(self.say("uncut", cuts=names))

    def of_all(self, count: int) -> str:
        share = f"{count / self.tally.compared:.1%}" if self.tally.compared else "0 %"
        return self.say("share", count=f"{count:,}", share=share)

    def amounts(self, currency: str, money: Money) -> tuple[str, str, str]:
        before, after = (self.words.money(each, currency) for each in (money.before, money.after))
        return before, after, self.signed(money.change, currency)

    def signed(self, amount: int, currency: str) -> str:
        text = self.words.money(abs(amount), currency)
        return f"+{text}" if amount > 0 else f"−{text}" if amount < 0 else text

    def estimated(self) -> Iterator[Block]:
        found = self.estimates
        if found is None:
            return
        yield Text(self.say("estimate_how", population=f"{found.population:,}", sample=f"{found.sample:,}"))
        counts = (("changed", found.changed), ("more", found.more), ("less", found.less))
        rows = [(self.say(name), *self.bounds(each, lambda value: f"{value:,}")) for name, each in counts]
        for currency, each in found.money.items():
            rows.append((currency, *self.bounds(each, partial(self.signed, currency=currency))))
        head = tuple(map(self.say, ("what", "estimated", "at_least", "at_most")))
        yield Grid(self.say("estimate"), head, tuple(rows))
        unbounded = [currency for currency, each in found.money.items() if each.least is None]
        if unbounded:
            yield Text(self.say("too_few", currencies=self.words.listed(unbounded), least=LEAST_CHANGED))

    def bounds(self, estimate: Estimate, text: Callable[[int], str]) -> tuple[str, str, str]:
        least, most = ("?" if each is None else text(each) for each in (estimate.least, estimate.most))
        return text(estimate.value), least, most

    # Outcomes and money

    def outcomes(self) -> Iterator[Block]:
        counted = self.tally.outcomes
        if not counted:
            return
        names = list(dict.fromkeys(each for pair in sorted(counted) for each in pair))
        yield Text(self.say("outcomes_how", old=self.pair.old.label, new=self.pair.new.label))
        bars = []
        for name in names:
            for index, side in enumerate((self.say("before"), self.say("after"))):
                count = sum(number for pair, number in counted.items() if pair[index] == name)
                bars.append(Bar(f"{self.outcome(name)} · {side}", count, f"{count:,}"))
        yield Plot(self.say("outcomes"), tuple(bars))
        rows = [
            (self.outcome(old), *(f"{counted[old, new]:,}" for new in names), f"{self._sum(0, old):,}") for old in names
        ]
        rows.append((self.say("total"), *(f"{self._sum(1, new):,}" for new in names), f"{self.tally.compared:,}"))
        corner = f"{self.say('before')} → {self.say('after')}"
        head = (corner, *map(self.outcome, names), self.say("total"))
        yield Grid(self.say("outcomes"), head, tuple(rows), total=True)

    def _sum(self, index: int, outcome: str) -> int:
        return sum(count for pair, count in self.tally.outcomes.items() if pair[index] == outcome)

    def money(self) -> Iterator[Block]:
        if not self.tally.kinds:
            yield Text(self.say("no_money"))
            return
        head = tuple(map(self.say, ("currency", "kind", "before", "after", "change")))
        rows = [
            (currency, self.words.say(f"award.{kind}"), *self.amounts(currency, money))
            for (currency, kind), money in sorted(self.tally.kinds.items())
        ]
        currency = self.main_currency()
        bars = tuple(
            Bar(self.words.say(f"award.{kind}"), money.change, self.signed(money.change, currency))
            for (each, kind), money in sorted(self.tally.kinds.items())
            if each == currency
        )
        title = self.say("plot.money", currency=currency)
        yield Plot(self.say("plot", title=self.say("money"), measure=title), bars)
        yield Grid(self.say("money"), head, tuple(rows), labels=2)

    def main_currency(self) -> str:
        """The currency in which most lines were paid or changed most; plots show one currency each."""
        found = self.tally.total.money
        return max(found, key=lambda each: (found[each].gained + found[each].lost, found[each].before), default="")

    # Cuts

    def cuts(self) -> Iterator[Cut]:
        shown: tuple[Cut, ...] = (*OF_CHANGES, "policy", "merchant", "category", "market", "month")
        for cut in shown:
            cells = self.tally.cuts[cut]
            if cut not in self.uncut and cells and not (cut == "policy" and len(cells) == 1):
                yield cut

    def cut(self, cut: Cut) -> Iterator[Block]:
        cells = self.tally.cuts[cut]
        if cut == "clauses":
            yield Text(self.say("cut_how.clauses"))
        if cut == "facts":
            single = sum(cell.changed for facts, cell in cells.items() if facts and " + " not in facts)
            yield Text(self.say("cut_how.facts", count=f"{single:,}", changed=f"{self.tally.total.changed:,}"))
        shown, rest = self.largest(cut, cells)
        title = self.say(f"cut.{cut}")
        yield from self.plot(cut, title, shown)
        rows = [(self.label(cut, value), *self.numbers(cell)) for value, cell in shown]
        if rest is not None:
            rows.append((self.say("rest"), *self.numbers(rest)))
        rows.append((self.say("total"), *self.numbers(_sum(cells.values()))))
        head = (title, *map(self.say, ("lines", "lines_changed", "lines_more", "lines_less", "change")))
        yield Grid(title, head, tuple(rows), total=True)

    def largest(self, cut: Cut, cells: Mapping[str, Cell]) -> tuple[list[tuple[str, Cell]], Cell | None]:
        """The values with most changed lines, and the sum of all others; months all, in their order."""
        if cut == "month":
            return sorted(cells.items()), None
        ordered = sorted(cells.items(), key=lambda each: (each[0] == OTHERS, -each[1].changed, -each[1].lines, each[0]))
        rest = ordered[MOST_ROWS:]
        return ordered[:MOST_ROWS], _sum(cell for _, cell in rest) if rest else None

    def plot(self, cut: Cut, title: str, shown: Sequence[tuple[str, Cell]]) -> Iterator[Block]:
        currency = self.main_currency()
        if cut in OF_CHANGES or not currency:
            measure = self.say("plot.changed")
            bars = [Bar(self.short(cut, value), cell.changed, f"{cell.changed:,}") for value, cell in shown]
        else:
            measure = self.say("plot.money", currency=currency)
            changes = [(value, cell.money.get(currency, Money()).change) for value, cell in shown]
            bars = [Bar(self.short(cut, value), change, self.signed(change, currency)) for value, change in changes]
        yield Plot(self.say("plot", title=title, measure=measure), tuple(bars))

    def numbers(self, cell: Cell) -> tuple[str, ...]:
        changes = [
            self.signed(money.change, currency) for currency, money in sorted(cell.money.items()) if money.change
        ]
        counts = (f"{count:,}" for count in (cell.lines, cell.changed, cell.more, cell.less))
        return *counts, "\n".join(changes) or "0"

    def short(self, cut: Cut, value: str) -> str:
        """The label of a value in a plot: names of clauses instead of their texts."""
        return value if cut == "clauses" and value else self.label(cut, value)

    def label(self, cut: Cut, value: str) -> str:
        if value == OTHERS:
            return self.say("rest")
        if value == NOT_STATED:
            empty = {"clauses": "no_clause", "facts": "no_fact"}
            return self.say(empty.get(cut, "not_stated"))
        if cut == "clauses":
            return "\n".join(f"{self.clause(each)} ({each})" for each in value.split(" + "))
        if cut == "facts":
            return self.words.listed(self.first(f"fact.{each}") for each in value.split(" + "))
        return self.first(f"value.{cut}.{value}") if cut in ("category", "market") else value

    # Words of the policies at hand

    def editions(self) -> Iterator[Edition]:
        for policy in self.tally.cuts["policy"]:
            for side in (self.pair.new, self.pair.old):
                if (edition := side.edition_of(policy)) is not None:
                    yield edition

    def first(self, code: str) -> str:
        """The text of a code from the first policy that has it; the last part of the code if none does."""
        found = (words_for(each, self.locale) for each in self.editions())
        words = next((each for each in found if code in each), self.words)
        return words.say(code) if code in words else code.rpartition(".")[2]

    def outcome(self, outcome: str) -> str:
        return self.first(f"outcome.{outcome}")

    def clause(self, name: str) -> str:
        edition = next((each for each in self.editions() if name in each.nodes), None)
        return words_for(edition, self.locale).restated(name) if edition else name

    # Cases

    def samples(self) -> Iterator[Block]:
        kept = [
            (pair, each)
            for pair, samples in sorted(self.tally.samples.items())
            for each in samples[: self.most_samples]
        ]
        if kept:
            yield Text(self.say("samples_how", count=self.most_samples))
        for (old, new), each in kept:
            title = self.say("sample", case=each.case_id, before=self.outcome(old), after=self.outcome(new))
            yield self.sample(title, each)

    def sample(self, title: str, sample: Sample) -> Block:
        if sample.before is None or sample.after is None:
            return Text(f"{title}. {self.say('no_explanation')}")
        labels = self.pair.old.label, self.pair.new.label
        return Beside(title, (labels[0], sample.before), (labels[1], sample.after))

    def proved(self) -> Iterator[Block]:
        if not self.proofs:
            yield Text(self.say("no_proofs"))
            return
        yield Text(self.say("proved_how"))
        rows = [
            (each.statement, self.say(f"status.{each.status}"), each.bound or "", each.counterexample or "")
            for each in self.proofs
        ]
        head = tuple(map(self.say, ("statement", "status", "bound", "counterexample")))
        yield Grid(self.say("proved"), head, tuple(rows), labels=len(head))

    def not_compared(self) -> Iterator[Block]:
        if self.tally.erased:
            fields = self.words.listed(
                f"{field} ({count:,})" for field, count in sorted(self.tally.erased_fields.items())
            )
            yield Text(self.say("erased", count=f"{self.tally.erased:,}", fields=fields))
        if not self.tally.not_compared:
            yield Text(self.say("all_compared"))
            return
        reasons = sorted(self.tally.not_compared.items(), key=lambda each: (-each[1], each[0]))
        rows = [
            (self.say(f"why.{why}"), self.say("rest") if detail == OTHERS else detail, f"{count:,}")
            for (why, detail), count in reasons
        ]
        rows.append((self.say("total"), "", f"{sum(self.tally.not_compared.values()):,}"))
        head = tuple(map(self.say, ("why", "detail", "count")))
        yield Grid(self.say("not_compared"), head, tuple(rows), labels=2, total=True)


def _sum(cells: Iterable[Cell]) -> Cell:
    whole = Cell()
    for cell in cells:
        whole.add(cell)
    return whole
