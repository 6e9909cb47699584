"""One object for each class of numbers."""

from __future__ import annotations

import pickle

import pytest

from callguard.numbering import NumberClass


def test_one_object_for_each_triple() -> None:
    mobile = NumberClass("CN", "mobile", True)
    assert mobile is NumberClass("CN", "mobile", True)
    assert mobile is not NumberClass("CN", "mobile", False)
    assert ("CN", "mobile", True) == (mobile.country, mobile.kind, mobile.valid)
    assert {mobile: 1}[NumberClass("CN", "mobile", True)] == 1


def test_pickling_keeps_identity() -> None:
    mobile = NumberClass("CN", "mobile", True)
    assert mobile is pickle.loads(pickle.dumps(mobile))  # noqa: S301  our own object


def test_a_class_cannot_be_changed() -> None:
    mobile = NumberClass("CN", "mobile", True)
    with pytest.raises(AttributeError, match="cannot be changed"):
        mobile.valid = False
    with pytest.raises(AttributeError, match="cannot be changed"):
        del mobile.kind
    assert mobile.valid


def test_it_says_what_it_is() -> None:
    expected = "NumberClass(country=None, kind='invalid', valid=False)"
    assert expected == repr(NumberClass(None, "invalid", False))
