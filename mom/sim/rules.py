"""What values an OMM takes: lengths, enumerations, numbers and characters.

Lengths where the schema tells none are start values of the field's experience. Secrets are measured
in bytes under the OMM's key, everything else in characters. Control characters are refused; others
are not, because a real OMM takes them too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mom.axi.errors import SecretUnreadable
from mom.axi.secrets import PrivateKey
from mom.model.identities import IdentityError, ipei
from mom.sim.kinds import Kind
from mom.sim.refusal import Refusal, invalid

RELATIONS = ("Unbound", "Dynamic", "Fixed")
LANGUAGES = [
    "English",
    "German",
    "French",
    "Spanish",
    "Italian",
    "Dutch",
    "Swedish",
    "Portuguese",
    "Danish",
    "Finnish",
    "Norwegian",
    "Czech",
    "Slovakian",
    "Hungarian",
    "Russian",
    "Turkish",
    "Polish",
    "Estonian",
]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "relType": RELATIONS,
    "lang": tuple(LANGUAGES),
    "forwardState": ("Off", "Busy", "NoAnswer", "BusyNoAnswer", "All"),
    **dict.fromkeys(
        (
            "autoAnswer",
            "microphoneMute",
            "warningTone",
            "allowBargeIn",
            "useSIPUserName",
            "useSIPUserAuthentication",
        ),
        ("Off", "On", "Global"),
    ),
    "BTsensitivity": ("low", "medium", "high"),
    "conferenceServerType": ("None", "Integrated", "External", "ExternalBlindTransfer", "Global"),
    "monitoringMode": ("Off", "Passive", "Active"),
    "s": ("No", "Unconfirmed", "Yes"),
    "roaming": ("", "RoamingComplete", "RoamingStarted"),
}
_RANGES: Mapping[str, tuple[int, int]] = {
    "holdRingBackTime": (0, 5),
    "forwardTime": (0, 999),
    "fixedSipPort": (0, 65535),
    "ppProfileId": (0, 20),
    "sipProfileId": (0, 20),
    "keyLockTime": (0, 3600),
    **dict.fromkeys(("uid", "ppn", "uidSec", "ppnSec", "ppnOld"), (0, 2**31 - 1)),
    **dict.fromkeys(
        (
            "timeStamp",
            "timeStampAdmin",
            "timeStampRelation",
            "timeStampRoaming",
            "timeStampSubscription",
        ),
        (0, 2**62),
    ),
}
_LENGTHS: Mapping[str, int] = {
    "name": 20,
    "num": 31,
    "addId": 20,
    "hierarchy1": 16,
    "hierarchy2": 16,
    "sipAuthId": 63,
    "conferenceId": 31,
    "sosNum": 31,
    "manDownNum": 31,
    "voiceboxNum": 31,
    "forwardDest": 31,
    "conferenceServerURI": 255,
    "serviceUserName": 63,
    "serviceAuthName": 63,
    "altDisplayNum": 31,
    "pickupGroupNum": 31,
    "ppData": 4096,
    "ac": 8,
    "uak": 32,
    "ipei": 15,
    "ethAddr": 17,
    "ommId": 8,
    "ommIdAck": 8,
}
_LONGEST = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_NUMBER = re.compile(r"[\x21-\x7e]*\Z")
_HEX = re.compile(r"[0-9A-Fa-f]*\Z")


class Rules:
    """Checks the values of one OMM's records and puts them into the form that it stores."""

    def __init__(self, key: PrivateKey, lengths: Mapping[str, int] | None = None) -> None:
        self._key = key
        self._lengths = dict(_LENGTHS) | dict(lengths or {})

    def shorten(self, name: str, length: int) -> None:
        """Accept at most that many characters in this attribute from now on."""
        self._lengths[name] = length

    def check(self, kind: Kind, attrs: Mapping[str, str], plain: bool = False) -> dict[str, str]:
        """Return the known attributes as stored: booleans as 0 and 1, secrets opened.

        `plain` says that secrets are in the clear. Raises `Refusal`.
        """
        return {
            name: self._one(kind, name, text, plain)
            for name, text in attrs.items()
            if name in kind.values or name in kind.sparse
        }

    def secret(self, name: str, text: str, plain: bool) -> str:
        """Open a secret; an empty text is an empty secret. Raises `Refusal`."""
        if plain or not text:
            if len(text.encode("utf-8")) > self._key.public.max_bytes:
                raise Refusal("ETooLong", bad=name, max_len=self._key.public.max_bytes)
            return text
        try:
            return self._key.decrypt(text)
        except SecretUnreadable as error:
            raise invalid(name, "not encrypted under the key of this OMM") from error

    def text(self, name: str, text: str) -> str:
        """Check length and characters of a text. Raises `Refusal`."""
        longest = self._lengths.get(name, _LONGEST)
        if len(text) > longest:
            raise Refusal("ETooLong", bad=name, max_len=longest)
        if name != "ppData" and _CONTROL.search(text):
            raise Refusal("EInvalidChars", f"a control character in {name}")
        return text

    def _one(self, kind: Kind, name: str, text: str, plain: bool) -> str:
        if name in kind.secrets:
            return self.secret(name, text, plain)
        if name in kind.booleans:
            return boolean(name, text)
        if name in _RANGES:
            return number(name, text, *_RANGES[name])
        if name in _CHOICES:
            return choice(name, text, _CHOICES[name])
        self.text(name, text)
        if name in ("num", "sosNum", "manDownNum", "voiceboxNum") and not _NUMBER.match(text):
            raise Refusal("EInvalidChars", f"{name} is no number")
        if name in ("uak", "ommId", "ommIdAck") and not _HEX.match(text):
            raise invalid(name, "hex digits are expected")
        return _ipei(text) if name == "ipei" else text


def boolean(name: str, text: str) -> str:
    """Read a boolean as `0` or `1`. Raises `Refusal`."""
    value = {"0": "0", "false": "0", "1": "1", "true": "1"}.get(text.strip().lower())
    if value is None:
        raise invalid(name, "a boolean is expected")
    return value


def number(name: str, text: str, least: int, most: int) -> str:
    """Read a whole number within bounds. Raises `Refusal`."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise invalid(name, "a number is expected")
    if not least <= int(digits) <= most:
        raise invalid(name, f"{least} to {most}")
    return str(int(digits))


def choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    """Accept one of the words of an enumeration. Raises `Refusal`."""
    if text not in choices:
        raise invalid(name, "one of " + ", ".join(choices))
    return text


def integer(attrs: Mapping[str, str], name: str) -> int:
    """Read a number of a request, -1 or up to 2^31-1; left out is 0. Raises `Refusal`."""
    text = attrs.get(name, "").strip()
    if not text:
        return 0
    return -1 if text == "-1" else int(number(name, text, 0, 2**31 - 1))


def flagged(attrs: Mapping[str, str], name: str) -> bool:
    """Read a boolean of a request; left out is false. Raises `Refusal`."""
    return name in attrs and boolean(name, attrs[name]) == "1"


def _ipei(text: str) -> str:
    if not text:
        return ""
    try:
        return ipei(text)
    except IdentityError as error:
        raise invalid("ipei", str(error)) from error
