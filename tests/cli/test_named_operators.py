"""Operators as the command line names them."""

import numpy as np
import pytest

import sobolev as sv
from sobolev.cli._operators import find_operator
from sobolev.data import Splits, Task
from sobolev.fields import Axis, FieldSpec, Grid
from sobolev.operators import FNO, DeepONet, FourierFeatures, KernelRidge, Tucker, UNet


def _task(*points):
    grid = Grid(tuple(Axis(name, 0, 1, n) for name, n in zip("xyz", points, strict=False)))
    values = np.zeros((4, *points, 1))
    return Task(values, values, FieldSpec(("a",), grid), FieldSpec(("u",), grid), Splits.of(4))


@pytest.mark.parametrize(
    ("text", "name", "what"),
    [
        ("fno", "FNO", FNO()),
        ("kernel-ridge", "KernelRidge", KernelRidge()),
        ("u-net", "UNet", UNet()),
        ("fno(weights=tucker(0.2), width=8)", "FNO(weights=tucker(0.2), width=8)", FNO(8, weights=Tucker(0.2))),
        ("FNO(modes=(4, 6), mixing=None)", "FNO(modes=(4, 6), mixing=None)", FNO(modes=(4, 6), mixing=None)),
        ("DeepONet(16, features=FourierFeatures())", None, DeepONet(16, features=FourierFeatures())),
    ],
)
def test_names_and_settings(text, name, what):
    found = find_operator(text)
    assert found.what == what
    assert name is None or found.name == name


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FNOO", "did you mean FNO"),
        ("FNO(width=", "no operator"),
        ("FNO(depth=3)", "depth"),
        ("FNO(weights=Tukker(0.1))", "Tucker"),
        ("FNO(width=open('x'))", "no part called 'open'"),
        ("FNO(width=1 + 1)", "no setting"),
        ("(lambda: 3)()", "no operator"),
        ("FNO(width=0)", "width"),
    ],
)
def test_wrong_names_and_settings(text, words):
    with pytest.raises(sv.ArgumentError) as caught:
        find_operator(text)
    assert words in str(caught.value)


def test_sizes_suit_the_grid_but_what_the_user_said_stays():
    assert find_operator("fno").suited(_task(9, 33)).modes == (4, 12)
    said = find_operator("fno(modes=3, width=7)").suited(_task(9, 33))
    assert (said.modes, said.width, said.layers) == (3, 7, 3)
    assert [find_operator("unet").suited(_task(*n)).levels for n in ((32,), (8, 8), (12, 8), (9,))] == [3, 2, 2, 1]
