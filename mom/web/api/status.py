"""The status line of every page: counts, subscription, SARI, and whether updates are held back."""

from collections import Counter
from collections.abc import Callable

import msgspec

from mom.admin.licences import LicenceBook
from mom.admin.settings import SettingsBook
from mom.model.figures import MessagingFigures
from mom.model.identities import park_for_people
from mom.model.omm import OmmState, OmmStatus, Severity
from mom.model.setting import SubscriptionMode, Suppression
from mom.ops.roam_count import RoamFigures
from mom.ports import FleetPort, Reporter
from mom.web.activity import Activity
from mom.web.api.health import HealthView, health_view
from mom.web.call import Call
from mom.web.route import Access, route


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """How many records the directory has."""

    users: int
    devices: int
    pairs: int


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """One OMM as a tile of the map of sites."""

    id: int
    state: OmmState
    health: Severity
    reason: str


def site_view(status: OmmStatus) -> SiteView:
    """An OMM as a tile; what its health complains of is the reason where it is connected."""
    is_connected = status.state is OmmState.CONNECTED
    reason = "; ".join(status.health_reasons) if is_connected else status.reason
    return SiteView(id=status.id, state=status.state, health=status.health, reason=reason)


class StatusView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """What footer and health pane show. `now` is MOM's clock, seconds since 1970.

    `subscription_until` is when Wildcard ends, in the same seconds, 0 = no end is set.

    `sari` is written for people: digits for the keypad, a slash, hex digits; empty without licence.
    `states` counts OMMs by state. `messages` are counted since MOM was started, `roams` today.
    """

    system_name: str
    version: str
    now: float
    sari: str
    subscription: SubscriptionMode
    subscription_timeout: int
    subscription_until: int
    auto_create: bool
    suppress_table_updates: Suppression
    omms: int
    states: dict[str, int]
    sites: tuple[SiteView, ...]
    totals: Totals
    messages: MessagingFigures
    roams: RoamFigures
    health: HealthView


class StatusSource:
    """Puts the status together; used by the route and by live updates."""

    def __init__(
        self,
        *,
        settings: SettingsBook,
        licences: LicenceBook,
        fleet: FleetPort,
        health: Reporter,
        totals: Callable[[], Totals],
        activity: Activity,
        now: Callable[[], float],
        version: str,
    ) -> None:
        self._settings = settings
        self._licences = licences
        self._fleet = fleet
        self._health = health
        self._totals = totals
        self._activity = activity
        self._now = now
        self._version = version

    def view(self) -> StatusView:
        """The status at this moment."""
        settings = self._settings.current
        statuses = self._fleet.statuses()
        activity = self._activity.view()
        counted = Counter(status.state for status in statuses)
        return StatusView(
            system_name=settings.system_name,
            version=self._version,
            now=self._now(),
            sari=sari_text(self._licences.sari),
            subscription=settings.subscription,
            subscription_timeout=settings.subscription_timeout,
            subscription_until=settings.subscription_until,
            auto_create=settings.auto_create,
            suppress_table_updates=settings.suppress_table_updates,
            omms=len(statuses),
            states={state.value: counted[state] for state in OmmState},
            sites=tuple(site_view(status) for status in statuses),
            totals=self._totals(),
            messages=activity.messages,
            roams=activity.roams,
            health=health_view(self._health.snapshot()),
        )


def sari_text(sari: str) -> str:
    """The SARI in both forms: `3110050641024* / 1F1028D085`; empty for none."""
    return f"{park_for_people(sari)} / {sari}" if sari else ""


class StatusRoutes:
    """`/status`."""

    def __init__(self, *, status: StatusSource) -> None:
        self._status = status

    @route("GET", "/status", access=Access.READ, summary="Counts and footer", answer=StatusView)
    async def read(self, call: Call) -> StatusView:
        """The status."""
        return self._status.view()
