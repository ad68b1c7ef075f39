"""The parts of a running site: honcho ends them all when one ends, but a worker that died is started again."""

from __future__ import annotations

import multiprocessing
import queue
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from honcho.manager import Manager

# what no page waits for; without the web server there is no site
STARTED_AGAIN = frozenset({"worker", "beat", "fix"})
# what dies more often than that within a minute dies of something that a new start does not mend
AT_MOST, WITHIN_SECONDS = 5, 60.0


class Starts:
    """How often one thing was started again of late."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._times = clock, deque[float]()

    def one_more(self) -> bool:
        """Count one more, unless there were too many within a minute."""
        now = self._clock()
        while self._times and self._times[0] < now - WITHIN_SECONDS:
            self._times.popleft()
        if len(self._times) >= AT_MOST:
            return False
        self._times.append(now)
        return True

    def __str__(self) -> str:
        """Say how many there were."""
        return f"{len(self._times)} of at most {AT_MOST} times a minute"


class Parts(Manager):
    """Honcho's manager. `tell` hears in a line what died, `remember` the processes that run, whenever one starts."""

    def __init__(self, printer: Any, *, tell: Callable[[str], None], remember: Callable[[list[int]], None]) -> None:
        super().__init__(printer)
        self._tell, self._remember = tell, remember
        self._queue: Any = self.events
        self._starts = {name: Starts() for name in STARTED_AGAIN}

    def _start(self) -> None:
        super()._start()  # hands the queue to the parts; the loop asks `get` from here on
        self.events = self

    def get(self, timeout: float) -> Any:
        """Return the next event for honcho's loop, which does not hear of the end of a part that is started again."""
        event = self._queue.get(timeout=timeout)
        if event.type == "start":
            self._processes[event.name]["pid"] = event.data["pid"]
            self._remember([part["pid"] for part in self._processes.values() if part.get("pid")])
        if event.type == "stop" and self._starts_again(event.name, event.data["returncode"]):
            raise queue.Empty
        return event

    def _starts_again(self, name: str, code: int) -> bool:
        if name not in STARTED_AGAIN or self._terminating or self.returncode is not None:
            return False
        if not self._starts[name].one_more():
            self._say(f"The {name} died (code {code}), too often to start it again.")
            return False
        self._say(f"The {name} died (code {code}) and is started again, {self._starts[name]}.")
        part = self._processes[name]
        part["process"] = multiprocessing.Process(name=name, target=part["obj"].run, args=(self._queue, True))
        part["process"].start()
        return True

    def _say(self, line: str) -> None:
        self._system_print(f"{line}\n")
        self._tell(line)
