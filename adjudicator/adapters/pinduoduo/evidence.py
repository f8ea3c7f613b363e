"""The evidence submitted with the application. What it shows is unknown."""

from __future__ import annotations

from typing import Any

from adjudicator.adapters.addresses import unsigned
from adjudicator.adapters.beside import files_explained
from adjudicator.adapters.losses import LossKind
from adjudicator.adapters.pinduoduo.record import Record
from adjudicator.adapters.values import flag, text
from adjudicator.model.enumerations import Submitter


def evidence_of(record: Record) -> list[dict[str, Any]]:
    """The buyer's pictures, except those that the beside file explains."""
    field, ledger, images = "/evidence", record.ledger, record.sale.at("images")
    exist = record.sale.at("exist_images")
    if ledger.read(field, exist, flag) and not images.items():
        ledger.lost(LossKind.UNKNOWN, exist, "pictures_not_told", "there are pictures that are not stated", field)
    submitted_at = record.intake.moment("/claim/filed_at", record.filed)
    seen = set(files_explained(record.intake.beside))
    found: list[dict[str, Any]] = []
    for index, picture in enumerate(images.items()):
        address = ledger.read(field, picture, text)
        if address is not None and unsigned(address) not in seen and submitted_at is not None:
            seen.add(unsigned(address))
            found.append(_picture(f"buyer-picture-{index + 1}", submitted_at, address))
    return found


def _picture(name: str, submitted_at: str, address: str) -> dict[str, Any]:
    return {
        "id": name,
        "kind": "other",
        "submitted_by": Submitter.CONSUMER.value,
        "submitted_at": submitted_at,
        "description": "A picture that the buyer submitted with the application; what it shows is not known.",
        "files": [{"name": address}],
    }
