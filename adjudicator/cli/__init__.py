"""The command line: ``adjudicator decide``, ``explain``, ``serve`` and the rest. It needs the extra ``cli``.

To add a command, write a function in a module of ``adjudicator.cli.commands`` and add it to that package's table.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from adjudicator.extras import MissingExtra, importing


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command, by default the one in ``sys.argv``, and return its exit status."""
    try:
        with importing("cli"):
            from adjudicator.cli.app import run  # noqa: PLC0415 - so that a missing extra is one clear line
    except MissingExtra as error:
        if sys.stderr is not None:
            sys.stderr.write(f"adjudicator: {error}\n")
        return 1
    return run(sys.argv[1:] if arguments is None else arguments)


__all__ = ["main"]
