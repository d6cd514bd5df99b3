"""The map held against the numbers: claims and their verdicts, journey tests, suggestions."""

from journeykit.claims.lint import lint
from journeykit.claims.scope import Evidence
from journeykit.claims.suggest import suggest
from journeykit.claims.testing import JourneyTest, journey_tests, planned_tests
from journeykit.claims.verdict import Verdict, decide, verdict, verdicts
from journeykit.claims.words import claim_words, value_words
