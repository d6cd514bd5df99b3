"""Take out of a quote what could name a person: addresses, numbers, ids, names after a cue.

Masking errs on the side of taking too much. What no pattern can know, such as a name in the
middle of a sentence, is found only where the caller gives it (`known`).
"""

from __future__ import annotations

import re
from collections.abc import Collection

_AT = r"(?:[@＠]|\s?[\(\[]\s?at\s?[\)\]]\s?)"
_HOST = r"[\w-]{1,63}(?:(?:\.|\s?[\(\[]\s?dot\s?[\)\]]\s?)[\w-]{1,63}){1,8}"
_DATE = re.compile(
    r"(?<![\d.\-/])(?:(?:19|20)\d\d([-/.])(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\2(?:19|20)?\d\d"
    r"|(?:19|20)\d\d\s?[-–/]\s?(?:19|20)\d\d|[0-2]?\d:[0-5]\d)(?![.\-/]?\d)"
)
_NAME = r"[^\W\d_][\w'’-]{0,40}\.?(?:[ \t]+[^\W\d_][\w'’-]{0,40}\.?){0,2}"
_CUES = (
    r"my name is|mr|mrs|ms|miss|dr|prof|dear|regards|sincerely|cheers|thanks|thank you|ich heiße|"
    r"mein name ist|herrn?|frau|lieber?|grüße|gruß|je m'appelle|mon nom est|monsieur|madame|"
    r"cordialement|me llamo|mi nombre es|señora?|saludos|meu nome é|senhora?|sra?|"
    r"atenciosamente|abraços?|mi chiamo|signor[ea]?"
)
_CUED = re.compile(rf"(?<!\w)((?i:{_CUES})[.,!:]?\s{{1,4}})({_NAME})")
_SIGNED = re.compile(rf"((?:\n|--|—)[ \t]{{0,8}})({_NAME})(?=\s{{0,8}}\Z)")

_ID = r"(?<![A-Za-z0-9_])"

PATTERNS: list[tuple[str, re.Pattern[str]]] = [  # the longer and surer pattern first
    ("[e-mail]", re.compile(rf"[^\s@＠<>,;:()\[\]\"']{{1,64}}{_AT}{_HOST}", re.IGNORECASE)),
    ("[link]", re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)),
    ("[name]", re.compile(r"(?<!\w)@\w{2,}")),
    ("[account]", re.compile(r"\b[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,7}(?:\s?[A-Z0-9]{1,4})?\b")),
    ("[id]", re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", re.IGNORECASE)),
    ("[number]", re.compile(r"(?<![\d.])(?:\d[ -]?){15,18}\d(?!\d)")),
    (
        "[phone]",
        re.compile(r"(?<![A-Za-z0-9_.])[+＋]?\(?\d(?:[\s().\-/]{0,2}\d){6,14}(?![A-Za-z0-9_])"),
    ),
    # A-2e4581, 3f9a1, 7590-VHVEG. Latin letters only: in scripts without spaces the whole
    # sentence would go with the number.
    (
        "[id]",
        re.compile(rf"{_ID}[A-Za-z][\w#-]{{0,40}}?\d(?:[A-Za-z_-]{{0,40}}\d){{2}}[\w-]*", re.A),
    ),
    ("[id]", re.compile(rf"{_ID}\d[\d-]{{0,40}}[A-Za-z][\w-]{{0,40}}\d[\w-]*", re.A)),
    ("[id]", re.compile(rf"{_ID}\d{{3,40}}-[A-Za-z]{{3,}}", re.A)),
    ("[number]", re.compile(r"\d{5,}")),
]
"""What is taken out, in this order, and the mark that stands in its place."""


def mask(text: str, known: Collection[str] = frozenset()) -> str:
    """Mask e-mail addresses, links, telephone and account numbers, ids and cued names.

    Dates, years, prices and small numbers stay. A name is recognised after a cue ("my name is",
    "Mrs", "Regards,", in six languages), as a signature, or when it is `known`.

    Parameters
    ----------
    text : str
        What a customer wrote.
    known : collection of str
        User ids and names that must not appear, word by word, as a set where there are many.
        Words of one or two characters are not looked for: they are everywhere.

    Returns
    -------
    str
        With ``[e-mail]``, ``[phone]``, ``[id]``, … in the places.

    Examples
    --------
    >>> mask("Order A-2e4581 of 2026-02-03 is late, call +49 171 234 56 78. Regards, Jo Hill")
    'Order [id] of 2026-02-03 is late, call [phone]. Regards, [name]'
    >>> mask("ana(at)shop.example waited 25 minutes", known={"u7"})
    '[e-mail] waited 25 minutes'
    """
    dates: list[str] = []

    def put_by(found: re.Match[str]) -> str:
        dates.append(found.group())
        return "\ue000"  # a private character that no pattern takes

    text = _DATE.sub(put_by, text.replace("\ue000", ""))
    for mark, pattern in PATTERNS:
        text = pattern.sub(mark, text)
    for cue in (_CUED, _SIGNED):
        text = cue.sub(_named, text)
    if known:
        text = re.sub(r"[\w-]*\w", lambda word: _unless_known(word.group(), known), text)
    for date in dates:
        text = text.replace("\ue000", date, 1)
    return text


def _named(found: re.Match[str]) -> str:
    """Mask the capitalised words after a cue, and only those."""
    words = found.group(2).split()
    names = 0
    while names < len(words) and words[names][0].isupper():
        names += 1
    if not names:
        return found.group()
    end = "." if words[names - 1].endswith(".") and names == len(words) else ""
    return found.group(1) + " ".join(["[name]" + end, *words[names:]])


def _unless_known(word: str, known: Collection[str]) -> str:
    return "[name]" if len(word) > 2 and word in known else word
