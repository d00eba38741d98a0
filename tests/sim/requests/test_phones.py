import pytest

from mom.axi.element import Element, Value, make
from mom.sim.quirks import Quirk

from ..conftest import Bench, MakeBench


def create_user(bench: Bench, session: object, **attrs: Value) -> Element:
    return bench.ask(session, make("CreatePPUser", {}, make("user", attrs)))  # type: ignore[arg-type]


def test_a_page_starts_at_the_first_number_not_below_the_start(make_bench: MakeBench) -> None:
    bench = make_bench(users=45, devices=45)
    session = bench.client()
    seen: list[int] = []
    start = 0
    while True:
        page = bench.request(session, "GetPPUser", uid=start, maxRecords=20)
        if page.get("errCode"):
            break
        seen += [user.number("uid") for user in page.all("user")]
        start = seen[-1] + 1
    assert page.get("errCode") == "ENoEnt"
    assert seen == sorted(record.id for record in bench.state.users)
    assert len(seen) == 45
    assert seen[-1] > 45


def test_a_page_has_at_most_twenty_records(make_bench: MakeBench) -> None:
    bench = make_bench(users=0, devices=30)
    page = bench.request(bench.client(), "GetPPDev", ppn=0, maxRecords=500)
    assert len(page.all("pp")) == 20


def test_without_max_records_exactly_that_key_is_meant(bench: Bench) -> None:
    session = bench.client()
    first = bench.state.users.first
    answer = bench.request(session, "GetPPUser", uid=first)
    assert [user.number("uid") for user in answer.all("user")] == [first]
    assert bench.request(session, "GetPPUser", uid=9999).get("errCode") == "ENoEnt"


def test_pages_of_random_size_never_skip_a_record(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.RANDOM_PAGES], users=60)
    session = bench.client()
    sizes, seen, start = set(), 0, 0
    while users := bench.request(session, "GetPPUser", uid=start, maxRecords=20).all("user"):
        sizes.add(len(users))
        seen += len(users)
        start = users[-1].number("uid") + 1
    assert seen == 60
    assert len(sizes) > 2


def test_a_record_has_every_captured_attribute_with_secrets_encrypted(bench: Bench) -> None:
    session = bench.client()
    first = bench.state.users.first
    user = bench.request(session, "GetPPUser", uid=first).children[0]
    assert len(user.attrs) == 69
    stored = bench.state.users.get(first)
    for name in ("pin", "sipPw", "credentialPw", "serviceAuthPassword"):
        assert bench.state.key.decrypt(user.get(name)) == stored.get(name)
    assert stored.get("credentialPw") == ""


@pytest.mark.parametrize(("quirks", "same"), [([], True), ([Quirk.REENCRYPT], False)])
def test_ciphertexts_stay_unless_the_omm_reencrypts(
    make_bench: MakeBench, quirks: list[Quirk], same: bool
) -> None:
    bench = make_bench(quirks, users=1)
    session = bench.client()
    first, second = (
        bench.request(session, "GetPPUser", uid=0, maxRecords=1).children[0].get("sipPw")
        for _ in range(2)
    )
    assert (first == second) is same


def test_a_created_user_is_stamped_and_told_to_others(bench: Bench) -> None:
    session, other = bench.client(), bench.client()
    bench.listen(other, "PPCnf", "PPUserSummary")
    bench.told(other)
    answer = create_user(bench, session, uid=0, num="900", name="New", pin=bench.seal("1234"))
    user = answer.children[0]
    assert user.number("timeStampAdmin") == int(bench.time)
    assert bench.state.users.get(user.number("uid")).get("pin") == "1234"
    event, summary = bench.told(other)
    assert event.children[0].get("num") == "900"
    assert (summary.name, summary.number("nRecords")) == ("EventPPUserSummary", 7)


@pytest.mark.parametrize(
    ("attrs", "code", "bad", "max_len"),
    [
        ({"num": "900", "name": "x" * 21}, "ETooLong", "name", 20),
        ({"num": "900", "lang": "Klingon"}, "EInval", "lang", 0),
        ({"num": "900", "vip": "maybe"}, "EInval", "vip", 0),
        ({"num": "900", "pin": "1234"}, "EInval", "pin", 0),
        ({"num": "900", "holdRingBackTime": "6"}, "EInval", "holdRingBackTime", 0),
        ({"name": "Nobody"}, "EMissing", "num", 0),
        ({"num": "40001"}, "EExist", "", 0),
        ({"num": "900", "name": "a\tb"}, "EInvalidChars", "", 0),
    ],
)
def test_what_a_user_must_not_be_is_refused(
    bench: Bench, attrs: dict[str, Value], code: str, bad: str, max_len: int
) -> None:
    answer = create_user(bench, bench.client(), **attrs)
    assert (answer.get("errCode"), answer.get("bad")) == (code, bad)
    assert answer.number("maxLen") == max_len
    assert len(bench.state.users) == 6


def test_secrets_in_the_clear_are_taken_if_the_request_says_so(bench: Bench) -> None:
    request = make("CreatePPUser", {"plainText": True}, make("user", {"num": "1", "pin": "42"}))
    answer = bench.ask(bench.client(), request)
    assert bench.state.users.get(answer.children[0].number("uid")).get("pin") == "42"


def test_a_full_table_is_refused(bench: Bench) -> None:
    bench.state.users.limit = 6
    assert create_user(bench, bench.client(), num="900").get("errCode") == "ENoMem"


def test_a_set_changes_only_what_it_carries(bench: Bench) -> None:
    session = bench.client(sync=False)
    first = bench.state.users.first
    before = bench.state.users.get(first).all()
    request = make("SetPPUser", {}, make("user", {"uid": first, "name": "Other", "CUS": "Warning"}))
    bench.ask(session, request)
    after = bench.state.users.get(first).all()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"name", "timeStamp", "timeStampAdmin"}


def test_a_set_without_difference_moves_no_stamp(bench: Bench) -> None:
    session = bench.client()
    user = bench.state.users.get(bench.state.users.first)
    before = user.all()
    same = make("SetPPUser", {}, make("user", {"uid": user.id, "name": user.get("name")}))
    bench.ask(session, same)
    assert user.all() == before


def test_deleting_a_user_unbinds_its_device(bench: Bench) -> None:
    session, other = bench.client(), bench.client()
    bench.listen(other, "PPCnf")
    bench.told(other)
    uid = bench.state.users.first
    ppn = bench.state.users.get(uid).number("ppn")
    assert not bench.request(session, "DeletePPUser", uid=uid).get("errCode")
    assert bench.state.devices.get(ppn).get("relType") == "Unbound"
    (event,) = bench.told(other)
    assert event.flag("deletedUser")
    gone, device = event.child("user"), event.child("pp")
    assert gone is not None
    assert gone.attrs == {"uid": str(uid), "uidSec": "0"}
    assert device is not None
    assert device.get("relType") == "Unbound"
    assert bench.request(session, "DeletePPUser", uid=uid).get("errCode") == "ENoEnt"


def test_records_are_found_by_number_and_ipei(bench: Bench) -> None:
    session = bench.client()
    user = bench.request(session, "GetPPUserByNumber", num="40001").children[0]
    device = bench.state.devices.get(user.number("ppn"))
    ipei = device.get("ipei").replace(" ", "")
    found = bench.request(session, "GetPPDevByIPEI", ipei=ipei).children[0]
    assert found.number("ppn") == device.id
    assert bench.request(session, "GetPPUserByNumber", num="0").get("errCode") == "ENoEnt"


def test_a_fixed_pair_is_made_at_once(empty: Bench) -> None:
    request = make(
        "CreateFixedPP", {}, make("user", {"num": "1"}), make("pp", {"ipei": "03074 0220259 3"})
    )
    answer = empty.ask(empty.client(), request)
    user, device = answer.child("user"), answer.child("pp")
    assert user is not None
    assert device is not None
    assert (user.get("relType"), device.get("relType")) == ("Fixed", "Fixed")
    assert device.get("uid") == user.get("uid")


def test_a_relation_is_switched_between_fixed_and_dynamic(bench: Bench) -> None:
    user = bench.state.users.get(bench.state.users.first)
    answer = bench.request(bench.client(), "SetPPUserDevRelation", uid=user.id, relType="Dynamic")
    assert answer.get("relType") == "Dynamic"
    assert bench.state.devices.get(user.number("ppn")).get("relType") == "Dynamic"


def test_summaries_count(bench: Bench) -> None:
    session = bench.client()
    users = bench.request(session, "GetPPUserSummary")
    devices = bench.request(session, "GetPPDevSummary")
    assert users.number("nRecords") == 6
    assert (devices.number("nRecords"), devices.number("subscribedDevs")) == (6, 5)
    assert devices.number("ppnFirst") == bench.state.devices.first


def test_booleans_may_be_words_and_unknown_attributes_present(make_bench: MakeBench) -> None:
    bench = make_bench([Quirk.WORDS, Quirk.STRANGE, Quirk.SHUFFLED, Quirk.NEWER], users=1)
    user = bench.request(bench.client(), "GetPPUser", uid=0, maxRecords=1).children[0]
    assert user.get("msgRight") == "true"
    assert user.get("futureFlag") == "true"
    assert user.has("keyLockPin")
    assert next(iter(user.attrs)) != "uid" or list(user.attrs)[1] != "uidSec"


def test_phone_state_is_on_the_answer(bench: Bench) -> None:
    answer = bench.request(bench.client(), "GetPPState", ppn=bench.state.devices.first)
    assert answer.get("callState") == "idle"
    assert answer.flag("registered")
