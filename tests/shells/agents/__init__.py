"""The MCP server, spoken to with the SDK's own client."""
