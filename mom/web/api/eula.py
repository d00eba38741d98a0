"""The licence terms: their text, and accepting them."""

import msgspec

from mom.admin.eula import Acceptance, Eula
from mom.web.call import Call
from mom.web.route import Access, route


class EulaView(msgspec.Struct, frozen=True, kw_only=True):
    """The terms of the version that runs, and who accepted which version when."""

    version: str
    text: str
    accepted: Acceptance | None
    acceptances: tuple[Acceptance, ...]


class Accept(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The version whose terms are accepted."""

    version: str


class EulaRoutes:
    """`/eula`."""

    def __init__(self, *, eula: Eula) -> None:
        self._eula = eula

    @route("GET", "/eula", access=Access.SIGNED_IN, summary="The licence terms", answer=EulaView)
    async def read(self, call: Call) -> EulaView:
        """The licence terms."""
        return self._view()

    @route(
        "POST",
        "/eula",
        access=Access.SIGNED_IN,
        summary="Accept the licence terms of a version",
        body=Accept,
        answer=EulaView,
    )
    async def accept(self, call: Call, body: Accept) -> EulaView:
        """Accept the licence terms."""
        await self._eula.accept(call.by, body.version)
        return self._view()

    def _view(self) -> EulaView:
        return EulaView(
            version=self._eula.version,
            text=self._eula.text,
            accepted=self._eula.accepted,
            acceptances=self._eula.acceptances,
        )
