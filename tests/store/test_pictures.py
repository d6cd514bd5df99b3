"""Pictures and links on cards: what may be shown, what is refused, and that nothing else goes out."""

from __future__ import annotations

import base64
import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from journeykit.claims import lint
from journeykit.errors import FileProblem
from journeykit.model import Card
from journeykit.store import Folder, create, picture

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
SECRET = b"taken in the kitchen of Anna"


def photo(kind: str = "JPEG", size: tuple[int, int] = (1200, 900), **more: Any) -> bytes:
    """A picture with a place, a comment and a direction in it, as a phone takes it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, SECRET.decode()  # turned to the right; a description
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    plain = Image.new("RGB", size, "#0072b2")
    plain.save(out, kind, exif=exif, comment=SECRET, **more)
    return out.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def bomb(side: int) -> bytes:
    """A small PNG that says of itself that it is huge."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100_000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def made(root: Path, name: str, data: bytes) -> tuple[str, str]:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_bytes(data)
    return picture(root, name)


def opened(address: str) -> Image.Image:
    kind, _, data = address.partition(",")
    assert kind == "data:image/jpeg;base64"
    return Image.open(io.BytesIO(base64.b64decode(data)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_is_drawn_anew_and_small(tmp_path: Path, kind: str) -> None:
    before = photo(kind)
    address, why = made(tmp_path, "pictures/till.img", before)
    assert why == "", "what it is, is told from its bytes"
    shown = opened(address)
    assert max(shown.size) == 480
    wide, high = shown.size
    assert (wide < high) is (kind != "GIF"), "turned as the phone was held; a GIF does not say"
    # Pillow types a dot as one number or several; RGB has three.
    red, green, blue = shown.convert("RGB").getpixel((20, 20))  # type: ignore[misc]
    assert max(abs(red), abs(green - 0x72), abs(blue - 0xB2)) < 12
    raw = base64.b64decode(address.partition(",")[2])
    assert SECRET in before
    assert SECRET not in raw
    assert b"Exif" not in raw
    assert not shown.getexif()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
def test_pictures_of_every_kind_of_colour(tmp_path: Path, mode: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (40, 30)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    address, why = made(tmp_path, "a.png", out.getvalue())
    assert why == ""
    assert opened(address).size == (40, 30), "a small one is not blown up"


def test_what_is_seen_through_stands_on_white(tmp_path: Path) -> None:
    out = io.BytesIO()
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(out, "PNG")
    address, _ = made(tmp_path, "a.png", out.getvalue())
    assert opened(address).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "../outside.png",
        "pictures/../../outside.png",
        "/etc/passwd",
        "~/../../etc/passwd/../../../etc/passwd",
        "https://evil.example/a.png",
        "HTTP://evil.example/a.png",
        "file:///etc/passwd",
        "data:image/png;base64,iVBORw0KGgo=",
        "//server/share/a.png",
        r"\\server\share\a.png",
        r"C:\Users\anna\a.png",
    ],
)
def test_only_what_lies_in_the_folder_is_looked_at(tmp_path: Path, name: str) -> None:
    root = tmp_path / "shop"
    root.mkdir()
    (tmp_path / "outside.png").write_bytes(photo("PNG"))
    address, why = picture(root, name)
    assert address == ""
    assert "outside of the workshop folder" in why
    assert "put a copy into it" in why


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "shop"
    (root / "pictures").mkdir(parents=True)
    (tmp_path / "outside.png").write_bytes(photo("PNG"))
    (root / "a.png").symlink_to(tmp_path / "outside.png")
    (root / "out").symlink_to(tmp_path)
    (root / "pictures" / "real.png").write_bytes(photo("PNG"))
    (root / "b.png").symlink_to(root / "pictures" / "real.png")
    assert "outside" in picture(root, "a.png")[1]
    assert "outside" in picture(root, "out/outside.png")[1]
    assert picture(root, "b.png")[1] == "", "one that stays inside is what it leads to"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\0" * 5_000_001, "5 MB"),
        (bomb(100_000), "50 million pixels"),
        (bomb(11_000), "50 million pixels"),
        (bomb(8_000), "50 million pixels"),
        (SVG, "SVG can hold scripts"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>" + SVG, "SVG can hold scripts"),
        (b"root:x:0:0:root", "no PNG, JPEG, GIF or WebP"),
        (b"", "no PNG, JPEG, GIF or WebP"),
        (photo()[:3000], "can be read"),
        (b"<html><img src=x onerror=alert(1)>", "no PNG"),
        (b"BM" + b"\0" * 200, "no PNG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no PNG"),
    ],
    ids=lambda given: given[:12] if isinstance(given, bytes) else "",
)
@pytest.mark.filterwarnings("error")
def test_what_is_no_picture_is_told_in_a_sentence(tmp_path: Path, data: bytes, why: str) -> None:
    address, said = made(tmp_path, "a.png", data)
    assert address == ""
    assert why in said
    assert said.startswith("Its picture is not shown: ")
    assert str(tmp_path) not in said
    assert "a.png" not in said, "the name of the file stays at home"


@pytest.mark.parametrize("name", ["none.png", "pictures", ".", "a\0b.png", "x" * 5000, "a/\ud800"])
def test_a_name_of_nothing_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "pictures").mkdir()
    address, said = picture(tmp_path, name)
    assert (address, said[:25]) == ("", "Its picture is not shown:")


# Windows has no pipes that are files, so that no card can name one there.
@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    assert "no such file" in picture(tmp_path, "a.png")[1]


def test_a_picture_that_changes_is_read_again(tmp_path: Path) -> None:
    first, _ = made(tmp_path, "a.png", photo("PNG"))
    os.utime(tmp_path / "a.png", ns=(1, 1))
    (tmp_path / "a.png").write_bytes(photo("PNG", (300, 900)))
    second, _ = picture(tmp_path, "a.png")
    assert first != second


# --- in a workshop ------------------------------------------------------------------------------


@pytest.fixture
def shop(tmp_path: Path) -> Folder:
    return create(tmp_path / "shop", "retail")


def with_card(shop: Folder, **more: str) -> Path:
    """Write a card by hand, as a file can hold it."""
    path = shop.root / "journeys" / "mobile-maya.yaml"
    keys = "".join(f"    {key}: {value!r}\n" for key, value in more.items())
    card = "  - id: shot\n    stage: purchase\n    lane: touchpoints\n    text: The till\n"
    path.write_text(f"{path.read_text('utf-8').rstrip()}\n{card}{keys}", "utf-8")
    return path


def found(shop: Folder) -> list[dict[str, Any]]:
    return [each.row() for each in lint(Folder(shop.root)) if each.code == "JK123"]


@pytest.mark.parametrize(
    ("name", "why"), [("none.png", "no such file"), ("../../etc/passwd", "outside")]
)
def test_check_names_file_card_rule_and_fix(shop: Folder, name: str, why: str) -> None:
    with_card(shop, image=name)
    (row,) = found(shop)
    assert (row["file"], row["card"]) == ("journeys/mobile-maya.yaml", "shot")
    assert row["line"] > 1
    assert name in row["sentence"]
    assert why in row["sentence"]
    assert "PNG, JPEG, GIF or WebP of at most 5 MB" in row["fix"]


def test_check_is_quiet_about_a_good_one(shop: Folder) -> None:
    made(shop.root, "pictures/till.png", photo("PNG"))
    with_card(shop, image="pictures/till.png", link="https://shop.example/till")
    assert found(shop) == []


@pytest.mark.parametrize(
    "link",
    [
        "https://shop.example/a?b=c&d=%20#e",
        "http://shop.example",
        "HTTPS://shop.example",
        "mailto:team@shop.example",
        "notes/interview 3.pdf",
        "notes/interview.pdf#page=2",
        "v1.2/a.html?x=1",
        "",
    ],
)
def test_links_that_are_ones(link: str) -> None:
    assert Card(id="a", stage="buy", lane="actions", text="Pays", link=link).link == link


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        " javascript:alert(1)",
        "vbscript:x",
        "data:text/html,<script>alert(1)</script>",
        "file:///etc/passwd",
        "blob:https://shop.example/1",
        "ftp://shop.example/a",
        "//evil.example/a",
        r"\\evil.example\a",
        r"/\evil.example",
        "/etc/passwd",
        "../../etc/passwd",
        "notes/../../a",
        "notes/%2e%2e/%2E./a",
        "https:evil.example",
        "https://a b",
        "javascript&colon;alert(1)\n:",
    ],
)
def test_links_that_are_none_are_refused_with_the_rule(shop: Folder, link: str) -> None:
    with pytest.raises(ValueError, match="is no link: write an address that begins with https://"):
        Card(id="a", stage="buy", lane="actions", text="Pays", link=link)


def test_a_link_that_is_none_is_told_with_its_line(shop: Folder) -> None:
    path = with_card(shop, link="javascript:alert(1)")
    line = len(path.read_text("utf-8").splitlines())
    with pytest.raises(FileProblem, match="is no link") as told:
        Folder(shop.root).journey("mobile-maya")
    assert (told.value.file, told.value.line) == ("journeys/mobile-maya.yaml", line)
