"""Signing in at the desk with an identity provider: its page, a code, and the token that the code is exchanged for."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest
from attrs import evolve
from playwright.sync_api import Page

from adjudicator import Instant
from adjudicator.desk import sign_in
from adjudicator.desk.app import create_app
from adjudicator.service.accesses import AccessLog
from adjudicator.service.paces import SHARE, Paces
from adjudicator.service.settings import Misconfigured, Settings, settings_from
from adjudicator.store import ApiKeys, Rates
from desk.browsing import in_browser, serving
from desk.desks import Desk, disputed
from desk.panels import LANGUAGES, PATIENCE_MS, findings_of_axe, overflow
from desk.signing import issuer_token
from desk.test_desk import say
from desk.test_tokens import problem

in_every_language = pytest.mark.parametrize("language", LANGUAGES)
CLIENT = "claims desk"
SECRET = "the secret of the client"


class _Page(BaseHTTPRequestHandler):
    """The identity provider: everybody who comes is Ann, and is sent back at once."""

    server: Provider

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.server.asked.append(asked)
        back = {"code": f"code-{len(self.server.asked)}", "state": asked["state"]} | self.server.changes
        self.send_response(302)
        self.send_header("Location", f"{asked['redirect_uri']}?{urlencode(back)}")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        given = {name: values[0] for name, values in parse_qs(body).items()}
        status, answer = self.server.exchange(given, self.headers.get("Authorization"))
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""


class Provider(ThreadingHTTPServer):
    """An identity provider. ``changes`` replace what it sends a browser back with, ``refuses`` is the status of its refusals."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.asked: list[dict[str, str]] = []
        self.used: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """As it is before each test."""
        self.changes: dict[str, str] = {}
        self.refuses = 0
        self.scope = "read rule"
        self.now = Instant.parse("2022-05-20T12:00:00+08:00")

    def exchange(self, given: dict[str, str], authorization: str | None) -> tuple[int, dict[str, Any]]:
        """A token for a code, once, for the client that asked for it and knows the verifier."""
        asked = self.asked[int(given["code"].partition("-")[2]) - 1]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        client = base64.b64encode(b"claims+desk:the+secret+of+the+client").decode()
        is_right = (
            given["code"] not in self.used
            and asked["code_challenge"] == challenge.decode()
            and asked["code_challenge_method"] == "S256"
            and asked["redirect_uri"] == given["redirect_uri"]
            and authorization == f"Basic {client}"
        )
        self.used.add(given["code"])
        if self.refuses or not is_right:
            return self.refuses or 400, {"error": "invalid_grant"}
        return 200, {"access_token": issuer_token(self.now, 1_800, self.scope), "token_type": "Bearer"}


@pytest.fixture(scope="session")
def provided() -> Iterator[Provider]:
    """The identity provider."""
    with Provider() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def provider(provided: Provider) -> Provider:
    """The identity provider, as it is before each test."""
    provided.begin()
    return provided


@pytest.fixture(scope="session")
def with_provider(
    served: Desk, panel_settings: Settings, provided: Provider, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """The same record, served with the identity provider."""
    secret = tmp_path_factory.mktemp("client") / "secret"
    secret.write_text(f"{SECRET}\n")
    there = f"http://127.0.0.1:{provided.server_port}"
    settings = evolve(
        panel_settings,
        desk_sign_in=f"{there}/authorize?audience=claims",
        desk_sign_in_token=f"{there}/token",
        desk_sign_in_client=CLIENT,
        desk_sign_in_secret=str(secret),
        desk_sign_in_scope="openid claims",
    )
    with (
        serving(create_app(settings, served.record)) as both,
        httpx.Client(base_url=both.url, timeout=30.0) as client,
    ):
        yield evolve(served, url=both.url, client=client)


def come(page: Page, desk: Desk, language: str = "en", view: str = "") -> None:
    """Go to the desk, and sign in with the provider."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto("about:blank")
    page.goto(f"{desk.url}/desk?lang={language}#{view}")
    page.click("[data-provider]")


@in_every_language
@in_browser
def test_one_click_signs_in_and_shows_what_was_asked_for(
    with_provider: Desk, provider: Provider, desk: Desk, page: Page, language: str
) -> None:
    (decision,) = desk.decisions(desk.order(disputed()))
    provider.now = desk.clock.now
    come(page, with_provider, language, f"view=case&decision={decision.id}")
    page.wait_for_selector(".ruled-on")
    assert page.evaluate("document.documentElement.lang") == language
    asked = provider.asked[-1]
    wanted = ("code", CLIENT, "openid claims", "claims", f"{with_provider.url}/desk", language)
    names = ("response_type", "client_id", "scope", "audience", "redirect_uri", "ui_locales")
    assert tuple(asked[name] for name in names) == wanted
    assert "code" not in page.url
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]


@in_every_language
@in_browser
def test_the_way_in_can_be_used_by_everybody(with_provider: Desk, page: Page, language: str) -> None:
    page.set_viewport_size({"width": 320, "height": 700})
    page.goto(f"{with_provider.url}/desk?lang={language}")
    assert page.inner_text("[data-provider]") == say("desk.sign_in_with", language)
    assert findings_of_axe(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize("changes", [{"state": "of-somebody-else"}, {"code": "code-1"}], ids=["state", "used code"])
@in_browser
def test_what_the_provider_did_not_send_this_tab_signs_nobody_in(
    with_provider: Desk, provider: Provider, page: Page, changes: dict[str, str]
) -> None:
    come(page, with_provider)
    page.wait_for_selector("[data-page]")
    provider.changes = changes
    for language in LANGUAGES:
        come(page, with_provider, language)
        page.wait_for_selector("#notice.bad")
        assert page.inner_text("#notice") == say("desk.message.not_signed_in", language)
        assert page.is_visible("#key")
        assert page.evaluate("sessionStorage.length") == 0


@in_browser
def test_a_link_with_a_code_signs_nobody_in(with_provider: Desk, page: Page) -> None:
    """A code of somebody else in an address would make a person work in another's name."""
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{with_provider.url}/desk?code=theirs&state=theirs")
    page.wait_for_selector("#notice.bad")
    assert page.inner_text("#notice") == say("desk.message.not_signed_in")


@in_browser
def test_an_answer_of_the_provider_signs_in_once(with_provider: Desk, provider: Provider, page: Page) -> None:
    """The state is known to one tab and forgotten with the first answer, so that the same address does nothing the second time."""
    answers: list[str] = []
    page.on("request", lambda request: answers.append(request.url) if "code=" in request.url else None)
    come(page, with_provider)
    page.wait_for_selector("[data-page]")
    states = [each["state"] for each in provider.asked[-2:]]
    assert len(states[-1]) >= 43
    assert len({*states}) == len(states)
    exchanges: list[str] = []
    page.on("request", lambda request: exchanges.append(request.url) if request.method == "POST" else None)
    page.goto(answers[0])
    page.wait_for_selector("#notice.bad")
    assert page.inner_text("#notice") == say("desk.message.not_signed_in")
    assert exchanges == []


@in_browser
def test_too_many_at_once_can_try_again(with_provider: Desk, page: Page) -> None:
    refused = {"type": "https://adjudicator.example/problems/too-many-requests"}
    for language in LANGUAGES:
        page.route("**/desk/sign-in*", lambda route: route.fulfill(status=429, json=refused))
        come(page, with_provider, language)
        page.wait_for_selector("#notice button")
        assert say("panel.message.busy", language) in page.inner_text("#notice")
        page.unroute("**/desk/sign-in*")
        page.click("#notice button")
        page.wait_for_selector("[data-page]")


@in_browser
def test_who_may_not_read_is_not_signed_in(with_provider: Desk, provider: Provider, page: Page) -> None:
    provider.scope = "openid"
    come(page, with_provider)
    page.wait_for_selector("#notice.bad")
    assert page.inner_text("#notice") == say("desk.message.other_order")


def exchanged(desk: Desk, client: str | None = None, **changes: Any) -> httpx.Response:
    """What the service answers to a code, with a proxy that says who the client is."""
    body = {"code": "code-1", "verifier": "v", "redirect": f"{desk.url}/desk"} | changes
    return desk.client.post("/desk/sign-in", json=body, headers={} if client is None else {"X-Forwarded-For": client})


def test_an_exchange_that_fails_says_so_and_no_more(
    with_provider: Desk, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.asked.append({"code_challenge": "", "code_challenge_method": "", "redirect_uri": ""})
    assert problem(exchanged(with_provider)) == (401, "unauthorized")
    provider.refuses = 500
    assert problem(exchanged(with_provider)) == (503, "unavailable")
    assert problem(exchanged(with_provider, code="")) == (422, "invalid")
    assert problem(exchanged(with_provider, code="c" * 4_097)) == (422, "invalid")
    monkeypatch.setattr(sign_in, "AT_ONCE", threading.BoundedSemaphore(1))
    with sign_in.AT_ONCE:
        assert problem(exchanged(with_provider)) == (503, "unavailable")


@pytest.fixture(autouse=True)
def at(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time by which calls are counted, none of which were made before: other tests have used the same service just now."""
    now = [1_000.0]
    paces = Paces(clock=lambda: now[0])
    monkeypatch.setattr(Paces, "take", lambda _, operation, client, take=Paces.take: take(paces, operation, client))
    return now


def test_a_flood_is_refused_before_anything_is_read_or_written(
    with_provider: Desk, at: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_of_the_record = list[str]()
    for owner, name in ((Rates, "take"), (ApiKeys, "callers_for"), (AccessLog, "add")):
        monkeypatch.setattr(owner, name, lambda *_, name=name, **__: asked_of_the_record.append(name))
    most = sign_in.PACE.at_once
    answers = [exchanged(with_provider, f"192.0.2.{each}", code="") for each in range(most + 1)]
    assert [each.status_code for each in answers] == [422] * most + [429]
    assert problem(answers[-1]) == (429, "too-many-requests")
    assert answers[-1].headers["Retry-After"] == "1"
    large = with_provider.client.post("/desk/sign-in", content=b"x" * 40_000)
    assert problem(large) == (429, "too-many-requests"), "the body is not even looked at"
    assert asked_of_the_record == []
    assert with_provider.client.get("/desk").status_code == 200, "the page is there meanwhile"
    at[0] += 1.0
    assert problem(with_provider.client.post("/desk/sign-in", json="x" * 40_000)) == (413, "too-large")
    assert [exchanged(with_provider, code="").status_code for _ in range(2)] == [422, 429]


@pytest.mark.parametrize("client", ["192.0.2.1", "203.0.113.9, 192.0.2.1", "2001:db8::{}"])
def test_one_client_cannot_keep_the_others_out(with_provider: Desk, client: str) -> None:
    """However many addresses a client claims for itself, or has in one IPv6 network."""
    answers = [exchanged(with_provider, client.format(each), code="").status_code for each in range(40)]
    assert answers == [422] * (sign_in.PACE.at_once // SHARE) + [429] * (40 - sign_in.PACE.at_once // SHARE)
    assert exchanged(with_provider, "198.51.100.7", code="").status_code == 422


def test_without_a_provider_there_is_no_such_way(desk: Desk) -> None:
    assert "data-provider" not in desk.client.get("/desk").text
    assert problem(exchanged(desk)) == (404, "not-found")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"desk_sign_in": "https://a.example/"}, "desk_sign_in, desk_sign_in_token, desk_sign_in_client: expected all"),
        ({"desk_sign_in": "http://a.example/"}, "--desk-sign-in: expected https"),
        ({"desk_sign_in_token": "token"}, "--desk-sign-in-token: expected https"),
        ({"desk_sign_in_token": "http://10.0.0.1/token"}, "--desk-sign-in-token: expected https"),
        ({"desk_sign_in_token": "http://localhost@a.example/"}, "--desk-sign-in-token: expected https"),
        ({"desk_sign_in_token": "https:///token"}, "--desk-sign-in-token: expected https"),
        ({"desk_sign_in": "http://localhost.a.example/"}, "--desk-sign-in: expected https"),
        (
            dict.fromkeys(("desk_sign_in", "desk_sign_in_token", "desk_sign_in_client"), "https://a.example/"),
            "desk_sign_in: expected oidc_issuer too",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(given: dict[str, str], said: str) -> None:
    with pytest.raises(Misconfigured, match=said):
        settings_from({"desk": True, "panel_key": "file", **given}, {})


def test_a_secret_must_be_there(served: Desk, panel_settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="desk_sign_in_secret"):
        create_app(evolve(panel_settings, desk_sign_in_secret=str(tmp_path / "none")), served.record)
