"""Where things lie in STEWARD_HOME."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config import env

DATABASE, LOGIN = "steward", "steward"


@dataclass(frozen=True, slots=True)
class StripeKeys:
    """What the product and the local payment server know of each other."""

    secret_key: str
    webhook_secret: str


def _kept(path: Path, prefix: str) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(prefix + secrets.token_urlsafe(32))
        path.chmod(0o600)
    return path.read_text().strip()


@dataclass(frozen=True, slots=True)
class Layout:
    """Folders and addresses of one machine's data."""

    home: Path

    @property
    def postgres(self) -> Path:
        """Return the data folder of PostgreSQL."""
        return self.home / "postgres"

    @property
    def sockets(self) -> Path:
        """Return the folder of Unix sockets: no server listens on a port."""
        return self.home / "run"

    @property
    def redis(self) -> Path:
        """Return the data folder of Redis."""
        return self.home / "redis"

    @property
    def logs(self) -> Path:
        """Return the folder of log files."""
        return self.home / "log"

    @property
    def mail(self) -> Path:
        """Return the folder of mails sent on this machine."""
        return self.home / "mail"

    @property
    def secret_key(self) -> Path:
        """Return the file of this machine's secret key."""
        return self.home / "secret-key"

    @property
    def lock(self) -> Path:
        """Return the file that the running launcher holds locked."""
        return self.home / "running.lock"

    @property
    def ready(self) -> Path:
        """Return the file that is there while this run is well for the first time and after."""
        return self.home / "ready"

    @property
    def redis_socket(self) -> Path:
        """Return the socket of Redis."""
        return self.sockets / "redis.sock"

    def postgres_url(self, database: str = DATABASE, user: str = LOGIN) -> str:
        """Return the address of a database."""
        return f"postgresql://{user}@{quote(str(self.sockets), safe='')}/{database}"

    @property
    def database_url(self) -> str:
        """Return the address of Steward's database for its own login."""
        return self.postgres_url()

    @property
    def redis_url(self) -> str:
        """Return the address of Redis as redis-py reads it."""
        return f"unix://{self.redis_socket}"

    @property
    def stripe_url(self) -> str:
        """Return the address of the local server that speaks Stripe's protocol."""
        return f"http://127.0.0.1:{self.stripe_port}"

    @property
    def stripe_port(self) -> int:
        """Return the port of that server, by default 420 above the site's own, so that two machines do not clash."""
        return env.whole("STEWARD_STRIPE_PORT", env.whole("STEWARD_PORT", 8000) + 420)

    def stripe_keys(self) -> StripeKeys:
        """Return the keys of that server, made at the first start and kept beside the data."""
        return StripeKeys(
            secret_key=_kept(self.home / "stripe-key", "sk_test_"),
            webhook_secret=_kept(self.home / "stripe-webhook-secret", "whsec_"),
        )
