"""What of a case is personal, and how it is held apart so that it can be erased.

An entry of the record holds a case and a decision with ``null`` wherever personal data stood, and one salted digest of all that was
taken out. The data and the salt are kept beside it. With them the exact documents come back; without them the entry is as valid as
before, and nobody can tell from the digest what it was taken over.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import types
import typing
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, TypeAlias, Union

import attrs
import orjson
from attrs import frozen

from adjudicator.model.case import Case
from adjudicator.model.decision import Decision
from adjudicator.model.finding import JsonValue
from adjudicator.model.json_names import wire_name
from adjudicator.model.privacy import Personal

IN_DECISIONS: Final = ("/digests", "/metadata")
"""Where they stand in every decision. A digest without salt would let anyone with a guess at the data confirm it."""

SHORTEST_WITHIN: Final = 4
"""From how many characters on a personal value is also looked for within a longer text of the decision."""

Path: TypeAlias = tuple[str | int, ...]
BatchRun: TypeAlias = list[tuple[Path, Any]]


@frozen
class Seal:
    """Personal data, with the salt of their digest. ``buyer`` and ``claimant`` are digests by which they are found."""

    salt: str
    content: str
    buyer: str | None
    claimant: str | None

    @property
    def digest(self) -> str:
        """What the entry commits to."""
        return hmac.digest(bytes.fromhex(self.salt), self.content.encode(), "sha256").hex()

    def taken(self) -> dict[str, Any]:
        """The data, under ``case`` and ``decision``."""
        found: dict[str, Any] = orjson.loads(self.content)
        return found


@cache
def personal_in(kind: Hashable) -> tuple[str, ...]:
    """Where in a kind of case personal data stand: the fields that its classes declare to be ``personal``, as JSON pointers.

    ``*`` is any item of a list, and what lies below a pointer belongs to it.
    """
    return tuple(sorted(set(_personal_in(kind, ""))))


@cache
def repeating_in(kind: Hashable) -> tuple[str, ...]:
    """Where in a kind of decision what stood in its case is repeated, as JSON pointers: wherever any value may stand.

    ``*`` is any item of a list, or any value of an object. All else are words of the rules and ids, and these remain in the case, too.
    """
    return tuple(sorted(set(_repeating_in(kind, ""))))


@cache
def identities_in(kind: Hashable) -> frozenset[str]:
    """Where in a kind of case it is said who somebody is, as pointers like those of :func:`personal_in`."""
    return frozenset(_personal_in(kind, "", frozenset({Personal.IDENTITY})))


def _personal_in(annotation: Any, pointer: str, sorts: frozenset[Personal] = frozenset(Personal)) -> Iterator[str]:
    if typing.get_origin(annotation) is tuple:
        yield from _personal_in(typing.get_args(annotation)[0], f"{pointer}/*", sorts)
    elif typing.get_origin(annotation) in (Union, types.UnionType):
        for each in typing.get_args(annotation):
            yield from _personal_in(each, pointer, sorts)
    elif isinstance(annotation, type) and attrs.has(annotation):
        for field in attrs.fields(attrs.resolve_types(annotation)):
            place = f"{pointer}/{wire_name(field.name)}"
            if "personal" not in field.metadata:
                yield from _personal_in(field.type, place, sorts)
            elif field.metadata["personal"] in sorts:
                yield place


def _repeating_in(annotation: Any, pointer: str) -> Iterator[str]:
    if annotation == JsonValue:
        yield pointer
    elif typing.get_origin(annotation) in (tuple, Mapping):
        yield from _repeating_in(typing.get_args(annotation)[typing.get_origin(annotation) is Mapping], f"{pointer}/*")
    elif typing.get_origin(annotation) in (Union, types.UnionType):
        for each in typing.get_args(annotation):
            yield from _repeating_in(each, pointer)
    elif isinstance(annotation, type) and attrs.has(annotation):
        for field in attrs.fields(attrs.resolve_types(annotation)):
            yield from _repeating_in(field.type, f"{pointer}/{wire_name(field.name)}")


PERSONAL: Final = personal_in(Case)
"""Where in the case of a claim personal data stand."""


def held_apart(
    case: Any, decision: Any, personal: Iterable[str] = PERSONAL, kind: Any = Decision
) -> tuple[Any, Any, Seal]:
    """The two documents without personal data, which stand in these places of the case, and the data.

    ``kind`` is the class of the decision. The documents that are handed in are changed.
    """
    of_the_case = _take(case, [path for pointer in personal for path in _places(case, pointer.split("/")[1:])])
    revealing = [text for path, value in of_the_case if path[0] != "metadata" for text in _texts(value)]
    named = [path for pointer in IN_DECISIONS for path in _places(decision, pointer.split("/")[1:])]
    of_the_decision = _take(decision, named)
    of_the_decision += _take(decision, list(_revealing(decision, kind, revealing)))
    content = orjson.dumps({"case": of_the_case, "decision": of_the_decision}).decode()
    return case, decision, sealed(secrets.token_bytes(32).hex(), content)


def sealed(salt: str, content: str) -> Seal:
    """The seal with this salt and content, and the digests by which it is found."""
    found = {tuple(path): value for path, value in orjson.loads(content)["case"]}
    parties = (found.get(("order", "buyer_id")), found.get(("claim", "claimant_id")))
    buyer, claimant = (None if party is None else subject_digest(party) for party in parties)
    return Seal(salt, content, buyer, claimant)


def names_in(content: str, kind: Hashable) -> frozenset[str]:
    """Whom the content of a seal names, in the places of a kind of case that say who somebody is."""
    places = identities_in(kind)
    taken = orjson.loads(content)["case"]
    return frozenset(value for path, value in taken if _pointer(path) in places and isinstance(value, str))


def _pointer(path: Iterable[str | int]) -> str:
    return "".join("/*" if isinstance(step, int) else f"/{step}" for step in path)


def put_back(document: Any, taken: Sequence[tuple[Sequence[str | int], Any]]) -> Any:
    """The document with its personal data again; what is handed in is changed."""
    for path, value in taken:
        _at(document, path[:-1])[path[-1]] = value
    return document


def subject_digest(subject: str) -> str:
    """By what the data of a buyer or claimant are found; kept beside the data, and erased with them."""
    return hashlib.sha256(subject.encode()).hexdigest()


def _take(document: Any, paths: Sequence[Path]) -> BatchRun:
    taken: BatchRun = []
    for path in paths:
        holder = _at(document, path[:-1])
        if holder[path[-1]] is not None:
            taken.append((path, holder[path[-1]]))
            holder[path[-1]] = None
    return taken


def _at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int):
            document = document[step]
        else:
            return None
    return document


def _places(document: Any, steps: Sequence[str], path: Path = ()) -> Iterator[Path]:
    """Where in a document a pointer leads."""
    if not steps:
        yield path
    elif isinstance(document, list) and steps[0] == "*":
        for index, each in enumerate(document):
            yield from _places(each, steps[1:], (*path, index))
    elif isinstance(document, dict) and steps[0] == "*":
        for name, each in document.items():
            yield from _places(each, steps[1:], (*path, name))
    elif isinstance(document, dict) and steps[0] in document:
        yield from _places(document[steps[0]], steps[1:], (*path, steps[0]))


def _texts(value: Any) -> Iterator[str]:
    return (text for _, text in _leaves(value) if text)


def _leaves(value: Any) -> list[tuple[Path, str]]:
    """Every text in a document, with its place."""
    found: list[tuple[Path, str]] = []

    def look(value: Any, path: Path) -> None:
        if isinstance(value, str):
            found.append((path, value))
        elif isinstance(value, (list, tuple)):
            for index, each in enumerate(value):
                look(each, (*path, index))
        elif isinstance(value, dict):
            for name, each in value.items():
                look(each, (*path, name))

    look(value, ())
    return found


def _revealing(decision: Any, kind: Any, personal: Sequence[str]) -> Iterator[Path]:
    """Where a decision repeats personal data of its case, as facts that were read or within what was made of them."""
    written = orjson.dumps(decision)
    whole = {text for text in personal if orjson.dumps(text)[1:-1] in written}
    if not whole:
        return
    within = [text for text in whole if len(text) >= SHORTEST_WITHIN]
    for place in (path for pointer in repeating_in(kind) for path in _places(decision, pointer.split("/")[1:])):
        for path, text in _leaves(_at(decision, place)):
            if text in whole or any(each in text for each in within):
                yield (*place, *path)
