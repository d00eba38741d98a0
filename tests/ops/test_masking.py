import pytest
from hypothesis import given
from hypothesis import strategies as st

from mom.ops.masking import MASK, SECRET_NAMES, masked

PLANTED = "Pl4nted-Value"


@pytest.mark.parametrize(
    "text",
    [
        f'<Open username="omm" password="{PLANTED}" seq="1"/>',
        f"<user num='12' sipPw='{PLANTED}'/>",
        f'<pp uak="{PLANTED}" ac="{PLANTED}" ipei="03074 0220259 3"/>',
        f'{{"name":"mom","password":"{PLANTED}","enabled":true}}',
        f'{{"ownPassword": "{PLANTED}", "new_password": 1}}',
        f"User(num='12', pin='{PLANTED}', key_lock_pin='{PLANTED}')",
        f"Omm(name='Harbour', password='{PLANTED}')",
        f"password={PLANTED}&name=mom",
        f"PASSWORD: {PLANTED}",
        f"Cookie: session={PLANTED}; other={PLANTED}",
        f"X-CSRF-Token: {PLANTED}",
        f"Authorization: Bearer {PLANTED}",
        "curl -k -H 'X-Header: mom_" + "0a" * 32 + "'",
        f"postgresql://mom:{PLANTED}@db.example.org/mom",
        f"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA${PLANTED}",
        f"-----BEGIN PRIVATE KEY-----\n{PLANTED}\n-----END PRIVATE KEY-----",
        f'password="{PLANTED} with \\" quote {PLANTED}"',
        f'password="{PLANTED} without an end',
    ],
)
def test_no_secret_is_left(text: str) -> None:
    assert PLANTED not in masked(text)
    assert MASK in masked(text)


@pytest.mark.parametrize(
    "text",
    [
        '<GetPPUser uid="0" maxRecords="20" seq="7"/>',
        "OMM 0001 Harbour is connected",
        '{"pins":{"192.0.2.1":"aa"},"place":"Harbour"}',
        "The password is wrong",
        "https://192.0.2.1:8443/resources",
    ],
)
def test_texts_without_secrets_stay_as_they_are(text: str) -> None:
    assert masked(text) == text


def test_what_stands_around_a_secret_stays() -> None:
    text = '<Open username="omm" password="x" seq="1"/>'
    assert masked(text) == f'<Open username="omm" password="{MASK}" seq="1"/>'


VALUES = st.text("abcdefghijKLMN0123456789+/", min_size=8, max_size=20)


@given(st.sampled_from(SECRET_NAMES), VALUES, st.sampled_from(("{}='{}'", '{}="{}"', '"{}": "{}"')))
def test_every_secret_name_is_masked_in_every_notation(
    name: str, value: str, notation: str
) -> None:
    assert value not in masked("<x " + notation.format(name, value) + "/>")
