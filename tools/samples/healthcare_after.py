"""The clinic around the visit: telephone, follow-up, services, invitations, surveys, leads."""

from __future__ import annotations

from datetime import datetime, timedelta

from samples.asking import About, Campaign, Desk, ask, contact, send, sus_round
from samples.healthcare_words import SERVICES, VOICE
from samples.life import END, Life, Person, Visit, World

PAIR = ("blood-panel", "nutrition-advice")
PAIR_CHANCE = 0.3
"""How often a visit with the first service books the second one along."""

INVITATION = Campaign("follow-up-invitation", "follow-up", "app", 0.1, 0.6, 0.3, holdout=0.3)
LETTER = Campaign("follow-up-letter", "follow-up", "letter", 1.2, 0.4, 0.05, holdout=0.3)
INVITED_COME = 0.2
ALSO_LETTER = 0.93
CHECK_UP = Campaign("check-up-season", "need-and-search", "email", 0.05, 0.3, 0.1)
WELCOME = Campaign("before-your-visit", "booking", "email", 0.05, 0.6, 0.2)

RECEPTION_CALLS = 0.5
"""Share of follow-ups that the reception arranges by telephone, whoever found the clinic how."""

SLOW_FACTOR, SLOW_SPREAD = 4.2, 0.75
"""In the morning the median time on hold is this many times as long."""


def _morning(when: datetime) -> bool:
    """Tell whether the telephone is overrun: before 10 o'clock, on Mondays before 12."""
    return when.hour < (12 if when.weekday() == 0 else 10)


DESKS = {
    "phone": Desk(None, 2.0, 0.75, 0.4, 0.86, 0.4, _morning, SLOW_FACTOR, SLOW_SPREAD),
    "portal": Desk(540, None, 0.7, 20, 0.8, 0.5),
    "app": Desk(160, None, 0.7, 9, 0.82, 0.4),
}
TOPIC_THEMES = {
    "appointment": ("phone-hold", "booking-nice"),
    "results": ("results-portal", "doctor-nice"),
    "question": ("results-late", "doctor-nice"),
    "bill": ("phone-hold", "doctor-nice"),
}


def call(visit: Visit, topic: str, always: bool = False) -> bool:
    """Call the clinic; True for callers who hang up, as one in four does in the slow hours."""
    dice, slow = visit.life.dice, DESKS["phone"].is_slow(visit.now)
    help_row(visit.life.world, visit.now, "phone", topic, visit.life.person.id)
    visit.do("call_clinic", seconds=420 if slow else 180)
    return slow and not always and dice.chance(0.25)


def message(visit: Visit) -> None:
    """Write to the clinic, in the app or in the portal."""
    channel = "app" if visit.channel == "app" else "portal"
    help_row(visit.life.world, visit.now, channel, "question", visit.life.person.id)


def help_row(world: World, when: datetime, channel: str, topic: str, user: str | None) -> None:
    """Note a call or a message; a long hold is what people then talk about."""
    desk = DESKS[channel]
    bad, good = TOPIC_THEMES[topic]
    if desk.is_slow(when):
        bad = "phone-hold"
    contact(world, when, channel, desk, topic, VOICE, (bad, good), user)


def fee(life: Life, visit: Visit) -> float:
    """Note the services of a visit and return what they cost together."""
    dice, person, when = life.dice, life.person, visit.now
    basket = {"consultation": (65.0, "consultation")}
    for name, (category, price, chance) in SERVICES.items():
        if dice.chance(chance):
            basket[name] = (price, category)
    if PAIR[0] in basket and dice.chance(PAIR_CHANCE):
        basket[PAIR[1]] = (SERVICES[PAIR[1]][1], SERVICES[PAIR[1]][0])
    took = person.memory["results_days"] = _lab(life)
    for name, (price, category) in basket.items():
        lab = category in ("lab", "imaging")
        life.world.note(
            "orders",
            when,
            order_id=f"{person.id}-{when.isoformat()}",
            user_id=person.id,
            product=name,
            quantity=1,
            amount=price,
            category=category,
            promised_days=3 if lab else None,
            delivered_days=took if lab and when + timedelta(days=took) < END else None,
        )
    return round(sum(price for price, _ in basket.values()), 2)


def _lab(life: Life) -> int:
    """Draw the days until results are ready: promised are three, one in four takes longer."""
    dice = life.dice
    return dice.whole(5, 9) if dice.chance(0.26) else dice.whole(1, 3)


def results_days(life: Life) -> int:
    """Return the days that the results of the last visit take."""
    return int(life.person.memory.get("results_days", 2))


def invite(life: Life, when: datetime) -> None:
    """Invite to the follow-up (or hold back); almost all get a letter some days later."""
    dice, memory = life.dice, life.person.memory
    if memory.get("followed"):
        return
    sent, _ = send(life.world, when, INVITATION, life.person.id)
    if sent and dice.chance(INVITED_COME):
        life.later(when, dice.around(3, 0.5), follow_up)
    if dice.chance(ALSO_LETTER):
        life.plan(when + timedelta(days=dice.between(4, 6)), letter)


def letter(life: Life, when: datetime) -> None:
    """Send the letter; nobody comes because of it."""
    send(life.world, when, LETTER, life.person.id)


def follow_up(life: Life, when: datetime) -> None:
    """Arrange the follow-up, mostly in a call from the reception, and come to it."""
    dice, person = life.dice, life.person
    if person.memory.get("followed"):
        return
    person.memory["followed"] = True
    channel = "phone" if dice.chance(RECEPTION_CALLS) else person.channel
    Visit(life, when, channel).do("follow_up_booked", seconds=60)
    if dice.chance(0.94):
        life.later(when, dice.around(7, 0.5), come_again, channel)


def come_again(life: Life, when: datetime, channel: str) -> None:
    """Come to the follow-up visit; feedback and, weeks later, the next one."""
    dice = life.dice
    visit = Visit(life, when.replace(hour=dice.whole(8, 16)), channel)
    life.person.memory["visits"] = life.person.memory.get("visits", 0) + 1
    visit.do("follow_up_visit", value=fee(life, visit), seconds=900)
    if dice.chance(0.28):
        visit.do("feedback_given", seconds=60)
        about = About("follow-up", ["results-late"], ["follow-up-nice", "doctor-nice"])
        ask(life, visit.now, "csat", 4.1, about, VOICE)
    if dice.chance(0.42):
        about = About("follow-up", ["results-late", "phone-hold"], ["follow-up-nice"])
        ask(life, visit.now + timedelta(days=2), "nps", 7.8, about, VOICE)
    if dice.chance(0.3 + 0.06 * life.person.leaning):
        life.later(when, dice.around(30, 0.4), come_again, life.person.channel)


def finish(world: World) -> None:
    """Add what does not hang on a single visit: mailings, strangers' calls, SUS, leads."""
    dice = world.dice
    first: dict[str, datetime] = {}
    booked: dict[str, datetime] = {}
    for row in world.rows["events"]:
        known = booked if row["event"] == "book_appointment" else first
        known[row["user_id"]] = min(known.get(row["user_id"], END), row["timestamp"])
    for person in world.people:
        if dice.chance(0.22):
            send(world, first[person.id] - timedelta(days=dice.whole(1, 9)), CHECK_UP, person.id)
        if person.id in booked and dice.chance(0.35):
            send(world, booked[person.id] + timedelta(hours=2), WELCOME, person.id)
    for _ in range(300):  # callers who are not known yet
        day = world.first_days(1, lambda day: 1.0)[0]
        help_row(world, day, "phone", dice.pick({"appointment": 4, "bill": 2}), None)
    users = [p for p in world.people if p.memory.get("booked") and p.channel != "phone"]
    asked = [users[i] for i in dice.rng.choice(len(users), 110, replace=False)]
    older = [p for p in world.people if p.memory.get("booked") and p.traits["age_group"] == "65+"]
    asked += [older[i] for i in dice.rng.choice(len(older), 40, replace=False)]
    asked = list({person.id: person for person in asked}.values())
    sus_round(world, datetime(2026, 6, 1, 9), asked, _usability, "tests-and-results")
    _leads(world, first, booked)


def _usability(person: Person) -> float:
    return 49.0 if person.traits["age_group"] == "65+" else 72.0


def _leads(world: World, first: dict[str, datetime], booked: dict[str, datetime]) -> None:
    """Everyone who got in touch: looked, booked, came, came again."""
    spent: dict[str, float] = {}
    for row in world.rows["orders"]:
        spent[row["user_id"]] = spent.get(row["user_id"], 0.0) + row["amount"]
    for person in world.people:
        came = person.memory.get("visits", 0)
        status = "customer" if person.id in spent else "lead"
        if status == "lead" and person.id in booked:
            status = "qualified"
        world.note(
            "leads",
            first[person.id],
            user_id=person.id,
            source=person.channel,
            status="loyal" if came and status == "customer" else status,
            value=round(spent.get(person.id, 0.0), 2),
            **person.traits,
        )
