"""``policies`` and ``show`` present the rules, and everything has help."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from adjudicator.cli.commands import COMMANDS
from adjudicator.engine.registry import editions, policies
from cli.running import Result

ROOT = Path(__file__).parents[3]

# policies and show


def test_policies_names_every_edition(run: Callable[..., Result]) -> None:
    """Each edition is a row, with the first day on which it is in force."""
    page = run("policies").text
    for edition in editions():
        assert re.search(rf"^{re.escape(edition.policy)} +{edition.name} +open", page, flags=re.MULTILINE)


def test_policies_at_a_day_names_what_was_in_force(run: Callable[..., Result]) -> None:
    """Nothing before the first edition, and each edition from its first day on."""

    def in_force(day: dt.date) -> list[str]:
        return [each["policy"] for each in run("policies", "--at", day.isoformat(), "--format", "json").lines[0]]

    firsts = [group[0] for group in policies().values()]
    for edition in firsts:
        assert edition.policy in in_force(edition.effective_from)
        assert edition.policy not in in_force(edition.effective_from - dt.timedelta(days=1))
    before_all = min(edition.effective_from for edition in firsts) - dt.timedelta(days=1)
    assert in_force(before_all) == []
    assert run("policies", "--at", before_all.isoformat()).text == f"Nothing was in force on {before_all}.\n"


@pytest.mark.parametrize("policy", policies())
def test_show_prints_the_rule_of_the_file(run: Callable[..., Result], policy: str) -> None:
    """Every clause with its citation, its texts and its facts, as text and as JSON."""
    edition = policies()[policy][-1]
    text = run("show", policy).text
    chinese = {locale: run("show", policy, "--locale", locale).text for locale in ("zh-Hans", "zh-Hant")}
    (document,) = run("show", policy, "--format", "json").lines
    assert [each["clause"] for each in document["clauses"]] == [clause.name for clause in edition.clauses]
    for clause, found in zip(edition.clauses, document["clauses"], strict=True):
        restated = found["restatement"]
        assert restated.keys() == {"en", *chinese}
        assert (restated["en"], restated["zh-Hans"]) == (clause.node.citation.english, clause.node.citation.chinese)
        assert (found["role"], tuple(found["cites"])) == (clause.role, clause.cites)
        assert tuple(each["name"] for each in found["facts"]) == clause.reads
        assert clause.name in text
        assert clause.node.citation.english in " ".join(text.split())
        assert all(restated[locale] in page.replace("\n    ", "") for locale, page in chinese.items())
    assert document["settings"].keys() == edition.settings.keys()
    assert [each["code"] for each in document["remarks"]] == [each.__name__ for each in edition.remarks]


def test_show_takes_an_edition_by_its_date(run: Callable[..., Result]) -> None:
    """An unknown edition is refused, with a list of the existing ones."""
    assert run("show", "douyin_global.damage", "--edition", "2022-03-15").status == 0
    refused = run("show", "douyin_global.damage", "--edition", "2022-03-16")
    assert refused.status == 2
    assert (
        refused.err
        == "adjudicator show: there is no edition 2022-03-16 of douyin_global.damage; there are: 2022-03-15\n"
    )
    unknown = run("show", "douyin_global.lost")
    assert unknown.err.startswith("adjudicator show: there is no policy douyin_global.lost; there are: consumer_law.")


def test_codes_without_words_are_listed_only_in_a_language_that_there_is(run: Callable[..., Result]) -> None:
    """In French, "nothing is missing" would be far from true."""
    refused = run("codes", "--missing", "--locale", "fr")
    assert (refused.status, refused.out) == (2, b"")
    assert refused.err == "adjudicator codes: there are no words in fr; there are: en, zh-Hans, zh-Hant\n"
    supported = run("codes", "--missing", "--locale", "zh-HK")
    assert (supported.status, supported.out, supported.err) == (0, b"", "")


# Help


@pytest.mark.parametrize("arguments", [(), ("--help",), *((name, "--help") for name in COMMANDS)])
def test_everything_has_help(run: Callable[..., Result], arguments: tuple[str, ...]) -> None:
    """Help is on standard output, fits a terminal, and lists the exit statuses."""
    result = run(*arguments)
    assert (result.status, result.err) == (0, "")
    assert result.text.startswith("Usage: adjudicator")
    assert "Exit status: 0 decided" in result.text


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_their_own_help_says_first(run: Callable[..., Result], name: str) -> None:
    """In the table, so that listing the commands imports none of them."""
    own_help = " ".join(run(name, "--help").text.partition("\n\n")[2].split())
    assert own_help.startswith(COMMANDS[name].summary)
    listed = " ".join(run("--help").text.replace("│", "").split())
    assert f" {name} {COMMANDS[name].summary} " in listed


def test_the_readme_lists_every_command() -> None:
    commands = (ROOT / "README.md").read_text().partition("## Commands")[2].partition("```\n")[0]
    assert {name for name in COMMANDS if not re.search(rf"(adjudicator |\||`){name}\b", commands)} == set()


def test_the_version_is_the_distributions(run: Callable[..., Result]) -> None:
    """--version says which version is installed."""
    from importlib.metadata import version

    assert run("--version").text == f"{version('claim-adjudicator')}\n"


def test_the_library_does_without_the_shell() -> None:
    """Importing the library loads neither the command line nor its dependencies."""
    script = "import adjudicator, sys; sys.exit(bool({'cyclopts', 'rich', 'adjudicator.cli'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
