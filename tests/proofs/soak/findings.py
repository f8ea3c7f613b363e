"""The results of a soak, as rows of the table of proofs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from attrs import frozen

from adjudicator.store import DecisionStore
from proving.table import Row
from soak.checks import decisions_at_fault, events_at_fault, payouts_at_fault, read
from soak.exchanges import OUTAGES, REFUSALS, Exchanges
from soak.ledger import Ledger
from soak.plan import Kind
from soak.processes import Lives


@frozen
class Finding:
    """The result of one check: the number of items, what held, and each violation."""

    checked: str
    count: int
    held: str
    complaints: tuple[str, ...] = ()

    @property
    def row(self) -> Row:
        """The row of the table."""
        if not self.complaints:
            return Row("soak", self.checked, self.count, self.held)
        wrong = f"{len(self.complaints):,} wrong, the first: {self.complaints[0]}"
        return Row("soak", self.checked, self.count, wrong, holds=False)


def findings_on_service(
    ledger: Ledger, exchanges: Exchanges, lives: Lives, injected: Counter[Kind]
) -> Iterator[Finding]:
    """What was observed while the service ran."""
    yield fault_counts(injected)
    yield Finding(
        "requests, answered in time and as documented",
        exchanges.counts.total(),
        endings(exchanges.counts) + f"; the longest took {exchanges.longest:.1f} s",
        (*exchanges.complaints(),),
    )
    count = ledger.counts.total()
    yield Finding("answers to the same key, and what is read", count, "always the same", (*ledger.violations,))
    yield growth(lives)


def findings_on_record(ledger: Ledger, record: DecisionStore) -> Iterator[Finding]:
    """What the record shows afterwards."""
    recorded = read(record, ledger.answers.values())
    wrong = (*decisions_at_fault(ledger, recorded),)
    yield Finding("decisions on record with the bytes that were answered", len(recorded.decisions), "all", wrong)
    wrong = (*payouts_at_fault(ledger, recorded),)
    yield Finding("steps of payouts", len(recorded.payouts), "none twice, never more than is owed", wrong)
    wrong = (*events_at_fault([each.id for each in ledger.events], recorded),)
    yield Finding("events, polled with a cursor", len(recorded.events), "each once, in order", wrong)
    fault = record.verify()
    wrong = () if fault is None else (str(fault),)
    yield Finding("entries, by the record's own verification", len(recorded.entries), "in order", wrong)


def endings(counts: Counter[str]) -> str:
    """How the requests ended, in words."""
    refused, away = (sum(counts[name] for name in names) for names in (REFUSALS, OUTAGES))
    return (
        f"{counts['answered']:,} done, {refused:,} refused, {counts['broken']:,} broken off, {away:,} told to come back"
    )


def growth(lives: Lives) -> Finding:
    """Whether long-lived workers have grown. Shows the one that has grown the most."""
    checked, judged = "workers that ran for long enough to grow", [*lives.judged().values()]
    if not judged:
        return Finding(checked, 0, "none did")
    first, last = max(judged, key=lambda life: life[1].kilobytes - life[0].kilobytes)
    most = f"{first.kilobytes // 1024} to {last.kilobytes // 1024} MB, {first.files} to {last.files} files, at most"
    return Finding(checked, len(judged), most, (*lives.complaints(),))


def fault_counts(counts: Counter[Kind]) -> Finding:
    """The injected faults. A soak without faults proves nothing."""
    result = ", ".join(f"{count} {kind.value}" for kind, count in sorted(counts.items()))
    return Finding("faults", counts.total(), result, () if counts else ("there were none",))
