"""Examine a bundle: open it, read its files in another process, and fill in the evidence of a case."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from adjudicator.evidence import reuse
from adjudicator.evidence.bundle import Bundle, BundleFile, opened
from adjudicator.evidence.facts import Examined, findings
from adjudicator.evidence.items import evidence_document
from adjudicator.evidence.limits import Limits
from adjudicator.evidence.manifest import Item, Manifest, in_source, load_manifest
from adjudicator.evidence.process import Examiner
from adjudicator.evidence.readings import FileReading, Problem
from adjudicator.evidence.report import Examination, ExaminedFile, ExaminedItem, Fact, Remark, Report
from adjudicator.evidence.trust import TrustList, load_trust_list
from adjudicator.model.case import Case
from adjudicator.model.errors import Fault, InputError, shown
from adjudicator.wire.codec import case_document, case_from
from adjudicator.wire.parser import parsed

NO_MANIFEST = "a manifest.json in the bundle, or one given beside it"


def examine_bundle(
    paths: Sequence[Path],
    order: str | bytes,
    *,
    manifest: str | bytes | None = None,
    trust: str | bytes | None = None,
    limits: Limits | None = None,
    previews: bool = False,
) -> Examination:
    """Examine a bundle, and add its evidence to a case.

    ``paths`` is one folder, one zip archive, or any number of files. ``order`` is the case as far as it is known, in JSON: all of it
    except for evidence that is in the bundle. ``manifest`` is needed if the bundle has none of its own. ``trust`` is a trust list.
    ``previews`` adds a small picture of each picture to the report.

    Raises :class:`~adjudicator.model.errors.InputError` for a case, manifest or trust list at fault, :class:`OSError` for a path that
    cannot be read, and :class:`~adjudicator.evidence.process.CannotStart`. What is wrong with a file is in the report.
    """
    case = _case(order)
    trusted = TrustList() if trust is None else load_trust_list(trust)
    with Examiner(limits or Limits()) as examiner:
        bundle = opened(paths, examiner)
        held = _manifest(bundle, manifest)
        files = _read_all(bundle, held, examiner, case, trusted, previews=previews)
        isolation = examiner.isolation
    repeated: dict[str, list[Remark]] = {}
    for file, remark in reuse.remarks(files):
        repeated.setdefault(file.name, []).append(remark)
    examined = [_item(item, index, files, case, trusted, repeated) for index, item in enumerate(held.items)]
    document = case_document(case)
    document["evidence"] += [evidence for _, evidence in examined]
    report = Report(
        prepared_by=held.prepared_by,
        isolation=isolation,
        files=files,
        items=tuple(item for item, _ in examined),
        problems=bundle.problems,
    )
    return Examination(case_document=case_document(case_from(document)), report=report)


def _case(order: str | bytes) -> Case:
    try:
        document, faults = parsed(order)
        case = case_from({"evidence": [], **document} if isinstance(document, dict) else document, faults)
    except InputError as error:
        raise InputError(in_source("order", error.faults)) from None
    if not isinstance(case, Case):
        raise InputError([Fault("order#/policy", shown(case.policy), "a policy that decides claims")])
    return case


def _manifest(bundle: Bundle, beside: str | bytes | None) -> Manifest:
    text = bundle.manifest if beside is None else beside
    if text is None:
        raise InputError([Fault("manifest#", "nothing", NO_MANIFEST)])
    manifest = load_manifest(text)
    names = {file.name for file in bundle.files}
    left_out = {str(each.params.get("name")) for each in bundle.problems}
    faults = [
        Fault(f"manifest#/items/{index}/files/{place}", shown(name), "a file of the bundle")
        for index, item in enumerate(manifest.items)
        for place, name in enumerate(item.files)
        if name not in names and name[:200] not in left_out
    ]
    if faults:
        raise InputError(faults)
    return manifest


def _read_all(
    bundle: Bundle, manifest: Manifest, examiner: Examiner, case: Case, trust: TrustList, *, previews: bool
) -> tuple[ExaminedFile, ...]:
    """Every file with what was read in it. Equal files are read once."""
    options = {
        "preview": previews,
        "at": str(case.as_of),
        "certificates": [signer.certificate for signer in trust.signers],
    }
    deadline = time.monotonic() + examiner.limits.bundle_seconds
    known: dict[str, FileReading] = {}

    def read(file: BundleFile) -> FileReading:
        if file.sha256 not in known:
            if time.monotonic() > deadline:
                return FileReading(problems=(Problem(code="no_time_left"),))
            known[file.sha256] = examiner.read(file.content, **options)
        return known[file.sha256]

    return tuple(
        ExaminedFile(
            name=file.name,
            sha256=file.sha256,
            size=len(file.content),
            items=tuple(item.id for item in manifest.items if file.name in item.files),
            reading=read(file),
        )
        for file in bundle.files
    )


def _item(
    item: Item,
    index: int,
    files: Sequence[ExaminedFile],
    case: Case,
    trust: TrustList,
    repeated: Mapping[str, Iterable[Remark]],
) -> tuple[ExaminedItem, dict[str, Any]]:
    """A piece of evidence for the report, and for the case."""
    its_files = tuple(file for file in files if file.name in item.files)
    found = tuple(
        findings(Examined(item=item, files=its_files, order=case.order, as_of=case.as_of, trust=trust))
        if its_files
        else ()
    )
    try:
        document, facts, remarks, missing = evidence_document(item, its_files, _facts(found))
    except InputError as error:
        raise InputError(in_source("manifest", _of_item(error.faults, index))) from None
    more = [remark for file in its_files for remark in repeated.get(file.name, ())]
    examined = ExaminedItem(
        id=item.id,
        kind=item.kind,
        files=item.files,
        facts=facts,
        remarks=(*remarks, *(each for each in found if isinstance(each, Remark)), *more),
        missing=missing,
    )
    return examined, document


def _facts(found: Iterable[Fact | Remark]) -> Iterator[Fact]:
    return (each for each in found if isinstance(each, Fact))


def _of_item(faults: Iterable[Fault], index: int) -> Iterator[Fault]:
    for fault in faults:
        yield attrs.evolve(fault, pointer=f"/items/{index}/stated{fault.pointer}")
