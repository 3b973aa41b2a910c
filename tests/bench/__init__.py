"""Benchmarks: how long the project's commands take, and how much memory, beside those of others.

`python -m tests.bench` runs them all, `python -m tests.bench NAME` one. A benchmark is a module with a
function that measures and gives a `Result`; `__main__.BENCHMARKS` names them.
"""
