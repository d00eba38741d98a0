"""Getting in: from the addresses of an OMM to an open log-in at the active one of the pair.

The addresses are tried in turn, the last good one first. This module must not know what is done
with the session.
"""

from collections.abc import Callable
from typing import Protocol

import msgspec
from twisted.internet.defer import Deferred

from mom.admin.omm_fields import is_address
from mom.axi.errors import LinkLost, RequestRefused, RequestTimeout
from mom.axi.session import OpenResponse
from mom.fleet.errors import Hindrance, MustAccept, StandBy, Unreachable
from mom.fleet.link import OmmLink, lost_in_words
from mom.fleet.machine import Steps
from mom.fleet.opening import log_in
from mom.fleet.options import FleetOptions
from mom.fleet.ports import Dialler, Learned
from mom.fleet.trust import Verdict, judge, seen_certificate
from mom.model.omm import CERTIFICATE, Omm


class Entrance(msgspec.Struct, frozen=True):
    """Where MOM got in: the link, and what the OMM answered to the log-in."""

    link: OmmLink
    response: OpenResponse


class Door(Protocol):
    """What entering needs of the session that goes in."""

    steps: Steps
    closed: bool

    def new_link(self, address: str) -> OmmLink:
        """Make the link to an address; it belongs to the session from now on."""

    def leave_link(self) -> None:
        """Give up the present link: it led nowhere."""

    def dialling(self, attempt: Deferred[str]) -> Deferred[str]:
        """Take note of an attempt that is to be cancelled when the session is closed."""

    def learn(self, learned: Learned) -> None:
        """Note what was learned."""


async def enter(
    door: Door, omm: Callable[[], Omm], dialler: Dialler, options: FleetOptions
) -> Entrance:
    """Log in at the active OMM; raises the ``Hindrance`` that tells most if no address will do."""
    hindrances: list[tuple[str, Hindrance]] = []
    for address in omm().addresses:
        if hindrances:
            door.steps.turned_away()
        try:
            return await _try(door, omm(), address, dialler, options)
        except (Unreachable, StandBy, MustAccept) as hindrance:
            hindrances.append((address, hindrance))
            door.leave_link()
            if door.closed:
                break
    raise summary(hindrances)


def summary(hindrances: list[tuple[str, Hindrance]]) -> Hindrance:
    """One hindrance for all addresses: what must be accepted first, else all of them in words."""
    for _, hindrance in hindrances:
        if isinstance(hindrance, MustAccept):
            return hindrance
    return Unreachable("; ".join(f"{address}: {why}" for address, why in hindrances))


async def _try(
    door: Door, omm: Omm, address: str, dialler: Dialler, options: FleetOptions
) -> Entrance:
    link = door.new_link(address)
    fingerprint = await door.dialling(dialler.dial(address, omm.port, link))
    verdict = judge(options.certificate_trust, omm.pins, address, fingerprint)
    if verdict is Verdict.CHANGED:
        raise MustAccept(
            CERTIFICATE,
            seen_certificate(address, fingerprint),
            f"the certificate of {address} has changed and must be accepted",
        )
    door.steps.linked()
    try:
        response = await log_in(link.request, omm, options.protocol_versions)
    except LinkLost as lost:
        raise Unreachable(lost_in_words(lost.reason)) from lost
    except RequestTimeout as timeout:
        raise Unreachable("no answer to the log-in") from timeout
    except StandBy as standing_by:
        _learn_partner(door, omm, standing_by)
        raise
    learned = Learned(last_address=address)
    if verdict is Verdict.NEW:
        learned = msgspec.structs.replace(learned, pin=(address, fingerprint))
    door.learn(learned)
    return Entrance(link, response)


def _learn_partner(door: Door, omm: Omm, standing_by: StandBy) -> None:
    """A standby OMM may tell who its partner is, although it refuses the log-in."""
    refusal = standing_by.__cause__
    if isinstance(refusal, RequestRefused):
        partner = OpenResponse.from_element(refusal.response).omm_stb_addr
        learn_standby(door, omm, partner)


def learn_standby(door: Door, omm: Omm, address: str) -> None:
    """Fill in the other OMM of the pair, if the record does not name one.

    What is no address is not taken: it would stand in the record, and links would be tried there.
    """
    if omm.omm2 or address in ("0.0.0.0", omm.omm1):
        return
    if is_address(address):
        door.learn(Learned(omm2=address))
