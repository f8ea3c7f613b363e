"""What a comparison keeps in its folder, so that it goes on after it was stopped: lines and tally of every part, and the manifest."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final, Protocol, get_args, get_origin

import attrs
import pyarrow as pa
from attrs import frozen
from cattrs import Converter
from cattrs.errors import BaseValidationError
from cattrs.strategies import configure_tagged_union

from adjudicator.bulk.deciding import Counts
from adjudicator.bulk.files import renamed_when_whole, write_part
from adjudicator.bulk.manifest import FORMAT, INPUTS, Manifest, PartDone, locked_manifest
from adjudicator.bulk.runs import installed_editions
from adjudicator.comparison.comparing import Rows
from adjudicator.comparison.tables import summary_table
from adjudicator.comparison.tally import Tally
from adjudicator.explain.page import Block

LINES: Final = "lines"
TALLIES: Final = "tallies"
SUMMARY: Final = "summary.parquet"


@frozen
class ComparedPart:
    """A part that is compared; ``done`` describes its stored results, if any."""

    tally: Tally
    done: PartDone | None = None


class Ledger(Protocol):
    """What is kept of a comparison."""

    @property
    def done(self) -> Mapping[tuple[int, int], PartDone]:
        """The parts that are done."""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do."""

    def total(self) -> Tally:
        """The tally of all parts that earlier runs have done."""

    def add(self, part: ComparedPart) -> None:
        """Note that a part is done."""

    def complete(self, total: Tally) -> None:
        """Note that all are."""


class NothingKept:
    """Of a comparison without a folder."""

    done: Mapping[tuple[int, int], PartDone] = {}
    is_complete = False

    def total(self) -> Tally:
        """Nothing yet."""
        return Tally()

    def add(self, part: ComparedPart) -> None:
        """Nothing to do."""

    def complete(self, total: Tally) -> None:
        """Nothing to do."""


class KeptParts:
    """In a folder whose manifest this process has locked."""

    def __init__(self, manifest: Manifest) -> None:
        self._manifest = manifest
        self._total = Tally()
        for part in [*manifest.done.values()]:
            tally = _tally_at(_tally_path(manifest.folder, part.file))
            if tally is None:
                manifest.drop(part)
            else:
                self._total.add(tally)

    @property
    def done(self) -> Mapping[tuple[int, int], PartDone]:
        """By key, as in the manifest."""
        return self._manifest.done

    @property
    def is_complete(self) -> bool:
        """Whether all parts are done and the summary is written."""
        return self._manifest.is_complete and (self._manifest.folder / SUMMARY).is_file()

    def total(self) -> Tally:
        """Added up when the folder was opened."""
        return self._total

    def add(self, part: ComparedPart) -> None:
        """Record it."""
        if part.done is not None:
            self._manifest.add(part.done)

    def complete(self, total: Tally) -> None:
        """Write the summary, and record that every part is done."""
        write_part(summary_table(total), self._manifest.folder / SUMMARY, "parquet")
        self._manifest.complete(self._manifest.counts())


@contextmanager
def kept_in(folder: Path, options: Mapping[str, Any], inputs: list[dict[str, Any]]) -> Iterator[KeptParts]:
    """The folder of a comparison with these options and inputs, new or begun by an earlier run.

    Raises :class:`~adjudicator.bulk.errors.NotResumable` if it holds anything else, or another run is at work in it.
    """
    with locked_manifest(folder, "comparison") as manifest:
        header = {"comparison": FORMAT, "options": options, "policies": installed_editions(), INPUTS: inputs}
        manifest.begin(header)
        for name in (LINES, TALLIES):
            (folder / name).mkdir(exist_ok=True)
        yield KeptParts(manifest)


def keep_part(folder: Path, key: tuple[int, int], label: str, digest: str, rows: Rows, tally: Tally) -> ComparedPart:
    """Write the lines and the tally of a part; ``digest`` is that of the input."""
    file = f"{LINES}/{label}.parquet"
    size = write_part(rows.table(), folder / file, "parquet")
    with renamed_when_whole(_tally_path(folder, file)) as kept:
        kept.write(tally_as_bytes(tally))
    counts = Counts(cases=tally.cases, rows=len(rows), left_out=tally.left_out)
    return ComparedPart(tally, PartDone(*key, file, digest, size, counts))


def _tally_path(folder: Path, file: str) -> Path:
    return folder / TALLIES / f"{Path(file).stem}.json.zst"


def _tally_at(path: Path) -> Tally | None:
    """The tally in a file; ``None`` if it is missing or damaged."""
    try:
        return tally_from_bytes(path.read_bytes())
    except (OSError, ValueError, BaseValidationError, pa.ArrowException):
        return None


def tally_as_bytes(tally: Tally) -> bytes:
    """A tally as compressed JSON."""
    text = json.dumps(_converter().unstructure(tally), ensure_ascii=False, separators=(",", ":")).encode()
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(text)
    return bytes(sink.getvalue())


def tally_from_bytes(content: bytes) -> Tally:
    """A tally from compressed JSON. Raises what the decompression, the JSON or the converter raises if it is damaged."""
    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        text = stream.read()
    return _converter().structure(json.loads(text), Tally)


@cache
def _converter() -> Converter:
    """To and from what JSON has. A key of two texts makes a list of pairs of a mapping."""
    converter = Converter()
    configure_tagged_union(Block, converter)
    for each in attrs.fields(attrs.resolve_types(Tally)):
        if get_origin(each.type) in (dict, Counter) and get_origin(get_args(each.type)[0]) is tuple:
            _as_pairs(converter, each.type)
    return converter


def _as_pairs(converter: Converter, kind: Any) -> None:
    make, key, value = get_origin(kind), *(*get_args(kind), int)[:2]
    converter.register_unstructure_hook_func(
        lambda each: each == kind,
        lambda mapping: [(one, converter.unstructure(other, value)) for one, other in mapping.items()],
    )
    converter.register_structure_hook_func(
        lambda each: each == kind,
        lambda pairs, _: make(
            {converter.structure(one, key): converter.structure(other, value) for one, other in pairs}
        ),
    )
