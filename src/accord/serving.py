"""Starting the web application: its database, its pages and its jobs."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

DEMO_DATA = Path(tempfile.gettempdir()) / f"accord-demo-{os.getuid() if hasattr(os, 'getuid') else 'firm'}"


def begin(demo: bool = False) -> None:
    """Read the settings and bring the database up to date. The demo firm has a folder of its own."""
    if demo:
        os.environ["ACCORD_DEMO"] = "1"
        os.environ.setdefault("ACCORD_DATA", str(DEMO_DATA))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)


def serve(host: str, port: int) -> None:
    """Serve pages, and work off jobs in a process beside, until interrupted."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    worker = subprocess.Popen([sys.executable, "-m", "accord.cli", "work"])
    try:
        Granian(
            "accord.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            blocking_threads=4,
            log_level=LogLevels.warning,
        ).serve()
    finally:
        worker.terminate()
        worker.wait(10)


def work() -> None:
    """Work off jobs until interrupted; more of these processes may run at the same time."""
    from django.core.management import call_command

    call_command("db_worker", interval=0.1, queue_name="*", verbosity=0)
