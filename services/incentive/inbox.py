"""What events of org do here."""

from services.kit.inbox_routes import inbox_router
from services.kit.revocations import REVOKE_TOKENS

routes = inbox_router("incentive", {"org.account.revoked": REVOKE_TOKENS})
