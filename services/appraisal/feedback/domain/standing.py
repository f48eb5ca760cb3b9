"""How people stand to the subject of a form, by the reporting lines of the cycle's snapshot (APR-09)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.appraisal.library.domain.relation import Relation
from services.kit.errors import Text


@dataclass(frozen=True)
class Standings:
    """Who is above the subject, and who above each of some people; both whole lines, not the next manager alone.

    ``subject``: the person appraised, or the head who answers for a unit or a supplier.
    """

    subject: UUID | None
    above: frozenset[UUID]
    lines: Mapping[UUID, frozenset[UUID]]

    def is_below(self, person: UUID) -> bool:
        """Whether the subject is somewhere above a person."""
        return self.subject is not None and self.subject in self.lines.get(person, ())

    def expected(self, person: UUID, relation: Relation) -> Text | None:
        """Who could rate in a relation that does not fit a person; None if it fits.

        Internal clients and HR may be anybody: no reporting line says who works with whom.
        """
        fits = {
            Relation.SUPERIOR: person in self.above,
            Relation.SUBORDINATE: self.is_below(person),
            Relation.PEER: person not in self.above and not self.is_below(person),
        }
        return None if fits.get(relation, True) else _EXPECTED[relation]


_EXPECTED = {
    Relation.SUPERIOR: Text("汇报线上的上级", "somebody above the subject in the reporting line"),
    Relation.SUBORDINATE: Text("汇报线上的下级", "somebody below the subject in the reporting line"),
    Relation.PEER: Text(
        "既非上级也非下级的同事", "a colleague neither above nor below the subject in the reporting line"
    ),
}
