import pytest

from mom.axi.element import make
from mom.axi.errors import BadValue
from mom.axi.paging import key_of, next_start, page_request


def test_each_list_has_its_key():
    assert [key_of(name) for name in ("GetPPUser", "GetPPDev", "GetRFP")] == ["uid", "ppn", "id"]


def test_a_page_is_asked_for_as_the_public_clients_do(captured):
    assert page_request("GetPPUser", 3).attrs == captured("GetPPUser-page").attrs


def test_the_next_page_starts_behind_the_last_record(captured):
    assert next_start("GetPPUser", captured("GetPPUserResp-three"), 0) == 4


def test_an_empty_page_ends_the_list():
    assert next_start("GetPPUser", make("GetPPUserResp"), 21) is None


@pytest.mark.parametrize("last", [{"uid": 4}, {"uid": ""}, {}, {"uid": "x"}])
def test_an_answer_that_leads_nowhere_is_refused(last: dict[str, object]):
    page = make("GetPPUserResp", None, make("user", {"uid": 9}), make("user", last))

    with pytest.raises(BadValue, match="uid"):
        next_start("GetPPUser", page, 5)
