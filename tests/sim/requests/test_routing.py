import pytest

from mom.axi.element import make

from ..conftest import Bench


def test_an_application_asks_the_mom_and_is_answered(bench: Bench) -> None:
    mom, application = bench.client(), bench.client(sync=False)
    bench.listen(mom, "MOMMsgRouting")
    request = make("RouteRequestToMOM", {}, make("GetPPUser", {"uid": 1}))
    id = bench.ask(application, request).number("id")
    (asked,) = bench.told(mom)
    assert (asked.number("id"), asked.children[0].name) == (id, "GetPPUser")
    answer = make("RouteResponseFromMOM", {"id": id}, make("GetPPUserResp", {"errCode": "ENoEnt"}))
    assert not bench.ask(mom, answer).get("errCode")
    (told,) = bench.told(application)
    assert (told.name, told.children[0].name) == ("EventResponseFromMOM", "GetPPUserResp")
    assert bench.ask(mom, answer).get("errCode") == "ENoEnt"


def test_without_a_mom_an_application_is_told_so(bench: Bench) -> None:
    request = make("RouteRequestToMOM", {}, make("GetPPUser", {"uid": 1}))
    assert bench.ask(bench.client(sync=False), request).get("errCode") == "EFailed"


def test_an_answer_for_an_application_that_left_finds_nobody(bench: Bench) -> None:
    mom, application = bench.client(), bench.client(sync=False)
    bench.listen(mom, "MOMMsgRouting")
    request = make("RouteRequestToMOM", {}, make("Ping"))
    id = bench.ask(application, request).number("id")
    bench.state.leave(application)
    assert bench.request(mom, "RouteResponseFromMOM", id=id).get("errCode") == "ENoEnt"


def test_events_of_the_mom_reach_applications_and_are_counted(bench: Bench) -> None:
    mom, application = bench.client(), bench.client(sync=False)
    bench.listen(application, "MOMMsgRouting")
    progress = make("EventMessageProgress", {"sendTime": 1, "id": 1})
    bench.ask(mom, make("RouteEventFromMOM", {}, progress))
    assert bench.told(application)[0].children[0].name == "EventMessageProgress"
    assert bench.state.counters["routed EventMessageProgress"] == 1


def test_a_data_channel_goes_both_ways(bench: Bench) -> None:
    mom, application = bench.client(), bench.client(sync=False)
    bench.listen(mom, "ApplicationDataChannel")
    id = bench.request(application, "CreateApplicationDataChannel", name="doors").number("id")
    bench.request(application, "SubscribeApplicationDataChannel", name="doors", cmd="On")
    up = make("ApplicationDataChannel", {"name": "doors", "to": "MOM", "data": "QQ=="})
    bench.ask(application, up)
    made, came = bench.told(mom)
    assert made.number("id") == id
    assert (came.get("from"), came.get("to")) == (bench.state.identity.ari, "MOM")
    bench.ask(mom, up.having({"from": "MOM", "to": bench.state.identity.ari}))
    assert bench.told(application)[0].get("from") == "MOM"
    assert bench.request(mom, "DeleteApplicationDataChannel", id=id).get("errCode") == "EPerm"
    assert not bench.request(application, "DeleteApplicationDataChannel", id=id).get("errCode")
    assert bench.told(mom)[0].flag("deleted")


@pytest.mark.parametrize("name", ["", "a b", "x" * 65])
def test_a_channel_needs_a_proper_name(bench: Bench, name: str) -> None:
    answer = bench.request(bench.client(), "CreateApplicationDataChannel", name=name)
    assert (answer.get("errCode"), answer.get("bad")) == ("EInval", "name")
