"""A part that dies is started again, so many times a minute; the web server's end is the end of all."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from config.embedded.parts import AT_MOST, Parts, Starts

LASTING = "exec sleep 60"


class Lines:
    """A printer that keeps what it is told."""

    width = 0

    def __init__(self) -> None:
        self.lines: list[str] = []

    def write(self, message: Any) -> None:
        self.lines.append(f"{message.name} | {message.data!s}")


class Site:
    """Parts that run, what was told of them, and the processes that were to be remembered."""

    def __init__(self, **commands: str) -> None:
        self.told: list[str] = []
        self.remembered: list[list[int]] = []
        self.parts = Parts(Lines(), tell=self.told.append, remember=self.remembered.append)
        for name, command in commands.items():
            self.parts.add_process(name, command)


@pytest.fixture(autouse=True)
def _signals_as_before() -> Any:
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def once_dying(mark: Path, code: int) -> str:
    """Return a command that dies the first time and lasts the second."""
    return f"if [ -e {mark} ]; then {LASTING}; fi; touch {mark}; exit {code}"


@pytest.mark.parametrize("name", ["worker", "beat"])
def test_a_worker_or_beat_that_died_is_started_again_and_the_site_goes_on(name: str, tmp_path: Path) -> None:
    site = Site(web=LASTING, **{name: once_dying(tmp_path / "mark", 3)})
    went_on: list[bool] = []

    def end() -> None:
        deadline = time.monotonic() + 20
        while len(site.remembered) < 3 and time.monotonic() < deadline:
            time.sleep(0.05)
        went_on.append(site.parts.returncode is None)
        site.parts.returncode = 143
        site.parts.terminate()

    ending = threading.Thread(target=end)
    ending.start()
    site.parts.loop()
    ending.join()
    assert site.told == [f"The {name} died (code 3) and is started again, 1 of at most 5 times a minute."]
    assert went_on == [True]
    assert (len(site.remembered), len(site.remembered[-1])) == (3, 2), "the dead one is remembered no more"


def test_one_that_always_dies_is_given_up_and_ends_the_site() -> None:
    site = Site(web=LASTING, worker="exit 3")
    site.parts.loop()
    assert len(site.told) == AT_MOST + 1
    assert site.told[-1] == "The worker died (code 3), too often to start it again."
    assert site.parts.returncode == 3


def test_the_end_of_the_web_server_is_the_end_of_all() -> None:
    site = Site(web="exit 4", worker=LASTING)
    site.parts.loop()
    assert (site.told, site.parts.returncode) == ([], 4)


def test_starts_are_forgotten_after_a_minute() -> None:
    now = [0.0]
    starts = Starts(lambda: now[0])
    assert [starts.one_more() for _ in range(AT_MOST + 1)] == [True] * AT_MOST + [False]
    now[0] = 61.0
    assert starts.one_more()
