"""The command ``demo``: something to try in the first minute."""

from __future__ import annotations

import shlex
import shutil
import sys
from contextlib import suppress
from importlib.resources import files
from pathlib import Path
from typing import Final

from adjudicator.cli.commands.decide import decide
from adjudicator.cli.options import LocaleOption, output_language
from adjudicator.cli.streams import PROGRAM, console_on
from adjudicator.model.errors import printable
from adjudicator.words import words_for

FOLDER: Final = Path("adjudicator-demo")


def demo(*, locale: LocaleOption = None) -> int:
    """Decide a sample claim, from a file that you can edit.

    Writes a few cases to `adjudicator-demo` in the current directory. Files that are there already are left alone.
    """
    _copy_cases()
    console = console_on(sys.stdout)
    words = words_for(None, output_language(locale))
    option = [] if locale is None else ["--locale", locale]
    case = str(FOLDER / "counterfeit.json")
    program = _as_typed()
    console.print(f"$ {printable(shlex.join([program, 'decide', case, *option]))}", style="bold cyan", soft_wrap=True)
    console.print()
    status = decide(case, locale=locale)
    console.print()
    console.print(words.say("demo.next", file=case), style="bold")
    for step in (
        ["decide", str(FOLDER / "leaking-whisky.json"), *option],
        ["decide", str(FOLDER / "three-claims.ndjson"), "--format", "json"],
        ["show", "douyin_global.authenticity", *option],
        ["policies", *option],
    ):
        console.print(f"  {printable(shlex.join([program, *step]))}", style="cyan", soft_wrap=True)
    return status


def _as_typed() -> str:
    """This program by its name if a shell finds it, else by the path that was typed."""
    typed = Path(sys.argv[0])
    if typed.stem != PROGRAM or shutil.which(PROGRAM) == str(typed):
        return PROGRAM
    return str(typed)


def _copy_cases() -> None:
    """Write the cases of the demo, but overwrite nothing: you may have edited it."""
    FOLDER.mkdir(exist_ok=True)
    for source in (files("adjudicator") / "demo").iterdir():
        with suppress(FileExistsError), (FOLDER / source.name).open("xb") as target:
            target.write(source.read_bytes())
