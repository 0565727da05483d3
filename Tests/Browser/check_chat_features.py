#!/usr/bin/env python3
"""Checks the sandbox's chat page alone, with fake_bot.py in the product's place: cards that stream, clicks, files, groups.

Ends with status 0 only if all held. Pictures go to $AI_ASSISTANT_PICTURES, or to a temporary folder.
"""

import sys

import check_chat_page

if __name__ == "__main__":
    try:
        check_chat_page.main(["--fake-bot", "--reply-timeout", "30"])
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
