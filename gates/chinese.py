"""Which descriptions of fields and parameters have no Chinese yet: `python -m gates.chinese [--list SERVICE]`.

The exit code is 1 for a Chinese text whose English is said nowhere any more.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Final

from gateway.descriptions import CHINESE, NAMES, SHARED, described, read
from gateway.page_document import is_chinese

ROOT: Final = Path(__file__).resolve().parents[1]


def said() -> dict[str, Counter[str]]:
    """How often each service says what."""
    return {name: _said_by(name) for name in NAMES if name != SHARED}


def lacking(texts: Counter[str]) -> list[str]:
    """What has no Chinese, the most frequent first."""
    return [text for text, _ in texts.most_common() if text not in CHINESE and not is_chinese(text)]


def _said_by(service: str) -> Counter[str]:
    document: dict[str, Any] = json.loads((ROOT / "services" / service / "openapi.json").read_text(encoding="utf-8"))
    parts: list[Any] = [document["components"].get("schemas", {}), document["components"].get("parameters", {})]
    for item in document["paths"].values():
        for operation in item.values():
            parts += [operation.get(name) for name in ("parameters", "requestBody")]
            parts.append({"description": operation.get("description", "")})
    return Counter(text for part in parts for text in described(part) if text)


def main() -> int:
    """Tell what lacks; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m gates.chinese", description=__doc__)
    parser.add_argument("--list", choices=[name for name in NAMES if name != SHARED], help="show what a service lacks")
    options = parser.parse_args()
    found = said()
    if options.list:
        print("\n".join(json.dumps(text, ensure_ascii=False) for text in lacking(found[options.list])))
        return 0
    for service, texts in found.items():
        print(f"{service}: {len(lacking(texts))} of {len(texts)} descriptions lack Chinese")
    everything = {text for texts in found.values() for text in texts}
    idle = [text for name in NAMES for text in read(name) if text not in everything]
    for text in idle:
        print(f"said nowhere any more: {text}")
    return 1 if idle else 0


if __name__ == "__main__":
    sys.exit(main())
