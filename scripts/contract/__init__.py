"""What surrounds the contract suite: the budget, the sender, the log, the verdict, the report.

The suite itself, a file for each family of promises, is in `tests/contract/`; it reaches this
package through `plugin` alone.
"""
