"""`benchmarks/RESULTS.md`, part by part: a part that is measured again replaces its older self."""

from __future__ import annotations

import os
import platform
import re
from datetime import date
from pathlib import Path

FILE = Path(__file__).with_name("RESULTS.md")
_TITLE = "# Results of the benchmarks\n\n`make bench` writes this file; figures that fall short stay in.\n"


def machine() -> str:
    """What was measured on and when, in one line; the load says whether the machine was quiet."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores{_model()}, {memory:.0f} GB, {platform.system()}, "
        f"Python {platform.python_version()}, {date.today()}, load {os.getloadavg()[0]:.1f} at the start"
    )


def _model() -> str:
    """What kind of processor, where the system says so."""
    told = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", told.read_text()) if told.exists() else None
    return f" ({found.group(1).strip()})" if found else ""


def write_part(heading: str, text: str, file: Path = FILE) -> None:
    """Write the part under a heading of the second level; the other parts stay."""
    whole = file.read_text("utf-8") if file.exists() else _TITLE
    part = f"## {heading}\n\n{text.strip()}\n"
    found = re.search(rf"^## {re.escape(heading)}\n.*?(?=^## |\Z)", whole, re.M | re.S)
    start, end = found.span() if found else (len(whole), len(whole))
    whole = f"{whole[:start].rstrip()}\n\n{part}\n{whole[end:]}"
    file.write_text(whole.rstrip() + "\n", "utf-8")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table; all columns but the first are figures."""
    line = "|" + "|".join(["---", *["---:"] * (len(head) - 1)]) + "|"
    return "\n".join(
        ["| " + " | ".join(head) + " |", line, *("| " + " | ".join(row) + " |" for row in rows)]
    )
