"""What a benchmark found: a table for a person, and the same as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True)
class Result:
    """A table of texts, sentences below it, and the figures as JSON values."""

    title: str
    columns: Sequence[str]
    """The first is what a row is about; the others are figures."""
    rows: Sequence[Sequence[str]]
    said: Sequence[str]
    data: Mapping[str, Any]

    def table(self) -> Table:
        """The table as rich draws it."""
        table = Table(title=self.title, title_justify="left")
        for number, column in enumerate(self.columns):
            table.add_column(column, justify="right" if number else "left", no_wrap=True)
        for row in self.rows:
            table.add_row(*row)
        return table
