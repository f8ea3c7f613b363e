"""API keys: shown once, stored as a digest, valid until they are revoked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from adjudicator import Instant
from adjudicator.store import DecisionStore, NotFound, Scope, open_store
from adjudicator.store.tables import API_KEYS
from store.cases import a_claim


def test_a_token_identifies_its_key_until_it_is_revoked(record: DecisionStore) -> None:
    made = record.api_keys.create("shop", [Scope.PAY, Scope.READ])
    assert record.api_keys.caller_for(made.token) == made.key
    record.api_keys.revoke(made.key.id)
    assert record.api_keys.caller_for(made.token) is None
    (listed,) = record.api_keys.listed()
    assert listed.revoked_at is not None
    record.api_keys.revoke(made.key.id)
    assert record.api_keys.listed() == (listed,)


def test_a_stored_key_does_not_reveal_its_token(record: DecisionStore) -> None:
    made = record.api_keys.create("shop", [Scope.ADMIN])
    with record.engine.connect() as connection:
        kept = repr([tuple(row) for row in connection.execute(sa.select(API_KEYS))])
    assert made.token not in kept
    assert made.token.split("_", 2)[2] not in kept
    assert made.token not in repr(made)


def test_only_the_exact_token_is_accepted(record: DecisionStore) -> None:
    one, other = (record.api_keys.create(name, [Scope.READ]) for name in ("one", "other"))
    _, key, secret = one.token.split("_", 2)
    wrong = ["", "adj", "adj__", key, secret, f"adj_{key}", f"adj_{key}_", f"adj_{other.key.id}_{secret}", f"xyz_{key}_{secret}"]  # fmt: skip
    for token in (*wrong, one.token[:-1], f"{one.token}x", f"adj_{key}\0_{secret}", f"adj_{key}_\ud800"):
        assert record.api_keys.caller_for(token) is None
    assert record.api_keys.caller_for(one.token) == one.key


def test_keys_need_a_name_and_a_scope(record: DecisionStore) -> None:
    for name, scopes in (("", [Scope.READ]), ("x" * 256, [Scope.READ]), ("shop", [])):
        with pytest.raises(ValueError, match="a key needs"):
            record.api_keys.create(name, scopes)


def test_a_key_that_is_not_there_cannot_be_revoked(record: DecisionStore) -> None:
    with pytest.raises(NotFound):
        record.api_keys.revoke("nothing")


def test_a_scope_of_a_later_version_grants_nothing_and_disturbs_nobody(record: DecisionStore) -> None:
    made, other = (record.api_keys.create(name, [Scope.READ]) for name in ("made", "other"))
    with record.engine.begin() as connection:
        later = API_KEYS.update().where(API_KEYS.c.id == made.key.id)
        connection.execute(later.values(scopes="fly read"))
    assert record.api_keys.caller_for(made.token) == made.key
    assert record.api_keys.caller_for(other.token) == other.key
    assert {each.scopes for each in record.api_keys.listed()} == {frozenset({Scope.READ})}


# Identity, expiry and rotation


def test_keys_of_one_name_in_a_tenant_have_one_identity(record: DecisionStore) -> None:
    record.tenants.create("acme")
    acme = record.for_tenant("acme")
    first, second, other = (record.api_keys.create(name, [Scope.READ]).key for name in ("shop", "shop", "desk"))
    theirs = acme.api_keys.create("shop", [Scope.READ]).key
    assert first.identity == second.identity == first.id
    assert len({first.identity, other.identity, theirs.identity}) == 3
    assert [key.id for key in acme.api_keys.listed()] == [theirs.id]
    assert {key.tenant for key in record.api_keys.listed()} == {"default"}


def test_a_token_identifies_its_tenant_from_any_store(record: DecisionStore) -> None:
    record.tenants.create("acme", ["douyin_alliance.admission"])
    made = record.for_tenant("acme").api_keys.create("shop", [Scope.READ])
    found = record.api_keys.caller_for(made.token)
    assert found is not None
    assert (found.tenant, found.policies) == ("acme", frozenset({"douyin_alliance.admission"}))
    assert record.for_caller(found.caller).tenant == "acme"


def test_another_tenants_keys_cannot_be_revoked_or_rotated(record: DecisionStore) -> None:
    record.tenants.create("acme")
    made = record.api_keys.create("shop", [Scope.READ])
    theirs = record.for_tenant("acme").api_keys
    for attempt in (lambda: theirs.revoke(made.key.id), lambda: theirs.rotate(made.key.id, 0)):
        with pytest.raises(NotFound):
            attempt()
    assert record.api_keys.caller_for(made.token) == made.key
    assert theirs.page(None, 10) == ((), False)


def test_metrics_are_not_for_the_keys_of_other_tenants(record: DecisionStore) -> None:
    record.tenants.create("acme")
    assert record.api_keys.create("prometheus", [Scope.METRICS]).token
    with pytest.raises(ValueError, match="scope metrics"):
        record.for_tenant("acme").api_keys.create("prometheus", [Scope.METRICS])


def test_a_key_works_until_it_expires(url: str) -> None:
    now = [Instant.parse("2026-06-01T00:00:00Z")]
    record = open_store(url, now=lambda: now[0])
    expiry = Instant.parse("2026-06-02T00:00:00Z")
    made = record.api_keys.create("shop", [Scope.READ], expiry)
    now[0] = Instant(expiry - 1)
    assert record.api_keys.caller_for(made.token) == made.key
    now[0] = expiry
    assert record.api_keys.caller_for(made.token) is None
    with pytest.raises(ValueError, match="in the future"):
        record.api_keys.create("shop", [Scope.READ], expiry)
    with pytest.raises(NotFound):
        record.api_keys.rotate(made.key.id, 0)
    record.close()


def test_two_keys_overlap_while_one_replaces_the_other(url: str) -> None:
    """The caller stays the same: an idempotency key used with the old API key is recognised with the new one."""
    now = [Instant.parse("2026-06-01T00:00:00Z")]
    record = open_store(url, now=lambda: now[0])
    old = record.api_keys.create("shop", [Scope.READ, Scope.DECIDE])
    given = record.decide(a_claim(), idempotency_key="K", caller=old.key.identity)
    new = record.api_keys.rotate(old.key.id, 60)
    assert (new.key.name, new.key.scopes, new.key.identity) == (old.key.name, old.key.scopes, old.key.identity)
    assert new.key.id != old.key.id
    for token in (old.token, new.token):
        caller = record.api_keys.caller_for(token)
        assert caller is not None
        again = record.decide(a_claim(), idempotency_key="K", caller=caller.identity)
        assert (again.id, again.repeat) == (given.id, True)
    now[0] = Instant(now[0] + 60_000_000)
    assert record.api_keys.caller_for(old.token) is None
    assert record.api_keys.caller_for(new.token) is not None
    for overlap in (-1, 1e9):
        with pytest.raises(ValueError, match="overlap"):
            record.api_keys.rotate(new.key.id, overlap)
    record.api_keys.rotate(new.key.id, 0)
    assert record.api_keys.caller_for(new.token) is None
    record.close()


def test_a_rotation_does_not_extend_an_earlier_expiry(url: str) -> None:
    record = open_store(url, now=lambda: Instant.parse("2026-06-01T00:00:00Z"))
    soon = Instant.parse("2026-06-01T00:00:10Z")
    old = record.api_keys.create("shop", [Scope.READ], soon)
    new = record.api_keys.rotate(old.key.id, 60)
    assert {key.id: key.expires_at for key in record.api_keys.listed()} == {old.key.id: soon, new.key.id: None}
    record.close()


def test_the_last_use_of_a_key_never_goes_back(record: DecisionStore) -> None:
    record.tenants.create("acme")
    ids = [each.api_keys.create("shop", [Scope.READ]).key.id for each in (record, record.for_tenant("acme"))]
    late, early = Instant.parse("2026-06-02T00:00:00Z"), Instant.parse("2026-06-01T00:00:00Z")
    for at in (late, early):
        record.api_keys.note_uses(dict.fromkeys(ids, at))
    for each in (record, record.for_tenant("acme")):
        assert [key.last_used_at for key in each.api_keys.listed()] == [late]


def test_keys_are_listed_in_pages(record: DecisionStore) -> None:
    ids = sorted(record.api_keys.create(str(number), [Scope.READ]).key.id for number in range(3))
    first, more = record.api_keys.page(None, 2)
    assert ([key.id for key in first], more) == (ids[:2], True)
    rest, more = record.api_keys.page(ids[1], 2)
    assert ([key.id for key in rest], more) == (ids[2:], False)
