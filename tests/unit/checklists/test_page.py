"""The page of a check, with its checklist."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from adjudicator.analysis.check import check
from adjudicator.cli import main
from adjudicator.cli.pages.checks import check_page
from adjudicator.cli.pages.layout import Marks
from adjudicator.testing import a_case, a_damage_photo, a_package_photo, cases
from adjudicator.wire.codec import dump_case
from adjudicator.words import LANGUAGES, Words
from checklists.listing import DAMAGE, LOCAL_RETURN, PROVEN


def test_the_page_of_a_check_has_the_checklist(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """With the evidence on file, its defects, and what would be acceptable."""
    path = tmp_path / "case.json"
    path.write_bytes(dump_case(a_case(DAMAGE, a_damage_photo(edited=True), a_package_photo("E2"))))
    assert main(["check", str(path), "--locale", "en"]) == 0
    output = capsys.readouterr().out
    section = output[output.index("Evidence for line L1") :].splitlines()
    assert section[:12] == [
        "Evidence for line L1",
        "  Any one of these: cannot be used",
        "  ✗ a close-up of the damage: cannot be used",
        "    document E1 · cannot be used: it was edited",
        "      evidence: a close-up of the damage; edited: no; shows breakage: yes; shows",
        "      a leak: yes; barcode: 6901234567892",
        "  • a statement of the courier: missing",
        "      evidence: a statement of the courier; waybill: SF1234567890; stamped: yes;",
        "      damaged when signed for: yes; shows a leak: yes; verification: verified",
        "  ✓ a picture of the packaging (optional): satisfied",
        "    document E2 · satisfied",
        "",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("policy", [*PROVEN, LOCAL_RETURN])
@given(data=st.data())
def test_every_checklist_reads_without_a_hole(policy: str, language: str, data: st.DataObject) -> None:
    """Every defect of a piece of evidence has a text."""

    def say(self: Words, code: str, **params: object) -> str:
        assert code in self, code
        text: str = self._texts.gettext(code)
        return text.format_map(params)

    case = data.draw(cases(policy))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Words, "say", say)
        console = Console(width=100, markup=False, highlight=False, no_color=True)
        with console.capture() as captured:
            console.print(check_page(check(case), language, Marks()))
    assert captured.get()
