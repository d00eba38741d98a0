"""Radio and serial identities: PARK/PARI/SARI, ARI, IPEI, and how people read them.

Sources: the check digit rule and the PARK form are those printed by the OMM; the IPEI form is
seen in captured records (`03074 0220259 3`).
"""

import re
import typing

OmmId = typing.NewType("OmmId", int)
"""Number of an OMM record, from 1; 0 = no OMM."""
UserNumber = typing.NewType("UserNumber", int)
"""System-wide number of a user (`uidSec` on OMMs), 1 .. 2^31-1; 0 = none."""
DeviceNumber = typing.NewType("DeviceNumber", int)
"""System-wide number of a device (`ppnSec` on OMMs), 1 .. 2^31-1; 0 = none."""

_PARK = re.compile(r"[0-9A-Fa-f]{10}\Z")
_NO_DIGITS = re.compile(r"[^0-9]+")
_IPEI_DIGITS = re.compile(r"(\d{5})\s*(\d{7})\s*([\d*])?\Z")


class IdentityError(ValueError):
    """A PARK, SARI or IPEI that cannot be one; the text says what would be right."""


def check_digit(digits: str) -> str:
    """The sum of position (from 1) times digit, modulo 11, with 10 written `*`."""
    total = sum(position * int(digit) for position, digit in enumerate(digits, 1)) % 11
    return "*" if total == 10 else str(total)


def park(text: str) -> str:
    """A PARK, PARI or SARI in its canonical form: 10 upper case hex digits."""
    if not _PARK.match(text):
        raise IdentityError("ten hexadecimal digits such as 1F1028D085 are expected")
    return text.upper()


def ari(text: str) -> str:
    """The access rights identity in a PARK: its last 8 hex digits, the form used in `ommId`."""
    return park(text)[2:]


def park_for_people(text: str) -> str:
    """A PARK as a phone's keypad takes it: length, 11 octal digits and a check digit."""
    value = park(text)
    length = int(value[:2], 16)
    digits = f"{length:02d}{int(value[2:], 16) << 2:011o}"
    return digits + check_digit(digits)


def ipei(text: str) -> str:
    """An IPEI as OMMs write it: `EEEEE PPPPPPP C`.

    Blanks may be missing, and so may the check digit; a wrong one raises `IdentityError`.
    """
    found = _IPEI_DIGITS.match(text.strip())
    if not found:
        raise IdentityError("an IPEI has 5 and 7 digits and a check digit: 03074 0220259 3")
    maker, serial, check = found.groups()
    expected = check_digit(maker + serial)
    if check is not None and check != expected:
        raise IdentityError(f"the check digit of {maker} {serial} is {expected}, not {check}")
    return f"{maker} {serial} {expected}"


def ipei_key(text: str) -> str:
    """The 12 digits that tell two IPEIs apart, whatever the blanks; empty for an empty one."""
    digits = text.replace(" ", "")[:12]
    if digits.isascii() and digits.isdecimal():
        return digits
    return _NO_DIGITS.sub("", text)[:12]
