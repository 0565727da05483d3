"""What must hold of canvases, one statement after the other, as the Celery of this interpreter sees it.

`canvas_statements.py [--beyond-celery]`, with the environment CANVAS_URL and CANVAS_QUEUE of a fleet that runs. The numbers are those
of the conformance checklist (README.md). A program of its own, so that any Celery can be the caller.
"""

import base64
import json
import os
import pathlib
import re
import sys
import uuid

import celery
from celery import chain, chord, group
from celery.exceptions import ChordError, NotRegistered

from canvas_tasks import PRIME, add, app, become, fail, flaky, fold, identity, ignore, note, note_error, numbers, sleepy, total, traces
from programs import expect_equal, run, until

FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "JobQueueTests" / "Fixtures"
PATIENCE = 20


def stored(task_id):
    """What is stored of a task, once it is."""
    key = f"celery-task-meta-{task_id}"
    return json.loads(until(lambda: traces().get(key), f"{task_id} is stored", PATIENCE))


def value_of(task_id):
    """What a task returned that this caller did not send. Celery 5.3 may subscribe too late to hear of it, and waits."""
    def ended():
        found = stored(task_id)
        return found if found["status"] in ("SUCCESS", "FAILURE") else None

    found = until(ended, f"{task_id} ends", PATIENCE)
    expect_equal(found["status"], "SUCCESS", f"the state of {task_id}")
    return found["result"]


def count(name, task_id):
    return int(traces().hget(f"canvas:{name}", task_id) or 0)


def folded(value, number):
    """What `canvas.fold` makes of a value."""
    for each in numbers(value):
        number = (number * 31 + each) % PRIME
    return number


def failure(result):
    """The exception that the caller gets."""
    return result.get(timeout=PATIENCE, propagate=False)


def with_new_ids(text):
    """A message with every id replaced, each by the same other one."""
    fresh = {}
    return re.sub(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
                  lambda found: fresh.setdefault(found[0], str(uuid.uuid4())), text)


def chain_of_three():
    """35: a chain of three passes results on, and each task's parent is the one before it"""
    result = chain(add.s(1, 2), add.s(3), add.s(4)).apply_async()
    expect_equal(result.get(timeout=PATIENCE), 10, "the value")
    expect_equal([value_of(result.parent.id), value_of(result.parent.parent.id)], [6, 3], "on the way")
    expect_equal(stored(result.id)["parent_id"], result.parent.id, "the parent of the last")
    expect_equal(stored(result.parent.id)["parent_id"], result.parent.parent.id, "the parent of the second")
    assert "parent_id" not in stored(result.parent.parent.id), "the first has a parent"
    expect_equal([child.id for child in result.parent.children], [result.id], "the second's children")


def immutable_element():
    """36: an immutable element does not get the result before it"""
    expect_equal(chain(add.s(1, 2), add.si(10, 20), add.s(4)).apply_async().get(timeout=PATIENCE), 34, "the value")


def failing_chain():
    """37: a failing chain stores the failure for all that remains"""
    result = chain(add.s(1, 2), fail.s("broken"), add.s(1), add.s(2)).apply_async()
    for each in (result, result.parent, result.parent.parent):
        error = failure(each)
        assert isinstance(error, ValueError) and str(error) == "broken", repr(error)
        expect_equal(each.state, "FAILURE", "the state")
    expect_equal(value_of(result.parent.parent.parent.id), 3, "the one before the failure")
    for each in (result, result.parent):
        expect_equal(count("runs", each.id), 0, "runs of what remained")


def callbacks():
    """38: one and two callbacks run with the result as first argument, and children names them"""
    result = add.apply_async((1, 2), link=add.s(10))
    result.get(timeout=PATIENCE)
    child, = result.children
    expect_equal((value_of(child.id), stored(child.id)["parent_id"]), (13, result.id), "one callback")
    result = add.apply_async((1, 2), link=[add.s(10), fold.s(5), add.si(7, 7)])
    result.get(timeout=PATIENCE)
    children = list(flat(result.children))
    expect_equal([value_of(each.id) for each in children], [13, folded(3, 5), 14], "three callbacks")
    result = flaky.apply_async((3, 2), link=note.s())
    result.get(timeout=PATIENCE)
    child, = result.children
    expect_equal(value_of(child.id), 3, "a callback after retries")
    expect_equal(count("effects", child.id), 1, "its effects")


def flat(children):
    """Results, and those of groups."""
    for child in children:
        yield from flat(child.results) if hasattr(child, "results") else (child,)


def error_callbacks():
    """39: error callbacks get the id of the failed task"""
    told, immutable = str(uuid.uuid4()), str(uuid.uuid4())
    result = fail.apply_async((1, "broken"), link=note.s(), link_error=[
        note_error.s().set(task_id=told), note_error.si("only this").set(task_id=immutable)])
    failure(result)
    expect_equal(value_of(told), result.id, "what it was told")
    expect_equal(value_of(immutable), "only this", "what an immutable one was told")
    expect_equal(stored(told)["parent_id"], result.id, "its parent")
    expect_equal((count("effects", told), result.children or []), (1, []), "effects and the failed task's children")


def group_members():
    """40: members of a group carry its id in their results"""
    result = chain(add.s(1, 1), group(add.s(n) for n in range(5))).apply_async()
    expect_equal(result.get(timeout=PATIENCE), [2, 3, 4, 5, 6], "the values")
    expect_equal({stored(each.id)["group_id"] for each in result.results}, {result.id}, "the group")
    plain = group(add.s(n, n) for n in range(5)).apply_async()
    expect_equal(plain.get(timeout=PATIENCE), [0, 2, 4, 6, 8], "the values of a plain group")
    expect_equal({stored(each.id)["group_id"] for each in plain.results}, {plain.id}, "its group")


def chord_in_order():
    """41: a chord's body gets the results in index order, once, also where a part comes twice"""
    body = note.s()
    result = chord([sleepy.s(n, 60 - n * 10) for n in range(6)], body).apply_async()
    expect_equal(result.get(timeout=PATIENCE), list(range(6)), "the results")
    expect_equal((count("runs", result.id), count("effects", result.id)), (1, 1), "runs of the body")
    # The first member again, as a worker gets it that does not know that another has run it.
    result = chord([note.s(1), sleepy.s(2, 200), sleepy.s(3, 200)], note.s()).apply_async()
    first = result.parent.results[0]
    until(lambda: count("effects", first.id), "the first member has run", PATIENCE)
    again = note.signature((1,), task_id=first.id, group_id=result.parent.id, group_index=0,
                           chord=note.signature(task_id=result.id, group_id=result.parent.id))
    again.apply_async()
    until(lambda: count("effects", first.id) == 2, "it has run again", PATIENCE)
    expect_equal(result.get(timeout=PATIENCE), [1, 2, 3], "the results where one came twice")
    expect_equal((count("runs", result.id), count("effects", result.id)), (1, 1), "runs of that body")


def chord_forms():
    """42: chords with a chain in the header, a chain as body, one member, nested groups and chords are right"""
    expect_equal(chord([add.s(1, 2) | add.s(10), add.s(3, 4)], identity.s()).apply_async().get(timeout=PATIENCE),
                 [13, 7], "a chain in the header")
    expect_equal(chord([add.s(1, 2), add.s(3, 4)], total.s() | add.s(5)).apply_async().get(timeout=PATIENCE),
                 15, "a chain as body")
    expect_equal(chord([add.s(1, 2)], identity.s()).apply_async().get(timeout=PATIENCE), [3], "one member")
    nested = chord([add.s(1, 0), group(add.s(2, 0), add.s(3, 0)), add.s(4, 0)], identity.s()).apply_async()
    # Celery puts the members of a nested group in reverse.
    expect_equal(nested.get(timeout=PATIENCE), [1, 3, 2, 4], "a nested group in the header")
    inner = chord([add.s(1, 2), chord([add.s(3, 4), add.s(5, 6)], total.s())], identity.s())
    expect_equal(inner.apply_async().get(timeout=PATIENCE), [3, 18], "a chord in the header")
    both = chord([add.s(1, 2), add.s(3, 4)], group(total.s(), identity.s())).apply_async()
    expect_equal(both.get(timeout=PATIENCE), [10, [3, 7]], "a group as body")
    twice = chord([add.s(1, 2), add.s(3, 4)], chord([total.s(), fold.s(1)], identity.s())).apply_async()
    expect_equal(twice.get(timeout=PATIENCE), [10, folded([3, 7], 1)], "a chord as body")
    expect_equal(chord([], identity.s()).apply_async().get(timeout=PATIENCE), [], "no member")
    middle = chain(add.s(1, 2), group(add.s(1), add.s(2)), total.s(), group(add.s(1), add.s(2)), total.s())
    expect_equal(middle.apply_async().get(timeout=PATIENCE), 21, "groups in the middle of a chain")
    ignoring = chord([add.s(1, 2).set(ignore_result=True), add.s(3, 4)], identity.s()).apply_async()
    expect_equal(ignoring.get(timeout=PATIENCE), [3, 7], "a member whose result is not stored")
    retried = chord([flaky.s(1, 2), add.s(3, 4)], identity.s()).apply_async()
    expect_equal(retried.get(timeout=PATIENCE), [1, 7], "a member that is retried")
    # Celery 5.3 hangs on it.
    if celery.VERSION >= (5, 7):
        ends = chord([add.s(1, 2), add.s(3, 4) | group(add.s(5), add.s(6))], identity.s()).apply_async()
        expect_equal(ends.get(timeout=PATIENCE), [3, [12, 13]], "a chain that ends in a group in the header")


def failing_chord():
    """43: a failing chord stores ChordError under the body's id, and its error callbacks are told that id"""
    told = str(uuid.uuid4())
    body = total.s().on_error(note_error.s().set(task_id=told))
    result = chord([add.s(1, 2), fail.s(1, "first"), fail.s(1, "second")], body).apply_async()
    error = failure(result)
    assert isinstance(error, ChordError), repr(error)
    expect_equal(str(error), f"Dependency {result.parent.results[1].id} raised ValueError('first')", "its message")
    expect_equal(result.state, "FAILURE", "the state")
    expect_equal(value_of(told), result.id, "what the error callback was told")
    expect_equal((count("effects", told), count("runs", result.id)), (1, 0), "runs of it and of the body")
    expired = chord([add.s(1, 2).set(expires=-60), add.s(3, 4)], identity.s()).apply_async()
    error = failure(expired)
    assert isinstance(error, ChordError) and "TaskRevokedError" in str(error), repr(error)


def nothing_left():
    """44: after a chord its keys are gone, or are about to go"""
    result = chord([add.s(1, 2), add.s(3, 4)], identity.s()).apply_async()
    result.get(timeout=PATIENCE)
    key = f"celery-taskset-meta-{result.parent.id}"

    def gone():
        return not traces().exists(*(f"{key}.{part}" for part in "jts"))

    until(gone, "the parts and their count are gone", PATIENCE)
    for part in "dc":
        assert traces().pttl(f"{key}.{part}") != -1, f"{key}.{part} stays for ever"


def captured_signatures():
    """46: a worker goes on with the captured signatures of a chain with a group in the middle and of one ending in it"""
    for name, expected in (("task-chain-group-task", 34), ("task-chain-ending-in-group", [12, 22])):
        captured, = json.loads((FIXTURES / f"{name}.json").read_text())["messages_oldest_first"]
        envelope = json.loads(captured["raw"])
        envelope["body"] = base64.b64decode(envelope["body"]).decode()
        text = with_new_ids(json.dumps(envelope)).replace("demo.add", "canvas.add").replace("demo.xsum", "canvas.total")
        envelope = json.loads(text)
        envelope["properties"]["delivery_info"]["routing_key"] = app.conf.task_default_queue
        signature, = json.loads(envelope["body"])[2]["chain"]
        if signature["subtask_type"] == "group":
            ids = [task["options"]["task_id"] for task in signature["kwargs"]["tasks"]]
        else:
            ids = signature["kwargs"]["body"]["options"]["task_id"]
        envelope["body"] = base64.b64encode(envelope["body"].encode()).decode()
        traces().lpush(app.conf.task_default_queue, json.dumps(envelope))
        found = ([value_of(each) for each in ids] if isinstance(ids, list)
                 else value_of(ids))
        expect_equal(found, expected, name)


def replaced_tasks():
    """tasks that others take the place of: their callers, chains, callbacks and chords get what those return"""
    for form, expected in {"task": 6, "chain": 12, "chord": 13, "again": 14, "group": [6, 7]}.items():
        expect_equal(become.delay(5, form).get(timeout=PATIENCE), expected, form)
    expect_equal(chain(become.s(5, "chain"), add.s(1)).apply_async().get(timeout=PATIENCE), 13, "in a chain")
    header = [become.s(1, "chain"), add.s(0, 1), become.s(2, "task")]
    expect_equal(chord(header, identity.s()).apply_async().get(timeout=PATIENCE), [4, 1, 3], "in a chord's header")
    told = str(uuid.uuid4())
    become.apply_async((1, "task"), link=note.s().set(task_id=told))
    expect_equal((value_of(told), count("effects", told)), (2, 1), "its callback")


def ignored_tasks():
    """a task without an outcome: nothing is stored, nothing follows, nothing is left"""
    following = str(uuid.uuid4())
    result = chain(ignore.s(1), add.s(1).set(task_id=following)).apply_async()
    until(lambda: traces().hget("canvas:runs", result.parent.id), "it ran", PATIENCE)
    until(lambda: not traces().llen(app.conf.task_default_queue), "nothing waits", PATIENCE)
    expect_equal([traces().get(f"celery-task-meta-{each}") for each in (result.parent.id, following)], [None, None], "stored")


def nobody_waits():
    """beyond Celery: nobody waits for ever where its workers forget whom to tell"""
    for name, canvas in {
        "a chord in a header whose own header fails": chord(
            [chord([fail.s(1, "deep"), add.s(1, 2)], total.s()), add.s(1, 2)], total.s()),
        "a chord as the body of one whose header fails": chord(
            [fail.s(1, "deep"), add.s(1, 2)], chord([total.s(), fold.s(1)], total.s())),
        "a header's chain that ends in a chord whose header fails": chord(
            [add.s(1, 2), chain(add.s(1, 1), group(fail.s("deep"), add.s(2)), total.s())], total.s()),
        "a header's chain that ends in a group, and fails before": chord(
            [add.s(1, 2), chain(fail.s(1, "deep"), group(add.s(1), add.s(2)))], total.s()),
    }.items():
        error = failure(canvas.apply_async())
        assert isinstance(error, ChordError) and "ValueError('deep')" in str(error).replace("\\", ""), f"{name}: {error!r}"
    members = chain(fail.s(1, "deep"), group(add.s(1), add.s(2))).apply_async().results
    for member in members:
        assert isinstance(failure(member), ValueError), "a member of a group that was never called"
    unknown = app.signature("canvas.unknown", (1,))
    error = failure(chain(unknown, add.s(1)).apply_async())
    assert isinstance(error, NotRegistered), repr(error)
    error = failure(chord([unknown, add.s(1, 2)], total.s()).apply_async())
    assert isinstance(error, ChordError) and "NotRegistered" in str(error), repr(error)


def nothing_is_dropped():
    """beyond Celery: a chain as error callback runs"""
    last = str(uuid.uuid4())
    result = fail.apply_async((1, "broken"), link_error=[chain(note_error.s(), note.s().set(task_id=last))])
    failure(result)
    expect_equal((value_of(last), count("effects", last)), (result.id, 1), "what the chain was told")


#: Of our workers alone.
BEYOND_CELERY = [nobody_waits, nothing_is_dropped]
STATEMENTS = [
    chain_of_three, immutable_element, failing_chain, callbacks, error_callbacks, group_members, chord_in_order,
    chord_forms, failing_chord, nothing_left, captured_signatures, replaced_tasks, ignored_tasks,
]


if __name__ == "__main__":
    print(f"celery {celery.__version__}")
    try:
        run(STATEMENTS + (BEYOND_CELERY if "--beyond-celery" in sys.argv else []))
    except AssertionError as failed:
        sys.exit(f"failed: {failed}")
    sys.stdout.flush()
    # Results subscribe, and their end at the interpreter's end would fail with many words.
    os._exit(0)
