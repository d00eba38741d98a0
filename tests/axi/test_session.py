from mom.axi.element import make
from mom.axi.secrets import PrivateKey
from mom.axi.session import (
    HealthEntry,
    Limits,
    OpenResponse,
    RfpSummary,
    StandbyState,
    health_entries,
    open_request,
    permissions,
    public_key,
    versions,
)


def test_login_asks_for_the_role_of_a_sync_client():
    assert open_request("mom", "secret").attrs == {
        "username": "mom",
        "password": "secret",
        "UserDeviceSyncClient": "true",
    }


def test_a_refused_login_still_tells_the_versions(captured):
    opened = OpenResponse.from_element(captured("OpenResp-EAuth"))

    assert opened.protocol_version == 45
    assert opened.omm_version == "OpenMobility Manager SIP-DECT 7.1-CK14"
    assert opened.release == (7, 1)
    assert opened.axi_version == "171101"
    assert opened.omm_stb_state == "None"
    assert opened.public_key is None
    assert opened.permissions == frozenset()


def test_an_accepted_login_tells_key_permissions_and_features(small_key: PrivateKey):
    modulus, exponent = small_key.public.to_hex()
    element = make(
        "OpenResp",
        {"haveSARI": True, "haveIMA": False, "haveOdd": "?", "uptime": "12", "EULAConfirm": 1},
        make("publicKey", {"modulus": modulus, "exponent": exponent}),
        make("permission", text="AllCnfWrite"),
        make("permission", text=" NewInRelease10 "),
        make("somethingNew", {"a": 1}),
    )

    opened = OpenResponse.from_element(element)

    assert opened.public_key == small_key.public
    assert opened.permissions == {"AllCnfWrite", "NewInRelease10"}
    assert opened.features == {"haveSARI"}
    assert opened.uptime == 12
    assert opened.eula_confirmed is True


def test_malformed_values_count_as_not_told():
    opened = OpenResponse.from_element(
        make("OpenResp", {"protocolVersion": "new", "uptime": "", "ommVersion": "?"})
    )

    assert opened.protocol_version is None
    assert opened.uptime is None
    assert opened.release is None


def test_the_release_may_come_from_the_specification_version():
    opened = OpenResponse(omm_version="SIP-DECT", omm_axi_spec_version="9.1.2")

    assert opened.release == (9, 1)


def test_a_key_that_is_none_is_not_told():
    assert public_key(None) is None
    assert public_key(make("publicKey")) is None
    assert public_key(make("publicKey", {"modulus": "12", "exponent": "3"})) is None


def test_permissions_of_an_event_are_read(captured):
    granted = permissions(captured("EventPermissionChange"))

    assert len(granted) == 8
    assert {"AllCnfRead", "AllCnfWrite", "Messaging"} <= granted


def test_limits_of_a_real_omm_are_read(captured):
    limits = Limits.from_element(captured("LimitsResp-7.1"))

    assert (limits.records, limits.ppn_num, limits.rfp_num) == (20, 10_000, 4096)
    assert limits.conference_rooms == 100
    assert limits.values["urlLen"] == 513
    assert len(limits.values) == 33


def test_limits_that_are_not_told_are_those_of_release_7_1():
    limits = Limits.from_element(make("LimitsResp", {"records": 0, "ppnNum": "x", "trigger": -1}))

    assert limits == Limits(values={"records": 0})


def test_versions_name_every_message_of_a_real_omm(captured):
    told = versions(captured("GetVersionsResp-7.1").having({"seq": 3}))

    assert len(told) == 431
    assert told["SetPP"] == "2.0.0"
    assert "seq" not in told


def test_base_stations_are_counted_and_events_update_the_count(captured):
    summary = RfpSummary.from_element(captured("GetRFPSummaryResp"))
    news = RfpSummary.from_element(make("EventRFPSummary", {"nConnected": 4}))

    assert (summary.configured, summary.connected, summary.dect_activated) == (5, 2, 11)
    assert summary.updated(news) == RfpSummary(5, 4, 11, 1, 0)


def test_health_is_read_from_the_answer_and_from_the_event():
    entry = {"component": "sync", "severity": "Warning", "reason": "x", "reasonCode": 3}
    answer = make("GetHealthStateResp", None, make("health", entry), make("health"))

    assert health_entries(answer) == (
        HealthEntry("sync", "Warning", "x", "3"),
        HealthEntry("", ""),
    )
    assert health_entries(make("EventHealthState", entry)) == (
        HealthEntry("sync", "Warning", "x", "3"),
    )
    assert health_entries(make("GetHealthStateResp")) == ()


def test_the_standby_state_is_read():
    element = make("EventStbStateChange", {"ommStbState": "OK", "ommStbAddr": "192.0.2.9"})

    assert StandbyState.from_element(element) == StandbyState("OK", "192.0.2.9")


def test_texts_and_numbers_without_measure_are_cut_or_not_taken():
    long = "x\n" * 100_000
    opened = OpenResponse.from_element(make("OpenResp", {"ommVersion": long, "uptime": 10**19}))
    assert len(opened.omm_version) < 300
    assert "\n" not in opened.omm_version
    assert opened.uptime is None
    summary = RfpSummary.from_element(make("GetRFPSummaryResp", {"nRFPs": "9" * 20}))
    assert summary.configured is None
    entries = [make("health", {"component": f"c{number}", "reason": long}) for number in range(999)]
    found = health_entries(make("GetHealthStateResp", {}, *entries))
    assert len(found) == 100
    assert max(len(entry.reason) for entry in found) < 300
