"""Where the compiled loops are kept: beside the code, else in the user's cache folder (Numba looks for both).

Where neither can be written, they go into a folder of this process alone, and are made anew by the next one.
Import this before anything compiled.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile

from numba import config, njit


def _probe() -> None:
    """Nothing: Numba looks for a folder when a function is declared."""


def _is_kept() -> bool:
    try:
        njit(cache=True)(_probe)
    except RuntimeError:
        return False
    return True


KEPT = _is_kept()

if not KEPT:
    _folder = tempfile.mkdtemp(prefix="accord-")
    config.CACHE_DIR = _folder  # type: ignore[attr-defined]
    atexit.register(shutil.rmtree, _folder, ignore_errors=True)
