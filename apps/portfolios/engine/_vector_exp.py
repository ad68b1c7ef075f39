"""e^x in plain arithmetic, so that a loop of it fills vector registers; for kernels that take many of them."""

from __future__ import annotations

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from apps.portfolios.engine.compiled import contracted

LOG2_E, LN2_HIGH, LN2_LOW = 1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10
ROUNDER = 6755399441055744.0  # 1.5 × 2^52: adding it leaves the nearest whole number in the low bits


@intrinsic
def _bits_of(_context, number):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """The 64 bits of a float64."""

    def generate(_target, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _of_bits(_context, number):  # type: ignore[no-untyped-def]  # noqa: ARG001
    """The float64 that has these 64 bits."""

    def generate(_target, builder, _signature, arguments):  # type: ignore[no-untyped-def]
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@contracted
def vector_exp(x: float) -> float:
    """e^x for |x| < 700, anything beyond: reduced to |r| ≤ ln 2 / 2 (Cody and Waite 1980), error 4e-16.

    The polynomial meets e^r in eleven Chebyshev points; its scale 2^n is added to the exponent's bits.
    """
    shifted = x * LOG2_E + ROUNDER
    n = shifted - ROUNDER
    r = x - n * LN2_HIGH - n * LN2_LOW
    p = 2.480150431378554e-05 + r * (2.764019739169484e-06 + r * 2.762637106569636e-07)
    p = 0.008333333385699212 + r * (0.001388888893251478 + r * (0.00019841170230570286 + r * p))
    p = 0.5000000000000006 + r * (0.16666666666554314 + r * (0.041666666666573066 + r * p))
    p = 1.0 + r * (1.0000000000000067 + r * p)
    return _of_bits(_bits_of(p) + (_bits_of(shifted) << 52))  # type: ignore[call-arg]


@contracted
def rough_exp(x: float) -> float:
    """e^x for |x| < 700, anything beyond, with an error of 1e-7: six Chebyshev points."""
    shifted = x * LOG2_E + ROUNDER
    r = x - (shifted - ROUNDER) * (LN2_HIGH + LN2_LOW)
    p = 0.1666650519575811 + r * (0.04191755754136265 + r * 0.008369155667697397)
    p = 1.00000007550023 + r * (1.00000001077804 + r * (0.4999886892528609 + r * p))
    return _of_bits(_bits_of(p) + (_bits_of(shifted) << 52))  # type: ignore[call-arg]
