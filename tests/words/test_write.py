"""Numbers at the edges, as a person reads them."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from journeykit.words import number, people, percent, span, write


@pytest.mark.parametrize("nothing", [None, np.nan, pd.NA, pd.NaT])
def test_what_is_not_known_is_a_dash_wherever_it_is_written(nothing: Any) -> None:
    said = {percent(nothing), number(nothing), span(nothing), write(nothing), write(nothing, "p")}
    assert said == {"–"}
    assert people(nothing) == "– customers"


def test_what_is_rounded_to_nothing_is_not_below_it() -> None:
    assert (percent(-0.0001), number(-0.001), span(-0.1)) == ("0.0%", "0.00", "0 s")
    assert (percent(-0.001), number(-0.01), span(-1)) == ("−0.1%", "−0.01", "−1 s")


def test_flags_of_numpy_are_flags_and_one_is_one() -> None:
    assert (write(np.True_), write(np.False_), write(True)) == ("yes", "", "yes")
    assert (people(0.9999), people(1), people(2)) == ("1 customer", "1 customer", "2 customers")
