"""The analytics tool after the trial: plans, add-ons, renewals, support, mails and leads."""

from __future__ import annotations

from datetime import datetime, timedelta

from samples.asking import About, Campaign, Desk, ask, contact, send, sus_round
from samples.life import END, Life, Person, Visit, World
from samples.saas_words import ADD_ONS, PLANS, VOICE

PAIR = ("single-sign-on", "audit-log")
PAIR_CHANCE = 0.55
"""How often an order of the first add-on takes the second one along."""

ENDING = Campaign("trial-ending", "decision", "email", 0.05, 0.58, 0.26, holdout=0.35)
LAST_CALL = Campaign("upgrade-last-call", "decision", "email", 0.05, 0.35, 0.07, holdout=0.35)
REMINDED_SUBSCRIBE = 0.17
ALSO_LAST_CALL = 0.95
TIPS = Campaign("onboarding-tips", "onboarding", "email", 0.05, 0.5, 0.18)
INVITE = Campaign("webinar-invite", "awareness", "email", 0.05, 0.3, 0.1)
STUDENT_ADS = Campaign("campus-ads", "awareness", "display", 0.12, 0.2, 0.05)

SLOW_FACTOR, SLOW_SPREAD = 5.0, 0.9
"""After 15 o'clock and at weekends the median wait for a ticket is this many times as long."""


def _afternoon(when: datetime) -> bool:
    """Tell whether tickets wait for the next day: from 15 o'clock, and at weekends."""
    return when.hour >= 15 or when.weekday() > 4


DESKS = {
    "ticket": Desk(105, None, 0.6, 20, 0.8, 0.6, _afternoon, SLOW_FACTOR, SLOW_SPREAD),
    "chat": Desk(1.6, None, 0.7, 1.5, 0.8, 0.3),
    "email": Desk(330, None, 0.7, 30, 0.76, 0.5),
    "phone": Desk(None, 1.4, 0.6, 0.8, 0.86, 0.3),
}
DESK_USE = {"ticket": 0.5, "chat": 0.28, "email": 0.14, "phone": 0.08}
TOPIC_THEMES = {
    "import": "import-trouble",
    "integration": "connector-docs",
    "account": "verify-mail",
    "pricing": "pricing",
    "billing": "pricing",
}


def call_for_help(visit: Visit, topic: str) -> None:
    """Contact the support from a visit; the event and the contact are one moment."""
    visit.do("support_contact", seconds=200)
    help_row(visit.life.world, visit.now - timedelta(seconds=60), topic, visit.life.person.id)


def help_row(world: World, when: datetime, topic: str, user_id: str | None) -> None:
    """Note a support contact; a slow ticket is what people then talk about."""
    channel = world.dice.pick(DESK_USE)
    desk = DESKS[channel]
    bad = "ticket-waiting" if desk.is_slow(when) else TOPIC_THEMES[topic]
    contact(world, when, channel, desk, topic, VOICE, (bad, "support-nice"), user_id)


def remind(life: Life, when: datetime) -> None:
    """Mail those whose trial ends (or hold back); almost all get a second mail later."""
    dice, person = life.dice, life.person
    if person.memory.get("plan"):
        return
    sent, _ = send(life.world, when, ENDING, person.id)
    chance = REMINDED_SUBSCRIBE if person.traits["role"] != "student" else 0.02
    if sent and dice.chance(chance):
        life.plan(when + timedelta(hours=dice.around(6, 0.6)), come_and_subscribe)
    if dice.chance(ALSO_LAST_CALL):
        life.plan(when + timedelta(days=dice.between(2.8, 3.2)), last_call)


def come_and_subscribe(life: Life, when: datetime) -> None:
    """Follow the mail to the plans and take one."""
    if not life.person.memory.get("plan"):
        visit = Visit(life, when, "direct", ENDING.name)
        visit.do("report_view", seconds=100)
        visit.do("upgrade_view", seconds=60)
        subscribe(visit)


def last_call(life: Life, when: datetime) -> None:
    """Send the second mail: it is opened and clicked, and nobody subscribes because of it."""
    _, clicked = send(life.world, when, LAST_CALL, life.person.id)
    if clicked:
        visit = Visit(life, when + timedelta(hours=2), "direct", LAST_CALL.name)
        visit.do("upgrade_view", seconds=40)


def subscribe(visit: Visit) -> None:
    """Take a plan, with add-ons, then pay month by month."""
    life, dice, person = visit.life, visit.life.dice, visit.life.person
    small = {"1-10": 0.75, "11-50": 0.4, "51-250": 0.1, "250+": 0.05}
    low = small[person.traits["company_size"]]
    plan = dice.pick({"starter": low, "team": 0.55, "business": 0.75 - low})
    person.memory["plan"] = plan
    visit.do("subscribe", value=PLANS[plan], seconds=90)
    order(life, visit.now, plan, first=True)
    if dice.chance(0.35):
        about = About("decision", ["pricing"], ["reports-nice"])
        ask(life, visit.now, "ces", 5.4, about, VOICE)
    life.plan(visit.now + timedelta(days=30), month, 1)
    life.later(visit.now, dice.around(5, 0.5), work)


def order(life: Life, when: datetime, plan: str, first: bool) -> None:
    """Note what was bought: the plan with add-ons, or add-ons later on."""
    dice, person = life.dice, life.person
    basket = {f"plan-{plan}": (PLANS[plan], "plan")} if first else {}
    big = 1.6 if person.traits["company_size"] in ("51-250", "250+") else 0.8
    for name, (category, price, chance) in ADD_ONS.items():
        if dice.chance(chance * big):
            basket[name] = (price, category)
    if PAIR[0] in basket and dice.chance(PAIR_CHANCE):
        basket[PAIR[1]] = (ADD_ONS[PAIR[1]][1], ADD_ONS[PAIR[1]][0])
    took = dice.whole(1, 2) if dice.chance(0.85) else dice.whole(3, 8)
    for name, (price, category) in basket.items():
        seats = dice.whole(1, 20) if name == "extra-seats" else 1
        life.world.note(
            "orders",
            when,
            order_id=f"{person.id}-{when.isoformat()}",
            user_id=person.id,
            product=name,
            quantity=seats,
            amount=round(price * seats, 2),
            category=category,
            promised_days=2,
            delivered_days=took if when + timedelta(days=took) < END else None,
        )


def work(life: Life, when: datetime) -> None:
    """Use the tool on an ordinary day; about every week and a half, until they leave."""
    dice, person = life.dice, life.person
    if person.memory.get("left"):
        return
    visit = Visit(life, when, "direct")
    for _ in range(int(dice.rng.geometric(0.5))):
        visit.do("report_view", seconds=150)
    if dice.chance(0.1):
        visit.do("limit_hit", seconds=20)
    if dice.chance(0.1):
        visit.do("import_data", seconds=200)
    if dice.chance(0.07):
        call_for_help(visit, dice.pick({"import": 0.6, "billing": 0.4}))
    if dice.chance(0.035):
        visit.do("referral_sent", seconds=40)
        if dice.chance(0.85):
            about = About("advocacy", ["pricing"], ["reports-nice", "security-nice"])
            ask(life, visit.now, "csat", 4.4, about, VOICE)
    if dice.chance(0.16):
        about = About("retention", ["ticket-waiting", "pricing"], ["reports-nice", "support-nice"])
        ask(life, visit.now, "csat", 3.7, about, VOICE)
    life.later(when, dice.around(8, 0.5), work)


def month(life: Life, when: datetime, number: int) -> None:
    """Pay the invoice, renew after a quarter, or cancel."""
    dice, person = life.dice, life.person
    plan = person.memory["plan"]
    visit = Visit(life, when, "direct")
    if dice.chance(0.075 - 0.02 * person.leaning):
        visit.do("cancel", seconds=60)
        person.memory["left"] = True
        ask(life, visit.now, "nps", 3.0, About("retention", ["pricing"], ["reports-nice"]), VOICE)
        return
    visit.do("invoice_paid", value=PLANS[plan], seconds=30)
    if number % 3 == 0:
        visit.do("renewal", value=PLANS[plan], seconds=30)
        person.memory["renewed"] = True
    if dice.chance(0.45):
        about = About("retention", ["ticket-waiting"], ["reports-nice", "security-nice"])
        ask(life, visit.now, "nps", 7.9, about, VOICE)
    if dice.chance(0.22):
        order(life, visit.now, plan, first=False)
    life.plan(when + timedelta(days=30), month, number + 1)


def finish(world: World) -> None:
    """Add what does not hang on a single visit: mailings, strangers' contacts, SUS, leads."""
    dice = world.dice
    first: dict[str, datetime] = {}
    for row in world.rows["events"]:
        first[row["user_id"]] = min(first.get(row["user_id"], row["timestamp"]), row["timestamp"])
    for person in world.people:
        if person.traits["role"] == "student":
            send(world, first[person.id] - timedelta(hours=3), STUDENT_ADS, person.id)
        elif dice.chance(0.3):
            send(world, first[person.id] + timedelta(days=dice.whole(3, 20)), INVITE, person.id)
    for _ in range(480):  # people who ask without being logged in
        day = world.first_days(1, lambda day: 1.0)[0]
        help_row(world, day, dice.pick({"pricing": 4, "account": 3, "import": 2}), None)
    users = [p for p in world.people if p.memory.get("data")]
    asked = [users[i] for i in dice.rng.choice(len(users), 110, replace=False)]
    sus_round(world, datetime(2026, 6, 1, 9), asked, _usability, "onboarding")
    _leads(world, first)


def _usability(person: Person) -> float:
    return 62.0 if person.traits["role"] == "analyst" else 74.0


def _leads(world: World, first: dict[str, datetime]) -> None:
    """Everyone who left a name: trials, demos, webinars, and some of the rest."""
    dice = world.dice
    industries = {"software": 0.3, "retail": 0.2, "manufacturing": 0.17, "finance": 0.17}
    for person in world.people:
        memory = person.memory
        if not memory.get("trial") and not dice.chance(0.25):
            continue
        plan = memory.get("plan")
        status = "loyal" if memory.get("renewed") else "customer" if plan else "lead"
        if status == "lead" and memory.get("project"):
            status = "qualified"
        world.note(
            "leads",
            first[person.id],
            user_id=person.id,
            source=person.channel,
            status=status,
            industry=dice.pick({**industries, "education": 0.16}),
            value=PLANS[plan] * 12 if plan else 0.0,
            **person.traits,
        )
