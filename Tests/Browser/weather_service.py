"""What stands for https://api.weather.com in a check: a proxy that answers for it, with a certificate of its own
authority.

So a plugin asks the address that is written in it, over TLS that it verifies, and nothing leaves the machine.
"""

import json
import ssl
import subprocess
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOST = "api.weather.com"
WEATHER = {"北京": "晴", "上海": "多云转小雨", "哈尔滨": "大雪"}


def make_certificates(folder):
    """An authority, and a certificate of the host by it: `authority.pem`, `host.pem` and `host.key`."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    openssl("req", "-x509", *key, "-keyout", "authority.key", "-out", "authority.pem", "-subj", "/CN=Authority of a check",
            "-addext", "keyUsage=critical,keyCertSign", "-addext", "basicConstraints=critical,CA:TRUE")
    openssl("req", "-x509", *key, "-keyout", "host.key", "-out", "host.pem", "-subj", f"/CN={HOST}", "-CA", "authority.pem",
            "-CAkey", "authority.key", "-addext", f"subjectAltName=DNS:{HOST}", "-addext", "basicConstraints=critical,CA:FALSE")


class WeatherService:
    """The proxy; `asked` has the path of each request that came through."""

    def __init__(self, folder):
        folder.mkdir()
        make_certificates(folder)
        self.authority = folder / "authority.pem"
        self.asked, self.is_away = [], False
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(folder / "host.pem", folder / "host.key")
        service = self

        class Proxy(BaseHTTPRequestHandler):
            def do_CONNECT(self):
                service.tunnel(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tunnel(self, proxy):
        proxy.close_connection = True
        if proxy.path != f"{HOST}:443" or self.is_away:
            proxy.send_error(502)
            return
        proxy.connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self.context.wrap_socket(proxy.connection, server_side=True) as secure:
            request = b""
            while b"\r\n\r\n" not in request:
                piece = secure.recv(65_536)
                if not piece:
                    return
                request += piece
            path = urllib.parse.unquote(request.split()[1].decode())
            self.asked.append(path)
            city = path.partition("/v1/city=")[2]
            body = json.dumps({"weather": WEATHER.get(city, "未知")}).encode()
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    def stop(self):
        self.server.shutdown()
        self.server.server_close()
