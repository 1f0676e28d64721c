"""Saving and loading: the same function comes back, and nothing else is accepted."""

import json

import numpy as np
import pytest

import sobolev as sv
from sobolev import problems
from sobolev.solutions._encoding import decode, encode
from sobolev.spaces import Chebyshev, FiniteDifference, Fourier

TIMES = np.linspace(0.0, 0.5, 11)


def _u(x, t):
    return np.sin(2 * np.pi * x) * (1 + t)


def _solution(by_hand, space):
    problem = problems.heat(1, boundary="periodic" if space is Fourier else "dirichlet", stop=0.5)
    s = by_hand(problem, space(problem.space, 33), [_u], TIMES, [lambda x, t: np.sin(2 * np.pi * x)])
    return s.with_error_bar(sv.ErrorBar(1e-7, 2e-7, "two resolutions"))


@pytest.mark.parametrize("space", [Fourier, Chebyshev, FiniteDifference])
def test_a_loaded_solution_evaluates_like_the_original(space, by_hand, tmp_path):
    s = _solution(by_hand, space)
    path = s.save(tmp_path / "heat.npz")
    loaded = sv.load_solution(path)
    x, t = np.linspace(0, 1, 7), np.array([[0.0], [0.123], [0.5]])
    assert np.array_equal(loaded(x=x, t=t), s(x=x, t=t))
    assert loaded.space == s.space
    assert loaded.error_bar == s.error_bar and loaded.summary == s.summary
    assert loaded.result is sv.Result.successful
    assert "heat" in repr(loaded) and "7 steps" in repr(loaded)
    with pytest.raises(sv.StatementError, match="needs the statement"):
        loaded.residual()
    whole = sv.load_solution(path, s.problem)
    assert whole.initial_error() == s.initial_error()


def test_systems_without_space(by_hand, tmp_path):
    problem = problems.lorenz()
    s = by_hand(problem, None, [np.sin, np.cos, np.square], np.linspace(0, 1, 21))
    loaded = sv.load_solution(s.save(tmp_path / "lorenz.npz"), problem)
    assert np.array_equal(loaded["z"](t=0.33), s["z"](t=0.33))


def test_another_statement_is_refused(by_hand, tmp_path):
    path = _solution(by_hand, Chebyshev).save(tmp_path / "heat.npz")
    with pytest.raises(sv.StatementError, match="another statement"):
        sv.load_solution(path, problems.heat(1, boundary="neumann", stop=0.5))


def test_torn_foreign_and_missing_files(by_hand, tmp_path):
    path = _solution(by_hand, Chebyshev).save(tmp_path / "heat.npz")
    whole = path.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:length])
        with pytest.raises(sv.DataError, match="torn or holds no solution"):
            sv.load_solution(path)
    damaged = bytearray(whole)
    damaged[len(whole) // 3] ^= 0xFF
    path.write_bytes(bytes(damaged))
    with pytest.raises(sv.DataError):
        sv.load_solution(path)
    np.savez(tmp_path / "other.npz", a=np.zeros(3))
    with pytest.raises(sv.DataError):
        sv.load_solution(tmp_path / "other.npz")
    np.savez(tmp_path / "header.npz", header=np.frombuffer(json.dumps({"format": "other"}).encode(), np.uint8))
    with pytest.raises(sv.DataError, match="holds no solution"):
        sv.load_solution(tmp_path / "header.npz")
    np.savez(tmp_path / "objects.npz", header=np.array([{"a": 1}], dtype=object))
    with pytest.raises(sv.DataError):
        sv.load_solution(tmp_path / "objects.npz")
    with pytest.raises(sv.DataError, match="no file"):
        sv.load_solution(tmp_path / "missing.npz")


def test_only_known_types_are_made():
    with pytest.raises(sv.DataError, match="does not have"):
        decode({"type": "Popen", "fields": {}}, {})
    with pytest.raises(sv.DataError, match="cannot be saved"):
        encode(object(), {})
    arrays = {}
    value = (1, 2.5, float("inf"), "a", None, True, {"k": (1,)}, sv.coordinates("x"))
    assert decode(json.loads(json.dumps(encode(value, arrays))), arrays) == value
