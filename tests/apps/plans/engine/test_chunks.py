"""Chunks share work out whole."""

from __future__ import annotations

from apps.plans.engine.chunks import chunks_of


def test_chunks_cover_all_blocks_once() -> None:
    for n_blocks in (1, 7, 160):
        covered = [block for first, last in chunks_of(n_blocks, 20) for block in range(first, last)]
        assert covered == list(range(n_blocks))


def test_chunks_are_no_more_than_the_blocks_and_of_about_one_length() -> None:
    assert chunks_of(3, 20) == [(0, 1), (1, 2), (2, 3)]
    lengths = {last - first for first, last in chunks_of(160, 7)}
    assert max(lengths) - min(lengths) <= 1
