"""Fingerprints by column are those that are taken one by one."""

from hypothesis import given
from hypothesis import strategies as st

from mom.directory.fingerprints import Printer

NAMES = ("calls", "name", "num", "vip")
TEXTS = st.sampled_from(["", "0", "1", "a b", "é"])


@given(
    st.lists(st.tuples(TEXTS, TEXTS, TEXTS, TEXTS), min_size=1, max_size=5),
    st.lists(st.sampled_from(NAMES), unique=True),
    st.sets(st.sampled_from(NAMES)),
)
def test_texts_that_are_known_to_be_the_same_change_nothing(
    rows: list[tuple[str, ...]], names: list[str], alike: set[str]
) -> None:
    same = {name: rows[0][NAMES.index(name)] for name in alike}
    records = [dict(zip(NAMES, row, strict=True)) | same for row in rows]
    columns = {name: tuple([record[name] for record in records]) for name in NAMES}
    printer = Printer(names)
    prints = [printer.of(record) for record in records]
    assert printer.of_all(columns, len(rows), same) == prints
    assert printer.of_all(columns, len(rows), {}) == prints
