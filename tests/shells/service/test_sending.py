"""Sending a delivery: signed by the Standard Webhooks specification, and never to an internal address."""

from __future__ import annotations

import datetime as dt
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook, WebhookVerificationError

from adjudicator import Instant
from adjudicator.service.webhooks import sending
from adjudicator.service.webhooks.addresses import Reach, check_url, is_allowed
from adjudicator.service.webhooks.sending import Sender, Sent
from adjudicator.service.webhooks.signing import signature_headers
from adjudicator.store.deliveries import SECOND
from adjudicator.store.webhooks import new_secret
from service.receiving import Receiver, receiver

BODY = '{"type":"decision.recorded","text":"例"}'.encode()


@pytest.fixture
def receiving() -> Iterator[Receiver]:
    with receiver() as running:
        yield running


def now() -> Instant:
    return Instant.at(dt.datetime.now(dt.UTC))


def send(url: str, secrets: Iterable[str] = (), reach: Reach = Reach.LOOPBACK) -> Sent:
    async def once() -> Sent:
        async with Sender(reach) as sender:
            return await sender.send(url, "an-id", BODY, secrets, now())

    return anyio.run(once)


def test_a_delivery_is_verified_by_the_public_library_with_either_secret(receiving: Receiver) -> None:
    new, old, other = new_secret(), new_secret(), new_secret()
    assert send(receiving.url, (new, old)).outcome.failure is None
    (received,) = receiving.received
    assert received.body == BODY
    for secret in (new, old):
        Webhook(secret).verify(received.body, dict(received.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(other).verify(received.body, dict(received.headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(new).verify(received.body + b" ", dict(received.headers))


def test_a_signature_is_of_its_time() -> None:
    secret = new_secret()
    long_ago = Instant(int(now()) - 3600 * SECOND)
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(BODY, signature_headers("an-id", long_ago, BODY, (secret,)))
    ours = signature_headers("an-id", now(), BODY, (secret,))
    theirs = Webhook(secret).sign(
        "an-id", dt.datetime.fromtimestamp(int(ours["webhook-timestamp"]), dt.UTC), BODY.decode()
    )
    assert ours["webhook-signature"] == theirs


@pytest.mark.parametrize(
    ("status", "headers", "failure", "wait", "gone"),
    [
        (200, {}, None, None, False),
        (299, {}, None, None, False),
        (302, {"Location": "http://127.0.0.1:1/"}, "status 302", None, False),
        (404, {}, "status 404", None, False),
        (410, {}, "status 410", None, True),
        (429, {"Retry-After": "120"}, "status 429", 120 * SECOND, False),
        (503, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, "status 503", None, False),
        (503, {"Retry-After": "9" * 50}, "status 503", None, False),
        (500, {"Retry-After": "120"}, "status 500", None, False),
    ],
)
def test_the_status_decides_the_result_of_a_delivery(
    receiving: Receiver, status: int, headers: dict[str, str], failure: str | None, wait: int | None, gone: bool
) -> None:
    receiving.answer = lambda _: (status, headers, b"whatever")
    sent = send(receiving.url)
    assert (sent.status, sent.outcome.failure, sent.outcome.wait, sent.outcome.gone) == (status, failure, wait, gone)
    assert len(receiving.received) == 1


def test_slow_and_endless_answers_are_failures(receiving: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "ATTEMPT_SECONDS", 0.3)
    receiving.answer = lambda _: (time.sleep(2), (200, {}, b""))[1]  # type: ignore[func-returns-value]
    assert send(receiving.url).outcome.failure == "no answer within 0.3 seconds"
    monkeypatch.setattr(sending, "ATTEMPT_SECONDS", 15.0)
    receiving.answer = lambda _: (200, {}, b"x" * 50_000_000)
    started = time.monotonic()
    assert send(receiving.url).outcome.failure is None
    assert time.monotonic() - started < 5


def test_an_unreachable_receiver_is_a_failure_with_only_its_type() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        sent = send(f"http://127.0.0.1:{unused.getsockname()[1]}/")
    assert sent.outcome.failure is not None
    assert sent.outcome.failure.startswith("no answer: ")
    assert sent.status is None


# Permitted addresses

PUBLIC = ["93.184.216.34", "1.1.1.1", "2606:4700:4700::1111", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
PRIVATE = [
    "10.0.0.1",
    "172.16.9.9",
    "172.31.255.255",
    "192.168.1.1",
    "fd12:3456::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
]
LOOPBACK = ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"]
NEVER = [
    *("169.254.169.254", "fe80::1", "fe80::1%eth0", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe"),
    *("100.100.100.200", "100.64.0.1", "192.0.0.192", "fd00:ec2::254", "fd20:ce::254"),
    *("0.0.0.0", "::", "224.0.0.1", "ff02::1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1"),
    *("::127.0.0.1", "2002:7f00:1::", "2001::1", "64:ff9b:1::1", "fec0::1"),
]


@pytest.mark.parametrize(
    ("addresses", "allowed"),
    [
        (PUBLIC, set(Reach)),
        (PRIVATE, {Reach.PRIVATE}),
        (LOOPBACK, {Reach.LOOPBACK}),
        (NEVER, set()),
    ],
    ids=["public", "private", "loopback", "never"],
)
def test_an_address_is_allowed_by_the_setting_that_names_its_kind(addresses: list[str], allowed: set[Reach]) -> None:
    for text in addresses:
        address = ipaddress.ip_address(text)
        assert {reach for reach in Reach if is_allowed(address, reach)} == allowed, text


@pytest.mark.parametrize(
    "url",
    [
        *(
            "http://claims.example/",
            "ftp://claims.example/",
            "claims.example",
            "https://",
            "https:///x",
            "//claims.example",
        ),
        *("https://user@claims.example/", "https://user:secret@claims.example/", "https://claims.example/#x"),
        *(
            "https://claims.example:0/",
            "https://claims.example:99999/",
            "https://claims.example/\n",
            "https://exa mple/",
        ),
        *("https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://169.254.169.254/latest/meta-data"),
        *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://0/"),
        *(
            "https://[::ffff:127.0.0.1]/",
            "https://[64:ff9b::7f00:1]/",
            "https://claims.example\\@127.0.0.1/",
            "https://例.example/",
        ),
    ],
)
def test_an_address_that_cannot_be_delivered_to_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        check_url(url, Reach.PUBLIC)


def test_a_plain_address_is_taken_and_http_only_where_that_is_allowed() -> None:
    check_url("https://claims.example:8443/hooks?x=1", Reach.PUBLIC)
    for reach in (Reach.PRIVATE, Reach.LOOPBACK):
        check_url("http://claims.example/hooks", reach)
    check_url("http://127.0.0.1:8080/hooks", Reach.LOOPBACK)
    check_url("http://10.0.0.1/hooks", Reach.PRIVATE)


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Make names resolve to addresses, to the next ones each time. Returns the addresses looked up and connected to."""
    asked: list[str] = []
    left = list(answers)

    async def look_up(host: str, port: int, **_: Any) -> list[Any]:
        asked.append(host)
        addresses = left.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("adjudicator.service.webhooks.addresses.anyio.getaddrinfo", look_up)
    return asked


@pytest.mark.parametrize("found", [["127.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_resolves_to_an_internal_address_is_not_used(
    receiving: Receiver, monkeypatch: pytest.MonkeyPatch, found: list[str]
) -> None:
    resolving(monkeypatch, found)
    sent = send(f"https://claims.example:{receiving.port}/", reach=Reach.PUBLIC)
    assert sent.outcome.failure == "an address that the service does not connect to"
    assert receiving.received == []


def test_the_connection_goes_to_the_address_that_was_checked(
    receiving: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second lookup of the name could give another address."""
    asked = resolving(monkeypatch, ["127.0.0.1"])
    connected: list[str] = []
    from httpcore import AnyIOBackend

    original = AnyIOBackend.connect_tcp

    async def connect(backend: AnyIOBackend, host: str, *arguments: Any, **named: Any) -> Any:
        connected.append(host)
        return await original(backend, host, *arguments, **named)

    monkeypatch.setattr(AnyIOBackend, "connect_tcp", connect)
    sent = send(f"http://claims.example:{receiving.port}/hooks")
    assert sent.outcome.failure is None
    assert (asked, connected) == (["claims.example"], ["127.0.0.1"])
    assert receiving.received[0].headers["host"] == f"claims.example:{receiving.port}"


def test_an_address_is_checked_again_for_each_connection(receiving: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    receiving.answer = lambda _: (200, {"Connection": "close"}, b"")
    resolving(monkeypatch, ["127.0.0.1"], ["10.0.0.1"])

    async def twice() -> list[Sent]:
        async with Sender(Reach.LOOPBACK) as sender:
            once = partial(sender.send, f"http://claims.example:{receiving.port}/", "an-id", BODY, (), now())
            return [await once(), await once()]

    first, second = anyio.run(twice)
    assert first.outcome.failure is None
    assert second.outcome.failure == "an address that the service does not connect to"


def certificate_of(name: str, folder: Path) -> Path:
    """A file with a certificate for a name, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    day = dt.timedelta(days=1)
    at = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), 1, at - day, at + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file = folder / "certificate.pem"
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + key.private_bytes(*form))
    return file


def test_the_certificate_must_match_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = certificate_of("claims.example", tmp_path)
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(file)
    resolving(monkeypatch, ["127.0.0.1"], ["127.0.0.1"], ["127.0.0.1"])

    async def attempt(name: str, port: int, trusted: ssl.SSLContext | None) -> str | None:
        async with Sender(Reach.LOOPBACK, trusted) as sender:
            return (await sender.send(f"https://{name}:{port}/", "an-id", BODY, (), now())).outcome.failure

    with receiver(own) as receiving:
        trusting = ssl.create_default_context(cafile=str(file))
        assert anyio.run(attempt, "claims.example", receiving.port, trusting) is None
        for name, trusted in (("other.example", trusting), ("claims.example", None)):
            failure = anyio.run(attempt, name, receiving.port, trusted)
            assert failure == "no answer: SSLCertVerificationError"
        assert len(receiving.received) == 1


def test_an_existing_webhook_is_checked_against_the_current_setting() -> None:
    for url in ("http://claims.example/", "https://127.0.0.1/"):
        assert send(url, reach=Reach.PUBLIC).outcome.failure == "an address that the service does not connect to"
