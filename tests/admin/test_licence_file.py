import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from mom.admin.licence_file import (
    MAX_BYTES,
    LicenceFileError,
    canonical,
    issue,
    issuer_of,
    new_installation_id,
    new_system_license,
    parse,
    verify,
    version_numbers,
)
from mom.model.licence import Licence

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ISSUERS = {issuer_of(KEY.public_key()): KEY.public_key()}
LICENCE = Licence(
    installation_id="271110277",
    customer="Harbour & Sons <GmbH>",
    country="GERMANY",
    system_license="2MBSR-ZD5T8-SELNP-SAAGW-ZZV21",
    version="7.0",
    sari="1F1028D085",
    max_sites=20,
)


@pytest.mark.feature("F131")
def test_an_issued_file_is_read_and_proven_and_says_what_was_put_in() -> None:
    signed = parse(issue(LICENCE, KEY))
    verify(signed, ISSUERS)
    assert signed.licence == LICENCE
    assert signed.licence.max_users is None


def test_the_canonical_form_is_one_line_for_each_field_in_a_fixed_order() -> None:
    assert canonical(LICENCE).decode() == (
        "MOM licence 1\n"
        "installationId=271110277\n"
        "customer=Harbour & Sons <GmbH>\n"
        "country=GERMANY\n"
        "systemLicense=2MBSR-ZD5T8-SELNP-SAAGW-ZZV21\n"
        "version=7.0\n"
        "sari=1F1028D085\n"
        "maxSites=20\n"
    )


def test_layout_and_comments_do_not_matter() -> None:
    file = (
        issue(LICENCE, KEY).replace(b"\n", b"\r\n ").replace(b"<country>", b"<!-- x --><country>")
    )
    signed = parse(file)
    verify(signed, ISSUERS)
    assert signed.licence == LICENCE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"271110277", b"271110278"),
        (b"GERMANY", b"FRANCE"),
        (b">20<", b">2000<"),
        (b"<maxSites>20</maxSites>", b""),
        (b"1F1028D085", b"1F1028D086"),
        (b">7.0<", b">9.0<"),
    ],
)
def test_a_changed_file_does_not_bear_its_signature(old: bytes, new: bytes) -> None:
    file = issue(LICENCE, KEY)
    assert old in file
    with pytest.raises(LicenceFileError, match="signature is wrong"):
        verify(parse(file.replace(old, new)), ISSUERS)


def test_an_unknown_issuer_is_said_to_be_unknown() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(LicenceFileError, match="issuer"):
        verify(parse(issue(LICENCE, other)), ISSUERS)


def test_a_file_that_claims_another_issuer_is_not_his() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged = issue(LICENCE, other).replace(
        issuer_of(other.public_key()).encode(), issuer_of(KEY.public_key()).encode()
    )
    with pytest.raises(LicenceFileError, match="signature is wrong"):
        verify(parse(forged), ISSUERS)


GOOD = issue(LICENCE, KEY)
BOMB = b'<!DOCTYPE m [<!ENTITY a "x">]>' + GOOD.split(b"\n", 1)[1].replace(b"GERMANY", b"&a;")
FILE_ENTITY = b'<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + GOOD.split(b"\n", 1)[1]


@pytest.mark.feature("F136")
@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "not an XML"),
        (b"\xff\xfe\x00", "not an XML"),
        (b"<momLicense", "not an XML"),
        (b"<other/>", "not a licence file"),
        (b"<momLicense form='2'/>", "form"),
        (b"<momLicense form='1'/>", "not signed"),
        (BOMB, "document type"),
        (FILE_ENTITY, "document type"),
        (b" " * (MAX_BYTES + 1), "at most"),
        (GOOD.replace(b"<country>GERMANY</country>", b""), "country is missing"),
        (GOOD.replace(b"GERMANY", b"X" * 201), "country is too long"),
        (GOOD.replace(b"GERMANY", b"A&#10;B"), "country is too long or holds"),
        (GOOD.replace(b"<country>", b"<country>X</country><country>"), "twice"),
        (GOOD.replace(b"GERMANY", b"<b>x</b>"), "other elements"),
        (GOOD.replace(b"country>", b"land>"), "land is not a part"),
        (GOOD.replace(b">20<", b">many<"), "maxSites is not a number"),
        (GOOD.replace(b"1F1028D085", b"1F1028"), "SARI"),
        (GOOD.replace(b">7.0<", b">seven<"), "version"),
        (GOOD.replace(b"</signature>", b"*</signature>"), "signature is not readable"),
    ],
)
def test_what_is_no_licence_file_is_refused_with_the_reason(data: bytes, why: str) -> None:
    with pytest.raises(LicenceFileError, match=why):
        parse(data)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with pytest.raises(LicenceFileError):
        parse(data)


@given(st.integers(0, len(GOOD) - 1), st.integers(0, 255))
def test_a_file_with_one_wrong_byte_is_refused_or_says_the_same(place: int, byte: int) -> None:
    data = GOOD[:place] + bytes([byte]) + GOOD[place + 1 :]
    licence = LICENCE
    try:
        signed = parse(data)
        verify(signed, ISSUERS)
        licence = signed.licence
    except LicenceFileError:
        pass
    assert licence == LICENCE


def test_a_licence_that_a_file_cannot_hold_is_not_issued() -> None:
    with pytest.raises(LicenceFileError, match="SARI"):
        issue(msgspec.structs.replace(LICENCE, sari="nothing"), KEY)


def test_new_numbers_and_keys_have_the_usual_form() -> None:
    assert new_installation_id(lambda count: bytes(count)) == "000000000"
    assert new_system_license(lambda count: bytes(range(count))) == "23456-789AB-CDEFG-HJKLM-NPQRS"


@pytest.mark.parametrize(("text", "numbers"), [("7.0", (7, 0)), ("10.2.3", (10, 2))])
def test_a_version_is_known_by_major_and_minor(text: str, numbers: tuple[int, int]) -> None:
    assert version_numbers(text) == numbers
