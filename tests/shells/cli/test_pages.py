"""The text for people: every part of a decision, in every language, width, colour and encoding."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable

import pytest
from rich.cells import cell_len

from adjudicator import decide, load_case
from cli.running import DENIED, EXAMPLES, PAID, WAITING, Result, case, decision_of, hidden_in, in_bytes


def test_outcome_and_money_come_first(run: Callable[..., Result]) -> None:
    """The page starts with the outcome and the payable total, then the amounts line by line."""
    page = run("decide", "-", given=in_bytes(case(PAID))).text
    assert page.startswith("PARTIALLY APPROVED   CNY 745.37 payable now\nCase authenticity-proof-covers-two-of-three")
    for found in (
        "2 of 3 units  Refund         CNY 66.67",
        "Compensation  CNY 666.70",
        "order",
        "Postage        CNY 12.00",
    ):
        assert found in page


def test_every_clause_is_shown_with_its_mark_and_citation(run: Callable[..., Result]) -> None:
    """Every finding of a decision, with the citations of its clause."""
    for name, document in EXAMPLES.items():
        decision = decide(load_case(in_bytes(document)))
        page = run("decide", "-", given=in_bytes(document)).text
        marks = re.findall(r"^  ([✓✗?]) ", page, flags=re.MULTILINE)
        expected = [{"supports": "✓", "defeats": "✗", "undecided": "?"}[each.effect] for each in decision.findings]
        assert marks == expected, name
        assert all(cite in page for each in decision.findings for cite in each.cites)


def test_margins_and_windows_are_shown_in_words(run: Callable[..., Result]) -> None:
    """A clause that measured time shows its margin, and when the window ends."""
    page = " ".join(run("decide", "-", given=in_bytes(case(DENIED))).text.split())
    assert "Not met. Late by 1 second. The time runs until 27 March 2022, 18:30 Beijing time, counted from" in page


def test_the_page_shows_what_is_needed_from_whom_and_by_when(run: Callable[..., Result]) -> None:
    """A request names the party, the need, the document, the line and the last instant."""
    claim = {**case(WAITING)["claim"], "evidence_closes_at": "2022-06-01T00:00:00+08:00"}
    page = " ".join(run("decide", "-", given=in_bytes(case(WAITING, claim=claim))).text.split())
    assert (
        "→ From the platform: the verification of what was handed in · document E1 · line L1 · "
        "until 1 June 2022, 00:00 Beijing time"
    ) in page
    assert "Decide again on 1 June 2022, 00:00:00.000001 Beijing time: time alone may change this decision." in page


def test_the_calculation_is_shown_step_by_step(run: Callable[..., Result]) -> None:
    """Every step of the ladder, with its amount."""
    decision = decide(load_case(in_bytes(case(PAID))))
    page = run("decide", "-", given=in_bytes(case(PAID))).text
    ladder = page.partition("How the money came about\n")[2].partition("\n\n")[0]
    assert len(re.findall(r"CNY [\d,.]+ ", ladder)) == len(decision.ladder)


def test_a_return_shows_its_address_and_who_pays_the_freight(run: Callable[..., Result]) -> None:
    """An approved return shows the address, the lines and who pays the freight."""
    page = run("decide", "-", given=in_bytes(case("local-return-agreed"))).text
    assert re.search(r"be sent back to R-\w+ \([\w ]+\): L1\. Freight: the \w+\.", " ".join(page.split()))


def test_another_kind_of_case_reads_as_well(run: Callable[..., Result]) -> None:
    """A decision without amounts shows everything it has."""
    given = in_bytes(
        {
            "id": "shop-1",
            "policy": "douyin_alliance.admission",
            "as_of": "2024-08-01T12:00:00+08:00",
            "shop": {"id": "S", "opened": True, "shop_score": "4.1"},
            "product": {"id": "P"},
        }
    )
    page = run("decide", "-", given=given).text
    assert page.startswith("REFUSED\nCase shop-1 as at 1 August 2024, 12:00 Beijing time")
    assert (
        "✗ The shop score is above 4.1; 4.1 itself is not. The experience score DA.1(5)\n    is another figure. Not met."
        in page
    )
    assert "CNY" not in page
    assert run("decide", "-", "--locale", "zh", given=given).text.startswith("不予准入\n")


@pytest.mark.parametrize("columns", ["80", "120"])
@pytest.mark.parametrize("locale", ["en", "zh-CN", "zh-HK"])
def test_pages_fit_their_width(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch, columns: str, locale: str
) -> None:
    """No line is wider than the terminal (a Chinese character counts as two columns), or ends with a space or an ellipsis."""
    monkeypatch.setenv("COLUMNS", columns)
    for document in EXAMPLES.values():
        page = run("decide", "-", "--locale", locale, given=in_bytes(document)).text
        assert max(cell_len(line) for line in page.splitlines()) <= int(columns)
        assert [line for line in page.splitlines() if line != line.rstrip() or "…" in line] == []


@pytest.mark.parametrize(
    ("environment", "beginning"),
    [
        ({"LC_ALL": "zh_CN.UTF-8"}, "未通过"),
        ({"LANG": "zh_CN.UTF-8"}, "未通过"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_TW"}, "未通過"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C"}, "DENIED"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "POSIX"}, "DENIED"),
        ({"LANG": "xx_YY"}, "DENIED"),
        ({}, "DENIED"),
    ],
)
def test_the_environment_chooses_the_language(
    command: Callable[..., subprocess.CompletedProcess[bytes]], environment: dict[str, str], beginning: str
) -> None:
    """Without --locale the POSIX variables decide."""
    done = command("decide", "-", given=in_bytes(case(DENIED)), environment=environment)
    assert done.stdout.decode().startswith(beginning)
    assert done.returncode == 0


def test_the_option_goes_before_the_environment(run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """--locale overrides the environment. An unknown locale means English."""
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    for locale, beginning in (("en", "DENIED"), ("zh-Hans", "未通过"), ("zh-Hant", "未通過"), ("xx", "DENIED")):
        assert run("decide", "-", "--locale", locale, given=in_bytes(case(DENIED))).text.startswith(beginning)


def test_faults_are_reported_in_the_readers_language(run: Callable[..., Result]) -> None:
    """The words around a fault are in the requested language."""
    result = run("decide", "-", "--locale", "zh", given=b"{}}")
    assert result.err.startswith("（整个输入）：应为 JSON，实为 ")


def test_a_pipe_gets_no_colour_and_a_terminal_does(
    command: Callable[..., subprocess.CompletedProcess[bytes]],
) -> None:
    """FORCE_COLOR forces colours, and NO_COLOR removes them."""
    given = in_bytes(case(DENIED))
    colour = re.compile(rb"\x1b\[[\d;]*3[1-7]m")
    assert b"\x1b" not in command("decide", "-", given=given).stdout
    assert colour.search(command("decide", "-", given=given, environment={"FORCE_COLOR": "1"}).stdout)
    both = command("decide", "-", given=given, environment={"FORCE_COLOR": "1", "NO_COLOR": "1"}).stdout
    assert not colour.search(both)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "gbk"])
def test_any_encoding_works(command: Callable[..., subprocess.CompletedProcess[bytes]], encoding: str) -> None:
    """Characters that the encoding lacks are escaped, marks become letters, and JSON stays UTF-8."""
    environment = {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    given = in_bytes(case(DENIED))
    for arguments in (("decide", "-"), ("decide", "-", "--locale", "zh"), ("policies", "--locale", "zh"), ("--help",)):
        done = command(*arguments, given=given, environment=environment)
        assert (done.returncode, done.stderr) == (0, b"")
        assert done.stdout.decode(encoding)
    page = command("decide", "-", given=given, environment=environment).stdout.decode(encoding)
    assert re.search(r"^  [x✗] Filed within 72 hours", page, flags=re.MULTILINE)
    as_json = command("decide", "-", "--format", "json", given=given, environment=environment)
    assert as_json.stdout == decision_of(case(DENIED))


HOSTILE = "\x1b[31mred\x1b]0;title\x07 [red]x[/red] :smile: \u202eabc\u2066 \r\n\t\x9b\x00 {0} %s"


@pytest.mark.parametrize("name", [PAID, WAITING, DENIED, "local-return-agreed"])
def test_control_characters_in_a_case_are_never_sent_to_the_terminal(run: Callable[..., Result], name: str) -> None:
    """Escape sequences, direction overrides and markup in ids are shown as text, in every language."""
    document = json.loads(in_bytes(case(name)))
    document["id"] = HOSTILE
    order = document["order"]
    order["lines"][0]["id"] = document["claim"]["items"][0]["line_id"] = HOSTILE
    order["lines"][0]["brand"] = HOSTILE
    order["parcels"][0]["line_ids"] = [HOSTILE]
    for address in order["merchant"]["return_addresses"]:
        address["id"] = HOSTILE
    for evidence in document["evidence"]:
        evidence.update(id=HOSTILE * 3, line_ids=[HOSTILE])
    for locale in ("en", "zh", "zh-TW"):
        result = run("decide", "-", "--locale", locale, given=in_bytes(document))
        assert result.status == 0
        assert not hidden_in(result.text)
        assert "[red]x[/red] :smile:" in " ".join(result.text.split())


def test_control_characters_in_faults_are_never_sent_to_the_terminal(run: Callable[..., Result]) -> None:
    """Hostile names and values in faults are shown as text."""
    given = in_bytes(case(PAID, as_of=HOSTILE, policy=HOSTILE, **{HOSTILE: HOSTILE, "x" * 5_000: 1}))
    result = run("decide", "-", given=given)
    assert result.status == 2
    assert not hidden_in(result.err)
    assert len(result.err.splitlines()) == 4
    several = run("decide", "-", given=given + b"\n{}\n")
    assert several.status == 2
    assert not hidden_in(several.text)
