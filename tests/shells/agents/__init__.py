"""The MCP server, tested with the SDK's own client."""
