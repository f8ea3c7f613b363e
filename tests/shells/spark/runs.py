"""All runs of Spark for the tests, in one session on two cores, because starting it costs more than everything else."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from functools import partial
from pathlib import Path
from typing import Any, Final

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from attrs import define, field, frozen
from pyspark.sql import DataFrame, SparkSession

from adjudicator.bulk import BulkOptions, UnusableInput
from adjudicator.model.time import Instant
from adjudicator.spark import decide_frame, session
from adjudicator.spark.job import main
from bulk.conftest import sampled
from test_docs import DOCS, blocks_of

SMALL: Final = {
    "spark.master": "local[2]",
    "spark.driver.memory": "512m",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.session.timeZone": "Asia/Shanghai",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "25",
}
"""The cheapest settings: no web UI, one partition, no code generation. Batches are small, so that there are several."""
PAGE: Final = DOCS / "spark.md"
LATER: Final = Instant.parse("2027-01-01T00:00:00+08:00")
BROKEN: Final = (b"{", b'{"id": 1}', b"")
CASES: Final = (*sampled(), *BROKEN)
"""The cases for Spark: some of every policy, and some invalid ones."""


@frozen
class JobRun:
    """The result of a run of the job."""

    status: int
    out: str
    err: str

    @property
    def message(self) -> str:
        """The last line on standard error."""
        return self.err.splitlines()[-1] if self.err else ""


@define
class Lake:
    """A folder with inputs and outputs, and the results of all runs, by name."""

    folder: Path
    jobs: dict[str, JobRun] = field(factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(factory=dict)
    refused: dict[str, str] = field(factory=dict)

    def run(self, name: str, *arguments: str, into: str | None = None) -> None:
        """Run the job into a folder of that name, as ``spark-submit`` does."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = main([*arguments, "--out", f"{self.folder}/{into or name}"])
        self.jobs[name] = JobRun(status, out.getvalue(), err.getvalue())

    def decide(self, name: str, frame: DataFrame, options: BulkOptions, keep: Sequence[str] = ()) -> None:
        """Decide a data frame, and keep its rows."""
        self.rows[name] = [row.asDict(recursive=True) for row in decide_frame(frame, options, keep=keep).collect()]

    def refuse(self, name: str, decide: Callable[[], object]) -> None:
        """Run something that must be refused, and keep the message."""
        try:
            decide()
        except UnusableInput as error:
            self.refused[name] = str(error)


def write(folder: Path, file: str = "cases", **columns: Any) -> None:
    """Write a Parquet file with these columns into a new folder."""
    folder.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), folder / f"{file}.parquet")


def claims() -> list[bytes]:
    """The cases that fit into the same nested columns."""
    return [text for text in sampled() if b'"douyin_global.' in text]


def nested() -> pa.Table:
    """The cases as nested columns, with their instants as timestamps."""
    documents = [orjson.loads(text) for text in claims()]
    table = pa.Table.from_pylist(documents)
    instants = pa.array([int(Instant.parse(each["as_of"])) for each in documents], pa.timestamp("us", tz="UTC"))
    return table.set_column(table.schema.get_field_index("as_of"), "as_of", instants)


def fill(folder: Path) -> None:
    """Write the inputs of all runs."""
    texts = [text.decode() for text in CASES]
    half = len(texts) // 2
    write(folder / "history" / "day=1", payload=texts[:half], ticket=[*range(half)])
    write(folder / "history" / "day=2", payload=texts[half:], ticket=[*range(half, len(texts))])
    (folder / "lines").mkdir()
    (folder / "lines" / "cases.ndjson").write_bytes(b"\r\n \t\n".join(sampled()) + b"\n")
    pq.write_table(nested(), folder / "nested.parquet")
    write(folder / "mixed", "a", case=["{}"])
    write(folder / "mixed", "b", case=[1])
    write(folder / "text", text=["{}"])
    write(folder / "numbers", case=[1])
    write(folder / "none", case=pa.array([], pa.string()))
    write(folder / "some", case=[texts[0], "{"])
    write(folder / "broken", case=["{"])
    write(folder / "half", case=texts)
    whole = (folder / "half" / "cases.parquet").read_bytes()
    (folder / "half" / "cases.parquet").write_bytes(whole[:-100])
    write(folder / "own" / "in", case=texts[:1])


def run_all(folder: Path) -> Lake:
    """Run everything that the tests check."""
    fill(folder)
    lake = Lake(folder)
    with one_session() as spark:
        run_functions(lake, spark)
        run_jobs(lake)
    return lake


@contextmanager
def one_session() -> Iterator[SparkSession]:
    """A session that ends here and leaves the environment unchanged."""
    before = dict(os.environ)
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    spark = session(settings=SMALL)
    try:
        spark.sparkContext.setLogLevel("OFF")  # errors here are intended
        yield spark
    finally:
        spark.stop()
        os.environ.clear()
        os.environ.update(before)


def run_functions(lake: Lake, spark: SparkSession) -> None:
    """The runs by functions on data frames."""
    history = spark.read.parquet(f"{lake.folder}/history")
    cases = history.select("payload", "ticket").coalesce(1)
    damage = cases.withColumnRenamed("payload", "case")
    page: dict[str, Any] = {}
    exec(next(each.text for each in blocks_of(PAGE) if each.kind == "python"), page)
    lake.decide("json", cases, BulkOptions(column="payload", decisions=True), ["ticket"])
    lake.decide("nested", spark.read.parquet(f"{lake.folder}/nested.parquet"), BulkOptions(as_of=LATER))
    lake.rows["page"] = [row.asDict() for row in page["decided_under"]("2022-03-15", damage, ["ticket"]).collect()]
    lake.refuse("column", partial(decide_frame, cases))
    lake.refuse("type", partial(decide_frame, cases, BulkOptions(column="ticket")))
    lake.refuse("keep", partial(decide_frame, cases, BulkOptions(column="payload"), keep=["day"]))
    taken = cases.withColumnRenamed("ticket", "outcome")
    lake.refuse("taken", partial(decide_frame, taken, BulkOptions(column="payload"), keep=["outcome"]))


def run_jobs(lake: Lake) -> None:
    """The runs by ``spark-submit``."""
    at = str(lake.folder)
    lake.run(
        "by-day", f"{at}/history", "--column", "payload", "--decisions", "--keep", "ticket", "--partition-by", "day"
    )
    lake.run("by-day-again", f"{at}/history", "--column", "payload", into="by-day")
    lake.run("chosen", f"{at}/lines", "--format", "ndjson", "--policy", "consumer_law", "--as-of", str(LATER))
    lake.run("too-many", f"{at}/some", "--max-rejected", "0", "--partitions", "2", into="replaced")
    lake.run("replaced", f"{at}/nested.parquet", "--overwrite", "--edition", "douyin_global:2022-03-15")
    for name in ("mixed", "text", "numbers", "none", "broken", "half", "nowhere"):
        lake.run(f"from-{name}", f"{at}/{name}")
    lake.run("status", f"{at}/lines", "--format", "ndjson", "--keep", "status")
    lake.run("own", f"{at}/own/in", "--overwrite")
