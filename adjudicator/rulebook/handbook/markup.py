"""Markup: plain text in, Markdown out. Whatever is not made here is text, and nothing in it is obeyed as markup."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from html import escape
from itertools import chain
from typing import Final, NewType

Markdown = NewType("Markdown", str)
"""A text that is markup, as against one that is only text."""

NOTHING: Final = Markdown("")

_SPECIAL: Final = re.compile(r"[&<>\\`*_{}\[\]#|~^]|^[-+=:!]|(?<=^\d)[.)]|(?<=^\d\d)[.)]")
"""What Markdown, or HTML in it, would make more of than a sign: some only at the beginning."""

_TOKENS: Final = re.compile(r"[\u3000-\u9fff\uff00-\uffef]|\w+|\s+|.", re.DOTALL)


def plain(text: str) -> Markdown:
    """A text on one line, every sign of it as it is."""
    return Markdown(_SPECIAL.sub(lambda sign: f"&#{ord(sign.group())};", " ".join(text.split())))


def code(text: str) -> Markdown:
    """A name as it stands in the code."""
    return Markdown(f"<code>{plain(text)}</code>" if {"`", "|"} & {*text} else f"`{text}`")


def strong(text: Markdown) -> Markdown:
    """Something that must not be overlooked."""
    return Markdown(f"**{text}**")


def link(text: Markdown, address: str) -> Markdown:
    """A link."""
    return Markdown(f"[{text}]({address})")


def anchor(name: str) -> Markdown:
    """A place that links can lead to."""
    return Markdown(f'<a id="{escape(name)}"></a>')


def heading(level: int, text: Markdown, name: str) -> Markdown:
    """A heading that links can lead to."""
    return Markdown(f"{'#' * level} {text} {{ #{name} }}")


def joined(parts: Iterable[Markdown], between: str = " ") -> Markdown:
    """Parts one after another, empty ones left out."""
    return Markdown(between.join(part for part in parts if part))


def blocks(*parts: Markdown) -> Markdown:
    """Blocks one below the other, empty ones left out."""
    return joined(parts, "\n\n")


def items(parts: Iterable[Markdown], mark: str = "-") -> Markdown:
    """A list."""
    return Markdown("\n".join(f"{mark} {part}" for part in parts))


def table(head: Sequence[str], rows: Iterable[Sequence[Markdown]]) -> Markdown:
    """A table; nothing at all without rows."""
    lines = [f"| {' | '.join(cell or ' ' for cell in row)} |" for row in rows]
    top = [f"| {' | '.join(map(plain, head))} |", f"|{' --- |' * len(head)}"]
    return Markdown("\n".join([*top, *lines])) if lines else NOTHING


def listing(text: str, language: str = "python") -> Markdown:
    """Code as it is written."""
    longest = max((len(found) for found in re.findall(r"`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return Markdown(f"{fence}{language}\n{text}\n{fence}")


def figure(picture: str) -> Markdown:
    """A picture that stands in the page itself."""
    return Markdown(f"<figure>{picture}</figure>")


def redlined(before: str, after: str) -> Markdown:
    """A text as it is now, what is new in it marked as such, and what is gone from it struck out."""
    one, other = _TOKENS.findall(before), _TOKENS.findall(after)
    parts: list[str] = []
    for what, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        gone, come = _kept("".join(one[i:j])), _kept("".join(other[k:m]))
        if what == "equal":
            parts.append(gone)
            continue
        parts += [f"<del>{gone}</del>"] if gone else []
        parts += [f"<ins>{come}</ins>"] if come else []
    return Markdown("".join(parts))


def differing(before: str, after: str) -> Markdown:
    """Two pieces of code, line by line: what is gone, what has come, and a few lines around."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    return listing("\n".join(line for line in lines if not line.startswith(("---", "+++", "@@"))), "diff")


def _kept(text: str) -> Markdown:
    """A part of a text, with the space at its ends."""
    lead, trail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    return Markdown("".join(chain(" " if lead else "", plain(text), " " if trail and text.strip() else "")))
