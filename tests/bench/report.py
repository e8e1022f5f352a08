"""What was measured, as rows of a Markdown table."""

from dataclasses import dataclass
from operator import ge, le


@dataclass
class Row:
    """`value` against `bar` and `goal`: at most these, or with `at_least` no less."""

    figure: str
    measured: str
    value: float | None = None
    bar: float | None = None
    goal: float | None = None
    unit: str = ""
    at_least: bool = False

    def cells(self):
        holds = ge if self.at_least else le
        sign = "≥" if self.at_least else "≤"

        def limit(of):
            return "" if of is None else f"{sign} {of:g}{self.unit}"

        def verdict(of):
            return "" if of is None else "yes" if holds(self.value, of) else "**no**"

        return self.figure, self.measured, limit(self.bar), verdict(self.bar), limit(self.goal), verdict(self.goal)


HEADINGS = ("figure", "measured", "bar", "met", "goal", "met")


def line(cells):
    return "| " + " | ".join(cells) + " |"


def head(headings):
    """The lines above those of the table."""
    return line(headings), line("---" for _ in headings)
