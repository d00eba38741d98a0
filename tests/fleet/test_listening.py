from pytest_twisted import ensureDeferred
from twisted.internet.defer import Deferred, fail, succeed

from mom.axi.element import Element, make
from mom.axi.errors import RequestRefused
from mom.fleet.listening import listen


class Listened:
    """An OMM that refuses some event types, naming them or not."""

    def __init__(self, refused: set[str], names_them: bool = True) -> None:
        self.refused = refused
        self.names_them = names_them
        self.taken: list[str] = []
        self.sizes: list[int] = []

    def request(self, element: Element) -> Deferred[Element]:
        types = [entry.get("eventType") for entry in element.children]
        self.sizes.append(len(types))
        bad = next((name for name in types if name in self.refused), None)
        if bad is None:
            self.taken += types
            return succeed(make("SubscribeResp"))
        named = bad if self.names_them else None
        response = make("SubscribeResp", {"errCode": "EInval", "eventType": named})
        return fail(RequestRefused("Subscribe", response))


@ensureDeferred
async def test_all_types_are_subscribed_in_requests_of_at_most_twenty() -> None:
    omm = Listened(set())
    assert (await listen(omm.request))[0] == frozenset()
    assert "PPCnf" in omm.taken
    assert "PPUserCnf" not in omm.taken
    assert max(omm.sizes) <= 20


@ensureDeferred
async def test_a_refused_type_is_left_out_and_told() -> None:
    omm = Listened({"Roaming", "MOMMsgRouting"})
    assert (await listen(omm.request))[0] == frozenset({"Roaming", "MOMMsgRouting"})
    assert "SystemState" in omm.taken


@ensureDeferred
async def test_where_changes_of_pairs_are_refused_those_of_users_and_devices_are_taken() -> None:
    omm = Listened({"PPCnf"})
    await listen(omm.request)
    assert {"PPDevCnf", "PPUserCnf"} <= set(omm.taken)


@ensureDeferred
async def test_types_are_asked_one_by_one_if_the_refusal_names_none() -> None:
    omm = Listened({"Roaming", "PPCnf"}, names_them=False)
    assert (await listen(omm.request))[0] == frozenset({"Roaming", "PPCnf"})
    assert {"PPDevCnf", "PPUserCnf", "SystemCnf"} <= set(omm.taken)


@ensureDeferred
async def test_an_omm_that_refuses_everything_is_left_in_peace() -> None:
    omm = Listened({"PPCnf"}, names_them=False)

    def request(element: Element) -> Deferred[Element]:
        omm.refused |= {entry.get("eventType") for entry in element.children}
        return omm.request(element)

    assert "SystemCnf" in (await listen(request))[0]
    assert omm.taken == []


@ensureDeferred
async def test_questions_go_out_behind_the_subscription_and_their_answers_come_with_it() -> None:
    omm = Listened(set())
    refused, told = await listen(omm.request, [make("GetSwitch")])
    assert (refused, told["GetSwitch"]) == (frozenset(), make("SubscribeResp"))
    assert omm.sizes[1:] == [0]


@ensureDeferred
async def test_answers_from_before_mom_listens_are_not_told() -> None:
    omm = Listened({"Roaming"})
    refused, told = await listen(omm.request, [make("GetSwitch")])
    assert refused == {"Roaming"}
    assert "GetSwitch" not in told
    assert omm.sizes.count(0) == 1
