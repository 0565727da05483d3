#!/usr/bin/env python3
"""Checks that the admin API is what its OpenAPI document says, by schemathesis against a running gateway.

Starts a private redis-server, gateway, sandbox and worker from $AI_ASSISTANT_BINARIES, a plugin and some jobs, and
an administrator with a second step. Bounded: some hundred requests for each kind of them, of a fixed seed. Ends
with status 0 only if there was no 5xx, and no status, media type, header or body that the document does not have.
"""

import base64
import json
import os
import pathlib
import re
import secrets
import subprocess
import sys
import time

import openapi_spec_validator

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "Conformance"))

from product import Product  # noqa: E402
from programs import Programs, until  # noqa: E402

SEED = 20261127
EXAMPLES = 25
PURPOSES = ("plugins", "purge", "secrets", "tokens", "restore")
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "unsupported_method", "allow_header_conformance", "ignored_auth",
          "negative_data_rejection")


def document(product):
    """The served document, which is valid OpenAPI 3.1."""
    answer = product.ask("GET", "openapi.json")
    assert answer.status == 200, answer.text
    openapi_spec_validator.validate(answer.body)
    operations = [each for path in answer.body["paths"].values() for each in path if each != "parameters"]
    print(f"the document is OpenAPI {answer.body['openapi']}, with {len(operations)} operations")
    return answer.body


def furnish(product):
    """Something to find: a plugin, a conversation, an administrator with second steps."""
    product.start_worker()
    product.do("plugins", "install", ROOT / "examples/plugins/draw")
    product.answer(product.say("Hello?", "Maya"))
    password = secrets.token_urlsafe(18)
    person = product.person("schema-admin", password)
    token = product.do("token", "issue", "--subject", person.name, "--role", "admin", "--lifetime", "1h").strip()
    steps = {}
    for purpose in PURPOSES:
        # Each code is good once.
        answer = product.ask("POST", "step-up", {"code": person.recovery_codes.pop(), "purpose": purpose}, token=token)
        assert answer.status == 200, f"step-up for {purpose}: {answer.text}"
        steps[purpose] = answer.body["token"]
    conversations = until(lambda: product.ask("GET", "conversations", token=token).body["items"], "a conversation")
    known = {"plugins": "draw", "queues": "interactive", "people": person.name,
             "conversations": conversations[0].get("id")}
    product.do("person", "add", "somebody", "--password-file", product.file("password-of-somebody", secrets.token_urlsafe(18)))
    claims = token.split(".")[1]
    own = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return token, {"steps": steps, "other": "somebody", "own": [person.name, own["jti"]], "known": {kind: name for kind, name in known.items() if name}}


def explore(product, token, known):
    """Runs schemathesis; returns its exit status and what it said."""
    command = [
        str(pathlib.Path(sys.executable).parent / "schemathesis"), "run", product.gateway_url + "/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}",
        "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing", "--max-examples", str(EXAMPLES),
        "--seed", str(SEED), "--generation-database", "none", "--suppress-health-check", "all", "--request-timeout", "30",
        "--continue-on-failure", "--no-shrink", "--no-color", "--warnings", "off",
        "--output-truncate", "false"]
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "openapi_hooks", "PYTHONPATH": str(HERE), "PRODUCT": json.dumps(known), "COLUMNS": "120"}
    return subprocess.run(command, env=environment, cwd=product.programs.folder, capture_output=True, text=True, timeout=240)


def main():
    began = time.monotonic()
    with Programs() as programs:
        product = Product(programs, {"ADMIN_TOKEN_LIFETIME": "3600", "ADMIN_STEP_UP_LIFETIME": "3600"})
        document(product)
        token, known = furnish(product)
        done = explore(product, token, known)
        said = done.stdout.replace(token, "TOKEN")
        for step in known["steps"].values():
            said = said.replace(step, "STEP")
        summary = said[said.rfind("SUMMARY") - 60:] if done.returncode == 0 and "SUMMARY" in said else said
        # A header or a parameter of 100 KB says nothing by its end.
        print("\n".join(line[:1_000] for line in (summary + done.stderr).splitlines()))
        assert done.returncode == 0, "schemathesis found what the document does not say"
        assert product.gateway.poll() is None and product.ask("GET", "me", token=token).status == 200, "the gateway is gone"
        tested = re.search(r"Tested: (\d+)", said) or re.search(r"(\d+) (?:operations )?tested", said)
        assert tested and int(tested[1]) > 40, "hardly anything was tested"
    print(f"the admin API is as its document says ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
