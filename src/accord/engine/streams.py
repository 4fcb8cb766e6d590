"""Random numbers that belong to a thing, not to an order.

Every draw is a pure function of (seed, the thing's id, sample number), so that the answer does not depend on
threads or machine, and a what-if compares the same futures (common random numbers) whatever else is in the file.

Generator: Philox4x32-10 (J. K. Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC11).
One call serves four consecutive samples. Normal deviates come by inversion, from a table that is denser in the tails.
"""

from __future__ import annotations

import hashlib
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic
from numpy.typing import NDArray

import accord.engine.cache  # noqa: F401  before the first compiled function

LANES = 4  # samples that one call of the generator serves
_OCTAVE = 64  # table cells for each halving of the tail probability
_HALVINGS = 32


def key_of(*parts: str) -> int:
    """A 64-bit key for a named thing, the same on every machine."""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


@cache
def normal_table() -> NDArray[np.float64]:
    """Standard normal quantiles of the lower half, (32 halvings x 65) nodes of the tail probability, flat."""
    normal = NormalDist()
    return np.array(
        [
            normal.inv_cdf(min(0.5, (1 + cell / _OCTAVE) * 2.0 ** -(halving + 2)))
            for halving in range(_HALVINGS)
            for cell in range(_OCTAVE + 1)
        ]
    )


@intrinsic
def leading_zeros(typing_context: Any, value: Any) -> Any:  # the processor's own instruction
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctlz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint32(types.uint32), build


@intrinsic
def trailing_zeros(typing_context: Any, value: Any) -> Any:
    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], context.get_constant(types.boolean, False))

    return types.uint64(types.uint64), build


@njit(cache=True, nogil=True, inline="always")
def philox(c0, c1, c2, c3, k0, k1):  # type: ignore[no-untyped-def]
    """Four 32-bit words from a 128-bit counter and a 64-bit key (all given as uint64 holding 32 bits)."""
    low = np.uint64(0xFFFFFFFF)
    half = np.uint64(32)
    for _ in range(10):
        p0 = c0 * np.uint64(0xD2511F53)
        p1 = c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (p1 >> half) ^ c1 ^ k0, p1 & low, (p0 >> half) ^ c3 ^ k1, p0 & low
        k0 = (k0 + np.uint64(0x9E3779B9)) & low
        k1 = (k1 + np.uint64(0xBB67AE85)) & low
    return c0, c1, c2, c3


@njit(cache=True, nogil=True, inline="always")
def normal(word, table):  # type: ignore[no-untyped-def]
    """The standard normal deviate of a 32-bit word: its top bit is the sign, the rest the tail probability."""
    tail = np.uint32((word << np.uint64(1)) & np.uint64(0xFFFFFFFF)) | np.uint32(1)
    halving = leading_zeros(tail)
    mantissa = np.int64((np.uint64(tail) << np.uint64(halving)) & np.uint64(0x7FFFFFFF))
    cell = mantissa >> 25
    share = (mantissa & 0x1FFFFFF) * (1.0 / 33554432.0)
    at = np.int64(halving) * 65 + cell
    z = table[at] + share * (table[at + 1] - table[at])
    return -z if word >> np.uint64(31) else z


@njit(cache=True, nogil=True, inline="always")
def uniform(word):  # type: ignore[no-untyped-def]
    """A number in (0, 1) from a 32-bit word."""
    return (np.float64(word) + 0.5) * (1.0 / 4294967296.0)
