"""Take out of a text what could name a person: addresses, numbers, ids, names.

What has a form of its own (e-mail addresses, accounts, cards, telephones, ids with check digits)
is found anywhere, in labels too; names, streets, birth dates, passwords and order numbers by the
cues of twelve languages (`mask_words`), names also by common first names. Masking errs on the side
of taking too much. How much it finds is measured in ``benchmarks/PRIVACY.md``; what no pattern can
know is found only where the caller gives it (`known`).
"""

import re
import unicodedata
from collections.abc import Collection

from .mask_rules import DIGIT, FAR, rules

GONE = "\ue000"
"""Stands where something was taken out or set aside: a private character that no rule takes."""
# One character for one, so that places stay: digits and letters of full width, Arabic digits.
_PLAIN = str.maketrans(
    {chr(i): chr(i - 0xFEE0) for i in range(0xFF10, 0xFF5B)}
    | {chr(zero + i): str(i) for zero in (0x660, 0x6F0, 0x966) for i in range(10)}
    | dict(zip(f"＠－．＋（）／＿’‘＃‐‑–−\xa0\u202f\u3000İ{GONE}", "@-.+()/_''#----   I "))
)
_WORD = re.compile(r"[\w-]*\w")
TAKEN = re.compile(r"\[(?:e-mail|link|name|date|password|id|account|number|address|phone)\]")
"""What stands in the place of what was taken out."""


def mask(text: str, known: Collection[str] = frozenset()) -> str:
    """Mask addresses, telephone and account numbers, ids, birth dates, passwords and names.

    Other dates, years, prices, sizes and small numbers stay. A name is recognised after a cue ("my
    name is", "Mrs", "Regards,", in twelve languages), as a signature, by a common first name, or
    when it is `known`.

    Parameters
    ----------
    text : str
        What a customer wrote, or a label: the value of a column, the name of an event.
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
    text = unicodedata.normalize("NFC", text)
    left = text.translate(_PLAIN)
    taken: list[tuple[int, int, str]] = []
    every, cue = rules()
    cues = [found.start() for found in cue.finditer(left.lower())]
    lacks = [sign for sign in (DIGIT, FAR) if not sign.search(left)]
    for rule in every:
        if rule.needs in lacks:
            continue
        here, at = [], 0
        for start, end in rule.places(left, cues):
            if at <= start < end:
                here += [left[at:start], GONE * (end - start)]
                at = end
                if rule.mark != "-":
                    taken.append((start, end, rule.mark))
        left = "".join(here) + left[at:]
    if known:
        taken += (
            (*word.span(), "[name]")
            for word in _WORD.finditer(left)
            if len(word.group()) > 2 and text[slice(*word.span())] in known
        )
    parts, at = [], 0
    for start, end, mark in sorted(taken):
        parts += [text[at:start], mark]
        at = end
    return "".join(parts) + text[at:]
