"""python -m tools.stripe_local: serve until stopped, with this machine's keys."""

from __future__ import annotations

import signal
import sys
from types import FrameType

from config import env
from config.embedded.layout import Layout
from tools.stripe_local.server import StripeLocal


def main() -> int:
    """Serve on STEWARD_STRIPE_PORT."""
    layout = Layout(env.home())
    keys = layout.stripe_keys()
    try:
        server = StripeLocal(
            secret_key=keys.secret_key,
            webhook_secret=keys.webhook_secret,
            port=layout.stripe_port,
            state=layout.home / "stripe.json",
        )
    except OSError:
        print(
            f"stripe: port {layout.stripe_port} is in use. Choose another one with STEWARD_STRIPE_PORT.",
            file=sys.stderr,
        )
        return 1

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    try:
        server.http.serve_forever()
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
