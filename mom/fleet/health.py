"""The health of an OMM, rolled up to one severity with reasons in words.

Pure. The components and severities are those of ``GetHealthState`` (published). This module must
not know when health is asked for.
"""

from collections.abc import Sequence
from functools import lru_cache

import msgspec

from mom.axi.session import MAX_COMPONENTS, HealthEntry, RfpSummary
from mom.model.omm import Severity, rank, worst

_WORDS = {
    "sync": "DECT synchronisation",
    "standby": "standby OMM",
    "autoDB": "automatic database import or export",
    "dbTransfer": "database transfer",
    "download": "base station software",
    "rfp": "base stations",
    "license": "license",
    "ima": "messaging and alerting",
    "licenseG729": "G.729 licence",
    "umo": "user monitoring",
    "uds": "user data server",
    "usbMem": "USB memory",
    "licenseServer": "licence server",
    "video": "video",
    "bluetooth": "Bluetooth",
    "sip": "SIP",
    "sipCert": "SIP certificates",
    "axiProvisioningCommands": "provisioning commands",
    "provisioningServer": "provisioning server",
    "dhcpServer": "DHCP server",
    "userDeviceSync": "user and device synchronisation",
}
_SEVERITIES = {
    "ok": Severity.OK,
    "idle": Severity.OK,
    "warning": Severity.WARNING,
    "error": Severity.ERROR,
}


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a connected OMM: its components, base stations, clock, and MOM's notes.

    ``clock_offset`` is the OMM's clock minus MOM's in seconds; ``missing`` is how many records
    vanished from it and wait for a decision.
    """

    entries: tuple[HealthEntry, ...] = ()
    rfps: RfpSummary = RfpSummary()
    clock_offset: float = 0.0
    notes: tuple[str, ...] = ()
    missing: int = 0


def merged(entries: Sequence[HealthEntry], news: Sequence[HealthEntry]) -> tuple[HealthEntry, ...]:
    """The components with news in place of what was known of the same ones; the newest if many."""
    known = {entry.component: entry for entry in (*entries, *news)}
    return tuple(known.values())[-MAX_COMPONENTS:]


def rolled_up(findings: Findings, clock_tolerance: float) -> tuple[Severity, tuple[str, ...]]:
    """The worst of all findings, and a reason for each one that is not in order."""
    in_order = Severity.OK
    found = [
        (severity, _reason(entry))
        for entry in findings.entries
        if (severity := _severity(entry.severity)) is not in_order
    ]
    if abs(findings.clock_offset) > clock_tolerance:
        seconds = f"{findings.clock_offset:+.0f} s"
        found.append((Severity.WARNING, f"Different system times ({seconds})"))
    found += [(Severity.WARNING, note) for note in findings.notes]
    if findings.missing:
        found.append((Severity.ERROR, _missing(findings.missing)))
    found.sort(key=lambda each: -rank(each[0]))
    return worst(severity for severity, _ in found), tuple(reason for _, reason in found)


def _missing(count: int) -> str:
    if count == 1:
        return f"{count} record missing: restore or accept?"
    return f"{count} records missing: restore or accept?"


@lru_cache(maxsize=64)
def _severity(told: str) -> Severity:
    """A severity that is not known is worth a look, so it counts as a warning."""
    return _SEVERITIES.get(told.strip().lower(), Severity.WARNING)


def _reason(entry: HealthEntry) -> str:
    name = _WORDS.get(entry.component, entry.component)
    code = "" if entry.reason_code.strip().isdigit() else entry.reason_code
    text = entry.reason or code
    return f"{name}: {text}" if text else f"{name}: {entry.severity}"
