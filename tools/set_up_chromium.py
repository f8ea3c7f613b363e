"""Installs Chromium and Chinese fonts from Debian, once, if they are missing. Where that cannot be, it names the packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import Final

PACKAGES: Final = ("chromium", "fonts-noto-cjk")
PROGRAMS: Final = ("chromium", "chromium-browser")
"""What the program is called: in Debian, and in Ubuntu."""


def main() -> int:
    """Returns the exit status: 0 if there is a Chromium now."""
    if is_there() or is_installed():
        return 0
    sys.stderr.write(f"The tests of adjudicator.desk need Chromium. On Debian: apt-get install {' '.join(PACKAGES)}\n")
    return 1


def is_there() -> bool:
    """Whether the tests could start it."""
    return any(map(shutil.which, PROGRAMS))


def is_installed() -> bool:
    """Whether it could be installed, as root or by sudo."""
    apt = shutil.which("apt-get")
    sudo = shutil.which("sudo")
    if apt is None or (os.geteuid() != 0 and sudo is None):
        return False
    as_root = [] if os.geteuid() == 0 or sudo is None else [sudo]
    sys.stderr.write("Installing Chromium for the tests of adjudicator.desk, once.\n")
    quiet = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    subprocess.run([*quiet, "update"], check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the system's own programs
    command = [*quiet, "-y", "install", "--no-install-recommends", *PACKAGES]
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the same
    return done.returncode == 0 and is_there()


if __name__ == "__main__":
    sys.exit(main())
