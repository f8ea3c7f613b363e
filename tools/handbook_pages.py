"""A hook for mkdocs that adds the handbook to the site: its pages are generated at every build and stored nowhere.

Readings are linked to their pages. What the tests saw of each clause is shown, if a test run has recorded it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from markdown.extensions.toc import slugify
from mkdocs.structure.files import File

from adjudicator.engine.registry import policies
from adjudicator.rulebook.handbook import Book, Page, handbook, load_sightings

FOLDER: Final = "handbook"
SEEN: Final = Path("build/clauses.json")
HEADING: Final = re.compile(r"^#+ (?P<heading>(?P<number>R\d+a?) .+)$", re.MULTILINE)


def on_files(files: Any, config: Any) -> Any:
    """Add the pages of the handbook to the files of the site."""
    for page in _pages(config):
        files.append(File.generated(config, _place(page), content=page.text))
    return files


def on_config(config: Any) -> Any:
    """Add them to the navigation, in the handbook's place."""
    cover, *others = _pages(config)
    named = [_place(cover), *({page.title: _place(page)} for page in others)]
    config["nav"] = [
        {name: named if place == _place(cover) else place} for each in config["nav"] for name, place in each.items()
    ]
    return config


def _place(page: Page) -> str:
    return f"{FOLDER}/{page.name}.md"


def _pages(config: Any) -> tuple[Page, ...]:
    seen = Path(config["config_file_path"]).parent / SEEN
    sightings = load_sightings(seen.read_bytes()) if seen.is_file() else {}
    return handbook(policies().values(), Book(suffix=".md", sightings=sightings, readings=_readings(config)))


def _readings(config: Any) -> Mapping[str, str]:
    """The address of each reading, relative to a page of the handbook."""
    return {
        found["number"]: f"../readings/{page.name}#{slugify(found['heading'], '-')}"
        for page in sorted((Path(config["docs_dir"]) / "readings").glob("*.md"))
        for found in HEADING.finditer(page.read_text("utf-8"))
    }
