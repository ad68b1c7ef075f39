"""Logarithm, exponential, sine and cosine of single floats, as polynomials that the compiler makes wide.

A call of the C library goes number by number; these go sixteen at a time, and give the same bits on each machine. The
coefficients are least-error fits at Chebyshev nodes, rounded to single precision.
"""

from __future__ import annotations

import numpy as np

from apps.plans.engine.compiled import compiled

_ONE, _HALF = np.float32(1.0), np.float32(0.5)
_LN2 = np.float32(0.6931472)
# ln 2 in two parts: multiples of the first are exact in single precision
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
_PER_LN2 = np.float32(1.442695041)
# added and taken away again it leaves the nearest whole number
_ROUNDER = np.float32(12582912.0)
_LARGEST = np.float32(87.0)
# the bits of the square root of a half, and how many bits stand behind the point
_ROOT_BITS, _POINT = np.int32(0x3F3504F3), np.int32(23)

_L0, _L1, _L2, _L3 = np.float32(0.33333331), np.float32(-0.24999989), np.float32(0.20000707), np.float32(-0.16668480)
_L4, _L5, _L6, _L7 = np.float32(0.14249937), np.float32(-0.12411051), np.float32(0.11661511), np.float32(-0.11571201)
_L8 = np.float32(0.071497539)
_E0, _E1, _E2 = np.float32(0.5), np.float32(0.16666667), np.float32(0.041666465)
_E3, _E4, _E5 = np.float32(0.0083332985), np.float32(0.0013933644), np.float32(0.00019899276)
_S0, _S1, _S2 = np.float32(3.1415927), np.float32(-5.1677128), np.float32(2.5501633)
_S3, _S4, _S5 = np.float32(-0.59925220), np.float32(0.082050402), np.float32(-0.0070283864)
_C1, _C2, _C3 = np.float32(-4.9348022), np.float32(4.0587121), np.float32(-1.3352623)
_C4, _C5, _C6 = np.float32(0.23532544), np.float32(-0.025776328), np.float32(0.0018400051)


@compiled
def log_of(value: np.float32) -> np.float32:
    """Return the natural logarithm of a positive normal float, to some 2 units in the last place."""
    bits = np.float32(value).view(np.int32)
    power = np.int32(np.int32(bits - _ROOT_BITS) >> _POINT)
    part = np.int32(bits - np.int32(power << _POINT)).view(np.float32) - _ONE
    series = _L8
    series = series * part + _L7
    series = series * part + _L6
    series = series * part + _L5
    series = series * part + _L4
    series = series * part + _L3
    series = series * part + _L2
    series = series * part + _L1
    series = series * part + _L0
    square = part * part
    return part - _HALF * square + part * square * series + np.float32(power) * _LN2


@compiled
def exp_of(value: np.float32) -> np.float32:
    """Return e to the power of a float, to some 2 units in the last place; beyond ±87 it goes no further."""
    held = min(max(value, -_LARGEST), _LARGEST)
    whole = (held * _PER_LN2 + _ROUNDER) - _ROUNDER
    part = held - whole * _LN2_HIGH - whole * _LN2_LOW
    series = _E5
    series = series * part + _E4
    series = series * part + _E3
    series = series * part + _E2
    series = series * part + _E1
    series = series * part + _E0
    near = _ONE + part + part * part * series
    scale = np.int32(np.int32(np.int32(whole) + np.int32(127)) << _POINT).view(np.float32)
    return near * scale


@compiled
def sine_of_half_turns(turns: np.float32) -> np.float32:
    """Return sin(πx) for x from -1/2 to 1/2."""
    square = turns * turns
    series = _S5
    series = series * square + _S4
    series = series * square + _S3
    series = series * square + _S2
    series = series * square + _S1
    series = series * square + _S0
    return turns * series


@compiled
def cosine_of_half_turns(turns: np.float32) -> np.float32:
    """Return cos(πx) for x from -1/2 to 1/2."""
    square = turns * turns
    series = _C6
    series = series * square + _C5
    series = series * square + _C4
    series = series * square + _C3
    series = series * square + _C2
    series = series * square + _C1
    return series * square + _ONE
