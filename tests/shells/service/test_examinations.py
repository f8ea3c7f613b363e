"""Evidence files over HTTP: readings go into the case, and no body harms the service."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import sys
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final, TypeAlias

import anyio
import httpx
import pytest
from attrs import evolve
from litestar.testing import TestClient

from adjudicator.evidence.process import Examiner
from adjudicator.evidence.sample import scenes
from adjudicator.service import examiner as lending
from adjudicator.service import forms
from adjudicator.service.app import create_app
from adjudicator.service.problems import Problem
from adjudicator.service.routes.examinations import examine
from adjudicator.service.settings import Settings
from adjudicator.store import DecisionStore, Scope
from evidence.conftest import order as order  # noqa: PLC0414 - a fixture
from evidence.made import BARCODE, SHOWS, archive, manifest, photo_of, plain, report, saved, trust

Send: TypeAlias = Callable[..., httpx.Response]

MEBIBYTE: Final = 2**20
PICTURE: Final = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)), "JPEG")
MANIFEST: Final = manifest({"files": ["label.jpg"], "stated": SHOWS})

pytestmark = pytest.mark.usefixtures("one_process")


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty SQLite database, because nothing here depends on the kind."""
    return f"sqlite:///{tmp_path}/record.db"


@pytest.fixture
def settings() -> Settings:
    """A service with small limits."""
    return Settings(requests_per_minute=None, max_examination_bytes=MEBIBYTE, max_body_bytes=100_000)


@pytest.fixture
def send(client: httpx.Client, order: dict[str, Any]) -> Send:
    """Send files by name with a manifest, and optionally other parts."""

    def sent(
        files: Mapping[str, bytes], texts: Mapping[str, bytes | None] | None = None, **query: str
    ) -> httpx.Response:
        given = {"order": json.dumps(order).encode(), "manifest": MANIFEST, **(texts or {})}
        parts: list[tuple[str, Any]] = [(name, (None, text)) for name, text in given.items() if text is not None]
        parts += [("files", (name, content)) for name, content in files.items()]
        return client.post("/v1/examinations", files=parts, params=query)

    return sent


def pointers(response: httpx.Response) -> list[str]:
    """The pointers of the faults in a form."""
    assert response.status_code == 422
    return [each["pointer"] for each in response.json()["errors"]]


def problem(response: httpx.Response) -> tuple[int, str]:
    """The status and name of a problem."""
    return response.status_code, response.json()["type"].rpartition("/")[2]


# Readings


def test_readings_go_into_the_case_and_the_case_is_decided(send: Send, client: httpx.Client) -> None:
    response = send({"label.jpg": PICTURE})
    assert response.status_code == 200
    (evidence,) = response.json()["case"]["evidence"]
    assert evidence["barcode"] == BARCODE
    assert evidence["files"] == [
        {"name": "label.jpg", "sha256": hashlib.sha256(PICTURE).hexdigest(), "media_type": "image/jpeg"}
    ]
    (item,) = response.json()["report"]["items"]
    assert [(each["field"], each["file"]) for each in item["facts"] if each["source"] == "read"] == [
        ("barcode", "label.jpg")
    ]
    decided = client.post("/v1/decisions", json=response.json()["case"])
    assert decided.status_code == 200


def test_one_archive_is_opened_and_may_bring_the_manifest(send: Send) -> None:
    response = send({"box.zip": archive({"label.jpg": PICTURE, "manifest.json": MANIFEST})}, {"manifest": None})
    assert [each["name"] for each in response.json()["report"]["files"]] == ["label.jpg"]
    assert response.json()["case"]["evidence"][0]["barcode"] == BARCODE


def test_a_persons_corrections_override_readings(send: Send) -> None:
    corrections = {"corrections": 1, "by": "agent 17", "items": [{"id": "B1", "fields": {"barcode": "4006381333931"}}]}
    response = send({"label.jpg": PICTURE}, {"corrections": json.dumps(corrections).encode()})
    assert response.json()["report"]["confirmed_by"] == "agent 17"
    assert response.json()["case"]["evidence"][0]["barcode"] == "4006381333931"


def test_names_in_chinese_arrive_as_they_are(send: Send) -> None:
    response = send({"开箱照片.jpg": PICTURE}, {"manifest": manifest({"files": ["开箱照片.jpg"], "stated": SHOWS})})
    assert response.json()["case"]["evidence"][0]["files"][0]["name"] == "开箱照片.jpg"


def codes(response: httpx.Response) -> dict[str, Any]:
    """The remarks on the piece of evidence, by code."""
    (item,) = response.json()["report"]["items"]
    return {each["code"]: each["params"] for each in item["remarks"]}


def test_a_picture_used_by_another_claim_gets_a_remark(
    send: Send, client: httpx.Client, record: DecisionStore, order: dict[str, Any]
) -> None:
    """The same file, and the picture saved again, in an order of another buyer and in one of the same."""
    given = send({"label.jpg": PICTURE}).json()["case"]
    assert client.post("/v1/decisions", json=given).status_code == 200
    assert codes(send({"label.jpg": PICTURE})) == {}  # the claim itself, which can be decided again
    again = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)).resize((600, 450)), "JPEG", quality=60)
    of_another = {**order, "order": {**order["order"], "id": "O-2", "buyer_id": "somebody else"}}
    of_the_same = {**order, "order": {**order["order"], "id": "O-3"}}
    known = {"order": given["order"]["id"], "claim": given["claim"]["id"], "evidence": "B1"}

    def remarks(content: bytes, changed: dict[str, Any]) -> dict[str, Any]:
        found = codes(send({"label.jpg": content}, {"order": json.dumps(changed).encode()}))
        return {code: {name: params[name] for name in known} for code, params in found.items()}

    assert remarks(PICTURE, of_another) == {"file_of_another_buyer": known}
    assert remarks(again, of_another) == {"alike_of_another_buyer": known}
    assert remarks(PICTURE, of_the_same) == {"file_on_record": known}
    assert remarks(again, of_the_same) == {"alike_on_record": known}
    record.erase(order_id=given["order"]["id"], reason="asked for")
    assert remarks(PICTURE, of_another) == remarks(again, of_another) == {}


# Forms that are refused


def test_every_part_that_is_missing_or_wrong_is_named(send: Send) -> None:
    files = {"label.jpg": PICTURE}
    assert pointers(send(files, {"order": None})) == ["order#"]
    assert pointers(send(files, {"manifest": None})) == ["manifest#"]
    assert pointers(send({})) == ["files#"]
    assert pointers(send(files, {"trust": trust()})) == [""]
    assert "order#/claim" in pointers(send(files, {"order": b"{}"}))
    assert "manifest#/items/0/files/0" in pointers(send({"other.jpg": PICTURE}))


@pytest.mark.parametrize("name", ["../label.jpg", "a/label.jpg", "a\\label.jpg", "..", "", "a\tb.jpg", "长" * 67])
def test_a_file_name_with_a_path_is_refused(client: httpx.Client, name: str) -> None:
    head = f'--b\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'
    response = client.post("/v1/examinations", content=head.encode() + b"x\r\n--b--\r\n", headers=boundary("b"))
    assert pointers(response) == ["files#"]


def test_a_file_name_in_gbk_is_refused_in_words(client: httpx.Client) -> None:
    head = '--b\r\nContent-Disposition: form-data; name="files"; filename="运单.jpg"\r\n\r\n'.encode("gbk")
    response = client.post("/v1/examinations", content=head + b"x\r\n--b--\r\n", headers=boundary("b"))
    assert (response.status_code, response.json()["detail"]) == (400, forms.NOT_UTF_8)


def test_a_name_and_a_text_come_only_once(client: httpx.Client) -> None:
    twice = [("files", ("a.jpg", b"1")), ("files", ("a.jpg", b"2"))]
    assert pointers(client.post("/v1/examinations", files=twice)) == ["files#"]
    orders: list[tuple[str, Any]] = [("order", (None, b"1")), ("order", (None, b"2"))]
    assert pointers(client.post("/v1/examinations", files=orders)) == ["order#"]


def boundary(text: str) -> dict[str, str]:
    """The header of a form."""
    return {"Content-Type": f"multipart/form-data; boundary={text}"}


@pytest.mark.parametrize(
    ("headers", "content", "expected"),
    [
        ({"Content-Type": "application/json"}, b"{}", (415, "unsupported-media-type")),
        ({"Content-Type": "multipart/form-data"}, b"--b--", (415, "unsupported-media-type")),
        ({**boundary("b"), "Content-Encoding": "gzip"}, b"--b--", (415, "unsupported-media-type")),
        (boundary("b"), b"", (400, "malformed")),
        (boundary("b"), b"nothing of a form", (400, "malformed")),
        (boundary("b"), b'--b\r\nContent-Disposition: form-data; name="order"\r\n\r\n{', (400, "malformed")),
        (boundary("b"), b"--b\r\nnot a header\r\n\r\n", (400, "malformed")),
        (boundary("b"), b"--b\r\nA: " + b"x" * 10_000, (413, "too-large")),
        (boundary("b"), b"--b\r\n" + b"A: x\r\n" * 100, (413, "too-large")),
    ],
)
def test_a_body_that_is_not_a_form_is_refused(
    client: httpx.Client, headers: dict[str, str], content: bytes, expected: tuple[int, str]
) -> None:
    assert problem(client.post("/v1/examinations", content=content, headers=headers)) == expected


def test_a_form_has_a_bounded_number_of_bytes_and_files(send: Send, client: httpx.Client) -> None:
    assert problem(send({"a.jpg": bytes(MEBIBYTE // 2 + 1), "b.jpg": bytes(MEBIBYTE // 2)})) == (413, "too-large")
    assert problem(send({"a.jpg": bytes(5 * MEBIBYTE)})) == (413, "too-large")
    assert problem(send({"a.jpg": PICTURE}, {"manifest": bytes(100_001)})) == (413, "too-large")
    assert problem(send({f"{number}.jpg": b"x" for number in range(204)})) == (413, "too-large")
    endless = (b"-" * 65_536 for _ in range(10_000))
    response = client.post("/v1/examinations", content=endless, headers=boundary("b"))
    assert response.status_code in (400, 413)
    assert next(endless, None) is not None or response.status_code == 413


def test_an_archive_that_unpacks_to_more_than_the_limit_is_reported_and_not_read(send: Send) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("label.jpg", bytes(50 * MEBIBYTE))
    response = send({"box.zip": bomb.getvalue()})
    assert response.status_code == 200
    assert [each["code"] for each in response.json()["report"]["problems"]] == ["too_large_member"]
    assert response.json()["report"]["files"] == []
    assert not response.json()["case"]["evidence"][0].get("files")


def test_a_hostile_file_is_a_line_of_the_report(send: Send) -> None:
    response = send({"label.jpg": PICTURE[:2000]})
    (file,) = response.json()["report"]["files"]
    assert file["reading"]["problems"]
    assert response.json()["case"]["evidence"][0].get("barcode") is None


# Time limits, and one form at a time


class _Nobody:
    """A caller who sends the start of a form, and then nothing."""

    def __init__(self) -> None:
        self._sent = False

    async def receive(self) -> Any:
        """The next message."""
        if self._sent:
            await anyio.sleep_forever()
        self._sent = True
        head = b'--b\r\nContent-Disposition: form-data; name="files"; filename="slow.jpg"\r\n\r\nabc'
        return {"type": "http.request", "body": head, "more_body": True}


def test_a_body_that_does_not_arrive_in_time_is_dropped_completely(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    call: Any = _Call(evolve(settings, examination_seconds=0.1))
    made = forms.Forms()
    headers = {"content-type": "multipart/form-data; boundary=b"}
    with pytest.raises(Problem, match=r"within 0\.1 seconds") as raised:
        anyio.run(made.run, examine, call, _Nobody().receive, headers)
    assert raised.value.type.status == 408
    assert [*tmp_path.iterdir()] == []
    for _ in range(forms.MOST_FORMS):  # every slot is free again
        with pytest.raises(Problem, match="did not arrive"):
            anyio.run(made.run, examine, call, _Nobody().receive, headers)


class _Call:
    """The parts of a call that receiving a form needs."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings


def test_no_more_than_a_few_forms_are_received_at_once(settings: Settings) -> None:
    made, refused = forms.Forms(), []
    call: Any = _Call(evolve(settings, examination_seconds=0.3))

    async def sent() -> None:
        try:
            await made.run(examine, call, _Nobody().receive, {"content-type": "multipart/form-data; boundary=b"})
        except Problem as error:
            refused.append(error)

    async def all_sent() -> None:
        async with anyio.create_task_group() as tasks:
            for _ in range(forms.MOST_FORMS + 1):
                tasks.start_soon(sent)

    anyio.run(all_sent)
    assert [each.type.name for each in refused] == ["busy", *["request-timeout"] * forms.MOST_FORMS]
    assert refused[0].headers["Retry-After"] == "10"


def test_a_caller_that_waits_too_long_learns_when_to_retry(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "WAIT", 0.05)
    busy: list[lending.SharedExaminer] = []
    borrowed = lending.SharedExaminer.borrowed

    def noted(self: lending.SharedExaminer) -> AbstractContextManager[Examiner]:
        busy.append(self)
        return borrowed(self)

    monkeypatch.setattr(lending.SharedExaminer, "borrowed", noted)
    assert send({"label.jpg": PICTURE}).status_code == 200
    with borrowed(busy[0]):
        response = send({"label.jpg": PICTURE})
    assert problem(response) == (503, "busy")
    assert response.headers["Retry-After"]
    assert send({"label.jpg": PICTURE}).status_code == 200


def test_a_process_that_ended_is_started_again(send: Send, one_process: Examiner) -> None:
    assert send({"label.jpg": PICTURE}).status_code == 200
    one_process.close()
    assert send({"label.jpg": PICTURE}).json()["case"]["evidence"][0]["barcode"] == BARCODE


# Permissions, and what remains


def test_without_the_extra_the_problem_names_it_before_a_byte_is_read(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "adjudicator.evidence")
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    response = client.post("/v1/examinations", content=b"anything", headers=boundary("b"))
    assert problem(response) == (501, "cannot-examine")
    assert "claim-adjudicator[evidence]" in response.json()["detail"]


def test_an_examination_needs_the_scope_to_decide_and_a_policy_of_the_tenant(
    send: Send, client: httpx.Client, record: DecisionStore
) -> None:
    client.headers["Authorization"] = f"Bearer {record.api_keys.create('reader', [Scope.READ]).token}"
    assert problem(send({"label.jpg": PICTURE})) == (403, "forbidden")
    record.tenants.create("acme", policies=["pinduoduo"])
    token = record.for_tenant("acme").api_keys.create("shop", [Scope.DECIDE]).token
    client.headers["Authorization"] = f"Bearer {token}"
    assert pointers(send({"label.jpg": PICTURE})) == ["order#/policy"]


def test_files_are_kept_by_their_digest_and_signers_are_trusted_as_the_service_is_set_up(
    settings: Settings, record: DecisionStore, token: str, order: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "trust.json").write_bytes(trust())
    kept = tmp_path / "kept"
    chosen = evolve(settings, evidence_files=str(kept), evidence_trust=str(tmp_path / "trust.json"))
    stated = {"kind": "appraisal_report", "files": ["report.pdf"], "stated": {"conclusion": "counterfeit"}}
    parts: list[tuple[str, Any]] = [
        ("order", (None, json.dumps(order))),
        ("manifest", (None, manifest(stated))),
        ("files", ("report.pdf", report())),
        ("files", ("unnamed.png", saved(plain(), "PNG"))),
    ]
    with TestClient(create_app(chosen, record)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        (item,) = client.post("/v1/examinations", files=parts).json()["report"]["items"]
    assert {"verification", "verified_by"} <= {each["field"] for each in item["facts"]}
    sha256 = hashlib.sha256(report()).hexdigest()
    assert sorted(each.name for each in kept.glob("*/*")) == [sha256, f"{sha256}.reading.json"]


def test_a_trust_list_at_fault_is_no_fault_of_the_caller(
    settings: Settings, record: DecisionStore, token: str, order: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "trust.json").write_text('{"signers": [{"name": "Secret & Co."}]}')
    parts: list[tuple[str, Any]] = [
        ("order", (None, json.dumps(order))),
        ("manifest", (None, MANIFEST)),
        ("files", ("label.jpg", PICTURE)),
    ]
    with TestClient(create_app(evolve(settings, evidence_trust=str(tmp_path / "trust.json")), record)) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        response = client.post("/v1/examinations", files=parts)
    assert problem(response) == (500, "internal")
    assert "Secret" not in response.text


def test_nothing_of_the_files_stays_on_disk_or_in_the_log(
    send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    with caplog.at_level(logging.DEBUG):
        assert send({"label.jpg": PICTURE}).status_code == 200
        assert send({"buyer-7.jpg": PICTURE}, {"manifest": b"{"}).status_code in (400, 422)
    assert [*(tmp_path / "temporary").iterdir()] == []
    assert "label.jpg" not in caplog.text
    assert "buyer-7" not in caplog.text
