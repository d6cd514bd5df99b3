"""Tables in, tidy frames out: the numbers, and no pictures.

SciPy and scikit-learn are loaded by the functions that need them, when they need them.
"""

from journeykit.analysis.audience import coverage, segment_profile
from journeykit.analysis.basket import basket, next_product
from journeykit.analysis.beliefs import belief_score, beliefs
from journeykit.analysis.campaigns import campaign_coverage, campaign_effect
from journeykit.analysis.change import funnel_change
from journeykit.analysis.channels import attribution, attribution_from_paths, channels
from journeykit.analysis.cohorts import retention, stickiness
from journeykit.analysis.ends import differences, entry_points, last_before_loss
from journeykit.analysis.experiment import read_ab, sample_size
from journeykit.analysis.friction import friction
from journeykit.analysis.funnel import funnel, reached
from journeykit.analysis.hours import promise_hours
from journeykit.analysis.leads import rate_by, rates
from journeykit.analysis.mask import mask
from journeykit.analysis.orders import repeat_purchase
from journeykit.analysis.paths import paths, sessions, step_matrix, transitions
from journeykit.analysis.scores import ces, csat, nps
from journeykit.analysis.service import promises, service
from journeykit.analysis.stats import wilson
from journeykit.analysis.survey import emotion_by_stage, survey_by
from journeykit.analysis.sus import sus, sus_scores
from journeykit.analysis.themes import themes
from journeykit.analysis.timing import order_conformance, stage_times
from journeykit.analysis.weak_spots import weak_spots
from journeykit.analysis.what_if import what_if

__all__ = [
    "attribution", "attribution_from_paths", "basket", "belief_score", "beliefs", "campaign_coverage",
    "campaign_effect", "ces", "channels", "coverage", "csat", "differences", "emotion_by_stage",
    "entry_points", "friction", "funnel", "funnel_change", "last_before_loss", "mask", "next_product",
    "nps", "order_conformance", "paths", "promise_hours", "promises", "rate_by", "rates", "reached",
    "read_ab", "repeat_purchase", "retention", "sample_size", "segment_profile", "service", "sessions",
    "stage_times", "step_matrix", "stickiness", "survey_by", "sus", "sus_scores", "themes", "transitions",
    "weak_spots", "what_if", "wilson",
]  # fmt: skip
