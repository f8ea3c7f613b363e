"""The peers of the benchmark decide the same claims with the same result."""

from __future__ import annotations

import pytest
from attrs import evolve

from benchmarks import peers
from benchmarks.__main__ import AUTHENTICITY, generated


def test_peers_decide_settled_claims_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that decides a claim differently is not comparable."""
    claims = peers.peer_claims(generated(AUTHENTICITY, 120))
    assert {claim.granted for claim in claims} == {True, False}
    monkeypatch.setattr(peers, "PEERS", {"plain": peers.plain_functions})
    assert [*peers.contenders(claims)] == [peers.GATHERED, "plain", peers.READ, peers.OURS]
    with pytest.raises(AssertionError, match="decides 1 claims otherwise"):
        peers.contenders([evolve(claims[0], granted=not claims[0].granted), *claims[1:]])
    monkeypatch.setattr(
        peers, "PEERS", {"silent": lambda: lambda facts: peers.plain_functions()(facts)._replace(failed=())}
    )
    denied = sum(not claim.granted for claim in claims)
    with pytest.raises(AssertionError, match=f"silent decides {denied} claims otherwise"):
        peers.contenders(claims)
