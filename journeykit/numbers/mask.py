"""Take out of a text what could name a person: addresses, numbers, ids, names.

What has a form of its own (e-mail addresses, accounts, cards, telephones, ids with check digits)
is found anywhere, in labels too; names, streets, birth dates, passwords and order numbers by the
cues of twelve languages (``masks.txt``), names also by common first names. Masking errs on the side
of taking too much. How much it finds is measured in ``benchmarks/PRIVACY.md``; what no pattern can
know is found only where the caller gives it (`known`).
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from functools import cache, lru_cache
from importlib import import_module
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

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
DIGIT, FAR = re.compile(r"\d"), re.compile(r"[\u0600-\u06ff\u3040-\u9fff]")
Match = re.Match[str]
_IDS = (
    "iban es.dni es.nie it.codicefiscale nl.bsn pl.pesel se.personnummer fr.nir br.cpf cn.ric "
    "de.idnr jp.in_"
).split()
_REGIONS = "GB US DE AT CH FR BE ES MX AR CO PT BR IT NL SE PL CN JP SA EG AE MA IN TR".split()


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


# --- the rules, read from `masks.txt` when they are first needed ----------------------------------


class Rule(NamedTuple):
    """Places that a pattern takes, and the mark for them; "-" sets them aside."""

    mark: str
    pattern: str
    after: str
    told: dict[str, str]
    needs: re.Pattern[str] | None  # nothing to find where the text has none of these signs

    def places(self, text: str, cues: list[int]) -> Iterator[tuple[int, int]]:
        """Find them; the words that announce something begin at `cues`."""
        for found in self._matches(text, cues):
            group = found.lastgroup or 0
            digits = sum(sign.isdigit() for sign in found[group])
            check = self.told.get("if")
            if digits >= int(self.told.get("min", 0)) and (
                not check or _CHECKS[check](found[group])
            ):
                yield found.span(group)

    def _matches(self, text: str, cues: list[int]) -> Iterator[Match]:
        if not self.after:
            yield from _read(self.pattern).finditer(text.lower() if "small" in self.told else text)
        if not self.after or not cues:
            return
        written, after = text.lower(), _read(self.after)
        for at in cues:
            cue = after.match(written, at)
            if cue and (found := _read(self.pattern).match(text, cue.end())):
                yield found


# Compiled when the first text has what they need: all of them take a second.
_read = cache(re.compile)


@cache
def rules() -> tuple[list[Rule], re.Pattern[str]]:
    """Read them, in the order in which they are tried; and where any of the cues may begin."""
    text = Path(__file__).with_name("masks.txt").read_text("utf-8")
    parts: dict[str, str] = {}
    found, cues = [], []
    for block in re.sub(r"(?m)^#.*\n", "", text).split("== ")[1:]:
        head, body = block.strip().split("\n", 1)
        kind, name, *options = head.split(" ")
        if kind == "list":
            body = _either(body.split())
        elif kind == "words":
            body = re.sub(r"\|?\n", "|", body).replace(" ", r"\s")
        else:
            body = re.sub(r"\{([A-Z_]+)\}", lambda m: parts[m[1]], body.replace("\n", ""))
        parts[name] = body
        if kind == "rule":
            told = dict(option.partition("=")[::2] for option in options)
            after = _cue(parts[told["after"]]) if "after" in told else ""
            cues += [parts[told["after"]]] if after else []
            digits = r"\d" in re.sub(r"\[[^\]]*\]", "", body)  # in a class it is one of several
            needs = FAR if "far" in told else DIGIT if digits else None
            found.append(Rule(name, body, after, told, needs))
    return found, re.compile(f"(?={_cue('|'.join(set(cues)))})")


def _either(words: list[str]) -> str:
    """Match one of many words, by their first letters, which is faster than one after the other."""
    groups = groupby(sorted(set(words)), key=lambda word: word[0])
    return "|".join(f"{first}(?:{'|'.join(word[1:] for word in same)})" for first, same in groups)


def _cue(words: str) -> str:
    """Match one of these at the beginning of a word; of Chinese and Japanese, anywhere."""
    return (
        rf"(?:(?<![^\W_])و?|(?<=[\u3040-\u9fff])(?=[\u3040-\u9fff]))(?:{words})"
        r"(?:(?![^\W\d_])|(?<=[\u3040-\u9fff]))"
    )


@lru_cache(10_000)
def _checked(text: str) -> bool:
    """Whether these are the check digits of a national id."""
    return any(import_module(f"stdnum.{name}").is_valid(text.upper()) for name in _IDS)


@lru_cache(10_000)
def _dialled(text: str) -> bool:
    """Whether it is a telephone in one of the regions."""
    import phonenumbers as phones

    return any(phones.is_valid_number(phones.parse(text, region)) for region in _REGIONS)


_CHECKS = {"checked": _checked, "dialled": _dialled}
