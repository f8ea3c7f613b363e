"""Examine a bundle: open it, read its files in another process, and fill in the evidence of a case."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs
from attrs import field, frozen

from adjudicator.evidence import kept, reuse
from adjudicator.evidence.bundle import Bundle, opened
from adjudicator.evidence.corrections import Corrections, load_corrections, with_kinds
from adjudicator.evidence.facts import Examined, findings
from adjudicator.evidence.files import FileStore
from adjudicator.evidence.items import assembled
from adjudicator.evidence.limits import Limits
from adjudicator.evidence.manifest import Item, Kinds, Manifest, in_source, kinds_of, load_manifest
from adjudicator.evidence.process import Examiner
from adjudicator.evidence.readings import DrawnPages, FileReading, Problem
from adjudicator.evidence.report import Examination, ExaminedFile, ExaminedItem, Fact, Remark, Report
from adjudicator.evidence.reuse import Compared, FilesOnRecord
from adjudicator.evidence.suggestions import suggestions
from adjudicator.evidence.trust import TrustList, load_trust_list
from adjudicator.extras import MissingExtra
from adjudicator.kinds.examined import examined_fields
from adjudicator.model.case import Case
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.model.order import Order
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.parser import parsed

NO_MANIFEST = "a manifest.json in the bundle, or one given beside it"
NOT_READ = FileReading(problems=(Problem(code="no_time_left"),))
NOT_DRAWN = DrawnPages(problems=(Problem(code="pages_not_drawn", params={"error": "no_time_left"}),))


@frozen(kw_only=True)
class Inputs:
    """Everything that the files are compared with."""

    case: Case
    manifest: Manifest
    trust: TrustList
    corrections: Corrections | None
    kinds: Kinds


@frozen(kw_only=True)
class Repeated:
    """The remarks about files that are used more than once, by their names, and whether there was more to compare them with."""

    remarks: Mapping[str, Sequence[Remark]] = field(kw_only=False)
    bundle_is_whole: bool
    has_record: bool

    def compared(self, item: Item, files: Sequence[ExaminedFile]) -> Compared:
        """What is said of the files of a piece of evidence."""
        said = tuple(remark for file in files for remark in self.remarks.get(file.name, ()))
        are_all_there = len(files) == len({*item.files})
        has_seen_all = self.has_record and all(each.code != "not_all_compared" for each in said)
        return Compared(
            files=files,
            remarks=said,
            with_all_handed_in=are_all_there and self.bundle_is_whole,
            with_all_on_record=are_all_there and has_seen_all,
        )


def examine_bundle(
    paths: Sequence[Path],
    order: str | bytes,
    *,
    manifest: str | bytes | None = None,
    trust: str | bytes | None = None,
    corrections: str | bytes | None = None,
    keep: FileStore | None = None,
    record: FilesOnRecord | None = None,
    limits: Limits | None = None,
    examiner: Examiner | None = None,
    previews: bool = False,
    suggest: bool = False,
) -> Examination:
    """Examine a bundle, and add its evidence to a case.

    ``paths`` is one folder, one zip archive, or any number of files. ``order`` is the case as far as it is known, in JSON: all of it except
    for evidence that is in the bundle. ``manifest`` is needed if the bundle has none of its own. ``trust`` is a trust list, and
    ``corrections`` what a person confirmed after an earlier examination. Files of the evidence go into ``keep``, with what was read in
    them, and are looked up among those of the claims on ``record`` (:attr:`adjudicator.store.DecisionStore.evidence_files`), which notes
    them. ``previews`` adds a small picture of each picture, and of the first pages of each PDF, to the report. ``suggest`` also looks for
    text and stamps in pictures, which takes a second or two for each (extra ``ocr``). An ``examiner`` that is running already saves half a
    second; its limits hold then, and it stays open.

    Raises :class:`~adjudicator.model.errors.InputError` for a case, manifest, trust list or corrections file at fault,
    :class:`OSError` for a path that cannot be read, :class:`~adjudicator.extras.MissingExtra`, and
    :class:`~adjudicator.evidence.process.CannotStart`. What is wrong with a file is in the report.
    """
    if suggest and find_spec("rapidocr") is None:
        raise MissingExtra("rapidocr", "ocr")
    case = load_order(order)
    trusted = TrustList() if trust is None else load_trust_list(trust)
    with Examiner(limits or Limits()) if examiner is None else nullcontext(examiner) as reading:
        bundle = opened(paths, reading)
        inputs = _inputs(bundle, case, trusted, manifest, corrections)
        files = _read_all(bundle, inputs, reading, previews=previews or keep is not None, suggest=suggest)
        isolation = reading.isolation
    remarked: dict[str, list[Remark]] = {}
    elsewhere = () if record is None else reuse.remarks_from(record, files, case)
    for file, remark in (*reuse.remarks(files), *elsewhere):
        remarked.setdefault(file.name, []).append(remark)
    repeated = Repeated(remarked, bundle_is_whole=not bundle.problems, has_record=record is not None)
    items = [_item(item, index, files, inputs, repeated) for index, item in enumerate(inputs.manifest.items)]
    if keep is not None:
        for content, file in zip(bundle.files, files, strict=True):
            if file.items:
                kept.keep(keep, content.content, file.reading)
    if not previews:
        files = tuple(attrs.evolve(file, reading=_without_pictures(file.reading)) for file in files)
    document = case_document(case)
    document["evidence"] += [evidence for _, evidence in items]
    report = Report(
        policy=case.policy,
        prepared_by=inputs.manifest.prepared_by,
        confirmed_by=None if inputs.corrections is None else inputs.corrections.by,
        isolation=isolation,
        files=files,
        items=tuple(item for item, _ in items),
        problems=bundle.problems,
    )
    return Examination(case_document=case_document(case_from(document)), report=report)


def load_order(order: str | bytes) -> Case:
    """The case as far as it is known; ``evidence`` may be left out.

    Raises :class:`~adjudicator.model.errors.InputError` with every fault; pointers begin with ``order#``.
    """
    try:
        document, faults = parsed(order)
        if isinstance(document, dict) and "claim" in document:
            document = {"evidence": [], **document}
        case = case_from(document, faults)
    except InputError as error:
        raise InputError(in_source("order", error.faults)) from None
    if not isinstance(case, Case):
        raise InputError([Fault("order#/policy", shown(case.policy), "a policy that decides claims")])
    return case


def _inputs(
    bundle: Bundle, case: Case, trust: TrustList, beside: str | bytes | None, corrected: str | bytes | None
) -> Inputs:
    text = bundle.manifest if beside is None else beside
    if text is None:
        raise InputError([Fault("manifest#", "nothing", NO_MANIFEST)])
    kinds = kinds_of(case)
    manifest = load_manifest(text, kinds)
    if faults := list(_absent(manifest, bundle)):
        raise InputError(faults)
    if corrected is None:
        return Inputs(case=case, manifest=manifest, trust=trust, corrections=None, kinds=kinds)
    corrections = load_corrections(corrected, manifest, kinds)
    corrected_manifest = with_kinds(manifest, corrections)
    return Inputs(case=case, manifest=corrected_manifest, trust=trust, corrections=corrections, kinds=kinds)


def _absent(manifest: Manifest, bundle: Bundle) -> Iterator[Fault]:
    """Files that the manifest names and the bundle does not have. One that was left out is in the report already."""
    names = {file.name for file in bundle.files}
    left_out = {str(each.params["name"]) for each in bundle.problems if "name" in each.params}
    in_general = [each.code for each in bundle.problems if "name" not in each.params]
    why = f"; of this bundle, not everything was taken: {', '.join(in_general)}" if in_general else ""
    for index, item in enumerate(manifest.items):
        for place, name in enumerate(item.files):
            if name not in names and name[:200] not in left_out:
                yield Fault(f"manifest#/items/{index}/files/{place}", shown(name), f"a file of the bundle{why}")


def _read_all(
    bundle: Bundle, inputs: Inputs, examiner: Examiner, *, previews: bool, suggest: bool
) -> tuple[ExaminedFile, ...]:
    """Every file with its readings. Equal files are read once."""
    options = {
        "preview": previews,
        "suggest": suggest,
        "at": str(inputs.case.as_of),
        "wanted": _numbers_in(inputs.case.order),
        "certificates": [signer.certificate for signer in inputs.trust.signers],
    }
    deadline = time.monotonic() + examiner.limits.bundle_seconds
    contents = {file.sha256: file.content for file in bundle.files}
    known = {
        sha256: NOT_READ if time.monotonic() > deadline else examiner.read(content, **options)
        for sha256, content in contents.items()
    }
    if previews:  # once everything is read: drawing must not cost the reading of another file
        for sha256, reading in known.items():
            if reading.pages is not None:
                drawn = NOT_DRAWN if time.monotonic() > deadline else examiner.draw(contents[sha256])
                known[sha256] = _with_pages(reading, drawn)
    return tuple(
        ExaminedFile(
            name=file.name,
            sha256=file.sha256,
            size=len(file.content),
            items=tuple(item.id for item in inputs.manifest.items if file.name in item.files),
            reading=known[file.sha256],
        )
        for file in bundle.files
    )


def _numbers_in(order: Order) -> list[str]:
    """The barcodes and waybill numbers that codes are compared with."""
    numbers = (*(line.barcode for line in order.lines), *(parcel.waybill_no for parcel in order.parcels))
    return [each for each in numbers if each]


def _with_pages(reading: FileReading, drawn: DrawnPages) -> FileReading:
    return attrs.evolve(reading, page_pictures=drawn.pages, problems=(*reading.problems, *drawn.problems))


def _without_pictures(reading: FileReading) -> FileReading:
    return attrs.evolve(reading, preview=None, page_pictures=())


def _item(
    item: Item,
    index: int,
    files: Sequence[ExaminedFile],
    inputs: Inputs,
    repeated: Repeated,
) -> tuple[ExaminedItem, dict[str, Any]]:
    """A piece of evidence for the report, and for the case."""
    its_files = tuple(file for file in files if file.name in item.files)
    case = inputs.case
    kinds = inputs.kinds
    examined = Examined(item=item, files=its_files, order=case.order, as_of=case.as_of, trust=inputs.trust, kinds=kinds)
    compared = repeated.compared(item, its_files)
    found = (*findings(examined), *compared.facts(examined_fields(kinds[item.kind]))) if its_files else ()
    confirmed = {} if inputs.corrections is None else inputs.corrections.of(item)
    try:
        made = assembled(item, its_files, (each for each in found if isinstance(each, Fact)), confirmed, kinds)
    except InputError as error:
        raise InputError(in_source("manifest", _of_item(error.faults, index))) from None
    there = {file.name for file in its_files}
    left_out = (Remark(code="file_left_out", file=name) for name in item.files if name not in there)
    known = frozenset(fact.field for fact in made.facts) | confirmed.keys()
    reported = ExaminedItem(
        id=item.id,
        kind=item.kind,
        files=item.files,
        facts=made.facts,
        remarks=(*made.remarks, *(each for each in found if isinstance(each, Remark)), *left_out, *compared.remarks),
        suggestions=suggestions(examined, known),
        missing=made.missing,
    )
    return reported, made.document


def _of_item(faults: Iterable[Fault], index: int) -> Iterator[Fault]:
    for fault in faults:
        yield attrs.evolve(fault, pointer=f"/items/{index}/stated{fault.pointer}")
