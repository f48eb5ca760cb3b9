"""A worker's sign of life, given from a thread of its own.

A long calculation keeps the event loop busy; if the heartbeat came from the loop, another worker would take the job for
abandoned and run it a second time.
"""

import threading
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
import structlog
from procrastinate.worker import Worker

log = structlog.get_logger(__name__)

_BEAT = "UPDATE procrastinate_workers SET last_heartbeat = now() WHERE id = %s"


class Heartbeat:
    """While entered, says every ``interval`` seconds that the worker lives: in the database, then by ``file``.

    The file's age tells a health check of the container how long ago the worker last reached the database.
    """

    def __init__(
        self, conninfo: str, options: dict[str, Any], worker: Worker, interval: float, file: Path | None = None
    ) -> None:
        self._conninfo = conninfo
        self._options = options
        self._worker = worker
        self._interval = interval
        self._file = file
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._over.is_set():
            try:
                self._beat()
            except (psycopg.Error, OSError) as error:
                log.warning("heartbeat_failed", error=type(error).__name__)
                self._over.wait(self._interval)

    def _beat(self) -> None:
        with psycopg.connect(self._conninfo, autocommit=True, connect_timeout=5, **self._options) as connection:
            while not self._over.wait(self._interval):
                connection.execute(_BEAT, (self._worker.worker_id,))
                if self._file is not None:
                    self._file.touch()
