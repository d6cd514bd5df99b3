"""Slides of a deck, from a template: titles that fit, tables that go on, charts with their data.

All lengths are points.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from journeykit.charts.drawing.theme import clean, is_rtl, wrap
from journeykit.errors import RunError

_PLAIN = Path(__file__).with_name("plain.pptx")
EMU = 12_700
"""What the format counts in, to a point."""
_GAP = 10.0
Rows = Sequence[Sequence[str]]


def place(x: float, y: float, wide: float, high: float) -> tuple[int, ...]:
    """Turn points into what the format counts in."""
    return tuple(round(each * EMU) for each in (x, y, wide, high))


class Slides:
    """A deck while it is made; ``left``, ``top``, ``wide`` and ``high`` are the room below a title.

    Raises
    ------
    RunError
        Where the template is none, or has no layout with a title and room below it.
    """

    def __init__(self, template: Path | None) -> None:
        from pptx import Presentation

        try:
            self.deck: Any = Presentation(str(template or _PLAIN))
        except Exception as problem:  # the reader raises a dozen kinds; it is told below
            raise RunError(
                f"{template} is no PowerPoint file that can be read: {problem}"
            ) from None
        listed = self.deck.element.get_or_add_sldIdLst()
        for each in [*listed]:  # what a template shows by way of example
            self.deck.part.drop_rel(each.rId)
            listed.remove(each)
        self.tall = int(self.deck.slide_height or 0) / EMU
        titled = [each for each in self.deck.slide_layouts if _title(each) is not None]
        roomy = [each for each in titled if _bottom(_title(each)) < self.tall * 0.4]
        if not roomy:
            raise RunError(
                f"{template} has no layout with a title in its upper part and room below it: add "
                "one, such as “Title Only”, or leave --template away"
            )
        self.layout = min(roomy, key=lambda each: len(each.placeholders))
        self.cover = next((each for each in titled if each not in roomy), self.layout)
        shape = _title(self.layout)
        self.left, self.top = shape.left / EMU, _bottom(shape) + _GAP
        self.wide, self.high = shape.width / EMU, self.tall - self.top - 3 * _GAP
        self.slide: Any = None

    def add(self, title: str, note: str = "", cover: str = "") -> None:
        """Begin a slide; ``cover`` is what stands below the title of a first one."""
        self.slide = self.deck.slides.add_slide(self.cover if cover else self.layout)
        for shape in self.slide.placeholders:
            if shape == self.slide.shapes.title:
                high = _bottom(shape) - shape.top / EMU
                self.write(shape, title, 40 if cover else 24, shape.width / EMU, high, bold=True)
            elif cover:
                self.write(shape, cover, 18, shape.width / EMU, shape.height / EMU)
                cover = ""
            else:
                shape.element.getparent().remove(shape.element)
        self.slide.notes_slide.notes_text_frame.text = clean(note)

    def write(
        self, shape: Any, text: str, size: int, wide: float, high: float, **look: Any
    ) -> None:
        """Write a text as large as it fits, at most ``size``."""
        text, frame, bold = clean(text), shape.text_frame, look.get("bold", False)
        while size > 10 and len(wrap(text, wide, size, bold)) * size * 1.2 > high:
            size -= 1
        frame.text, frame.word_wrap = text, True
        for part in (run for line in frame.paragraphs for run in line.runs):
            part.font.size = size * EMU
            for name, value in look.items():
                setattr(part.font, name, value)

    def box(
        self,
        area: tuple[float, ...],
        text: str,
        ink: str,
        fill: str = "",
        line: str = "",
        kind: int = 5,
        align: int = 1,
        **look: Any,
    ) -> None:
        """Draw a shape with words: a rounded rectangle, or an oval (9); colours as #rrggbb."""
        from pptx.dml.color import RGBColor

        shape = self.slide.shapes.add_shape(kind, *place(*area))
        for part, colour in ((shape.fill, fill), (shape.line.fill, line)):
            if colour:
                part.solid()
                part.fore_color.rgb = RGBColor.from_string(colour[1:])
            else:
                part.background()
        if kind == 5:
            shape.adjustments[0] = 0.08
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = 5 * EMU
        frame.margin_top = frame.margin_bottom = 0
        self.write(shape, text, 10, area[2] - 10, area[3], **look)
        for paragraph in frame.paragraphs:
            paragraph.alignment = align
            paragraph.font.color.rgb = RGBColor.from_string(ink[1:])
        for part in shape.element.iter(_PARAGRAPH) if is_rtl(text) else ():
            part.set("rtl", "1")

    def table(
        self,
        title: str,
        heads: Sequence[str],
        rows: Rows,
        shares: Sequence[float],
        note: str = "",
        rest: str = "",
    ) -> None:
        """Lay a table on as many slides as it takes; a row that is too high goes on, too.

        With ``rest``, a sentence, it is on one slide, and this stands in place of what is left.
        """
        columns = [self.wide * share / sum(shares) for share in shares]
        size, lead, pad = 12, 15.0, 9.0
        most = int((self.high - lead - 2 * pad) / lead)
        pages: list[list[list[str]]] = [[]]
        left = 0.0
        for row in rows:
            lines = [wrap(text, wide - 18, size) for text, wide in zip(row, columns)]
            for at in range(0, max(map(len, lines)), most):
                part = [each[at : at + most] for each in lines]
                high = max(map(len, part)) * lead + pad
                if pages[-1] and high > left:
                    pages.append([])
                left = (left if pages[-1] else self.high - lead - pad) - high
                pages[-1].append(["\n".join(each) for each in part])
        if rest and pages[1:]:
            pages = [[*pages[0][:-1], [rest, *[""] * (len(columns) - 1)]]]
        for number, page in enumerate(filter(None, pages), 1):
            self.add(f"{title} ({number})" if number > 1 else title, note)
            area = place(self.left, self.top, self.wide, 24.0 * (len(page) + 1))
            made = self.slide.shapes.add_table(len(page) + 1, len(columns), *area).table
            for column, wide in zip(made.columns, columns):
                column.width = round(wide * EMU)
            for line, row in zip(made.rows, [heads, *page]):
                for cell, text in zip(line.cells, row):
                    self.write(cell, text.replace("\n", " "), size, 1e6, 1e6)

    def chart(self, names: Sequence[str], series: dict[str, Any], form: str) -> None:
        """Draw bars with their values; the data is in the chart, to be changed there."""
        from pptx.chart.data import CategoryChartData
        from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION

        data = CategoryChartData(number_format=form)
        data.categories = [*map(clean, names)]
        for name, values in series.items():
            data.add_series(name, values)
        area = place(self.left, self.top, self.wide, self.high - 50)
        drawn = self.slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *area, data).chart
        drawn.font.size, drawn.has_legend = 12 * EMU, len(series) > 1
        if drawn.has_legend:
            drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
        drawn.category_axis.reverse_order = True  # else the first stands at the bottom
        drawn.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        drawn.value_axis.visible = drawn.value_axis.has_major_gridlines = False
        plot = drawn.plots[0]
        plot.gap_width, plot.has_data_labels = 60, True
        plot.data_labels.number_format, plot.data_labels.number_format_is_linked = form, False


_PARAGRAPH = "{http://schemas.openxmlformats.org/drawingml/2006/main}pPr"


def _title(layout: Any) -> Any:
    """Find the title of a layout; None where it has none."""
    from pptx.enum.shapes import PP_PLACEHOLDER as KIND

    kinds = (KIND.TITLE, KIND.CENTER_TITLE)
    found = (s for s in layout.placeholders if s.placeholder_format.type in kinds)
    return next((shape for shape in found if shape.top is not None), None)


def _bottom(shape: Any) -> float:
    return float(shape.top + shape.height) / EMU
