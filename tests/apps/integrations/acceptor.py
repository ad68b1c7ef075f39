"""A FIX 4.4 acceptor on a local port that speaks the protocol on the wire, and misbehaves when a test says so."""

from __future__ import annotations

import datetime as dt
import socket
import ssl
import threading
import time
from collections.abc import Callable

from apps.integrations.engine.fix_session import Message
from apps.integrations.services.fix_wire import Listener, Parties, written

US = Parties("BROKER", "STEWARD")


class Acceptor:
    """Accepts one line after another. `next_out` and `next_in` survive the lines, as a broker's do.

    `answer` is called with each message of the application and returns what to say: (kind, fields) pairs.
    """

    def __init__(
        self,
        answer: Callable[[Message], list[tuple[str, tuple]]] | None = None,
        secure: ssl.SSLContext | None = None,
    ) -> None:
        self.secure = secure
        self.answer = answer or (lambda _message: [])
        self.next_out, self.next_in = 1, 1
        self.heard: list[Message] = []
        self.logons: list[Message] = []
        self.orders: list[Message] = []
        self.kept: dict[int, Message] = {}
        self.lose: set[int] = set()  # numbers that are used, but never reach the other side
        self.twice: set[int] = set()  # numbers that are sent twice, the second time as a possible duplicate
        self.drop_after: int | None = None  # close the line after so many messages heard
        self.lines = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self._server.settimeout(0.1)
        self._stopped = threading.Event()
        self._line: socket.socket | None = None
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.getsockname()[1])

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(5)
        self._server.close()

    def say(self, kind: str, fields: tuple = ()) -> None:
        """Number a message and send it, unless its number is to be lost."""
        with self._lock:
            message = Message(kind, self.next_out, fields)
            self.next_out += 1
            self.kept[message.seq] = message
            if message.seq not in self.lose:
                self._raw(message)
            if message.seq in self.twice:
                self._raw(message, dup=True)

    def _raw(self, message: Message, *, dup: bool = False) -> None:
        now = dt.datetime.now(dt.UTC)
        if self._line is not None:
            self._line.sendall(written(message, US, now, first_sent=now if dup else None))

    def _serve(self) -> None:
        while not self._stopped.is_set():
            try:
                line, _ = self._server.accept()
            except TimeoutError:
                continue
            self.lines += 1
            try:
                line.settimeout(5)
                line = self.secure.wrap_socket(line, server_side=True) if self.secure else line
                line.settimeout(0.05)
                self._line = line
                self._talk(line)
            except OSError:
                pass
            finally:
                self._line = None
                line.close()

    def _talk(self, line: socket.socket) -> None:
        listener, n = Listener(), 0
        while not self._stopped.is_set():
            try:
                data = line.recv(65536)
            except TimeoutError:
                continue
            if not data:
                return
            for heard in listener.hear(data):
                n += 1
                if not self._take(heard.message):
                    return
                if self.drop_after is not None and n >= self.drop_after:
                    self.drop_after = None
                    return

    def _take(self, message: Message) -> bool:
        with self._lock:
            self.heard.append(message)
            if message.kind == "A":
                self.logons.append(message)
                if message.get(141) == "Y":
                    self.next_out, self.next_in, self.kept = 1, 1, {}
                ahead = message.seq > self.next_in
                self.say("A", ((98, "0"), (108, "30")))
                if ahead:
                    self.say("2", ((7, str(self.next_in)), (16, "0")))
                    return True
            if message.seq > self.next_in:
                self.say("2", ((7, str(self.next_in)), (16, "0")))
                return True
            if message.kind == "4" and message.get(123) == "Y":
                self.next_in = int(message.get(36))
                return True
            if message.seq < self.next_in:
                return message.poss_dup
            self.next_in = message.seq + 1
            return self._do(message)

    def _do(self, message: Message) -> bool:
        if message.kind == "5":
            self.say("5")
            return False
        if message.kind == "1":
            self.say("0", ((112, message.get(112)),))
        elif message.kind == "2":
            self._send_again(int(message.get(7)))
        elif message.kind in {"D", "F", "G", "H"}:
            self.orders.append(message)
            for kind, fields in self.answer(message):
                self.say(kind, fields)
                if kind == "4":
                    self.next_out = int(dict(fields)[36])
        return True

    def _send_again(self, begin: int) -> None:
        """Resend the application, fill the rest."""
        last = self.next_out - 1
        for seq in range(begin, last + 1):
            message = self.kept.get(seq)
            if message is not None and message.kind == "8":
                self._raw(message, dup=True)
            else:
                self._raw(Message("4", seq, ((123, "Y"), (36, str(seq + 1)))), dup=True)


def wait_for(condition: Callable[[], bool], seconds: float = 20) -> Callable[[], bool]:
    """Return what says that the condition holds, or that the time is over."""
    until = time.monotonic() + seconds
    return lambda: condition() or time.monotonic() > until
