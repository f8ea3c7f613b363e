"""Install missing programs that tests need, from Debian: ``java``, ``chromium``, ``pgbouncer``, ``kubectl``.

If that is not possible, print the names of the packages. The exit status is 0 if all programs named on the command line are available in
the end.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Final, NamedTuple

from adjudicator.spark.java import DEBIAN_PACKAGE, OLDEST_VERSION, java_version

PLACES: Final = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"))
"""Debian installs some programs in folders that are only on root's ``PATH``."""


class Program(NamedTuple):
    """A program: its name, what needs it, a check whether it is available, and sets of packages that provide it, in order of preference.

    ``will_do`` checks whether there is a slower one, for machines on which it cannot be installed.
    """

    title: str
    needed_by: str
    is_there: Callable[[], bool]
    packages: tuple[tuple[str, ...], ...]
    will_do: Callable[[], bool] = lambda: False


def java() -> bool:
    """Whether there is a Java version that Spark supports."""
    version = java_version()
    return version is not None and version >= OLDEST_VERSION


def place_of_chromium() -> str | None:
    """The path of Chromium without a window, or of the whole of it; ``None`` if there is none. It has another name on Ubuntu."""
    found = map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))
    return next((place for place in found if place is not None), None)


def chromium_without_a_window() -> bool:
    """Whether there is a Chromium that opens a page in a fraction of the time, because it draws no window."""
    return shutil.which("chromium-headless-shell") is not None


def place_of_pgbouncer() -> str | None:
    """The path of PgBouncer; ``None`` if there is none."""
    return shutil.which("pgbouncer", path=PLACES)


def pgbouncer() -> bool:
    """Whether there is a PgBouncer."""
    return place_of_pgbouncer() is not None


def kubectl() -> bool:
    """Whether there is a kubectl."""
    return shutil.which("kubectl") is not None


PROGRAMS: Final[Mapping[str, Program]] = {
    # Later releases of Debian only have a later Java.
    "java": Program(
        f"Java {OLDEST_VERSION} or later", "adjudicator.spark", java, ((DEBIAN_PACKAGE,), ("default-jre-headless",))
    ),
    "chromium": Program(
        "Chromium",
        "adjudicator.desk",
        chromium_without_a_window,
        (("chromium-headless-shell", "fonts-noto-cjk"), ("chromium", "fonts-noto-cjk")),
        lambda: place_of_chromium() is not None,
    ),
    "pgbouncer": Program("PgBouncer", "the record", pgbouncer, (("pgbouncer",),)),
    "kubectl": Program("kubectl", "the Kubernetes manifests", kubectl, (("kubernetes-client",),)),
}


def main(names: Sequence[str]) -> int:
    """Install what is missing, and return the exit status."""
    missing = [
        name for name in names if not (PROGRAMS[name].is_there() or is_installed(name) or PROGRAMS[name].will_do())
    ]
    for name in missing:
        program = PROGRAMS[name]
        packages = " ".join(program.packages[0])
        sys.stderr.write(
            f"The tests of {program.needed_by} need {program.title}. On Debian and Ubuntu: apt-get install {packages}\n"
        )
    return 1 if missing else 0


def is_installed(name: str) -> bool:
    """Try to install a program, as root or by sudo. Returns whether it is available then."""
    apt, sudo = shutil.which("apt-get"), shutil.which("sudo")
    if apt is None or (os.geteuid() != 0 and sudo is None):
        return False
    program = PROGRAMS[name]
    sys.stderr.write(f"Installing {program.title} for the tests of {program.needed_by}, once.\n")
    as_root = [] if os.geteuid() == 0 or sudo is None else [sudo]
    quiet = [*as_root, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq"]
    run([*quiet, "update"])
    return any(
        run([*quiet, "-y", "install", "--no-install-recommends", *packages])
        and (program.is_there() or program.will_do())
        for packages in program.packages
    )


def run(command: Sequence[str]) -> bool:
    """Run a command, and return whether it succeeded."""
    done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603 - the system's own programs
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
