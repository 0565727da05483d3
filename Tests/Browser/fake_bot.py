#!/usr/bin/env python3
"""A gateway and bot in one small file, to test the sandbox and its chat page without the product.

It verifies and decrypts events as the interface specification says, answers 200, and replies through the interface.
Usage: fake_bot.py PORT SANDBOX_URL [APP_ID APP_SECRET ENCRYPT_KEY]
"""

import base64
import hashlib
import json
import subprocess
import sys
import threading
import time
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PORT, SANDBOX = int(sys.argv[1]), sys.argv[2].rstrip("/")
APP_ID, APP_SECRET, KEY = (sys.argv[3:6] + ["cli_5a4d0b0c8f2e1a37", "sandbox-app-secret", "sandbox-encrypt-key"])[:3] \
    if len(sys.argv) > 5 else ("cli_5a4d0b0c8f2e1a37", "sandbox-app-secret", "sandbox-encrypt-key")

MINUTES = """# 会议纪要：云杉项目上线评审会

**时间**：2026年11月20日　**时长**：26 分钟

## 结论
1. 11 月 25 日按计划上线，单次导出上限 **五万行**
2. 异步导出放到 1.1 版本，*12 月 4 日* 之前交付
   - 负责人：许之恒

## 待办
- [ ] 梁雨晴：周一前与大客户沟通
- [x] 方远：短信去重 `dedupe_id`

| 事项 | 负责人 | 截止 |
| --- | --- | --- |
| 异步导出 | 许之恒 | 12-04 |
| 停机公告 | 梁雨晴 | 11-23 |

> 风险：迁移超过九十分钟即回滚。

<script>window.hacked = true</script> [链接](https://example.com/) [坏链接](javascript:alert(1))
"""


STREAMED = """## 导出方案比较

两种做法都能满足 **五万行** 的上限，区别在等待时间：

| 方案 | 等待 | 风险 |
| --- | --- | --- |
| 同步导出 | 约 40 秒 | 超时 |
| 异步导出 | 不等待 | 需要通知 |

```swift
let export = try await queue.enqueue(Export.self)
```

1. 先上同步导出，限制行数
2. 异步导出放到 1.1 版本
"""


def decrypt(text):
    data = base64.b64decode(text)
    key = hashlib.sha256(KEY.encode()).hexdigest()
    done = subprocess.run(
        ["openssl", "enc", "-d", "-aes-256-cbc", "-K", key, "-iv", data[:16].hex()],
        input=data[16:], capture_output=True, check=True)
    return done.stdout


def call(method, path, body, token=None):
    request = urllib.request.Request(SANDBOX + path, json.dumps(body).encode(), method=method)
    request.add_header("Content-Type", "application/json; charset=utf-8")
    if token:
        request.add_header("Authorization", "Bearer " + token)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def download(path, token):
    request = urllib.request.Request(SANDBOX + path, headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.read()


def plain_text(text):
    return {"tag": "plain_text", "content": text}


def progress_card():
    """A card with everything people act on."""
    option = lambda value, text: {"text": plain_text(text), "value": value}
    return {
        "schema": "2.0",
        "header": {"title": plain_text("任务进度"), "subtitle": plain_text("云杉项目"), "template": "blue",
                   "text_tag_list": [{"tag": "text_tag", "text": plain_text("进行中"), "color": "blue"}]},
        "body": {"elements": [
            {"tag": "markdown", "content": "**进行中**，已处理 3 / 5 <font color='green'>正常</font>"},
            {"tag": "column_set", "background_style": "grey", "columns": [
                {"tag": "column", "width": "weighted", "weight": 1, "elements": [{"tag": "markdown", "content": "**负责人**\n梁雨晴"}]},
                {"tag": "column", "width": "weighted", "weight": 2, "elements": [{"tag": "markdown", "content": "**截止**\n2026-12-04"}]}]},
            {"tag": "hr"},
            {"tag": "button", "element_id": "stop", "text": plain_text("停止"), "type": "danger",
             "behaviors": [{"type": "callback", "value": {"action": "stop"}}]},
            {"tag": "button", "element_id": "slow", "text": plain_text("出错"), "type": "default",
             "behaviors": [{"type": "callback", "value": {"action": "fail"}}]},
            {"tag": "form", "name": "feedback", "elements": [
                {"tag": "input", "name": "comment", "placeholder": plain_text("说说看"), "label": plain_text("意见")},
                {"tag": "select_static", "name": "rating", "placeholder": plain_text("评分"),
                 "options": [option("5", "很好"), option("3", "一般")]},
                {"tag": "button", "name": "submit", "text": plain_text("提交"), "type": "primary",
                 "form_action_type": "submit", "value": {"action": "feedback"}}]},
            {"tag": "collapsible_panel", "header": {"title": plain_text("详情")},
             "elements": [{"tag": "markdown", "content": "- 一\n- 二"}]}]}}


def stream(path, token):
    """An answer that is typed out in a card entity, with a button under it in the end."""
    card = {"schema": "2.0", "config": {"streaming_mode": True, "summary": {"content": "[生成中...]"}},
            "body": {"elements": [{"tag": "markdown", "element_id": "md", "content": ""}]}}
    cards = "/open-apis/cardkit/v1/cards"
    created = call("POST", cards, {"type": "card_json", "data": json.dumps(card)}, token)
    entity = cards + "/" + created["data"]["card_id"]
    content = {"type": "card", "data": {"card_id": created["data"]["card_id"]}}
    call("POST", path + "/reply", {"msg_type": "interactive", "content": json.dumps(content)}, token)
    sequence = 0
    for end in list(range(40, len(STREAMED), 40)) + [len(STREAMED)]:
        sequence += 1
        call("PUT", entity + "/elements/md/content", {"content": STREAMED[:end], "sequence": sequence}, token)
        time.sleep(0.15)
    settings = {"config": {"streaming_mode": False, "summary": {"content": "导出方案比较"}}}
    call("PATCH", entity + "/settings", {"settings": json.dumps(settings), "sequence": sequence + 1}, token)
    button = {"tag": "button", "element_id": "again", "text": plain_text("再来一次"), "type": "default",
              "behaviors": [{"type": "callback", "value": {"action": "again"}}]}
    call("POST", entity + "/elements",
         {"type": "append", "elements": json.dumps([button]), "sequence": sequence + 2}, token)


def answer(event):
    message = event["event"]["message"]
    token = call("POST", "/open-apis/auth/v3/tenant_access_token/internal",
                 {"app_id": APP_ID, "app_secret": APP_SECRET})["tenant_access_token"]
    path = "/open-apis/im/v1/messages/" + message["message_id"]
    reaction = call("POST", path + "/reactions", {"reaction_type": {"emoji_type": "OnIt"}}, token)
    content = json.loads(message["content"])
    text = content.get("text", "")
    time.sleep(0.7)
    if "流式" in text:
        stream(path, token)
        kind = None
    elif message["message_type"] in ("file", "audio", "image"):
        key = content.get("file_key") or content["image_key"]
        size = len(download(f"{path}/resources/{key}?type={'image' if 'image_key' in content else 'file'}", token))
        kind, content = "text", {"text": f"收到 {content.get('file_name', message['message_type'])}，{size} 字节"}
    elif message["message_type"] == "post":
        kind, content = "text", {"text": "收到图文"}
    elif len(text) > 150:
        kind, content = "post", {"zh_cn": {"title": "", "content": [[{"tag": "md", "text": MINUTES}]]}}
    elif "card" in text:
        kind, content = "interactive", progress_card()
    else:
        kind, content = "text", {"text": "收到：" + text[:80] + " <img src=x onerror=alert(1)>"}
    if kind:
        uuid = hashlib.sha256(message["message_id"].encode()).hexdigest()[:32]
        call("POST", path + "/reply", {"msg_type": kind, "content": json.dumps(content), "uuid": uuid}, token)
    call("DELETE", path + "/reactions/" + reaction["data"]["reaction_id"], {}, token)


def answer_click(event):
    """The body that answers a click, or None for a server that fails."""
    action = event["action"]
    if action["value"]["action"] == "fail":
        return None
    if action["value"]["action"] == "feedback":
        said = action["form_value"]
        return {"toast": {"type": "success", "content": f"谢谢：{said['comment']}（{said['rating']}）"}}
    if action["value"]["action"] == "again":
        return {"toast": {"type": "info", "content": "好的"}}
    card = {"schema": "2.0", "header": {"title": plain_text("任务已停止"), "template": "grey"},
            "body": {"elements": [{"tag": "markdown", "content": "由 <person id='%s'></person> 停止" % event["operator"]["open_id"]}]}}
    return {"toast": {"type": "success", "content": "已停止", "i18n": {"zh_cn": "已停止", "en_us": "Stopped"}},
            "card": {"type": "raw", "data": card}}


class Gateway(BaseHTTPRequestHandler):
    seen = set()

    def do_POST(self):
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        plain = json.loads(decrypt(json.loads(raw)["encrypt"]))
        if plain.get("type") == "url_verification":
            return self.reply(200, {"challenge": plain["challenge"]})
        stamp, nonce = self.headers["X-Lark-Request-Timestamp"], self.headers["X-Lark-Request-Nonce"]
        expected = hashlib.sha256((stamp + nonce + KEY).encode() + raw).hexdigest()
        if self.headers["X-Lark-Signature"] != expected:
            return self.reply(401, {"error": "signature"})
        if plain["header"]["event_type"] == "card.action.trigger":
            body = answer_click(plain["event"])
            return self.reply(500, {}) if body is None else self.reply(200, body)
        event = plain["header"]["event_id"]
        if event not in self.seen and plain["header"]["event_type"] == "im.message.receive_v1":
            self.seen.add(event)
            threading.Thread(target=answer, args=(plain,), daemon=True).start()
        return self.reply(200, {})

    def reply(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", PORT), Gateway).serve_forever()
