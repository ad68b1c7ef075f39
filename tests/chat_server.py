"""A server on a local port that speaks the protocol of chat completions, and fails in every way it is told to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

KEY = "sk-local-key-1"
MODEL, EMBEDDING = "local-model", "local-embedding"
PATHS = {("/v1/chat/completions", MODEL), ("/v1/embeddings", EMBEDDING)}


class ChatServer:
    """Answers with `say` (a text, or what a question's content becomes); `status`, `raw` and `wait` make it fail.

    `place` gives the vector of a text.
    """

    def __init__(self) -> None:
        self.say: str | Callable[[str], str] = "Hello."
        self.place: Callable[[str], list[float]] = lambda text: [float(len(text)), 1.0]
        self.status, self.raw, self.wait = 200, None, 0.0
        self.location = ""
        self.before: Callable[[], None] = lambda: None
        self.asked: list[dict[str, Any]] = []
        self.hosts: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def content(self) -> str:
        """What the last question was about."""
        return str(self.asked[-1]["messages"][-1]["content"])

    def stop(self) -> None:
        """End it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                server.asked.append(body)
                server.hosts.append(self.headers["Host"])
                server.before()
                time.sleep(server.wait)
                status, told = server.status, server.raw
                if status == 200 and self.headers["Authorization"] != f"Bearer {KEY}":
                    status = 401
                elif status == 200 and (self.path, body["model"]) not in PATHS:
                    status = 404
                if told is None and "input" in body:
                    rows = [{"index": at, "embedding": server.place(text)} for at, text in enumerate(body["input"])]
                    told = json.dumps({"object": "list", "data": rows[::-1]}).encode()
                if told is None:
                    content = body["messages"][-1]["content"]
                    words = server.say if isinstance(server.say, str) else server.say(content)
                    choice = {"index": 0, "message": {"role": "assistant", "content": words}, "finish_reason": "stop"}
                    told = json.dumps({"id": "1", "object": "chat.completion", "choices": [choice]}).encode()
                self.send_response(status)
                if server.location:
                    self.send_header("Location", server.location)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_args: object) -> None:
                """Say nothing."""

        return Handler


@pytest.fixture
def chat_server(settings: Any) -> Iterator[ChatServer]:
    """A server that the installation allows on its own machine."""
    settings.OUTSIDE_PRIVATE_HOSTS = ["127.0.0.1"]
    server = ChatServer()
    yield server
    server.stop()
