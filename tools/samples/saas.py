"""The analytics tool: 5,600 visitors from the first visit to the renewal.

The numbers that STORIES.md calls planted stand at the top of this module and of
``saas_after``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from samples import saas_after as after
from samples.asking import About, ask, send
from samples.dice import Dice, logistic
from samples.life import Life, Rhythm, Visit, World, people
from samples.saas_words import VOICE
from samples.write import write_sample

SEED = 204
USERS = 5600

CHANNELS = {
    "organic_search": 0.27,
    "paid_search": 0.19,
    "partner": 0.11,
    "webinar": 0.2,
    "outbound": 0.14,
    "direct": 0.09,
}
ROLES = {"founder": 0.34, "it_admin": 0.31, "analyst": 0.26, "student": 0.09}
"""No persona's segment has the students, and they hardly ever pay."""
SIZES = {
    "founder": {"1-10": 0.74, "11-50": 0.24, "51-250": 0.02},
    "it_admin": {"11-50": 0.2, "51-250": 0.45, "250+": 0.35},
    "analyst": {"1-10": 0.08, "11-50": 0.37, "51-250": 0.35, "250+": 0.2},
    "student": {"1-10": 1.0},
}

FAULT = (datetime(2026, 2, 16), datetime(2026, 3, 16))
"""Verification mails to IT administrators get lost: from, up to and without."""
VERIFIED, VERIFIED_IN_FAULT = 0.9, 0.36

LOOPS_AT_CONNECTOR = 0.55
"""Share of analysts who, at the connector, turn between it and the docs and leave."""

BACK_AS = {
    "webinar": {"paid_search": 0.62, "direct": 0.2, "webinar": 0.18},
    "outbound": {"paid_search": 0.45, "direct": 0.25, "outbound": 0.3},
    "organic_search": {"organic_search": 0.45, "paid_search": 0.35, "direct": 0.2},
    "paid_search": {"paid_search": 0.75, "direct": 0.25},
    "partner": {"partner": 0.45, "paid_search": 0.3, "direct": 0.25},
    "direct": {"direct": 0.75, "paid_search": 0.25},
}
"""The channel of a later visit by that of the first: the brand is typed into the search box,
and the ad above the results takes the click."""

RHYTHM = Rhythm(
    hours=[1, 0.4, 0.3, 0.3, 0.4, 1, 2, 5, 9, 11, 11, 9, 7, 9, 10, 9, 8, 6, 4, 3, 3, 3, 2, 1.5],
    weekdays=[11, 12, 12, 11, 8, 2.5, 3],
)


def generate(folder: Path) -> None:
    """Simulate the tool's users and write the six tables to ``folder``."""
    world = World(SEED, RHYTHM)
    people(world, USERS, "u", CHANNELS, _device, _traits(world.dice), switchers=0.1)
    for person, when in zip(world.people, world.first_days(USERS, _season), strict=True):
        life = Life(world, person, home=look)
        life.plan(when, look)
        life.live()
    after.finish(world)
    write_sample(
        folder,
        world.rows,
        world.people,
        [
            "user_id",
            "event",
            "timestamp",
            "channel",
            "device",
            "campaign",
            "role",
            "company_size",
            "plan",
            "value",
        ],
        ["user_id", "timestamp", "source", "status", "industry", "company_size", "role", "value"],
    )


def _season(day: date) -> float:
    """Slow growth over the half year, and a push by the February webinars."""
    push = 1.7 if date(2026, 2, 12) <= day <= date(2026, 3, 15) else 1.0
    return push * (1 + 0.03 * (day.month - 1))


def _device(channel: str) -> dict[str, float]:
    return {"desktop": 0.83, "mobile": 0.13, "tablet": 0.04}


def _traits(dice: Dice) -> Callable[[str], dict[str, str]]:
    def traits(channel: str) -> dict[str, str]:
        role = dice.pick(ROLES)
        return {"role": role, "company_size": dice.pick(SIZES[role])}

    return traits


def label(visit: Visit, when: datetime) -> str:
    """Return the campaign of a visit; the brand's own name is bought in search, too."""
    if visit.channel == "paid_search":
        known = len(visit.life.person.memory) > 1
        return "brand-name" if known else "analytics-tools"
    if visit.channel == "webinar":
        return f"webinar-{when:%B}".lower()
    return {"outbound": "sdr-sequence", "partner": "marketplace"}.get(visit.channel, "")


def look(life: Life, when: datetime, channel: str = "") -> None:
    """Visit the web site: read, see prices, perhaps sign up for the trial."""
    person, dice = life.person, life.dice
    visit = Visit(life, when, channel or person.channel)
    visit.campaign = label(visit, when)
    visits = person.memory["visits"] = person.memory.get("visits", 0) + 1
    visit.do("visit", seconds=25)
    if visit.channel == "webinar" and dice.chance(0.75):
        visit.do("webinar_attend", seconds=1300)
        _ask_awareness(visit, 4.3 if dice.chance(0.8) else 3.0)
    if visits == 1 and dice.chance(0.3 - 0.06 * person.leaning):
        return come_back(visit, 0.22)
    for _ in range(int(dice.rng.geometric(0.5))):
        if dice.chance(0.34):
            visit.do("docs_view", seconds=70)
        if dice.chance(0.42):
            visit.do("pricing_view", seconds=45)
    if dice.chance(0.04):
        _ask_awareness(visit, 3.7)
    if "pricing_view" not in visit.seen and "docs_view" not in visit.seen:
        return come_back(visit, 0.3)
    warm = {"webinar": 0.4, "partner": 0.2, "outbound": -0.5}.get(person.channel, 0.0)
    warm -= 0.3 if person.traits["role"] == "student" else 0.0
    if dice.chance(0.06):
        visit.do("demo_request", seconds=90)
        warm += 0.8
    if dice.chance(logistic(-1.35 + 0.6 * person.leaning + 0.35 * visits + warm)):
        if "pricing_view" not in visit.seen and dice.chance(0.8):
            visit.do("pricing_view", seconds=45)
        return sign_up(visit)
    if dice.chance(0.03):
        after.call_for_help(visit, "pricing")
    come_back(visit, 0.42)


def _ask_awareness(visit: Visit, mean: float) -> None:
    if visit.life.dice.chance(0.22):
        about = About("awareness", ["pricing"], ["webinar-nice"])
        ask(visit.life, visit.now, "csat", mean, about, VOICE, channel=visit.channel)


def come_back(visit: Visit, often: float) -> None:
    """Plan the next look at the web site, if there is one."""
    life, dice = visit.life, visit.life.dice
    if dice.chance(often + 0.07 * life.person.leaning):
        channel = dice.pick(BACK_AS[life.person.channel])
        life.later(visit.now, dice.around(6, 0.8), look, channel)


def sign_up(visit: Visit) -> None:
    """Start the trial: sign up, get the mail, verify; without the mail nothing goes on."""
    life, dice = visit.life, visit.life.dice
    visit.do("signup", seconds=100)
    life.person.memory["trial"] = visit.now
    fault = life.person.traits["role"] == "it_admin" and FAULT[0] <= visit.now < FAULT[1]
    verified = dice.chance(VERIFIED_IN_FAULT if fault else VERIFIED)
    if dice.chance(0.13 if verified else 0.35):
        mean = 3.9 if verified else 1.8
        about = About("trial", ["verify-mail"] if not verified else ["pricing"], ["support-nice"])
        ask(life, visit.now, "csat", mean, about, VOICE, channel=visit.channel)
    if verified:
        visit.do("verify_email", seconds=30)
        if dice.chance(0.5):
            return set_up(visit)
        return life.later(visit.now, dice.around(0.8, 0.6), trial_day)
    if dice.chance(0.3):  # once more, in vain
        visit.do("signup", seconds=60)
    if dice.chance(0.3):
        after.call_for_help(visit, "account")
        if dice.chance(0.4):
            life.later(visit.now, 1.5, late_verify)


def late_verify(life: Life, when: datetime) -> None:
    """Verify after the support has helped."""
    visit = Visit(life, when, "direct")
    visit.do("verify_email", seconds=30)
    set_up(visit)


def trial_day(life: Life, when: datetime) -> None:
    """Come back on a later day of the trial and set up what is still missing."""
    if life.person.memory.get("plan"):
        return
    visit = Visit(life, when, life.dice.pick(BACK_AS[life.person.channel]))
    visit.campaign = label(visit, when)
    set_up(visit)


def set_up(visit: Visit) -> None:
    """Go through the onboarding as far as it goes on this day."""
    life, dice, memory = visit.life, visit.life.dice, visit.life.person.memory
    lean = life.person.leaning
    if not memory.get("project"):
        if not dice.chance(0.7 + 0.08 * lean):
            return _another_day(visit, 0.35)
        memory["project"] = visit.do("create_project", seconds=120)
        if dice.chance(0.4):
            send(life.world, visit.now + timedelta(days=1), after.TIPS, life.person.id)
    if not memory.get("data"):
        for _ in range(dice.whole(1, 3)):  # the import is tried again and again
            visit.do("import_data", seconds=240)
        if dice.chance(0.12):
            after.call_for_help(visit, "import")
        if dice.chance(0.5):
            about = About("onboarding", ["import-trouble"], ["support-nice"])
            ask(life, visit.now, "csat", 2.4, about, VOICE, channel=visit.channel)
        if dice.chance(0.25):
            about = About("onboarding", ["import-trouble"], ["support-nice"])
            ask(life, visit.now, "ces", 3.2, about, VOICE)
        if not dice.chance(0.8 + 0.05 * lean):
            return _another_day(visit, 0.4)
        memory["data"] = True
    if dice.chance(0.55) and not memory.get("connected") and connector(visit):
        return _another_day(visit, 0.1)
    if dice.chance(0.25):
        visit.do("invite_teammate", seconds=60)
    use(visit)


def connector(visit: Visit) -> bool:
    """Connect a source; True for those who turn between docs and connector and leave."""
    life, dice = visit.life, visit.life.dice
    visit.do("integration_connect", seconds=90)
    life.person.memory["connected"] = True
    analyst = life.person.traits["role"] == "analyst"
    if not dice.chance(LOOPS_AT_CONNECTOR if analyst else 0.05):
        return False
    for _ in range(dice.whole(2, 4)):
        visit.do("docs_view", seconds=80)
        visit.do("integration_connect", seconds=60)
    if dice.chance(0.7):
        about = About("onboarding", ["connector-docs"], ["support-nice"])
        ask(life, visit.now, "csat", 1.7, about, VOICE, channel=visit.channel)
    if dice.chance(0.3):
        after.call_for_help(visit, "integration")
    return True


def use(visit: Visit) -> None:
    """See reports, hit limits, look at the plans, subscribe."""
    life, dice, person = visit.life, visit.life.dice, visit.life.person
    for _ in range(int(dice.rng.geometric(0.55))):
        visit.do("report_view", seconds=150)
    uses = person.memory["uses"] = person.memory.get("uses", 0) + 1
    if dice.chance(0.12):
        about = About("decision", ["pricing"], ["reports-nice"])
        ask(life, visit.now, "csat", 4.3, about, VOICE, channel=visit.channel)
    if dice.chance(0.3):
        visit.do("limit_hit", seconds=20)
        visit.do("upgrade_view", seconds=60)
    elif dice.chance(0.2):
        visit.do("upgrade_view", seconds=60)
    role = {"student": -2.6, "founder": 0.15, "it_admin": 0.3}.get(person.traits["role"], 0.0)
    looked = 0.6 if "upgrade_view" in visit.seen else 0.0
    if dice.chance(logistic(-2.15 + 0.6 * person.leaning + 0.2 * min(uses, 4) + looked + role)):
        return after.subscribe(visit)
    if uses == 1:
        life.plan(visit.now + timedelta(days=dice.between(8, 11)), after.remind)
    _another_day(visit, 0.5)


def _another_day(visit: Visit, often: float) -> None:
    life, dice = visit.life, visit.life.dice
    if dice.chance(often + 0.08 * life.person.leaning):
        life.later(visit.now, dice.around(2.5, 0.6), trial_day)
