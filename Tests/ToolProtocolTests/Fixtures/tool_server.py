"""A server of tools made with the official SDK of the Model Context Protocol, for our client's tests.

tool_server.py stdio | http [--json] [--stateless]: over HTTP it listens on a free port and prints the address.
"""
import asyncio
import os
import socket
import sys

import uvicorn
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

server = MCPServer("test-tools", instructions="Tools for tests.")


@server.tool()
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@server.tool()
def shout(text: str) -> str:
    """Says it louder."""
    return text.upper() + "！"


@server.tool()
def fail(reason: str) -> str:
    """Always fails."""
    raise ToolError(reason)


@server.tool()
def much(characters: int) -> str:
    """Says a lot."""
    return "好" * characters


@server.tool(annotations=ToolAnnotations(destructiveHint=True))
def delete_everything() -> str:
    """Deletes everything."""
    return "deleted"


@server.tool()
async def slow(seconds: float, context: Context) -> str:
    """Takes its time, and tells of it."""
    await context.report_progress(0, 1)
    await asyncio.sleep(seconds)
    return "done"


@server.tool()
def environment() -> list[str]:
    """Names of the process' variables."""
    return sorted(os.environ)


@server.tool()
def end() -> str:
    """Ends the process at once."""
    os._exit(3)


def main() -> None:
    if sys.argv[1] == "stdio":
        server.run("stdio")
        return
    app = server.streamable_http_app(
        json_response="--json" in sys.argv,
        stateless_http="--stateless" in sys.argv,
    )
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    print(f"listening: http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
