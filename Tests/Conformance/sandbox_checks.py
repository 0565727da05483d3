"""What Feishu's SDK must find in our sandbox, so that it may stand in for Feishu's cloud."""

import json
import secrets
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import lark_oapi as lark
from lark_oapi.api.im import v1 as im
from lark_oapi.core.exception import ObtainAccessTokenException

from programs import expect_equal, free_ports, is_up, post, until
from sdk_app import App, ask


class SandboxChecks:
    """The SDK on the other side of our sandbox: as the caller of its interface, and as the app it delivers to."""

    def __init__(self, programs):
        self.app = App(encrypted=True)
        self.requests = []
        handler = self.app.handler([])
        checks = self

        class Endpoint(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = ask(handler, body, dict(self.headers))
                checks.requests.append((body, status, answer))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_):
                pass

        endpoint = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        threading.Thread(target=endpoint.serve_forever, daemon=True).start()
        port, = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        programs.start("sandbox", "sandbox", {
            "SANDBOX_PORT": str(port), "SANDBOX_GATEWAY_URL": f"http://127.0.0.1:{endpoint.server_port}/events",
            "SANDBOX_APP_ID": self.app.id, "SANDBOX_APP_SECRET": self.app.secret, "SANDBOX_UNLIMITED": "true",
            "SANDBOX_ENCRYPT_KEY": self.app.key, "SANDBOX_VERIFICATION_TOKEN": self.app.token})
        until(lambda: is_up(self.url + "/sandbox/state"), "the sandbox is up")
        self.client = self.client_with(self.app.id, self.app.secret)

    def client_with(self, app_id, secret):
        return lark.Client.builder().app_id(app_id).app_secret(secret).domain(self.url).timeout(5).build()

    def control(self, path, body):
        status, answer = post(f"{self.url}/sandbox/{path}", json.dumps(body).encode(), {})
        expect_equal(status, 200, f"the sandbox's answer at {path}")
        return json.loads(answer)

    def verified(self):
        """the sandbox verifies an event URL that the SDK answers"""
        until(lambda: self.requests, "the sandbox asks for a challenge")
        expect_equal([status for _, status, _ in self.requests], [200], "the SDK's answers")

    def delivered(self):
        """the SDK's handler verifies, decrypts and models what the sandbox delivers"""
        said = self.control("messages", {"user": "林芳", "text": "你好 😀"})
        event = until(self.app.taken, "the event arrives")
        self.message_id, self.chat_id = said["message_id"], said["chat_id"]
        self.open_id = event.event.sender.sender_id.open_id
        expect_equal((event.header.event_type, event.header.app_id, event.header.event_id),
                     ("im.message.receive_v1", self.app.id, said["event_id"]), "the header")
        message = event.event.message
        expect_equal((message.message_id, message.chat_id, message.chat_type, message.message_type,
                      json.loads(message.content)), (self.message_id, self.chat_id, "p2p", "text", {"text": "你好 😀"}),
                     "the message")
        grouped = self.control("messages", {"user": "林芳", "text": "大家好", "group": "项目组"})
        event = until(self.app.taken, "the group's event arrives")
        expect_equal((event.event.message.chat_type, event.event.message.message_id, len(event.event.message.mentions)),
                     ("group", grouped["message_id"], 1), "the group's message")

    def tokens(self):
        """the SDK gets a token only for the right secret"""
        for app_id, secret, code in [(self.app.id, "wrong", 10014), ("cli_0000000000000000", "wrong", 10012)]:
            try:
                self.create("chat_id", self.chat_id, "x", client=self.client_with(app_id, secret))
                raise AssertionError("a wrong secret was accepted")
            except ObtainAccessTokenException as refusal:
                expect_equal(refusal.code, code, "the code")
        answer = self.client.request(lark.BaseRequest.builder().http_method(lark.HttpMethod.GET).uri(
            "/open-apis/bot/v3/info").token_types({lark.AccessTokenType.TENANT}).build())
        assert answer.success() and json.loads(answer.raw.content)["bot"]["open_id"].startswith("ou_"), answer.msg

    def sent(self):
        """the SDK sends messages to chats and people; the same uuid is one message"""
        uuid = secrets.token_hex(16)
        first = self.create("chat_id", self.chat_id, "第一", uuid=uuid)
        again = self.create("chat_id", self.chat_id, "第一", uuid=uuid)
        direct = self.create("open_id", self.open_id, "direct")
        for answer in (first, again, direct):
            assert answer.success(), f"{answer.code} {answer.msg}"
        expect_equal(again.data.message_id, first.data.message_id, "the message of the same uuid")
        assert direct.data.message_id != first.data.message_id, "another message has the same id"
        expect_equal((direct.data.chat_id, direct.data.msg_type, json.loads(direct.data.body.content),
                      direct.data.sender.id, direct.data.sender.id_type),
                     (self.chat_id, "text", {"text": "direct"}, self.app.id, "app_id"), "the message as answered")
        refused = self.create("chat_id", "oc_" + "0" * 32, "nobody")
        expect_equal((refused.success(), refused.code), (False, 230034), "a wrong receiver")
        assert refused.get_log_id(), "a refusal has no log id"

    def replied(self):
        """the SDK replies, in a thread too, and reads, edits and recalls messages"""
        reply = self.reply(self.message_id, "收到")
        assert reply.success(), f"{reply.code} {reply.msg}"
        expect_equal((reply.data.parent_id, reply.data.root_id, reply.data.chat_id),
                     (self.message_id, self.message_id, self.chat_id), "where the reply hangs")
        threaded = self.reply(self.message_id, "in a thread", thread=True)
        assert threaded.success() and threaded.data.thread_id, "a reply in a thread has no thread"
        messages = self.client.im.v1.message
        edited = messages.update(im.UpdateMessageRequest.builder().message_id(reply.data.message_id).request_body(
            im.UpdateMessageRequestBody.builder().msg_type("text").content('{"text":"改了"}').build()).build())
        assert edited.success(), f"{edited.code} {edited.msg}"
        read = messages.get(im.GetMessageRequest.builder().message_id(reply.data.message_id).build())
        expect_equal((read.data.items[0].updated, json.loads(read.data.items[0].body.content)),
                     (True, {"text": "改了"}), "the edited message")
        listed = messages.list(im.ListMessageRequest.builder().container_id_type("chat").container_id(
            self.chat_id).build())
        assert listed.success() and reply.data.message_id in [item.message_id for item in listed.data.items]
        recalled = messages.delete(im.DeleteMessageRequest.builder().message_id(reply.data.message_id).build())
        assert recalled.success(), f"{recalled.code} {recalled.msg}"
        expect_equal(self.reply(reply.data.message_id, "too late").code, 230011, "a reply to a recalled message")

    def cards(self):
        """the SDK sends a card and changes it; reactions come and go"""
        card = {"schema": "2.0", "config": {"update_multi": True},
                "body": {"elements": [{"tag": "markdown", "content": "**…**"}]}}
        answer = self.create("chat_id", self.chat_id, card, kind="interactive")
        assert answer.success(), f"{answer.code} {answer.msg}"
        card["body"]["elements"][0]["content"] = "done"
        patched = self.client.im.v1.message.patch(im.PatchMessageRequest.builder().message_id(
            answer.data.message_id).request_body(im.PatchMessageRequestBody.builder().content(
                json.dumps(card)).build()).build())
        assert patched.success(), f"{patched.code} {patched.msg}"
        reactions = self.client.im.v1.message_reaction
        added = reactions.create(im.CreateMessageReactionRequest.builder().message_id(self.message_id).request_body(
            im.CreateMessageReactionRequestBody.builder().reaction_type(
                im.Emoji.builder().emoji_type("OK").build()).build()).build())
        assert added.success() and added.data.reaction_id, f"{added.code} {added.msg}"
        removed = reactions.delete(im.DeleteMessageReactionRequest.builder().message_id(self.message_id).reaction_id(
            added.data.reaction_id).build())
        assert removed.success(), f"{removed.code} {removed.msg}"

    def revoked_tokens(self):
        """a token that the cloud took back is refused with the code that the SDK knows"""
        self.control("tokens/rotate", {})
        expect_equal(self.create("chat_id", self.chat_id, "x").code, 99991663, "the code")

    def create(self, id_type, receiver, content, kind="text", uuid=None, client=None):
        content = {"text": content} if kind == "text" else content
        body = im.CreateMessageRequestBody.builder().receive_id(receiver).msg_type(kind).content(json.dumps(content))
        if uuid:
            body.uuid(uuid)
        return (client or self.client).im.v1.message.create(
            im.CreateMessageRequest.builder().receive_id_type(id_type).request_body(body.build()).build())

    def reply(self, parent, text, thread=False):
        body = im.ReplyMessageRequestBody.builder().msg_type("text").content(json.dumps({"text": text}))
        return self.client.im.v1.message.reply(im.ReplyMessageRequest.builder().message_id(parent).request_body(
            body.reply_in_thread(thread).build()).build())
