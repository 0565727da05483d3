#!/usr/bin/env python3
"""Checks the schema of facts, and facts, with jsonschema.

`minutes-quality` from $AI_ASSISTANT_BINARIES makes the facts of two meetings with a fake model in each of its twelve modes.
Ends with status 0 only if it meets its own bars, the schema is JSON Schema 2020-12, and every line keeps to it; and if a
folder whose meeting cannot come up to its references is refused.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

from programs import BINARIES

PEOPLE = {"en": ["Ann", "Bob", "Cleo"], "zh": ["张伟", "李娜", "王强"]}
SAID = {
    "en": ["The queue grew to eight thousand entries at the peak.", "I'll write the migration plan by Wednesday.",
           "We decided to move the consumers to their own service.", "Should we start with ten percent?", "Mm-hmm."],
    "zh": ["昨天高峰期队列积压到了八千条。", "我来负责扩容，下周三前完成。", "我们决定把消费者扩到十二个。", "灰度要不要先从百分之十开始？", "对。"],
}


def meeting(language, turns, segments):
    """A meeting of so many turns, cut into as many segments."""
    people, said = PEOPLE[language], SAID[language]
    utterances = [{"speaker": people[i % 3], "text": f"{said[i % 5]} {i}"} for i in range(turns)]
    length = turns // segments
    return {"utterances": utterances,
            "segments": [{"first": i * length, "last": (i + 1) * length - 1} for i in range(segments)]}


def run(folder, *arguments):
    """What minutes-quality says of a folder, and its status."""
    command = [str(pathlib.Path(BINARIES) / "minutes-quality"), "--meetings", str(folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=240, check=False)
    return done.returncode, done.stdout + done.stderr


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for language in PEOPLE:
            text = json.dumps(meeting(language, 600, 12), ensure_ascii=False)
            (folder / f"{language}.json").write_text(text, encoding="utf-8")
        output = folder / "facts.jsonl"
        status, said = run(folder, "--output", str(output))
        print(said, end="")
        if status != 0:
            return "a bar was missed"
        schema, *lines = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for line in lines:
            for error in validator.iter_errors(line["reply"]):
                return f"{line['mode']}, {line['meeting']}: {error.json_path}: {error.message}"
        modes = {line["mode"] for line in lines}
        facts = sum(len(line["reply"]["facts"]) for line in lines)
        if len(modes) != 12 or facts < 500:
            return f"only {facts} facts in {len(modes)} modes"
        print(f"ok: {facts} facts of {len(lines)} chunks keep to the schema, in {len(modes)} modes")

        for language in PEOPLE:
            # More segments than there are citations: the bar must be missed.
            text = json.dumps(meeting(language, 600, 600), ensure_ascii=False)
            (folder / f"{language}.json").write_text(text, encoding="utf-8")
        status, said = run(folder, "--mode", "valid")
        if status != 1 or "of the references are touched" not in said:
            return f"references that nothing touches were not noticed: {said}"
        print("ok: a bar that is missed is told, with status 1")
    return None


if __name__ == "__main__":
    sys.exit(main())
