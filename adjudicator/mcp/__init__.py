"""The MCP server (extra ``mcp``): the service's operations as tools for AI agents, and the handbook as resources.

Every tool is an operation of the service, called with the service's own client: in this process, or at a URL. So limits, deadlines,
keys, scopes, tenants and problems are those of the service.
"""

from __future__ import annotations

from adjudicator.extras import importing

with importing("mcp"):
    import mcp_types  # noqa: F401 - the first thing that is missing without the extra
