"""The shapes that charts are made of, beside ranked rows: groups of dots, heat maps, curves.

A chart function turns its frame into a small frame of words and numbers for display and hands
it to one of these. Only what is drawn is embedded, so no other column can leak into a report.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import altair as alt
from pandas import DataFrame

from journeykit.words import column_of, number, people, percent

from .picture import LINES, Made, each, few, footnote, intervals, told
from .theme import (
    BLUE,
    FORMS,
    HEAT,
    INK,
    PAPER,
    SERIES,
    SHAPES,
    SYMBOLS,
    WIDTH,
    Spec,
    looks,
    text_width,
)

_DECLARED = looks(__file__)
AXES = _DECLARED["axes"]
"""How an axis looks, by what stands on it."""


def inline(data: DataFrame) -> alt.InlineData:
    """Embed a small frame as it is, unknown numbers as null."""
    return alt.InlineData(values=json.loads(data.round(4).to_json(orient="records")))


def layers(data: DataFrame, height: float, *parts: alt.Chart, width: int = WIDTH) -> Any:
    """Charts of the same frame over each other."""
    return alt.layer(*parts, data=inline(data)).properties(width=width, height=height)


def base(tips: Mapping[str, str], **encoding: Any) -> alt.Chart:
    """A chart without data and mark, with its tooltip: column to heading."""
    return alt.Chart().encode(
        **encoding, tooltip=[alt.Tooltip(f"{c}:N", title=said) for c, said in tips.items()]
    )


def paint(**fields: str) -> Spec:
    """Channels whose columns hold the colour or the shape itself: ``paint(fill="colour")``."""
    return {
        channel: getattr(alt, channel.title())(f"{field}:N", scale=None, legend=None)
        for channel, field in fields.items()
    }


def shapes(along: alt.Chart, name: str, **look: Any) -> list[alt.Chart]:
    """The layers of ``marks.toml`` by this name, of a chart that knows its rows.

    ``look`` is more for the mark of each.
    """
    made = list[alt.Chart]()
    for layer in _DECLARED["layers"][name]:
        mark = layer["mark"] | look
        drawn = getattr(along, f"mark_{mark.pop('type')}")(**mark)
        made.append(drawn.encode(**layer.get("encode", {}), **paint(**layer.get("paint", {}))))
    return made


def marked(frame: DataFrame) -> DataFrame:
    """Give each row colour and shape of its verdict, and the verdict its sign."""
    words = [str(word) for word in frame.get("verdict", [""] * len(frame))]
    signs = [SYMBOLS.get(word, ("", BLUE)) for word in words]
    return frame.assign(
        verdict=each(lambda sign, word: f"{sign[0]} {word}".strip(), signs, words),
        verdict_colour=[colour for _, colour in signs],
        verdict_shape=[FORMS.get(sign, "circle") for sign, _ in signs],
    )


def beside(names: Iterable[str]) -> Spec:
    """An axis of names with room for the widest font: what draws the SVG measures a narrow one."""
    widest = max((text_width(str(name), 12) for name in names), default=0)
    return {"minExtent": min(196, 6 + round(widest))}


def stack(panels: Sequence[Any]) -> Any:
    """Panels under each other; one alone stays a single view, which can fit its page."""
    return alt.vconcat(*panels, spacing=18) if len(panels) > 1 else panels[0]


def dots(
    frame: DataFrame,
    axis: str,
    row: str,
    group: Iterable[str],
    value: str,
    count: str,
    counted: str,
    order: Iterable[str] = (),
) -> Any:
    """Groups within each row, a dot of its own colour and shape, its interval.

    `row` and `value` are columns of `frame` beside low, high and small_n, `group` words, `count`
    the column that counts and `counted` what. With an `order`, groups stand under each other,
    each with its interval; without one hollow on one bar.
    """
    apart = bool(order)
    order = list(dict.fromkeys(order or group))
    data = frame[["low", "high"]].assign(
        name=told(frame, row),
        group=group,
        value=frame[value],
        text=each(lambda v, n: f"{percent(v)} ({people(n, counted)})", frame[value], frame[count]),
    )
    legend = {"columns": min(len(order), 4), "symbolFillColor": PAPER}
    scale = {"domain": order, "range": SERIES * 4}
    stroke = alt.Stroke("group:N", legend=legend, scale=scale)
    shape = alt.Shape("group:N", legend=legend, scale=scale | {"range": SHAPES * 4})
    y = alt.Y("name:N", sort=None, title=None, axis=beside(data["name"]))
    along = base({"name": column_of(row).label, "group": "Group", "text": "Value"}, y=y)
    rule = shapes(along, "together")
    if apart:
        along = along.encode(
            y=y.scale(paddingInner=0.25), yOffset=alt.YOffset("group:N", sort=order)
        )
        rule = shapes(along.encode(stroke=stroke), "apart")
    x = alt.X("value:Q", title=axis, axis=AXES["share"])
    dot = shapes(along.encode(x=x, stroke=stroke, shape=shape), "group")
    paints = dict(zip(order, SERIES * 4, strict=False))
    data["fill"] = data["group"].map(paints).mask(few(frame) | (not apart), PAPER)
    tall = max(34, 14 * len(order) + 10) if apart else 36
    return layers(data, tall * data["name"].nunique(), *rule, *dot)


def by_group(frame: DataFrame, step: str, value: str, count: str, axis: str, counts: str) -> Made:
    """Draw the share that gets to each step, for the six groups that began with most.

    The first column has the groups, each with its rows in the order of the steps.
    """
    by = str(frame.columns[0])
    numbered = frame.get("step_number", frame[step])
    first = numbered == numbered.iloc[0]
    start = frame[first].set_index(by)[count].sort_values(ascending=False, kind="stable")[:6]
    shown = frame[~first & frame[by].isin(start.index)]
    order = dict(zip(start.index, told(start.reset_index(), by), strict=True))
    at = ", ".join(each("{} {}".format, order.values(), start.map(number)))
    left = footnote(shown, left=first.sum() - len(start), rest="smaller groups", counts=counts)
    whole = dots(shown, axis, step, shown[by].map(order), value, count, counts, order.values())
    return whole, f"{counts.capitalize()} at the start: {at}. {LINES} {left}"


def heat(
    data: DataFrame,
    axis: str,
    order: list[str],
    tips: Mapping[str, str],
    *,
    across: Any = None,
    down: str | None = None,
    side: Any = None,
    most: float = 0,
    **look: Any,
) -> Any:
    """Cells at `x` and `y`, coloured by `value` up to `most`, with `text` in them.

    `order` and `across` are the orders of rows and columns, `down` the title of the rows; `look`
    is more for the axis of the columns, which stands on top; what is wider than its column is cut.
    """
    most, columns = most or float(data["value"].max()) or 1.0, data["x"].nunique()
    cells = base(
        tips,
        x=alt.X(
            "x:O",
            sort=across or "ascending",
            title=axis,
            axis=AXES["across"] | {"labelLimit": {"expr": f"width / {columns} - 4"}} | look,
        ),
        y=alt.Y("y:N", sort=order, title=down, axis=side or beside(order)),
    )
    colour = alt.Color(
        "value:Q",
        scale={"domain": [0, most], "range": HEAT, "interpolate": "rgb", "clamp": True},
        legend=None,
    )
    roomy = f"width < {26 * columns} ? 0 : 1"  # no words over each other on a phone
    return layers(
        data.assign(ink=[PAPER if value > 0.55 * most else INK for value in data["value"]]),
        28 * data["y"].nunique(),
        *shapes(cells.encode(color=colour), "cell"),
        *shapes(cells, "cell_text", opacity={"expr": roomy}),
    ).resolve_scale(color="independent")


def curve(
    frame: DataFrame,
    x: Spec,
    y: Spec,
    tips: Mapping[str, str],
    *,
    said: Callable[[float], str] = percent,
    band: str = BLUE,
    say: str = "",
    under: Sequence[alt.Chart] = (),
    **look: Any,
) -> Any:
    """A line with its band: `x`, `value`, `low`, `high`; few observations are hollow.

    `x` and `y` say how these two are drawn, without a title unless they have one.
    `tips` are further columns, written as they stand; `say` puts numbers beside "all" points or
    the "last", up or down by `dy`; `under` is drawn first. A column `verdict` gives points their
    colour and shape, if `look` does not.
    """
    frame = marked(frame)
    look = {"colour": frame["verdict_colour"], "shape": frame["verdict_shape"], "dy": 0} | look
    data = frame[list(dict.fromkeys(["x", "value", "low", "high", *tips]))].assign(
        text=frame["value"].map(said) + few(frame).map({True: " *", False: ""}),
        sure=intervals(frame, said),
        last=(frame["x"] == frame["x"].iloc[-1]) | (say == "all"),
        **look,
    )
    data["fill"] = data["colour"].mask(few(frame), PAPER)
    along = base(
        {"text": "Value", "sure": "95% interval", **tips},
        x=alt.X("x:O", **{"title": None, **x}),
        y=alt.Y("value:Q", **{"title": None, **y}),
    )
    parts = [*under, *shapes(along, "band", color=band), *shapes(along, "points")]
    if say:
        parts += shapes(along.transform_filter("datum.last"), "numbers")
    return alt.layer(*parts, data=inline(data))
