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
from mom.axi.secrets import PrivateKey
from mom.commands import Commands
from mom.config import Axi
from mom.control import ControlServer
from mom.directory.directory import Directory, Keys, Policy
from mom.directory.index import Index
from mom.fleet.dial import TlsDialler
from mom.fleet.fleet import Fleet
from mom.fleet.options import FleetOptions, Trust, Wishes
from mom.fleet.records import StoredOmms
from mom.model.copy import Noun
from mom.model.licence import Licence
from mom.model.omm import Omm
from mom.model.setting import Settings
from mom.office import Office
from mom.ops.certificate_expiry import CertificateExpiry
from mom.ops.database_probe import DatabaseProbe
from mom.ops.disk_space import DiskSpace
from mom.ops.health import HealthBoard
from mom.ops.omm_connections import OmmConnections
from mom.ops.time_sync import TimeSync, kernel_clock_is_synchronised
from mom.store.errors import StoreError
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

    def start(self) -> Awaitable[object] | None:
        """Begin to work."""

    def stop(self) -> Awaitable[object] | None:
        """End; nothing of it is under way when this is done."""


@dataclass(frozen=True, kw_only=True)
class Core:
    """What the doors of the house (pages, commands) open to."""

    office: Office
    sessions: SessionBook
    directory: Directory
    fleet: Fleet
    health: HealthBoard
    certificates: Certificates


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """All parts of the service."""

    core: Core
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
        office.store,
        office.events,
        now,
        policy=_policy(office.settings.current),
        keys=Keys(private_keys(office.config.axi)),
    )
    options = fleet_options(office.config.axi)
    fleet = Fleet(
        clock=reactor,
        now=now,
        random=random,
        desk=directory,
        records=StoredOmms(office.store, reactor),
        recorder=office.events,
        dialler=TlsDialler(reactor, options),
        wishes=lambda: wishes(office),
        options=options,
    )
    certificates = Certificates(office.config.paths.certificates)
    core = Core(
        office=office,
        sessions=sessions,
        directory=directory,
        fleet=fleet,
        health=_health(office, directory, fleet, certificates, reactor, now),
        certificates=certificates,
    )
    _follow(core)
    commands = Commands(office, random_bytes, fleet, core.health)
    return Rooms(
        core=core,
        web=_web(core, reactor, now),
        control=ControlServer(reactor, office.config.paths.control, commands.execute),
    )


def _follow(core: Core) -> None:
    """Let changes of settings, licence and connections reach those they concern."""

    def settings_changed(_before: Settings, after: Settings) -> None:
        core.directory.policy = _policy(after)
        core.fleet.configure()

    def licence_changed(_before: Licence | None, _after: Licence) -> None:
        core.fleet.configure()
        core.health.refresh()

    core.office.settings.listen(settings_changed)
    core.office.licences.listen(licence_changed)
    core.fleet.board.subscribe(lambda _: core.health.refresh())


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


def private_keys(axi: Axi) -> list[PrivateKey]:
    """The private keys that the operator has. Raises `BadValue` or `OSError`."""
    return [PrivateKey.from_pem(axi.private_key.read_bytes())] if axi.private_key else []


def _policy(settings: Settings) -> Policy:
    return Policy(deletes_stick=settings.deletes_stick)


def totals(index: Index) -> Totals:
    """How many records there are; a pair is a device with its user."""
    devices = index.numbers(Noun.DEVICE)
    entries = (index.entry(Noun.DEVICE, number) for number in devices)
    return Totals(
        users=index.count(Noun.USER),
        devices=len(devices),
        pairs=sum(1 for entry in entries if entry is not None and entry.partner),
    )


def wishes(office: Office) -> Wishes:
    """What OMMs are to be set to, from licence and settings."""
    return Wishes(
        sari=office.licences.sari or None,
        mom_name=office.settings.current.system_name,
    )


def _web(core: Core, reactor: Any, now: Callable[[], float]) -> WebServer:
    office, config = core.office, core.office.config
    status = StatusSource(
        settings=office.settings,
        licences=office.licences,
        fleet=core.fleet,
        health=core.health,
        totals=lambda: totals(core.directory.index),
        now=now,
        version=office.version,
    )
    app = application(
        gate=Gate(sessions=core.sessions, accounts=office.accounts, eula=office.eula),
        groups=[
            SessionRoutes(accounts=office.accounts, sessions=core.sessions, eula=office.eula),
            EulaRoutes(eula=office.eula),
            AccountRoutes(accounts=office.accounts),
            SettingsRoutes(settings=office.settings, licences=office.licences),
            LicenseRoutes(licences=office.licences),
            OmmRoutes(omms=office.omms, fleet=core.fleet, missing=core.directory),
            EventRoutes(events=office.events),
            HealthRoutes(health=core.health, ready=lambda: _is_ready(office)),
            StatusRoutes(status=status),
        ],
        webroot=config.paths.webroot,
        version=office.version,
    )
    return WebServer(
        reactor, app, core.certificates, https=config.listen.https, http=config.listen.http
    )


async def _is_ready(office: Office) -> bool:
    """Whether the database answers."""
    try:
        await office.store.read(lambda reading: reading.settings())
    except StoreError:
        return False
    return True


def _health(
    office: Office,
    directory: Directory,
    fleet: Fleet,
    certificates: Certificates,
    reactor: Any,
    now: Callable[[], float],
) -> HealthBoard:
    paths = office.config.paths
    board = HealthBoard(reactor)
    board.add(office.licences)
    board.add(OmmConnections(lambda: _omms(directory, fleet), fleet.statuses))
    board.add(DatabaseProbe(reactor, lambda: office.store.read(lambda reading: reading.settings())))
    board.add(DiskSpace((paths.state, paths.log, paths.omm_files), _free_bytes))
    board.add(TimeSync(kernel_clock_is_synchronised))
    board.add(CertificateExpiry(certificates.not_after, now))
    return board


def _omms(directory: Directory, fleet: Fleet) -> list[Omm]:
    found = (directory.omm(status.id) for status in fleet.statuses())
    return [omm for omm in found if omm is not None]


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
