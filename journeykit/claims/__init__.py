"""The map held against the numbers: claims and their verdicts, journey tests, suggestions."""

from .atlas import atlas_row
from .gate import ACCEPT, Gate
from .lint import lint
from .scope import Evidence
from .suggest import suggest
from .testing import JourneyTest, journey_tests, planned_tests
from .verdict import SIGNS, Verdict, decide, verdict, verdicts
from .words import between_words, claim_words, value_words
