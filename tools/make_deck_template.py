"""Write the template that decks are made of: `python tools/make_deck_template.py`.

Two layouts on a master of 16 by 9, in the kit's colours, written out part by part: a cover, and a
title with free room below it. A template of one's own takes its place by `--template`.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

TO = Path(__file__).resolve().parents[1] / "journeykit" / "export" / "plain.pptx"
WIDE, HIGH = 12_192_000, 6_858_000
NS = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPE = "application/vnd.openxmlformats-officedocument"
# Okabe and Ito's, as in journeykit/charts/drawing/theme.py.
COLOURS = {
    "dk1": "1B2733", "lt1": "FFFFFF", "dk2": "5B6773", "lt2": "EEF1F4", "accent1": "0072B2",
    "accent2": "D55E00", "accent3": "009E73", "accent4": "8A4F9E", "accent5": "E69F00",
    "accent6": "56B4E9", "hlink": "0072B2", "folHlink": "8A4F9E",
}  # fmt: skip


def rels(*targets: tuple[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'{HEAD}<Relationships xmlns="{space}">{rows}</Relationships>'


def theme() -> str:
    colours = "".join(f'<a:{n}><a:srgbClr val="{c}"/></a:{n}>' for n, c in COLOURS.items())
    font = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    line = f'<a:ln w="9525">{fill}<a:prstDash val="solid"/></a:ln>'
    none = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        f'{HEAD}<a:theme {NS} name="journeykit"><a:themeElements>'
        f'<a:clrScheme name="Okabe-Ito">{colours}</a:clrScheme>'
        f'<a:fontScheme name="Arial"><a:majorFont>{font}</a:majorFont>'
        f"<a:minorFont>{font}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="plain"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{none * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme>"
        "</a:themeElements></a:theme>"
    )


def box(
    n: int, name: str, place: tuple[int, int, int, int], more: str, body: str, fill: str = ""
) -> str:
    x, y, wide, high = place
    held = f"<p:nvPr><p:ph {more}/></p:nvPr>" if more else '<p:nvPr userDrawn="1"/>'
    look = (
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        + (f'<a:solidFill><a:schemeClr val="{fill}"/></a:solidFill>' if fill else "<a:noFill/>")
        + "<a:ln><a:noFill/></a:ln>"
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{n}" name="{name}"/><p:cNvSpPr/>{held}</p:nvSpPr>'
        f'<p:spPr><a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>{look}'
        f"</p:spPr><p:txBody>{body}</p:txBody></p:sp>"
    )


def words(
    text: str, size: int, anchor: str, bold: int = 0, colour: str = "tx1", align: str = "l"
) -> str:
    style = (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="{size}" b="{bold}">'
        f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )
    inset = 'lIns="0" tIns="0" rIns="0" bIns="0"'
    return (
        f'<a:bodyPr {inset} anchor="{anchor}"><a:normAutofit/></a:bodyPr>'
        f"<a:lstStyle>{style}</a:lstStyle><a:p>{text}</a:p>"
    )


def run(text: str) -> str:
    return f'<a:r><a:rPr lang="en-GB"/><a:t>{text}</a:t></a:r>'


def tree(shapes: str) -> str:
    return (
        '<p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>'
        '<p:grpSpPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/>'
        f'<a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>{shapes}</p:spTree>'
    )


STYLE = "{5C22544A-7EE6-4342-B048-85BDC9FD1C3A}"  # the one that python-pptx asks for
MARGIN = 457_200
TITLE = (MARGIN, 320_040, WIDE - 2 * MARGIN, 777_240)


def master() -> str:
    title = box(2, "Title", TITLE, 'type="title"', words(run("Title"), 2400, "ctr", 1))
    body = box(
        3, "Text", (MARGIN, 1_234_440, WIDE - 2 * MARGIN, 5_029_200), 'type="body" idx="1"',
        words(run("Text"), 1400, "t"),
    )  # fmt: skip
    level = (
        '<a:lvl1pPr algn="l"><a:defRPr sz="{}"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill>'
        '<a:latin typeface="+m{}-lt"/></a:defRPr></a:lvl1pPr>'
    )
    return (
        f'{HEAD}<p:sldMaster {NS}><p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val="bg1"/>'
        f"</a:solidFill><a:effectLst/></p:bgPr></p:bg>{tree(title + body)}</p:cSld>"
        '<p:clrMap bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2" accent1="accent1" accent2="accent2" '
        'accent3="accent3" accent4="accent4" accent5="accent5" accent6="accent6" hlink="hlink" '
        'folHlink="folHlink"/><p:sldLayoutIdLst><p:sldLayoutId id="2147483649" r:id="rId1"/>'
        '<p:sldLayoutId id="2147483650" r:id="rId2"/></p:sldLayoutIdLst><p:txStyles>'
        f"<p:titleStyle>{level.format(2400, 'j')}</p:titleStyle>"
        f"<p:bodyStyle>{level.format(1400, 'n')}</p:bodyStyle>"
        f"<p:otherStyle>{level.format(1400, 'n')}</p:otherStyle></p:txStyles></p:sldMaster>"
    )


def layout(name: str, kind: str, shapes: str) -> str:
    return (
        f'{HEAD}<p:sldLayout {NS} type="{kind}" preserve="1"><p:cSld name="{name}">{tree(shapes)}'
        "</p:cSld><p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr></p:sldLayout>"
    )


def cover() -> str:
    wide = WIDE - 3 * MARGIN
    return layout(
        "Cover",
        "title",
        box(4, "Bar", (0, 0, 228_600, HIGH), "", words("<a:endParaRPr/>", 1000, "t"), "accent1")
        + box(2, "Title", (2 * MARGIN, 1_828_800, wide, 1_600_200), 'type="ctrTitle"',
              words(run("Title"), 4000, "b", 1))
        + box(3, "Subtitle", (2 * MARGIN, 3_657_600, wide, 1_828_800), 'type="subTitle" idx="1"',
              words(run("Subtitle"), 1800, "t", 0, "tx2")),
    )  # fmt: skip


def plain() -> str:
    number = (
        '<a:fld id="{6D2C0B5E-1B7F-4A52-9E7C-2B7F3A1D9C10}" type="slidenum"><a:rPr lang="en-GB"/>'
        "<a:t>0</a:t></a:fld>"
    )
    return layout(
        "Title only",
        "titleOnly",
        box(4, "Bar", (0, 320_040, 91_440, 777_240), "", words("<a:endParaRPr/>", 1000, "t"), "accent1")
        + box(2, "Title", TITLE, 'type="title"', words(run("Title"), 2400, "ctr", 1))
        + box(5, "Number", (WIDE - MARGIN - 914_400, 6_492_240, 914_400, 228_600), "",
              words(number, 1000, "ctr", 0, "tx2", "r")),
    )  # fmt: skip


def tables() -> str:
    """The style that tables get: a dark head, every other row shaded, thin lines between them."""
    fill = '<a:fill><a:solidFill><a:schemeClr val="{}"/></a:solidFill></a:fill>'
    line = (
        '<a:insideH><a:ln w="6350"><a:solidFill><a:schemeClr val="bg2"><a:shade val="90000"/>'
        "</a:schemeClr></a:solidFill></a:ln></a:insideH>"
    )
    return (
        f'{HEAD}<a:tblStyleLst {NS.split(" ")[0]} def="{STYLE}"><a:tblStyle styleId="{STYLE}" '
        'styleName="Plain"><a:wholeTbl><a:tcTxStyle><a:fontRef idx="minor"/><a:schemeClr val="tx1"/>'
        f"</a:tcTxStyle><a:tcStyle><a:tcBdr>{line}</a:tcBdr></a:tcStyle></a:wholeTbl>"
        f"<a:band2H><a:tcStyle><a:tcBdr/>{fill.format('bg2')}</a:tcStyle></a:band2H>"
        '<a:firstRow><a:tcTxStyle b="on"><a:fontRef idx="minor"/><a:schemeClr val="bg1"/>'
        f"</a:tcTxStyle><a:tcStyle><a:tcBdr/>{fill.format('accent1')}</a:tcStyle></a:firstRow>"
        "</a:tblStyle></a:tblStyleLst>"
    )


def parts() -> dict[str, str]:
    over = {
        "ppt/presentation.xml": "presentationml.presentation.main",
        "ppt/slideMasters/slideMaster1.xml": "presentationml.slideMaster",
        "ppt/slideLayouts/slideLayout1.xml": "presentationml.slideLayout",
        "ppt/slideLayouts/slideLayout2.xml": "presentationml.slideLayout",
        "ppt/theme/theme1.xml": "theme",
        "ppt/tableStyles.xml": "presentationml.tableStyles",
    }
    types = "".join(
        f'<Override PartName="/{part}" ContentType="{TYPE}.{kind}+xml"/>'
        for part, kind in over.items()
    )
    known = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    )
    space = "http://schemas.openxmlformats.org/package/2006/content-types"
    return {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="{space}">{known}{types}</Types>',
        "_rels/.rels": rels(("officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": (
            f'{HEAD}<p:presentation {NS}><p:sldMasterIdLst><p:sldMasterId id="2147483648" r:id="rId1"/>'
            "</p:sldMasterIdLst><p:sldIdLst/>"
            f'<p:sldSz cx="{WIDE}" cy="{HIGH}"/><p:notesSz cx="{HIGH}" cy="9144000"/></p:presentation>'
        ),
        "ppt/_rels/presentation.xml.rels": rels(
            ("slideMaster", "slideMasters/slideMaster1.xml"),
            ("theme", "theme/theme1.xml"),
            ("tableStyles", "tableStyles.xml"),
        ),
        "ppt/slideMasters/slideMaster1.xml": master(),
        "ppt/slideMasters/_rels/slideMaster1.xml.rels": rels(
            ("slideLayout", "../slideLayouts/slideLayout1.xml"),
            ("slideLayout", "../slideLayouts/slideLayout2.xml"),
            ("theme", "../theme/theme1.xml"),
        ),
        "ppt/slideLayouts/slideLayout1.xml": cover(),
        "ppt/slideLayouts/slideLayout2.xml": plain(),
        **{
            f"ppt/slideLayouts/_rels/slideLayout{n}.xml.rels": rels(
                ("slideMaster", "../slideMasters/slideMaster1.xml")
            )
            for n in (1, 2)
        },
        "ppt/theme/theme1.xml": theme(),
        "ppt/tableStyles.xml": tables(),
    }


if __name__ == "__main__":
    with zipfile.ZipFile(TO, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in parts().items():  # the same bytes each time
            file.writestr(
                zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text.encode(), zipfile.ZIP_DEFLATED
            )
    print(TO.relative_to(TO.parents[2]), TO.stat().st_size)
