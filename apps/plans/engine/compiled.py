"""The one door to the compiler: every kernel is compiled the same way, and cached on disk by numba.

Numba's cache looks at the file of a function only. A kernel holds copies of what it calls and of the constants it
reads, which may live in other files; after a change there it would go on with the old copy, or fail to load. So the
name under which a kernel is cached carries a digest of all it may hold: its own code, the text of its module (it may
call what stands further down, unknown yet when the digest is taken), and every constant, tuple class and kernel that
its module had imported.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from numba import njit
from numba.extending import is_jitted

# Paths of a block: enough that a call costs little per path, few enough that the books stay in the first cache.
LANES = 64

Kernel = TypeVar("Kernel", bound=Callable[..., Any])

# Changes whenever the doors below compile in another way.
_DOOR = "uncounted unless it makes arrays"


def _known(value: Any) -> str | None:
    """What a kernel may copy of a global: constants, fields of tuple classes, other kernels by their digest."""
    if is_jitted(value):
        return str(value.py_func.__qualname__)
    if isinstance(value, type) and hasattr(value, "_fields"):
        return f"{value.__qualname__}{value.__annotations__}"
    if isinstance(value, bool | int | float | str | tuple):
        return repr(value)
    return None


def _text_of(module: dict[str, Any]) -> str:
    """Return the text of a module, or nothing where it has none (typed in, or made by a test)."""
    spec = module.get("__spec__")
    return _read(spec.loader, spec.name) if spec is not None and hasattr(spec.loader, "get_source") else ""


@cache
def _read(loader: Any, name: str) -> str:
    return loader.get_source(name) or ""


def digest_of(kernel: Callable[..., Any]) -> str:
    """Digest of a function, of the text of its module and of the module's globals as they are now."""
    code = kernel.__code__
    parts = [code.co_code.hex(), repr(code.co_names), _text_of(kernel.__globals__), _DOOR]
    parts += [repr(constant) for constant in code.co_consts if not hasattr(constant, "co_code")]
    for name, value in sorted(kernel.__globals__.items()):
        known = None if name.startswith("__") else _known(value)
        if known is not None:
            parts.append(f"{name}={known}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]


def _cached(kernel: Kernel, *, makes_arrays: bool) -> Kernel:
    kernel.__qualname__ = f"{kernel.__qualname__}_{digest_of(kernel)}"
    options: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": makes_arrays}
    return cast("Kernel", njit(**options)(kernel))


def compiled(kernel: Kernel) -> Kernel:
    """Compile a kernel that works in the arrays it is given: releases the interpreter lock, divides like numpy, keeps
    IEEE order of operations.

    No fastmath: results must not depend on how the compiler groups a sum.

    It does not count who holds them: where a program of forty arrays is handed from kernel to kernel, the counting
    takes as long as all the rest, and two threads wait for each other's counts. So it may make views, and no arrays
    (`compiled_with_arrays`): numba refuses one that does, with a word of NRT or of the array that it returns. It must
    not take an array that another one made and returns either; that compiles, and the array would never be given back
    (`tests/architecture/test_kernels.py`).
    """
    return _cached(kernel, makes_arrays=False)


def compiled_with_arrays(kernel: Kernel) -> Kernel:
    """Compile a kernel that makes arrays of its own, in the same way otherwise.

    Arrays that it returns may be taken by others of its kind and by Python only: nobody else would give them back.
    """
    return _cached(kernel, makes_arrays=True)
