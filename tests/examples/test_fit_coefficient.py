"""The fit of a coefficient through a finite element solve finds the field to a few noise levels."""

import pytest

pytest.importorskip("gmsh")


def test_the_fit_is_far_better_than_a_constant():
    from examples.fit_coefficient import measure

    found = measure(resolution=8, steps=4)
    assert found["error of a"] < 0.25 * found["error of the best constant"]
    assert 0.5 < found["misfit over noise"] < 1.5
    assert found["cost"][-1] < 1e-2 * found["cost"][0]
