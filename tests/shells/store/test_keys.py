"""API keys: shown once, kept as a digest, good until they are revoked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from adjudicator.store import DecisionStore, NotFound, Scope
from adjudicator.store.tables import API_KEYS


def test_a_token_leads_to_its_key_until_it_is_revoked(record: DecisionStore) -> None:
    made = record.api_keys.create("shop", [Scope.PAY, Scope.READ])
    assert record.api_keys.caller_for(made.token) == made.key
    record.api_keys.revoke(made.key.id)
    assert record.api_keys.caller_for(made.token) is None
    (listed,) = record.api_keys.listed()
    assert listed.revoked_at is not None
    record.api_keys.revoke(made.key.id)
    assert record.api_keys.listed() == (listed,)


def test_what_is_kept_of_a_token_is_no_token(record: DecisionStore) -> None:
    made = record.api_keys.create("shop", [Scope.ADMIN])
    with record.engine.connect() as connection:
        kept = repr([tuple(row) for row in connection.execute(sa.select(API_KEYS))])
    assert made.token not in kept
    assert made.token.rpartition("_")[2] not in kept
    assert made.token not in repr(made)


def test_only_the_token_itself_is_good(record: DecisionStore) -> None:
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
