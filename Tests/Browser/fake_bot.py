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


def answer(event):
    message = event["event"]["message"]
    token = call("POST", "/open-apis/auth/v3/tenant_access_token/internal",
                 {"app_id": APP_ID, "app_secret": APP_SECRET})["tenant_access_token"]
    path = "/open-apis/im/v1/messages/" + message["message_id"]
    reaction = call("POST", path + "/reactions", {"reaction_type": {"emoji_type": "OnIt"}}, token)
    text = json.loads(message["content"]).get("text", "")
    time.sleep(0.7)
    if len(text) > 150:
        kind, content = "post", {"zh_cn": {"title": "", "content": [[{"tag": "md", "text": MINUTES}]]}}
    elif "card" in text:
        kind, content = "interactive", {
            "schema": "2.0", "header": {"title": {"tag": "plain_text", "content": "任务进度"}, "template": "blue"},
            "body": {"elements": [{"tag": "markdown", "content": "**进行中**，已处理 3 / 5"}, {"tag": "hr"},
                                  {"tag": "button", "text": {"tag": "plain_text", "content": "停止"}, "type": "primary"}]}}
    else:
        kind, content = "text", {"text": "收到：" + text[:80] + " <img src=x onerror=alert(1)>"}
    uuid = hashlib.sha256(message["message_id"].encode()).hexdigest()[:32]
    call("POST", path + "/reply", {"msg_type": kind, "content": json.dumps(content), "uuid": uuid}, token)
    request = urllib.request.Request(
        SANDBOX + path + "/reactions/" + reaction["data"]["reaction_id"], method="DELETE",
        headers={"Authorization": "Bearer " + token})
    urllib.request.urlopen(request, timeout=10).read()


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
