import base64
import hashlib
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from hypothesis import given
from hypothesis import strategies as st

from mom.axi.errors import BadValue, SecretTooLong, SecretUnreadable
from mom.axi.secrets import PrivateKey, PublicKey, RandomBytes

FITTING = st.text(st.characters(exclude_categories=("Cs",))).filter(
    lambda text: len(text.encode()) <= 53
)


def repeatable() -> RandomBytes:
    """A source of bytes that look random and are the same in every run."""
    numbers = count(1)
    return lambda length: hashlib.shake_128(str(next(numbers)).encode()).digest(length)


def test_a_key_of_a_real_omm_takes_53_bytes(small_key: PrivateKey):
    assert small_key.public.modulus.bit_length() == 512
    assert small_key.public.size == 64
    assert small_key.public.max_bytes == 53


@given(text=FITTING)
def test_a_secret_survives_the_way(small_key: PrivateKey, text: str):
    assert small_key.decrypt(small_key.public.encrypt(text)) == text


def test_a_ciphertext_has_the_length_of_the_captured_ones(small_key: PrivateKey):
    assert len(base64.b64decode(small_key.public.encrypt(""))) == 64
    assert len(base64.b64decode(small_key.public.encrypt("x" * 53))) == 64


def test_the_same_secret_looks_different_each_time(small_key: PrivateKey):
    assert small_key.public.encrypt("1234") != small_key.public.encrypt("1234")


def test_a_given_source_of_randomness_makes_it_repeatable(small_key: PrivateKey):
    def ones(length: int) -> bytes:
        return b"\x01" * length

    assert small_key.public.encrypt("1234", ones) == small_key.public.encrypt("1234", ones)


def test_zero_bytes_of_the_random_source_do_not_end_the_padding(small_key: PrivateKey):
    def half_zero(length: int) -> bytes:
        return (b"\x00\x07" * length)[:length] if length > 1 else b"\x07"

    assert small_key.decrypt(small_key.public.encrypt("pin", half_zero)) == "pin"


@pytest.mark.parametrize("text", ["x" * 54, "ü" * 27])
def test_a_secret_that_does_not_fit_is_refused(small_key: PrivateKey, text: str):
    with pytest.raises(SecretTooLong) as caught:
        small_key.public.encrypt(text)

    assert caught.value.max_bytes == 53
    assert text not in str(caught.value)


def test_the_common_library_opens_what_is_encrypted_here():
    theirs = rsa.generate_private_key(65537, 1024)
    numbers = theirs.public_key().public_numbers()
    ours = PublicKey.from_hex(f"{numbers.n:x}", f"{numbers.e:x}")

    sealed = base64.b64decode(ours.encrypt("geheim"))

    assert theirs.decrypt(sealed, padding.PKCS1v15()) == b"geheim"


def test_what_the_common_library_encrypts_is_opened_here():
    ours = PrivateKey.generate(1024)
    theirs = rsa.RSAPublicNumbers(ours.public.exponent, ours.public.modulus).public_key()

    sealed = theirs.encrypt(b"geheim", padding.PKCS1v15())

    assert ours.decrypt(base64.b64encode(sealed).decode()) == "geheim"


def test_a_key_survives_pem_and_hex(small_key: PrivateKey):
    again = PrivateKey.from_pem(small_key.to_pem())

    assert again.public == small_key.public
    assert again.decrypt(small_key.public.encrypt("x")) == "x"
    assert PublicKey.from_hex(*small_key.public.to_hex()) == small_key.public


def test_the_fingerprint_is_that_of_the_modulus_however_it_is_written(small_key: PrivateKey):
    modulus, exponent = small_key.public.to_hex()

    expected = hashlib.sha256(bytes.fromhex(modulus)).hexdigest()

    assert small_key.public.fingerprint == expected
    assert PublicKey.from_hex(f"00{modulus.lower()}", exponent).fingerprint == expected


@pytest.mark.parametrize("pem", [b"", b"junk", b"-----BEGIN PRIVATE KEY-----\nAA==\n-----END"])
def test_a_file_that_is_no_key_is_refused(pem: bytes):
    with pytest.raises(BadValue, match="private_key"):
        PrivateKey.from_pem(pem)


@pytest.mark.parametrize(
    ("modulus", "exponent"),
    [
        ("", "10001"),
        ("xyz", "10001"),
        ("F" * 127 + "E", "10001"),
        ("F" * 64, "10001"),
        ("F" * 2050, "10001"),
        ("F" * 128, ""),
        ("F" * 128, "1"),
        ("F" * 128, "10000"),
        ("F" * 128, "F" * 40),
    ],
)
def test_a_public_key_that_is_none_is_refused(modulus: str, exponent: str):
    with pytest.raises(BadValue):
        PublicKey.from_hex(modulus, exponent)


def test_a_ciphertext_for_another_key_is_never_mistaken_for_a_secret(small_key: PrivateKey):
    other = PrivateKey.generate(512, repeatable())

    for number in range(100):
        with pytest.raises(SecretUnreadable):
            small_key.decrypt(other.public.encrypt(str(number)))


@pytest.mark.parametrize("text", ["", "!", "AAAA", "ü", "A" * 88, "A" * 86 + "=="])
def test_what_is_no_ciphertext_is_refused(small_key: PrivateKey, text: str):
    with pytest.raises(SecretUnreadable):
        small_key.decrypt(text)


def test_a_secret_that_is_no_text_is_refused(small_key: PrivateKey):
    block = int.from_bytes(b"\x00\x02" + b"\x01" * 57 + b"\x00" + b"\xff" * 4, "big")
    public = small_key.public
    sealed = pow(block, public.exponent, public.modulus).to_bytes(64, "big")

    with pytest.raises(SecretUnreadable):
        small_key.decrypt(base64.b64encode(sealed).decode())


def test_a_private_key_does_not_show_itself(small_key: PrivateKey):
    assert repr(small_key) == f"<PrivateKey {small_key.public.fingerprint[:16]}>"


@pytest.mark.parametrize("bits", [0, 256, 16384])
def test_keys_of_other_sizes_are_not_made(bits: int):
    with pytest.raises(BadValue):
        PrivateKey.generate(bits)
