"""Tables in, tidy frames out: the numbers, and no pictures.

SciPy and scikit-learn are loaded by the functions that need them, when they need them.
"""

from journeykit.numbers.audience import coverage, segment_profile
from journeykit.numbers.basket import basket, next_product
from journeykit.numbers.beliefs import belief_score, beliefs
from journeykit.numbers.campaigns import campaign_coverage, campaign_effect
from journeykit.numbers.change import funnel_change
from journeykit.numbers.channels import attribution, attribution_from_paths, channels
from journeykit.numbers.cohorts import retention, stickiness
from journeykit.numbers.ends import differences, entry_points, last_before_loss
from journeykit.numbers.experiment import read_ab, sample_size
from journeykit.numbers.friction import friction
from journeykit.numbers.funnel import funnel, reached
from journeykit.numbers.hours import promise_hours
from journeykit.numbers.leads import rate_by, rates
from journeykit.numbers.mask import mask
from journeykit.numbers.orders import repeat_purchase
from journeykit.numbers.paths import paths, sessions, step_matrix, transitions
from journeykit.numbers.scores import ces, csat, nps
from journeykit.numbers.service import promises, service
from journeykit.numbers.stats import wilson
from journeykit.numbers.survey import emotion_by_stage, survey_by
from journeykit.numbers.sus import sus, sus_scores
from journeykit.numbers.themes import themes
from journeykit.numbers.timing import order_conformance, stage_times
from journeykit.numbers.weak_spots import weak_spots
from journeykit.numbers.what_if import what_if

__all__ = [
    "attribution",
    "attribution_from_paths",
    "basket",
    "belief_score",
    "beliefs",
    "campaign_coverage",
    "campaign_effect",
    "ces",
    "channels",
    "coverage",
    "csat",
    "differences",
    "emotion_by_stage",
    "entry_points",
    "friction",
    "funnel",
    "funnel_change",
    "last_before_loss",
    "mask",
    "next_product",
    "nps",
    "order_conformance",
    "paths",
    "promise_hours",
    "promises",
    "rate_by",
    "rates",
    "reached",
    "read_ab",
    "repeat_purchase",
    "retention",
    "sample_size",
    "segment_profile",
    "service",
    "sessions",
    "stage_times",
    "step_matrix",
    "stickiness",
    "survey_by",
    "sus",
    "sus_scores",
    "themes",
    "transitions",
    "weak_spots",
    "what_if",
    "wilson",
]
