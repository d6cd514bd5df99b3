"""The shop after the payment: orders, parcels, support, campaigns, surveys and leads."""

from __future__ import annotations

from datetime import datetime, timedelta

from samples.asking import About, Campaign, Desk, ask, contact, send, sus_round
from samples.dice import Dice
from samples.life import END, Life, Person, Visit, World
from samples.retail_words import PRODUCTS, VOICE

PAIR = ("silk-scarf-poppy", "scarf-ring-brass")
PAIR_CHANCE = 0.38
"""How often an order of the first one takes the second one along."""

WELCOME = Campaign("welcome-series", "awareness", "email", 0.03, 0.55, 0.2)
NEWSLETTER = Campaign("spring-lookbook", "consideration", "email", 0.02, 0.38, 0.15)
VOUCHERS = Campaign("affiliate-vouchers", "awareness", "affiliate", 0.1, 0.3, 0.2)
THANKS = Campaign("review-thank-you", "advocacy", "email", 0.02, 0.5, 0.18)

SLOW_FACTOR, SLOW_SPREAD = 5.0, 1.1
"""In the evening the median wait in the chat is this many times as long, and less even."""


def _evening(when: datetime) -> bool:
    """Tell whether the chat is understaffed: 18 to 23 o'clock, every day."""
    return 18 <= when.hour < 23


DESKS = {
    "chat": Desk(1.1, None, 0.65, 1.0, 0.82, 0.3, _evening, SLOW_FACTOR, SLOW_SPREAD),
    "phone": Desk(None, 1.9, 0.7, 0.6, 0.86, 0.35),
    "email": Desk(410, None, 0.7, 26, 0.78, 0.5),
    "social": Desk(75, None, 0.9, 12, 0.66, 0.6),
}
DESK_USE = {"chat": 0.5, "phone": 0.2, "email": 0.22, "social": 0.08}
TOPIC_THEMES = {
    "payment": "payment-phone",
    "delivery": "delivery-late",
    "return": "returns",
    "product question": "sizing",
}


def call_for_help(visit: Visit, topic: str) -> None:
    """Contact the support from a visit; the event and the contact are one moment."""
    visit.do("support_contact", f"/help/{topic.replace(' ', '-')}", seconds=200)
    help_row(visit.life.world, visit.now - timedelta(seconds=60), topic, visit.life.person.id)


def help_row(world: World, when: datetime, topic: str, user_id: str | None) -> None:
    """Note a support contact; a slow chat is what people then talk about."""
    channel = world.dice.pick(DESK_USE)
    slow = DESKS[channel].is_slow(when)
    themes = ("chat-waiting" if slow else TOPIC_THEMES[topic], "quick-parcel")
    themes = (themes[0], "easy-choice" if topic == "product question" else themes[1])
    contact(world, when, channel, DESKS[channel], topic, VOICE, themes, user_id)


def buy(visit: Visit) -> None:
    """Note the order, then plan parcel, review, return and the next purchase."""
    life, person, dice = visit.life, visit.life.person, visit.life.dice
    basket = _lines(dice, person)
    total = round(sum(amount for _, _, amount in basket), 2)
    when = visit.now
    if not visit.do("purchase", "/checkout/thanks", value=total, seconds=20):
        return
    promised, took = _parcel(dice, person.traits["region"])
    for product, quantity, amount in basket:
        arrives = when + timedelta(days=took)
        life.world.note(
            "orders",
            when,
            order_id=f"{person.id}-{when.isoformat()}",
            user_id=person.id,
            product=product,
            quantity=quantity,
            amount=amount,
            category=PRODUCTS[product][0],
            promised_days=promised,
            delivered_days=took if arrives < END else None,
        )
    memory = person.memory
    memory["orders"] = memory.get("orders", 0) + 1
    memory["spent"] = memory.get("spent", 0.0) + total
    memory.pop("basket", None)
    _plan_parcel(life, when, took, late=took > promised)
    again = {"email": 0.75, "social": 0.45}.get(person.channel, 0.5)
    if dice.chance(again + 0.06 * person.leaning):
        back = dice.pick({person.channel: 0.45, "direct": 0.35, "email": 0.2})
        life.later(when, dice.around(28, 0.6), life.home, back)


def _lines(dice: Dice, person: Person) -> list[tuple[str, int, float]]:
    """Return the lines of an order as (product, quantity, line total)."""
    weights = {name: weight for name, (_, _, weight) in PRODUCTS.items()}
    first = person.memory["basket"]
    basket = {first: 1, person.memory.pop("also", first): 1}
    for chance in (0.34, 0.16):
        if dice.chance(chance):
            basket[dice.pick(weights)] = 1
    if PAIR[0] in basket and dice.chance(PAIR_CHANCE):
        basket[PAIR[1]] = 1
    if person.device != "mobile" and dice.chance(0.12):
        basket[first] = dice.whole(2, 3)
    return [(name, n, round(n * PRODUCTS[name][1], 2)) for name, n in basket.items()]


def _parcel(dice: Dice, region: str) -> tuple[int, int]:
    """Return promised and actual days; parcels to the islands are late, others now and then."""
    promised = 1 if dice.chance(0.12) else 3
    late = dice.chance(0.55 if region == "islands" else 0.14)
    days = promised + dice.whole(1, 6) if late else dice.whole(max(1, promised - 1), promised)
    return promised, days


def _plan_parcel(life: Life, when: datetime, days: int, late: bool) -> None:
    dice = life.dice
    for wait in range(1, days + 1):
        if dice.chance(0.34 if wait < 4 else 0.6):
            life.later(when, wait - 0.6, track, late and wait > 3)
    life.plan(when + timedelta(days=days, minutes=dice.whole(0, 90)), receive, late)


def track(life: Life, when: datetime, worried: bool) -> None:
    """Look where the parcel is; those who wait too long ask the support."""
    visit = Visit(life, when, life.person.channel)
    visit.do("order_tracking", "/account/order", seconds=30)
    if life.dice.chance(0.4 if worried else 0.03):
        call_for_help(visit, "delivery")


def receive(life: Life, when: datetime, late: bool) -> None:
    """Open the parcel: the feedback, the return, the review and the referral follow."""
    dice, person = life.dice, life.person
    hour = when.replace(hour=dice.whole(9, 18))
    visit = Visit(life, max(when, hour), person.channel)
    visit.do("delivery_received", "/account/order", seconds=60)
    good, bad = ["gift-wrap", "pretty", "quick-parcel"], ["delivery-late" if late else "returns"]
    if dice.chance(0.36):
        about = About("post-purchase", bad, good)
        ask(life, visit.now, "csat", 2.1 if late else 3.8, about, VOICE)
    if dice.chance(0.38):
        about = About("post-purchase", ["delivery-late" if late else "sizing"], good)
        life.later(visit.now, 6, ask_nps, 5.2 if late else 8.3, about)
    if dice.chance(0.13):
        life.later(visit.now, dice.around(3, 0.5), give_back)
    elif dice.chance(0.05 if late else 0.26):
        life.later(visit.now, dice.around(6, 0.5), praise)


def ask_nps(life: Life, when: datetime, mean: float, about: About) -> None:
    """Ask whether they would recommend the shop, some days after the parcel."""
    ask(life, when, "nps", mean, about, VOICE)


def give_back(life: Life, when: datetime) -> None:
    """Send something back."""
    visit = Visit(life, when, life.person.channel)
    visit.do("order_tracking", "/account/order", seconds=30)
    visit.do("return_request", "/account/return", seconds=120)
    if life.dice.chance(0.3):
        call_for_help(visit, "return")
    if life.dice.chance(0.5):
        about = About("post-purchase", ["returns", "sizing"], ["quick-parcel"])
        ask(life, visit.now, "ces", 4.6, about, VOICE)


def praise(life: Life, when: datetime) -> None:
    """Write a review, perhaps share a link; asked about it, they are content."""
    visit = Visit(life, when, life.person.channel, THANKS.name)
    send(life.world, when - timedelta(hours=5), THANKS, life.person.id)
    visit.do("review_written", "/account/review", seconds=150)
    if life.dice.chance(0.4):
        visit.do("referral_share", "/account/share", seconds=30)
    if life.dice.chance(0.7):
        ask(life, visit.now, "csat", 4.5, About("advocacy", ["sizing"], ["pretty"]), VOICE)


def finish(world: World) -> None:
    """Add what does not hang on a single visit: mailings, strangers' contacts, SUS, leads."""
    dice = world.dice
    for person in world.people:
        seen = person.memory.get("visits", 0)
        if person.channel == "email":
            for month in (3, 4, 5):
                send(world, datetime(2026, month, 2, 8), NEWSLETTER, person.id)
        if person.channel == "affiliate" and seen:
            day = datetime(2026, 1, 5, 6) + timedelta(days=dice.whole(0, 170))
            send(world, day, VOUCHERS, person.id)
    for _ in range(520):  # people who ask without being logged in
        day = world.first_days(1, lambda day: 1.0)[0]
        help_row(world, day, dice.pick({"product question": 4, "delivery": 3, "return": 1}), None)
    users = [p for p in world.people if p.memory.get("visits", 0) > 1 and p.channel != "affiliate"]
    asked = [users[i] for i in dice.rng.choice(len(users), 120, replace=False)]
    sus_round(world, datetime(2026, 6, 8, 9), asked, _usability, "purchase")
    _leads(world)


def _usability(person: Person) -> float:
    return 61.0 if person.device == "mobile" else 77.0


def _leads(world: World) -> None:
    """Everyone the shop knows by name: newsletter readers, basket fillers and buyers."""
    first: dict[str, datetime] = {}
    for row in world.rows["events"]:
        if row["event"] in ("newsletter_signup", "add_to_cart", "wishlist_add"):
            before = first.get(row["user_id"], END)
            first[row["user_id"]] = min(before, row["timestamp"])
    filled = {row["user_id"] for row in world.rows["events"] if row["event"] == "add_to_cart"}
    for person in world.people:
        if person.id not in first:
            continue
        orders = person.memory.get("orders", 0)
        known = "qualified" if person.id in filled else "lead"
        world.note(
            "leads",
            first[person.id],
            user_id=person.id,
            source=person.channel,
            status="loyal" if orders > 1 else "customer" if orders else known,
            value=round(person.memory.get("spent", 0.0), 2),
            **person.traits,
        )
