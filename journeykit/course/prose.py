"""What can be said of sentences without judging them, in any language and script."""

import re
from math import ceil
from unicodedata import east_asian_width

FEWEST_WORDS, FEWEST_DIFFERENT = 9, 6
_LONGEST_WORD = 18
_ENDS = re.compile(r"[.!?。！？؟।…]+(?=\s|$|[^\s.])")
_RUN = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """Split a text into words; a script without spaces counts two letters as one.

    Examples
    --------
    >>> len(words_of("Of 6,000 people 812 bought.")), len(words_of("六千人中有八百人购买"))
    (6, 5)
    """
    words: list[str] = []
    for run in _RUN.findall(text.casefold()):
        wide = east_asian_width(run[0]) in "WF"
        long = 2 if wide else _LONGEST_WORD
        words += [run[at * long : (at + 1) * long] for at in range(ceil(len(run) / long))]
    return words


def too_short(text: str) -> str:
    """Say that a text is no answer yet; empty where it may be one."""
    words = words_of(text)
    if len(words) < FEWEST_WORDS:
        return f"Of so few words ({len(words)}) nobody can tell what you mean: write sentences."
    if len(set(words)) < FEWEST_DIFFERENT:
        return "These are the same words again and again. Write whole sentences."
    return ""


def remarks(text: str, sample: str, rubric: str) -> list[str]:
    """Say what is worth a second look: no points hang on it."""
    words, said = words_of(text), []
    if words == words_of(sample):
        said.append("This is the sample. What would you say yourself?")
    elif set(words) <= set(words_of(rubric)):
        said.append("These are the words of what gives points. Answer the question itself.")
    if not any(letter.isdigit() for letter in text) and any(map(str.isdigit, sample)):
        said.append("There is no number in it. How many, of how many?")
    if len(_ENDS.findall(text)) < 2 <= len(_ENDS.findall(sample)):
        said.append("It is one sentence. Did you also say what is not known?")
    return said
