import pytest

from mom.axi.element import make
from mom.axi.session import OpenResponse
from mom.fleet.errors import NoFullAccess, OtherVersion, TooOld
from mom.fleet.opening import check_access, check_version, clock_offset, ping


def response(protocol: int | None, version: str = "SIP-DECT 8.3") -> OpenResponse:
    return OpenResponse(protocol_version=protocol, omm_version=version)


@pytest.mark.feature("F12", "F191")
def test_a_listed_protocol_version_will_do() -> None:
    check_version(response(45), (45, 46))
    check_version(response(46), (45, 46))


@pytest.mark.feature("F12", "F191")
@pytest.mark.parametrize("told", [44, 47, None])
def test_another_one_is_refused_with_what_mom_speaks(told: int | None) -> None:
    with pytest.raises(OtherVersion, match=r"Different AXI or OMM version.*MOM speaks 45"):
        check_version(response(told), (45,))


@pytest.mark.feature("F119")
def test_an_old_release_is_named_as_such_unless_listed() -> None:
    with pytest.raises(TooOld, match=r"SIP-DECT 7\.0 or later needed"):
        check_version(response(41, "6.1-AA12"), (45,))
    check_version(response(41, "6.1-AA12"), (41,))


@pytest.mark.feature("F142")
def test_full_access_is_the_permission_to_write_the_configuration() -> None:
    check_access(frozenset({"AllCnfRead", "AllCnfWrite"}))
    with pytest.raises(NoFullAccess, match="account without full access"):
        check_access(frozenset({"AllCnfRead", "Monitoring"}))


def test_ping_asks_for_the_clock_in_whole_seconds() -> None:
    assert ping(1700000000.9).get("timeStamp") == "1700000000"


@pytest.mark.parametrize(
    ("told", "offset"), [("1700000090", 90.0), ("1699999990", -10.0), ("", None), ("soon", None)]
)
def test_the_offset_is_the_clock_of_the_omm_minus_ours(told: str, offset: float | None) -> None:
    assert clock_offset(make("PingResp", {"timeStamp": told}), 1700000000.4) == offset
