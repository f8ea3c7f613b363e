"""The MCP server (extra ``mcp``): the service's operations as tools for AI agents, and the handbook as resources.

Every tool is an operation of the service, called with the service's own client: in this process, or at a URL. So limits, deadlines,
keys, scopes, tenants and problems are those of the service.
"""
