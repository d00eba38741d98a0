"""What those who bring phones ask the database because the index does not know it."""

from mom.store.query import Filter, Query
from mom.store.store import Store


async def named(store: Store, add_id: str) -> int:
    """The user with that login or additional ID; 0 if there is none, or more than one."""
    asked = Query(limit=2, filters=(Filter("addId", "eq", add_id),))
    page = await store.read(lambda reading: reading.page("users", asked))
    return int(page.items[0].uid) if page.total == 1 else 0


async def is_pari_only(store: Store, device: int) -> bool:
    """Whether a phone may subscribe to the own identity of its OMM only."""
    found = await store.read(lambda reading: reading.devices([device]))
    return any(each.subscribe_to_pari_only for each in found.values())
