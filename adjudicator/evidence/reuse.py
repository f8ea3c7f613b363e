"""Files that are used more than once, in a bundle or in other claims on record: the same bytes, or pictures that look alike.

Blind spots of the hash: a picture that is mirrored, turned, or cropped by a tenth or more is not recognised, and neither is text that
is added to it. Two honest photos of one scene may look alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Final, Protocol

from attrs import frozen

from adjudicator.evidence.readings import What
from adjudicator.evidence.report import ExaminedFile, Fact, Remark, Source
from adjudicator.kinds.examined import Reuse
from adjudicator.model.case import Case
from adjudicator.model.finding import JsonValue
from adjudicator.model.time import Instant

PICTURE_HASH: Final = re.compile("[0-9a-f]{16}")
NEAR: Final = 6
"""The most bits, of 64, in which the hashes of two pictures that look alike differ."""

_SAME: Final[Mapping[Reuse, frozenset[str]]] = {
    Reuse.SAME_FILE_IN_BUNDLE: frozenset({"same_file", "in_several_items"}),
    Reuse.SAME_FILE_ON_RECORD: frozenset({"file_on_record", "file_of_another_buyer"}),
    Reuse.SAME_FILE_OF_ANOTHER_BUYER: frozenset({"file_of_another_buyer"}),
}
"""The remarks that say that the same file is used."""
_ALIKE: Final[Mapping[Reuse, frozenset[str]]] = {
    Reuse.ALIKE_IN_BUNDLE: _SAME[Reuse.SAME_FILE_IN_BUNDLE] | {"looks_alike"},
    Reuse.ALIKE_ON_RECORD: _SAME[Reuse.SAME_FILE_ON_RECORD] | {"alike_on_record", "alike_of_another_buyer"},
    Reuse.ALIKE_OF_ANOTHER_BUYER: _SAME[Reuse.SAME_FILE_OF_ANOTHER_BUYER] | {"alike_of_another_buyer"},
}
"""The remarks that say that the same file is used, or a picture that looks alike."""
BY_DIGEST: Final = "SHA-256"


@frozen(kw_only=True)
class Compared:
    """The files of a piece of evidence, the remarks about their reuse, and with what they were compared.

    ``with_all_handed_in`` and ``with_all_on_record`` say whether every file there was among these.
    """

    files: Sequence[ExaminedFile]
    remarks: Sequence[Remark]
    with_all_handed_in: bool
    with_all_on_record: bool

    def facts(self, asked: Mapping[str, Reuse]) -> Iterator[Fact]:
        """What can be said of the reuse that some fields are about; nothing of a field whose value is not known."""
        for name, reuse in asked.items():
            said = next((each for each in self.remarks if each.code in {**_SAME, **_ALIKE}[reuse]), None)
            if said is not None:
                yield Fact(field=name, value=True, source=Source.COMPARED, file=said.file, method=self._method(said))
            elif self._rules_out(reuse):
                yield Fact(field=name, value=False, source=Source.COMPARED, method=BY_DIGEST)

    def _rules_out(self, reuse: Reuse) -> bool:
        """Whether no such remark means no. That no picture looks alike rules nothing out: a mirrored one does not."""
        if reuse in _ALIKE:
            return False
        return self.with_all_handed_in if reuse is Reuse.SAME_FILE_IN_BUNDLE else self.with_all_on_record

    def _method(self, remark: Remark) -> str:
        if any(remark.code in codes for codes in _SAME.values()):
            return BY_DIGEST
        (file,) = (each for each in self.files if each.name == remark.file)
        return file.reading.of(What.PICTURE_HASH)[0].method


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


class UseOnRecord(Protocol):
    """A claim on record that names a file, or one whose picture hash differs in ``bits``."""

    @property
    def order_id(self) -> str:
        """The order of the claim."""

    @property
    def claim_id(self) -> str:
        """The claim."""

    @property
    def evidence_id(self) -> str:
        """The piece of evidence that names the file."""

    @property
    def decided_at(self) -> Instant:
        """When the claim was decided with it."""

    @property
    def same_buyer(self) -> bool:
        """Whether the order is of the same buyer."""

    @property
    def is_same(self) -> bool:
        """Whether it is the very same file."""

    @property
    def bits(self) -> int:
        """In how many bits the hashes of the pictures differ; 0 for the same file."""


class UsesOnRecord(Protocol):
    """The claims that use a file; not ``complete`` if there was more than a look-up reads."""

    @property
    def uses(self) -> Sequence[UseOnRecord]:
        """The nearest come first, then the newest."""

    @property
    def complete(self) -> bool:
        """Whether these are all."""


class FilesOnRecord(Protocol):
    """The evidence files of the claims on record, as :attr:`adjudicator.store.DecisionStore.evidence_files` has them."""

    def note(self, files: Mapping[str, str | None]) -> None:
        """Note files that were examined: their digests, and the picture hashes of pictures."""

    def uses(
        self, sha256: str, picture_hash: str | None, *, order_id: str, claim_id: str, buyer_id: str, within: int
    ) -> UsesOnRecord:
        """Where a file, or one whose picture hash differs in at most some bits, is used in other claims."""


def remarks_from(
    record: FilesOnRecord, files: Iterable[ExaminedFile], case: Case
) -> Iterator[tuple[ExaminedFile, Remark]]:
    """A remark for every other claim on record that uses a file of the evidence; the files are noted there."""
    evidence = [file for file in files if file.items]
    record.note({file.sha256: _hash(file) for file in evidence})
    own = {"order_id": case.order.id, "claim_id": case.claim.id, "buyer_id": case.order.buyer_id}
    for file in evidence:
        found = record.uses(file.sha256, _hash(file), **own, within=NEAR)
        for use in found.uses:
            yield file, _remark(file, use)
        if not found.complete:
            yield file, Remark(code="not_all_compared", file=file.name)


def _remark(file: ExaminedFile, use: UseOnRecord) -> Remark:
    params: dict[str, JsonValue] = {
        "order": use.order_id,
        "claim": use.claim_id,
        "evidence": use.evidence_id,
        "decided_at": str(use.decided_at),
    }
    if use.is_same:
        code = "file_on_record" if use.same_buyer else "file_of_another_buyer"
        return Remark(code=code, file=file.name, params=params)
    code = "alike_on_record" if use.same_buyer else "alike_of_another_buyer"
    return Remark(code=code, file=file.name, params={**params, "bits": use.bits})


def _distance(one: ExaminedFile, other: ExaminedFile) -> int | None:
    """In how many bits the hashes of two pictures differ; ``None`` if one has none."""
    first, second = _hash(one), _hash(other)
    return None if first is None or second is None else (int(first, 16) ^ int(second, 16)).bit_count()


def _hash(file: ExaminedFile) -> str | None:
    """The perceptual hash of a picture, in 16 hexadecimal digits."""
    found = (reading.value for reading in file.reading.of(What.PICTURE_HASH) if PICTURE_HASH.fullmatch(reading.value))
    return next(found, None)
