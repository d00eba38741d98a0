"""Values that are taken out at once are those that are there, whatever was taken out before."""

from hypothesis import given
from hypothesis import strategies as st

from mom.axi.element import Uniform
from mom.axi.mould import LONGEST, Mould

Record = dict[str, str]


def written(records: list[Record], name: str = "user") -> str:
    found = [" ".join([name, *(f'{n}="{v}"' for n, v in each.items())]) for each in records]
    return "".join(f"<{each}/>" for each in found) + "</all>"


def taken(mould: Mould, records: list[Record]) -> list[Record] | None:
    return texts(mould.take(written(records), 0, len(records)))


def texts(found: Uniform | None) -> list[Record] | None:
    return None if found is None else [each.attrs for each in found]


def test_each_record_has_its_values_in_the_order_of_its_names() -> None:
    mould = Mould("user", ("uid", "num", "name"))
    for start in (1, 5, 9):
        records = [
            {"uid": str(n), "num": "", "name": f"a.b [{n}] x=1"} for n in range(start, start + 4)
        ]
        found = taken(mould, records)
        assert found == records
        assert found is not None
        assert [list(each) for each in found] == [["uid", "num", "name"]] * 4


def test_a_value_that_all_records_had_so_far_is_one_text_for_all_of_them() -> None:
    mould = Mould("user", ("uid", "host"))
    first = taken(mould, [{"uid": str(n), "host": "omm.example"} for n in range(3)])
    later = taken(mould, [{"uid": str(n), "host": "omm.example"} for n in range(3, 6)])
    again = taken(mould, [{"uid": str(n), "host": "omm.example"} for n in range(6, 9)])
    assert first is not None
    assert later is not None
    assert again is not None
    assert len({id(each["host"]) for each in [*later, *again]}) == 1


def test_a_value_that_was_always_the_same_may_differ_later() -> None:
    mould = Mould("user", ("uid", "vip", "host"))
    usual = [{"uid": str(n), "vip": "0", "host": "h"} for n in range(5)]
    odd = [*usual[:2], {"uid": "7", "vip": "1", "host": "h"}, *usual[3:]]
    for records in (usual, odd, usual, odd, [{**each, "host": "i"} for each in odd], usual):
        assert taken(mould, records) == records


def test_records_with_a_single_attribute_none_and_all_the_same() -> None:
    for records in ([{"uid": "12"}, {"uid": "13"}], [{}, {}], [{"uid": "1"}, {"uid": "1"}]):
        mould = Mould("user", tuple(records[0]))
        text = written(records).replace("<user /", "<user/")
        for _ in range(3):
            assert texts(mould.take(text, 0, 2)) == records


def test_a_long_value_is_read_anew_each_time() -> None:
    mould = Mould("user", ("uid", "text"))
    records = [{"uid": str(n), "text": "x" * (LONGEST + 1)} for n in range(3)]
    for _ in range(3):
        found = taken(mould, records)
        assert found == records
    assert found is not None
    assert found[0]["text"] is not found[1]["text"]


def test_other_records_among_them_are_not_taken() -> None:
    mould = Mould("user", ("uid", "num"))
    records = [{"uid": str(n), "num": "5"} for n in range(3)]
    assert taken(mould, records) == records
    for other in ({"uid": "3"}, {"num": "5", "uid": "3"}, {"uid": "3", "num": "5", "more": "1"}):
        assert taken(mould, [*records, other]) is None
        assert taken(mould, [other, *records]) is None
    assert mould.take(written(records, "pp"), 0, 3) is None
    assert mould.take(written(records), 0, 2) is None
    assert taken(mould, records) == records


VALUES = st.sampled_from(["", "0", "1", "a.b", "x y", 'uid="'[:-1], "é>", "(.*)", "\\d"])


@given(
    st.lists(
        st.lists(st.tuples(VALUES, VALUES, VALUES), min_size=1, max_size=6), min_size=1, max_size=8
    )
)
def test_whatever_was_taken_before_what_is_taken_is_there(
    lists: list[list[tuple[str, str, str]]],
) -> None:
    mould = Mould("user", ("a", "b.c", "d-e"))
    for rows in lists:
        records = [dict(zip(mould.names, row, strict=True)) for row in rows]
        assert taken(mould, records) == records
