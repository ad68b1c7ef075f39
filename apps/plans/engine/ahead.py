"""Markets asked of memory before the walk comes to them.

A block of growth is read from front to back, a row a month. The machine looks ahead by itself, but not beyond a page of
memory, which holds sixteen months of one mix: at each page the walk would wait. For the short walk of a pot alone: the
whole walk has so much to do in a month that asking costs it more than it brings.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from apps.plans.engine.compiled import LANES, compiled

# How many months ahead: more than a page.
MONTHS = 24
# How many numbers come at once.
_LINE = 16


def _asked(_context: Any, array: Any, place: Any) -> Any:
    """Ask memory for what stands at a place of an array, counted over all of it, and do not wait."""

    def generate(target: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = target.make_array(signature.args[0])(target, builder, arguments[0]).data
        byte, whole = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, whole, whole, whole])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        where = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
        # to read, to be kept near, as data
        builder.call(prefetch, [where, whole(0), whole(3), whole(1)])
        return target.get_dummy_value()

    return types.void(array, place), generate


_ask_for: Any = intrinsic(_asked)


@compiled
def ask_ahead(growth: NDArray[np.float32], month: int) -> None:
    """Ask for what ``growth`` (n_rows, n_months, LANES) holds of the month `MONTHS` after this one.

    What lies beyond the last month, or beyond the array, is asked for in vain and does no harm.
    """
    for row in range(growth.shape[0]):
        first = (row * growth.shape[1] + month + MONTHS) * LANES
        for place in range(first, first + LANES, _LINE):
            _ask_for(growth, place)
