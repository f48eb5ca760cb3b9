"""Whether a part of Merit is well, as exit code, for the health checks of containers.

python -m deploy.healthy http://127.0.0.1:8001/health/ready    the address answers 200
python -m deploy.healthy /tmp/worker                           a worker touched its file within 15 seconds
"""

import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Final

FRESH_SECONDS: Final = 15.0
"""A worker gives a heartbeat every two seconds; another takes over its jobs after ten without one."""


def main() -> int | str:
    """0, or what is wrong."""
    target = sys.argv[1]
    try:
        if target.startswith("/"):
            age = time.time() - Path(target).stat().st_mtime
            return 0 if age < FRESH_SECONDS else f"the worker's last heartbeat is {age:.0f} s old"
        with urllib.request.urlopen(target, timeout=4):  # noqa: S310 - an address written in docker-compose.yml
            return 0
    except (urllib.error.URLError, OSError) as reason:
        return str(reason)


if __name__ == "__main__":
    sys.exit(main())
