"""Tenants share a database and nothing else: no tenant sees what another does, even if both use the same names for everything."""

from __future__ import annotations

import inspect
import io
import re
from collections.abc import Callable
from typing import Final

import pytest
import sqlalchemy as sa

from adjudicator import Instant
from adjudicator.store import (
    Changed,
    DecisionStore,
    Erasures,
    EventFilter,
    Events,
    EvidenceFiles,
    Filter,
    KeyReused,
    NotFound,
    NotImportable,
    Ruling,
    RulingState,
    State,
    Webhooks,
)
from adjudicator.store import database as databases
from adjudicator.store.columns import METADATA
from adjudicator.store.deliveries import DeliveryQueue
from adjudicator.store.tables import PAYOUTS
from adjudicator.store.tenancy import across_tenants
from store.cases import ORDER, a_claim
from store.several import case_of, exported, fill, rows_of

CALLS: Final[dict[str, Callable[[DecisionStore, str], object]]] = {
    "decide": lambda record, _: record.decide(a_claim(ticket="T-3"), idempotency_key="K", caller="someone"),
    "decide_case": lambda record, _: record.decide(a_claim(ticket="T-4"), fill_settlements=True),
    "decide_as_ruled": lambda record, given: record.decide_as_ruled(ruling_on(given), case_of(record)),
    "prepare": lambda record, _: record.prepare(a_claim(ticket="T-5")).decided.content,
    "record_together": lambda record, _: record.record_together([record.prepare(a_claim(ticket="T-6"))]),
    "record_alone": lambda record, _: record.record_alone(record.prepare(a_claim(ticket="T-7"))),
    "filled": lambda record, _: record.filled(case_of(record)),
    "take_up": lambda record, _: record.take_up("B", ["another batch"], caller="someone"),
    "decision": lambda record, given: record.decision(given),
    "case": lambda record, given: record.case(given),
    "decision_and_case": lambda record, given: record.decision_and_case(given),
    "current_case": lambda record, given: record.current_case(given, Instant.parse("2022-05-21T00:00:00Z")),
    "cases": lambda record, _: list(record.cases()),
    "summary": lambda record, given: record.summary(given),
    "standing": lambda record, given: record.standing(given),
    "decisions": lambda record, _: record.decisions(Filter(order_id=ORDER)),
    "decisions_document": lambda record, _: record.decisions_document(Filter(order_id=ORDER)),
    "has_any": lambda record, _: record.has_any(Filter(order_id=ORDER)),
    "open_decisions": lambda record, _: record.open_decisions("approved"),
    "claims_found": lambda record, _: record.claims_found(ORDER),
    "history": lambda record, given: record.history(given),
    "rerun": lambda record, given: record.rerun(given),
    "reserve": lambda record, given: record.reserve(given),
    "confirm": lambda record, _: record.confirm(any_key(record)),
    "reverse": lambda record, _: record.reverse(any_key(record)),
    "settle": lambda record, given: record.settle(given, State.REVERSED),
    "take_step": lambda record, given: record.take_step(given, State.REVERSED),
    "payout": lambda record, _: record.payout(any_key(record)),
    "waiting_payouts": lambda record, _: record.waiting_payouts(),
    "payouts": lambda record, _: record.payouts(ORDER),
    "settlements": lambda record, _: record.settlements(ORDER),
    "entries": lambda record, _: record.entries(ORDER),
    "verify": lambda record, _: record.verify(),
    "extent": lambda record, _: record.extent(),
    "checkpoint": lambda record, _: record.checkpoint().chains,
    "checkpoint_if_due": lambda record, _: getattr(record.checkpoint_if_due(1), "chains", None),
    "verify_checkpoint": lambda record, _: record.verify_checkpoint(record.checkpoint()),
    "export": lambda record, _: exported(record),
    "import_": lambda record, _: record.import_(io.BytesIO(exported(record))),
    "erase": lambda record, _: record.erase(order_id=ORDER, reason="asked"),
}
"""A call of every method that reads or writes the record, given the id of the default tenant's decision."""

OF_ERASURES: Final[dict[str, Callable[[DecisionStore, str], object]]] = {
    "request": lambda record, _: record.erasures.request(order_id=ORDER, reason="asked"),
    "find": lambda record, erasure: record.erasures.find(erasure),
    "unfinished": lambda record, _: record.erasures.unfinished(),
    "proceed": lambda record, _: record.erasures.proceed(0.2),
    "finish": lambda record, erasure: record.erasures.finish(erasure, 1.0),
    "advance": lambda record, erasure: record.erasures.advance(erasure),
}
"""A call of every method of erasures, given the id of an unfinished erasure of the default tenant."""

OF_EVENTS: Final[dict[str, Callable[[DecisionStore], object]]] = {
    "page": lambda record: record.events.page(filter=EventFilter(order_id=ORDER)),
    "number": lambda record: record.events.number(),
    "drop": lambda record: record.events.drop(Instant.parse("2100-01-01T00:00:00Z")),
}
"""A call of every method of the log of events."""

OF_WEBHOOKS: Final[dict[str, Callable[[DecisionStore, str], object]]] = {
    "find": lambda record, webhook: record.webhooks.find(webhook),
    "change": lambda record, webhook: record.webhooks.change(webhook, enabled=True),
    "delete": lambda record, webhook: record.webhooks.delete(webhook),
    "rotate": lambda record, webhook: record.webhooks.rotate(webhook, 0),
    "replay": lambda record, webhook: record.webhooks.replay(webhook),
    "deliveries": lambda record, webhook: record.webhooks.deliveries(webhook),
    "secrets": lambda record, webhook: record.webhooks.secrets(webhook),
    "page": lambda record, _: record.webhooks.page(),
    "create": lambda record, _: record.webhooks.create("https://claims.example/acme"),
}
"""A call of every method of webhooks, given the id of one of the default tenant."""

OF_FILES: Final[dict[str, Callable[[DecisionStore], object]]] = {
    "note": lambda record: record.evidence_files.note({"a" * 64: None}),
    "has_seen": lambda record: record.evidence_files.has_seen("a" * 64),
    "uses": lambda record: record.evidence_files.uses(
        "a" * 64, None, order_id=ORDER, claim_id="new", buyer_id="buyer-7", within=6
    ),
}
"""A call of every method of evidence files; what they say to another tenant is tested with the files."""

ABOUT_THE_STORE: Final = {
    "close",
    "check",
    "for_tenant",
    "for_caller",
    "accesses",
    "tenant",
    "tenants",
    "api_keys",
    "rates",
    "rulings",
    "erasures",
    "events",
    "evidence_files",
    "webhooks",
    "jobs_of",
}


def ruling_on(given: str) -> Ruling:
    """A ruling on a decision at its first version."""
    return Ruling(
        id="R", decision_id=given, version=1, state=RulingState.OPEN, entered_by=None, entered_at=Instant(0), content={}
    )


def any_key(record: DecisionStore) -> str:
    """A key under which the default tenant has a payout."""
    with databases.read_transaction(across_tenants(record.engine)) as connection:
        key: str = connection.scalars(sa.select(PAYOUTS.c.key).where(PAYOUTS.c.tenant == "default").limit(1)).one()
    return key


def outcome(record: DecisionStore, call: str, given: str) -> object:
    """What a call returns or raises, without random parts: ids, digests and times."""
    try:
        result = repr(CALLS[call](record, given))
    except (NotFound, KeyReused, Changed) as error:
        result = repr(error)
    return re.sub(r"[0-9a-f-]{36}|[0-9a-f]{64}|Instant\(\d+\)|20\d\d-[^ '\"]*Z", "_", result)


def test_every_method_of_the_store_is_called_here() -> None:
    methods = {name for name, _ in inspect.getmembers(DecisionStore) if not name.startswith("_")}
    assert methods - {"engine", "now", "policies"} - ABOUT_THE_STORE == CALLS.keys()


def test_every_method_of_erasures_is_called_here() -> None:
    methods = {name for name, _ in inspect.getmembers(Erasures) if not name.startswith("_")}
    assert methods - {"engine", "now"} == OF_ERASURES.keys()


def test_every_method_of_events_webhooks_and_files_is_called_here() -> None:
    for kind, calls in ((Events, OF_EVENTS), (Webhooks, OF_WEBHOOKS), (EvidenceFiles, OF_FILES)):
        methods = {name for name, _ in inspect.getmembers(kind) if not name.startswith("_")}
        assert methods - {"engine", "now"} == calls.keys()


def test_events_and_webhooks_of_a_tenant_are_its_own(record: DecisionStore, acme: DecisionStore) -> None:
    fill(record)
    webhook = record.webhooks.create("https://claims.example/").webhook.id
    record.webhooks.replay(webhook)
    queue = DeliveryQueue(record.engine, record.now)
    queue.plan()
    record.decide(a_claim(ticket="T-9"))
    before = rows_of(record, "default")
    for name, call in OF_EVENTS.items():
        call(acme)
        assert rows_of(record, "default") == before, name
    assert acme.events.page().events == ()
    for name, of_files in OF_FILES.items():
        of_files(acme)
        assert rows_of(record, "default") == before, name
    for name, of_webhook in OF_WEBHOOKS.items():
        if name in ("page", "create"):
            of_webhook(acme, webhook)
        else:
            with pytest.raises(NotFound):
                of_webhook(acme, webhook)
        assert rows_of(record, "default") == before, name
    (own,) = acme.webhooks.page()[0]
    acme.decide(a_claim())
    acme.events.number()
    queue.plan()
    for each in queue.claim(20):
        store = acme if each.webhook == own.id else record
        assert each.event in store.events.page().events
        assert (each.tenant, each.event.chain.startswith("tenant/acme/")) == (store.tenant, store is acme)
    assert [event.position for event in acme.events.page().events] == [1]


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("call", OF_ERASURES)
def test_an_erasure_is_neither_visible_nor_continued_in_another_tenant(
    record: DecisionStore, acme: DecisionStore, call: str
) -> None:
    fill(record)
    erasure = record.erasures.request(subject="buyer-7", reason="asked").id
    before = rows_of(record, "default")
    if call in ("find", "finish", "advance"):
        with pytest.raises(NotFound):
            OF_ERASURES[call](acme, erasure)
    else:
        OF_ERASURES[call](acme, erasure)
    assert record.erasures.unfinished() == (erasure,)
    assert erasure not in acme.erasures.unfinished()
    assert rows_of(record, "default") == before


def test_checkpoints_are_numbered_and_linked_in_each_tenant(record: DecisionStore, acme: DecisionStore) -> None:
    for each in (record, acme):
        each.decide(a_claim())
    first = [each.checkpoint() for each in (record, acme)]
    assert [each.number for each in first] == [1, 1]
    assert {chain for each in first for chain, _, _ in each.chains} == {f"order/{ORDER}", f"tenant/acme/order/{ORDER}"}
    acme.decide(a_claim(ticket="T-2"))
    assert acme.checkpoint().previous == first[1].digest
    assert record.checkpoint() == first[0]
    assert acme.verify_checkpoint(first[1]) is None
    assert acme.verify_checkpoint(first[0]) is not None
    assert record.verify() is acme.verify() is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("call", CALLS)
def test_a_call_in_one_tenant_neither_sees_nor_changes_another(
    record: DecisionStore, acme: DecisionStore, call: str
) -> None:
    """It ends as if the tenant were alone in the database, and leaves the other's rows unchanged."""
    record.tenants.create("alone")
    alone = record.for_tenant("alone")
    given = fill(record)
    before = rows_of(record, "default")
    if call not in ("confirm", "reverse", "payout"):  # these take a key, which must be unknown
        nothing_like_it = "0" * 36
        assert outcome(acme, call, given).replace("acme", "alone") == outcome(alone, call, nothing_like_it)  # type: ignore[attr-defined]
    else:
        with pytest.raises(NotFound):
            CALLS[call](acme, given)
    assert rows_of(record, "default") == before


def test_the_same_names_mean_different_things_in_each_tenant(record: DecisionStore, acme: DecisionStore) -> None:
    ids = [fill(record), fill(acme)]
    assert ids[0] != ids[1]
    for one, other, own, foreign in ((record, acme, ids[0], ids[1]), (acme, record, ids[1], ids[0])):
        before = rows_of(record, other.tenant)
        assert len(one.payouts(ORDER)) == 3
        with pytest.raises(NotFound):
            one.decision(foreign)
        with pytest.raises(NotFound):
            one.decide(a_claim(ticket="T-9"), supersedes=foreign)
        assert {each.id for each in one.decisions().items}.isdisjoint(each.id for each in other.decisions().items)
        one.erase(subject="buyer-7", reason="asked")
        assert one.decision(own).erased
        assert one.verify() is None
        assert rows_of(record, other.tenant) == before
    assert acme.verify() is None


def test_a_cursor_of_one_tenant_is_useless_to_another(record: DecisionStore, acme: DecisionStore) -> None:
    for number in range(3):
        record.decide(a_claim(order=f"O-{number}"))
        acme.decide(a_claim(order=f"O-{number}"))
    theirs = record.decisions(limit=1).cursor
    followed = acme.decisions(cursor=theirs).items
    assert {each.id for each in followed} <= {each.id for each in acme.decisions().items}


def test_an_idempotency_key_is_free_in_every_tenant(record: DecisionStore, acme: DecisionStore) -> None:
    record.decide(a_claim(), idempotency_key="K", caller="shop")
    other = acme.decide(a_claim(ticket="T-2"), idempotency_key="K", caller="shop")
    assert not other.repeat
    with pytest.raises(KeyReused):
        acme.decide(a_claim(), idempotency_key="K", caller="shop")


def test_a_caller_of_the_same_name_has_a_rate_in_each_tenant(record: DecisionStore, acme: DecisionStore) -> None:
    for each in (record, acme):
        assert each.rates.take("shop", 3, 10).left == 7


def test_a_payment_of_one_tenant_does_not_count_for_another(record: DecisionStore, acme: DecisionStore) -> None:
    for each in (record, acme):
        given = each.decide(a_claim(), fill_settlements=True)
        assert {payout.state for payout in each.reserve(given.id)} == {State.RESERVED}
    assert record.payouts(ORDER)[0].key == acme.payouts(ORDER)[0].key


def test_an_export_goes_back_to_its_own_tenant_only(record: DecisionStore, acme: DecisionStore) -> None:
    fill(acme)
    kept = exported(acme)
    with pytest.raises(NotImportable, match="belongs to another tenant"):
        record.import_(io.BytesIO(kept))
    assert acme.import_(io.BytesIO(kept)) == 0
    fill(record)
    with pytest.raises(NotImportable, match="belongs to another tenant"):
        acme.import_(io.BytesIO(exported(record)))
    assert exported(acme) == kept


@pytest.mark.parametrize("moved", ["one", "all"])
def test_an_entry_that_is_moved_to_another_tenant_is_found(
    record: DecisionStore, acme: DecisionStore, moved: str
) -> None:
    """Even if every row of its chain is moved."""
    given = record.decide(a_claim())
    with databases.write_transaction(across_tenants(record.engine)) as connection:
        for table in METADATA.sorted_tables:
            if table.name == "decisions" or (moved == "all" and table.name in ("chains", "sealed")):
                connection.execute(table.update().values(tenant="acme"))
    if moved == "all":
        fault = acme.verify()
        assert fault is not None
        assert fault.what == "another tenant's chain"
    else:
        assert record.verify() is not None
    assert given.id
