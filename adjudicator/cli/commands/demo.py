"""The command ``demo``: a first example to try."""

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

    Writes a few cases to `adjudicator-demo` in the current directory. Existing files are left alone.
    """
    _copy_cases()
    console = console_on(sys.stdout)
    words = words_for(None, output_language(locale))
    option = [] if locale is None else ["--locale", locale]
    case = str(FOLDER / "counterfeit.json")
    program = _program()
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


def _program() -> str:
    """How to call this program: by name if the shell finds it, else by the path you used."""
    path = Path(sys.argv[0])
    if path.stem != PROGRAM or shutil.which(PROGRAM) == str(path):
        return PROGRAM
    return str(path)


def _copy_cases() -> None:
    """Write the demo cases, but never overwrite a file: you may have edited it."""
    FOLDER.mkdir(exist_ok=True)
    for source in (files("adjudicator") / "demo").iterdir():
        with suppress(FileExistsError), (FOLDER / source.name).open("xb") as target:
            target.write(source.read_bytes())
