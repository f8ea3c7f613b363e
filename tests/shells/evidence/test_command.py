"""The command ``adjudicator examine``: a bundle in, a case on standard output, a report on standard error or in a file."""

from __future__ import annotations

import io
import json
import shlex
import sys
from pathlib import Path
from typing import Any

import html5lib
import pytest

from adjudicator.cli import main
from adjudicator.evidence.files import FolderStore
from adjudicator.evidence.sample import scenes
from adjudicator.store import open_store
from evidence.made import BARCODE, SHOWS, archive, manifest, photo_of, saved

Captured = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundles to try."""
    folder = tmp_path_factory.mktemp("sample") / "sample"
    assert main(["examine", "--sample", str(folder)]) == 0
    return folder


@pytest.fixture
def box(order: dict[str, Any], tmp_path: Path) -> tuple[Path, Path]:
    """A zip archive with a picture, and a case."""
    picture = saved(photo_of(scenes.code(BARCODE, scenes.EAN13)), "JPEG")
    (tmp_path / "box.zip").write_bytes(
        archive({"a.jpg": picture, "manifest.json": manifest({"files": ["a.jpg"], "stated": SHOWS}), "b.txt": b"hello"})
    )
    (tmp_path / "case.json").write_text(json.dumps(order), encoding="utf-8")
    return tmp_path / "box.zip", tmp_path / "case.json"


def decided(case: str, monkeypatch: pytest.MonkeyPatch, capsys: Captured) -> dict[str, Any]:
    """The decision of the next command in the pipe."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(case.encode())))
    assert main(["decide", "-", "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_an_archive_of_files_becomes_a_decision_that_cites_them(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    folder = sample / "damaged"
    assert main(["examine", str(folder / "files"), "--order", str(folder / "case.json"), "--locale", "en"]) == 0
    out, report = capsys.readouterr()
    decision = decided(out, monkeypatch, capsys)
    assert (decision["outcome"], decision["total"]) == ("approved", 41350)
    cited = {each for finding in decision["findings"] for each in finding["evidence"]}
    assert "E1" in cited
    assert "E3" not in cited
    assert "barcode: 5010327000176 (read in close-up.jpg with zxing-cpp" in report
    assert "drawn.png says of itself that it was generated." in report
    assert "again.jpg looks almost like close-up.jpg" in report


@pytest.mark.usefixtures("shared")
def test_the_commands_named_with_the_sample_decide_its_cases(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["examine", "--sample", "to try", "--locale", "en"]) == 0
    first, *commands = capsys.readouterr().out.splitlines()
    assert first == "Written to to try: two bundles to try. Next:"
    outcomes = []
    for command in commands:
        examine, decide = command.split(" | ")
        assert decide == "adjudicator decide -"
        assert main(shlex.split(examine)[1:]) == 0
        outcomes.append(decided(capsys.readouterr().out, monkeypatch, capsys)["outcome"])
    assert outcomes == ["approved", "partially_approved"]


@pytest.mark.usefixtures("shared")
def test_a_signed_report_becomes_a_decision_and_two_forged_ones_do_not(
    sample: Path, monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    folder = sample / "counterfeit"
    options = ["--order", str(folder / "case.json"), "--trust", str(folder / "trust.json"), "--json"]
    assert main(["examine", str(folder / "files"), *options]) == 0
    out, err = capsys.readouterr()
    decision = decided(out, monkeypatch, capsys)
    assert (decision["outcome"], decision["total"]) == ("partially_approved", 652400)
    assert {each for finding in decision["findings"] for each in finding["evidence"]} == {"E1"}
    remarks = {item["id"]: [each["code"] for each in item["remarks"]] for item in json.loads(err)["items"]}
    assert remarks == {"E1": [], "E2": ["signature_broken"], "E3": ["signature_not_whole"]}


@pytest.mark.usefixtures("shared")
def test_evidence_files_are_stored_before_the_case_is_printed(
    box: tuple[Path, Path], tmp_path: Path, capsys: Captured
) -> None:
    """Except files that the manifest does not name."""
    bundle, case = box
    assert main(["examine", str(bundle), "--order", str(case), "--keep", str(tmp_path / "kept")]) == 0
    (file,) = json.loads(capsys.readouterr().out)["evidence"][0]["files"]
    assert [*FolderStore(tmp_path / "kept").digests()] == [file["sha256"]]


def test_a_bundle_that_is_not_there_is_an_error_of_the_input(
    box: tuple[Path, Path], tmp_path: Path, capsys: Captured
) -> None:
    assert main(["examine", str(tmp_path / "nofolder"), "--order", str(box[1])]) == 2
    assert "nofolder: No such file or directory" in capsys.readouterr().err


def test_the_sample_overwrites_nothing(sample: Path, capsys: Captured) -> None:
    assert main(["examine", "--sample", str(sample)]) == 1
    assert "File exists" in capsys.readouterr().err


@pytest.mark.usefixtures("shared")
def test_the_same_archive_gives_the_same_case_and_report(box: tuple[Path, Path], capsys: Captured) -> None:
    bundle, case = box
    found = []
    for _ in range(2):
        assert main(["examine", str(bundle), "--order", str(case), "--json"]) == 0
        found.append(capsys.readouterr())
    assert found[0] == found[1]
    report = json.loads(found[0].err)
    assert [(each["name"], each["items"]) for each in report["files"]] == [("a.jpg", ["B1"]), ("b.txt", [])]
    assert [each["code"] for each in report["files"][1]["reading"]["problems"]] == ["unknown_type"]


@pytest.mark.usefixtures("shared")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_page_shows_the_pictures_with_the_places_marked_and_loads_nothing(
    box: tuple[Path, Path], tmp_path: Path, capsys: Captured
) -> None:
    bundle, case = box
    page = tmp_path / "report.html"
    assert (
        main(["examine", str(bundle), "--order", str(case), "--html", "--report", str(page), "--locale", "zh-CN"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["evidence"][0]["barcode"] == BARCODE
    text = page.read_text("utf-8")
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = parser.parse(text)
    assert parser.errors == []
    (polygon,) = tree.findall(".//{*}polygon")
    assert len(polygon.attrib["points"].split()) == 4
    (image,) = tree.findall(".//{*}image")
    assert image.attrib["href"].startswith("data:image/jpeg;base64,")
    assert "http" not in text.replace("http-equiv", "")
    assert "条码" in text


@pytest.mark.usefixtures("shared")
def test_text_of_a_file_is_never_markup(order: dict[str, Any], tmp_path: Path, capsys: Captured) -> None:
    name = "<img src=x onerror=alert(1)>.jpg"
    (tmp_path / name).write_bytes(b"x")
    (tmp_path / "case.json").write_text(json.dumps(order), encoding="utf-8")
    (tmp_path / "m.json").write_bytes(manifest({"kind": "package_photo", "files": [name], "id": "\x1b[2J<b>"}))
    options = ["--order", str(tmp_path / "case.json"), "--manifest", str(tmp_path / "m.json"), "--locale", "en"]
    for form in ([], ["--html"]):
        assert main(["examine", str(tmp_path / name), *options, *form]) == 0
        err = capsys.readouterr().err
        assert "\x1b" not in err
        assert not form or ("<img" not in err and "<b>" not in err)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 2, "a bundle is missing"),
        (["nothing-there", "--order", "{case}"], 2, "nothing-there: No such file or directory"),
        (["{box}"], 2, "--order is missing"),
        (["{box}", "--order", "nothing-there"], 2, "nothing-there: No such file or directory"),
        (["{box}", "--order", "{case}", "--json", "--html"], 2, "--json and --html exclude each other"),
        (
            ["{case}", "--order", "{case}"],
            2,
            "manifest#: expected a manifest.json in the bundle, or one given beside it",
        ),
        (["{box}", "--order", "{box}"], 2, "order#"),
        (["{box}", "--order", "{case}", "--trust", "{case}"], 2, "trust#/policy"),
    ],
)
def test_a_wrong_argument_is_named(
    box: tuple[Path, Path], arguments: list[str], status: int, message: str, capsys: Captured
) -> None:
    bundle, case = box
    filled = [each.format(box=bundle, case=case) for each in arguments]
    assert main(["examine", *filled]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err


def test_a_file_of_another_claim_on_a_record_is_a_line_of_the_report(
    box: tuple[Path, Path], tmp_path: Path, capsys: Captured
) -> None:
    bundle, case = box
    url = f"sqlite:///{tmp_path}/record.db"
    store = open_store(url)
    command = ["examine", str(bundle), "--order", str(case), "--locale", "en"]
    assert main([*command, "--record", url]) == 0
    store.decide(capsys.readouterr().out)
    other = json.loads(case.read_text("utf-8"))
    claim, order = other["claim"]["id"], other["order"]["id"]
    other["order"] |= {"id": "O-2", "buyer_id": "somebody else"}
    case.write_text(json.dumps(other), encoding="utf-8")
    assert main([*command, "--record", url]) == 0
    assert f"! a.jpg is also in claim {claim} on order {order} of another buyer, as B1.\n" in capsys.readouterr().err
    store.tenants.create("acme")
    assert main([*command, "--record", url, "--tenant", "acme"]) == 0
    assert "another buyer" not in capsys.readouterr().err
    assert main([*command, "--tenant", "acme"]) == 2
    assert "--record" in capsys.readouterr().err
    store.close()
