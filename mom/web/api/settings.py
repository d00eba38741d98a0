"""The settings of the system."""

from typing import Any

from mom.admin.licences import LicenceBook
from mom.admin.settings import SettingsBook
from mom.model.identities import park_for_people
from mom.model.setting import Settings
from mom.web.call import Call
from mom.web.route import Access, route


class SettingsView(Settings, frozen=True, kw_only=True, rename="camel"):
    """All settings, with the SARI that comes from the licence.

    `sari` has 10 hex digits and `sari_keypad` the form for a phone's keypad; both are empty without
    a licence.
    """

    sari: str = ""
    sari_keypad: str = ""


class SettingsRoutes:
    """`/settings`."""

    def __init__(self, *, settings: SettingsBook, licences: LicenceBook) -> None:
        self._settings = settings
        self._licences = licences

    @route("GET", "/settings", access=Access.READ, summary="All settings", answer=SettingsView)
    async def read(self, call: Call) -> SettingsView:
        """All settings."""
        return self._view()

    @route(
        "PATCH",
        "/settings",
        access=Access.WRITE,
        summary="Change some settings",
        body=dict[str, Any],
        documented=Settings,
        answer=SettingsView,
    )
    async def change(self, call: Call, body: dict[str, Any]) -> SettingsView:
        """Change some settings."""
        await self._settings.change(body, call.by, call.revision)
        return self._view()

    def _view(self) -> SettingsView:
        current = self._settings.current
        sari = self._licences.sari
        values = {name: getattr(current, name) for name in Settings.__struct_fields__}
        return SettingsView(**values, sari=sari, sari_keypad=park_for_people(sari) if sari else "")
