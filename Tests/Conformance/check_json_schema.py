#!/usr/bin/env python3
"""Checks what our JSON Schema allows against the library jsonschema.

Random schemas of version 2020-12 with random values, from a seed (SCHEMA_SEED; SCHEMA_SCALE=10 for ten times as many),
told by schema-probe from $AI_ASSISTANT_BINARIES. Ends with status 0 only if every answer is the same. Left out is where
we differ on purpose: formats, which are remarks there; multiples, where the decimal number, which counts here, and the
double, which counts there, are not the same; and what regular expressions mean in Python alone.
"""

import json
import os
import pathlib
import random
import subprocess
import sys
import time

from jsonschema import Draft202012Validator

from programs import BINARIES

TYPES = ["null", "boolean", "object", "array", "number", "integer", "string"]
NAMES = ["a", "b", "ab", "ba", "c", "天"]
PATTERNS = ["^a", "b$", "^[a-c]+$", "a|天", "^.{2}$", "(ab)+", "^(?:a|b)*?$", "[^a]", "\\d", "^$"]
DEFINITIONS = ["one", "two", "three"]
VALUES_OF_EACH = 8


class Schemas:
    """Makes schemas that are often met and often not, and values that look as if they were meant for them."""

    def __init__(self, generator):
        self.generator = generator

    def some(self, chance):
        return self.generator.random() < chance

    def value(self, depth=3):
        kind = self.generator.randrange(9 if depth else 6)
        if kind == 0:
            return self.generator.choice([None, True, False])
        if kind < 3:
            return self.generator.choice([0, 1, 2, 3, 5, 6, -1, 1.0, 2.5, 0.5, -0.0, 1e22, 2 ** 53 + 1, 10 ** 18])
        if kind < 6:
            return "".join(self.generator.choices("abc天1", k=self.generator.choice([0, 1, 1, 2, 2, 3, 4])))
        if kind == 6:
            return [self.value(depth - 1) for _ in range(self.generator.randrange(4))]
        names = self.generator.sample(NAMES, self.generator.randrange(5))
        return {name: self.value(depth - 1) for name in names}

    def schema(self, depth=3):
        """References only lead down from here, so that none goes round in circles without the value getting smaller."""
        if self.some(0.08):
            return self.some(0.6)
        makers = [self.scalar, self.text, self.choice, self.kind]
        if depth:
            makers += [self.array, self.object, self.object, self.join, self.join, self.rest]
        schema = {}
        for maker in self.generator.choices(makers, k=self.generator.choice([1, 1, 2, 2, 3])):
            schema.update(maker(depth - 1))
        return schema

    def kind(self, _):
        if self.some(0.6):
            return {"type": self.generator.choice(TYPES)}
        return {"type": self.generator.sample(TYPES, self.generator.randrange(1, 4))}

    def choice(self, _):
        return {"const": self.value(1)} if self.some(0.4) else {"enum": [self.value(1) for _ in range(4)]}

    def scalar(self, _):
        keyword = self.generator.choice(["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"])
        if keyword == "multipleOf":
            return {keyword: self.generator.choice([1, 2, 3, 0.5])}
        return {keyword: self.generator.choice([0, 1, 2, 2.5, 3.0, -1])}

    def text(self, _):
        keyword = self.generator.choice(["minLength", "maxLength", "pattern"])
        return {keyword: self.generator.choice(PATTERNS) if keyword == "pattern" else self.generator.randrange(4)}

    def array(self, depth):
        schema = {}
        if self.some(0.5):
            schema["items"] = self.schema(depth)
        if self.some(0.4):
            schema["prefixItems"] = [self.schema(depth) for _ in range(self.generator.randrange(1, 3))]
        if self.some(0.4):
            schema["contains"] = self.schema(depth)
        for keyword in "minContains", "maxContains", "minItems", "maxItems":
            if self.some(0.15):
                schema[keyword] = self.generator.randrange(4)
        if self.some(0.2):
            schema["uniqueItems"] = True
        return schema

    def object(self, depth):
        schema = {}
        if self.some(0.6):
            schema["properties"] = {name: self.schema(depth) for name in self.generator.sample(NAMES, 2)}
        if self.some(0.3):
            schema["patternProperties"] = {self.generator.choice(PATTERNS): self.schema(depth)}
        if self.some(0.3):
            schema["additionalProperties"] = self.schema(depth)
        if self.some(0.2):
            schema["propertyNames"] = self.schema(0)
        if self.some(0.2):
            schema["required"] = self.generator.sample(NAMES, self.generator.randrange(3))
        if self.some(0.15):
            schema["dependentRequired"] = {self.generator.choice(NAMES): self.generator.sample(NAMES, 2)}
        if self.some(0.15):
            schema["dependentSchemas"] = {self.generator.choice(NAMES): self.schema(depth)}
        for keyword in "minProperties", "maxProperties":
            if self.some(0.15):
                schema[keyword] = self.generator.randrange(4)
        return schema

    def join(self, depth):
        kind = self.generator.randrange(6)
        if kind < 3:
            keyword = ["allOf", "anyOf", "oneOf"][kind]
            return {keyword: [self.schema(depth) for _ in range(self.generator.randrange(1, 4))]}
        if kind == 3:
            return {"not": self.schema(depth)}
        if kind == 4:
            schema = {"if": self.schema(depth)}
            schema.update({keyword: self.schema(depth) for keyword in ("then", "else") if self.some(0.7)})
            return schema
        return {"$ref": f"#/$defs/{self.generator.choice(DEFINITIONS)}"}

    def rest(self, depth):
        schema = self.generator.choice([self.join, self.object, self.array])(depth)
        keyword = self.generator.choice(["unevaluatedProperties", "unevaluatedProperties", "unevaluatedItems"])
        return schema | {keyword: False if self.some(0.7) else self.schema(0)}

    def document(self):
        root = self.schema(4)
        if not isinstance(root, dict):
            return root
        # Those in $defs refer to each other inside of members alone, and to the whole.
        definitions = {"one": self.schema(0), "two": {"properties": {"a": {"$ref": "#/$defs/one"}}} | self.object(0),
                       "three": {"additionalProperties": {"$ref": "#"}, "$anchor": "named"}}
        return root | {"$defs": definitions}


def ask(questions):
    probe = pathlib.Path(os.environ.get("AI_ASSISTANT_BINARIES", BINARIES)).resolve() / "schema-probe"
    lines = "".join(json.dumps(question, ensure_ascii=False) + "\n" for question in questions)
    done = subprocess.run([probe], input=lines, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, f"schema-probe ended with {done.returncode}: {done.stderr}"
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(questions), f"{len(answers)} answers to {len(questions)} questions"
    return answers


def main():
    seed = int(os.environ.get("SCHEMA_SEED", "20261127"))
    count = int(1_500 * float(os.environ.get("SCHEMA_SCALE", "1")))
    began = time.monotonic()
    schemas = Schemas(random.Random(seed))
    questions = [{"schema": schemas.document(), "values": [schemas.value() for _ in range(VALUES_OF_EACH)]}
                 for _ in range(count)]
    wrong, allowed, total = [], 0, 0
    for question, answer in zip(questions, ask(questions)):
        Draft202012Validator.check_schema(question["schema"])
        validator = Draft202012Validator(question["schema"])
        wanted = [validator.is_valid(value) for value in question["values"]]
        allowed, total = allowed + sum(wanted), total + len(wanted)
        if answer != wanted:
            wrong.append((question, answer, wanted))
    for question, answer, wanted in wrong[:5]:
        print(json.dumps(question["schema"], ensure_ascii=False), file=sys.stderr)
        if isinstance(answer, dict):
            print(f"  refused: {answer}", file=sys.stderr)
            continue
        for value, ours, theirs in zip(question["values"], answer, wanted):
            if ours != theirs:
                print(f"  {json.dumps(value, ensure_ascii=False)}: ours {ours}, jsonschema {theirs}", file=sys.stderr)
    assert not wrong, f"{len(wrong)} of {count} schemas differ (SCHEMA_SEED={seed})"
    assert total / 5 < allowed < total * 4 / 5, f"{allowed} of {total} values are allowed: too few of one kind"
    print(f"{total} values are to {count} schemas what they are to jsonschema, {allowed} allowed (seed {seed})")

    broken = [{"type": "text"}, {"minimum": "1"}, {"required": "a"}, {"items": [True]}, {"allOf": []}, {"pattern": "("},
              {"multipleOf": 0}, {"maxLength": -1}, {"properties": {"a": 1}}, {"uniqueItems": 1}, {"enum": 1}]
    for schema, answer in zip(broken, ask([{"schema": schema, "values": []} for schema in broken])):
        assert isinstance(answer, dict), f"{schema} was taken"
    print(f"{len(broken)} schemas that are none are refused")
    print(f"took {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
