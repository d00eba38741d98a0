"""Conference rooms between MOM and fake OMMs: taken in, followed, moved, made again, let go."""

import pytest
from pytest_twisted import ensureDeferred

from mom.directory.errors import ChangedMeanwhile, FieldErrors, NoSuchRecord
from mom.model.copy import Noun
from mom.model.identities import OmmId
from tests.directory.conftest import World


@ensureDeferred
async def test_a_room_unknown_to_mom_is_taken_in_with_the_number_of_its_omm(world: World) -> None:
    site = await world.site(3)
    site.rooms.add(name="Staff", conferenceId="900", sipAuthId="room", password="pw")
    await world.connect(3)
    (room,) = (await world.rooms()).values()
    assert (room.name, room.conference_id, room.sip_auth_id) == ("Staff", "900", "room")
    assert (room.omm, room.fixed_sip_port, room.calculated_sip_port) == (3, 0, 5060)
    assert room.sip_pw is not None
    assert room.sip_pw.for_key(site.key.public.fingerprint)
    assert await world.lines(Noun.ROOM, 1) == ["taken in from OMM 0003"]
    assert not world.requests(3, "CreateConferenceRoom", "SetConferenceRoom")


@ensureDeferred
async def test_more_rooms_than_a_page_are_read_and_one_with_the_local_number_0_too(
    world: World,
) -> None:
    site = await world.site(1)
    site.rooms._next = 0
    for number in range(45):
        site.rooms.add(conferenceId=str(900 + number))
    await world.connect(1)
    assert len(await world.rooms()) == 45
    room = await world.room_with("900")
    await world.mom.rooms.editor.edit(room.id, {"name": "First"}, "admin")
    await world.rest()
    assert site.rooms.records[0]["name"] == "First"


@pytest.mark.feature("F180")
@ensureDeferred
async def test_a_room_made_in_mom_comes_to_its_omm_and_its_changes_follow(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    entered = {"name": "Staff", "conferenceId": "900", "omm": 1, "sipPw": "pw", "fixedSipPort": 7}
    room = await world.mom.rooms.editor.create(entered, "admin")
    await world.rest()
    assert site.rooms.named("900")["name"] == "Staff"
    assert site.rooms.password("900") == "pw"
    assert (await world.room_with("900")).calculated_sip_port == 7
    await world.mom.rooms.editor.edit(room.id, {"name": "All", "sipPw": "other"}, "admin")
    await world.rest()
    assert site.rooms.named("900")["name"] == "All"
    assert site.rooms.password("900") == "other"
    (change,) = world.requests(1, "SetConferenceRoom")
    assert set(change.children[0].attrs) == {"id", "name", "sipPw"}


@ensureDeferred
async def test_live_changes_at_the_omm_are_taken_and_nothing_is_sent_back(world: World) -> None:
    site = await world.site(1)
    local = site.rooms.add(name="Staff", conferenceId="900")
    await world.connect(1)
    site.rooms.edit(local, name="All", fixedSipPort="5062", password="new")
    await world.rest()
    room = await world.room_with("900")
    assert (room.name, room.fixed_sip_port) == ("All", 5062)
    assert room.sip_pw is not None
    assert (
        'name "All", fixedSipPort 5062, sipPw from OMM 0001; MOM had name "Staff"'
        in ((await world.lines(Noun.ROOM, 1))[0])
    )
    made = site.rooms.add(conferenceId="901")
    await world.rest()
    assert (await world.room_with("901")).omm == 1
    site.rooms.remove(made)
    await world.rest()
    assert len(await world.rooms()) == 1
    assert "conference room 2 was deleted on OMM 0001" in world.log.texts
    assert not world.requests(1, "SetConferenceRoom", "CreateConferenceRoom")


@ensureDeferred
async def test_at_the_reading_moms_version_stands_and_what_is_missing_is_made_again(
    world: World,
) -> None:
    site = await world.site(1)
    kept = site.rooms.add(name="Staff", conferenceId="900")
    gone = site.rooms.add(name="Board", conferenceId="901", password="secret")
    await world.connect(1)
    world.cut(1)
    site.rooms.edit(kept, name="Changed")
    site.rooms.remove(gone)
    await world.connect(1)
    assert site.rooms.named("900")["name"] == "Staff"
    assert site.rooms.named("901")["name"] == "Board"
    assert site.rooms.password("901") == "secret"
    rooms = await world.rooms()
    assert len(rooms) == 2
    assert not any(room.marks for room in rooms.values())
    first = await world.lines(Noun.ROOM, 1)
    assert first[0] == 'MOM\'s version given to OMM 0001, which had name "Changed"'
    assert (await world.lines(Noun.ROOM, 2))[0] == "missing on OMM 0001: made again"


@pytest.mark.feature("F181")
@ensureDeferred
async def test_a_move_deletes_at_the_old_omm_before_it_creates_at_the_new(world: World) -> None:
    old, new = await world.site(1), await world.site(2)
    old.rooms.add(name="Staff", conferenceId="900", password="pw")
    await world.connect(1)
    await world.connect(2)
    seen: list[tuple[int, int]] = []
    old.rooms._publish = lambda event: seen.append((len(old.rooms.records), len(new.rooms.records)))
    await world.mom.rooms.editor.edit(1, {"omm": 2}, "admin")
    await world.rest()
    assert seen == [(0, 0)]
    assert not old.rooms.records
    assert new.rooms.named("900")["name"] == "Staff"
    assert new.rooms.password("900") == "pw"
    assert (await world.room_with("900")).marks == ()
    assert "omm (was 1)" in (await world.lines(Noun.ROOM, 1))[0]


@pytest.mark.feature("F181")
@ensureDeferred
async def test_a_move_from_an_omm_that_is_away_waits_for_it_and_says_so(world: World) -> None:
    old, new = await world.site(1), await world.site(2)
    old.rooms.add(conferenceId="900")
    await world.connect(1)
    await world.connect(2)
    world.cut(1)
    await world.mom.rooms.editor.edit(1, {"omm": 2}, "admin")
    await world.rest()
    assert old.rooms.records
    assert not new.rooms.records
    waits = ("waits for OMM 0001, which is not connected",)
    assert (await world.room_with("900")).marks == waits
    await world.restart()
    await world.connect(2)
    assert not new.rooms.records
    assert (await world.room_with("900")).marks == waits
    await world.connect(1)
    assert not old.rooms.records
    assert new.rooms.named("900")
    assert (await world.room_with("900")).marks == ()


@pytest.mark.feature("F182")
@ensureDeferred
async def test_a_room_of_no_omm_is_on_none(world: World) -> None:
    site = await world.site(1)
    site.rooms.add(conferenceId="900")
    await world.connect(1)
    await world.mom.rooms.editor.edit(1, {"omm": 0}, "admin")
    await world.rest()
    assert not site.rooms.records
    assert (await world.room_with("900")).omm == 0
    await world.mom.rooms.editor.edit(1, {"omm": 1}, "admin")
    await world.rest()
    assert site.rooms.named("900")


@pytest.mark.feature("F184")
@ensureDeferred
async def test_a_room_deleted_in_mom_leaves_its_omm_at_once_or_at_the_next_reading(
    world: World,
) -> None:
    site = await world.site(1)
    for conference in ("900", "901"):
        site.rooms.add(conferenceId=conference)
    await world.connect(1)
    await world.mom.rooms.editor.delete(1, "admin")
    await world.rest()
    assert [room["conferenceId"] for room in site.rooms.records.values()] == ["901"]
    world.cut(1)
    await world.mom.rooms.editor.delete(2, "admin")
    await world.restart()
    await world.connect(1)
    assert not site.rooms.records
    assert not await world.rooms()
    with pytest.raises(NoSuchRecord):
        await world.mom.rooms.editor.delete(2, "admin")


@ensureDeferred
async def test_a_number_that_another_room_gives_up_is_taken_then(world: World) -> None:
    site = await world.site(1)
    site.rooms.add(conferenceId="900")
    await world.connect(1)
    editor = world.mom.rooms.editor
    with pytest.raises(FieldErrors, match="used by conference room 1"):
        await editor.create({"conferenceId": "900", "omm": 1}, "admin")
    await editor.edit(1, {"conferenceId": "901"}, "admin")
    await editor.create({"conferenceId": "900", "omm": 1}, "admin")
    await world.rest()
    assert sorted(room["conferenceId"] for room in site.rooms.records.values()) == ["900", "901"]
    assert not any(room.marks for room in (await world.rooms()).values())


@ensureDeferred
async def test_one_number_at_two_omms_is_kept_marked_and_logged(world: World) -> None:
    for number in (1, 2):
        site = await world.site(number)
        site.rooms.add(conferenceId="900", name=f"At {number}")
        await world.connect(number)
    rooms = await world.rooms()
    assert {room.name for room in rooms.values()} == {"At 1", "At 2"}
    assert rooms[1].marks == ("conference number 900 also used by room 2 (OMM 0002)",)
    assert rooms[2].marks == ("conference number 900 also used by room 1 (OMM 0001)",)
    assert len([text for text in world.log.texts if "conference number 900" in text]) == 2
    await world.mom.rooms.editor.edit(2, {"conferenceId": "901"}, "admin")
    await world.rest()
    assert not any(room.marks for room in (await world.rooms()).values())
    assert world.sites[2].rooms.named("901")


@ensureDeferred
async def test_an_omm_without_rooms_says_so_once_in_its_health_and_gets_none(world: World) -> None:
    site = await world.site(1)
    site.rooms.able = False
    await world.connect(1)
    assert world.sittings[1].notes == ("conference rooms not available",)
    assert len([t for t in world.log.texts if "conference rooms not available" in t]) == 1
    with pytest.raises(FieldErrors, match="not available"):
        await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1}, "admin")


@ensureDeferred
async def test_the_101st_room_of_an_omm_is_refused_with_the_limit(world: World) -> None:
    site = await world.site(1)
    for number in range(100):
        site.rooms.add(conferenceId=str(1000 + number))
    await world.connect(1)
    editor = world.mom.rooms.editor
    room = await editor.create({"conferenceId": "900"}, "admin")
    for change in (
        editor.create({"conferenceId": "901", "omm": 1}, "admin"),
        editor.edit(room.id, {"omm": 1}, "admin"),
    ):
        with pytest.raises(FieldErrors, match="OMM 0001 has 100 rooms and takes 100"):
            await change
    assert not world.requests(1, "CreateConferenceRoom")


@ensureDeferred
async def test_values_that_cannot_be_stored_are_refused_by_field(world: World) -> None:
    editor = world.mom.rooms.editor
    with pytest.raises(FieldErrors) as refused:
        await editor.create(
            {
                **{"name": "x" * 21, "conferenceId": "9 0", "sipAuthId": "x" * 64},
                **{"sipPw": "x" * 54, "fixedSipPort": 65536, "omm": -1, "calculatedSipPort": 1},
            },
            "admin",
        )
    assert set(refused.value.fields) == {
        *("name", "conferenceId", "sipAuthId", "sipPw"),
        *("fixedSipPort", "omm", "calculatedSipPort"),
    }
    with pytest.raises(FieldErrors, match="must not be empty"):
        await editor.create({"name": "Staff"}, "admin")
    with pytest.raises(FieldErrors, match="there is no OMM 0009"):
        await editor.create({"conferenceId": "900", "omm": 9}, "admin")


@ensureDeferred
async def test_what_an_omm_has_that_must_not_spread_is_kept_and_marked(world: World) -> None:
    site = await world.site(1)
    site.rooms.add(conferenceId="900", name="Party 🎉")
    await world.connect(1)
    room = await world.room_with("900")
    assert room.name == "Party 🎉"
    assert room.marks == ("not spread: name has characters that phones do not take",)
    other = await world.site(2)
    await world.connect(2)
    await world.mom.rooms.editor.edit(1, {"omm": 2}, "admin")
    await world.rest()
    assert other.rooms.named("900")["name"] == ""


@pytest.mark.parametrize("reencrypts", [False, True])
@ensureDeferred
async def test_an_omm_that_reports_moms_own_changes_causes_no_loop(
    world: World, reencrypts: bool
) -> None:
    site = await world.site(1)
    site.rooms.echoes, site.rooms.reencrypts = True, reencrypts
    await world.connect(1)
    entered = {"conferenceId": "900", "name": "A", "omm": 1, "sipPw": "pw"}
    room = await world.mom.rooms.editor.create(entered, "admin")
    for name in ("B", "C", "D"):
        await world.mom.rooms.editor.edit(room.id, {"name": name}, "admin")
    await world.rest()
    assert site.rooms.named("900")["name"] == "D"
    found = await world.room_with("900")
    assert (found.name, found.marks) == ("D", ())
    assert found.sip_pw is not None
    assert found.sip_pw.text == "pw"
    assert len(world.requests(1, "SetConferenceRoom")) <= 3


@ensureDeferred
async def test_the_rooms_of_a_deleted_omm_belong_to_none(world: World) -> None:
    site = await world.site(1)
    site.rooms.add(conferenceId="900")
    await world.connect(1)
    other = await world.site(2)
    await world.connect(2)
    world.cut(1)
    omm = world.mom.omm(OmmId(1))
    assert omm is not None
    async with world.store.write() as work:
        work.delete_omm(omm)
    await world.until(lambda: world.mom.rooms.units.book.room(1).omm == 0)  # type: ignore[union-attr]
    assert (await world.lines(Noun.ROOM, 1))[0] == "on no OMM: OMM 0001 was deleted"
    await world.mom.rooms.editor.edit(1, {"omm": 2}, "admin")
    await world.rest()
    assert other.rooms.named("900")


@ensureDeferred
async def test_a_room_whose_omm_was_deleted_just_before_a_crash_belongs_to_none(
    world: World,
) -> None:
    await world.site(1)
    await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1}, "admin")
    omm = world.mom.omm(OmmId(1))
    assert omm is not None
    await world.mom.stop()
    async with world.store.write() as work:
        work.delete_omm(omm)
    await world.restart()
    assert (await world.room_with("900")).omm == 0


@ensureDeferred
async def test_two_people_at_one_room(world: World) -> None:
    editor = world.mom.rooms.editor
    room = await editor.create({"conferenceId": "900", "name": "A"}, "admin")
    await editor.edit(room.id, {"name": "B"}, "eve", room.revision)
    merged = await editor.edit(room.id, {"sipAuthId": "x"}, "bob", room.revision)
    assert (merged.name, merged.sip_auth_id) == ("B", "x")
    with pytest.raises(ChangedMeanwhile) as refused:
        await editor.edit(room.id, {"name": "C"}, "bob", room.revision)
    assert refused.value.changed == {"name": "eve"}
