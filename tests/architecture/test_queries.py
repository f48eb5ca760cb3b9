"""What no query may look like."""

import re
from pathlib import Path

ROWS_IN_A_LIST = re.compile(r"tuple_\([^()]*(?:\([^()]*\)[^()]*)*\)\s*\.in_\(")


def test_no_query_compares_rows_with_a_list_that_grows_with_what_is_asked_for() -> None:
    """PostgreSQL makes an OR of it and tests one after the other; ``table_of`` is joined instead."""
    modules = sorted(Path("services").rglob("*.py"))
    assert [str(path) for path in modules if ROWS_IN_A_LIST.search(path.read_text(encoding="utf-8"))] == []
