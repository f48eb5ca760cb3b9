"""Encrypted values open only with the installation's keys and in their own place, and follow a new key."""

import base64

import pytest
from sqlalchemy import text

from services.kit.encryption import Cipher, KeyLost
from services.kit.events.subscriptions import opened, reseal, subscribe, subscription_of
from services.kit.signatures import written
from tests.databases import RolledBack
from tests.kit.post_office import NOW

pytestmark = pytest.mark.req("PLT-05")

OLD, NEW = (base64.b64encode(bytes([n]) * 32).decode() for n in (1, 2))


def test_a_sealed_text_opens_in_its_place_with_its_key_and_nowhere_else() -> None:
    cipher = Cipher(OLD)
    sealed = cipher.sealed("薪酬", place="a")
    assert cipher.opened(sealed, place="a") == "薪酬"
    assert cipher.sealed("薪酬", place="a") != sealed
    for wrong, place in ((sealed, "b"), (sealed[:-4] + "AAA=", "a"), ("clear", "a"), (sealed[:20], "a"), ("", "a")):
        with pytest.raises(KeyLost):
            cipher.opened(wrong, place=place)
    with pytest.raises(KeyLost):
        Cipher(NEW).opened(sealed, place="a")


def test_during_a_change_both_keys_open_and_the_new_one_seals() -> None:
    both = Cipher(f"{NEW} {OLD}")
    assert both.opened(Cipher(OLD).sealed("x", place="a"), place="a") == "x"
    assert Cipher(NEW).opened(both.sealed("x", place="a"), place="a") == "x"


@pytest.mark.parametrize("key", ["short", base64.b64encode(b"short").decode()])
def test_what_is_no_key_is_refused_at_the_start(key: str) -> None:
    with pytest.raises(ValueError, match="storage key"):
        Cipher(key)


def test_without_a_key_nothing_is_sealed() -> None:
    with pytest.raises(RuntimeError):
        Cipher().sealed("x", place="a")


async def test_secrets_are_sealed_anew_for_a_new_key_and_where_they_lay_in_clear(kit_sessions: RolledBack) -> None:
    async with kit_sessions.write() as session:
        known, secret = await subscribe(
            session, name="crm", url="https://crm.test/", types=["*"], now=NOW, cipher=Cipher(OLD)
        )
        clear = await subscribe(session, name="old", url="https://old.test/", types=["*"], now=NOW, cipher=Cipher(OLD))
        lain = written(b"x" * 32)
        await session.execute(text("UPDATE subscription SET secrets = ARRAY[:s] WHERE name = 'old'"), {"s": lain})
        await reseal(session, Cipher(f"{NEW} {OLD}"))
        assert opened(await subscription_of(session, known), Cipher(NEW)) == [secret]
        stored = await subscription_of(session, clear.id)
        assert (opened(stored, Cipher(NEW)), lain in stored.secrets) == ([lain], False)
