"""The first schema: records, copies, lines, trash, settings and numbers."""

# ruff: noqa: SIM905 - lists of words are easier to compare than lists of strings

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

revision = "0001"
down_revision = None

TEXT = sa.Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

USERS = """
    uid revision rev_admin rev_relation ppn rel_type time_stamp_admin time_stamp_relation num
    name add_id hierarchy1 hierarchy2 permanent external lang lang_pp sip_auth_id vip
    sip_register_check fixed_sip_port calculated_sip_port use_sip_user_name
    use_sip_user_authentication service_user_name service_auth_name alt_display_num
    sip_profile_id conference_server_type conference_server_uri sos_num man_down_num
    voicebox_num forward_state forward_dest forward_time hold_ring_back_time
    call_waiting_disabled auto_answer microphone_mute warning_tone allow_barge_in
    pickup_group_num auto_logout_on_charge hot_desking_support authenticate_logout
    keep_local_pb pp_profile_id pp_data configuration_data_loaded key_lock_enable
    key_lock_time allow_video_stream msg_right send_vcard_right recv_vcard_right loc_right
    locatable tracking_active bt_locatable bt_sensitivity monitoring_mode cus has hss hrs hcs
    srs scs cds hbs bts sws ppn_old extra marks
""".split()

USERS_NUMBERS = """
    uid revision rev_admin rev_relation ppn time_stamp_admin time_stamp_relation
    fixed_sip_port calculated_sip_port sip_profile_id forward_time hold_ring_back_time
    pp_profile_id key_lock_time ppn_old
""".split()

USERS_SWITCHES = """
    permanent external vip sip_register_check call_waiting_disabled auto_logout_on_charge
    hot_desking_support authenticate_logout keep_local_pb configuration_data_loaded
    key_lock_enable allow_video_stream msg_right send_vcard_right recv_vcard_right loc_right
    locatable tracking_active bt_locatable
""".split()

USERS_FOLDED = """
    num name add_id hierarchy1 hierarchy2 sip_auth_id service_user_name service_auth_name
    alt_display_num conference_server_uri sos_num man_down_num voicebox_num forward_dest
    pickup_group_num pp_data
""".split()

DEVICES = """
    ppn revision rev_admin rev_relation rev_roaming rev_subscription home uid rel_type
    time_stamp_admin time_stamp_relation time_stamp_roaming time_stamp_subscription ipei ac s
    subscription_id location_data dect_ie_fixed_id modic_type subscribe_to_pari_only
    auto_create omm_id omm_id_ack roaming encrypt hw_type cap_messaging
    cap_messaging_for_internal_use cap_enh_locating cap_bluetooth eth_addr
    pp_profile_capability pp_default_profile_loaded extra marks
""".split()

DEVICES_NUMBERS = """
    ppn revision rev_admin rev_relation rev_roaming rev_subscription home uid time_stamp_admin
    time_stamp_relation time_stamp_roaming time_stamp_subscription
""".split()

DEVICES_SWITCHES = """
    subscribe_to_pari_only auto_create encrypt cap_messaging cap_messaging_for_internal_use
    cap_enh_locating cap_bluetooth pp_profile_capability pp_default_profile_loaded
""".split()

DEVICES_FOLDED = "ipei ac omm_id roaming eth_addr".split()

OMMS = """
    id enabled name description omm1 omm2 port username provisioning placeholders park pins
    waiting_for seen missing omm_version protocol_version last_address last_sync
    last_sync_seconds revision
""".split()

OMMS_NUMBERS = "id port missing protocol_version last_sync revision".split()

OMMS_SWITCHES = "enabled provisioning".split()

OMMS_FOLDED = "name description omm1 omm2 username park omm_version".split()

ACCOUNTS = "id name enabled write must_change_password revision".split()

EVENTS = "id severity subsystem text count first last cleared".split()


def upgrade() -> None:
    """Create all tables and indexes."""
    _users_and_devices()
    _administration()
    _copies()
    _small_tables()


def _record_table(
    table: str,
    names: list[str],
    *,
    numbers: list[str],
    switches: list[str],
    folded: list[str],
    reals: tuple[str, ...] = (),
    more: tuple[sa.Column[Any], ...] = (),
    numbered: bool = True,
) -> None:
    """One table of records: its first column is the key, texts may have a folded twin."""
    types: dict[str, TypeEngine[Any]] = dict.fromkeys(names, TEXT)
    types |= dict.fromkeys(numbers, BIG)
    types |= dict.fromkeys(switches, sa.SmallInteger())
    types |= dict.fromkeys(reals, sa.Double())
    key, *rest = names
    identity = [] if numbered else [sa.Identity()]
    op.create_table(
        table,
        sa.Column(
            key, BIG, *identity, primary_key=True, autoincrement=False if numbered else "auto"
        ),
        *(sa.Column(name, types[name]) for name in rest),
        *(sa.Column(f"{name}_folded", TEXT) for name in folded),
        sa.Column("search", TEXT),
        *more,
    )


def _hidden() -> tuple[sa.Column[Any], ...]:
    return (sa.Column("hidden", sa.LargeBinary()),)


def _users_and_devices() -> None:
    _record_table(
        "users",
        USERS,
        numbers=USERS_NUMBERS,
        switches=USERS_SWITCHES,
        folded=USERS_FOLDED,
        more=_hidden(),
    )
    for name in ("num", "name", "add_id"):
        op.create_index(f"ix_users_{name}", "users", [f"{name}_folded", "uid"])
    _record_table(
        "devices",
        DEVICES,
        numbers=DEVICES_NUMBERS,
        switches=DEVICES_SWITCHES,
        folded=DEVICES_FOLDED,
        more=_hidden(),
    )
    op.create_index("ix_devices_ipei", "devices", ["ipei_folded", "ppn"])
    op.create_index("ix_devices_uid", "devices", ["uid", "ppn"])
    op.create_index("ix_devices_home", "devices", ["home", "ppn"])
    known = sa.text("ipei <> ''")
    op.create_index(
        "ix_devices_unique_ipei",
        "devices",
        ["ipei"],
        unique=True,
        sqlite_where=known,
        postgresql_where=known,
    )


def _administration() -> None:
    _record_table(
        "omms",
        OMMS,
        numbers=OMMS_NUMBERS,
        switches=OMMS_SWITCHES,
        reals=("last_sync_seconds",),
        folded=OMMS_FOLDED,
        more=_hidden(),
    )
    _record_table(
        "accounts",
        ACCOUNTS,
        numbers=["id", "revision"],
        switches=["enabled", "write", "must_change_password"],
        folded=["name"],
        more=_hidden(),
    )
    _record_table(
        "events",
        EVENTS,
        numbers=["id", "count", "first", "last"],
        switches=["cleared"],
        folded=["subsystem", "text"],
        more=(sa.Column("same", TEXT, nullable=False),),
        numbered=False,
    )
    op.create_index("ix_events_last", "events", ["last", "id"])
    still_shown = sa.text("cleared = 0")
    op.create_index(
        "ix_events_same",
        "events",
        ["same"],
        unique=True,
        sqlite_where=still_shown,
        postgresql_where=still_shown,
    )


def _copies() -> None:
    op.create_table(
        "copies",
        sa.Column("noun", TEXT, primary_key=True),
        sa.Column("number", BIG, primary_key=True, autoincrement=False),
        sa.Column(
            "omm",
            BIG,
            sa.ForeignKey("omms.id", name="fk_copies_omm", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("local", BIG, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.Column("told", BIG, nullable=False),
        sa.Column("agreed", sa.LargeBinary(), nullable=False),
        sa.Column("refused", TEXT, nullable=False),
    )
    op.create_index("ix_copies_omm", "copies", ["omm", "noun", "number"])


def _small_tables() -> None:
    op.create_table(
        "lines",
        sa.Column("id", BIG, sa.Identity(), primary_key=True),
        sa.Column("noun", TEXT, nullable=False),
        sa.Column("number", BIG, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("folded", TEXT, nullable=False),
    )
    op.create_index("ix_lines_record", "lines", ["noun", "number", "id"])
    op.create_table(
        "trash",
        sa.Column("noun", TEXT, primary_key=True),
        sa.Column("number", BIG, primary_key=True, autoincrement=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("label", TEXT, nullable=False),
        sa.Column("at", BIG, nullable=False),
        sa.Column("cause", TEXT, nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_trash_key", "trash", ["noun", "key"])
    op.create_index("ix_trash_at", "trash", ["at"])
    op.create_table(
        "counters",
        sa.Column("noun", TEXT, primary_key=True),
        sa.Column("last", BIG, nullable=False),
    )
    op.create_table(
        "settings",
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("value", TEXT, nullable=False),
    )
    op.create_table(
        "facts",
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("value", sa.LargeBinary(), nullable=False),
    )
