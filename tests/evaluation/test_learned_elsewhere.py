"""Operators of earlier runs: their files and their names in the table."""

from sobolev.evaluation import Learned, slug
from sobolev.evaluation._contenders import named


def test_names_as_files():
    assert slug("FNO(weights=Tucker(0.1), width=8)") == "fno-weights-tucker-0-1-width-8"


def test_the_same_name_twice_is_numbered():
    one = Learned((), (), ())
    assert list(named([one, one])) == ["Learned", "Learned (2)"]
