"""Runs PostgreSQL twice on one folder and prints as JSON what was seen each time.

`python -m tests.deploy.server_twice PACKAGES DATA CACHE UID`: PACKAGES holds the server's package, CACHE is root's
cache, UID is the account to become first. All imports come before that: the account may not reach Python's own folders.
"""

import json
import os
import sys
from pathlib import Path

import psutil
import psycopg

from deploy import postgres
from tests.databases import FAST, free_port


def main(packages: str, data: str, cache: str, uid: str) -> None:
    """Starts the server, writes a row, stops it, and does so again."""
    sys.path.insert(0, packages)
    postgres.CACHE = Path(cache)
    if int(uid) != os.geteuid():
        os.setgroups([])
        os.setgid(int(uid))
        os.setuid(int(uid))
    seen = [run(Path(data), statement) for statement in ("CREATE TABLE kept AS SELECT 1", "INSERT INTO kept SELECT 2")]
    sys.stdout.write(json.dumps(seen))


def run(data: Path, statement: str) -> dict[str, object]:
    """Starts the server for one statement, and stops it."""
    server = postgres.start(data, free_port(), data.with_name("postgres.log"), FAST)
    try:
        with psycopg.connect(server.url()) as connection:
            connection.execute(statement)
            rows = connection.execute("SELECT count(*) FROM kept").fetchone()
        status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="utf-8").split()
        return {
            "rows": rows and rows[0],
            "uids": psutil.Process(server.process.pid).uids(),
            "capabilities": status[status.index("CapEff:") + 1],
        }
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
