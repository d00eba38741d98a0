"""Generators of AXI elements for property tests."""

import string

from hypothesis import strategies as st

from mom.axi.codec import MAX_DEPTH
from mom.axi.element import Element

_FIRST = string.ascii_letters + "_"
_REST = _FIRST + string.digits + "-."

names = st.builds(
    lambda first, rest: first + rest,
    st.sampled_from(_FIRST),
    st.text(_REST, max_size=12),
).filter(lambda name: name != "xmlns")

texts = st.text(
    st.one_of(
        st.sampled_from("\t\n\r &<>\"'\x85\u2028"),
        st.characters(
            exclude_categories=("Cs",),
            exclude_characters=[chr(code) for code in range(32)] + ["\ufffe", "\uffff"],
        ),
    ),
    max_size=20,
)


def _element(name, attrs, children, text):
    # Blank text between children is layout and not kept.
    return Element(name, attrs, tuple(children), text if text.strip() or not children else "")


def _level(children):
    attrs = st.dictionaries(names, texts, max_size=5)
    return st.builds(_element, names, attrs, st.lists(children, max_size=3), texts)


leaves = st.builds(Element, names, st.dictionaries(names, texts, max_size=5), st.just(()), texts)
elements = st.recursive(leaves, _level, max_leaves=MAX_DEPTH - 2)
"""Any element that AXI can carry; never nested deeper than may be written."""
