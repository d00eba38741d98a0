"""What becomes of a conference room that an OMM refuses, or about which it does not answer."""

from pytest_twisted import ensureDeferred

from tests.directory.conftest import World


@ensureDeferred
async def test_a_room_whose_answer_was_lost_is_not_made_twice(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1, "sipPw": "pw"}, "admin")
    port = world.ports[1]
    await world.until(lambda: bool(world.requests(1, "CreateConferenceRoom")) or port.is_asked)
    while not world.requests(1, "CreateConferenceRoom"):
        port.step()
    port.lose()
    await world.restart()
    await world.connect(1)
    assert len(site.rooms.records) == 1
    assert len(await world.rooms()) == 1
    assert len(world.requests(1, "CreateConferenceRoom")) == 1
    assert site.rooms.password("900") == "pw"


@ensureDeferred
async def test_an_answer_that_leaves_the_room_out_is_read_again(world: World) -> None:
    site = await world.site(1)
    site.rooms.silent = True
    await world.connect(1)
    room = await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1}, "admin")
    await world.rest()
    await world.mom.rooms.editor.edit(room.id, {"name": "Staff"}, "admin")
    await world.rest()
    assert site.rooms.named("900")["name"] == "Staff"


@ensureDeferred
async def test_what_an_omm_refuses_is_marked_until_the_room_changes(world: World) -> None:
    site = await world.site(1)
    site.rooms.refuse["Staff"] = ("EInval", "name")
    await world.connect(1)
    entered = {"conferenceId": "900", "name": "Staff", "omm": 1}
    room = await world.mom.rooms.editor.create(entered, "admin")
    await world.rest()
    assert (await world.room_with("900")).marks == ("not accepted by OMM 0001: EInval name",)
    assert "conference room 1 not accepted by OMM 0001: EInval name" in world.log.texts
    assert len(world.requests(1, "CreateConferenceRoom")) == 1
    await world.mom.rooms.editor.edit(room.id, {"name": "All"}, "admin")
    await world.rest()
    assert site.rooms.named("900")["name"] == "All"
    assert (await world.room_with("900")).marks == ()


@ensureDeferred
async def test_a_change_that_was_refused_gives_way_to_what_somebody_does_at_the_omm(
    world: World,
) -> None:
    site = await world.site(1)
    local = site.rooms.add(conferenceId="900", name="Staff")
    await world.connect(1)
    site.rooms.refuse["Board"] = ("EInval", "name")
    await world.mom.rooms.editor.edit(1, {"name": "Board"}, "admin")
    await world.rest()
    assert (await world.room_with("900")).marks
    site.rooms.edit(local, name="All")
    await world.rest()
    room = await world.room_with("900")
    assert (room.name, room.marks) == ("All", ())


@ensureDeferred
async def test_an_omm_that_keeps_its_own_value_is_not_asked_again_and_again(world: World) -> None:
    site = await world.site(1)
    local = site.rooms.add(conferenceId="900", name="Staff")
    await world.connect(1)
    site.rooms.keeps = {"name": "Staff"}
    await world.mom.rooms.editor.edit(local, {"name": "All"}, "admin")
    await world.rest()
    assert len(world.requests(1, "SetConferenceRoom")) == 1
    assert (await world.room_with("900")).marks == ("stays different on OMM 0001: name",)


@ensureDeferred
async def test_a_change_made_while_an_omm_refuses_the_former_one_is_sent(world: World) -> None:
    site = await world.site(1)
    site.rooms.refuse["Staff"] = ("EInval", "name")
    await world.connect(1)
    entered = {"conferenceId": "900", "name": "Staff", "omm": 1}
    room = await world.mom.rooms.editor.create(entered, "admin")
    while not world.requests(1, "CreateConferenceRoom"):
        world.ports[1].step()
        await world.pause()
    await world.mom.rooms.editor.edit(room.id, {"name": "All"}, "admin")
    await world.rest()
    assert site.rooms.named("900")["name"] == "All"
    assert (await world.room_with("900")).marks == ()


@ensureDeferred
async def test_a_number_taken_at_the_omm_is_tried_again_when_it_is_free(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    world.ports[1].take = lambda event: None
    local = site.rooms.add(conferenceId="900")
    await world.rest()
    world.ports[1].take = world.sittings[1].take
    await world.mom.rooms.editor.create({"conferenceId": "900", "name": "Mine", "omm": 1}, "admin")
    await world.rest()
    marks = (await world.room_with("900")).marks
    assert marks == ("not accepted by OMM 0001: EExist conferenceId",)
    site.rooms.remove(local)
    await world.rest()
    assert site.rooms.named("900")["name"] == "Mine"
    assert (await world.room_with("900")).marks == ()


@ensureDeferred
async def test_no_answer_is_marked_and_the_next_reading_finds_out(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1}, "admin")
    while not world.requests(1, "CreateConferenceRoom"):
        world.ports[1].step()
        await world.pause()
    world.ports[1].time_out()
    await world.rest()
    assert (await world.room_with("900")).marks == ("not accepted by OMM 0001: no answer",)
    world.cut(1)
    await world.connect(1)
    assert len(site.rooms.records) == 1
    assert (await world.room_with("900")).marks == ()
