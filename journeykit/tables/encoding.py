"""Text files as they come: unpacked, and what all of their bytes say of encoding and lines."""

import codecs
import io
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from journeykit.declared import beside
from journeykit.errors import DataError

_CHUNK = 1 << 20
#: How a packed file begins, to the library that opens it.
_PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\x28\xb5\x2f\xfd": "zstandard"}
#: What unfolds to more than this, and to so many times its size, is a trap.
_SMALL, _TIMES = 1_000_000_000, 100
_MARKS = {codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32"}
_MARKS |= {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_SIGNS, _LANGUAGES, _KNOWN = beside(__file__).values()
_SIGN = re.compile("|".join(_SIGNS))
_FOREIGN = re.compile(rb'[^\r\n,;\t"]*[\x80-\xff][^\r\n,;\t"]*')
_NEVER_TEXT = bytes([*range(1, 9), *range(14, 32), 127])
#: So many cells with other letters are kept, so many of them judged, by so many bytes of each.
_FOREIGN_KEPT, _JUDGED, _LONG = 2_000, 500, 1_000
_WORD = re.compile(r"[^\W_]*[^\0-\x7f][^\W_]*")
#: What hardly stands beside a letter: it is the second byte of another one.
_BESIDE = re.compile(r"[^\0-\x7f][@\[\\\]^`{}~]")
#: Two scripts in a word.
_JOINED = re.compile(r"[A-Za-z][^\0-\x7f]|[^\0-\x7f][A-Za-z]")


def unpacked(file: Path) -> IO[bytes]:
    """A file's bytes, through gzip, bzip2 or Zstandard where they begin like one of these.

    Examples
    --------
    >>> import gzip
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     _ = (packed := Path(folder, "log.csv")).write_bytes(gzip.compress(b"user,event"))
    ...     with unpacked(packed) as stream:
    ...         stream.read()
    b'user,event'
    """
    with file.open("rb") as stream:
        head = stream.read(4)
    library = next((name for mark, name in _PACKED.items() if head.startswith(mark)), "builtins")
    found: IO[bytes] = import_module(library).open(file, "rb")
    return found


def bounded(file: Path, unfolded: int) -> None:
    """Refuse what unfolds without end."""
    if unfolded > max(_SMALL, _TIMES * file.stat().st_size):
        raise DataError(
            f"{file.name} unfolds to more than {_TIMES} times its size, as a trap does. If "
            "it is none, unpack it yourself and name what was in it."
        )


def parts_of(file: Path) -> Iterator[bytes]:
    """A file's bytes, unpacked, a megabyte at a time; an error where they have no end."""
    read = 0
    with unpacked(file) as stream:
        while part := stream.read(_CHUNK):
            read += len(part)
            bounded(file, read)
            yield part


@dataclass
class Bytes:
    """What all bytes of a text file say.

    Parameters
    ----------
    encodings : list of str
        Python's names of what it may be, the likeliest first.
    plain : bool
        Whether DuckDB can read it as it stands.
    longest : int
        Bytes of the longest line, about.
    lines : int
        How many lines it has, where it is plain.
    """

    encodings: list[str]
    plain: bool
    longest: int
    lines: int


def judged(file: Path) -> Bytes:
    """Look at every byte of a text file: no sample decides what it is."""
    decoder, utf8, foreign = codecs.getincrementaldecoder("utf-8")(), True, Counter[bytes]()
    size = pairs = returns = feeds = longest = since = 0
    zeros, head, last = [0, 0], b"", b""
    for part in parts_of(file):
        head, ascii_only = head or part, part.isascii()
        if here := part.count(b"\n"):
            longest, since = max(longest, since + part.find(b"\n")), -part.rfind(b"\n")
        since += len(part)
        feeds += here
        if b"\r" in part or last == b"\r":
            returns += part.count(b"\r")
            pairs += part.count(b"\r\n") + (last == b"\r" and part[:1] == b"\n")
        if b"\0" in part:
            zeros = [n + part[(side + size) % 2 :: 2].count(0) for side, n in enumerate(zeros)]
        if utf8 and not ascii_only:
            try:
                decoder.decode(part)
            except UnicodeDecodeError:
                utf8 = False
        if len(foreign) < _FOREIGN_KEPT and not ascii_only:
            foreign.update(_FOREIGN.findall(part))
        size, last = size + len(part), part[-1:]
    if mark := next((name for mark, name in _MARKS.items() if head.startswith(mark)), ""):
        encodings = [mark]
    elif max(zeros) > max(size / 20, 10 * min(zeros)):
        encodings = ["utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"]
    elif len(head.translate(None, _NEVER_TEXT)) < 0.98 * len(head):
        raise DataError(f"{file.name} holds no text, and is of no kind that the kit knows.")
    else:
        encodings = ["utf-8"] if utf8 else _told(foreign)
    longest = max(longest, since)
    with file.open("rb") as stream:  # what is packed begins with other bytes
        alike = returns in (0, feeds) and pairs == returns and head.startswith(stream.read(4))
    lines = feeds + (last not in (b"\n", b""))
    return Bytes(encodings, alike and utf8 and encodings == ["utf-8"], longest, lines)


def _told(foreign: Counter[bytes]) -> list[str]:
    """The encodings that cells with other letters than ASCII's may be in."""
    broken = sum(n for cell, n in foreign.items() if "\ufffd" in cell.decode(errors="replace"))
    if broken < 0.1 * foreign.total():
        return ["utf-8 with broken letters"]
    cells = [cell[:_LONG] for cell in [*foreign][:_JUDGED]]
    odd = [n / 5 + _surprise(cells, each) for n, each in enumerate(_KNOWN)]
    return [each["name"] for _, each in sorted(zip(odd, _KNOWN), key=lambda pair: pair[0])]


def _surprise(cells: list[bytes], known: Any) -> float:
    """How little the cells read as words of one language in an encoding, in bits."""
    texts = [cell.decode(known["name"], errors="replace") for cell in cells]
    if "bytes" in known:
        common = re.compile(f"([\0-\x7f]|{known['bytes']})+")
        return sum(
            8 * len(_JOINED.findall(text))
            + sum(10 - 5 * ("\u3040" < letter < "\u3100") for letter in text if letter > "\x7f")
            * (1 if common.fullmatch(cell.decode("latin-1")) else 3)
            for cell, text in zip(cells, texts)
        )
    languages = [_LANGUAGES[name] for name in known["letters"]] or [""]
    bits = [[_bits(text, letters) for letters in languages] for text in texts]
    return min(sum(min(of[n], min(of) + 6) for of in bits) for n in range(len(languages)))


def _bits(text: str, letters: str) -> float:
    """How little a text reads as words of a language with these letters beside ASCII's."""
    rest, signs = _SIGN.subn(" ", text)
    latin = letters < "\u0250"
    bits = 5.0 * signs + 6 * len(_BESIDE.findall(rest))
    bits += 0 if latin else 8 * len(_JOINED.findall(rest))
    for word in _WORD.findall(rest):
        plain = word[1:] in (word[1:].lower(), word[1:].upper())
        bits += 6 * (not plain or bool(re.search(r"\d", word)))
        for letter in word:
            rank = max(letters.find(letter), letters.find(letter.lower()))
            bits += (letter > "\x7f") * (14 if rank < 0 else 3 + 2 * latin + rank / 4)
    return bits


def rewritten(file: Path, encodings: list[str], into: Path) -> list[str]:
    """Write a text file anew, in UTF-8 and with one kind of line end; a note of its encoding."""
    for encoding in encodings:
        name, _, broken = encoding.partition(" ")
        decoder = codecs.getincrementaldecoder(name.replace("utf-8", "utf-8-sig"))(
            "replace" if broken else "strict"
        )
        lines = io.IncrementalNewlineDecoder(decoder, translate=True)
        with suppress(UnicodeDecodeError), into.open("w", encoding="utf-8", newline="") as out:
            for part in parts_of(file):
                out.write(lines.decode(part))
            out.write(lines.decode(b"", final=True))
            note = (
                f"read the text of {file.name} as {encoding}, judged from all of it: save it as "
                "UTF-8 where letters look wrong"
            )
            return [note] * (encoding != "utf-8")
    raise DataError(
        f"The text of {file.name} is in no encoding that can be told ({encodings[0]} comes "
        "nearest). Save it as UTF-8."
    )
