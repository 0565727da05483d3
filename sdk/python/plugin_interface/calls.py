"""How many calls run at once, and what was answered to those that come again."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from typing import Callable, Dict, NamedTuple, Optional

#: How long after its time a call may run before it counts as stuck, in seconds.
OVERDUE = 10.0


class Answer(NamedTuple):
    status: int
    body: bytes


class CallPlaces:
    """Places for calls: as many as the manifest's `concurrency`."""

    def __init__(self, most: int, timeout: float) -> None:
        self._most = most
        self._timeout = timeout
        self._started: Dict[object, float] = {}
        self._lock = threading.Lock()

    def take(self) -> Optional[object]:
        """A place, or None while all are taken."""
        with self._lock:
            if len(self._started) >= self._most:
                return None
            place = object()
            self._started[place] = time.monotonic()
            return place

    def give_back(self, place: object) -> None:
        with self._lock:
            del self._started[place]

    @property
    def are_stuck(self) -> bool:
        """Whether every place is taken by a call that nobody waits for any more: a thread cannot be ended."""
        latest = time.monotonic() - self._timeout - OVERDUE
        with self._lock:
            return len(self._started) >= self._most and all(start < latest for start in self._started.values())


class _Entry:
    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: Optional[Answer] = None
        self.ended_at = 0.0


class AnswerMemory:
    """What was answered under an idempotency key, so that a call that comes again is not made again.

    Answers are kept for 10 minutes, the newest of them in at most 1,000 entries and 16 MiB. A failure is not kept, so
    that the call can be made again.
    """

    def __init__(self, seconds: float = 600, most: int = 1_000, most_bytes: int = 16 << 20) -> None:
        self._seconds = seconds
        self._most = most
        self._most_bytes = most_bytes
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def answer(self, key: str, patience: float, make: Callable[[], Answer]) -> Optional[Answer]:
        """What was answered under this key, else what `make` gives.

        Where the call is under way already its answer is waited for; None where it takes longer than `patience`.
        """
        with self._lock:
            self._forget()
            entry = self._entries.get(key)
            is_first = entry is None
            if entry is None:
                entry = self._entries[key] = _Entry()
        if not is_first:
            entry.done.wait(patience)
            return entry.answer
        try:
            entry.answer = make()
            return entry.answer
        finally:
            self._end(key, entry)

    def _end(self, key: str, entry: _Entry) -> None:
        with self._lock:
            entry.ended_at = time.monotonic()
            if entry.answer is not None and entry.answer.status in (200, 422):
                self._entries.move_to_end(key)
                self._bytes += len(entry.answer.body)
            else:
                del self._entries[key]
            entry.done.set()
            self._forget()

    def _forget(self) -> None:
        """Drops what is too old or too much, the oldest first; never what is under way."""
        now = time.monotonic()
        for key, entry in list(self._entries.items()):
            if not entry.done.is_set() or entry.answer is None:
                continue
            is_old = now - entry.ended_at > self._seconds
            if not is_old and len(self._entries) <= self._most and self._bytes <= self._most_bytes:
                return
            del self._entries[key]
            self._bytes -= len(entry.answer.body)
