"""How MOM is: for people with reasons, for machines as yes or no."""

from collections.abc import Awaitable, Callable

import msgspec

from mom.model.omm import Severity, worst
from mom.ports import Component, Reporter
from mom.web.call import Call
from mom.web.errors import ApiError
from mom.web.route import Access, route

Ready = Callable[[], Awaitable[bool]]
"""Tells whether database and listeners are ready."""


class NotReady(ApiError):
    """Some part of MOM does not work yet, or no longer."""

    status = 503
    code = "NotReady"


class HealthView(msgspec.Struct, frozen=True, kw_only=True):
    """The worst severity, and that of each component with its reason."""

    severity: Severity
    components: tuple[Component, ...]


def health_view(components: list[Component]) -> HealthView:
    """The components with the worst of their severities."""
    severity = worst(component.severity for component in components)
    return HealthView(severity=severity, components=tuple(components))


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process runs."""

    status: str = "alive"


class HealthRoutes:
    """`/health`, and `/healthz` and `/readyz` beside the API."""

    def __init__(self, *, health: Reporter, ready: Ready) -> None:
        self._health = health
        self._ready = ready

    @route(
        "GET", "/health", access=Access.READ, summary="Health of all components", answer=HealthView
    )
    async def read(self, call: Call) -> HealthView:
        """Health of all components."""
        return health_view(self._health.snapshot())

    @route(
        "GET", "/healthz", base="", access=Access.PUBLIC, summary="The process lives", answer=Alive
    )
    async def alive(self, call: Call) -> Alive:
        """The process lives."""
        return Alive()

    @route(
        "GET",
        "/readyz",
        base="",
        access=Access.PUBLIC,
        summary="Database and listeners are ready (503 if not)",
        answer=Alive,
    )
    async def ready(self, call: Call) -> Alive:
        """Database and listeners are ready."""
        if not await self._ready():
            raise NotReady("not ready")
        return Alive(status="ready")
