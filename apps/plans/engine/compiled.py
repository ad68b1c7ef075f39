"""The one door to the compiler: every kernel is compiled the same way, and cached on disk by numba."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel: releases the interpreter lock, divides like numpy, keeps IEEE order of operations.

    No fastmath: results must not depend on how the compiler groups a sum.
    """
    return cast("Kernel", njit(cache=True, nogil=True, error_model="numpy")(kernel))
