"""PINNacle's 22 problems as Sobolev statements, repaired, each with its own reference: `python -m benchmarks.suite`.

One file a problem; each defines `CASE` and says in its docstring what was repaired. `_cases.py` lists them. A method
joins the table by being listed in a case's `contenders`.
"""
