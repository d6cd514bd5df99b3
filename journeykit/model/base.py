"""What all models share: text stays text, unknown keys are refused, copies not changes."""

import itertools
import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Mapping
from datetime import date
from typing import Annotated, Any, ClassVar, Self
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from journeykit.errors import did_you_mean

Data = dict[str, Any]
"""What is said in plain words: a document, a part of it, or what an operation brings."""
Facts = Mapping[str, Any]
"""The same, where it is only read."""
Names = dict[str, str]
"""Ids to the names that people read, or other pairs of words."""
Keys = tuple[str | int, ...]
"""The keys that lead to a place in a document."""
Problems = list[tuple[str, str]]
"""What is wrong: a key, and a sentence."""
rule: Any = model_validator(mode="after")
"""A method that checks what a document says as a whole, and returns it."""
_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# A browser reads a backslash as a slash, and %2e as a dot.
_LINK = re.compile(
    r"(?:https?://|mailto:)[^\s\\]+|(?![/?])(?!.*(?:\.|%2e){2})[^:\\\x00-\x1f\x7f]+", re.I
)
_RESERVED = re.compile("con|prn|aux|nul|(com|lpt)[0-9]")


def slug(text: str, fallback: str = "item") -> str:
    """Turn any text into an id in kebab-case.

    Examples
    --------
    >>> slug("Café & Größe: 2 Wege")
    'cafe-grosse-2-wege'
    >>> slug("日本")
    'item'
    >>> slug("CON.")  # no file of this name can be on Windows
    'con-item'
    """
    ascii_text = (
        unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    )
    id = "-".join(re.findall(r"[a-z0-9]+", ascii_text.casefold()))[:60].strip("-") or fallback
    return f"{id}-item" if _RESERVED.fullmatch(id) else id


def free_name(name: str, taken: Container[str]) -> str:
    """Give a name, or the first of ``name-2``, ``name-3`` … that is not taken.

    Examples
    --------
    >>> free_name("pay", {"pay", "pay-2"})
    'pay-3'
    """
    numbered = (name if number == 1 else f"{name}-{number}" for number in itertools.count(1))
    return next(one for one in numbered if one not in taken)


def new_id(text: str, taken: Container[str], fallback: str = "item") -> str:
    """Make a short id of any text that nobody has yet."""
    return free_name(slug(text, fallback)[:40].strip("-"), taken)


def wrong(sentence: str, *place: str | int) -> PydanticCustomError:
    """Make the error of a model; ``place`` leads to the key that is wrong, for its line."""
    return PydanticCustomError("rule", "{said}", {"said": sentence, "place": place})


def unknown(looked: Iterable[tuple[str, str, str | None, Collection[str]]]) -> Problems:
    """List what is named and not there, as (key, sentence); looked at are key, what, value,
    known.
    """
    return [
        (key, f"there is no {what} '{value}'. {did_you_mean(value, known, show=20)}")
        for key, what, value, known in looked
        if value is not None and value not in known
    ]


def check_once(kind: str, items: Iterable[Any], key: str = "id") -> None:
    """Refuse a list in which two things have the same id, or whatever tells them apart."""
    seen = set[str]()
    for place, item in enumerate(items):
        value = getattr(item, key)
        if value in seen:
            raise wrong(
                f"two {kind} have the {key} '{value}': give one of them another", kind, place, key
            )
        seen.add(value)


def _check_id(value: str) -> str:
    if not _ID.fullmatch(value):
        raise wrong(
            f"'{value}' is no id: use small letters, digits and single hyphens, "
            f"as in '{slug(value)}'"
        )
    return value


def as_list(value: Any) -> Any:
    """One word stands for a list of one, because people write it that way."""
    if value is None:
        return ()
    return [value] if isinstance(value, str | int | float | dict | BaseModel) else value


def one_of(*words: str, of: Collection[str] = ()) -> AfterValidator:
    """Accept only these words, or those of a collection, and say which one is near."""
    allowed = words or of

    def check(value: str) -> str:
        if value not in allowed:
            raise wrong(f"'{value}' is not allowed here. {did_you_mean(value, allowed)}")
        return value

    return AfterValidator(check)


def _check_zone(name: str) -> str:
    if name and name not in available_timezones():
        raise wrong(
            f"'{name}' is no time zone such as Europe/Berlin. "
            f"{did_you_mean(name, available_timezones(), show=0)}"
        )
    return name


def _stripped(value: Any) -> Any:
    return str(value).strip() if isinstance(value, str | int | float) else value


def _reasons(value: Any) -> Any:
    """Read the codes that are silenced; one without a reason is kept, so that it can be told."""
    if isinstance(value, Mapping):
        return {str(code): "" if reason is None else reason for code, reason in value.items()}
    codes = as_list(value)
    return (
        value if any(isinstance(code, list | dict) for code in codes) else dict.fromkeys(codes, "")
    )


_PERCENT = r"(?:%|per ?cento?|pct|pro[zc]ent|pour ?cent|por ?cien(?:to)?|por ?cento)\.?"


def with_sign(text: str) -> str:
    """Write what means per cent with its sign, behind the number.

    Examples
    --------
    >>> with_sign("16 percent"), with_sign("% 16,5"), with_sign("16"), with_sign("５０％")
    ('16%', '16,5%', '16', '50%')
    """
    plain = unicodedata.normalize("NFKC", text).replace("−", "-").strip()
    before = re.fullmatch(rf"{_PERCENT}\s*(.*)", plain, re.I)
    return re.sub(rf"\s*{_PERCENT}$", "%", f"{before[1]}%" if before else plain, flags=re.I)


def read_share(value: Any) -> Any:
    """Read a share as people write it; a number above 1 is per cent. What is none stays.

    Examples
    --------
    >>> [read_share(text) for text in ("16%", "16 percent", 16, "0.16", "16,5 %", "many")]
    [0.16, 0.16, 0.16, 0.16, 0.165, 'many']
    """
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return value
    found = re.fullmatch(r"([+-]?(?:\d+[.,]?\d*|[.,]\d+))\s*(%?)", with_sign(str(value)))
    if not found:
        return value
    number = float(found[1].replace(",", "."))
    return round(number / 100, 12) if found[2] or abs(number) > 1 else number


def _check_link(value: str) -> str:
    if value and not _LINK.fullmatch(value):
        raise wrong(
            f"'{value}' is no link: write an address that begins with https://, http:// or "
            "mailto:, or a file of this folder such as notes/interview.pdf"
        )
    return value


Text = Annotated[str, BeforeValidator(_stripped)]
Share = Annotated[float, BeforeValidator(read_share)]
"""A share from 0 to 1, written as people write it."""
Id = Annotated[Text, AfterValidator(_check_id)]
Ref = Id | None
"""The id of something else, where it is named."""
Day = date | None
Feeling = Annotated[float, Field(ge=-2, le=2)] | None
Link = Annotated[Text, AfterValidator(_check_link)]
Zone = Annotated[Text, AfterValidator(_check_zone)]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_list)]
Silence = Annotated[dict[str, Text], BeforeValidator(_reasons)]
"""Code of a finding to the reason why it does not matter here."""


class Model(BaseModel):
    """A frozen model whose unknown keys are refused, unless they begin with ``x-``."""

    model_config = ConfigDict(extra="allow", frozen=True)
    elsewhere: ClassVar[Names] = {}
    also: ClassVar[Collection[str]] = ()

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = [field.alias or name for name, field in cls.model_fields.items()] + [*cls.also]
        for key in map(str, data):
            if key not in known and not key.startswith("x-"):
                hint = cls.elsewhere.get(key) or did_you_mean(key, known, show=30)
                raise wrong(
                    f"the key '{key}' is not known here. {hint} "
                    "Begin a key of your own with 'x-' to keep it",
                    key,
                )
        # An empty value in YAML (`owner:`) means "not filled in", not the word None.
        return {key: value for key, value in data.items() if value is not None}

    def with_(self, **changes: Any) -> Self:
        """Return a checked copy with these fields changed; an empty value takes a field away."""
        filled = {key: value for key, value in changes.items() if value not in (None, "", [])}
        return type(self).model_validate({**self.plain({*changes}), **filled})

    def plain(self, without: Collection[str] = ()) -> Data:
        """Return only what was filled in, as plain Python, ready for YAML."""
        return self.model_dump(mode="json", exclude_unset=True, by_alias=True, exclude={*without})


Doc = Model | None
"""A document; None where there is none (any more)."""
