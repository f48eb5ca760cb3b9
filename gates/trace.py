"""Which requirements of docs/requirements.md no test names (`@pytest.mark.req("INC-10")`): `make trace`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from deploy.migrations import ROOT

ID = re.compile(r"\b[A-Z]{3}-\d{2}\b")
REQUIREMENTS = ROOT / "docs" / "requirements.md"


def required() -> list[str]:
    """The ids that docs/requirements.md defines, in its order: those that begin a table row, list item or heading."""
    start = re.compile(rf"^(?:[|*#\s-]*)\**`?({ID.pattern})", re.MULTILINE)
    return list(dict.fromkeys(start.findall(REQUIREMENTS.read_text(encoding="utf-8"))))


def named_in(path: Path) -> Iterator[str]:
    """The ids that the tests of a file say they prove."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.req"):
            for argument in node.args:
                yield ast.literal_eval(argument)


def proven() -> dict[str, list[Path]]:
    """The ids that tests name, with the files that do."""
    found: dict[str, list[Path]] = {}
    for path in sorted((ROOT / "tests").rglob("*.py")):
        for name in dict.fromkeys(named_in(path)):
            found.setdefault(name, []).append(path.relative_to(ROOT))
    return found


def main() -> None:
    """Prints the requirements without a test, and the count."""
    tested, wanted = proven(), required()
    open_ones = [name for name in wanted if name not in tested]
    for name in open_ones:
        print(f"{name}  no test")
    print(f"{len(wanted) - len(open_ones)} of {len(wanted)} requirements are named by a test.")


if __name__ == "__main__":
    main()
