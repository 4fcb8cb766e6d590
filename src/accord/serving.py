"""Starting the web application: its database, its pages and its jobs."""

from __future__ import annotations

import errno
import gc
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

DEMO_DATA = Path(tempfile.gettempdir()) / f"accord-demo-{os.getuid() if hasattr(os, 'getuid') else 'firm'}"
_PORTS_TRIED = 20


def use_demo() -> Path:
    """Let the settings be those of the sample firm; gives the folder of its data."""
    os.environ["ACCORD_DEMO"] = "1"
    return Path(os.environ.setdefault("ACCORD_DATA", str(DEMO_DATA)))


def begin(demo: bool = False) -> None:
    """Read the settings and bring the database up to date. The demo firm has a folder of its own."""
    if demo:
        use_demo()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "accord.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    count_rows()


def count_rows() -> None:
    """Let the embedded database know roughly how much is in its tables: without, it asks large ones in the wrong order."""
    from django.db import connection

    if connection.vendor == "sqlite":  # PostgreSQL does it by itself
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit=1000")
            cursor.execute("ANALYZE")


def settle() -> None:
    """What is loaded now stays for good: the garbage collector need not look at it again and again, nor so often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def free_port(host: str, wanted: int) -> int:
    """The wanted port, or the next one that nobody listens on.

    Raises:
        OSError: none of the next ports is free, or the host is not this machine.
    """
    for port in range(wanted, min(wanted + _PORTS_TRIED, 65536)):
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((host, port))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
            else:
                return port
    raise OSError(errno.EADDRINUSE, f"the ports from {wanted} on are in use")


def serve(host: str, port: int) -> None:
    """Serve pages, and work off jobs in a process beside, until interrupted."""
    import multiprocessing

    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if not os.environ.get("ACCORD_HOSTS"):
        os.environ.setdefault("ACCORD_SITE", f"http://{host}:{port}/")  # the worker writes mails with links
    # A copy of this process would hang at the first letter if one was made here already, as the sample firm's are.
    multiprocessing.set_start_method("spawn", force=True)
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

    from accord.notices.rounds import begin_rounds
    from accord.planning.checking.jobs import warm_up

    begin_rounds()
    warm_up()
    settle()
    call_command("db_worker", interval=0.1, queue_name="*", verbosity=0)
