"""Files that are used more than once in a bundle: the same bytes, or pictures that look alike.

Blind spots of the hash: a picture that is mirrored, turned, or cropped by a tenth or more is not recognised, and neither is text that
is added to it. Two honest photos of one scene may look alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Final

from adjudicator.evidence.readings import What
from adjudicator.evidence.report import ExaminedFile, Remark

NEAR: Final = 6
"""The most bits, of 64, in which the hashes of two pictures that look alike differ."""


def remarks(files: Iterable[ExaminedFile]) -> Iterator[tuple[ExaminedFile, Remark]]:
    """A remark for every file that some other file, or other item, repeats. Files of one item are not compared."""
    listed = tuple(files)
    for file in listed:
        if len(file.items) > 1:
            yield file, Remark(code="in_several_items", file=file.name, params={"items": file.items})
    for one, other in combinations(listed, 2):
        if one.items and set(one.items) == set(other.items):
            continue
        for file, again in ((one, other), (other, one)):
            if one.sha256 == other.sha256:
                yield file, Remark(code="same_file", file=file.name, params={"other": again.name})
            elif (bits := _distance(one, other)) is not None and bits <= NEAR:
                yield file, Remark(code="looks_alike", file=file.name, params={"other": again.name, "bits": bits})


def _distance(one: ExaminedFile, other: ExaminedFile) -> int | None:
    """In how many bits the hashes of two pictures differ; ``None`` if one has none."""
    hashes = [reading.value for file in (one, other) for reading in file.reading.of(What.PICTURE_HASH)]
    return (int(hashes[0], 16) ^ int(hashes[1], 16)).bit_count() if len(hashes) == 2 else None
