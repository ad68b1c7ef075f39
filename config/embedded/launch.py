"""`make run`: everything that Steward needs on one machine, in the right order, with one clear line when it cannot.

Servers first (unless DATABASE_URL and REDIS_URL name others), then tables, then web, worker and beat under honcho,
then the demo firm. A server, worker or beat that dies is started again; without the web server all of it stops. Ctrl-C
stops all of it; what a power cut left behind is cleared up at the next start.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psutil
from honcho.environ import parse_procfile

from config import env
from config.embedded.database import prepare, prepare_given
from config.embedded.errors import LaunchError
from config.embedded.layout import DATABASE, LOGIN, Layout
from config.embedded.leftovers import end_leftovers, remember
from config.embedded.marks import Marks
from config.embedded.parts import Parts, Starts
from config.embedded.ports import check_free
from config.embedded.postgres import Postgres
from config.embedded.redis import Redis, check_given

READY_SECONDS = 120
# nobody waits for these: they start when the others are well, and leave them the cores until then
_AFTER_READY = {"beat", "fix", "stripe"}
_SOCKET_PATH_BYTES = 107  # sun_path of unix(7), less its closing zero


class _LogFile:
    """The printer that honcho writes to: each line goes to the log file, none to the terminal."""

    width = 0

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.output = path.open("a", buffering=1)
        self.first_stopped = ""

    def write(self, message: Any) -> None:
        """Keep one line; note which part stopped first."""
        data = message.data if isinstance(message.data, str) else message.data.decode("utf-8", "replace")
        if message.name == "system" and " stopped " in data and not self.first_stopped:
            self.first_stopped = data.split(" ", 1)[0]
        self.output.write(f"{message.name} | {data.rstrip()}\n")


class Launcher:
    """One run of Steward on this machine."""

    def __init__(self, layout: Layout, port: int, *, with_demo: bool = True) -> None:
        self.layout, self.port, self.with_demo = layout, port, with_demo
        self.servers: list[Postgres | Redis] = []
        self.failed = ""
        self._prefix = os.environ.get("STEWARD_ROLE_PREFIX", "steward")
        self._lock: IO[str] | None = None

    def run(self) -> int:
        """Start everything, wait until it is stopped, stop everything; return the exit code."""
        # until honcho listens, a SIGTERM unwinds like Ctrl-C: the servers that run already are stopped
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            self._claim_folder()
            self._claim_ports()
            is_first = not self.layout.ready.exists()
            waits = "; the first start takes a minute or two" if is_first else ""
            print(f"Steward starts in {self.layout.home}{waits}.", flush=True)  # noqa: T201 - what the command is for
            self._start_servers()
            self._build_tables()
            self._collect_static()
            return self._supervise()
        finally:
            for server in reversed(self.servers):
                server.stop()

    def _claim_folder(self) -> None:
        longest = max(len(bytes(self.layout.sockets / name)) for name in ("redis.sock", ".s.PGSQL.5432.lock"))
        if longest > _SOCKET_PATH_BYTES:
            raise LaunchError(
                f"The path of the data folder {self.layout.home} is {longest - _SOCKET_PATH_BYTES} characters too long"
                " for Unix sockets.",
                "Choose a shorter one with STEWARD_HOME.",
            )
        try:
            self.layout.logs.mkdir(parents=True, exist_ok=True)
            self._lock = self.layout.lock.open("a")
        except OSError as refused:
            raise LaunchError(
                f"The data folder {self.layout.home} cannot be used ({refused.strerror}).",
                "Choose another one with STEWARD_HOME.",
            ) from refused
        try:
            # a record lock: honcho's forks do not inherit it, so it ends with the launcher
            fcntl.lockf(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LaunchError(
                f"Steward runs on {self.layout.home} already.",
                "Stop it first, or give this one a folder and a port of its own with STEWARD_HOME and STEWARD_PORT.",
            ) from None
        end_leftovers(self.layout)

    def _claim_ports(self) -> None:
        check_free(self.port, "STEWARD_PORT")
        if self._has_local_stripe:
            check_free(self.layout.stripe_port, "STEWARD_STRIPE_PORT", " of the local payment server")

    @property
    def _has_local_stripe(self) -> bool:
        """Whether payments go to the server on this machine: no key, no account at Stripe."""
        return not os.environ.get("STRIPE_SECRET_KEY")

    def _start_servers(self) -> None:
        if url := os.environ.get("DATABASE_URL"):
            address = env.DatabaseAddress.parse(url)
            prepare_given(address, url=url, prefix=self._prefix)
        else:
            postgres = Postgres(self.layout)
            self.servers.append(postgres)
            postgres.start()
            prepare(postgres.url("postgres", "postgres"), database=DATABASE, login=LOGIN, prefix="steward")
        if url := os.environ.get("REDIS_URL"):
            check_given(url)
        else:
            redis = Redis(self.layout)
            self.servers.append(redis)
            redis.start()

    def _marks(self, *facts: object) -> Marks:
        url = os.environ.get("DATABASE_URL") or self.layout.database_url
        return Marks(url, self._prefix, *facts)

    def _build_tables(self) -> None:
        """Migrate, unless it was done for this code and database already."""
        marks = self._marks()
        if not marks.tables_are_built():
            self._manage("migrate_all")
            marks.note_tables()

    def _fill_demo(self) -> str:
        """Have the demo firm made, unless it was; return its welcome, which names addresses."""
        marks, welcome = self._marks("port", self.port), self.layout.home / "welcome.txt"
        if not (welcome.exists() and marks.demo_is_filled()):
            self._manage("seed_demo")
            marks.note_demo()
            # the firm that it made has its tables from this very code: the next start need not look at them
            self._marks().note_tables()
        return welcome.read_text()

    def _collect_static(self) -> None:
        """Gather the built front end for WhiteNoise, when it is newer than what was gathered last."""
        built, gathered = env.ROOT / "static" / "dist" / ".built", self.layout.home / "static" / "staticfiles.json"
        if gathered.exists() and (not built.exists() or gathered.stat().st_mtime > built.stat().st_mtime):
            return
        self._manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")

    def _environment(self) -> dict[str, str]:
        here = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "STEWARD_PORT": str(self.port),
            "STEWARD_HOME": str(self.layout.home),
            "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "config.settings.local"),
            "PYTHONUNBUFFERED": "1",
        }
        return {**os.environ, **here}

    def _manage(self, *arguments: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own command line
            [sys.executable, "manage.py", *arguments],
            cwd=env.ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        (self.layout.logs / "manage.log").open("a").write(done.stdout + done.stderr)
        if done.returncode:
            last = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1]
            raise LaunchError(f"manage.py {arguments[0]} failed: {last}", f"See {self.layout.logs / 'manage.log'}.")

    def _supervise(self) -> int:
        log = _LogFile(self.layout.logs / "steward.log")
        self.layout.ready.unlink(missing_ok=True)
        manager = Parts(log, tell=self._tell, remember=lambda pids: remember(self.layout, pids))
        waits = f"until [ -e {shlex.quote(str(self.layout.ready))} ]; do sleep 0.2; done; "
        for name, command in parse_procfile((env.ROOT / "Procfile").read_text()).processes.items():
            if name == "stripe" and not self._has_local_stripe:
                continue
            whole = waits + command if name in _AFTER_READY else command
            manager.add_process(name, whole, env=self._environment(), cwd=str(env.ROOT))
        threading.Thread(target=self._announce, args=(manager,), daemon=True).start()
        ended = threading.Event()
        keeper = threading.Thread(target=self._keep_servers, args=(manager, ended), daemon=True)
        keeper.start()
        manager.loop()
        ended.set()
        keeper.join()  # it may be starting one, which is then stopped with the others
        if self.failed:
            raise LaunchError(self.failed, f"See {log.output.name}.")
        stopped_by_hand = manager.returncode in {130, 143}
        if not stopped_by_hand:
            raise LaunchError(
                f"A part of Steward stopped: {log.first_stopped or 'unknown'}.", f"See {log.output.name}."
            )
        return 0

    def _tell(self, line: str) -> None:
        print(f"Steward: {line} See {self.layout.logs}.", flush=True)  # noqa: T201 - what the command is for

    def _keep_servers(self, manager: Parts, ended: threading.Event) -> None:
        """Start a server of ours that died again: the site waits for it meanwhile. Runs beside honcho's loop."""
        starts = {server: Starts() for server in self.servers}
        while not ended.wait(0.5):
            for server, counted in starts.items():
                if server.process is None or server.process.poll() is None:
                    continue
                code = server.process.returncode
                if not counted.one_more():
                    self.failed = f"{server.name} died (code {code}), too often to start it again."
                    manager.terminate()
                    return
                self._tell(f"{server.name} died (code {code}) and is started again, {counted}.")
                with suppress(LaunchError, OSError):  # counted: the next round tries again
                    server.start()

    def _announce(self, manager: Parts) -> None:
        """Wait until every part is well, fill the demo firm, say where it is. Runs beside honcho's loop."""
        deadline = time.monotonic() + READY_SECONDS
        reason = ""
        while time.monotonic() < deadline:
            reason = self._unwell()
            if not reason:
                break
            time.sleep(0.2)
        if reason:
            self.failed = f"Steward did not become healthy in {READY_SECONDS} seconds: {reason}."
            manager.terminate()
            return
        self.layout.ready.touch()
        if not self.with_demo:
            print(f"Steward is ready: http://localhost:{self.port}/", flush=True)  # noqa: T201 - what the command is for
            return
        try:
            welcome = self._fill_demo()
        except LaunchError as broken:
            self.failed = str(broken)
            manager.terminate()
            return
        print(welcome, flush=True)  # noqa: T201 - what the command is for

    def _unwell(self) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/", timeout=5):
                return ""
        except urllib.error.HTTPError as answer:
            parts = json.load(answer).get("parts", {})
            return "; ".join(f"{name}: {part['reason']}" for name, part in parts.items() if part["status"] != "ok")
        except OSError as away:
            return str(away)


def main() -> int:
    """Run; print one line when it cannot."""
    try:
        with_demo = env.switch("STEWARD_DEMO", default=True)
        return Launcher(Layout(env.home()), env.whole("STEWARD_PORT", 8000), with_demo=with_demo).run()
    except (LaunchError, env.EnvironmentVariableError) as refused:
        print(f"steward: {refused}", file=sys.stderr)  # noqa: T201
        return 1
    except KeyboardInterrupt:
        return 0  # stopped by hand before everything ran
    except psutil.Error as refused:
        print(f"steward: a process could not be examined: {refused}", file=sys.stderr)  # noqa: T201
        return 1


if __name__ == "__main__":
    sys.exit(main())
