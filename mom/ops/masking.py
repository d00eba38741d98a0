"""Masking secrets in texts that are about to be logged: messages, requests, settings.

What makes a trace masks it at the source with this; the trace log does it once more. Errs on the
side of masking too much. Knows the names of secrets, never their values.
"""

import re

MASK = "*****"

SECRET_NAMES = (
    *("password", "passwd", "oldPassword", "ownPassword", "newPassword", "passphrase", "pin"),
    *("sipPw", "serviceAuthPassword", "credentialPw", "keyLockPin", "uak", "ac", "authCode"),
    *("token", "secret", "csrf", "privateKey", "password_hash", "sip_pw", "credential_pw"),
    *("key_lock_pin", "service_auth_password", "own_password", "old_password"),
)
"""Names of attributes and fields whose values are never logged, in any case."""

_NAMES = "|".join(sorted(map(re.escape, SECRET_NAMES), key=len, reverse=True))
_VALUE = r"""(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s,;&<>}\])]+)"""
_NAMED = re.compile(
    rf"""(?P<head>(?<![A-Za-z0-9])["']?(?:{_NAMES})["']?\s*[=:]\s*)(?P<value>{_VALUE})""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"(?i)\b((?:set-)?cookie|x-csrf-token|authorization)(\s*[:=]\s*)([^\r\n]+)")
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9+/=._~-]{6,}")
_TOKEN = re.compile(r"\bmom_[0-9a-f]{16,}")
_URL = re.compile(r"(?P<head>\b[a-z][a-z0-9+]{1,30}://[^\s:/@]{0,256}:)[^\s@/]{1,256}(?=@)")
_PEM = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)", re.S
)
_HASH = re.compile(r"\$argon2[a-z]*\$[^\s\"']+")


def masked(text: str) -> str:
    """The text with the values of secrets replaced; the same text if there are none."""
    text = _PEM.sub(MASK, text)
    text = _HASH.sub(MASK, text)
    text = _HEADER.sub(lambda match: match[1] + match[2] + MASK, text)
    text = _BEARER.sub(lambda match: f"{match[1]} {MASK}", text)
    text = _TOKEN.sub(MASK, text)
    text = _URL.sub(lambda match: match["head"] + MASK, text)
    return _NAMED.sub(_without_value, text)


def _without_value(match: re.Match[str]) -> str:
    quote = match["value"][0] if match["value"][0] in "\"'" else ""
    return f"{match['head']}{quote}{MASK}{quote}"
