import pytest
from pytest_twisted import ensureDeferred
from twisted.internet.task import Clock

from mom.admin.settings import SettingsBook
from mom.admin.wildcard import RETRY_SECONDS, WildcardEnd
from mom.model.setting import Settings, SubscriptionMode
from tests.admin.fakes import MemoryShelf, Records
from tests.conftest import LoggedErrors

WILDCARD, CONFIGURED, OFF = (
    SubscriptionMode.WILDCARD,
    SubscriptionMode.CONFIGURED,
    SubscriptionMode.OFF,
)


class Site:
    """The settings and the clock that ends Wildcard; `restart` builds both anew."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.clock.advance(1_700_000_000)
        self.set_back = 0.0
        self.shelf = MemoryShelf()
        self.records = Records()
        self.build()

    def build(self) -> None:
        self.book = SettingsBook(self.shelf, self.records, self.now)
        self.end = WildcardEnd(self.book, self.clock, self.now)

    def now(self) -> float:
        return self.clock.seconds() - self.set_back

    async def begin(self) -> None:
        await self.book.load()
        await self.end.start()

    async def set(self, **changes: object) -> None:
        await self.book.change(changes, "mom")

    @property
    def current(self) -> Settings:
        return self.book.current


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.mark.feature("F25")
@ensureDeferred
async def test_after_its_minutes_the_mode_is_what_it_was_before(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Configured")
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    assert site.current.subscription_until == int(site.now()) + 300
    site.clock.advance(299)
    assert site.current.subscription is WILDCARD
    site.clock.advance(1)
    assert site.current.subscription is CONFIGURED
    assert site.current.subscription_until == 0
    assert site.records.texts[-1] == (
        "The time of Wildcard is over: the subscription mode is Configured again"
    )


@ensureDeferred
async def test_without_minutes_wildcard_stands(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard")
    site.clock.advance(365 * 86400)
    assert site.current.subscription is WILDCARD
    assert not site.clock.getDelayedCalls()


@ensureDeferred
async def test_setting_wildcard_once_more_begins_its_minutes_anew(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    site.clock.advance(200)
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    assert site.records.texts[-1] == "mom changed subscriptionUntil"
    site.clock.advance(299)
    assert site.current.subscription is WILDCARD
    site.clock.advance(1)
    assert site.current.subscription is OFF


@ensureDeferred
async def test_another_setting_leaves_the_minutes_as_they_are(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    site.clock.advance(200)
    await site.set(autoCreate=True)
    site.clock.advance(100)
    assert site.current.subscription is OFF


@ensureDeferred
async def test_minutes_for_a_wildcard_that_stood_end_in_the_mode_before_it(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Configured")
    await site.set(subscription="Wildcard")
    await site.set(subscriptionTimeout=1)
    site.clock.advance(60)
    assert site.current.subscription is CONFIGURED


@ensureDeferred
async def test_no_minutes_any_more_let_wildcard_stand(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=1)
    await site.set(subscriptionTimeout=0)
    site.clock.advance(3600)
    assert site.current.subscription is WILDCARD
    assert site.current.subscription_until == 0


@ensureDeferred
async def test_another_mode_ends_the_waiting(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=1)
    await site.set(subscription="Configured")
    site.clock.advance(3600)
    assert site.current.subscription is CONFIGURED
    assert not site.clock.getDelayedCalls()


@ensureDeferred
async def test_a_restart_in_between_changes_nothing(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    site.end.stop()
    site.clock.advance(100)
    site.build()
    await site.begin()
    assert site.current.subscription is WILDCARD
    site.clock.advance(200)
    assert site.current.subscription is OFF


@ensureDeferred
async def test_what_was_over_while_mom_was_stopped_ends_at_the_start(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    site.end.stop()
    site.clock.advance(400)
    site.build()
    await site.begin()
    assert site.current.subscription is OFF


@ensureDeferred
async def test_a_clock_that_is_set_back_does_not_lose_the_end(site: Site) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    site.set_back = 60.0
    site.clock.advance(300)
    assert site.current.subscription is WILDCARD
    site.clock.advance(60)
    assert site.current.subscription is OFF


@ensureDeferred
async def test_an_end_that_cannot_be_stored_is_tried_again(
    site: Site, logged_errors: LoggedErrors
) -> None:
    await site.begin()
    await site.set(subscription="Wildcard", subscriptionTimeout=5)
    stored, site.shelf.put_setting = site.shelf.put_setting, broken  # type: ignore[method-assign]
    site.clock.advance(300)
    assert site.current.subscription is WILDCARD
    assert len(logged_errors.flush(OSError)) == 1
    site.shelf.put_setting = stored  # type: ignore[method-assign]
    site.clock.advance(RETRY_SECONDS)
    assert site.current.subscription is OFF


async def broken(*_: object, **__: object) -> None:
    raise OSError("the disk is full")
