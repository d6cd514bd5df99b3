"""Every number through Ibis, over the same Spark: the same words by another connection; and what
takes long on Spark itself.
"""

from __future__ import annotations

import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

others = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_other_engines.py"))))
log, here, there = others.log, others.here, others.there
pytestmark = [pytest.mark.nightly, pytest.mark.spark, pytest.mark.xdist_group("spark")]


@pytest.mark.parametrize(
    ("there", "name"),
    [*(("ibis", name) for name in others.ASKED), *(("spark", name) for name in others.BY_NIGHT)],
    indirect=["there"],
)
def test_the_same_numbers(name: str, here: Any, there: Any) -> None:
    others.test_the_same_numbers(name, here, there)
