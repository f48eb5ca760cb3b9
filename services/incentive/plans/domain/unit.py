"""Units with their appraisal results, as org and appraisal stated them.

Ids are kept as the text that they arrived as: nothing is done with them but compare, cite and store them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """The final appraisal result of a person or a unit: version, grade and total (0–120) as appraisal closed them."""

    id: str
    version: int
    grade: str
    total: str

    @property
    def source(self) -> str:
        """How explanations cite it."""
        return f"result:{self.id}@{self.version}"


@dataclass(frozen=True)
class Unit:
    """A unit as of the last day of the period. ``path`` holds the unit codes from the root down to itself."""

    id: str
    code: str
    name: str
    name_en: str
    path: tuple[str, ...]
    path_ids: tuple[str, ...]
    result: Result | None
