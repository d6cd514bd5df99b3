"""The lanes of the map, the grades of evidence and the phases."""

LANES = {
    "goals": "Goals",
    "needs": "Needs and questions",
    "actions": "Actions",
    "touchpoints": "Touchpoints",
    "channels": "Channels",
    "thoughts": "Thoughts",
    "emotions": "Emotions",
    "pain-points": "Pain points",
    "opportunities": "Opportunities",
    "key-actions": "Key action we want",
    "campaigns": "Campaigns and nurtures",
    "owners": "Owner",
    "promises": "Promise",
    "metrics": "Metric",
    "evidence": "Evidence",
}
"""Lane id to the words shown; the order is the order of the rows."""

WALKED = ("touchpoints", "actions")
"""The lanes that a walk goes through, in this order within a stage."""

EVIDENCE = {
    "assumed": "Assumed: nobody has checked",
    "heard": "Heard: a customer or a colleague said so",
    "measured": "Measured: the data shows it",
}

PHASES = {
    "start-here": "Start here",
    "define-objectives": "Define objectives",
    "buyer-goals": "Buyer goals",
    "weak-spots": "Weak spots",
    "ux-analysis": "UX analysis",
    "test-the-journey": "Test the journey",
    "after-the-purchase": "After the purchase",
    "compare-personas": "Compare personas",
}
"""Phase id to its name; the order is that of the notebooks 00 to 07."""
