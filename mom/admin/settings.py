"""The settings of the system: kept, checked field by field, and told to who wants to know.

Knows no pages and not what a setting does; the parts that follow settings listen here.
"""

from collections.abc import Callable, Mapping

import msgspec
from twisted.internet.defer import DeferredLock
from twisted.logger import Logger

from mom.admin.errors import Conflict, FieldErrors
from mom.admin.shelf import Shelf
from mom.admin.wildcard import ended, timed
from mom.model.omm import Severity
from mom.model.setting import Settings, SubscriptionMode, Suppression
from mom.ports import Recorder

KEY = "settings"
"""Under which name the record is kept."""
SUBSYSTEM = "Settings"
READ_ONLY = {
    "sari": "The SARI comes with the licence",
    "subscriptionUntil": "It follows from subscriptionTimeout",
    "subscriptionBefore": "It is the mode that was set before Wildcard",
    "facPrefixSet": "It is true once a facPrefix was set",
    "revision": "It counts the changes",
}
_EXPECTED = {
    "systemName": "A name of 1 to 64 printable characters is expected",
    "deletesStick": "true or false is expected",
    "suppressTableUpdates": f"One of these is expected: {', '.join(s.value for s in Suppression)}",
    "autoCreate": "true or false is expected",
    "subscription": f"One of these is expected: {', '.join(m.value for m in SubscriptionMode)}",
    "subscriptionTimeout": "A number of minutes from 0 to 60 is expected; 0 = until changed",
    "facPrefix": "Up to 8 digits, * and # are expected",
}

Listener = Callable[[Settings, Settings], None]


class SettingsBook:
    """The settings now (`current`), and the way to change them.

    `now` tells seconds since 1970.
    """

    _log = Logger()

    def __init__(
        self,
        shelf: Shelf,
        recorder: Recorder,
        now: Callable[[], float],
        defaults: Settings | None = None,
    ) -> None:
        self._shelf = shelf
        self._recorder = recorder
        self._now = now
        self._turn = DeferredLock()
        self._listeners: list[Listener] = []
        self.current = defaults or Settings()

    async def load(self) -> None:
        """Read what was set before; what was never set has its default."""
        stored = await self._shelf.setting(KEY)
        if stored is not None:
            known = msgspec.convert(stored, dict[str, object])
            self.current = msgspec.convert({**msgspec.to_builtins(self.current), **known}, Settings)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener(before, after)` after each change; returns what stops that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def change(
        self, changes: Mapping[str, object], by: str, revision: int | None = None
    ) -> Settings:
        """Change some settings, by their names in the API; returns all as they are then.

        Raises `FieldErrors` with every field that is wrong, and `Conflict` if `revision` is given
        and is no longer the current one. Nothing is changed then.
        """
        async with self._turn:
            before = self.current
            if revision is not None and revision != before.revision:
                raise Conflict("The system settings", before.revision)
            after = timed(before, changed(before, changes), changes.keys(), int(self._now()))
            if after == before:
                return before
            after = await self._put(after, by)
        names = [name for name in changes if _value(before, name) != _value(after, name)]
        text = f"{by} changed {', '.join(names) or 'subscriptionUntil'}"
        self._recorder.record(Severity.OK, SUBSYSTEM, text)
        self._tell(before, after)
        return after

    async def end_wildcard(self) -> None:
        """Go back to the former subscription mode, if the time of Wildcard is over."""
        async with self._turn:
            before = self.current
            after = ended(before, self._now())
            if after == before:
                return
            after = await self._put(after, "MOM")
        mode = after.subscription.value
        text = f"The time of Wildcard is over: the subscription mode is {mode} again"
        self._recorder.record(Severity.OK, SUBSYSTEM, text)
        self._tell(before, after)

    async def _put(self, after: Settings, by: str) -> Settings:
        after = msgspec.structs.replace(after, revision=after.revision + 1)
        await self._shelf.put_setting(KEY, msgspec.to_builtins(after), cause=by)
        self.current = after
        return after

    def _tell(self, before: Settings, after: Settings) -> None:
        for listener in tuple(self._listeners):
            with self._log.failuresHandled("A listener to the settings failed"):
                listener(before, after)


def changed(before: Settings, changes: Mapping[str, object]) -> Settings:
    """The settings with the changes. Raises `FieldErrors` with every field that is wrong."""
    by_name = {field.encode_name: field for field in msgspec.structs.fields(Settings)}
    errors: dict[str, str] = {}
    values: dict[str, object] = {}
    for name, value in changes.items():
        if name in READ_ONLY:
            errors[name] = READ_ONLY[name]
        elif name not in by_name:
            errors[name] = "There is no such setting"
        else:
            try:
                converted = msgspec.convert(value, by_name[name].type)
                values[by_name[name].name] = converted
            except msgspec.ValidationError:
                errors[name] = _EXPECTED[name]
    if errors:
        raise FieldErrors(errors)
    after = msgspec.structs.replace(before, **values)
    after = msgspec.structs.replace(
        after, fac_prefix_set=before.fac_prefix_set or bool(after.fac_prefix)
    )
    if not after.system_name.strip() or not after.system_name.isprintable():
        raise FieldErrors({"systemName": _EXPECTED["systemName"]})
    return after


def _value(settings: Settings, api_name: str) -> object:
    fields = msgspec.structs.fields(Settings)
    name = next(field.name for field in fields if field.encode_name == api_name)
    return getattr(settings, name)
