"""Whether a port is free, and what to do when it is not."""

from __future__ import annotations

import socket

from config.embedded.errors import LaunchError


def check_free(port: int, variable: str, owner: str = "") -> None:
    """Refuse a port that cannot be listened on; the one line names the variable that chooses another.

    `owner` says whose port it is, where that is not plain.
    """
    if not 1 <= port <= 65535:
        raise LaunchError(f"{port}{owner} is no port.", f"Choose one from 1024 to 65535 with {variable}.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise LaunchError(
                f"Port {port}{owner} is kept for the system.", f"Choose one from 1024 up with {variable}."
            ) from None
        except OSError:
            other = port + 1 if port < 65535 else 8000
            raise LaunchError(
                f"Port {port}{owner} is in use.", f"Choose another one: {variable}={other} make run"
            ) from None
