"""The catalogues of every package, and the code that uses them, parsed for tests."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message

from adjudicator.engine.registry import editions
from adjudicator.words import LANGUAGES, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, Words, catalogue

PACKS = tuple(dict.fromkeys(edition.requires[-1].__module__.partition(".")[0] for edition in editions()))
CATALOGUES = ("adjudicator", *PACKS)
CHINESE = (SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE)
in_every_language = pytest.mark.parametrize("language", LANGUAGES)
for_every_edition = pytest.mark.parametrize(
    "edition", editions(), ids=lambda edition: f"{edition.policy}@{edition.name}"
)
in_every_catalogue = pytest.mark.parametrize("package", CATALOGUES)


@cache
def sources(package: str) -> tuple[tuple[Path, ast.Module], ...]:
    """The syntax tree of every module of a package."""
    paths = [path for folder in import_module(package).__path__ for path in sorted(Path(folder).rglob("*.py"))]
    return tuple([(path, ast.parse(path.read_text("utf-8"))) for path in paths])


@cache
def calls_in(package: str) -> tuple[tuple[str, ast.Call], ...]:
    """Every call in a package, with its place."""
    return tuple(
        (f"{path}:{node.lineno}", node)
        for path, tree in sources(package)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
    )


def calls_of(package: str, function: str) -> Iterator[tuple[str, ast.Call]]:
    """The calls of a function in a package, with their places."""
    return ((where, call) for where, call in calls_in(package) if called(call) == function)


def called(call: ast.Call) -> str:
    """The name of the called function, if it is a plain name."""
    return call.func.id if isinstance(call.func, ast.Name) else ""


def catalogue_of(package: str, language: str) -> Catalog:
    """The catalogue of a package in a language."""
    found = catalogue(package, language)
    assert found is not None, f"{package} has no words in {language}"
    return found


def messages_in(package: str, language: str) -> dict[str, Message]:
    """The entries of a catalogue by their codes."""
    return {code_of(message): message for message in catalogue_of(package, language) if message.id}


def code_of(message: Message) -> str:
    """The code of an entry; one with plural forms has it twice."""
    code, *again = message.id if isinstance(message.id, tuple | list) else (message.id,)
    assert again in ([], [code])
    return code


def forms_of(message: Message) -> tuple[str, ...]:
    """The texts of an entry: one, or one for each plural form."""
    found = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return tuple(each or "" for each in found)


def texts_of(package: str, language: str) -> dict[str, str]:
    """Every text by its code, plural forms run together."""
    return {code: "".join(forms_of(message)) for code, message in messages_in(package, language).items()}


def fields_of(template: str) -> set[str]:
    """The names in braces in a template."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def template_of(words: Words, code: str) -> str:
    """The text of a code, as in the catalogue."""
    return words._texts.gettext(code)
