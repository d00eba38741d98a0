"""The doors of the house: the web server with all its routes and live updates, wired to the parts.

Constructing opens nothing; `mom.service` starts and stops them. It decides nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mom.admin.jobs import JobBook
from mom.admin.sessions import SessionBook
from mom.axi.clock import Clock
from mom.directory.directory import Directory
from mom.directory.editing.ends import Collection
from mom.directory.index import Index
from mom.fleet.fleet import Fleet
from mom.model.copy import Noun
from mom.office import Office
from mom.ops.health import HealthBoard
from mom.store.errors import StoreError
from mom.web.activity import Activity
from mom.web.api.accounts import AccountRoutes
from mom.web.api.bulk import BulkRoutes
from mom.web.api.certificate import CertificateRoutes
from mom.web.api.decisions import DecisionRoutes
from mom.web.api.edits import BindRoutes, EditRoutes, EndRoutes
from mom.web.api.eula import EulaRoutes
from mom.web.api.events import EventRoutes
from mom.web.api.exports import ExportRoutes
from mom.web.api.fields import FieldRoutes
from mom.web.api.health import HealthRoutes
from mom.web.api.jobs import JobRoutes
from mom.web.api.license import LicenseRoutes
from mom.web.api.omms import OmmRoutes
from mom.web.api.records import RecordRoutes
from mom.web.api.roams import RoamRoutes
from mom.web.api.room_bulk import RoomBulkRoutes
from mom.web.api.rooms import RoomRoutes
from mom.web.api.session import SessionRoutes
from mom.web.api.settings import SettingsRoutes
from mom.web.api.status import StatusRoutes, StatusSource, Totals
from mom.web.api.tokens import TokenRoutes
from mom.web.api.trash import TrashRoutes
from mom.web.certificates import Certificates
from mom.web.collections import KINDS
from mom.web.gate import Gate
from mom.web.live import LiveHub
from mom.web.live_route import LiveRoutes
from mom.web.live_sources import LiveSources
from mom.web.records import Records
from mom.web.server import WebServer, application
from mom.web.topics import topics


@dataclass(frozen=True, kw_only=True)
class Core:
    """What the doors open to."""

    office: Office
    sessions: SessionBook
    directory: Directory
    fleet: Fleet
    health: HealthBoard
    certificates: Certificates
    jobs: JobBook
    random_bytes: Callable[[int], bytes]


def build_doors(
    core: Core, activity: Activity, reactor: Any, now: Callable[[], float]
) -> tuple[LiveSources, WebServer]:
    """What tells browsers of changes, and the server that they talk to."""
    office, listen = core.office, core.office.config.listen
    status, records = _status(core, activity, now), Records(office.store)
    omms = OmmRoutes(omms=office.omms, fleet=core.fleet, missing=core.directory)
    jobs = JobRoutes(jobs=core.jobs)
    hub = LiveHub(
        clock=reactor,
        topics=topics(
            records=records,
            omms=omms,
            accounts=office.accounts,
            events=office.events,
            jobs=jobs,
        ),
        status=status.view,
        suppression=lambda: office.settings.current.suppress_table_updates,
        is_open=lambda key: core.sessions.is_open(key) or office.tokens.is_open(key),
    )
    app = application(
        gate=Gate(
            sessions=core.sessions,
            accounts=office.accounts,
            tokens=office.tokens,
            eula=office.eula,
        ),
        groups=[
            *_administration(core),
            omms,
            RecordRoutes(records=records),
            RoamRoutes(records=records),
            DecisionRoutes(records=records),
            *editing(core.directory, records, core.jobs),
            jobs,
            TrashRoutes(store=office.store, revival=core.directory.revival, records=records),
            RoomRoutes(editor=core.directory.rooms.editor, records=records),
            RoomBulkRoutes(editor=core.directory.rooms.editor, jobs=core.jobs),
            ExportRoutes(records=records, omms=omms),
            FieldRoutes(),
            StatusRoutes(status=status),
            LiveRoutes(hub=hub, reactor=reactor),
        ],
        webroot=office.config.paths.webroot,
        version=office.version,
    )
    web = WebServer(reactor, app, core.certificates, https=listen.https, http=listen.http)
    return _live_sources(core, hub, activity, reactor), web


def editing(directory: Directory, records: Records, jobs: JobBook) -> list[object]:
    """The routes that change users, devices and pairs."""
    editor, bulk = directory.editor, directory.bulk
    single = [EditRoutes(kind, editor=editor, records=records) for kind in KINDS]
    many = [BulkRoutes(kind, bulk=bulk, changes=editor.changes, jobs=jobs) for kind in KINDS]
    of_ends = [
        EndRoutes(kind, editor=editor, records=records)
        for kind in KINDS
        if kind.collection is not Collection.PAIRS
    ]
    return [*single, BindRoutes(editor=editor, records=records), *of_ends, *many]


def _administration(core: Core) -> list[object]:
    office = core.office
    return [
        SessionRoutes(
            accounts=office.accounts,
            sessions=core.sessions,
            eula=office.eula,
            has_omms=lambda: bool(core.fleet.statuses()),
        ),
        EulaRoutes(eula=office.eula),
        AccountRoutes(accounts=office.accounts),
        TokenRoutes(tokens=office.tokens, accounts=office.accounts, random_bytes=core.random_bytes),
        SettingsRoutes(settings=office.settings, licences=office.licences),
        LicenseRoutes(licences=office.licences),
        CertificateRoutes(certificates=core.certificates, recorder=office.events),
        EventRoutes(events=office.events),
        HealthRoutes(health=core.health, ready=lambda: _is_ready(office)),
    ]


def _status(core: Core, activity: Activity, now: Callable[[], float]) -> StatusSource:
    return StatusSource(
        settings=core.office.settings,
        licences=core.office.licences,
        fleet=core.fleet,
        health=core.health,
        totals=lambda: totals(core.directory.index),
        activity=activity,
        now=now,
        version=core.office.version,
    )


def _live_sources(core: Core, hub: LiveHub, activity: Activity, clock: Clock) -> LiveSources:
    return LiveSources(
        hub,
        feed=core.office.store.feed,
        statuses=core.fleet.board,
        settings=core.office.settings,
        licences=core.office.licences,
        health=core.health,
        sessions=core.sessions,
        tokens=core.office.tokens,
        jobs=core.jobs,
        activity=activity,
        clock=clock,
    )


def totals(index: Index) -> Totals:
    """How many records there are; a pair is a device with its user."""
    return Totals(users=index.count(Noun.USER), devices=index.count(Noun.DEVICE), pairs=index.pairs)


async def _is_ready(office: Office) -> bool:
    """Whether the database answers, and stores what is to be stored."""
    try:
        await office.store.read(lambda reading: reading.settings())
    except StoreError:
        return False
    return not office.store.trouble
