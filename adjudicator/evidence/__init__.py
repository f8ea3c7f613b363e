"""Evidence bundles (extra ``evidence``): files in, the evidence of a case out, with where every fact was read.

Never a score, and never a guess: what is certain is filled in, the rest is reported. The engine does not know this room, and hostile
bytes are only read in a process with bounded memory and time and without network; :mod:`adjudicator.evidence.reading` runs there.
"""

from importlib.util import find_spec

from adjudicator.evidence.examination import examine_bundle
from adjudicator.evidence.limits import Limits
from adjudicator.evidence.process import CannotStart, Isolation
from adjudicator.evidence.report import (
    Examination,
    ExaminedFile,
    ExaminedItem,
    Fact,
    Remark,
    Report,
    Source,
    report_document,
)
from adjudicator.extras import MissingExtra

for _package in ("PIL", "c2pa", "defusedxml", "imagehash", "pillow_heif", "pyhanko", "pypdfium2", "zxingcpp"):
    # Only the other process imports them; that they are there is found out here.
    if find_spec(_package) is None:
        raise MissingExtra(_package, "evidence")

__all__ = [
    "CannotStart",
    "Examination",
    "ExaminedFile",
    "ExaminedItem",
    "Fact",
    "Isolation",
    "Limits",
    "Remark",
    "Report",
    "Source",
    "examine_bundle",
    "report_document",
]
