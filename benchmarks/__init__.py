"""Measurements against bars and peers: `python -m benchmarks.NAME --json PATH [--peer-python PATH]`."""
