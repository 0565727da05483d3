"""Tools for the walk through the assistant: one that only looks, and one that asks first. Made with MCP's official SDK."""

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("reports")


@server.tool(annotations=ToolAnnotations(readOnlyHint=True))
def list_reports(year: int) -> str:
    """Lists the reports of a year."""
    return f"{year}-Q1.pdf, {year}-Q2.pdf, {year}-Q3.pdf"


@server.tool(annotations=ToolAnnotations(destructiveHint=True))
def delete_report(name: str) -> str:
    """Deletes a report for good."""
    return f"deleted {name}"


if __name__ == "__main__":
    server.run("stdio")
