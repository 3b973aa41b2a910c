"""What an API promises beyond the shapes of its messages, as `behaviour.yaml` says it.

`read` gives the rules as values, and finds what is not well formed or refers to something that the
API's document does not have; `diagram` draws the lifecycle. What the rules mean is read once by the
mock, which keeps them, and once more by the contract suite, which tests them: nothing here decides.
docs/behaviour.md describes the form.
"""

from .diagram import diagram
from .reading import read
from .rules import (
    Answer,
    Behaviour,
    Change,
    Create,
    Direction,
    Errors,
    Kept,
    Lifecycle,
    Limit,
    ListRule,
    Order,
    Pages,
    Permission,
    Reads,
    Setting,
    Stamp,
    Stated,
    Storage,
    View,
    Writes,
)

__all__ = [
    "Answer",
    "Behaviour",
    "Change",
    "Create",
    "Direction",
    "Errors",
    "Kept",
    "Lifecycle",
    "Limit",
    "ListRule",
    "Order",
    "Pages",
    "Permission",
    "Reads",
    "Setting",
    "Stamp",
    "Stated",
    "Storage",
    "View",
    "Writes",
    "diagram",
    "read",
]
