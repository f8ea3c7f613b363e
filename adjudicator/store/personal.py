"""Personal data in a case, and how they are split off so that they can be erased.

An entry holds a case and a decision with ``null`` in place of personal data, and one salted digest of everything removed. The data
and the salt are stored beside it. With them the exact documents can be restored; without them the entry stays valid, and its digest
reveals nothing about what was removed.
"""

from __future__ import annotations

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
"""Personal data in every decision. An unsalted digest would let anyone confirm a guess at the data."""

PARTIES: Final = ("/order/buyer_id", "/claim/claimant_id")
"""The parties of a case. In a case that names one, the data are theirs and nobody else's."""

SHORTEST_WITHIN: Final = 4
"""The shortest personal value that is also searched for inside longer texts of the decision."""

Path: TypeAlias = tuple[str | int, ...]
RemovedValues: TypeAlias = list[tuple[Path, Any]]
_Tree: TypeAlias = dict[str, "_Tree"]
"""Steps of pointers, each with those below it."""


@frozen
class Seal:
    """Personal data and the salt of their digest."""

    salt: str
    content: str

    @property
    def digest(self) -> str:
        """The salted digest that the entry holds."""
        return self.commitment(self.content)

    def commitment(self, text: str) -> str:
        """A digest of another text with the same salt. Without the salt, nobody can find out the text by guessing."""
        return hmac.digest(bytes.fromhex(self.salt), text.encode(), "sha256").hex()

    def holding(self, name: str, value: Any) -> Seal:
        """This seal with something more in it."""
        return Seal(self.salt, orjson.dumps({**self.values(), name: value}).decode())

    def values(self) -> dict[str, Any]:
        """The removed values and their paths, under ``case`` and ``decision``; what a person has ruled, under ``ruling``."""
        values: dict[str, Any] = orjson.loads(self.content)
        return values


@cache
def personal_pointers(kind: Hashable) -> tuple[str, ...]:
    """JSON pointers to the fields that the classes of a kind of case declare ``personal``.

    ``*`` stands for any item of a list. A pointer covers everything below it.
    """
    return tuple(sorted(set(_personal_pointers(kind, ""))))


@cache
def repeating_pointers(kind: Hashable) -> tuple[str, ...]:
    """JSON pointers to the places in a kind of decision that can repeat values of its case: those that accept any JSON value.

    ``*`` stands for any item of a list or value of an object. Everything else is ids and text of the rules, which stay in the case too.
    """
    return tuple(sorted(set(_repeating_pointers(kind, ""))))


@cache
def identity_pointers(kind: Hashable) -> frozenset[str]:
    """The pointers among :func:`personal_pointers` whose fields identify a person."""
    return frozenset(_personal_pointers(kind, "", frozenset({Personal.IDENTITY})))


def _personal_pointers(
    annotation: Any, pointer: str, sorts: frozenset[Personal] = frozenset(Personal)
) -> Iterator[str]:
    if typing.get_origin(annotation) is tuple:
        yield from _personal_pointers(typing.get_args(annotation)[0], f"{pointer}/*", sorts)
    elif typing.get_origin(annotation) in (Union, types.UnionType):
        for variant in typing.get_args(annotation):
            yield from _personal_pointers(variant, pointer, sorts)
    elif isinstance(annotation, type) and attrs.has(annotation):
        for field in attrs.fields(attrs.resolve_types(annotation)):
            field_pointer = f"{pointer}/{wire_name(field.name)}"
            if "personal" not in field.metadata:
                yield from _personal_pointers(field.type, field_pointer, sorts)
            elif field.metadata["personal"] in sorts:
                yield field_pointer


def _repeating_pointers(annotation: Any, pointer: str) -> Iterator[str]:
    if annotation == JsonValue:
        yield pointer
    elif typing.get_origin(annotation) in (tuple, Mapping):
        yield from _repeating_pointers(
            typing.get_args(annotation)[typing.get_origin(annotation) is Mapping], f"{pointer}/*"
        )
    elif typing.get_origin(annotation) in (Union, types.UnionType):
        for variant in typing.get_args(annotation):
            yield from _repeating_pointers(variant, pointer)
    elif isinstance(annotation, type) and attrs.has(annotation):
        for field in attrs.fields(attrs.resolve_types(annotation)):
            yield from _repeating_pointers(field.type, f"{pointer}/{wire_name(field.name)}")


@cache
def _tree(pointers: Iterable[str]) -> _Tree:
    """Sorted pointers by their steps. What lies below another of them belongs to that one."""
    tree: _Tree = {}
    for pointer in pointers:
        below = tree
        for step in pointer.split("/")[1:]:
            if below.get(step) == {}:
                break
            below = below.setdefault(step, {})
    return tree


PERSONAL: Final = personal_pointers(Case)
"""The personal fields of a claim case."""


def split_personal(
    case: Any, decision: Any, personal: tuple[str, ...] = PERSONAL, kind: Any = Decision
) -> tuple[Any, Any, Seal]:
    """Split off personal data: the two documents without them, and their seal.

    ``personal`` are pointers into the case; ``kind`` is the class of the decision. Modifies both documents.
    """
    from_case: RemovedValues = []
    _take(case, _tree(personal), (), from_case)
    texts = {text for path, value in from_case if path[0] != "metadata" for _, text in _string_paths(value) if text}
    from_decision: RemovedValues = []
    _take(decision, _tree(IN_DECISIONS), (), from_decision)
    _remove(decision, _leaked_paths(decision, kind, texts), from_decision)
    content = orjson.dumps({"case": from_case, "decision": from_decision}).decode()
    return case, decision, Seal(secrets.token_bytes(32).hex(), content)


def subjects(content: str, kind: Hashable | None) -> frozenset[str]:
    """The persons whose data a seal contains: the buyer and the claimant, or else everyone whom a case of this kind identifies.

    ``kind`` is ``None`` if no installed policy knows the kind of case: then there is no one else.
    """
    removed = {_pointer(path): value for path, value in orjson.loads(content)["case"]}
    parties = {removed[pointer] for pointer in PARTIES if pointer in removed}
    if parties or kind is None:
        return frozenset(parties)
    pointers = identity_pointers(kind)
    return frozenset(
        value for path, value in orjson.loads(content)["case"] if _pointer(path) in pointers and isinstance(value, str)
    )


def _pointer(path: Iterable[str | int]) -> str:
    return "".join("/*" if isinstance(step, int) else f"/{step}" for step in path)


def restore_personal(document: Any, removed: Sequence[tuple[Sequence[str | int], Any]]) -> Any:
    """Put personal data back into a document. Modifies the document."""
    for path, value in removed:
        _value_at(document, path[:-1])[path[-1]] = value
    return document


def _take(value: Any, tree: _Tree, path: Path, taken: RemovedValues) -> None:
    """Take the values of fields, known by their pointers, out of a value at a path of its document."""
    for step, below in tree.items():
        if step == "*":
            for key, item in _items(value):
                _take(item, below, (*path, key), taken)
        elif type(value) is dict and (held := value.get(step)) is not None:
            if below:
                _take(held, below, (*path, step), taken)
            else:
                taken.append(((*path, step), held))
                value[step] = None


def _remove(document: Any, paths: Iterable[Path], removed: RemovedValues) -> None:
    for path in paths:
        holder = _value_at(document, path[:-1])
        removed.append((path, holder[path[-1]]))
        holder[path[-1]] = None


def _value_at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        if isinstance(document, dict):
            document = document.get(step)
        elif isinstance(document, list) and isinstance(step, int):
            document = document[step]
        else:
            return None
    return document


def _items(value: Any) -> Iterable[tuple[str | int, Any]]:
    if type(value) is list:
        return enumerate(value)
    return value.items() if type(value) is dict else ()


def _string_paths(value: Any) -> list[tuple[Path, str]]:
    """Every string in a document, with its path."""
    paths: list[tuple[Path, str]] = []

    def walk(value: Any, path: Path) -> None:
        if isinstance(value, str):
            paths.append((path, value))
        elif isinstance(value, (list, tuple)):
            for index, item in enumerate(value):
                walk(item, (*path, index))
        elif isinstance(value, dict):
            for name, item in value.items():
                walk(item, (*path, name))

    walk(value, ())
    return paths


def _leaked_paths(decision: Any, kind: Any, personal: Iterable[str]) -> list[Path]:
    """Paths in a decision that repeat personal data of its case, as facts or inside texts built from them."""
    serialized = orjson.dumps(decision)
    written = {text: encoded for text in personal if (encoded := orjson.dumps(text)[1:-1]) in serialized}
    leaked: list[Path] = []
    if written:
        _note_leaks(decision, _tree(repeating_pointers(kind)), (), written, leaked)
    return leaked


def _note_leaks(value: Any, tree: _Tree, path: Path, written: Mapping[str, bytes], leaked: list[Path]) -> None:
    """Note the paths of texts at some places that are, or contain, one of those ``written`` in the decision."""
    if not tree:
        leaked += [
            (*path, *inner)
            for inner, text in _string_paths(value)
            if text in written or any(len(each) >= SHORTEST_WITHIN and each in text for each in written)
        ]
    for step, below in tree.items():
        if step == "*":
            for key, item in _items(value):
                serialized = orjson.dumps(item)
                if any(map(serialized.__contains__, written.values())):  # others need no closer look
                    _note_leaks(item, below, (*path, key), written, leaked)
        elif type(value) is dict and step in value:
            _note_leaks(value[step], below, (*path, step), written, leaked)
