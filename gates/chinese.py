"""Which texts of the documentation page have no Chinese: `python -m gates.chinese`.

Looked at are titles and descriptions of operations, groups, parameters, fields and refusals of the merged document.
The exit code is 1 for a text without Chinese, a Chinese text whose English is said nowhere any more, and one that is
given twice, or already beside the code.
"""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from gateway.descriptions import described, in_chinese, read, unbroken
from gateway.documentation import Document, load_documents, merge
from gateway.page_document import TITLES, is_chinese, operation_ids

ROOT: Final = Path(__file__).resolve().parents[1]
GENERATED: Final = "Successful Response"
"""What FastAPI says of every answer; the page says it in a word of its own."""
WHERE: Final = (
    "Put each text with its Chinese into gateway/assets/descriptions/<service>/<area>.zh.yaml (shared.zh.yaml where "
    "several services say it), a title into gateway/assets/operations.zh.yaml, a group into services/<service>/tags.py."
)


def merged() -> Document:
    """Everything that the page shows, before it is put into one language."""
    return merge(load_documents(ROOT / "services"), permissions=False)


def said(document: Document) -> Counter[tuple[str, str | None]]:
    """How often what is said of operations, parameters and fields, with the Chinese that it brings itself."""
    parts = [document["paths"], document["components"]["schemas"], document["components"].get("parameters")]
    parts.append(document["components"].get("responses"))
    texts = ((unbroken(text), own) for part in parts for text, own in described(part))
    return Counter((text, own) for text, own in texts if text and text != GENERATED and not is_chinese(text))


def lacking(document: Document) -> list[str]:
    """Lines that say what has no Chinese, ready to be put into a table."""
    texts = [text for (text, own), _ in said(document).most_common() if own is None and in_chinese(text) is None]
    untitled = [f"{operation}: title" for operation in operation_ids(document) if operation not in TITLES]
    groups = [f"group {tag['name']}" for tag in document["tags"] if not is_chinese(tag["description"].split(" · ")[0])]
    return [json.dumps(text, ensure_ascii=False) + ':\n  ""' for text in texts] + untitled + groups


def idle(document: Document) -> list[str]:
    """Lines that say which Chinese is in a table without need."""
    owns, operations = set(said(document)), operation_ids(document)
    texts = {text for text, own in owns if not own or own.rstrip("。") != (in_chinese(text) or "").rstrip("。")}
    tables = Counter(unbroken(text) for table in read().values() for text in table)
    lines = [f"said nowhere any more: {text}" for text in tables if text not in texts]
    lines += [f"given in two tables: {text}" for text, times in tables.items() if times > 1]
    return lines + [f"no operation any more: {name}" for name in TITLES if name not in operations]


def main() -> int:
    """Tell what lacks and what is idle; the exit code."""
    argparse.ArgumentParser(prog="python -m gates.chinese", description=__doc__).parse_args()
    document = merged()
    lacks, wrong = lacking(document), idle(document)
    for line in [*lacks, *wrong]:
        print(line)
    print(f"{len(lacks)} of {len({text for text, _ in said(document)})} texts lack Chinese")
    if lacks:
        print(WHERE)
    return 1 if lacks or wrong else 0


if __name__ == "__main__":
    sys.exit(main())
