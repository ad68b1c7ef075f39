"""The worker of the queue: `python -m config.worker`. STEWARD_WORKERS is how many jobs it does at once.

Celery's own command line loads an interactive shell and every other command first, a tenth of the worker's start.
"""

from __future__ import annotations

import sys

from config.celery import app


def main() -> int:
    """Work until stopped; return the exit code."""
    worker = app.Worker(loglevel="INFO", queues="celery,slow", without_gossip=True, without_mingle=True)
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
