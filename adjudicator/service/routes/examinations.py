"""The operation that reads evidence files. It needs the extra ``evidence``; without it, it says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from attrs import evolve

from adjudicator.model.errors import Fault, InputError
from adjudicator.service.examination_schemas import EXAMINATION_FORM
from adjudicator.service.examiner import check_installed
from adjudicator.service.operations import (
    JSON,
    MULTIPART,
    Answer,
    Body,
    Call,
    Form,
    Operation,
    Parameter,
    Tag,
    boolean,
    json_answer,
    operation,
)
from adjudicator.service.schemas import ref
from adjudicator.service.settings import Settings
from adjudicator.store import Scope, check_policy

if TYPE_CHECKING:
    from adjudicator.evidence.process import Examiner

SUGGEST: Final = Parameter(
    name="suggest",
    description=(
        "Also look for text and stamps in pictures, and suggest what they may mean. It takes a second or two for each picture, and needs "
        "the extra `ocr`."
    ),
    **boolean(),
)


def _begin(_: Call) -> None:
    check_installed()


@operation(
    "POST",
    "/v1/examinations",
    tag=Tag.QUESTIONS,
    scope=Scope.DECIDE,
    begin=_begin,
    form_texts=("order", "manifest", "corrections"),
    parameters=(SUGGEST,),
    request_body=Body(
        schema=EXAMINATION_FORM,
        description="The case so far, and files of evidence, with a manifest that says who handed in what.",
        media_type=MULTIPART,
    ),
    response_schemas={JSON: ref("Examination")},
    problems=("cannot-examine", "busy"),
)
def examine(call: Call) -> Answer:
    """Read evidence files: the case with what is certain filled in, and a report of what was read where. Records no decision.

    Files that other claims on record name, and pictures that look like theirs, are remarks of the report. Send the case in the response to
    `/v1/decisions`. A file that cannot be read is a problem in the report, not an error. Files are read one request at a time: while others
    wait for too long, the answer is `busy`.
    """
    form = call.form
    assert form is not None  # noqa: S101 - the body is a form
    assert call.examiner is not None  # noqa: S101 - and it comes with one
    _check_order(call, form)
    with call.examiner.borrowed() as examiner:
        return _examined(call, form, examiner)


def _check_order(call: Call, form: Form) -> None:
    """Refuse a case before anything waits for it, also one under a policy that the caller may not use."""
    from adjudicator.evidence.examination import load_order  # noqa: PLC0415 - an extra of its own

    if "order" not in form.texts:
        raise InputError([Fault("order#", "nothing", "the case as far as it is known")])
    case = load_order(form.texts["order"])
    try:
        check_policy(case.policy, call.record.policies)
    except InputError as error:
        raise InputError([evolve(fault, pointer=f"order#{fault.pointer}") for fault in error.faults]) from None


def _examined(call: Call, form: Form, examiner: Examiner) -> Answer:
    from adjudicator.evidence import examine_bundle, report_document  # noqa: PLC0415 - an extra of its own
    from adjudicator.evidence.file_stores import kept_at  # noqa: PLC0415 - an extra of its own

    kept_in = call.settings.evidence_files
    examined = examine_bundle(
        form.files,
        form.texts["order"],
        manifest=form.texts.get("manifest"),
        corrections=form.texts.get("corrections"),
        trust=_trust(call.settings),
        keep=None if kept_in is None else kept_at(kept_in),
        record=call.record.evidence_files,
        examiner=examiner,
        suggest=call.values[SUGGEST.name],
    )
    return json_answer({"case": examined.case_document, "report": report_document(examined.report)})


def _trust(settings: Settings) -> bytes | None:
    """The trust list, read again each time: a certificate that was withdrawn is off it at once."""
    from adjudicator.evidence.trust import load_trust_list  # noqa: PLC0415 - an extra of its own

    if settings.evidence_trust is None:
        return None
    text = Path(settings.evidence_trust).read_bytes()
    try:
        load_trust_list(text)
    except InputError as error:  # the caller can do nothing about it
        raise RuntimeError("the trust list of the service is at fault") from error
    return text


OPERATIONS: Final[tuple[Operation, ...]] = (examine,)
