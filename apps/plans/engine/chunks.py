"""Work in chunks that threads may share. The engine starts no threads: the caller says how chunks are run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

Chunk = tuple[int, int]


class Mapper(Protocol):
    """How chunks of paths are run: the built-in ``map``, or that of a pool of threads the caller owns."""

    def __call__(self, function: Callable[[Chunk], None], items: Iterable[Chunk], /) -> Iterator[None]:
        """Call the function on each item; results come in order."""
        ...


def chunks_of(n_blocks: int, count: int) -> list[Chunk]:
    """Split blocks into at most ``count`` runs of about the same length: first, and one past the last."""
    edges = [(n_blocks * chunk // count, n_blocks * (chunk + 1) // count) for chunk in range(count)]
    return [(first, last) for first, last in edges if last > first]
