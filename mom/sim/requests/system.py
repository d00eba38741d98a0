"""Requests on the state of the whole OMM: health, licence, standby, base stations, updates.

Source: the published schema; captured GetRFPSummaryResp.
"""

from __future__ import annotations

from mom.axi.element import Element, Value, make
from mom.sim.requests.handler import Handlers
from mom.sim.rules import flagged
from mom.sim.session import Session
from mom.sim.state import State
from mom.sim.voice import Answer

COMPONENTS = [
    "sync",
    "standby",
    "autoDB",
    "dbTransfer",
    "download",
    "rfp",
    "license",
    "ima",
    "licenseG729",
    "umo",
    "uds",
    "usbMem",
    "licenseServer",
    "video",
    "bluetooth",
    "sip",
    "sipCert",
    "axiProvisioningCommands",
    "provisioningServer",
    "dhcpServer",
    "userDeviceSync",
]
"""The components whose health an OMM tells."""

UPDATE_TAKES = 3.0
"""Seconds that the simulated software update takes."""


def health_of(state: State) -> dict[str, tuple[str, str]]:
    """Severity and reason of each component."""
    health = dict.fromkeys(COMPONENTS, ("OK", ""))
    if state.standby_state == "None":
        health["standby"] = ("Idle", "")
    if state.bases.connected < state.bases.total:
        health["rfp"] = ("Warning", "not all base stations are connected")
    return health | state.health


def get_health(state: State, session: Session, request: Element) -> Answer:
    """The health of each component."""
    return Answer(
        children=tuple(
            state.voice.child(
                "health",
                {
                    "component": name,
                    "severity": severity,
                    "reason": reason or None,
                    "reasonCode": 0 if severity in ("OK", "Idle") else 1,
                },
            )
            for name, (severity, reason) in health_of(state).items()
        )
    )


def base_summary(state: State) -> dict[str, Value]:
    """The attributes of a summary of base stations."""
    total, connected = state.bases.total, state.bases.connected
    zeros = (
        "wrongBrandedRFPs wrongStandbyRFPs wrongVersionedRFPs newAvailSWRFPs DecryptedDECTRFPs "
        "usbOverloads advancedFeaturesErrorRFPs WLANactivatedRFPs WLANrunningRFPs usedWLANprofiles"
    )
    counted: dict[str, Value] = {
        "nRFPs": total,
        "idFirst": 0,
        "nConnected": connected,
        "DECTactivatedRFPs": total,
        "DECTactiveRFPs": connected,
        "usedDECTclusters": 1,
        "usedPagingAreas": 1,
    }
    return counted | dict.fromkeys(zeros.split(), 0)


def get_base_summary(state: State, session: Session, request: Element) -> Answer:
    """How many base stations there are."""
    return Answer(attrs=base_summary(state))


def get_standby(state: State, session: Session, request: Element) -> Answer:
    """Whether there is a standby OMM, and where."""
    return Answer(attrs={"ommStbState": state.standby_state, "ommStbAddr": state.other_address})


def licence(state: State) -> tuple[dict[str, Value], tuple[Element, ...]]:
    """The OMM's own licence."""
    attrs: dict[str, Value] = {
        "type": "standard",
        "state": "activeLicense",
        "latency": 0,
        "park": state.identity.park,
    }
    children = (
        make("licenseRfp", {"id": 0, "ethAddr": "00:30:42:00:00:01", "connected": True}),
        make("sysLicense", {"key": "", "number": 256, "systemLicenseVersion": "7.1"}),
        make("msgLicense", {"key": "", "number": 10000, "messagingLicenseRcvMsgs": True}),
        make("locLicense", {"key": "", "number": 10000, "locatingLicense": True}),
    )
    return attrs, children


def get_licence(state: State, session: Session, request: Element) -> Answer:
    """The licence of the OMM."""
    attrs, children = licence(state)
    return Answer(attrs=attrs, children=children)


def software_update(state: State, session: Session, request: Element) -> Answer:
    """Load software and configuration: counted, nothing else changes."""
    state.count("updates")
    return Answer()


def get_software_update(state: State, session: Session, request: Element) -> Answer:
    """When updates are made."""
    return Answer(attrs={"timedUpdate": False, "allAtOnce": True, "hour": 0, "minute": 0})


def restart(state: State, session: Session, request: Element) -> Answer:
    """Restart the OMM, with an empty database if asked for."""
    if flagged(request.attrs, "resetDB") or flagged(request.attrs, "resetToFactoryDefaults"):
        state.clear()
    state.restart_wanted = UPDATE_TAKES
    return Answer()


HANDLERS: Handlers = {
    "GetHealthState": get_health,
    "GetRFPSummary": get_base_summary,
    "GetStbState": get_standby,
    "GetLicense": get_licence,
    "SoftwareUpdate": software_update,
    "GetSoftwareUpdate": get_software_update,
    "SystemRestart": restart,
}
