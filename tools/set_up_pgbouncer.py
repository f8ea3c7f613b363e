"""Installs PgBouncer from Debian, once, if there is none. Where that cannot be, it names the package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

PACKAGE: Final = "pgbouncer"
PLACES: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
"""Debian puts it where only root's ``PATH`` leads."""


def main() -> int:
    """Returns the exit status: 0 if there is a PgBouncer now."""
    if program() is not None or is_installed():
        return 0
    sys.stderr.write(f"The tests of the record need PgBouncer. On Debian and Ubuntu: apt-get install {PACKAGE}\n")
    return 1


def program() -> str | None:
    """Where PgBouncer is; ``None`` if there is none."""
    return shutil.which(PACKAGE, path=PLACES)


def is_installed() -> bool:
    """Whether it could be installed, as root or by sudo."""
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    if apt is None or (os.geteuid() != 0 and sudo is None):
        return False
    as_root = [] if os.geteuid() == 0 or sudo is None else [sudo]
    sys.stderr.write("Installing PgBouncer for the tests of the record, once.\n")
    quiet = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    install = [*quiet, "-y", "install", "--no-install-recommends", PACKAGE]
    for command in ([*quiet, "update"], install):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the system's own programs
    return program() is not None


if __name__ == "__main__":
    sys.exit(main())
