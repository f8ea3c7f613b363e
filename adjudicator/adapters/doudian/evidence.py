"""What was handed in, by the after-sale record: nothing is known of what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from adjudicator.adapters.beside import pictures_explained
from adjudicator.adapters.doudian.claim import service_of
from adjudicator.adapters.doudian.codes import BLAMED, MEDIA, NO_RULING, RULINGS, SUBMITTERS
from adjudicator.adapters.doudian.record import Record
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.payload import View, code, identifier, instant, text
from adjudicator.model.case import Service, Submitter


def evidence_of(record: Record) -> list[dict[str, Any]]:
    """The evidence of the case: pictures, what the log holds, and a ruling if there is one."""
    return [*_pictures(record), *_handed_in(record), *_ruling(record)]


def _pictures(record: Record) -> Iterator[dict[str, Any]]:
    """The buyer's pictures: nothing is known of what they show, unless it is said beside."""
    explained = pictures_explained(record.beside)
    submitted_at = record.moment("/claim/filed_at", record.info.at("apply_time"))
    for index, picture in enumerate(record.info.at("evidence").items()):
        address = record.ledger.read("/evidence", picture, text)
        if address is not None and address not in explained and submitted_at is not None:
            words = "A picture that the buyer handed in with the application; what it shows is not known."
            name = f"buyer-picture-{index + 1}"
            yield _other(record, name, Submitter.CONSUMER, submitted_at, words, [address])


def _handed_in(record: Record) -> Iterator[dict[str, Any]]:
    """What was handed in later, by the record's log; what the pictures hold already is not told twice."""
    pictures = (node for picture in record.info.at("evidence").items() for node in picture.nodes)
    seen = {*pictures_explained(record.beside), *(node.value for node in pictures if isinstance(node.value, str))}
    for index, entry in enumerate(record.process.at("record_logs_list").items()):
        for part, each in enumerate(entry.at("all_evidence").items()):
            addresses = [record.ledger.read("/evidence", url, text) for url in each.at("urls").items()]
            files = [address for address in addresses if address is not None and address not in seen]
            words = record.ledger.read("/evidence", each.at("desc"), text)
            seen.update(files)
            if files or (words and not any(addresses)):
                yield from _logged(record, f"log-{index + 1}-{part + 1}", entry, each, words, files)


def _logged(
    record: Record, name: str, entry: View, part: View, words: str | None, files: list[str]
) -> Iterator[dict[str, Any]]:
    """A piece of evidence from the log, if it is told who handed it in, and when, and that is not later than now."""
    role = record.ledger.read("/evidence", entry.at("role"), code)
    moment = record.ledger.read("/evidence", entry.at("time"), instant)
    kind = record.ledger.read("/evidence", part.at("type"), code)
    if kind is not None and kind not in MEDIA:
        record.ledger.lost(
            LossKind.UNKNOWN, part.at("type"), "medium_not_known", "a type that is not known", "/evidence"
        )
    if role is None or role not in SUBMITTERS or moment is None:
        note = "it is not told for certain who handed this in, or when: left out"
        record.ledger.lost(LossKind.UNKNOWN, part, "handed_in_by_whom", note, "/evidence")
    elif moment > record.as_of:
        note = "handed in after the moment of the decision: left out"
        record.ledger.lost(LossKind.DROPPED, part, "handed_in_later", note, "/evidence")
    else:
        medium = MEDIA.get(kind or "", "something")
        told = words or f"Handed in on the platform ({medium}); what it shows is not known."
        yield _other(record, name, SUBMITTERS[role], str(moment), told, files)


def _ruling(record: Record) -> Iterator[dict[str, Any]]:
    """The platform's ruling on a return, where the guarantee reads one and this one says clearly for whom it is."""
    view = record.process.at("arbitrate_info")
    status, blame, moment = (view.at(f"arbitrate_{name}") for name in ("status", "blame", "update_time"))
    if "platform_rulings" not in record.reads:
        return
    said = record.ledger.read("/evidence", status, code)
    side = RULINGS.get(said or "")
    if said is None or said in NO_RULING:
        return
    blamed = BLAMED.get(record.ledger.read("/evidence", blame, code) or "")
    made_at = record.ledger.read("/evidence", moment, instant)
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
