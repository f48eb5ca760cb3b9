"""Signed messages: proven by any shared secret, not when changed, not when old (PLT-05)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.signatures import SIGNATURE, TIMESTAMP, SignatureInvalid, key_of, sign, verify, written

pytestmark = pytest.mark.req("PLT-05")

NOW = datetime(2026, 4, 22, 1, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the Standard Webhooks specification."""
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = sign("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', [SECRET], moment)
    assert headers[SIGNATURE] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(max_size=200), st.integers(-300, 300))
def test_what_is_signed_is_proven_within_five_minutes(body: bytes, seconds: int) -> None:
    assert verify(sign("m", body, [SECRET], NOW), body, [SECRET], NOW + timedelta(seconds=seconds)) == "m"


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_old_message_is_refused(seconds: int) -> None:
    with pytest.raises(SignatureInvalid, match="timestamp"):
        verify(sign("m", b"x", [SECRET], NOW), b"x", [SECRET], NOW + timedelta(seconds=seconds))


@given(st.binary(min_size=1, max_size=50), st.data())
def test_one_flipped_bit_is_noticed(body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) * 8 - 1))
    changed = bytearray(body)
    changed[place // 8] ^= 1 << place % 8
    with pytest.raises(SignatureInvalid):
        verify(sign("m", body, [SECRET], NOW), bytes(changed), [SECRET], NOW)


def test_while_a_secret_is_being_changed_both_are_good() -> None:
    old, new = "old secret", written(b"new")
    both = sign("m", b"x", [new, old], NOW)
    assert verify(both, b"x", [old], NOW) == verify(both, b"x", [new], NOW) == "m"
    assert verify(sign("m", b"x", [old], NOW), b"x", [new, old], NOW) == "m"
    with pytest.raises(SignatureInvalid):
        verify(both, b"x", ["another"], NOW)
    with pytest.raises(SignatureInvalid):
        verify(both, b"x", [], NOW)


def test_a_message_without_its_headers_is_told_which_they_are() -> None:
    with pytest.raises(SignatureInvalid, match="webhook-id, webhook-timestamp and webhook-signature"):
        verify({}, b"x", [SECRET], NOW)


@pytest.mark.parametrize("name", ["webhook-id", TIMESTAMP, SIGNATURE])
@pytest.mark.parametrize("value", [None, "", "v1", "1e9", "١٧", "9" * 12, "9" * 13, "v1,çç", "v1a,AAAA"])
def test_headers_that_lack_or_lie_are_refused(name: str, value: str | None) -> None:
    headers = sign("m", b"x", [SECRET], NOW)
    headers.pop(name)
    with pytest.raises(SignatureInvalid):
        verify(headers if value is None else {**headers, name: value}, b"x", [SECRET], NOW)


def test_a_secret_that_only_looks_like_one_is_refused() -> None:
    assert key_of(written(b"key")) == b"key"
    with pytest.raises(ValueError, match="base64"):
        key_of("whsec_not base64!")
