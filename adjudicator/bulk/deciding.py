"""Arrow record batches of cases in, Arrow record batches of decisions out. An invalid case is a row with its faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Final

import attrs
import orjson
import pyarrow as pa
from attrs import field, frozen

from adjudicator.api import adjudicate, decide
from adjudicator.bulk.candidates import Candidate
from adjudicator.bulk.cases import case_texts
from adjudicator.bulk.erased import without_personal_data
from adjudicator.bulk.rows import Rows
from adjudicator.engine.policy import Edition
from adjudicator.engine.registry import failure, policies
from adjudicator.model.errors import Fault, InputError, printable, shown
from adjudicator.model.soundness import CaseBase
from adjudicator.model.time import Instant
from adjudicator.wire.codec import dump_decision, load_case


@frozen(kw_only=True)
class BulkOptions:
    """Which cases are decided, and how. Without any option every case is decided as :func:`adjudicator.decide` decides it.

    ``editions`` names by policy the edition to decide under instead of the one that governs a case; ``None`` is an edition that there is
    not, and a fault of its cases. ``candidate`` decides the cases of its policies before all of these. ``policies`` leaves out the cases of
    all others. ``as_of`` replaces the instant of every case.
    """

    column: str | None = None
    editions: Mapping[str, str | None] = field(factory=dict)
    candidate: Candidate | None = None
    policies: tuple[str, ...] | None = None
    as_of: Instant | None = None
    decisions: bool = False

    @property
    def changes_nothing(self) -> bool:
        """Whether every case is decided as it is."""
        return not (self.editions or self.candidate or self.policies is not None or self.as_of is not None)


AS_THEY_ARE: Final = BulkOptions()
NO_SUCH_EDITION: Final = "a policy with the edition that was asked for"
LONGEST_NAME: Final = 200
"""The most characters of what a broken case calls itself that are repeated in the table."""
NONE_ERASED: Final[Set[int]] = frozenset()


@attrs.define
class Counts:
    """How many cases were read, how many of them had faults, broke a policy or were left out, and how many rows that gave.

    ``outcomes`` counts the decided cases by outcome, ``erased`` those among them whose personal data were erased, and ``erased_fields``
    how many of these lack a field.
    """

    cases: int = 0
    rows: int = 0
    faulty: int = 0
    failed: int = 0
    left_out: int = 0
    outcomes: dict[str, int] = field(factory=dict)
    erased: int = 0
    erased_fields: dict[str, int] = field(factory=dict)

    def add(self, other: Counts) -> None:
        """Add the counts of other cases."""
        for name in ("cases", "rows", "faulty", "failed", "left_out", "erased"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        _add_up(self.outcomes, other.outcomes)
        _add_up(self.erased_fields, other.erased_fields)

    def summary(self, out: str) -> list[str]:
        """Lines for people: how many cases and rows are in ``out``, and the outcomes, the most frequent first."""
        outcomes = sorted(self.outcomes.items(), key=lambda each: (-each[1], each[0]))
        lacking = ", ".join(f"{field} ({count:,})" for field, count in sorted(self.erased_fields.items()))
        return [
            f"{_counted(self.cases, 'case')}, {_counted(self.rows, 'row')} in {out}",
            *(f"{count:>12,}  {outcome}" for outcome, count in outcomes),
            *([f"{self.left_out:>12,}  left out: cases of other policies"] if self.left_out else ()),
            *(
                [f"{self.erased:>12,}  decided without personal data that were erased: {lacking}"]
                if self.erased
                else ()
            ),
        ]


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def _add_up(counts: dict[str, int], others: Mapping[str, int]) -> None:
    for name, count in others.items():
        counts[name] = counts.get(name, 0) + count


def decide_batches(
    batches: Iterable[pa.RecordBatch], options: BulkOptions = AS_THEY_ARE, *, first_row: int = 1
) -> Iterator[pa.RecordBatch]:
    """Decide every case of some record batches; one batch of :data:`~adjudicator.bulk.rows.SCHEMA` for each of them.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` for a batch without cases, and nothing for an invalid case: that is a row.
    """
    for batch in batches:
        texts = case_texts(batch, options.column)
        yield decide_texts(enumerate(texts, first_row), options)[0]
        first_row += batch.num_rows


def decide_texts(
    texts: Iterable[tuple[int, bytes | InputError]],
    options: BulkOptions = AS_THEY_ARE,
    erased: Set[int] = NONE_ERASED,
) -> tuple[pa.RecordBatch, Counts]:
    """Decide cases as JSON, each with the number of its row; ``erased`` are the rows whose personal data were erased."""
    rows, counts = Rows(decisions=options.decisions), Counts()
    decide_one = _decide_as_it_is if options.changes_nothing else _decide_chosen
    for row, text in texts:
        counts.cases += 1
        lacking: Set[str] | None = None
        try:
            if row in erased and _is_chosen(policy_in(text), options):
                text, lacking = without_personal_data(_readable(text))  # noqa: PLW2901 - it stands for what it was
            content = decide_one(text, options)
        except InputError as error:
            counts.faulty += 1
            rows.add_faults(row, error.faults, named_in(text))
        except Exception as error:  # noqa: BLE001 - a policy that breaks down on one case must not cost the others their decisions
            counts.failed += 1
            rows.add_failure(row, printable(failure(error, "internal error")), named_in(text))
        else:
            if content is None:
                counts.left_out += 1
                continue
            outcome = rows.add_decision(row, content, lacking)
            _add_up(counts.outcomes, {outcome: 1})
            if lacking is not None:
                counts.erased += 1
                _add_up(counts.erased_fields, dict.fromkeys(lacking, 1))
    counts.rows = len(rows)
    return rows.batch(), counts


def _decide_as_it_is(text: bytes | InputError, _: BulkOptions) -> bytes:
    """Decide a case; its decision as JSON. Raises :class:`~adjudicator.model.errors.InputError`."""
    return adjudicate(_readable(text))


def _decide_chosen(text: bytes | InputError, options: BulkOptions) -> bytes | None:
    """Decide a case as the options say; ``None`` if they leave it out."""
    try:
        case = load_case(_readable(text))
        if not _is_chosen(case.policy, options):
            return None
        if options.as_of is not None:
            case = attrs.evolve(case, as_of=options.as_of)
        return dump_decision(decide(case, _edition(case, options)))
    except InputError:
        if _is_chosen(policy_in(text), options):
            raise
        return None


def _readable(text: bytes | InputError) -> bytes:
    if isinstance(text, InputError):
        raise text
    return text


def _is_chosen(policy: str | None, options: BulkOptions) -> bool:
    """Whether a case of this policy is decided; one whose policy cannot be read always is, so that its faults show."""
    return options.policies is None or policy is None or policy in options.policies


def policy_in(text: bytes | InputError) -> str | None:
    """The policy that a case names, if that can be read and there is one of this name."""
    policy = named_in(text)["policy"]
    return policy if policy in policies() else None


def named_in(text: bytes | InputError) -> dict[str, str | None]:
    """The ``case_id`` and the ``policy`` that a case names, as far as they can be read: what a broken case is found by."""
    try:
        document = None if isinstance(text, InputError) else orjson.loads(text)
    except ValueError:
        document = None
    given = document if isinstance(document, dict) else {}
    return {"case_id": _name(given.get("id")), "policy": _name(given.get("policy"))}


def _name(value: object) -> str | None:
    return value if isinstance(value, str) and len(value) <= LONGEST_NAME else None


def _edition(case: CaseBase, options: BulkOptions) -> Edition | None:
    """The edition that the options name for a case; ``None`` for the one that governs it."""
    if options.candidate and (candidate := options.candidate.edition_of(case.policy)):
        return candidate
    if case.policy not in options.editions:
        return None
    name = options.editions[case.policy]
    edition = next((each for each in policies()[case.policy] if each.name == name), None)
    if edition is None:
        raise InputError([Fault("/policy", shown(case.policy), NO_SUCH_EDITION)])
    return edition
