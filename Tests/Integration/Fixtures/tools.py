"""A small server of the Model Context Protocol, to be seen from outside: tools.py stdio LOG | http LOG.

Each call is a line of the file LOG, whatever process it reached. Over HTTP it takes a free port and prints the address.
"""
import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TEXT = {"type": "object", "properties": {"text": {"type": "string"}}}
TOOLS = [
    {"name": "lookup", "description": "Looks a text up.", "inputSchema": TEXT},
    {
        "name": "erase",
        "description": "Erases what is named.",
        "inputSchema": TEXT,
        "annotations": {"destructiveHint": True},
    },
]


def call(name: str, arguments: dict) -> dict:
    with open(sys.argv[2], "a", encoding="utf-8") as log:
        log.write(f"{sys.argv[1]} {name}\n")
    text = arguments.get("text", "")
    said = f"erased {text}" if name == "erase" else text
    return {"content": [{"type": "text", "text": said}]}


def answer(message: dict) -> dict | None:
    if "id" not in message:
        return None
    method, parameters = message["method"], message.get("params", {})
    if method == "initialize":
        result = {
            "protocolVersion": "2025-06-18",
            "capabilities": {"tools": {}},
            "serverInfo": {"name": "tools", "version": "1"},
        }
    elif method == "tools/list":
        result = {"tools": TOOLS}
    elif method == "tools/call":
        result = call(parameters["name"], parameters.get("arguments", {}))
    else:
        result = {}
    return {"jsonrpc": "2.0", "id": message["id"], "result": result}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        said = answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = b"" if said is None else json.dumps(said).encode()
        self.send_response(202 if said is None else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.send_response(405)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main() -> None:
    if sys.argv[1] == "stdio":
        for line in sys.stdin:
            said = answer(json.loads(line))
            if said is not None:
                print(json.dumps(said), flush=True)
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(f"listening: http://127.0.0.1:{server.server_address[1]}/mcp", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
