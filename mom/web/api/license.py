"""The licence: what it says, and taking in a file."""

import msgspec

from mom.admin.licences import LicenceBook
from mom.model.identities import park_for_people
from mom.model.licence import Licence
from mom.web.call import Call
from mom.web.route import Access, route

MAX_FILE = 256 * 1024
"""Bytes of a licence file."""


class LicenceView(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """The licence in force; `None` without one. `sari_keypad`: as a phone's keypad takes it.

    `warning`: what of the system is more than it allows, with both figures; empty if nothing is.
    """

    license: Licence | None
    installation_id: str
    sari_keypad: str
    warning: str


class ImportQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`confirmed`: import even if the SARI changes and every phone must subscribe again."""

    confirmed: bool = False


class LicenseRoutes:
    """`/license`."""

    def __init__(self, *, licences: LicenceBook) -> None:
        self._licences = licences

    @route("GET", "/license", access=Access.READ, summary="The licence", answer=LicenceView)
    async def read(self, call: Call) -> LicenceView:
        """The licence in force."""
        return await self._view()

    @route(
        "POST",
        "/license",
        access=Access.WRITE,
        summary="Import a licence file (the body is the file)",
        takes="application/xml",
        query=ImportQuery,
        answer=LicenceView,
        max_body=MAX_FILE,
    )
    async def take(self, call: Call, query: ImportQuery, content: bytes) -> LicenceView:
        """Import a licence file."""
        await self._licences.import_file(content, call.by, confirmed=query.confirmed)
        return await self._view()

    async def _view(self) -> LicenceView:
        sari = self._licences.sari
        return LicenceView(
            license=self._licences.current,
            installation_id=self._licences.installation_id,
            sari_keypad=park_for_people(sari) if sari else "",
            warning=await self._licences.warning(),
        )
