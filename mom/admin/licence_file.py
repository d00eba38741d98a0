"""Licence files: what is in one, its canonical form, and its signature.

A file is a small XML document::

    <momLicense form="1">
      <installationId>271110277</installationId> <customer/> <country/> <systemLicense/>
      <version>7.0</version> <sari>1F1028D085</sari> <maxSites/> <maxUsers/>
      <signature issuer="...">base64</signature>
    </momLicense>

`maxSites` and `maxUsers` may be missing: no limit. The signature is Ed25519 over the canonical
form: the line `MOM licence 1`, then `name=value` for each field in this order, each line ended by a
line feed, UTF-8. `issuer` is the first half of the SHA-256 of the issuer's raw public key.
Pure: knows no folder, no clock and not which licence is in force. The form is ours: the vendor's is
not published.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping
from xml.sax.saxutils import escape

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from lxml import etree

from mom.model.identities import IdentityError, park
from mom.model.licence import Licence

MAX_BYTES = 64 * 1024
"""A licence file is about 1 KiB; what is much longer is none."""
MAX_VALUE = 200
"""Most characters of one value."""
ROOT = "momLicense"
FORM = "1"

_FIELDS = ("installationId", "customer", "country", "systemLicense", "version", "sari")
_LIMITS = ("maxSites", "maxUsers")
_KEY_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_INSTALLATION_DIGITS = 9


class LicenceFileError(ValueError):
    """A licence file that cannot be taken; the text says why."""


class SignedLicence(msgspec.Struct, frozen=True):
    """A licence as it was read, not yet proven: `issuer` is who is said to have signed it."""

    licence: Licence
    issuer: str
    signature: bytes


def canonical(licence: Licence) -> bytes:
    """The bytes that are signed."""
    lines = [
        f"MOM licence {FORM}",
        *(f"{name}={value}" for name, value in _values(licence).items()),
    ]
    return "".join(line + "\n" for line in lines).encode()


def issuer_of(key: Ed25519PublicKey) -> str:
    """The name of an issuer: 32 hex digits made from the public key."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:32]


def issue(licence: Licence, key: Ed25519PrivateKey) -> bytes:
    """The signed file of a licence. Raises `LicenceFileError` for values it cannot hold."""
    checked = _licence(_values(licence))
    signature = base64.b64encode(key.sign(canonical(checked))).decode()
    fields = "".join(
        f"  <{name}>{escape(value)}</{name}>\n" for name, value in _values(checked).items()
    )
    issuer = issuer_of(key.public_key())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{ROOT} form="{FORM}">\n{fields}'
        f'  <signature issuer="{issuer}">{signature}</signature>\n</{ROOT}>\n'
    ).encode()


def new_installation_id(random_bytes: Callable[[int], bytes]) -> str:
    """A number for an installation that has none yet: nine digits."""
    number = int.from_bytes(random_bytes(8), "big") % 10**_INSTALLATION_DIGITS
    return f"{number:0{_INSTALLATION_DIGITS}d}"


def new_system_license(random_bytes: Callable[[int], bytes]) -> str:
    """A system licence key for people to tell licences apart: five groups of five characters."""
    chars = "".join(_KEY_ALPHABET[byte % len(_KEY_ALPHABET)] for byte in random_bytes(25))
    return "-".join(chars[start : start + 5] for start in range(0, 25, 5))


def parse(data: bytes) -> SignedLicence:
    """Read a licence file, without proving who signed it. Raises `LicenceFileError`."""
    root = _root(data)
    values: dict[str, str] = {}
    issuer, signature = "", b""
    for child in root:
        name = str(child.tag)
        if name in values or (name == "signature" and signature):
            raise LicenceFileError(f"{name} is in the file twice")
        if len(child):
            raise LicenceFileError(f"{name} holds other elements")
        if name == "signature":
            issuer, signature = child.get("issuer", ""), _signature(child.text or "")
        elif name in _FIELDS or name in _LIMITS:
            values[name] = (child.text or "").strip()
        else:
            raise LicenceFileError(f"{name[:40]} is not a part of a licence file")
    if not signature:
        raise LicenceFileError("The licence file is not signed")
    return SignedLicence(_licence(values), issuer, signature)


def verify(signed: SignedLicence, issuers: Mapping[str, Ed25519PublicKey]) -> None:
    """Check the signature. Raises `LicenceFileError` if the issuer is unknown or it is not his."""
    key = issuers.get(signed.issuer)
    if key is None:
        raise LicenceFileError("The issuer of the licence file is not known to this system")
    try:
        key.verify(signed.signature, canonical(signed.licence))
    except InvalidSignature:
        raise LicenceFileError(
            "The signature is wrong: the licence file was changed or is damaged"
        ) from None


def _root(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise LicenceFileError(f"A licence file has at most {MAX_BYTES // 1024} KiB")
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise LicenceFileError("This is not an XML file") from None
    if root.getroottree().docinfo.doctype:
        raise LicenceFileError("A licence file has no document type")
    if root.tag != ROOT:
        raise LicenceFileError("This is not a licence file of this system")
    if root.get("form") != FORM:
        raise LicenceFileError("The licence file has a form that this version does not know")
    return root


def _signature(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise LicenceFileError("The signature is not readable") from None


def _values(licence: Licence) -> dict[str, str]:
    """The fields of a licence as text, in canonical order; limits only where there are some."""
    values = {
        "installationId": licence.installation_id,
        "customer": licence.customer,
        "country": licence.country,
        "systemLicense": licence.system_license,
        "version": licence.version,
        "sari": licence.sari,
    }
    if licence.max_sites is not None:
        values["maxSites"] = str(licence.max_sites)
    if licence.max_users is not None:
        values["maxUsers"] = str(licence.max_users)
    return values


def _licence(values: Mapping[str, str]) -> Licence:
    for name in _FIELDS:
        if not values.get(name):
            raise LicenceFileError(f"{name} is missing in the licence file")
    for name, value in values.items():
        if len(value) > MAX_VALUE or not value.isprintable():
            raise LicenceFileError(f"{name} is too long or holds a character that it must not")
    try:
        sari = park(values["sari"])
    except IdentityError as error:
        raise LicenceFileError(f"The SARI cannot be one: {error}") from None
    version_numbers(values["version"])
    return Licence(
        installation_id=values["installationId"],
        customer=values["customer"],
        country=values["country"],
        system_license=values["systemLicense"],
        version=values["version"],
        sari=sari,
        max_sites=_limit(values, "maxSites"),
        max_users=_limit(values, "maxUsers"),
    )


def _limit(values: Mapping[str, str], name: str) -> int | None:
    text = values.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise LicenceFileError(f"{name} is not a number")
    return int(text)


def version_numbers(version: str) -> tuple[int, int]:
    """Major and minor of a version such as `7.0` or `7.0.2`. Raises `LicenceFileError`."""
    parts = version.split(".")
    if len(parts) < 2 or not all(part.isascii() and part.isdecimal() for part in parts[:2]):
        raise LicenceFileError("The licensed version is not a version such as 7.0")
    return int(parts[0]), int(parts[1])
