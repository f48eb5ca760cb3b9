"""Data in the database that must not be readable there: encrypted with a key that is not in the database."""

import base64
import binascii
import hashlib
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.kit.errors import Unavailable
from services.kit.signatures import secrets_of

KEY_BYTES: Final = 32
_NONCE_BYTES = 12
_MARK_LENGTH = 8


class KeyLost(Unavailable):
    """Something was encrypted with a key that this installation no longer has, or was tampered with."""

    code = "key_lost"
    zh = "加密数据无法读取，请联系系统管理员检查存储密钥。"
    en = "Encrypted data cannot be read; ask your administrator to check MERIT_STORAGE_KEY."


class Cipher:
    """AES-256-GCM with the installation's storage keys. ``place`` says where a text belongs: moved, it does not open.

    A sealed text is ``<mark of the key>.<base64 of nonce and ciphertext>``; it holds no time.
    """

    def __init__(self, *settings: str) -> None:
        """Keys of 32 bytes in base64, the one to seal with first; one setting may hold several, parted by spaces.

        Raises:
            ValueError: something else.
        """
        self._keys: dict[str, AESGCM] = {}
        for written in secrets_of(*settings):
            try:
                key = base64.b64decode(written, validate=True)
            except binascii.Error as fault:
                raise ValueError("a storage key must be base64") from fault
            if len(key) != KEY_BYTES:
                raise ValueError(f"a storage key must have {KEY_BYTES} bytes")
            self._keys[hashlib.sha256(key).hexdigest()[:_MARK_LENGTH]] = AESGCM(key)

    def demand_key(self) -> None:
        """Raises RuntimeError without a key."""
        _ = self.mark

    @property
    def mark(self) -> str:
        """What texts sealed with the present key begin with. Raises RuntimeError without a key."""
        try:
            return next(iter(self._keys))
        except StopIteration as none:
            raise RuntimeError("nothing can be sealed without a storage key") from none

    def sealed(self, text: str, *, place: str) -> str:
        """``text``, encrypted."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        box = self._keys[self.mark].encrypt(nonce, text.encode(), place.encode())
        return f"{self.mark}.{base64.b64encode(nonce + box).decode()}"

    def opened(self, sealed: str, *, place: str) -> str:
        """The text that was sealed for ``place``.

        Raises:
            KeyLost: it was not, or with a key that is not here.
        """
        mark, _, written = sealed.partition(".")
        key = self._keys.get(mark)
        if key is None:
            raise KeyLost
        try:
            raw = base64.b64decode(written, validate=True)
            return key.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except (InvalidTag, ValueError) as fault:
            raise KeyLost from fault
