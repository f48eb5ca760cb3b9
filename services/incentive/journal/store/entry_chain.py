"""The chain of hashes over the journal: an entry covers its postings and what their accounts are of (INC-12)."""

from typing import Final

from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.incentive.journal.store.tables import AccountRow, EntryRow, PostingRow, entry_link, entry_unsealed
from services.kit.audit.hash_chain import Chain

_side = func.jsonb_build_array(
    PostingRow.position,
    AccountRow.kind,
    AccountRow.reference,
    AccountRow.currency,
    PostingRow.amount.cast(Text),  # never a JSON number
)
_postings = (
    select(func.jsonb_agg(aggregate_order_by(_side, PostingRow.position)))
    .join(AccountRow, AccountRow.id == PostingRow.account_id)
    .where(PostingRow.entry_id == EntryRow.id)
    .scalar_subquery()
)

# What an entry says; a column that comes later must leave the hashes of before as they are.
_SAID: Final = (
    *("id", "kind", "effective_on", "source_type", "source_id", "batch_id"),
    *("reverses_id", "reason", "recorded_by", "recorded_by_name", "recorded_at"),
)

JOURNAL: Final = Chain(
    "entry",
    select(*(EntryRow.__table__.c[name] for name in _SAID), _postings.label("postings")).subquery("chained_entry"),
    entry_link,
    entry_unsealed,
)
