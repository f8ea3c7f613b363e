"""Rulings by people: drafts until confirmed, on record with the decision, erased with the personal data."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import attrs
import pytest
import sqlalchemy as sa

from adjudicator import Instant, load_case
from adjudicator.store import (
    Changed,
    DecisionStore,
    Erased,
    KeyReused,
    NotFound,
    NotSuperseded,
    OwnRuling,
    Ruling,
    RulingState,
    open_store,
)
from adjudicator.store.ruling_tables import RULING_TEXTS
from store.cases import DEMO, ORDER, a_claim

REASON = "marker-of-a-ruling: the report of the laboratory is sound"
NO = "marker-of-a-rejection: the seal is missing"


def on_record(record: DecisionStore) -> str:
    """A decision that waits for a person. Returns its id."""
    report = DEMO["evidence"][0]
    case = DEMO | {"evidence": [report, report | {"id": "E2", "conclusion": "genuine"}]}
    return record.decide(json.dumps(case)).id


def entered(record: DecisionStore, decision: str, caller: str = "ann", **more: Any) -> Ruling:
    """Enter a ruling on the current version of a decision."""
    version = record.standing(decision).version
    return record.rulings.enter(decision, {"reason": REASON}, version=version, caller=caller, **more)


def case_with(record: DecisionStore, ruling: Ruling) -> Any:
    """The case of a ruling, which rejects the second report."""
    case = load_case(record.case(ruling.decision_id).content)
    rejected = attrs.evolve(case.evidence[1], verification="rejected")
    return attrs.evolve(case, evidence=(case.evidence[0], rejected))


def kept(record: DecisionStore, folder: Path) -> bytes:
    """Every stored byte."""
    if record.engine.dialect.name == "sqlite":
        return b"".join(path.read_bytes() for path in folder.iterdir())
    with record.engine.connect() as connection:
        return repr(connection.execute(sa.select(RULING_TEXTS)).all()).encode() + exported(record)


def exported(record: DecisionStore) -> bytes:
    stream = io.BytesIO()
    record.export(stream)
    return stream.getvalue()


def test_a_confirmed_ruling_is_on_record_with_the_decision_it_led_to(record: DecisionStore) -> None:
    first = on_record(record)
    draft = entered(record, first)
    assert (draft.state, draft.content) == (RulingState.OPEN, {"reason": REASON})
    assert record.rulings.drafts() == {first: True}
    recorded = record.decide_as_ruled(draft, case_with(record, draft), caller="ben", by_another=True)
    _, entry = record.entries(ORDER)
    document = entry.document()
    assert document["ruling"] == {"id": draft.id, "by": "ann", "at": draft.entered_at.utc_text()}
    assert (document["by"], document["supersedes"]) == ("ben", first)
    assert REASON not in entry.body
    assert entry.seal is not None
    assert entry.seal.values()["ruling"] == {"reason": REASON}
    ruling = record.rulings.find(draft.id)
    assert (ruling.state, ruling.closed_by, ruling.outcome_id) == (RulingState.CONFIRMED, "ben", recorded.id)
    assert ruling.content is None, "the entry has it"
    assert record.rulings.drafts() == {}
    assert record.verify() is None
    assert record.rerun(recorded.id).agrees


def test_an_export_has_confirmed_rulings_and_no_drafts(record: DecisionStore, tmp_path: Path) -> None:
    draft = entered(record, on_record(record))
    assert REASON.encode() not in exported(record)
    record.decide_as_ruled(draft, case_with(record, draft), caller="ben")
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    assert other.import_(io.BytesIO(exported(record))) == 2
    seal = other.entries(ORDER)[1].seal
    assert seal is not None
    assert seal.values()["ruling"] == {"reason": REASON}
    assert other.verify() is None
    other.close()


def test_the_author_of_a_ruling_cannot_confirm_it_if_two_are_required(record: DecisionStore) -> None:
    draft = entered(record, on_record(record))
    with pytest.raises(OwnRuling):
        record.decide_as_ruled(draft, case_with(record, draft), caller="ann", by_another=True)
    assert record.rulings.find(draft.id).is_open
    assert len(record.entries(ORDER)) == 1
    record.decide_as_ruled(draft, case_with(record, draft), caller="ann")


def test_an_outdated_draft_cannot_be_confirmed_but_is_kept(record: DecisionStore) -> None:
    first = on_record(record)
    draft = entered(record, first)
    record.decide(a_claim("AS-2"))
    assert record.rulings.drafts() == {first: False}
    with pytest.raises(Changed, match="version"):
        record.decide_as_ruled(draft, case_with(record, draft), caller="ben")
    assert record.rulings.find(draft.id) == draft
    again = entered(record, first, replaces=draft.id)
    assert record.rulings.find(draft.id).state is RulingState.REPLACED
    record.decide_as_ruled(again, case_with(record, again), caller="ben")
    assert [each.state for each in record.rulings.on_chain_of(first)] == [RulingState.CONFIRMED, RulingState.REPLACED]


def test_two_confirm_at_once_and_the_case_is_decided_once(record: DecisionStore) -> None:
    """Even if the clock stands still, so that both decide the same case at the same moment."""
    draft = entered(record, on_record(record))
    case = case_with(record, draft)
    record.decide_as_ruled(draft, case, caller="ben")
    for moment in (case.as_of, Instant(case.as_of + 1)):
        with pytest.raises(Changed):
            record.decide_as_ruled(draft, attrs.evolve(case, as_of=moment), caller="eve")
    assert len(record.entries(ORDER)) == 2
    assert record.rulings.find(draft.id).closed_by == "ben"


def test_a_rejected_ruling_keeps_both_texts_and_makes_room_for_another(record: DecisionStore) -> None:
    first = on_record(record)
    draft = entered(record, first)
    with pytest.raises(Changed, match="already"):
        entered(record, first, caller="ben")
    rejected = record.rulings.reject(draft.id, NO, caller="ben")
    assert (rejected.state, rejected.closed_by) == (RulingState.REJECTED, "ben")
    assert (rejected.content, rejected.rejection) == ({"reason": REASON}, NO)
    assert record.rulings.reject(draft.id, "again", caller="eve") == rejected
    with pytest.raises(Changed):
        record.decide_as_ruled(draft, case_with(record, draft), caller="eve")
    second = entered(record, first, caller="ben")
    record.decide_as_ruled(second, case_with(record, second), caller="eve")
    with pytest.raises(Changed):
        record.rulings.reject(second.id, NO, caller="ann")


def test_the_same_key_enters_one_ruling(record: DecisionStore) -> None:
    first = on_record(record)
    draft = entered(record, first, idempotency_key="K")
    record.decide_as_ruled(draft, case_with(record, draft), caller="ben")
    assert entered(record, first, idempotency_key="K").id == draft.id
    with pytest.raises(KeyReused):
        entered(record, record.decide(a_claim("AS-2")).id, idempotency_key="K")


def test_a_ruling_requires_the_current_version_of_its_decision(record: DecisionStore) -> None:
    first = on_record(record)
    with pytest.raises(Changed):
        record.rulings.enter(first, {}, version=7, caller="ann")
    with pytest.raises(NotFound):
        record.rulings.enter("none", {}, version=1, caller="ann")
    with pytest.raises(NotFound):
        record.rulings.find("none")
    draft = entered(record, first)
    record.decide_as_ruled(draft, case_with(record, draft), caller="ben")
    with pytest.raises(NotSuperseded):
        entered(record, first)


@pytest.mark.parametrize("ending", ["draft", "rejected", "confirmed"])
def test_texts_of_rulings_are_erased_with_the_personal_data(record: DecisionStore, tmp_path: Path, ending: str) -> None:
    first = on_record(record)
    draft = entered(record, first)
    if ending == "rejected":
        record.rulings.reject(draft.id, NO, caller="ben")
    if ending == "confirmed":
        record.decide_as_ruled(draft, case_with(record, draft), caller="ben")
    assert REASON.encode() in kept(record, tmp_path)
    record.erase(subject=DEMO["order"]["buyer_id"], reason="asked for")
    left = kept(record, tmp_path)
    assert [text for text in (REASON, NO) if text.encode() in left] == []
    ruling = record.rulings.find(draft.id)
    assert (ruling.content, ruling.rejection) == (None, None)
    assert record.verify() is None
    if ending == "draft":
        with pytest.raises((Changed, Erased)):
            record.decide_as_ruled(draft, load_case(json.dumps(DEMO)), caller="ben")
        record.rulings.reject(draft.id, NO, caller="ben")
        assert NO.encode() not in kept(record, tmp_path), "nobody writes about an erased case"
    with pytest.raises((Erased, NotSuperseded)):
        entered(record, first)


def test_rulings_of_a_tenant_are_its_own(record: DecisionStore) -> None:
    record.tenants.create("acme")
    acme = record.for_tenant("acme")
    draft = entered(record, on_record(record), idempotency_key="K")
    assert acme.rulings.entered(draft.decision_id, caller="ann", idempotency_key="K") is None
    assert record.rulings.entered(draft.decision_id, caller="ann", idempotency_key="K") == draft
    with pytest.raises(NotFound):
        acme.rulings.find(draft.id)
    with pytest.raises(NotFound):
        acme.rulings.reject(draft.id, NO, caller="ben")
    with pytest.raises(NotFound):
        acme.rulings.on_chain_of(draft.decision_id)
    with pytest.raises(NotFound):
        entered(acme, draft.decision_id)
    assert acme.rulings.drafts() == {}
    assert acme.rulings.find(entered(acme, on_record(acme)).id).is_open
    assert record.rulings.find(draft.id) == draft
