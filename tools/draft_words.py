"""Draft in Traditional Chinese what there is in Simplified only, with OpenCC, for a person to correct.

Each draft goes to the end of its catalogue and is marked ``fuzzy``: it is not spoken, and the tests fail, until somebody has read
it, made it what people write in Hong Kong and in Taiwan, and taken the mark away. What stands there already is left alone.
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
    """What a package says in Simplified Chinese, in its catalogue and in the docstrings of its policies."""
    texts = Catalog()
    for message in catalogue(package, SIMPLIFIED_CHINESE) or ():
        if message.id:
            texts.add(message.id, message.string)
    for code, text in restatements(package):
        texts.add(code, text, auto_comments=(text,))
    return texts


def restatements(package: str) -> Iterator[tuple[str, str]]:
    """What the functions of a pack's policies say in Simplified Chinese."""
    for edition in editions():
        for node in edition.nodes.values():
            if node.citation.chinese and node.function.__module__.partition(".")[0] == package:
                yield rule_code(node), node.citation.chinese


def drafts(package: str) -> Catalog:
    """What a package does not say in Traditional Chinese yet, as OpenCC would have it."""
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
    """Add the drafts."""
    for package in packages():
        if len(found := drafts(package)):
            (folder,) = import_module(package).__path__
            with (Path(folder) / "words" / f"{TRADITIONAL_CHINESE}.po").open("ab") as target:
                target.write(b"\n")
                write_po(target, found, width=0, omit_header=True)


if __name__ == "__main__":
    main()
