"""What people change in MOM, by noun, for tests that want to see the record afterwards."""

from collections.abc import Callable

from mom.directory.editing.editor import Editor
from mom.directory.editing.ends import Collection
from mom.model.copy import Noun
from mom.model.device import Device
from mom.model.identities import DeviceNumber, UserNumber
from mom.model.user import User
from mom.store.store import Store

Values = dict[str, object]
LIST_OF = {Noun.USER: Collection.USERS, Noun.DEVICE: Collection.DEVICES}


class People:
    """Those who sit at the page; each method raises as those of `Editor`."""

    def __init__(self, store: Store, editor: Callable[[], Editor]) -> None:
        """`editor`: that of the directory that runs now."""
        self._store = store
        self._editor = editor

    async def create_user(self, entered: Values, by: str) -> User:
        return await self._user(await self._editor().create(Collection.USERS, entered, by))

    async def create_device(self, entered: Values, by: str) -> Device:
        return await self._device(await self._editor().create(Collection.DEVICES, entered, by))

    async def create_pair(
        self, user: Values, device: Values, by: str
    ) -> tuple[UserNumber, DeviceNumber]:
        """Tells both numbers."""
        number = await self._editor().create(Collection.PAIRS, {**user, **device}, by)
        made = await self._device(number)
        return made.uid, made.ppn

    async def edit_user(
        self, number: int, changes: Values, by: str, revision: int | None = None
    ) -> User:
        await self._edit(Noun.USER, number, changes, by, revision)
        return await self._user(number)

    async def edit_device(
        self, number: int, changes: Values, by: str, revision: int | None = None
    ) -> Device:
        await self._edit(Noun.DEVICE, number, changes, by, revision)
        return await self._device(number)

    async def delete(self, noun: Noun, number: int, by: str) -> None:
        editor = self._editor()
        await editor.change(LIST_OF[noun], number, editor.changes.delete(), by)

    async def unbind(self, noun: Noun, number: int, by: str) -> None:
        editor = self._editor()
        await editor.change(LIST_OF[noun], number, editor.changes.unbind(), by)

    async def _edit(
        self, noun: Noun, number: int, changes: Values, by: str, revision: int | None
    ) -> None:
        editor = self._editor()
        change = editor.changes.edit(LIST_OF[noun], changes)
        await editor.change(LIST_OF[noun], number, change, by, (revision,))

    async def _user(self, number: int) -> User:
        users = await self._store.read(lambda reading: reading.users([number]))
        return users[number]

    async def _device(self, number: int) -> Device:
        devices = await self._store.read(lambda reading: reading.devices([number]))
        return devices[number]
