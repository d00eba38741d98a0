"""All parts of the running service, built from an opened office and wired to each other.

Constructing opens nothing; `mom.service` starts and stops them. The only module that knows every
room; it decides nothing.
"""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mom.admin.sessions import SessionBook
from mom.commands import Commands
from mom.config import Axi
from mom.control import ControlServer
from mom.directory.directory import Directory
from mom.fleet.dial import TlsDialler
from mom.fleet.fleet import Fleet
from mom.fleet.options import FleetOptions, Trust, Wishes
from mom.fleet.records import StoredOmms
from mom.office import Office
from mom.ops.certificate_expiry import CertificateExpiry
from mom.ops.database_probe import DatabaseProbe
from mom.ops.disk_space import DiskSpace
from mom.ops.health import HealthBoard
from mom.ops.time_sync import TimeSync, kernel_clock_is_synchronised
from mom.web.api.accounts import AccountRoutes
from mom.web.api.eula import EulaRoutes
from mom.web.api.events import EventRoutes
from mom.web.api.health import HealthRoutes
from mom.web.api.license import LicenseRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.api.session import SessionRoutes
from mom.web.api.settings import SettingsRoutes
from mom.web.api.status import StatusRoutes, StatusSource, Totals
from mom.web.certificates import Certificates
from mom.web.gate import Gate
from mom.web.server import WebServer, application


class Room(Protocol):
    """A part with a life of its own."""

    def start(self) -> Awaitable[object]:
        """Begin to work."""

    def stop(self) -> Awaitable[object]:
        """End; nothing of it is under way when this is done."""


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """The parts of the service."""

    office: Office
    directory: Directory
    fleet: Fleet
    health: HealthBoard
    certificates: Certificates
    web: WebServer
    control: ControlServer


def build_rooms(
    office: Office,
    *,
    reactor: Any,
    now: Callable[[], float],
    random: Callable[[], float],
    random_bytes: Callable[[int], bytes],
) -> Rooms:
    """Build all parts; `random` gives numbers from 0 to 1, `now` seconds since 1970."""
    sessions = SessionBook(now, random_bytes)
    office.accounts.on_end(sessions.end_account)
    directory = Directory(
        store=office.store, recorder=office.events, clock=reactor, now=now, random=random
    )
    fleet = Fleet(
        clock=reactor,
        now=now,
        random=random,
        desk=directory,
        records=StoredOmms(office.store),
        recorder=office.events,
        dialler=TlsDialler(reactor, fleet_options(office.config.axi)),
        wishes=lambda: wishes(office),
        options=fleet_options(office.config.axi),
    )
    certificates = Certificates(office.config.paths.certificates)
    health = _health(office, fleet, certificates, reactor, now)
    commands = Commands(office, random_bytes, fleet, health)
    return Rooms(
        office=office,
        directory=directory,
        fleet=fleet,
        health=health,
        certificates=certificates,
        web=_web(office, sessions, directory, fleet, health, certificates, reactor, now),
        control=ControlServer(reactor, office.config.paths.control, commands.execute),
    )


def fleet_options(axi: Axi) -> FleetOptions:
    """How the fleet behaves, from the configuration."""
    return FleetOptions(
        protocol_versions=axi.protocol_versions,
        certificate_trust=Trust(axi.certificate_trust),
        reconnect_seconds=axi.reconnect_seconds,
        keepalive_seconds=axi.keepalive_seconds,
        keepalive_timeout_seconds=axi.keepalive_timeout_seconds,
        request_timeout_seconds=axi.request_timeout_seconds,
    )


def wishes(office: Office) -> Wishes:
    """What OMMs are to be set to, from licence and settings."""
    return Wishes(
        sari=office.licences.sari or None,
        mom_name=office.settings.current.system_name,
    )


def _health(
    office: Office,
    fleet: Fleet,
    certificates: Certificates,
    reactor: Any,
    now: Callable[[], float],
) -> HealthBoard:
    paths = office.config.paths
    board = HealthBoard(reactor)
    board.add(office.licences)
    board.add(fleet)
    board.add(DatabaseProbe(reactor, lambda: office.store.read(lambda reading: reading.settings())))
    board.add(DiskSpace((paths.state, paths.log, paths.omm_files), _free_bytes))
    board.add(TimeSync(kernel_clock_is_synchronised))
    board.add(CertificateExpiry(certificates.not_after, now))
    return board


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
