#!/usr/bin/env python3
"""Walks through everything the assistant can do as a person would, in a real browser, at desktop and phone width.

Starts a private redis-server, gateway, worker and sandbox from $AI_ASSISTANT_BINARIES, a model that says what the walk
needs, and a server of tools made with the official SDK. Two people walk at once, one at a desk and one on a phone. Ends with status 0
only if all held. Pictures go to $AI_ASSISTANT_PICTURES, or to a temporary folder.
"""

import concurrent.futures
import json
import os
import pathlib
import sys
import tempfile
import time
import urllib.request

import check_chat_page
import conversation
import longer_waits
import said
import scripted_model
import walk

HERE = pathlib.Path(__file__).resolve().parent
TIMEOUT = 30


def settings(model, folder):
    """What differs from an installation that nobody has touched."""
    knowledge = folder / "knowledge"
    knowledge.mkdir()
    (knowledge / "员工手册.md").write_text(said.HANDBOOK)
    return {
        "LLM_PROVIDER": "openai", "LLM_BASE_URL": model.url, "LLM_API_KEY": "key", "LLM_MODEL": "qwen-plus",
        "LLM_READS_IMAGES": "true", "LLM_TRANSCRIPTION_BASE_URL": model.url, "LLM_TRANSCRIPTION_API_KEY": "key",
        # One question that fails again and again must not close the model to the others.
        "LLM_CIRCUIT_FAILURES": "1000", "LLM_FIRST_TOKEN_TIMEOUT": "300",
        "MCP_NAME": "reports", "MCP_COMMAND": f"{sys.executable} {HERE / 'report_tools.py'}",
        "KNOWLEDGE_FOLDER": str(knowledge), "WORKER_CONCURRENCY": str(longer_waits.CONCURRENCY),
    }


def both(url, pictures, folder, model):
    """The same walk at a desk and on a phone, at once."""
    walks = [walk.Walk(conversation.Conversation(url, pictures, folder, TIMEOUT, *size), model, person)
             for person, size in (("沈岩", (1280, 800)), ("苏禾", (390, 844)))]
    waits = longer_waits.LongerWaits(url, model)
    waits.begin()
    try:
        with concurrent.futures.ThreadPoolExecutor() as pool:
            for walked in concurrent.futures.as_completed([pool.submit(each.through) for each in walks]):
                walked.result()
        waits.look(walks)
    finally:
        for each in walks:
            each.visit.driver.quit()


def main():
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="assistant-", ignore_cleanup_errors=True) as temporary:
        folder = pathlib.Path(temporary)
        pictures = pathlib.Path(os.environ.get("AI_ASSISTANT_PICTURES", folder / "pictures"))
        pictures.mkdir(parents=True, exist_ok=True)
        programs = check_chat_page.Programs(folder)
        model = scripted_model.ScriptedModel(said.answer, heard=said.HEARD)
        try:
            url = check_chat_page.start_product(programs, folder, settings(model, folder))
            check_chat_page.wait_for(url)
            both(url, pictures, folder, model)
            with urllib.request.urlopen(url + "sandbox/stats", timeout=5) as response:
                stats = json.load(response)
            print(json.dumps(stats, ensure_ascii=False))
            assert stats["deliveries"] == {"acknowledged": stats["attempts"]}, "an event had to be delivered again"
        except BaseException:
            programs.show_logs()
            raise
        finally:
            programs.stop()
            model.stop()
    print(f"the assistant does all of it ({time.monotonic() - began:.0f} s)")


if __name__ == "__main__":
    try:
        main()
    except AssertionError as failure:
        sys.exit(f"failed: {failure}")
