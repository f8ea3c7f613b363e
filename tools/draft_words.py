"""Draft the missing Traditional Chinese texts from the Simplified ones with OpenCC, for a person to edit.

Each draft goes to the end of its catalogue, marked ``fuzzy``. It is not used, and the tests fail, until somebody has edited it to read
naturally in Hong Kong and Taiwan, and removed the mark. Existing texts stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po
from opencc import OpenCC

from adjudicator.engine.registry import editions
from adjudicator.words import SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, catalogue, rule_code

TO_TAIWAN = OpenCC("s2twp")


def packages() -> tuple[str, ...]:
    """The engine and every pack."""
    return tuple(
        dict.fromkeys(("adjudicator", *(edition.requires[-1].__module__.partition(".")[0] for edition in editions())))
    )


def simplified(package: str) -> Catalog:
    """The Simplified Chinese texts of a package, in its catalogue and in the docstrings of its policies."""
    texts = Catalog()
    for message in catalogue(package, SIMPLIFIED_CHINESE) or ():
        if message.id:
            texts.add(message.id, message.string)
    for code, text in restatements(package):
        texts.add(code, text, auto_comments=(text,))
    return texts


def restatements(package: str) -> Iterator[tuple[str, str]]:
    """The Simplified Chinese docstrings of the functions in a pack's policies."""
    for edition in editions():
        for node in edition.nodes.values():
            if node.citation.chinese and node.function.__module__.partition(".")[0] == package:
                yield rule_code(node), node.citation.chinese


def drafts(package: str) -> Catalog:
    """The texts that a package lacks in Traditional Chinese, as OpenCC converts them."""
    there = catalogue(package, TRADITIONAL_CHINESE) or Catalog()
    found = Catalog(TRADITIONAL_CHINESE, fuzzy=False)
    for message in simplified(package):
        if message.id and message.id not in there:
            forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
            told = tuple(TO_TAIWAN.convert(each or "") for each in forms)
            string = told if message.pluralizable else told[0]
            found.add(message.id, string, auto_comments=message.auto_comments, flags={"fuzzy"})
    return found


def main() -> None:
    """Add the drafts to the catalogues."""
    for package in packages():
        if len(found := drafts(package)):
            (folder,) = import_module(package).__path__
            with (Path(folder) / "words" / f"{TRADITIONAL_CHINESE}.po").open("ab") as target:
                target.write(b"\n")
                write_po(target, found, width=0, omit_header=True)


if __name__ == "__main__":
    main()
