"""The passwords of conference rooms, which each OMM keeps under its own key."""

from pytest_twisted import ensureDeferred

from mom.axi.secrets import PrivateKey
from mom.directory.keys import Keys
from tests.directory.conftest import World


@ensureDeferred
async def test_a_password_changed_at_the_omm_while_mom_was_away_is_put_back(world: World) -> None:
    site = await world.site(1)
    await world.connect(1)
    await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1, "sipPw": "pw"}, "admin")
    await world.rest()
    world.cut(1)
    site.rooms.edit(1, password="other")
    await world.connect(1)
    assert site.rooms.password("900") == "pw"


@ensureDeferred
async def test_a_password_under_another_key_is_left_out_and_marked(world: World) -> None:
    old, new = await world.site(1), await world.site(2, key=PrivateKey.generate(512))
    old.rooms.add(conferenceId="900", password="pw")
    await world.connect(1)
    await world.connect(2)
    await world.mom.rooms.editor.edit(1, {"omm": 2}, "admin")
    await world.rest()
    assert new.rooms.named("900")
    assert not new.rooms.passwords
    assert (await world.room_with("900")).marks == ("credentials missing on OMM 0002: sipPw",)
    assert any("without sipPw" in text for text in world.log.texts)
    await world.mom.rooms.editor.edit(1, {"sipPw": "new"}, "admin")
    await world.rest()
    assert new.rooms.password("900") == "new"
    assert (await world.room_with("900")).marks == ()


@ensureDeferred
async def test_the_installations_own_key_opens_passwords_for_every_omm(world: World) -> None:
    world.keys = Keys([world.key])
    await world.restart()
    old, new = await world.site(1), await world.site(2, key=PrivateKey.generate(512))
    old.rooms.add(conferenceId="900", password="pw")
    await world.connect(1)
    await world.connect(2)
    await world.mom.rooms.editor.edit(1, {"omm": 2}, "admin")
    await world.rest()
    assert new.rooms.password("900") == "pw"


@ensureDeferred
async def test_a_password_changed_at_the_omm_is_kept_beside_moms_own_and_marked(
    world: World,
) -> None:
    site = await world.site(1)
    await world.connect(1)
    await world.mom.rooms.editor.create({"conferenceId": "900", "omm": 1, "sipPw": "pw"}, "admin")
    await world.rest()
    site.rooms.edit(1, password="other")
    await world.rest()
    room = await world.room_with("900")
    assert room.sip_pw is not None
    assert room.sip_pw.text == "pw"
    assert room.sip_pw.sealed
    assert room.marks == ("may differ on OMM 0001: sipPw",)
    assert site.rooms.password("900") == "other"
