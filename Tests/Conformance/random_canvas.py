"""Random canvases from a seed: chains, groups, chords, maps, chunks, callbacks and error callbacks, nested to depth five.

`RandomCanvas(seed)` has a `signature` for Celery and a `text` for people. Every task has an id drawn from the seed, so that
a canvas names its tasks whoever publishes it. Some members fail, some are retried, some die with their worker.

Made are only forms that Celery itself brings to an end, always the same one; README.md of this folder lists what was
found to hang or to vary, and the rules here (`Place`) keep clear of it.
"""

import dataclasses
import random
import uuid

from celery import chain, chord, group
from celery.canvas import Signature

from canvas_tasks import add, become, fail, flaky, fold, identity, kill, mul, note, note_error, sleepy, total

DEEPEST = 5
#: Tasks of one canvas, callbacks not counted.
MOST_TASKS = 22
NUMBER, NUMBERS, NESTED = "number", "numbers", "nested"


@dataclasses.dataclass
class Part:
    """A piece of a canvas."""

    signature: Signature
    text: str
    #: What it returns: a number, a list of numbers, or a list of anything.
    shape: str
    #: Whether a failure before it in a chain reaches whoever waits for its end.
    can_be_failed: bool = True
    #: Whether it ends as a group, so that a chord around it needs more than a count.
    ends_in_group: bool = False
    #: Whether a chord's failed header reaches its end where this is the body.
    can_be_failed_body: bool = True


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a piece stands: what it is given and what it may do there."""

    #: What it is given by the piece before it; None where it is the first.
    given: str | None
    depth: int
    may_fail: bool
    #: Whether it is part of a chord's header, at any depth: a chord there must not fail in its own header, since Celery
    #: does not tell the outer one.
    is_in_header: bool = False
    may_end_in_group: bool = True
    #: Whether a chain here must not begin with a group: spliced into another, it would be the third in a row.
    begins_with_task: bool = False

    def inside(self, **changes):
        return dataclasses.replace(self, depth=self.depth - 1, **{"begins_with_task": False} | changes)


class RandomCanvas:
    def __init__(self, seed, has_kills=True, has_nested_groups=True, has_failures=True, has_replacements=True):
        self.seed = seed
        self.has_kills = has_kills
        #: Whether chords may have chains that end in groups in their header, which Celery 5.3 hangs on.
        self.has_nested_groups = has_nested_groups
        #: Whether tasks have others take their place; Celery 5.3 calls the callbacks of those twice.
        self.has_replacements = has_replacements
        self._random = random.Random(f"canvas {seed}")
        self._tasks_left = self._random.choice((6, 12, MOST_TASKS))
        self._callbacks_left = 6
        self._failures = self._random.choice((0, 0, 0, 0.08, 0.2)) if has_failures else 0
        self._kills = 0.02 if has_kills and self._random.random() < 0.3 else 0
        depth = self._random.randint(1, DEEPEST)
        top = self._part(Place(None, depth, may_fail=True), must_nest=True)
        self.signature, self.text = top.signature, top.text
        if isinstance(self.signature, chain) and self._chance(0.2):
            self.signature.link_error(note_error.s())
            self.text += ".link_error(note_error)"

    # Choosing

    def _chance(self, probability):
        return self._random.random() < probability

    def _number(self):
        return self._random.randint(0, 99)

    def _new_id(self):
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def _part(self, place, must_nest=False):
        if place.depth <= 0 or self._tasks_left <= 1 or not must_nest and self._chance(0.45):
            return self._task(place)
        forms = [self._chain, self._chain, self._chord]
        if place.may_end_in_group:
            forms += [self._group]
            if place.given is None:
                forms += [self._chunks]
        return self._random.choice(forms)(place)

    # Single tasks

    def _task(self, place, is_callback=False):
        self._tasks_left -= 1
        part = self._bare_task(place)
        part.signature.set(task_id=self._new_id())
        if not is_callback and self._callbacks_left > 0:
            self._add_callbacks(part, place)
        return part

    def _bare_task(self, place):
        given = place.given
        if place.may_fail and self._chance(self._failures):
            message = f"failure {self._number()}"
            return self._call(fail, given, (message,), NUMBER)
        if self._chance(self._kills):
            return self._call(kill, given, (), given or NUMBER)
        if given is not None and self._chance(0.12):
            return self._immutable()
        if self._chance(0.05):
            return self._map()
        if self._chance(0.12):
            return self._call(flaky, given, (self._random.randint(1, 2),), given or NUMBER)
        if self._chance(0.06):
            return self._call(sleepy, given, (self._random.randint(1, 30),), given or NUMBER)
        if given == NUMBERS and self._chance(0.4):
            return self._call(total, given, (), NUMBER)
        if self.has_replacements and given in (None, NUMBER) and self._chance(0.08):
            form = self._random.choice(("task", "chain", "flaky", "again"))
            return self._call(become, given, (form,), NUMBER)
        if given in (NUMBERS, NESTED):
            if self._chance(0.25):
                return self._call(identity, given, (), given)
            return self._call(fold, given, (self._number(),), NUMBER)
        if given == NUMBER and self._chance(0.2):
            # A keyword argument bound beforehand, the number in front of it.
            number = self._number()
            return Part(add.s(y=number), f"add(y={number})", NUMBER)
        if self._chance(0.15):
            return self._call(note, given, (), NUMBER)
        return self._call(self._random.choice((add, mul, fold)), given, (self._number(),), NUMBER)

    def _call(self, task, given, arguments, shape):
        """A task that takes what it is given, or a number, as its first argument."""
        if given is None:
            arguments = (self._number(), *arguments)
        name = task.name.removeprefix("canvas.")
        return Part(task.s(*arguments), f"{name}({', '.join(map(repr, arguments))})", shape)

    def _immutable(self):
        arguments = self._number(), self._number()
        return Part(add.si(*arguments), f"add.si{arguments}", NUMBER)

    def _map(self):
        numbers = [self._number() for _ in range(self._random.randint(1, 4))]
        if self._chance(0.5):
            return Part(identity.map(numbers), f"identity.map({numbers})", NUMBERS)
        pairs = [[number, self._number()] for number in numbers]
        return Part(add.starmap(pairs), f"add.starmap({pairs})", NUMBERS)

    # Callbacks

    def _add_callbacks(self, part, place):
        if self._chance(0.12):
            for _ in range(self._random.choice((1, 1, 2, 3))):
                callback = self._callback(Place(part.shape, 2, may_fail=True))
                part.signature.link(callback.signature)
                part.text += f".link({callback.text})"
        if self._chance(0.5 if self._failures and place.may_fail else 0.05):
            for _ in range(self._random.choice((1, 1, 2))):
                self._callbacks_left -= 1
                is_immutable = self._chance(0.2)
                error = note_error.si("told") if is_immutable else note_error.s()
                part.signature.link_error(error.set(task_id=self._new_id()))
                part.text += f".link_error({'note_error.si' if is_immutable else 'note_error'})"

    def _callback(self, place):
        self._callbacks_left -= 1
        if self._chance(0.6):
            return self._task(place, is_callback=True)
        first = self._task(place, is_callback=True)
        form = self._random.choice(("chain", "group", "chord"))
        if form == "chain":
            second = self._task(dataclasses.replace(place, given=first.shape), is_callback=True)
            return Part(chain(first.signature, second.signature), f"{first.text} | {second.text}", second.shape)
        second = self._task(place, is_callback=True)
        members, text = [first.signature, second.signature], f"[{first.text}, {second.text}]"
        if form == "group":
            return Part(group(members), f"group{text}", NESTED)
        body = self._task(dataclasses.replace(place, given=NESTED), is_callback=True)
        return Part(chord(members, body.signature), f"chord({text}, {body.text})", body.shape)

    # Compound forms

    def _members(self, place, least=1):
        members = []
        for _ in range(self._random.randint(least, 4)):
            members.append(self._part(place))
            if self._tasks_left <= 0 and len(members) >= least:
                break
        return members

    def _group(self, place):
        # A group of one is not a group to Celery.
        members = self._members(place.inside(), least=2)
        shape = NUMBERS if all(member.shape == NUMBER for member in members) else NESTED
        return Part(
            group([member.signature for member in members]), f"group[{', '.join(member.text for member in members)}]",
            shape, can_be_failed=False, ends_in_group=True,
            can_be_failed_body=all(is_single(member) for member in members))

    def _chunks(self, place):
        pairs = [(self._number(), self._number()) for _ in range(self._random.randint(3, 6))]
        size = self._random.randint(1, len(pairs) - 1)
        chunks = add.chunks(pairs, size).group()
        for task in chunks.tasks:
            task.set(task_id=self._new_id())
        self._tasks_left -= len(chunks.tasks)
        return Part(chunks, f"add.chunks({pairs}, {size})", NESTED, can_be_failed=False, ends_in_group=True)

    def _chain(self, place):
        """Built from its end, since a step may only fail where what comes after it can be failed."""
        count = self._random.randint(2, 4)
        plan = [self._random.random() for _ in range(count)]
        return self._steps(place, plan)

    def _steps(self, place, plan):
        # The shapes go forward and the rules backward: so the kinds of the steps are drawn first.
        kinds = []
        for index, _ in enumerate(plan):
            is_last = index == len(plan) - 1
            kinds.append(self._random.choice(("task", "task", "part", "group", "chord")) if place.depth > 1
                         else self._random.choice(("task", "task", "group")))
            # What is no task and follows two groups is published once for each member of the second.
            if kinds[-3:-1] == ["group"] * 2 or index == 0 and place.begins_with_task:
                kinds[-1] = "task"
            if is_last and kinds[-1] in ("group", "part") and not place.may_end_in_group:
                kinds[-1] = "task"
        steps, given = [], place.given
        for index, kind in enumerate(kinds):
            rest = kinds[index + 1:]
            # Whatever is after a failure must end in one task: whoever waits for a group is not told.
            is_simple_after = all(each == "task" for each in rest)
            ends_well = not rest or rest[-1] == "task"
            is_header = kind == "group" and bool(rest)
            may_fail = place.may_fail and ends_well and (
                is_simple_after or kind == "task" and rest[-1] == "task" and not place.is_in_header)
            if is_header:
                may_fail = may_fail and not place.is_in_header and is_simple_after
            inner = place.inside(
                given=given, may_fail=may_fail, is_in_header=place.is_in_header or is_header or kind == "chord",
                may_end_in_group=place.may_end_in_group and not rest)
            step = self._step(kind, inner, bool(rest))
            steps.append(step)
            given = step.shape
        last = steps[-1]
        return Part(
            chain(*(step.signature for step in steps)), " | ".join(parenthesised(step.text) for step in steps),
            last.shape, can_be_failed=last.can_be_failed, ends_in_group=last.ends_in_group,
            can_be_failed_body=all(is_single(step) for step in steps))

    def _step(self, kind, place, has_more):
        if kind == "task":
            return self._task(place)
        if kind == "group":
            if has_more:
                place = dataclasses.replace(
                    place, may_end_in_group=self.has_nested_groups and not place.may_fail and self._chance(0.3))
            return self._group(place)
        if kind == "chord":
            return self._chord(dataclasses.replace(place, is_in_header=True, may_fail=False))
        # Not a group itself, which would be a header here.
        part = self._random.choice((self._chain, self._chord))(dataclasses.replace(
            place, may_fail=False, is_in_header=True, begins_with_task=True,
            may_end_in_group=place.may_end_in_group and not has_more))
        return part

    def _chord(self, place):
        is_body_simple = self._chance(0.6)
        body_depth = 1 if is_body_simple else place.depth - 1
        header_may_fail = place.may_fail and not place.is_in_header and is_body_simple
        nests_groups = self.has_nested_groups and not header_may_fail and self._chance(0.3)
        header = self._members(place.inside(
            may_fail=header_may_fail, is_in_header=True, may_end_in_group=nests_groups))
        shape = NUMBERS if all(member.shape == NUMBER for member in header) else NESTED
        body_place = dataclasses.replace(
            place, given=shape, depth=body_depth, may_fail=place.may_fail,
            is_in_header=True, may_end_in_group=place.may_end_in_group and not is_body_simple)
        if is_body_simple:
            body = self._task(body_place)
            if self._chance(0.25):
                second = self._task(dataclasses.replace(body_place, given=body.shape))
                body = Part(chain(body.signature, second.signature), f"{body.text} | {second.text}", second.shape)
        else:
            body = self._part(dataclasses.replace(body_place, may_fail=False))
        text = f"chord([{', '.join(member.text for member in header)}], {body.text})"
        return Part(
            # A list instead of the group makes Celery 5.7 stumble where the chord is the body of another.
            chord(group([member.signature for member in header]), body.signature), text, body.shape,
            can_be_failed=is_body_simple, ends_in_group=body.ends_in_group, can_be_failed_body=False)


def is_single(part):
    return not isinstance(part.signature, (group, chord)) and part.signature.get("subtask_type") not in (
        "chain", "group", "chord")


def parenthesised(text):
    return f"({text})" if " | " in text and not text.startswith(("chord(", "group[")) else text


if __name__ == "__main__":
    import sys

    for seed in map(int, sys.argv[1:]):
        print(f"{seed}: {RandomCanvas(seed).text}")
