"""One figure of ours beside another, and the bar that it has to clear."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

COLUMNS = ("measured", "unit", "ours", "beside", "ratio", "bar", "")


@dataclass(frozen=True)
class Bar:
    """What a figure must be, at least or at most."""

    limit: float
    at_least: bool = False

    def met(self, figure: float) -> bool:
        """Whether `figure` clears it."""
        return figure >= self.limit if self.at_least else figure <= self.limit

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.limit:,g}"


@dataclass(frozen=True)
class Comparison:
    """A figure of ours, and where there is one another to compare it with."""

    name: str
    unit: str
    ours: float
    beside: float | None = None
    ratio: float | None = None
    """Ours to the other; of several rounds the median of their ratios, which no slow moment of the machine changes."""
    bar: Bar | None = None
    """For the ratio, or for `ours` where there is none."""
    absolute: bool = False
    """The bar is for `ours`, though there is a ratio."""

    @property
    def met(self) -> bool | None:
        """Whether the bar is cleared; None where there is none."""
        figure = self.ours if self.absolute or self.ratio is None else self.ratio
        return self.bar.met(figure) if self.bar else None

    def row(self) -> list[str]:
        """The cells of `COLUMNS`."""
        verdict = {None: "", True: "met", False: "not met"}[self.met]
        beside, ratio = ("-" if each is None else _short(each) for each in (self.beside, self.ratio))
        return [self.name, self.unit, _short(self.ours), beside, ratio, str(self.bar or ""), verdict]

    def data(self) -> dict[str, Any]:
        """The same as JSON values."""
        return {**asdict(self), "met": self.met}


def paired(
    name: str,
    unit: str,
    ours: Sequence[float],
    beside: Sequence[float],
    bar: Bar | None = None,
    *,
    absolute: bool = False,
) -> Comparison:
    """The medians of two figures that were taken in turn, round by round, and of their ratios."""
    ratios = [one / other for one, other in zip(ours, beside, strict=True)]
    first, second, ratio = (statistics.median(each) for each in (ours, beside, ratios))
    return Comparison(name, unit, first, second, ratio, bar, absolute)


def _short(figure: float) -> str:
    return f"{figure:,.0f}" if abs(figure) >= 100 else f"{figure:.3g}"
