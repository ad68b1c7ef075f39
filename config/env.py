"""The environment, read once and typed: a missing or wrong variable fails at start with its name."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


class EnvironmentVariableError(Exception):
    """A variable is missing or cannot be read; the message names it."""


def text(name: str, default: str | None = None) -> str:
    """Return the variable; without a default it is required."""
    value = os.environ.get(name, "") or default
    if value is None:
        raise EnvironmentVariableError(f"Set {name}: it has no default here.")
    return value


def whole(name: str, default: int) -> int:
    """Return the variable as a whole number."""
    value = text(name, str(default))
    try:
        return int(value)
    except ValueError:
        raise EnvironmentVariableError(f"{name} must be a whole number, not “{value}”.") from None


def switch(name: str, *, default: bool) -> bool:
    """Return the variable as on or off."""
    value = text(name, "1" if default else "0").lower()
    if value not in {"0", "1", "true", "false", "yes", "no", "on", "off"}:
        raise EnvironmentVariableError(f"{name} must be 1 or 0, not “{value}”.")
    return value in {"1", "true", "yes", "on"}


def listed(name: str, default: str = "") -> list[str]:
    """Return the variable's comma-separated items."""
    return [item.strip() for item in text(name, default).split(",") if item.strip()]


def home() -> Path:
    """Return the folder of data, logs and sockets: STEWARD_HOME, or `var` in the project."""
    return Path(text("STEWARD_HOME", str(ROOT / "var"))).expanduser().resolve()


@dataclass(frozen=True, slots=True)
class DatabaseAddress:
    """Where a PostgreSQL database is and who logs in."""

    name: str
    user: str
    password: str
    host: str
    port: str

    @classmethod
    def parse(cls, url: str, variable: str = "DATABASE_URL") -> DatabaseAddress:
        """Read postgresql://user:password@host:port/name; a folder as %2Fpath is a Unix socket."""
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"}:
            raise EnvironmentVariableError(f"{variable} must begin with postgresql://.")
        name = parts.path.lstrip("/")
        if not name:
            raise EnvironmentVariableError(f"{variable} must name a database after the last slash.")
        host, _, port = (parts.netloc.rpartition("@")[2]).partition(":")
        return cls(
            name=unquote(name),
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=unquote(host),
            port=port,
        )

    def django(self) -> dict[str, object]:
        """Return the connection keys of Django's DATABASES."""
        return {"NAME": self.name, "USER": self.user, "PASSWORD": self.password, "HOST": self.host, "PORT": self.port}
