"""Java, which Spark runs on. PySpark brings everything but this."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

from adjudicator.bulk.errors import BulkError

OLDEST_VERSION: Final = 17
DEBIAN_PACKAGE: Final = "openjdk-17-jre-headless"
VERSION: Final = re.compile(r'version "(?:1\.)?(\d+)')
"""The version that ``java -version`` names; up to Java 8 it began with ``1.``."""


class JavaMissing(BulkError):
    """There is no Java, or it is too old."""


def require_java() -> None:
    """Raises :class:`JavaMissing`, with the name of the package, if Spark could not start."""
    found = java_version()
    if found is None or found < OLDEST_VERSION:
        there_is = "none was found" if found is None else f"Java {found} was found"
        raise JavaMissing(
            f"PySpark needs Java {OLDEST_VERSION} or later, and {there_is}; on Debian: apt-get install {DEBIAN_PACKAGE}"
        )


def java_version() -> int | None:
    """The version of the Java that Spark would start: that of ``JAVA_HOME``, or the one on the path; ``None`` if there is none."""
    home = os.environ.get("JAVA_HOME")
    program = shutil.which(Path(home) / "bin" / "java" if home else "java")
    if program is None:
        return None
    try:
        done = subprocess.run([program, "-version"], capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - the program that Spark would start
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = VERSION.search(done.stderr)
    return None if version is None else int(version[1])
