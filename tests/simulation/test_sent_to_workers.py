"""Statements survive the way to another process."""

import multiprocessing

import cloudpickle

import sobolev as sv


def text_of(sent):
    problem = cloudpickle.loads(sent)
    return str(problem), [str(r) for r in problem.residuals], sorted(problem.priors), problem.is_complex


def test_statements_are_the_same_in_another_process():
    problems = [sv.problems.darcy(), sv.problems.burgers().random(), sv.problems.navier_stokes()]
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        for problem in problems:
            sent = cloudpickle.dumps(problem)
            assert cloudpickle.loads(sent).unknowns == problem.unknowns
            assert cloudpickle.loads(sent).inputs == problem.inputs
            assert pool.apply(text_of, (sent,)) == text_of(sent)
