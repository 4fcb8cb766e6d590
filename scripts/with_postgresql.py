"""Run a command with a PostgreSQL server of its own, which is gone afterwards: scripts/with_postgresql.py COMMAND...

The command finds the server's address in ACCORD_DATABASE. Without PostgreSQL on the machine the command is left out,
with one line that says so; where CI is set that is a failure.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def programs() -> Path | None:
    """The folder of the server's programs, the newest version first."""
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[-3]))
    return found[-1].parent if found else None


def server_user() -> str | None:
    """The server refuses to run as root: then it runs as the user that its package made."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(command: list[str]) -> int:
    where = programs()
    if where is None:
        print("PostgreSQL is not installed: its tests are left out (Debian, Ubuntu: apt install postgresql).")
        return 1 if os.environ.get("CI") else 0
    user, port = server_user(), free_port()
    with tempfile.TemporaryDirectory(prefix="accord-postgresql-") as folder:
        if user:
            shutil.chown(folder, user)
        data = f"{folder}/data"

        def server(*arguments: str) -> None:
            subprocess.run(arguments, check=True, cwd=folder, user=user, stdout=subprocess.DEVNULL)

        server(
            str(where / "initdb"), "-D", data, "-U", "accord", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"
        )
        # Nothing here outlives the run, so nothing has to be safe on disk.
        options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        server(str(where / "pg_ctl"), "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            address = f"postgresql://accord@127.0.0.1:{port}/postgres"
            return subprocess.run(
                command, check=False, env=os.environ | {"ACCORD_DATABASE": address}
            ).returncode
        finally:
            server(str(where / "pg_ctl"), "-D", data, "-m", "immediate", "stop")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
