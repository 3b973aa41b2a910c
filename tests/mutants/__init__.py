"""The contract suite, tried on servers that each break one promise and on servers that break none.

`python -m tests.mutants` says what it finds and what it accuses wrongly; docs/mutants.md is what it wrote.
"""
