"""Resources: the handbook's pages, the codes and the schemas, as the service gives them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote, unquote

import orjson

from adjudicator.client.requests import Call
from adjudicator.extras import importing
from adjudicator.mcp.results import visible
from adjudicator.mcp.service import Service

with importing("mcp"):
    import mcp_types as types

SCHEME: Final = "adjudicator://"
CODES: Final = f"{SCHEME}codes"
HANDBOOK: Final = f"{SCHEME}handbook/"
SCHEMAS: Final = f"{SCHEME}schemas/"
MARKDOWN: Final = "text/markdown"
JSON: Final = "application/json"
_NAME: Final = re.compile("[a-z-]{1,40}")
_TEMPLATES: Final = (
    (f"{HANDBOOK}{{locale}}/{{page}}", "A page of the handbook in a language: en, zh-CN or zh-TW.", MARKDOWN),
    (
        f"{SCHEMAS}{{name}}{{?policy}}",
        "A JSON Schema in full, such as `case`; cases and decisions also for one policy.",
        JSON,
    ),
)


def templates() -> list[types.ResourceTemplate]:
    """The resources that have parameters."""
    return [
        types.ResourceTemplate(uri_template=uri, name=uri.removeprefix(SCHEME), description=about, mime_type=kind)
        for uri, about, kind in _TEMPLATES
    ]


async def listed(service: Service, token: str | None) -> list[types.Resource]:
    """The codes, the schemas of cases, and every page of the handbook in English."""
    pages = await _pages(service, token, "en")
    return [
        types.Resource(uri=CODES, name="codes", description="Every code that decisions can give.", mime_type=JSON),
        *(
            types.Resource(uri=f"{SCHEMAS}{name}", name=f"schema of a {name}", description=about, mime_type=JSON)
            for name, about in (("case", "What a case holds, of every policy."), ("decision", "What a decision holds."))
        ),
        *(
            types.Resource(
                uri=f"{HANDBOOK}en/{quote(page['name'], safe='')}",
                name=page["name"],
                title=page["title"],
                mime_type=MARKDOWN,
            )
            for page in pages
        ),
    ]


async def read(service: Service, token: str | None, uri: str) -> tuple[str, str] | None:
    """The text of a resource and its media type; ``None`` if there is no such resource."""
    if uri == CODES:
        return await _json(service, token, "/v1/codes"), JSON
    if uri.startswith(SCHEMAS):
        name, _, query = uri.removeprefix(SCHEMAS).partition("?")
        policy = query.removeprefix("policy=") if query.startswith("policy=") else None
        if not _NAME.fullmatch(name):
            return None
        path = f"/v1/schemas/{name}"
        return await _json(service, token, path, **({"policy": unquote(policy)} if policy else {})), JSON
    if uri.startswith(HANDBOOK):
        locale, _, name = uri.removeprefix(HANDBOOK).partition("/")
        pages = {page["name"]: page for page in await _pages(service, token, unquote(locale))}
        page = pages.get(unquote(name))
        return None if page is None else (visible(page["markdown"]), MARKDOWN)
    return None


async def _pages(service: Service, token: str | None, locale: str) -> list[Mapping[str, Any]]:
    answer = orjson.loads(await _json(service, token, "/v1/handbook", locale=locale))
    pages: list[Mapping[str, Any]] = answer["pages"]
    return pages


async def _json(service: Service, token: str | None, path: str, **query: str) -> str:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = await service.send(Call("GET", path, lambda each: each, query, headers))
    return response.text
