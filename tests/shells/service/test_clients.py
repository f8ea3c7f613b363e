"""Who a client is, directly or behind proxies, and how often it may call what needs no key."""

from __future__ import annotations

import pytest
from attrs import evolve

from adjudicator.desk.sign_in import exchange_code
from adjudicator.service.clients import client_network, networks, peer_and_forwarded
from adjudicator.service.operations import Pace
from adjudicator.service.paces import Paces
from adjudicator.service.problems import Problem
from adjudicator.service.settings import Misconfigured, settings_from

PROXIES = networks("127.0.0.1, 10.0.0.0/8, ::1")


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7/32"),
        ("198.51.100.7", "192.0.2.1", "198.51.100.7/32"),
        ("127.0.0.1", "192.0.2.1", "192.0.2.1/32"),
        ("10.1.2.3", "192.0.2.1, 10.9.9.9", "192.0.2.1/32"),
        ("10.1.2.3", "203.0.113.9, 192.0.2.1", "192.0.2.1/32"),
        ("::1", "2001:db8:0:1:2::3", "2001:db8:0:1::/64"),
        ("::ffff:127.0.0.1", "192.0.2.1", "192.0.2.1/32"),
        ("127.0.0.1", "", "127.0.0.1/32"),
        ("127.0.0.1", "192.0.2.1, <script>", "127.0.0.1/32"),
        ("127.0.0.1", "192.0.2.1, ", "127.0.0.1/32"),
        ("127.0.0.1", "192.0.2.1:5678", "192.0.2.1/32"),
        ("127.0.0.1", "[2001:db8:0:1:2::3]:443", "2001:db8:0:1::/64"),
        ("127.0.0.1", "[2001:db8:0:1:2::3]", "2001:db8:0:1::/64"),
        ("127.0.0.1", "[::ffff:192.0.2.1]:80", "192.0.2.1/32"),
        ("127.0.0.1", "203.0.113.9, 192.0.2.1:1, 10.9.9.9:65535", "192.0.2.1/32"),
        ("127.0.0.1", "192.0.2.1, 10.9.9.9:http", "127.0.0.1/32"),
        ("127.0.0.1", "192.0.2.1:", "127.0.0.1/32"),
        ("127.0.0.1", "192.0.2.1:123456", "127.0.0.1/32"),
        ("127.0.0.1", "192.0.2:80", "127.0.0.1/32"),
        ("127.0.0.1", "[192.0.2.1]:80", "192.0.2.1/32"),
        ("127.0.0.1", "[2001:db8::1]443", "127.0.0.1/32"),
        ("127.0.0.1", "[2001:db8::1", "127.0.0.1/32"),
        ("127.0.0.1", "unknown, _hidden", "127.0.0.1/32"),
        ("10.1.2.3", "unknown, 10.9.9.9:80", "10.9.9.9/32"),
        (None, "192.0.2.1", "unknown"),
        ("a socket", "192.0.2.1", "unknown"),
    ],
)
def test_only_a_trusted_proxy_says_who_the_client_is(peer: str | None, forwarded: str, client: str) -> None:
    assert client_network(peer, forwarded, PROXIES) == client


@pytest.mark.parametrize("client", [("127.0.0.1", 5678), None])
def test_what_a_proxy_adds_as_a_line_of_its_own_counts(client: tuple[str, int] | None) -> None:
    """It comes after the lines that it was sent."""
    lines = [(b"X-Forwarded-For", b"203.0.113.9"), (b"host", b"x"), (b"x-forwarded-for", b"192.0.2.1")]
    found = client_network(*peer_and_forwarded({"client": client, "headers": lines}), PROXIES)
    assert found == ("unknown" if client is None else "192.0.2.1/32")


@pytest.mark.parametrize("value", ["proxy.example", "10.0.0.1/8", "10.0.0.0/8,", "*"])
def test_what_is_no_address_is_refused_as_a_proxy(value: str) -> None:
    with pytest.raises(Misconfigured, match="--trusted-proxies: expected addresses"):
        settings_from({"trusted_proxies": value}, {})


def test_a_client_has_a_share_of_the_calls_and_gets_it_again() -> None:
    now = [0.0]
    operation = evolve(exchange_code, pace=Pace(at_once=9, per_second=3.0))
    paces = Paces(clock=lambda: now[0])
    for _ in range(3):
        paces.take(operation, "a")
    with pytest.raises(Problem) as refused:
        paces.take(operation, "a")
    assert refused.value.headers["Retry-After"] == "1"
    paces.take(operation, "b")
    now[0] += 1.0
    paces.take(operation, "a")
