"""All parts of the running service, built from an opened office and wired to each other.

Constructing opens nothing; `mom.service` starts and stops them. The only module that knows every
room; it decides nothing.
"""

import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mom.admin.jobs import JobBook
from mom.admin.sessions import SessionBook
from mom.admin.wildcard import WildcardEnd
from mom.axi.secrets import PrivateKey
from mom.commands import Commands
from mom.config import Axi, Limits
from mom.control import ControlServer
from mom.directory.directory import Directory
from mom.directory.keys import Keys
from mom.directory.policy import Policy
from mom.directory.roaming.phone_places import PhonePlaces
from mom.doors import Core, build_doors
from mom.fleet.dial import TlsDialler
from mom.fleet.fleet import Fleet
from mom.fleet.options import FleetOptions, Trust, Wishes
from mom.fleet.records import StoredOmms
from mom.messaging.router import Router
from mom.model.copy import Noun
from mom.model.licence import Licence
from mom.model.setting import Settings
from mom.office import Office
from mom.ops.certificate_expiry import CertificateExpiry
from mom.ops.database_probe import DatabaseProbe
from mom.ops.disk_space import DiskSpace
from mom.ops.event_store import StoreTrial
from mom.ops.health import HealthBoard
from mom.ops.licence_use import LicenceUse
from mom.ops.missing_records import MissingRecords
from mom.ops.omm_connections import OmmConnections
from mom.ops.roam_count import RoamCount
from mom.ops.time_sync import TimeSync, kernel_clock_is_synchronised
from mom.store.trash_end import TrashEnd
from mom.web.activity import Activity
from mom.web.certificates import Certificates
from mom.web.live_sources import LiveSources
from mom.web.server import WebServer


class Room(Protocol):
    """A part with a life of its own."""

    def start(self) -> Awaitable[object] | None:
        """Begin to work."""

    def stop(self) -> Awaitable[object] | None:
        """End; nothing of it is under way when this is done."""


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """All parts of the service."""

    core: Core
    messaging: Router
    roams: RoamCount
    wildcard: WildcardEnd
    trash: TrashEnd
    live: LiveSources
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
    sessions = SessionBook(reactor.seconds, random_bytes)
    office.accounts.on_end(sessions.end_account)
    directory = Directory(
        office.store,
        office.events,
        now,
        policy=policy(office, office.config.limits.permanent_users),
        keys=Keys(private_keys(office.config.axi)),
        clock=reactor,
    )
    messaging = Router(reactor, PhonePlaces(directory.index, directory.moves))
    options = fleet_options(office.config.axi)
    fleet = Fleet(
        clock=reactor,
        now=now,
        random=random,
        desk=directory,
        switchboard=messaging,
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
        health=_health(office, fleet, directory, certificates, reactor, now),
        certificates=certificates,
        jobs=JobBook(reactor, now, office.accounts.may_change),
        random_bytes=random_bytes,
    )
    _follow(core)
    roams = RoamCount(office.store, now, lambda: len(directory.index.moving))
    activity = Activity(messages=messaging.figures, roams=roams.figures)
    commands = Commands(office, random_bytes, fleet, core.health, activity)
    live, web = build_doors(core, activity, reactor, now)
    return Rooms(
        core=core,
        messaging=messaging,
        roams=roams,
        wildcard=WildcardEnd(office.settings, reactor, now),
        trash=TrashEnd(office.store, reactor),
        live=live,
        web=web,
        control=ControlServer(reactor, office.config.paths.control, commands.execute),
    )


def _follow(core: Core) -> None:
    """Let changes of settings, licence and connections reach those they concern."""

    def settings_changed(_before: Settings, _after: Settings) -> None:
        core.directory.policy = policy(core.office, core.directory.policy.most_permanent)
        core.fleet.configure()

    def licence_changed(_before: Licence | None, _after: Licence) -> None:
        core.directory.policy = policy(core.office, core.directory.policy.most_permanent)
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


def limit(core: Core, limits: Limits) -> None:
    """Let limits of the configuration hold that were read while everything runs."""
    core.directory.policy = policy(core.office, limits.permanent_users)


def policy(office: Office, most_permanent: int) -> Policy:
    """What settings, licence and configuration decide about users and phones."""
    settings, licence = office.settings.current, office.licences.current
    return Policy(
        deletes_stick=settings.deletes_stick,
        licensed=bool(office.licences.sari),
        max_users=licence.max_users if licence else None,
        most_permanent=most_permanent,
        subscription=settings.subscription,
        auto_create=settings.auto_create,
    )


def wishes(office: Office) -> Wishes:
    """What OMMs are to be set to, from licence and settings."""
    settings = office.settings.current
    return Wishes(
        sari=office.licences.sari or None,
        mom_name=settings.system_name,
        client_name=f"MOM {office.version}",
        subscription_mode=settings.subscription.value,
        subscription_minutes=settings.subscription_timeout if settings.subscription_until else 0,
        fac_prefix=settings.fac_prefix if settings.fac_prefix_set else None,
    )


def _health(
    office: Office,
    fleet: Fleet,
    directory: Directory,
    certificates: Certificates,
    reactor: Any,
    now: Callable[[], float],
) -> HealthBoard:
    paths = office.config.paths
    board = HealthBoard(reactor)

    def size() -> tuple[int, int]:
        return len(fleet.omms()), directory.index.count(Noun.USER)

    board.add(LicenceUse(office.licences, size, directory.surplus.counts))
    board.add(OmmConnections(fleet.omms, fleet.board.connected))
    board.add(MissingRecords(fleet.omms))
    board.add(DatabaseProbe(reactor, StoreTrial(office.store, now)))
    board.add(DiskSpace((paths.state, paths.log, paths.omm_files), _free_bytes))
    board.add(TimeSync(kernel_clock_is_synchronised))
    board.add(CertificateExpiry(certificates.not_after, now))
    return board


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free
