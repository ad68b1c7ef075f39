"""Keys in Redis by which one process knows of another; plain names, so that the launcher knows them without Django."""

WORKER_SIGN = "steward:worker:alive"
