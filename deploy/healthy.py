"""Whether an address answers 200, as exit code, for the health checks of containers: `python -m deploy.healthy URL`."""

import sys
import urllib.error
import urllib.request

try:
    with urllib.request.urlopen(sys.argv[1], timeout=4):  # noqa: S310 - an address written in docker-compose.yml
        sys.exit(0)
except (urllib.error.URLError, OSError) as reason:
    sys.exit(str(reason))
