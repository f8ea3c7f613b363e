"""A Spark session with settings that suit deciding: small batches, tasks of a minute, nothing large on the driver."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Final

from pyspark.sql import SparkSession

from adjudicator.spark.java import require_java

START_SETTINGS: Final[Mapping[str, str]] = {
    "spark.driver.memory": "2g",
    "spark.driver.maxResultSize": "256m",
    "spark.python.worker.reuse": "true",
    "spark.ui.showConsoleProgress": "true",
}
"""Settings of a session that this process starts by itself; ``spark-submit`` has options for them."""
SESSION_SETTINGS: Final[Mapping[str, str]] = {
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
    "spark.sql.files.maxPartitionBytes": "8m",
    "spark.sql.files.openCostInBytes": "1m",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
"""Settings of every session, unless you have set others.

A batch of 2,000 cases is some megabytes. Deciding takes far longer than reading, so a task gets a sixteenth of the bytes that Spark gives
it by default. Instants are written as such, and not in the form without a time zone that Spark writes by default.
"""
SUBMITTED: Final = "PYSPARK_GATEWAY_PORT"
"""The environment variable that ``spark-submit`` sets for its program."""
REMOTE: Final = "SPARK_REMOTE"
"""The environment variable with the address of a Spark Connect server."""


def session(name: str = "adjudicator", settings: Mapping[str, str] | None = None) -> SparkSession:
    """The session that is active, or a new one with these settings: that of ``spark-submit``, of a server, or of this machine alone.

    Raises :class:`~adjudicator.spark.java.JavaMissing` if it has to start Spark and there is no Java for it.
    """
    spark = SparkSession.getActiveSession() or _started(name, settings or {})
    chosen = spark.conf.getAll
    for key, value in SESSION_SETTINGS.items():
        if key not in chosen:
            spark.conf.set(key, value)
    return spark


def _started(name: str, settings: Mapping[str, str]) -> SparkSession:
    starts_here = SUBMITTED not in os.environ and REMOTE not in os.environ and "spark.remote" not in settings
    if starts_here:
        require_java()
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        settings = {**START_SETTINGS, **settings}
    builder = SparkSession.builder.appName(name)
    for key, value in settings.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()
