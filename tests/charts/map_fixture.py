"""A realistic map to draw: a shop for fashion accessories, its persona Mobile Maya."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from journeykit.charts.map_page import journey_map, journey_sheets
from journeykit.model import LANES, Journey, Persona, Workshop

WORKSHOP = Workshop.model_validate(
    {
        "name": "Juniper & Co. accessories",
        "owner": "Customer experience",
        "reviewed": date(2026, 5, 12),
        "stages": [
            {
                "id": "awareness",
                "name": "Awareness",
                "goal": "Find something that lifts an outfit",
                "owner": "Marketing",
            },
            {
                "id": "consideration",
                "name": "Consideration",
                "goal": "Be sure that it suits me and is worth it",
                "owner": "Merchandising",
            },
            {
                "id": "purchase",
                "name": "Purchase",
                "goal": "Pay in a minute, with one thumb",
                "owner": "E-commerce",
            },
            {
                "id": "post-purchase",
                "name": "Delivery and support",
                "goal": "Have it before Saturday, without chasing it",
                "owner": "Logistics and support",
            },
            {
                "id": "advocacy",
                "name": "Advocacy",
                "goal": "Show it off and be seen with it",
                "owner": "Community",
            },
        ],
        "promises": [
            {
                "id": "reply",
                "text": "We answer in the chat within five minutes",
                "stage": "post-purchase",
                "measure": "first_answer_minutes",
                "limit": 5,
                "owner": "Support",
            },
            {
                "id": "three-days",
                "text": "At your door in three working days",
                "stage": "post-purchase",
                "measure": "delivered_days",
                "limit": 3,
            },
        ],
    }
)

MAYA = Persona.model_validate(
    {
        "id": "mobile-maya",
        "name": "Mobile Maya",
        "tagline": "Scrolls in the tram, buys on impulse, decides in minutes",
        "quote": "If it takes more than two thumbs and one tram ride, I have already forgotten what I wanted.",
        "segment": {
            "device": "mobile",
            "channel": ["social", "paid_search", "organic_search", "direct", "referral"],
        },
    }
)

# stage: lane: cards; a card is its text and what it has beside it
CARDS: dict[str, dict[str, list[tuple[str, dict[str, Any]]]]] = {
    "awareness": {
        "goals": [
            (
                "Spot a small treat that fits what I already own",
                {"importance": 7, "satisfaction": 6},
            )
        ],
        "needs": [
            ("Is this shop real, or one of those ads?", {"evidence": "heard"}),
            ("What does it cost with shipping?", {}),
        ],
        "actions": [
            ("Scrolls through stories on the way to work", {"evidence": "measured"}),
            ("Taps an ad with a necklace she saw on a friend", {}),
        ],
        "touchpoints": [
            ("Story ad", {"evidence": "measured", "channel": "social"}),
            ("Landing page", {"evidence": "measured"}),
        ],
        "channels": [
            ("Social", {"evidence": "measured"}),
            ("Paid search", {"evidence": "measured"}),
        ],
        "thoughts": [
            (
                "“Ooh. That would go with the green dress.”",
                {"evidence": "heard", "department": "Store staff"},
            )
        ],
        "emotions": [("Curious, half distracted", {"emotion": 0.8})],
        "pain-points": [
            (
                "Landing page shows other products than the ad",
                {"evidence": "heard", "department": "Support"},
            )
        ],
        "opportunities": [("Open the very product that the ad showed", {"owner": "Marketing"})],
        "key-actions": [("Look at one product within ten seconds", {})],
        "campaigns": [("Spring colours, stories", {"evidence": "measured", "channel": "social"})],
        "metrics": [("Share of visits that see a product", {"evidence": "measured"})],
    },
    "consideration": {
        "goals": [
            (
                "Know that it suits me without trying it on",
                {"importance": 9, "satisfaction": 4, "evidence": "heard"},
            )
        ],
        "needs": [
            ("How big is it really?", {"evidence": "measured"}),
            ("Do others wear it every day?", {}),
            ("Can I send it back?", {"evidence": "heard"}),
        ],
        "actions": [
            ("Zooms into photos, swipes through the gallery", {}),
            ("Reads three reviews, the bad ones first", {"evidence": "measured"}),
            ("Puts two on the wish list", {"evidence": "measured"}),
        ],
        "touchpoints": [
            ("Product page", {"evidence": "measured", "moment": True, "owner": "Merchandising"}),
            ("Size guide", {"evidence": "measured"}),
            ("Reviews", {"evidence": "measured"}),
        ],
        "channels": [("Mobile web", {"evidence": "measured"})],
        "thoughts": [
            (
                "“Is this gold or does it turn green?”",
                {"evidence": "heard", "department": "Support"},
            )
        ],
        "emotions": [("Keen, then unsure about the size", {"emotion": 0.2, "evidence": "heard"})],
        "pain-points": [
            (
                "The size guide is a PDF that needs pinching and zooming",
                {"evidence": "measured", "owner": "Merchandising"},
            )
        ],
        "opportunities": [
            ("Show every piece worn, beside a coin or a hand", {"owner": "Merchandising"}),
            ("Answer “will it tarnish?” on the page", {"department": "Support"}),
        ],
        "key-actions": [("Add to basket or to the wish list", {"evidence": "measured"})],
        "campaigns": [
            ("Wish-list reminder after two days", {"evidence": "measured", "channel": "email"})
        ],
        "metrics": [("Product view to basket", {"evidence": "measured"})],
    },
    "purchase": {
        "goals": [
            ("Be done before my stop", {"importance": 10, "satisfaction": 3, "evidence": "heard"})
        ],
        "needs": [
            ("Can I pay without typing my card?", {"evidence": "heard"}),
            ("When will it arrive?", {}),
        ],
        "actions": [
            ("Fills in the address with one thumb", {}),
            (
                "Payment fails, tries again, gives up",
                {"evidence": "measured", "moment": True, "owner": "E-commerce"},
            ),
        ],
        "touchpoints": [
            ("Basket", {"evidence": "measured"}),
            ("Checkout form", {"evidence": "measured"}),
            ("Payment page", {"evidence": "measured"}),
        ],
        "channels": [("Mobile web", {"evidence": "measured"})],
        "thoughts": [("“Why does it want my birthday?”", {"evidence": "heard"})],
        "emotions": [
            (
                "Impatient; angry when the payment fails",
                {"emotion": -1.4, "evidence": "heard", "department": "Support"},
            )
        ],
        "pain-points": [
            (
                "Payment error after an app switch, the basket is empty on return",
                {"evidence": "measured", "owner": "E-commerce", "moment": True},
            ),
            ("Fourteen fields before the total shows", {}),
        ],
        "opportunities": [
            ("Wallet payment as the first choice on mobile", {"owner": "E-commerce"}),
            ("Keep the basket for thirty days", {}),
        ],
        "key-actions": [("Pay", {"evidence": "measured"})],
        "campaigns": [
            ("Abandoned basket, one hour later", {"channel": "email", "evidence": "measured"})
        ],
        "metrics": [("Checkout to purchase, mobile against desktop", {"evidence": "measured"})],
    },
    "post-purchase": {
        "goals": [("Wear it on Saturday", {"importance": 8, "satisfaction": 6})],
        "needs": [("Where is my parcel right now?", {"evidence": "measured"})],
        "actions": [
            ("Checks tracking four times a day", {"evidence": "measured"}),
            ("Asks in the chat, waits, forgets", {"evidence": "heard"}),
        ],
        "touchpoints": [
            ("Tracking page", {"evidence": "measured"}),
            ("Chat", {"evidence": "measured"}),
            ("The parcel", {"moment": True}),
        ],
        "channels": [("Email", {"evidence": "measured"}), ("Chat", {"evidence": "measured"})],
        "thoughts": [
            (
                "“The box is prettier than I expected.”",
                {"evidence": "heard", "department": "Support"},
            )
        ],
        "emotions": [("Waiting is dull, unpacking is a small party", {"emotion": 1.1})],
        "pain-points": [
            ("Chat in the evening: nobody there", {"evidence": "measured", "owner": "Support"})
        ],
        "opportunities": [("Tell her the delivery day before she asks", {"owner": "Logistics"})],
        "key-actions": [("Keep it, do not return it", {"evidence": "measured"})],
        "promises": [
            ("An answer in the chat within five minutes", {"promise": "reply", "owner": "Support"})
        ],
        "metrics": [("First answer in minutes, by hour", {"evidence": "measured"})],
    },
    "advocacy": {
        "goals": [("Be asked where I got it", {})],
        "needs": [("Does anybody notice my photo?", {})],
        "actions": [("Posts a photo, tags the shop", {"evidence": "heard"})],
        "touchpoints": [
            ("Review request", {"evidence": "measured"}),
            ("Referral link", {"evidence": "measured"}),
        ],
        "channels": [("Social", {"evidence": "heard"}), ("Email", {"evidence": "measured"})],
        "thoughts": [
            ("“They shared my picture!”", {"evidence": "heard", "department": "Community"})
        ],
        "emotions": [("Proud, wants to be seen", {"emotion": 1.7})],
        "pain-points": [("The review form asks for a login", {})],
        "opportunities": [("Let her review by replying to a message", {"owner": "Community"})],
        "key-actions": [("Share the referral link", {"evidence": "measured"})],
        "campaigns": [("Thank you, with 10 % for a friend", {"channel": "email"})],
        "metrics": [("Reviews per hundred orders", {"evidence": "measured"})],
    },
}


def journey(kind: str = "as-is") -> Journey:
    """The map of Mobile Maya as cards with stable ids."""
    cards = [
        {
            "id": f"{stage}-{lane}-{i}",
            "stage": stage,
            "lane": lane,
            "text": text,
            "order": i,
            **more,
        }
        for stage, lanes in CARDS.items()
        for lane, notes in lanes.items()
        for i, (text, more) in enumerate(notes)
    ]
    return Journey.model_validate(
        {
            "id": "mobile-maya",
            "name": "From the feed to the parcel",
            "persona": "mobile-maya",
            "kind": kind,
            "owner": "E-commerce",
            "reviewed": date(2026, 5, 12),
            "cards": cards,
        }
    )


DROP_OFF = pd.DataFrame(
    {
        "stage": ["awareness", "consideration", "purchase", "post-purchase", "advocacy"],
        "users": [3310, 2731, 994, 402, 27],
        "of_previous": [None, 0.825, 0.364, 0.404, 0.067],
        "drop_off": [None, 0.175, 0.636, 0.596, 0.933],
        "low": [None, 0.812, 0.346, 0.374, 0.047],
        "high": [None, 0.838, 0.382, 0.435, 0.096],
        "small_n": [False, False, False, False, True],
    }
)

MEASURED = pd.DataFrame(
    {
        "stage": ["awareness", "consideration", "purchase", "post-purchase", "advocacy"],
        "emotion": [0.5, 0.4, -0.7, 0.1, 1.2],
        "low": [0.3, 0.2, -0.9, -0.2, 0.6],
        "high": [0.7, 0.6, -0.5, 0.4, 1.8],
        "n": [212, 240, 318, 96, 21],
    }
)

PROMISES = pd.DataFrame(
    {
        "promise": ["reply", "three-days"],
        "verdict": ["broken", "kept"],
        "share": [0.61, 0.91],
        "low": [0.57, 0.88],
        "high": [0.65, 0.93],
        "n": [540, 812],
    }
)

COVERAGE = pd.DataFrame(
    {
        "persona": ["mobile-maya", "(no persona)"],
        "users": [3310, 412],
        "share": [0.4138, 0.0515],
        "low": [0.403, 0.047],
        "high": [0.4247, 0.0566],
    }
)

NUMBERS = {"drop_off": DROP_OFF, "measured": MEASURED, "promises": PROMISES, "coverage": COVERAGE}


def to_be() -> Journey:
    """The map as the team wants it: a wallet first, the PDF gone, reviews earlier."""
    now = journey()
    then = (
        now.remove("consideration-pain-points-0")
        .remove("purchase-actions-1")
        .remove("purchase-pain-points-1")
        .change("purchase-actions-0", text="Confirms the address that the wallet knows")
        .change("purchase-emotions-0", emotion=1.0, text="Surprised how quick it was")
        .change("consideration-emotions-0", emotion=1.2)
        .change("advocacy-touchpoints-0", stage="post-purchase")
        .add(
            "Wallet button above the fold", stage="purchase", lane="touchpoints", owner="E-commerce"
        )
        .add("Pays with a fingerprint", stage="purchase", lane="actions", moment=True)
        .add("Delivery day in the chat, unasked", stage="post-purchase", lane="touchpoints")
    )
    return then.with_(
        id="mobile-maya-to-be", name="One thumb, one stop", kind="to-be", based_on="mobile-maya"
    )


HOSTILE = [
    "<script>alert('x')</script> & \"quotes\" ]]> <!-- -->",
    "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhersteller" * 3,
    "https://shop.example/a/very/long/path?with=parameters&and=more&session=0123456789abcdef",
    "עם ישראל חי, ומה עם הכפתור הזה?",
    "هل يمكنني إعادة الطلب بسهولة؟",
    "👩‍👩‍👧‍👦🛒🎉" * 12,
    "日本語の長い文章がここにあります。折り返しが必要です。" * 2,
    "WWWWWWWWWW MMMMMMMMMM %%%%% @@@@@ ŒŒŒŒ ЖЩШЮ",
    "bell \x07 null \x00 override \u202egnp.exe lone \ud800 end",
    "line one\nline two\r\n\n\tline three",
    "x" * 3000,
]


def drawn(of: Journey | None = None, **more: Any) -> str:
    """The map of Mobile Maya, or another journey, with all numbers."""
    return journey_map(WORKSHOP, MAYA, of or journey(), **{**NUMBERS, **more})


def sheets(of: Journey | None = None, format: str = "a3", **more: Any) -> list[str]:
    """The same map for paper."""
    held = {**NUMBERS, **more}
    return journey_sheets(WORKSHOP, MAYA, of or journey(), format=format, **held)


def hostile() -> Journey:
    """A map whose texts are of the worst kind, in three lanes."""
    cards = [
        {
            "id": f"c-{i}-{lane}-{stage.id}",
            "stage": stage.id,
            "lane": lane,
            "text": text,
            "moment": i % 2 == 0,
            "importance": 9,
            "satisfaction": 2,
            "owner": text[:40],
            "department": "Sales",
            "evidence": ["assumed", "heard", "measured"][i % 3],
            "channel": "email",
            "emotion": -1.5 if lane == "emotions" else None,
        }
        for lane in ("actions", "emotions", "channels")
        for i, text in enumerate(HOSTILE)
        for stage in WORKSHOP.stages[i % 2 :: 2]
    ]
    return Journey.model_validate(
        {"id": "h", "name": HOSTILE[0], "persona": "mobile-maya", "cards": cards}
    )


def big(count: int = 200) -> Journey:
    """A map of many cards, every lane full."""
    words = [
        "she",
        "looks",
        "for",
        "a",
        "parcel",
        "that",
        "never",
        "came",
        "and",
        "writes",
        "to",
        "support",
        "again",
    ]
    stages, lanes = [s.id for s in WORKSHOP.stages], list(LANES)
    cards = [
        {
            "id": f"c{i}",
            "stage": stages[i % 5],
            "lane": lanes[i // 5 % 15],
            "owner": "Support" if i % 3 else "",
            "moment": i % 17 == 0,
            "text": f"card {i} " + " ".join(words[: i % 14 + 1]),
        }
        for i in range(count)
    ]
    return Journey.model_validate(
        {"id": "big", "name": "Big", "persona": "mobile-maya", "cards": cards}
    )


SCRIPTS = {
    "Latin": "Fährt mit der Straßenbahn, tippt auf žluťoučký kůň & finds the offer",
    "Greek": "Θέλει να αγοράσει ένα δώρο για τη φίλη της",
    "Cyrillic": "Она ищет подарок и не находит его",
    "Arabic": "تبحث عن هدية وتدفع 41.4% من السعر (12) عبر wallet ثم تنتظر",
    "Hebrew": "היא מחפשת מתנה ומשלמת 41.4% (12) בארנק",
    "Devanagari": "वह ट्राम में उपहार खोजती है और क्षेत्र देखती है",
    "Chinese": "她在电车上寻找礼物，然后用手机付款",
    "Japanese": "彼女は電車でプレゼントを探して、スマホで払う",
    "Korean": "그녀는 전차에서 선물을 찾는다",
    "Emoji": "Pays 🚚 👩‍👩‍👧 ❤️ and 🇩🇪 goes 👍🏽 on",
}


def everything() -> tuple[Workshop, Persona, Journey]:
    """20 stages, 60 cards in one cell, texts of 400 letters and one of 6,000, in all scripts."""
    texts = [*SCRIPTS.values()]
    stages = [
        {"id": f"s{i}", "name": f"Stage {i}: {texts[i % 10][:24]}", "goal": texts[-i % 10]}
        for i in range(20)
    ]
    cards = [("s0", "pain-points", f"P{i} {texts[i % 10]}") for i in range(60)]
    for i in range(20):
        for k, lane in enumerate(("actions", "emotions", "opportunities")):
            long = f"{texts[(i + 3 * k) % 10]} " * 12
            cards.append((f"s{i}", lane, f"L{i}{lane[0]} {long[:400]}"))
    cards.append(("s3", "actions", " ".join(f"word{i}" for i in range(700))))
    made = [
        {"id": f"c{n}", "stage": stage, "lane": lane, "text": text, "owner": "Support"}
        for n, (stage, lane, text) in enumerate(cards)
    ]
    return (
        Workshop(name="Everything", stages=stages),
        Persona(id="p", name="Άννα Иванова", quote=SCRIPTS["Hebrew"], tagline=SCRIPTS["Arabic"]),
        Journey.model_validate({"id": "j", "name": "All", "persona": "p", "cards": made}),
    )
