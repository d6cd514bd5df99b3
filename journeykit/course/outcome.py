"""What a check found, in words, with a sign and a colour: never by colour alone."""

import html
import re
import sys
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a question stands; the value is what a person reads."""

    RIGHT = "right"
    WRONG = "not yet"
    UNTRIED = "not attempted"
    BROKEN = "could not run"
    OPEN = "compare it yourself"
    HANDED_IN = "handed in"

    @property
    def sign(self) -> str:
        """A sign that needs no colour."""
        return _SIGNS.get(self, "✎")


GREY = "#5f6368"
_SIGNS = {State.RIGHT: "✓", State.WRONG: "✗", State.UNTRIED: "○", State.BROKEN: "!"}
_COLOURS = {State.RIGHT: "#2e7d32", State.WRONG: "#b3261e", State.BROKEN: "#9a6700"}


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
        return f"{self.state.sign} {self.state.capitalize()}{named}"

    def __str__(self) -> str:
        lines = [self.head, self.says, *(f"  - {point}" for point in self.more)]
        if self.answer and self.state is not State.RIGHT:
            lines.append(f"Your answer: {self.answer}")
        return "\n".join(filter(None, lines))

    def _repr_html_(self) -> str:
        return self.page()

    def page(self, foot: str = "", *, head: str = "", answered: bool = False) -> str:
        """Draw the outcome.

        Parameters
        ----------
        foot : str
            A small line of text below it.
        head : str
            Stands in place of :attr:`head`.
        answered : bool
            Show what was answered where it is right, too.
        """
        points = "".join(f"<li>{rich_text(point)}</li>" for point in self.more)
        answer = self.answer if answered or self.state is not State.RIGHT else ""
        small = "<div style='opacity:.75;white-space:pre-wrap'>%s</div>"
        parts = {
            f"<div>{rich_text(self.says)}</div>": self.says,
            f"<ul style='margin:.3em 0'>{points}</ul>": points,
            small % f"Your answer: {html.escape(answer)}": answer,
            small % f"<small>{html.escape(foot)}</small>": foot,
        }
        said = "".join(part for part, there in parts.items() if there)
        return box(head or self.head, said, _COLOURS.get(self.state, GREY))


def rich_text(text: str) -> str:
    """Escape a text; backticks make code, stars make it bold or slanted, and lines stay lines.

    Examples
    --------
    >>> rich_text("`a<b` & c")
    '<code>a&lt;b</code> &amp; c'
    >>> rich_text("**d** says *more*, 2 * 3 and `a * b * c`")
    '<b>d</b> says <em>more</em>, 2 * 3 and <code>a * b * c</code>'
    """
    parts = re.split(r"`([^`\n]+)`", html.escape(text, quote=False))
    for place, part in enumerate(parts):
        bold = re.sub(r"\*\*(\S[^*\n]*)\*\*", r"<b>\1</b>", part)
        slanted = re.sub(r"(?<![\w*])\*([^\s*][^*\n]*)\*(?![\w*])", r"<em>\1</em>", bold)
        parts[place] = f"<code>{part}</code>" if place % 2 else slanted
    return "".join(parts).replace("\n", "<br>")


def box(head: str, inner: str, colour: str = GREY) -> str:
    """Draw a box with a coloured edge; `inner` is HTML already, `head` is not."""
    return (
        f"<div class='journeykit-box' style='border-left:4px solid {colour};padding:.35em .9em;"
        "margin:.4em 0;max-width:48em;overflow-wrap:anywhere'>"
        f"<b>{html.escape(head)}</b>{inner}</div>"
    )


def show(text: str, page: str) -> None:
    """Show something in a notebook as HTML, elsewhere as text."""
    if "IPython" in sys.modules:
        from IPython.core.getipython import get_ipython

        if get_ipython() is not None:  # type: ignore[no-untyped-call]
            from IPython.display import display

            display({"text/html": page, "text/plain": text}, raw=True)  # type: ignore[no-untyped-call]
            return
    print(text)


def tell(head: str, says: str = "") -> None:
    """Show a box with a head and, below it, a text."""
    show(f"{head}: {says}" if says else head, box(head, f"<div>{rich_text(says)}</div>"))
