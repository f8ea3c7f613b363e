"""The job for ``spark-submit``: folders of cases to a folder of decisions, and rejected cases beside them.

``spark-submit adjudicator/spark/job.py IN... --out OUT``, or ``python -m adjudicator.spark.job`` on one machine. What a cluster copies
is this file alone, so that it imports everything else from the environment in which it runs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Final

from py4j.protocol import Py4JJavaError
from pyspark.errors import PySparkException
from pyspark.sql import Column, DataFrame, Observation, SparkSession
from pyspark.sql.functions import col, count, lit, when

from adjudicator.bulk.choices import chosen
from adjudicator.bulk.deciding import BulkOptions, Counts
from adjudicator.bulk.errors import BulkError, UnusableInput
from adjudicator.model.errors import InputError, printable, safe
from adjudicator.spark.frames import cases_of, check_kept, column, decide_frame
from adjudicator.spark.session import session

DONE: Final = 0
FAILED: Final = 1
INPUT_AT_FAULT: Final = 2
SOURCE: Final = "source"
ROW: Final = "row"
STATUS: Final = "status"
DECIDED: Final = "decided"
REJECTED: Final = "rejected"
LINE: Final = "value"
"""The column in which Spark gives out lines of text."""
STACK_TRACE: Final = re.compile(r" SQLSTATE:|\n\s*at |\nDriver stacktrace:")
"""Where the message of an error of Spark ends."""
OF_THE_INPUT: Final = (
    "[CANNOT_MERGE_SCHEMAS]",
    "[FAILED_READ_FILE",
    "[PATH_ALREADY_EXISTS]",
    "[PATH_NOT_FOUND]",
    "[UNABLE_TO_INFER_SCHEMA]",
    "[UNSUPPORTED_OVERWRITE",
)
"""How Spark's messages begin if the input, or an argument, is at fault."""
HINTS: Final = {"[PATH_ALREADY_EXISTS]": " Here that is --overwrite."}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the job. Returns the exit status: 2 if the input is at fault, 1 for anything else that went wrong."""
    given = _parser().parse_args(arguments)
    try:
        options = chosen(
            edition=given.edition,
            policy=given.policy,
            as_of=given.as_of,
            column=given.column,
            decisions=given.decisions,
        )
        return _run(session(), given, options)
    except (InputError, UnusableInput) as error:
        return _stopped(printable(str(error)), INPUT_AT_FAULT)
    except BulkError as error:
        return _stopped(str(error), FAILED)
    except (PySparkException, Py4JJavaError) as error:
        message = message_of(error)
        return _stopped(message, INPUT_AT_FAULT if message.startswith(OF_THE_INPUT) else FAILED)


def message_of(error: PySparkException | Py4JJavaError) -> str:
    """What Spark says is wrong, on one line and without its stack trace."""
    text = error.java_exception.getMessage() if isinstance(error, Py4JJavaError) else str(error)
    line = " ".join(STACK_TRACE.split(text or type(error).__name__, maxsplit=1)[0].split())
    hint = next((hint for condition, hint in HINTS.items() if line.startswith(condition)), "")
    return f"{safe(line, 500)}{hint}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="adjudicator.spark.job",
        description="Decide past cases on Spark. Decisions are written as Parquet into OUT/status=decided, and cases that cannot be decided, with their faults, into OUT/status=rejected.",
        allow_abbrev=False,
    )
    parser.add_argument("inputs", nargs="+", metavar="IN", help="files or folders, by any URL that Spark reads")
    parser.add_argument("--out", required=True, help="the folder for the table, which must not exist yet")
    parser.add_argument("--overwrite", action="store_true", help="replace the folder if it exists")
    parser.add_argument("--format", choices=("parquet", "ndjson"), default="parquet", help="what is read")
    parser.add_argument("--column", help="the column with the cases, `case` if there is one of that name")
    parser.add_argument("--edition", action="append", default=[], help="a day, or PACK:EDITION, to decide under")
    parser.add_argument("--policy", action="append", default=[], help="decide only cases of this policy or pack")
    parser.add_argument("--as-of", help="decide every case as at this instant")
    parser.add_argument("--decisions", action="store_true", help="add a column with the whole decision as JSON")
    parser.add_argument("--keep", action="append", default=[], help="a column of the input to keep beside each row")
    parser.add_argument(
        "--partition-by", action="append", default=[], help="a column of the input to keep, and to part the table by"
    )
    parser.add_argument(
        "--partitions", type=_at_least(1), help="share the cases out over this many tasks before deciding"
    )
    parser.add_argument("--max-rejected", type=_at_least(0), help="more rejected cases than this are a failure")
    return parser


def _at_least(least: int) -> Callable[[str], int]:
    """Reads whole numbers from the least one on."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise argparse.ArgumentTypeError(f"expected a whole number from {least} on, got {safe(text)}")
        return int(text)

    return read


def _run(spark: SparkSession, given: argparse.Namespace, options: BulkOptions) -> int:
    keep = list(dict.fromkeys([*given.keep, *given.partition_by]))
    if given.overwrite:
        _check_apart(given.inputs, given.out)
    read = Observation("read")
    cases = read_cases(spark, given.inputs, given.format, options.column, keep)
    cases = cases.observe(read, count(lit(1)).alias("cases"))
    if given.partitions is not None:
        cases = cases.repartition(given.partitions)
    places = [each for each in (SOURCE, ROW) if each in cases.columns]
    decided = decide_frame(cases, options, keep=[*places, *keep])
    write_decisions(decided, given.out, given.partition_by, overwrite=given.overwrite)
    counts = counts_of(spark.read.schema(_with_status(decided).schema).parquet(given.out), read.get["cases"])
    return _reported(counts, given.out, given.max_rejected)


def _check_apart(inputs: Sequence[str], out: str) -> None:
    """Refuse an output folder that overlaps the inputs, because Spark deletes it before writing."""
    for each in inputs:
        if f"{each.rstrip('/')}/".startswith(f"{out.rstrip('/')}/"):
            raise UnusableInput(f"--overwrite would remove the input {safe(each)}")


def read_cases(
    spark: SparkSession, inputs: Sequence[str], format: str, name: str | None = None, keep: Sequence[str] = ()
) -> DataFrame:
    """The columns with the cases and those to keep, and the place of each case: its file and, in Parquet, its row in it.

    Raises :class:`~adjudicator.bulk.errors.UnusableInput` for files of mixed schemas, and for missing columns.
    """
    _check_free(keep)
    if format == "ndjson":
        lines = spark.read.text(list(inputs))
        check_kept(lines, keep)
        cases = lines.where(col(LINE).rlike(r"\S"))
        wanted = col(LINE).alias("case" if name is None else name)
        return cases.select(wanted, *map(column, keep), _file())
    frame = spark.read.option("mergeSchema", "true").parquet(*inputs)
    check_kept(frame, keep)
    read = list(dict.fromkeys([*cases_of(frame, name, keep), *keep]))
    _check_free(read)
    return frame.select(*map(column, read), _file(), (col("_metadata.row_index") + 1).alias(ROW))


def _check_free(names: Sequence[str]) -> None:
    if taken := {SOURCE, ROW, STATUS} & {*names}:
        raise UnusableInput(f"the table has a column {safe(min(taken))} of its own; rename yours")


def _file() -> Column:
    return col("_metadata.file_path").alias(SOURCE)


def write_decisions(decided: DataFrame, out: str, partition_by: Sequence[str] = (), *, overwrite: bool = False) -> None:
    """Write a table of decisions in one pass, with rejected cases in a folder of their own."""
    writer = _with_status(decided).write.mode("overwrite" if overwrite else "error")
    writer.partitionBy(STATUS, *partition_by).parquet(out)


def _with_status(decided: DataFrame) -> DataFrame:
    status = when(col("error_message").isNull(), DECIDED).otherwise(REJECTED)
    return decided.withColumn(STATUS, status)


def counts_of(table: DataFrame, cases: int) -> Counts:
    """The counts of a written table, for a given number of cases that were read. It reads three columns."""
    counts = Counts(cases=cases)
    groups = (STATUS, "case_outcome", "failed")
    rows = table.select(col(STATUS), col("case_outcome"), col("part"), col("faults").isNull().alias("failed"))
    for group in (
        rows.groupBy(*groups)
        .agg(count(lit(1)).alias("rows"), count(when(col("part") == 0, 1)).alias("firsts"))
        .collect()
    ):
        counts.rows += group["rows"]
        if group[STATUS] == DECIDED:
            counts.outcomes[group["case_outcome"]] = group["firsts"]
        elif group["failed"]:
            counts.failed += group["firsts"]
        else:
            counts.faulty += group["firsts"]
    counts.left_out = cases - sum(counts.outcomes.values()) - counts.failed - counts.faulty
    return counts


def _reported(counts: Counts, out: str, most: int | None) -> int:
    """Write the summary, and return the exit status."""
    if not counts.cases:
        return _stopped("there is no case in the input", INPUT_AT_FAULT)
    sys.stdout.write("".join(f"{line}\n" for line in counts.summary(out)))
    rejected = counts.faulty + counts.failed
    if rejected:
        sys.stderr.write(
            f"{rejected:,} of {counts.cases:,} cases are in {out}/{STATUS}={REJECTED}, with their faults\n"
        )
    if counts.failed:
        return _stopped(f"{counts.failed:,} cases made a policy break down: see error_message", FAILED)
    if rejected == counts.cases or (most is not None and rejected > most):
        return _stopped("too many cases were rejected", INPUT_AT_FAULT)
    return DONE


def _stopped(message: str, status: int) -> int:
    sys.stderr.write(f"adjudicator.spark.job: {message}\n")
    return status


if __name__ == "__main__":
    ended = main()
    if (running := SparkSession.getActiveSession()) is not None:
        running.stop()
    sys.exit(ended)
