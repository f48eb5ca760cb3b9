"""A refusal says that something may be hidden from its reader only where it may be."""

from collections.abc import Iterator

import pytest

from services.kit.errors import DomainError
from tests.architecture.test_routes import app_of


def beneath(kind: type[DomainError]) -> Iterator[type[DomainError]]:
    """All kinds of a refusal."""
    for each in kind.__subclasses__():
        yield each
        yield from beneath(each)


@pytest.mark.req("PLT-03")
@pytest.mark.parametrize("service", ["org", "appraisal"])
def test_what_everybody_may_read_is_not_said_to_be_hidden(service: str) -> None:
    app_of(service)  # which loads what it refuses
    kinds = [each for each in beneath(DomainError) if each.__module__.startswith(f"services.{service}.")]
    hidden = {each for each in kinds if "caller may" in (each.__doc__ or "")}
    said = {each for each in kinds if "您无权查看" in each.zh}
    assert kinds
    assert said == {each for each in kinds if "may not see" in each.en}
    assert {each.__name__ for each in said - hidden} == set()
