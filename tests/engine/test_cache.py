"""An installation whose folders cannot be written: Numba is told to use a chosen folder only, and none is chosen."""

import os
import signal
import subprocess
import sys
from pathlib import Path

NOWHERE = {**os.environ, "NUMBA_CACHE_LOCATOR_CLASSES": "UserProvidedCacheLocator"}
PORTAL = Path(__file__).parents[2] / "examples" / "portal.yaml"


def test_what_cannot_be_kept_is_gone_with_its_process():
    ask = "import accord.engine.cache as c, numba; print(c.KEPT, numba.config.CACHE_DIR)"
    out = subprocess.run([sys.executable, "-c", ask], env=NOWHERE, capture_output=True, text=True, check=True)
    kept, folder = out.stdout.split()
    assert kept == "False"
    assert not Path(folder).exists()


def test_the_user_is_told_why_it_takes_long_and_may_interrupt():
    command = [str(Path(sys.executable).with_name("accord")), "check", str(PORTAL)]
    with subprocess.Popen(command, env=NOWHERE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "Set NUMBA_CACHE_DIR" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == ""
    assert process.returncode == 130
