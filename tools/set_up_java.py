"""Installs Java from Debian, once, if there is none that Spark can run on. Where that cannot be, it names the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

from adjudicator.spark.java import DEBIAN_PACKAGE, OLDEST_VERSION, java_version

PACKAGES: Final = (DEBIAN_PACKAGE, "default-jre-headless")
"""What is tried in turn: later releases of Debian have a later Java only."""


def main() -> int:
    """Returns the exit status: 0 if there is a Java now."""
    if is_there() or is_installed():
        return 0
    sys.stderr.write(
        f"The tests of adjudicator.spark need Java {OLDEST_VERSION} or later. On Debian and Ubuntu: apt-get install {DEBIAN_PACKAGE}\n"
    )
    return 1


def is_there() -> bool:
    """Whether Spark could start."""
    version = java_version()
    return version is not None and version >= OLDEST_VERSION


def is_installed() -> bool:
    """Whether one of the packages could be installed, as root or by sudo, and Spark could start then."""
    apt = shutil.which("apt-get")
    sudo = shutil.which("sudo")
    if apt is None or (os.geteuid() != 0 and sudo is None):
        return False
    as_root = [] if os.geteuid() == 0 or sudo is None else [sudo]
    sys.stderr.write("Installing Java for the tests of adjudicator.spark, once.\n")
    quiet = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    subprocess.run([*quiet, "update"], check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the system's own programs
    for package in PACKAGES:
        command = [*quiet, "-y", "install", "--no-install-recommends", package]
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the same
        if done.returncode == 0 and is_there():
            return True
    return False


if __name__ == "__main__":
    sys.exit(main())
