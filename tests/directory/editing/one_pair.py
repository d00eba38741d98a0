"""A pair whose phone is subscribed at a fake OMM, for administrators to change."""

from mom.directory.editing.ends import Collection
from mom.model.user import User
from tests.directory.conftest import World

IPEI = "03074 0220259 3"
OTHER = "03074 0220260 7"
USERS, DEVICES, PAIRS = Collection.USERS, Collection.DEVICES, Collection.PAIRS


async def at_home(world: World, number: int = 1, num: str = "4711") -> tuple[User, int]:
    """A pair whose phone is subscribed at a site; the user, and the number of the device."""
    await world.site(number)
    world.sites[number].pair(num, IPEI)
    await world.connect(number)
    user = await world.user_with(num)
    return user, int(user.ppn)


def num_at(world: World, number: int) -> list[str]:
    return [user["num"] for user in world.sites[number].records["user"].values()]
