"""Signing and checking messages between systems after Standard Webhooks: HMAC-SHA256 over ``id.timestamp.body``."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from services.kit.errors import Text, Unauthenticated

TOLERANCE: Final = timedelta(seconds=300)
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_PREFIX = "whsec_"


class SignatureInvalid(Unauthenticated):
    """The message is not signed with a secret that we share, was changed on the way, or is too old."""

    code = "signature_invalid"
    zh = "签名无效：请核对 {reason}。"
    en = "The signature is not valid: check {reason}."


def sign(message_id: str, body: bytes, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The three headers that prove a message. ``now`` is machine time; each of ``secrets`` gives one signature, so
    that a receiver may still know only the old one while a secret is being changed.
    """
    stamp = str(int(now.timestamp()))
    signatures = " ".join(_signature(secret, message_id, stamp, body) for secret in secrets)
    return {ID: message_id, TIMESTAMP: stamp, SIGNATURE: signatures}


def verify(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> str:
    """Check a message against every secret that counts at present; its id.

    Raises:
        SignatureInvalid: saying what is wrong, never what would be right.
    """
    message_id, stamp, given = (headers.get(name, "") for name in (ID, TIMESTAMP, SIGNATURE))
    if not (message_id and stamp and given):
        raise SignatureInvalid(
            reason=Text(
                "请求头 webhook-id、webhook-timestamp、webhook-signature",
                "the headers webhook-id, webhook-timestamp and webhook-signature",
            )
        )
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 11):  # noqa: PLR2004 - seconds up to the year 5138
        raise SignatureInvalid(reason=Text("请求头 webhook-timestamp", "the header webhook-timestamp"))
    if abs(now - datetime.fromtimestamp(int(stamp), UTC)) > TOLERANCE:
        raise SignatureInvalid(
            reason=Text("webhook-timestamp（与本机时间相差不超过 300 秒）", "webhook-timestamp (within 300 s)")
        )
    expected = [_signature(secret, message_id, stamp, body).encode() for secret in secrets]
    candidates = [candidate.encode() for candidate in given.split(" ")]
    if not any(hmac.compare_digest(mine, theirs) for mine in expected for theirs in candidates):
        raise SignatureInvalid(reason=Text("请求头 webhook-signature", "the header webhook-signature"))
    return message_id


def _signature(secret: str, message_id: str, stamp: str, body: bytes) -> str:
    signed = b".".join((message_id.encode(), stamp.encode(), body))
    mac = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(mac).decode()}"


def key_of(secret: str) -> bytes:
    """The key that a secret writes down: ``whsec_`` and base64 as the standard has it, or else the text itself.

    Raises:
        ValueError: ``whsec_`` with something that is not base64.
    """
    if not secret.startswith(_PREFIX):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a whsec_ secret must be base64") from error


def secrets_of(*settings: str) -> list[str]:
    """The secrets that settings hold. One setting may hold several, parted by spaces, while they are being changed."""
    return [secret for setting in settings for secret in setting.split()]


def is_written(secret: str) -> bool:
    """Whether a text is a secret as ``written`` gives it."""
    return secret.startswith(_PREFIX)


def written(key: bytes) -> str:
    """A key as a secret to hand to a subscriber."""
    return _PREFIX + base64.b64encode(key).decode()
