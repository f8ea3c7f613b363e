"""The results of tools as an MCP app (SEP-1865): one page that hosts show, and what it shows of each result, in the result's metadata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen

from adjudicator.extras import importing
from adjudicator.model.errors import InputError
from adjudicator.service.budget import budget
from adjudicator.service.problems import Problem
from adjudicator.words import ENGLISH, words_for

with importing("mcp"):
    import mcp_types as types
    from mcp.server.apps import APP_MIME_TYPE

URI: Final = "ui://adjudicator/panel"
ABOUT: Final = {"ui": {"permissions": {"clipboardWrite": {}}, "prefersBorder": False}}
"""What the page asks of its host: to copy texts, and no frame around it. Without domains, hosts let it load nothing."""
PANELS: Final = "adjudicator/panels"
"""The member of a result's metadata: what the page shows, by language."""
SECONDS: Final = 5.0
"""How long the panel of a result may take. Without one, the page shows the summary."""

Make = Callable[[Mapping[str, Any], Any], Mapping[str, str]]
"""Makes what the page shows, by language, from the arguments of a call and the answer to it."""


@frozen
class App:
    """A page that holds nothing of a case, and by tool what makes the panel of its answers."""

    page: Callable[[], str]
    panels: Mapping[str, Make]

    def resource(self) -> types.Resource:
        """The page, as clients list it."""
        return types.Resource(
            uri=URI,
            name="panel",
            title=words_for(None, ENGLISH).say("panel.title"),
            description="Shows the result of a tool beside a conversation: what was decided and why, what is missing, what to say.",
            mime_type=APP_MIME_TYPE,
            _meta=ABOUT,
        )

    def contents(self) -> types.TextResourceContents:
        """The page, as clients read it."""
        return types.TextResourceContents(uri=URI, mime_type=APP_MIME_TYPE, text=self.page(), _meta=ABOUT)

    def of_tool(self, name: str) -> dict[str, Any] | None:
        """The metadata of a tool whose results the page shows."""
        return {"ui": {"resourceUri": URI}} if name in self.panels else None

    def of_result(self, name: str, arguments: Mapping[str, Any], answer: Any) -> dict[str, Any] | None:
        """The metadata of a result; ``None`` if the panel takes too long, or another version of the service has answered."""
        try:
            with budget(SECONDS):
                return {PANELS: self.panels[name](arguments, answer)}
        except (InputError, Problem):
            return None
