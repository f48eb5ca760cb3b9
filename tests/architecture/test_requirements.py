"""Tests and requirements belong together."""

import re

from gates.trace import proven, required
from tests.architecture.sources import sources


def test_every_requirement_that_a_test_names_exists() -> None:
    known = set(required())
    unknown = {name: [str(path) for path in paths] for name, paths in proven().items() if name not in known}
    assert unknown == {}


def test_every_requirement_that_the_code_names_exists() -> None:
    known = set(required())
    families = "|".join(sorted({name[:3] for name in known}))
    named = re.compile(rf"\b(?:{families})-\d{{2}}\b")
    unknown = {
        (each.name, name)
        for each in sources("services", "gateway")
        for name in named.findall(each.text)
        if name not in known
    }
    assert unknown == set()
