"""An app made of Feishu's SDK: credentials, and an event handler that remembers what it was handed."""

import contextlib
import copy
import queue
import secrets

from lark_oapi.core.model import RawRequest
from lark_oapi.event.callback.model.p2_card_action_trigger import P2CardActionTriggerResponse
from lark_oapi.event.dispatcher_handler import EventDispatcherHandler


class App:
    """One app, with credentials of its own."""

    def __init__(self, encrypted):
        self.id = "cli_" + secrets.token_hex(8)
        self.secret, self.token = secrets.token_hex(16), secrets.token_hex(16)
        self.key = secrets.token_hex(16) if encrypted else ""
        self.handed = queue.SimpleQueue()

    def handler(self, types):
        """An event handler that takes messages and card callbacks typed, and these other types as they come."""
        builder = EventDispatcherHandler.builder(self.key, self.token)
        builder.register_p2_im_message_receive_v1(self.handed.put)
        builder.register_p2_card_action_trigger(self.take_card)
        for schema, kind in types:
            if schema is None:
                builder.register_p1_customized_event(kind, self.handed.put)
            elif kind not in ("im.message.receive_v1", "card.action.trigger"):
                builder.register_p2_customized_event(kind, self.handed.put)
        return builder.build()

    def take_card(self, card):
        self.handed.put(card)
        return P2CardActionTriggerResponse({})

    def taken(self):
        """What the handler was handed since last asked, or None."""
        with contextlib.suppress(queue.Empty):
            return self.handed.get_nowait()

    def addressed(self, event):
        """The event, as sent to this app."""
        event = copy.deepcopy(event)
        if "header" in event:
            event["header"] |= {"app_id": self.id, "token": self.token, "event_id": secrets.token_hex(16)}
        else:
            event |= {"token": self.token, "uuid": secrets.token_hex(16)}
            event["event"]["app_id"] = self.id
        message = event["event"].get("message", {})
        if "message_id" in message:
            message["message_id"] = "om_" + secrets.token_hex(16)
        return event


def ask(handler, body, headers):
    """Status and body of what the SDK's handler answers."""
    request = RawRequest()
    request.uri, request.body, request.headers = "/", body, headers
    answer = handler.do(request)
    return answer.status_code, answer.content
