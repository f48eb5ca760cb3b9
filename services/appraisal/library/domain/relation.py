"""Who rates whom in what capacity."""

from enum import StrEnum

from services.kit.errors import Text


class Relation(StrEnum):
    """The relation between a rater and the subject."""

    SUPERIOR = "superior"
    PEER = "peer"
    SUBORDINATE = "subordinate"
    SELF = "self"
    INTERNAL_CLIENT = "internal_client"
    HR = "hr"

    @property
    def anonymous(self) -> bool:
        """Whether answers in this relation are kept without their author (APR-10). Not a policy: never configurable."""
        return self in ANONYMOUS

    @property
    def text(self) -> Text:
        """The relation for people."""
        return _TEXTS[self]


ANONYMOUS = frozenset({Relation.PEER, Relation.SUBORDINATE, Relation.INTERNAL_CLIENT})
_TEXTS = {
    Relation.SUPERIOR: Text("上级", "superior"),
    Relation.PEER: Text("同级", "peers"),
    Relation.SUBORDINATE: Text("下级", "subordinates"),
    Relation.SELF: Text("本人", "self"),
    Relation.INTERNAL_CLIENT: Text("内部客户", "internal clients"),
    Relation.HR: Text("人力资源", "HR"),
}
