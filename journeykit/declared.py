"""What floors above declare and floors below look up, and the files that lie beside a module.

A claim is a word of the model, its metrics are declared with the numbers, two floors higher. The
door, which stands above both, says where they are; they are loaded when first looked at.
"""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple


def beside(module: str) -> Any:
    """Read the TOML file that lies beside a module and has its name; give ``__file__``.

    Examples
    --------
    >>> from journeykit.words import columns
    >>> beside(columns.__file__)["name"]["from_event"]
    'From'
    """
    return tomllib.loads(Path(module).with_suffix(".toml").read_text("utf-8"))


@cache
def template(module: str, kind: str = "html", **filters: Any) -> Any:
    """Read the page, or the pieces of one, that lie beside a module; what a page shows is escaped.

    ``filters`` are functions that its words go through.

    Examples
    --------
    >>> from journeykit.run import panels
    >>> template(panels.__file__).render(title="<b>", cells=[]).count("<h1>&lt;b&gt;</h1>")
    1
    """
    from jinja2 import Environment

    made = Environment(autoescape=kind == "html", trim_blocks=True, lstrip_blocks=True)
    made.filters |= filters
    return made.from_string(Path(module).with_suffix(f".{kind}.j2").read_text("utf-8"))


@cache
def phrase(text: str, value: bool = False) -> Any:
    """Read a text with places for what is known, or an expression that makes a value of it.

    Of an expression that ends in ``if`` and has no ``else`` nothing may be left: ``Undefined``.

    Examples
    --------
    >>> phrase("{{ n }} weeks")({"n": 3}), phrase("7 * n", True)({"n": 3})
    ('3 weeks', 21)
    """
    from jinja2 import Environment, StrictUndefined

    made = Environment(trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined)
    return made.compile_expression(text, False) if value else made.from_string(text).render


class Metric(NamedTuple):
    """What can be claimed of a number.

    ``words`` names it, with ``{of}`` for what it is of and ``{stage}`` for its stage; ``kind`` is
    its unit: ``share`` (0..1), ``points`` (a difference of shares), ``percent`` (0..100),
    ``score``, ``minutes``, ``hours`` or ``number``; ``of`` says what ``of`` names, with ``?``
    where it may be left out, and ``joined`` what stands between two names; ``ends`` are the ends
    of its scale;
    ``about_stage`` marks one that is of a stage; ``take`` takes it from the table of its number: a
    function, or what :func:`journeykit.numbers.claimed.take` is given. The number is asked with
    ``options`` (a mapping, or a function that makes one of ``of`` and stage); ``asks`` names the
    parameters that get what it is ``of``; ``counts`` says what its n counts;
    ``nights`` how an alarm is held against every night (:mod:`journeykit.numbers.nights`): "" where
    no procedure is known.
    """

    words: str
    take: Callable | Mapping
    of: str = ""
    kind: str = "share"
    table: str = ""
    ends: tuple[float, float] | None = None
    about_stage: bool = False
    joined: str = " to "
    options: Mapping | Callable | None = None
    asks: str = ""
    counts: str = "customers"
    nights: str = ""

    @property
    def parts(self) -> int:
        """How many names ``of`` takes, at most; 0 for two and more."""
        return 0 if self.of == "path" else 2 if " and " in self.of or self.of[:4] == "two " else 1


class Declared(Mapping[str, Metric]):
    """A mapping that is loaded when it is first looked at."""

    source: Callable[[], Mapping[str, Metric]] = dict

    def __getitem__(self, name: str) -> Metric:
        return self.source()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.source())

    def __len__(self) -> int:
        return len(self.source())


METRICS = Declared()
"""Every metric of the catalogue by its name."""
