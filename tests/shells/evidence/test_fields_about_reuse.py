"""Fields with which a pack asks whether files are used elsewhere: filled in where that is certain, and read by its rule."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, TypeAlias

import pytest
from attrs import evolve, frozen

import adjudicator.engine.registry
from adjudicator import decide, dump_decision, load_case
from adjudicator.claims import DamagePhoto, Evidence, Reuse, claims_with, examined
from adjudicator.desk.rulings import _kinds_read
from adjudicator.engine.registry import GROUP, policies
from adjudicator.evidence import Examination, Source, examine_bundle
from adjudicator.evidence.pieces import pieces_of
from adjudicator.evidence.sample import scenes
from adjudicator.evidence.wording import text_lines
from adjudicator.law import Answer, PolicyError
from adjudicator.model.case import Case
from adjudicator.store import DecisionStore, evidence_files
from evidence.fresh_photos import EDITIONS, POLICY, FreshCase
from evidence.made import BARCODE, SHOWS, manifest, photo_of, saved
from store.conftest import migrated_file as migrated_file  # noqa: PLC0414 - a fixture
from store.conftest import record as record  # noqa: PLC0414 - a fixture

PICTURE: Final = photo_of(scenes.code(BARCODE, scenes.EAN13))
TAKEN: Final = saved(PICTURE, "JPEG")
SAVED_AGAIN: Final = saved(PICTURE.resize((600, 450)), "JPEG", quality=60)
FRESH: Final = saved(photo_of(None, seed=7), "JPEG")
FIELDS: Final = ("used_before", "alike_before", "of_another", "alike_of_another", "handed_in_twice", "alike_in_bundle")

Fields: TypeAlias = Mapping[str, bool | None]


@pytest.fixture
def url(tmp_path: Path) -> str:
    """An empty SQLite database, because nothing here depends on the kind."""
    return f"sqlite:///{tmp_path}/record.db"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Install the pack beside the others."""
    own = EntryPoint("fresh_photos", "evidence.fresh_photos", GROUP)
    monkeypatch.setattr(adjudicator.engine.registry, "_entry_points", lambda: [*entry_points(group=GROUP), own])
    policies.cache_clear()
    yield
    policies.cache_clear()


@frozen
class Desk:
    """Examines files for a claim of the pack, and records its decision."""

    order: dict[str, Any]
    record: DecisionStore | None
    folder: Path

    def examine(
        self,
        files: Mapping[str, bytes],
        *items: dict[str, Any],
        order: str = "O-1",
        buyer: str = "buyer-1",
        **stated: Any,
    ) -> Examination:
        """Examine pictures of one piece of evidence, or of some items."""
        box = self.folder / f"box-{len([*self.folder.iterdir()])}"
        box.mkdir()
        for name, content in files.items():
            (box / name).write_bytes(content)
        case = json.loads(json.dumps({**self.order, "policy": POLICY, "id": order}))
        case["order"] |= {"id": order, "buyer_id": buyer}
        case["claim"] |= {"id": f"AS-{order}", "claimant_id": buyer}
        known = None if self.record is None else self.record.evidence_files
        given = manifest(*(items or ({"files": [*files], "stated": {**SHOWS, **stated}},)))
        return examine_bundle([box], json.dumps(case), manifest=given, record=known)

    def decide(self, examined: Examination) -> dict[str, Any]:
        """Decide, and record it if there is a record."""
        text = json.dumps(examined.case_document)
        written = dump_decision(decide(load_case(text))) if self.record is None else self.record.decide(text).decision
        decision: dict[str, Any] = json.loads(written)
        return decision


@pytest.fixture
def desk(shared: None, order: dict[str, Any], record: DecisionStore, tmp_path: Path) -> Desk:  # noqa: ARG001 - the process
    """A desk with a record."""
    folder = tmp_path / "boxes"
    folder.mkdir()
    return Desk(order, record, folder)


def fields_of(examined: Examination, place: int = 0) -> Fields:
    """The fields about reuse of a piece of evidence, in the case."""
    return {name: examined.case_document["evidence"][place][name] for name in FIELDS}


def test_a_picture_of_another_buyers_claim_turns_the_claim_down(desk: Desk) -> None:
    """From the files to the decision: the rule reads what the examination filled in."""
    first = desk.examine({"a.jpg": TAKEN})
    assert first.case_document["evidence"][0]["barcode"] == BARCODE  # as of the kind that it extends
    assert desk.decide(first)["findings"][0]["because"]["code"] == "photo_is_fresh.fresh"
    again = desk.examine({"mine.jpg": TAKEN}, order="O-2", buyer="buyer-2")
    assert fields_of(again) == dict.fromkeys(FIELDS[:4], True) | {"handed_in_twice": False, "alike_in_bundle": None}
    decision = desk.decide(again)
    (finding,) = decision["findings"]
    assert (decision["outcome"], finding["because"]["code"], finding["evidence"]) == (
        "denied",
        "photo_is_fresh.of_another_buyer",
        ["B1"],
    )


@pytest.mark.parametrize(
    ("content", "buyer", "expected"),
    [
        (FRESH, "buyer-2", (False, None, False, None)),
        (TAKEN, "buyer-1", (True, True, False, None)),
        (SAVED_AGAIN, "buyer-1", (False, True, False, None)),
        (SAVED_AGAIN, "buyer-2", (False, True, False, True)),
    ],
)
def test_a_look_up_rules_out_the_same_file_only(
    desk: Desk, content: bytes, buyer: str, expected: tuple[bool | None, ...]
) -> None:
    """A picture that was mirrored or cropped does not look alike to the hash, so there is no certain no."""
    desk.decide(desk.examine({"a.jpg": TAKEN}))
    found = fields_of(desk.examine({"b.jpg": content}, order="O-2", buyer=buyer))
    assert tuple(found[name] for name in FIELDS[:4]) == expected


def test_without_a_record_nothing_is_known_of_other_claims(desk: Desk) -> None:
    alone = evolve(desk, record=None)
    examined = alone.examine({"a.jpg": FRESH})
    assert fields_of(examined) == dict.fromkeys(FIELDS) | {"handed_in_twice": False}
    assert alone.decide(examined)["outcome"] == "manual_review"


def test_a_look_up_that_is_cut_short_rules_nothing_out(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for order in ("O-1", "O-2"):
        desk.decide(desk.examine({"a.jpg": TAKEN}, order=order))
    monkeypatch.setattr(evidence_files, "MOST_CLAIMS", 1)
    found = fields_of(desk.examine({"a.jpg": TAKEN}, order="O-3"))
    assert (found["used_before"], found["of_another"]) == (True, None)


def test_a_file_that_is_not_there_is_not_ruled_out(desk: Desk) -> None:
    """One of the two files is too large to be taken: what is true of the other is not true of both."""
    names = ["a.jpg", "huge.jpg"]
    examined = desk.examine({"a.jpg": FRESH, "huge.jpg": bytes(2**21 + 1)}, {"files": names, "stated": SHOWS})
    assert fields_of(examined) == dict.fromkeys(FIELDS)
    beside = desk.examine({"a.jpg": FRESH, "huge.jpg": bytes(2**21 + 1)}, {"files": ["a.jpg"], "stated": SHOWS})
    found = fields_of(beside)
    assert (found["handed_in_twice"], found["used_before"]) == (None, False)


def test_files_within_the_bundle_are_compared_too(desk: Desk) -> None:
    items = [{"files": [name], "stated": SHOWS} for name in ("a.jpg", "b.jpg", "c.jpg")]
    examined = desk.examine({"a.jpg": TAKEN, "b.jpg": TAKEN, "c.jpg": SAVED_AGAIN, "d.jpg": FRESH}, *items)
    found = [fields_of(examined, place) for place in range(3)]
    assert [(each["handed_in_twice"], each["alike_in_bundle"]) for each in found] == [
        (True, True),
        (True, True),
        (False, True),
    ]


def test_the_report_says_how_it_is_known_and_a_person_can_overrule_it(desk: Desk) -> None:
    """What the manifest states is corrected too, as by anything that was found."""
    desk.decide(desk.examine({"a.jpg": TAKEN}))
    examined = desk.examine({"b.jpg": SAVED_AGAIN}, order="O-2", of_another=True, alike_before=False)
    facts = {each.field: each for each in examined.report.items[0].facts}
    assert (facts["of_another"].source, facts["of_another"].value) == (Source.COMPARED, False)
    assert (facts["alike_before"].file, str(facts["alike_before"].method)[:9]) == ("b.jpg", "ImageHash")
    remarks = {each.code for each in examined.report.items[0].remarks}
    assert {"contradicts_statement", "alike_on_record"} <= remarks
    assert any("compared with other files by SHA-256" in line for line in text_lines(examined.report, "en"))


def test_the_evidence_of_a_packs_own_kind_can_be_shown(desk: Desk) -> None:
    """The desk reads such a piece back from the record, with its own fields."""
    examined = desk.examine({"a.jpg": TAKEN})
    case: Case = load_case(json.dumps(examined.case_document))
    readings = {each.sha256: each.reading for each in examined.report.files}
    (piece,) = pieces_of(case, readings)
    assert piece.confirmed({"leak": False})["of_another"] is False


def photo_shows_damage(damage_photos: tuple[DamagePhoto, ...]) -> Answer:
    """FP.1. A picture shows the damage."""
    return any(each.breakage for each in damage_photos)


def test_a_kind_that_takes_the_place_of_another_is_read_as_that_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By rules that know the fact of every claim only; and the desk offers it to the person who rules on such a claim."""
    edition = evolve(EDITIONS[0], case_kind=claims_with(FreshCase), requires=(photo_shows_damage,))
    case = load_case(json.dumps(desk.examine({"a.jpg": TAKEN}).case_document))
    (finding, *_) = decide(case, edition).findings
    assert finding.effect == "supports"
    monkeypatch.setattr("adjudicator.desk.rulings.edition_behind", lambda _: edition)
    shown: Any = SimpleNamespace(case=case, decision=SimpleNamespace(policy=None))
    assert [*_kinds_read(shown)] == ["damage_photo"]


def test_nothing_changes_for_a_policy_that_does_not_ask(desk: Desk) -> None:
    desk.order["policy"] = "douyin_global.damage"
    text = json.dumps({**desk.order, "evidence": []})
    (desk.folder / "box").mkdir()
    (desk.folder / "box" / "a.jpg").write_bytes(TAKEN)
    examined = examine_bundle([desk.folder / "box"], text, manifest=manifest({"files": ["a.jpg"], "stated": SHOWS}))
    assert {each.source for each in examined.report.items[0].facts} == {Source.STATED, Source.READ}
    assert FIELDS[0] not in examined.case_document["evidence"][0]


@frozen(kw_only=True)
class CountedPhoto(DamagePhoto):
    """A picture of damage with a field that no examination can fill in."""

    uses: int | None = examined(Reuse.SAME_FILE_ON_RECORD, "How often it was used.")


@frozen(kw_only=True)
class CountedCase(Case):
    """A claim with such pictures."""

    evidence: tuple[Evidence | CountedPhoto, ...]


def test_such_a_field_is_yes_no_or_unknown() -> None:
    with pytest.raises(PolicyError, match=r"CountedPhoto\.uses is of int \| None; write bool \| None"):
        claims_with(CountedCase)
    with pytest.raises(PolicyError, match="write a member of Reuse"):
        examined("used", "Whether it was used.")  # type: ignore[arg-type]  # which is what is refused
