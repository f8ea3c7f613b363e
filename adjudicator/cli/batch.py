"""Processing the records of a file one by one. An invalid record does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Generic, TypeVar

from adjudicator.cli.exits import DECIDED, INPUT_AT_FAULT
from adjudicator.cli.ndjson import Records
from adjudicator.cli.options import output_language
from adjudicator.cli.output import FaultSink, Format, Rendering
from adjudicator.cli.streams import open_input, report
from adjudicator.model.errors import Fault, InputError

T = TypeVar("T")


class Batch(Generic[T]):
    """Iterates over the results of the records in a stream; faults of invalid records go to ``faults``.

    After the iteration, ``status`` is the exit status. ``failure`` ends the message that counts the invalid records, and ``expected``
    describes what an empty stream should have contained.
    """

    def __init__(
        self,
        stream: BinaryIO,
        work: Callable[[bytes], T],
        faults: FaultSink,
        *,
        failure: str = "could not be decided",
        expected: str = "a case",
    ) -> None:
        self.records = Records(stream)
        self.work = work
        self.faults = faults
        self.failure = failure
        self.expected = expected
        self.status = DECIDED

    def __iter__(self) -> Iterator[T]:
        if self.records.at_end():
            self.status = INPUT_AT_FAULT
            self.faults.write_faults(1, (Fault("", "nothing", self.expected),), self.records.at_end)
        total = at_fault = 0
        for record in self.records:
            total += 1
            try:
                result = self.work(record.text())
            except InputError as error:
                at_fault += 1
                self.status = INPUT_AT_FAULT
                is_alone = self.records.at_end if total == 1 else _not_alone
                self.faults.write_faults(record.line, error.faults, is_alone)
            else:
                yield result
        if at_fault and total > 1:
            report(f"{at_fault} of {total} {self.failure}")


def _not_alone() -> bool:
    return False


def each_record(
    file: str,
    work: Callable[[bytes], T],
    rendering: Rendering[T],
    format: Format,
    locale: str | None,
    *,
    failure: str = "could not be decided",
    expected: str = "a case",
) -> int:
    """Process every record of a file, write the results, and return the exit status. Parameters as for :class:`Batch`."""
    output = rendering.output(format, output_language(locale), file)
    with open_input(file) as stream:
        batch = Batch(stream, work, output, failure=failure, expected=expected)
        for result in batch:
            output.write(result)
    return batch.status
