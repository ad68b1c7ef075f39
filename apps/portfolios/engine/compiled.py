"""The one door of this engine to the compiler: kernels are compiled the same way, and cached on disk by numba.

Numba's cache looks at the file of a function only, while a kernel holds copies of the constants and kernels that it
reads. So the name under which it is cached carries a digest of its own code and of what its module knew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit
from numba.extending import is_jitted

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def digest_of(kernel: Callable[..., Any]) -> str:
    """Digest of a function and of the constants and kernels of its module as they are now."""
    code = kernel.__code__
    parts = [code.co_code.hex(), repr(code.co_names), repr(code.co_consts)]
    for name, value in sorted(kernel.__globals__.items()):
        if name.startswith("__"):
            continue
        if is_jitted(value):
            parts.append(f"{name}={value.py_func.__qualname__}")
        elif isinstance(value, bool | int | float | str | tuple):
            parts.append(f"{name}={value!r}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel: it releases the interpreter lock, divides like numpy and keeps the order of operations."""
    return _compiled(kernel, set())


def contracted(kernel: Kernel) -> Kernel:
    """Compile a kernel that may round a product and a sum once instead of twice."""
    return _compiled(kernel, {"contract"})


def regrouped(kernel: Kernel) -> Kernel:
    """Compile a kernel whose sums may be grouped to fill vector registers; NaN and infinity keep their meaning.

    For searches alone, whose answer is checked after.
    """
    return _compiled(kernel, {"contract", "reassoc"})


def _compiled(kernel: Kernel, freedom: set[str]) -> Kernel:
    kernel.__qualname__ = f"{kernel.__qualname__}_{digest_of(kernel)}"
    return cast("Kernel", njit(cache=True, nogil=True, error_model="numpy", fastmath=freedom)(kernel))
