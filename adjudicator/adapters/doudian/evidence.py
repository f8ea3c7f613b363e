"""The evidence in the after-sale record. What it shows is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adjudicator.adapters.addresses import unsigned
from adjudicator.adapters.beside import files_explained
from adjudicator.adapters.doudian.claim import service_of
from adjudicator.adapters.doudian.codes import BLAMED, CLOCK, MEDIA, NO_RULING, RULINGS, SUBMITTERS
from adjudicator.adapters.doudian.record import Record
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View
from adjudicator.adapters.values import code, identifier, text
from adjudicator.model.enumerations import Service, Submitter


def evidence_of(record: Record) -> list[dict[str, Any]]:
    """Pictures, submissions in the log, and the platform's ruling if there is one."""
    return [*_pictures(record), *_submitted_later(record), *_ruling(record)]


def _pictures(record: Record) -> Iterator[dict[str, Any]]:
    """The buyer's pictures, except those that the beside file explains."""
    seen = set(files_explained(record.intake.beside))
    submitted_at = record.intake.moment("/claim/filed_at", record.info.at("apply_time"))
    for index, picture in enumerate(record.info.at("evidence").items()):
        address = record.ledger.read("/evidence", picture, text)
        if address is not None and unsigned(address) not in seen and submitted_at is not None:
            seen.add(unsigned(address))
            words = "A picture that the buyer submitted with the application; what it shows is not known."
            name = f"buyer-picture-{index + 1}"
            yield _other(record, name, Submitter.CONSUMER, submitted_at, words, [address])


def _submitted_later(record: Record) -> Iterator[dict[str, Any]]:
    """Later submissions from the log, except those already among the pictures."""
    pictures = (node for picture in record.info.at("evidence").items() for node in picture.nodes)
    seen = {unsigned(str(node.value)) for node in pictures if isinstance(node.value, str)}
    seen |= files_explained(record.intake.beside)
    for index, entry in enumerate(record.process.at("record_logs_list").items()):
        for position, part in enumerate(entry.at("all_evidence").items()):
            listed = [record.ledger.read("/evidence", url, text) for url in part.at("urls").items()]
            addresses = {unsigned(address): address for address in listed if address is not None}
            files = [address for name, address in addresses.items() if name not in seen]
            words = record.ledger.read("/evidence", part.at("desc"), text)
            seen.update(addresses)
            if files or (words and not addresses):
                yield from _logged(record, f"log-{index + 1}-{position + 1}", entry, part, words, files)


def _logged(
    record: Record, name: str, entry: View, part: View, words: str | None, files: list[str]
) -> Iterator[dict[str, Any]]:
    """A piece of evidence from the log, if the log states who submitted it and when, and that is not after the decision."""
    role = record.ledger.read("/evidence", entry.at("role"), code)
    moment = record.ledger.read("/evidence", entry.at("time"), CLOCK)
    kind = record.ledger.read("/evidence", part.at("type"), code)
    if kind is not None and kind not in MEDIA:
        record.ledger.lost(
            LossKind.UNKNOWN, part.at("type"), "medium_not_known", "a type that is not known", "/evidence"
        )
    if role is None or role not in SUBMITTERS or moment is None:
        note = "it is not stated for certain who submitted this, or when: left out"
        record.ledger.lost(LossKind.UNKNOWN, part, "handed_in_by_whom", note, "/evidence")
    elif moment > record.intake.as_of:
        note = "submitted after the moment of the decision: left out"
        record.ledger.lost(LossKind.DROPPED, part, "handed_in_later", note, "/evidence")
    else:
        medium = MEDIA.get(kind or "", "something")
        description = words or f"Submitted on the platform ({medium}); what it shows is not known."
        yield _other(record, name, SUBMITTERS[role], str(moment), description, files)


def _ruling(record: Record) -> Iterator[dict[str, Any]]:
    """The platform's ruling on a return, if the policy reads rulings and this one clearly favours a side."""
    view = record.process.at("arbitrate_info")
    status, blame, moment = (view.at(f"arbitrate_{name}") for name in ("status", "blame", "update_time"))
    if "platform_rulings" not in record.reads:
        return
    status_code = record.ledger.read("/evidence", status, code)
    side = RULINGS.get(status_code or "")
    if status_code is None or status_code in NO_RULING:
        return
    blamed = BLAMED.get(record.ledger.read("/evidence", blame, code) or "")
    made_at = record.ledger.read("/evidence", moment, CLOCK)
    if side is not None and blamed is side:
        note = "ruled for the side that is held to blame"
        record.ledger.lost(LossKind.CONTRADICTORY, status + blame, "ruling_and_blame", note, "/evidence")
    elif side is None or made_at is None or service_of(record) != Service.RETURN_REFUND:
        note = "not a ruling on a return that says for whom it was made, and when"
        record.ledger.lost(LossKind.UNKNOWN, status, "no_clear_ruling", note, "/evidence")
    else:
        yield {
            "id": record.ledger.read("/evidence", view.at("arbitrate_id"), identifier) or "platform-ruling",
            "kind": "platform_ruling",
            "submitted_by": Submitter.PLATFORM.value,
            "submitted_at": str(made_at),
            "line_ids": record.claimed_ids(),
            "on": "local_return",
            "for": side.value,
        }


def _other(record: Record, name: str, by: Submitter, at: str | None, words: str, files: list[str]) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "other",
        "submitted_by": by.value,
        "submitted_at": at,
        "line_ids": record.claimed_ids(),
        "description": words,
        "files": [{"name": address} for address in files],
    }
