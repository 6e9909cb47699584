"""Hypothesis strategies for regular expressions and for texts that nearly match them."""

from __future__ import annotations

import re2
from hypothesis import strategies as st

from callguard.rules.regular import searcher

# Letters with one case, two and three (k, K and the Kelvin sign; s, S and the long s), a sharp s
# that folds to two letters, signs that are no word, line ends, and more than one byte.
ALPHABET = "abkKsSwW\u212a\u017fßẞΣςé公【 \n_-19.\U0001f600"
_QUOTED = frozenset("\\.+*?()|[]{}^$-")


def _quoted(text: str) -> str:
    return "".join("\\" * (char in _QUOTED) + char for char in text)


texts = st.text(alphabet=ALPHABET, max_size=24)
words = st.text(alphabet=ALPHABET, min_size=1, max_size=3).map(_quoted)
_classes = st.sampled_from(
    [
        *("[abk]", "[^a]", "[^【\\n]", r"\d", r"\D", r"\w", r"\W", r"\s", ".", "(?s:.)", "[a-w]"),
        *("[公【]", r"\pL", r"\P{Han}", "[[:alpha:]]", "[^k-s]", r"\x{4e00}", r"\x41", r"\101"),
        *(r"[\w.-]", "[^公]", "[]a]", "[^]a-]", r"[\w-k]"),
    ]
)
_counts = st.sampled_from(
    ["", "", "?", "*", "+", "{2}", "{0,3}", "{1,4}", "{2,}", "*?", "{0,9}?", "{0}", "{,2}"]
)
_places = st.sampled_from(["", "", "^", "$", r"\b", r"\B", r"\A", r"\z", "(?m)^", "(?m:$)"])


def _around(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    rows = st.lists(inner, min_size=1, max_size=4).map("".join)
    either = st.lists(rows, min_size=2, max_size=3).map("|".join)
    opened = st.sampled_from(["(", "(?:", "(?i:", "(?s:", "(?P<n>", "(?-i:", "(?is:"])
    return st.builds(lambda open_, many, count: f"{open_}{many}){count}", opened, either, _counts)


_flags = st.sampled_from(["(?i)", "(?-i)", "(?s)", "(?m)", "(?U)"])
_atoms = st.builds(str.__add__, words | _classes | _places | _flags, _counts)
_parts = st.recursive(_atoms, _around, max_leaves=6)
_plain_gaps = st.builds(
    lambda left, gap, count, right: f"{left}{gap}{count}{right}",
    words,
    st.sampled_from([".", "[^【]", "(?s:.)", r"\D", "[^ab]"]),
    st.sampled_from(["*", "+", "{0,3}", "{1,4}", "{2,}", "?"]),
    words,
)


def _accepted(expression: str) -> bool:
    try:
        searcher(expression)
    except re2.error:
        return False
    return True


# Expressions that RE2 accepts.
expressions = st.builds(
    lambda flags, parts: flags + "".join(parts),
    st.sampled_from(["", "", "(?i)", "(?s)", "(?is)", "^", "(?i)^", "(?U)"]),
    st.lists(_parts | _plain_gaps, min_size=1, max_size=4),
).filter(_accepted)
