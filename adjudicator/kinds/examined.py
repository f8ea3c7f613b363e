"""Fields of evidence that an examination of its files fills in: the word with which an author writes one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

import attrs

from adjudicator.engine.clause import PolicyError, members
from adjudicator.engine.structure import type_name
from adjudicator.model.evidence import kinds_in
from adjudicator.model.fields import fields_by_wire_name, item_of

_REUSE: Final = "reuse"


class Reuse(StrEnum):
    """Whether files of a piece of evidence are used elsewhere, which an examination can find out by comparing them.

    Of the same file it can say yes and no. That a picture looks alike it can only say, never deny: one that is mirrored, turned or cropped
    is not recognised. What it cannot say stays unknown.
    """

    SAME_FILE_IN_BUNDLE = "same_file_in_bundle"
    """The same file is also handed in as other evidence, or as none."""
    SAME_FILE_ON_RECORD = "same_file_on_record"
    """Another claim on record uses the same file."""
    SAME_FILE_OF_ANOTHER_BUYER = "same_file_of_another_buyer"
    """A claim on record under another buyer's order uses the same file."""
    ALIKE_IN_BUNDLE = "alike_in_bundle"
    """The same file, or a picture that looks alike, is also handed in as other evidence, or as none."""
    ALIKE_ON_RECORD = "alike_on_record"
    """Another claim on record uses the same file, or a picture that looks alike."""
    ALIKE_OF_ANOTHER_BUYER = "alike_of_another_buyer"
    """A claim on record under another buyer's order uses the same file, or a picture that looks alike."""


def examined(reuse: Reuse, means: str) -> Any:
    """A field of evidence, ``bool | None``, that an examination of its files fills in; ``None`` where it cannot be established."""
    if not isinstance(reuse, Reuse):
        raise PolicyError(f"examined names {reuse!r}; write a member of Reuse")
    return attrs.field(default=None, metadata={"means": means, _REUSE: reuse})


def examined_fields(document: Any) -> Mapping[str, Reuse]:
    """The fields of a kind of evidence that an examination fills in, by their names in JSON."""
    fields = fields_by_wire_name(document).items()
    return {name: field.metadata[_REUSE] for name, field in fields if _REUSE in field.metadata}


def check_examined(case_type: type) -> None:
    """Raises :class:`PolicyError` for such a field whose values are not yes, no and unknown."""
    evidence: Any = fields_by_wire_name(case_type)["evidence"].type
    documents: Mapping[str, Any] = kinds_in(item_of(evidence))
    for document in documents.values():
        for name in examined_fields(document):
            of = fields_by_wire_name(document)[name].type
            if members(of) != {bool, type(None)}:
                raise PolicyError(
                    f"{document.__name__}.{name} is of {type_name(of)}; write bool | None for what is examined"
                )
