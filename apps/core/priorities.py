"""In which order the broker hands jobs on: the lower number goes first."""

from __future__ import annotations

# 0 means to Kombu that none was given; 1 stands in the same list as 0
FIRST, LAST = 1, 9
