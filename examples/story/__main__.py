"""Lives the example quarter: `python -m examples.story --gateway http://127.0.0.1:8000`.

The administrators' passwords are read from MERIT_BOOTSTRAP_PASSWORD and MERIT_BOOTSTRAP_SECOND_PASSWORD, or from the
files that MERIT_BOOTSTRAP_PASSWORD_FILE and MERIT_BOOTSTRAP_SECOND_PASSWORD_FILE name.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

import httpx2

from examples.story.days import BusinessClock
from examples.story.files import Company
from examples.story.gateway import Gateway, Refused
from examples.story.plot import live
from examples.story.stage import Stage
from services.kit.errors import Language

PASSWORD = "Chengchuan-2026-Q1"  # noqa: S105 - of made-up people; no account outside the example has it
COMPANY = Path(__file__).parents[1] / "company"


def main() -> int:
    """Lives the quarter and what comes after it, or what is left of it; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m examples.story", description=__doc__)
    parser.add_argument("--gateway", default="http://127.0.0.1:8000")
    parser.add_argument("--company", type=Path, default=COMPANY)
    parser.add_argument("--language", choices=("zh", "en"), default="en")
    parser.add_argument("--clock-file", type=Path, default=_path("MERIT_CLOCK_FILE"))
    options = parser.parse_args()
    try:
        asyncio.run(_live(options.gateway, options.company, options.clock_file, options.language))
    except (Refused, TimeoutError, httpx2.TransportError) as reason:
        print(f"The quarter stopped: {reason or type(reason).__name__}", file=sys.stderr)
        return 1
    return 0


async def _live(url: str, company: Path, clock_file: Path | None, language: Language) -> None:
    async with Gateway(url, language) as gateway:
        await live(
            Stage(
                company=Company(company),
                gateway=gateway,
                clock=BusinessClock(clock_file),
                password=PASSWORD,
                administrator_password=_secret("MERIT_BOOTSTRAP_PASSWORD"),
                second_administrator_password=_secret("MERIT_BOOTSTRAP_SECOND_PASSWORD"),
                language=language,
            )
        )


def _path(name: str) -> Path | None:
    return Path(os.environ[name]) if os.environ.get(name) else None


def _secret(name: str) -> str:
    file = _path(f"{name}_FILE")
    return file.read_text(encoding="utf-8").strip() if file else os.environ.get(name, "")


if __name__ == "__main__":
    sys.exit(main())
