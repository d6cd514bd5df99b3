"""Comments that one side of a merge wrote, put back where they belong."""

import re
from collections.abc import Callable

_ALONE = re.compile(r"\s*#")
_BEHIND = re.compile(r"(.*\S)(\s+#.*)")


def keep_comments(text: str, theirs: str, base: str, same: Callable[[str], bool]) -> str:
    r"""Put the comments that are new in `theirs` into `text`, each before or behind its line.

    Parameters
    ----------
    text : str
        The joined file, which has the comments of ours.
    theirs, base : str
        What the other side made of what both began with.
    same : callable
        Tells whether a text still says the same; what would change that is left out.

    Examples
    --------
    >>> keep_comments("a: 1\nb: 3\n", "a: 1\n# why\nb: 2\n", "a: 1\nb: 1\n", lambda text: True)
    'a: 1\n# why\nb: 3\n'
    """
    old = base.splitlines()
    lines = theirs.splitlines()
    for number, line in enumerate(lines):
        if line in old or line in text.splitlines():
            continue
        if _ALONE.match(line):
            kept = _before(
                text.splitlines(), line, [x for x in lines[number + 1 :] if not _ALONE.match(x)]
            )
        elif behind := _BEHIND.fullmatch(line):
            kept = [f"{x}{behind[2]}" if x == behind[1] else x for x in text.splitlines()]
        else:
            continue
        tried = "\n".join(kept) + "\n"
        text = tried if same(tried) else text
    return text


def _before(lines: list[str], comment: str, following: list[str]) -> list[str]:
    """Insert a comment before the first of the lines that follow it and is there once, or at the
    end.
    """
    for line in following:
        for place in (lambda x: x, _key):
            found = [n for n, there in enumerate(lines) if place(there) == place(line)]
            if len(found) == 1:
                return [*lines[: found[0]], comment, *lines[found[0] :]]
    return [*lines, comment.strip()]


def _key(line: str) -> str:
    """A line without its value, for a field that the other side changed, too."""
    return line.partition(":")[0]
