"""Where browsers ask for the websocket of live updates.

What speaks the websocket is loaded when the first one asks: it is a tenth of all that the service
would load at its start, and one without open pages does not need it.
"""

from typing import TYPE_CHECKING, Any

from mom.web.call import Call
from mom.web.live import LiveHub
from mom.web.route import Access, Reply, route

if TYPE_CHECKING:
    from mom.web.live_socket import LiveFactory


class LiveRoutes:
    """`/live`."""

    def __init__(self, *, hub: LiveHub, reactor: Any) -> None:
        self._hub = hub
        self._reactor = reactor
        self._factory: LiveFactory | None = None

    @route(
        "GET",
        "/live",
        access=Access.READ,
        summary="Live updates (websocket)",
        gives="application/json",
        status=101,
    )
    async def follow(self, call: Call) -> Reply:
        """Turn the request into a websocket."""
        return Reply(resource=self._websockets().resource_for(call.signed_in.key))

    def _websockets(self) -> "LiveFactory":
        if self._factory is None:
            from mom.web.live_socket import LiveFactory  # noqa: PLC0415 - see the module

            self._factory = LiveFactory(self._hub, self._reactor)
        return self._factory
