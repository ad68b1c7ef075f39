"""Whose turn it is at the engine of this process: the newest question of a page, and a few at a time.

A page numbers its questions. A number below the newest one is refused before anything is read, and a run under way
for it stops at its next step. A page that is served by another process than before is numbered anew there: the browser
drops what is older than what it shows.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager

from apps.kernel.errors import gettext_noop
from apps.plans.services.errors import EngineBusyError, StaleQuestionError

KEPT_PAGES = 1000
AT_ONCE = 2
AT_ONCE_A_PERSON = 3
_PATIENCE_SECONDS = 1.0


class Turns:
    """The newest number of each page, and the places at the engine."""

    def __init__(self) -> None:
        self._newest: OrderedDict[str, int] = OrderedDict()
        self._asking: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._places = threading.BoundedSemaphore(AT_ONCE)

    def ask(self, page: str, number: int) -> None:
        """Note a question. Raises StaleQuestionError when the page has asked a newer one."""
        with self._lock:
            if number < self._newest.get(page, number):
                raise _stale()
            self._newest[page] = number
            self._newest.move_to_end(page)
            while len(self._newest) > KEPT_PAGES:
                self._newest.popitem(last=False)

    def check(self, page: str, number: int) -> None:
        """Raise StaleQuestionError when the page has asked a newer question since."""
        if self._newest.get(page, number) > number:
            raise _stale()

    @contextmanager
    def place(self, person: str) -> Iterator[None]:
        """Hold a place at the engine. Raises EngineBusyError when none is free soon, or the person holds theirs."""
        with self._lock:
            if self._asking[person] >= AT_ONCE_A_PERSON:
                raise _busy()
            self._asking[person] += 1
        try:
            if not self._places.acquire(timeout=_PATIENCE_SECONDS):
                raise _busy()
            try:
                yield
            finally:
                self._places.release()
        finally:
            with self._lock:
                self._asking[person] -= 1
                self._asking += Counter()


def _stale() -> StaleQuestionError:
    return StaleQuestionError(gettext_noop("A newer question of this page has come."))


def _busy() -> EngineBusyError:
    return EngineBusyError(gettext_noop("The engine is answering others."), mend=gettext_noop("Try again in a moment."))


TURNS = Turns()
