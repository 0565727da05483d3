"""What our gateway must judge as Feishu's SDK does, or more strictly."""

import base64
import json
import pathlib
import secrets
import time

from lark_oapi.core.const import LARK_REQUEST_NONCE, LARK_REQUEST_SIGNATURE, LARK_REQUEST_TIMESTAMP

from feishu_cloud import encrypt, sign
from programs import expect_equal, free_ports, is_up, post, until
from sdk_app import App, ask
from stored_event import as_stored

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "FeishuTests" / "Fixtures"
QUEUE = "interactive"


def captured_events():
    """The captured events by name, without those that are no event at all or older than both schemas."""
    events = {}
    for path in sorted(FIXTURES.glob("event_*.json")):
        event = json.loads(path.read_text())
        if "event" in event and ("header" in event or "uuid" in event):
            events[path.stem.removeprefix("event_")] = event
    assert len(events) > 30, f"only {len(events)} captured events were found in {FIXTURES}"
    return events


def kind_of(event):
    return event.get("schema"), event["header"]["event_type"] if "header" in event else event["event"]["type"]


class GatewayChecks:
    """The same bytes to our gateway and to the SDK's handler."""

    def __init__(self, programs):
        self.url, self.redis = programs.start_redis()
        self.app, self.plain = App(encrypted=True), App(encrypted=False)
        self.events = captured_events()
        kinds = {kind_of(event) for event in self.events.values()}
        self.handler, self.plain_handler = self.app.handler(kinds), self.plain.handler(kinds)
        port, = free_ports(1)
        settings = programs.folder / "config.yaml"
        settings.write_text(json.dumps({"feishu": {"apps": [
            {"app_id": self.app.id, "encrypt_key": self.app.key, "verification_token": self.app.token},
            {"app_id": self.plain.id, "verification_token": self.plain.token}]}}))
        programs.start("gateway", "gateway", {
            "REDIS_URL": self.url, "LISTEN_HOST": "127.0.0.1", "LISTEN_PORT": str(port),
            "AI_ASSISTANT_CONFIG": str(settings)})
        base = f"http://127.0.0.1:{port}"
        until(lambda: is_up(base + "/readyz"), "the gateway is ready")
        self.endpoint, self.plain_endpoint = base + "/api/feishu/events", f"{base}/api/feishu/{self.plain.id}/events"

    def seal(self, event, **options):
        body = encrypt(json.dumps(event, ensure_ascii=False).encode(), self.app.key)
        return body, sign(body, self.app.key, **options)

    def depth(self):
        return self.redis.llen(QUEUE)

    def accepted(self):
        """every captured event, sealed by the SDK's rules, is accepted by both and stored once"""
        for name, event in self.events.items():
            event, before = self.app.addressed(event), self.depth()
            body, headers = self.seal(event)
            expect_equal(ask(self.handler, body, headers)[0], 200, f"the SDK's answer to {name}")
            handed = self.app.taken()
            assert handed is not None, f"the SDK handed over nothing for {name}"
            status, answer = post(self.endpoint, body, headers)
            expect_equal(status, 200, f"the gateway's answer to {name}")
            # What nobody can act upon is acknowledged, not stored.
            stored = 0 if name == "unknown_event_type" else 1
            expect_equal(self.depth() - before, stored, f"messages for {name}")
            if stored:
                envelope = json.loads(self.redis.lindex(QUEUE, 0))
                expect_equal(envelope["headers"]["task"], "feishu.event", f"the task for {name}")
                expect_equal(json.loads(envelope["body"])[1], {"app_id": self.app.id, "event": as_stored(event)}, name)

    def typed(self):
        """the SDK's model of a message agrees with what the gateway stored"""
        event = self.app.addressed(self.events["im_message_receive_v1_text_group_mention"])
        body, headers = self.seal(event)
        ask(self.handler, body, headers)
        post(self.endpoint, body, headers)
        model, stored = self.app.taken(), json.loads(json.loads(self.redis.lindex(QUEUE, 0))["body"])[1]["event"]
        expect_equal(
            (model.header.event_id, model.event.message.message_id, model.event.message.chat_id,
             model.event.message.content, model.event.sender.sender_id.open_id, model.event.message.mentions[0].key),
            (stored["header"]["event_id"], stored["event"]["message"]["message_id"],
             stored["event"]["message"]["chat_id"], stored["event"]["message"]["content"],
             stored["event"]["sender"]["sender_id"]["open_id"], stored["event"]["message"]["mentions"][0]["key"]),
            "what the SDK's model and the list say")

    def repeated(self):
        """the same event again, and the same message under another event id, add nothing"""
        event, before = self.app.addressed(self.events["im_message_receive_v1_text_p2p"]), self.depth()
        body, headers = self.seal(event)
        for _ in range(3):
            expect_equal(post(self.endpoint, body, headers)[0], 200, "the answer")
        expect_equal(post(self.endpoint, *self.seal(event))[0], 200, "the answer to a newly sealed repetition")
        event["header"]["event_id"] = secrets.token_hex(16)
        expect_equal(post(self.endpoint, *self.seal(event))[0], 200, "the answer to another event id")
        expect_equal(self.depth() - before, 1, "messages")

    def tampered(self):
        """whatever is changed on the way, both refuse it, and nothing is stored"""
        event = self.app.addressed(self.events["im_message_receive_v1_text_p2p"])
        body, headers = self.seal(event)
        sealed = bytearray(base64.b64decode(json.loads(body)["encrypt"]))
        sealed[20] ^= 1
        altered = json.dumps({"encrypt": base64.b64encode(sealed).decode()}).encode()
        foreign = encrypt(json.dumps(event).encode(), "another key")
        wrong_token = json.loads(json.dumps(event))
        wrong_token["header"]["token"] = "another token"
        clear = json.dumps(event).encode()
        flipped = headers[LARK_REQUEST_SIGNATURE][:-1] + ("0" if headers[LARK_REQUEST_SIGNATURE][-1] != "0" else "1")
        cases = {
            "one bit of the body": (altered, headers, 401),
            "a blank after the body": (body + b" ", headers, 401),
            "the signature": (body, headers | {LARK_REQUEST_SIGNATURE: flipped}, 401),
            "no signature": (body, {}, 401),
            "the nonce": (body, headers | {LARK_REQUEST_NONCE: "0"}, 401),
            "the timestamp": (body, headers | {LARK_REQUEST_TIMESTAMP: str(int(time.time()) - 1)}, 401),
            "signed with another key": (body, sign(body, "another key"), 401),
            "encrypted with another key": (foreign, sign(foreign, self.app.key), 400),
            "clear text, unsigned": (clear, {}, 401),
            "cut short": (body[:-10], sign(body[:-10], self.app.key), 400),
            "not JSON": (b"{", sign(b"{", self.app.key), 400),
            "the token": (*self.seal(wrong_token), 403),
        }
        before = self.depth()
        for name, (body, headers, expected) in cases.items():
            expect_equal(post(self.endpoint, body, headers)[0], expected, f"the gateway's answer, changed: {name}")
            expect_equal(ask(self.handler, body, headers)[0], 500, f"the SDK's answer, changed: {name}")
            expect_equal(self.app.taken(), None, f"what the SDK handed over, changed: {name}")
        expect_equal(self.depth(), before, "LLEN")

    def stricter(self):
        """old signatures, other apps and signed clear text, which the SDK lets pass, the gateway refuses"""
        event = self.app.addressed(self.events["im_message_receive_v1_text_p2p"])
        before = self.depth()
        clear = json.dumps(event).encode()
        expect_equal(post(self.endpoint, *self.seal(event, at=time.time() - 9 * 3600))[0], 401, "9 hours old")
        expect_equal(post(self.endpoint, *self.seal(event, at=time.time() + 3600))[0], 401, "from the future")
        expect_equal(post(self.endpoint, clear, sign(clear, self.app.key))[0], 400, "signed clear text")
        event["header"]["app_id"] = "cli_" + secrets.token_hex(8)
        expect_equal(post(self.endpoint, *self.seal(event))[0], 403, "another app's event")
        expect_equal(self.depth(), before, "LLEN")
        # Feishu redelivers for 7.1 hours.
        event["header"]["app_id"] = self.app.id
        expect_equal(post(self.endpoint, *self.seal(event, at=time.time() - 7.5 * 3600))[0], 200, "7.5 hours old")
        expect_equal(self.depth(), before + 1, "LLEN after a late redelivery")

    def challenged(self):
        """url_verification gets the challenge back from both: encrypted, signed or not, and in clear text"""
        def challenge(app):
            return json.dumps({"challenge": secrets.token_hex(16), "token": app.token, "type": "url_verification"})
        def both(endpoint, handler, text, body, headers, name):
            expected = {"challenge": json.loads(text)["challenge"]}
            status, answer = post(endpoint, body, headers)
            expect_equal((status, json.loads(answer)), (200, expected), f"the gateway's answer, {name}")
            status, answer = ask(handler, body, headers)
            expect_equal((status, json.loads(answer)), (200, expected), f"the SDK's answer, {name}")

        before, text = self.depth(), challenge(self.app)
        body = encrypt(text.encode(), self.app.key)
        both(self.endpoint, self.handler, text, body, {}, "encrypted, unsigned")
        both(self.endpoint, self.handler, text, body, sign(body, self.app.key), "encrypted, signed")
        text = challenge(self.plain)
        both(self.plain_endpoint, self.plain_handler, text, text.encode(), {}, "clear text")
        wrong = encrypt(challenge(self.plain).encode(), self.app.key)
        expect_equal((post(self.endpoint, wrong, {})[0], ask(self.handler, wrong, {})[0]), (403, 500), "wrong token")
        expect_equal(self.depth(), before, "LLEN")

    def in_clear_text(self):
        """an app without an encrypt key: the token alone decides, for both"""
        before = self.depth()
        for name in ("im_message_receive_v1_text_p2p", "p2p_chat_create_v1schema"):
            event = self.plain.addressed(self.events[name])
            body = json.dumps(event).encode()
            expect_equal(self.statuses_in_clear(body), (200, 200), name)
            (event.get("header") or event)["token"] = "another token"
            body = json.dumps(event).encode()
            expect_equal(self.statuses_in_clear(body), (403, 500), name)
        expect_equal(self.depth() - before, 2, "messages")

    def statuses_in_clear(self, body):
        """The gateway's and the SDK's answer to an unencrypted delivery."""
        return post(self.plain_endpoint, body, {})[0], ask(self.plain_handler, body, {})[0]
