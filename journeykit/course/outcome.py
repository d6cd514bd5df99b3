"""What a check found, in words, with a sign and a colour: never by colour alone."""

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from journeykit.declared import beside, template


class State(StrEnum):
    """How a question stands; the value is what a person reads."""

    RIGHT = "right"
    WRONG = "not yet"
    UNTRIED = "not attempted"
    BROKEN = "could not run"
    OPEN = "compare it yourself"
    HANDED_IN = "handed in"


SIGNS, _COLOURS = beside(__file__).values()
"""Sign and colour of a state."""
PEN = "✎"
"""The sign of other states: a person reads it."""
_MARKED = re.compile(
    r"`(?P<code>[^`\n]+)`|\*\*(?P<b>\S[^*\n]*)\*\*|(?<![\w*])\*(?P<em>[^\s*][^*\n]*)\*(?![\w*])"
)
GREY = "#5f6368"


@dataclass(frozen=True)
class Outcome:
    """What became of one answer.

    Parameters
    ----------
    state : State
    says : str
        Why, in a sentence that teaches.
    mistake : str
        The name of the common mistake that this is, where it is one.
    answer : str
        What was answered, for a person to read.
    more : tuple of str
        Points to hold an open answer against.
    """

    state: State
    says: str = ""
    mistake: str = ""
    answer: str = ""
    more: tuple[str, ...] = ()

    @property
    def head(self) -> str:
        """Sign, state and the name of the mistake."""
        named = f": {self.mistake}" if self.mistake else ""
        return f"{SIGNS.get(self.state, PEN)} {self.state.capitalize()}{named}"

    def box(self, foot: str = "", answered: bool = False) -> "Box":
        """Put it into a box; what was answered stands there where it is not right, or always."""
        lines = [self.says, *(f"• {point}" for point in self.more)]
        if self.answer and (answered or self.state is not State.RIGHT):
            lines.append(f"Your answer: {self.answer}")
        return Box(self.head, [*lines, foot], _COLOURS.get(self.state, GREY))


@dataclass(frozen=True, repr=False)
class Box:
    """What people read: a head, lines of text and perhaps code, as a box or as plain text.

    The first line is what is said; those after it, about it, are paler.
    """

    head: str
    lines: Sequence[str] = ()
    colour: str = GREY
    code: str = ""

    def __repr__(self) -> str:
        return "\n".join(filter(None, (self.head, self.code, *self.lines)))

    def _repr_html_(self) -> str:
        return str(template(__file__).render(box=self, rich=rich_text))


def rich_text(text: str) -> str:
    """Escape a text; backticks make code, stars make it bold or slanted.

    Examples
    --------
    >>> rich_text("`a<b` & c")
    '<code>a&lt;b</code> &amp; c'
    >>> rich_text("**d** says *more*, 2 * 3 and `a * b * c`")
    '<b>d</b> says <em>more</em>, 2 * 3 and <code>a * b * c</code>'
    """
    return _MARKED.sub(
        lambda found: f"<{found.lastgroup}>{found[found.lastindex or 0]}</{found.lastgroup}>",
        html.escape(text, quote=False),
    )
