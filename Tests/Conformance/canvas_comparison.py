"""Runs the same messages on two fleets and compares what became of every task of every canvas."""

import base64
import dataclasses
import json
import subprocess
import sys

from celery import Celery

from fleets import HERE, QUEUE

TASK_META = "celery-task-meta-"
#: What Celery leaves when a retry ended before its RETRY was stored, which it does after it has published the retry.
OVERTAKEN = "RETRY"
READY = {"SUCCESS", "FAILURE", "REVOKED"}


@dataclasses.dataclass
class Canvas:
    """A canvas that was published."""

    seed: int
    text: str
    #: What the caller holds, as `AsyncResult.as_tuple` gives it.
    result: list
    #: The ids of all its tasks, and of its groups where they were fixed.
    ids: set


class Recording:
    """What a producer left in Redis, to be put into others byte by byte."""

    def __init__(self, programs, seeds, python=None, **options):
        url, self.redis = programs.start_redis(f"recorded-{python is not None}-{len(seeds)}-{seeds[0]}")
        output = subprocess.run(
            [str(python or sys.executable), str(HERE / "publish_canvases.py"), url, json.dumps(options), *map(str, seeds)],
            check=True, stdout=subprocess.PIPE, text=True).stdout
        lines = [json.loads(line) for line in output.splitlines()]
        self.canvases = [Canvas(line["seed"], line["text"], line["result"], set()) for line in lines if line["result"]]
        assert len(self.canvases) >= 0.99 * len(seeds), "Celery refuses to publish"
        by_root = {}
        for canvas in self.canvases:
            for each in ids_in_result(canvas.result):
                by_root[each] = canvas
        # Each message belongs to the canvas whose ids it shares.
        for message in self.redis.lrange(QUEUE, 0, -1):
            ids = ids_in(json.loads(message))
            owner = next(by_root[each] for each in ids if each in by_root)
            owner.ids |= ids
        for canvas in self.canvases:
            canvas.ids |= ids_in_result(canvas.result)

    def replay(self, fleet):
        """Puts everything into a fleet's Redis, the queue last and at once."""
        keys = [key for key in self.redis.keys() if key != QUEUE.encode()]
        for key in keys:
            fleet.redis.restore(key, max(self.redis.pttl(key), 0), self.redis.dump(key), replace=True)
        fleet.redis.restore(QUEUE, 0, self.redis.dump(QUEUE))


def ids_in_result(reference):
    """Every id in a result reference: `[[id, parent], children]`."""
    if reference is None:
        return set()
    (own, parent), children = reference
    return {own}.union(ids_in_result(parent), *(ids_in_result(child) for child in children or []))


def ids_in(message):
    """Every fixed id in a message: its own, and those of the signatures in it."""
    headers = message["headers"]
    found = {headers["id"]}
    if headers.get("group"):
        found.add(headers["group"])

    def walk(value):
        if isinstance(value, dict):
            options = value.get("options")
            if isinstance(options, dict) and isinstance(options.get("task_id"), str):
                found.add(options["task_id"])
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                walk(each)

    walk(json.loads(base64.b64decode(message["body"])))
    return found


class Outcomes:
    """What a fleet made of canvases."""

    def __init__(self, fleet, canvases):
        self._fleet = fleet
        ids = sorted(set().union(*(canvas.ids for canvas in canvases)))
        texts = fleet.redis.mget([TASK_META + each for each in ids])
        self.stored = {each: json.loads(text) for each, text in zip(ids, texts) if text}
        self.effects = self._hash("canvas:effects")
        self.told = self._hash("canvas:told")
        self.runs = self._hash("canvas:runs")
        self._of_callers = {}
        self._app = Celery("reader", broker=fleet.url, backend=fleet.url, set_as_current=False)
        # All there is to read is there, and the end of a result must not look for a Redis that is gone by then.
        self._app.backend.result_consumer.cancel_for = lambda _: None

    def _hash(self, name):
        return {key.decode(): int(count) for key, count in self._fleet.redis.hgetall(name).items()}

    def of_caller(self, canvas):
        """What the caller gets: the value or the exception, of a group those of its members."""
        def read(reference):
            (own, _), children = reference
            if children is not None:
                return [read(child) for child in children]
            status = self.stored.get(own, {}).get("status")
            if status not in READY:
                return OVERTAKEN if status == OVERTAKEN else "not ready"
            value = self._app.AsyncResult(own).get(propagate=False, timeout=5)
            return repr(value) if isinstance(value, BaseException) else value

        if canvas.seed not in self._of_callers:
            self._of_callers[canvas.seed] = read(canvas.result)
        return self._of_callers[canvas.seed]

    def of_task(self, task_id, known):
        """What is stored of one task, without what must differ from run to run."""
        stored = self.stored.get(task_id)
        if stored is None:
            return {"status": "PENDING"}
        found = {"status": stored["status"], "result": stored["result"], "has_group": bool(stored.get("group_id"))}
        if stored["status"] == "SUCCESS":
            found["children"] = [shape_of(reference, known) for reference in stored["children"] or []]
        return found


def shape_of(reference, known):
    """A result reference without what is drawn at run time: ids of groups and of unnamed tasks."""
    (own, _), children = reference
    if children is not None:
        return ["group", [shape_of(child, known) for child in children]]
    return own if own in known else "a task"


def differences(canvas, expected, actual, ignoring=(), is_mixed=False):
    """Where `actual` is not as `expected`, as lines for people. A mixed fleet may overtake itself as Celery's does."""
    lines = []
    sides = (expected, actual) if is_mixed else (expected,)

    def compare(what, first, second):
        if first != second:
            lines.append(f"    {what}: {json.dumps(second)} instead of {json.dumps(first)}")

    if not any(OVERTAKEN in repr(side.of_caller(canvas)) for side in sides):
        compare("the caller gets", expected.of_caller(canvas), actual.of_caller(canvas))
    for each in sorted(canvas.ids):
        first, second = expected.of_task(each, canvas.ids), actual.of_task(each, canvas.ids)
        if any(side.of_task(each, canvas.ids)["status"] == OVERTAKEN for side in sides):
            continue
        for field in sorted((first.keys() | second.keys()).difference(ignoring)):
            compare(f"{each} {field}", first.get(field), second.get(field))
        # What a dead worker left runs again, its effect included.
        least, most = min(expected.effects.get(each, 0), 1), actual.effects.get(each, 0)
        if not least <= most <= least + max(0, actual.runs.get(each, 0) - 1):
            compare(f"{each} effects", least, most)
        compare(f"{each} error callbacks were told", each in expected.told, each in actual.told)
    if lines:
        lines.insert(0, f"  seed {canvas.seed}: {canvas.text}")
    return lines


def published(fleet, recording):
    """How many messages there were on one of our fleets: the recorded ones, and those that its scripts counted."""
    return recording.redis.llen(QUEUE) + int(fleet.redis.hget(f"{{{QUEUE}}}:counts", "added") or 0)
