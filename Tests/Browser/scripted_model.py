"""A server that speaks OpenAI's API inside a check, and says what the check wants, when it wants it.

The program fake-model says the same to everybody; a conversation needs an answer for each question, and a hand on the
tap: a gate holds the rest of an answer back until the check has seen what it looks like half written.
"""

import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GATE_SECONDS = 200


class Answer:
    """What is said to one question: `before` goes out at once, `after` once the gate opens."""

    def __init__(self, before="", after="", pace=0.0, first_after=0.0, status=200, calls=()):
        self.before, self.after, self.pace, self.first_after = before, after, pace, first_after
        self.status, self.calls = status, list(calls)
        self.gate = threading.Event()
        if not after:
            self.gate.set()
        # When the client hung up in the middle.
        self.broken = threading.Event()
        self.broken_at = None
        # When all of it was said.
        self.ended = threading.Event()


class Question:
    """One request, as the model sees it."""

    def __init__(self, body):
        self.body = body
        self.messages = body.get("messages", [])

    @property
    def last_asked(self):
        """The text of the latest message of a person."""
        said = [message["content"] for message in self.messages if message["role"] == "user"]
        return plain(said[-1]) if said else ""

    @property
    def everything(self):
        return "\n".join(plain(message.get("content")) for message in self.messages)

    @property
    def results(self):
        """What tools returned since a person spoke last."""
        last = max((index for index, message in enumerate(self.messages) if message["role"] == "user"), default=-1)
        return [plain(message["content"]) for message in self.messages[last + 1:] if message["role"] == "tool"]

    @property
    def pictures(self):
        return sum(part.get("type") == "image_url" for message in self.messages
                   if isinstance(message.get("content"), list) for part in message["content"])


def plain(content):
    if isinstance(content, list):
        return "\n".join(part.get("text", "") for part in content)
    return content or ""


class ScriptedModel:
    """Says what was expected of it (`expect`), and else what `answer(question)` makes."""

    def __init__(self, answer, heard):
        self.asked = []
        self._expected = {}
        self._lock = threading.Lock()
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if self.path.endswith("/audio/transcriptions"):
                    return self.whole(200, {"text": heard})
                question = Question(json.loads(body))
                with model._lock:
                    model.asked.append(question)
                reply = model.expected(question) or answer(question)
                if reply.status != 200:
                    return self.whole(reply.status, {"error": {"message": "It failed.", "code": "server_error"}})
                self.stream(reply, question.body.get("model", ""))

            def whole(self, status, value):
                data = json.dumps(value, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def stream(self, reply, name):
                self.close_connection = True
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Connection", "close")
                self.end_headers()
                try:
                    self.wfile.flush()
                    self.rest(reply.first_after, reply)
                    for part in (reply.before, reply.after):
                        for piece in re.findall(r".{1,6}", part, re.DOTALL):
                            self.delta(name, {"content": piece})
                            self.rest(reply.pace, reply)
                        self.hold(reply)
                    for index, (tool, arguments) in enumerate(reply.calls):
                        self.delta(name, {"tool_calls": [{
                            "index": index, "id": f"call_{index}", "type": "function",
                            "function": {"name": tool, "arguments": json.dumps(arguments, ensure_ascii=False)}}]})
                    self.delta(name, {}, finish="tool_calls" if reply.calls else "stop")
                    self.event({"object": "chat.completion.chunk", "model": name, "choices": [],
                                "usage": {"prompt_tokens": 40, "completion_tokens": 60, "total_tokens": 100}})
                    self.wfile.write(b"data: [DONE]\n\n")
                    reply.ended.set()
                except OSError:
                    reply.broken_at = time.monotonic()
                    reply.broken.set()

            def rest(self, seconds, reply):
                """Passes time, and sees at once when the client hangs up."""
                if seconds:
                    self.watch(reply, lambda left: left <= 0, seconds)

            def hold(self, reply):
                self.watch(reply, lambda _: reply.gate.is_set(), GATE_SECONDS)

            def watch(self, reply, is_over, seconds):
                end = time.monotonic() + seconds
                while not is_over(end - time.monotonic()) and time.monotonic() < end:
                    # Nothing more is to be read of this request: an end of the stream is the client's.
                    self.connection.settimeout(min(0.05, max(0.001, end - time.monotonic())))
                    try:
                        if self.connection.recv(1) == b"":
                            raise BrokenPipeError
                    except TimeoutError:
                        pass
                self.connection.settimeout(None)

            def delta(self, name, delta, finish=None):
                self.event({"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": name,
                            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

            def event(self, value):
                self.wfile.write(f"data: {json.dumps(value, ensure_ascii=False)}\n\n".encode())

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def expect(self, words, *answers):
        """Questions with these words in them get these answers, one after the other, the last one again and again."""
        with self._lock:
            self._expected[words] = list(answers)
        return answers[0] if len(answers) == 1 else answers

    def expected(self, question):
        with self._lock:
            for words, answers in self._expected.items():
                if words in question.last_asked:
                    return answers.pop(0) if len(answers) > 1 else answers[0]
        return None

    def asked_about(self, words):
        """The requests whose latest message has these words in it."""
        with self._lock:
            return [question for question in self.asked if words in question.last_asked]

    def stop(self):
        self._server.shutdown()
