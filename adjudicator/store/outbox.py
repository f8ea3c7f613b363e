"""The outbox: with each new entry, its event is written in the same transaction.

An event gets its place in the log a moment later (:mod:`adjudicator.store.events`), because only then is it known which transactions
committed, and in which order. That costs the writer of an entry one insert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson
import sqlalchemy as sa

from adjudicator.model.time import Instant
from adjudicator.store.event_tables import OUTBOX
from adjudicator.store.tenancy import subject_of_chain
from adjudicator.store.writing import Writes

ONLY_REVIEWS: Final = ""
"""The type of a row that only brings reviews, and no event."""
_INSERT: Final = OUTBOX.insert()


def announce(connection: Writes, document: Mapping[str, Any], digest: str, reviews: Sequence[int] = ()) -> None:
    """Write the event of a new entry, given its body and digest, and when a decision should be reviewed."""
    kind = document["kind"]
    event_type = f"payout.{document['state']}" if kind == "payout" else f"{kind}.recorded"
    fields: dict[str, Any] = {"claim_id": document.get("claim_id"), "sequence": document["number"], "digest": digest}
    if kind == "decision":
        fields["decision_id"] = document["id"]
    elif kind == "payout":
        fields |= {"decision_id": document["decision_id"], "payout_key": document["key"]}
    else:
        fields["erased"] = document["erased"]
    body = event_body(document["id"], event_type, document["at"], document["chain"], **fields)
    if document.get("case_id") is not None:
        body["data"]["case_id"] = document["case_id"]
    values = {
        "chain": document["chain"],
        "event": document["id"],
        "type": event_type,
        "at": int(Instant.parse(document["at"])),
        "body": orjson.dumps(body).decode(),
        "reviews": orjson.dumps(reviews).decode() if reviews else None,
        "decision": document["id"] if reviews else None,
    }
    connection.execute(_INSERT, values)


def schedule_reviews(connection: sa.Connection, document: Mapping[str, Any], after: Instant) -> None:
    """Schedule the reviews of an imported decision that are still to come. Its event was the exporting record's."""
    if document["kind"] != "decision":
        return
    reviews = [at for at in review_instants(document["decision"]) if at > after]
    if reviews:
        values = {
            "chain": document["chain"],
            "event": None,
            "type": ONLY_REVIEWS,
            "at": int(after),
            "body": "",
            "reviews": orjson.dumps(reviews).decode(),
            "decision": document["id"],
        }
        connection.execute(_INSERT, values)


def review_instants(decision: Mapping[str, Any]) -> list[int]:
    """When a decision, as a document, should be reviewed: at its ``reconsider_at``, and when its requests are due."""
    texts = [decision.get("reconsider_at"), *(request["due_at"] for request in decision.get("requests", ()))]
    return sorted({int(Instant.parse(text)) for text in texts if text is not None})


def event_body(id: str, type: str, at: str, chain: str, /, **data: Any) -> dict[str, Any]:
    """An event as a JSON document, with the fields of :class:`~adjudicator.wire.events.Event`."""
    kind, subject = subject_of_chain(chain)
    about: dict[str, Any] = {
        "order_id": subject if kind == "order" else None,
        "case_id": subject if kind == "case" else None,
        "claim_id": None,
        "decision_id": None,
        "payout_key": None,
        "due_at": None,
        "erased": [],
    }
    return {"id": id, "type": type, "timestamp": at, "data": {**about, **data}}
