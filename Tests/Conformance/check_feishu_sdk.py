#!/usr/bin/env python3
"""Checks our gateway and our sandbox against Feishu's own SDK (lark-oapi).

Three directions: the gateway and the SDK's event handler judge the very same bytes alike; the SDK's client calls the
sandbox as if it were Feishu's cloud; the sandbox delivers events to an app made of the SDK's event handler. Starts
what it needs from $AI_ASSISTANT_BINARIES and ends with status 0 only if everything held.
"""

import sys

from lark_oapi.core.log import logger as sdk_logger

from gateway_checks import GatewayChecks
from programs import Programs, run
from sandbox_checks import SandboxChecks


def main():
    sdk_logger.disabled = True  # It writes a traceback for every refusal, and here refusals are right.
    with Programs() as programs:
        gateway, sandbox = GatewayChecks(programs), SandboxChecks(programs)
        run([
            gateway.accepted, gateway.typed, gateway.repeated, gateway.tampered, gateway.stricter,
            gateway.challenged, gateway.in_clear_text,
            sandbox.verified, sandbox.delivered, sandbox.tokens, sandbox.sent, sandbox.replied, sandbox.cards,
            sandbox.revoked_tokens,
        ])


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
