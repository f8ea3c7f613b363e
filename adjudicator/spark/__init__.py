"""Deciding past cases on Spark (extra ``spark``): a data frame of cases to one of decisions, and a job for ``spark-submit``."""

from adjudicator.extras import importing

with importing("spark"):
    from adjudicator.spark.session import session
with importing("spark"):  # after what imports PySpark, so that no other extra is named in its place
    from adjudicator.spark.frames import decide_frame
from adjudicator.spark.java import JavaMissing

__all__ = ["JavaMissing", "decide_frame", "session"]
