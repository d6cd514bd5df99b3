"""The fashion accessories shop: 6,000 visitors and the stories planted among them.

The numbers that STORIES.md calls planted stand at the top of this module, of
``retail_checkout`` and of ``retail_after``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from samples import retail_after as after
from samples.asking import About, ask, send
from samples.dice import Dice, logistic
from samples.life import Life, Person, Rhythm, Visit, World, people
from samples.retail_checkout import come_back, to_checkout
from samples.retail_words import PRODUCTS, SOLD_OUT, VOICE
from samples.write import write_sample

SEED = 105
USERS = 6000

CHANNELS = {
    "social": 0.25,
    "organic_search": 0.21,
    "paid_search": 0.17,
    "email": 0.15,
    "direct": 0.09,
    "referral": 0.06,
    "affiliate": 0.07,  # no persona's segment has it, and it hardly converts
}
MOBILE = {"social": 0.8, "email": 0.45, "direct": 0.45, "affiliate": 0.6}
BOUNCE = {"social": 0.34, "paid_search": 0.3, "email": 0.16, "direct": 0.12, "affiliate": 0.74}

LOOKBOOK = (datetime(2026, 2, 23), datetime(2026, 6, 29))
ON_SOLD_OUT = 0.45
"""Share of e-mail visits in that time that open on the sold-out scarf."""
LEAVES_SOLD_OUT = 0.85

RHYTHM = Rhythm(
    hours=[2, 1, 0.5, 0.3, 0.3, 0.6, 2, 4, 5, 5, 5, 5, 6, 6, 5, 5, 5, 6, 7, 9, 11, 10, 7, 4],
    weekdays=[10, 9, 9, 9.5, 8.5, 9, 12.5],
)


def generate(folder: Path) -> None:
    """Simulate the shop and write its six tables to ``folder``."""
    world = World(SEED, RHYTHM)
    people(world, USERS, "u", CHANNELS, _device, _traits(world.dice), switchers=0.18)
    for person, when in zip(world.people, world.first_days(USERS, _season), strict=True):
        life = Life(world, person, home=shop)
        life.plan(when, shop)
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
            "page",
            "value",
            "age_band",
            "region",
        ],
        ["user_id", "timestamp", "source", "status", "value", "age_band", "region"],
    )


def _season(day: date) -> float:
    """More newcomers in the weeks of the spring campaign, slightly more from month to month."""
    spring = 1.8 if date(2026, 4, 4) <= day <= date(2026, 5, 10) else 1.0
    return spring * (1 + 0.05 * (day.month - 1))


def _device(channel: str) -> dict[str, float]:
    mobile = MOBILE.get(channel, 0.52)
    return {"mobile": mobile, "desktop": 0.9 - mobile, "tablet": 0.1}


def _traits(dice: Dice) -> Callable[[str], dict[str, str]]:
    def traits(channel: str) -> dict[str, str]:
        young = 2.0 if channel == "social" else 1.0
        ages = {"18-24": 0.16 * young, "25-34": 0.3, "35-49": 0.3, "50-64": 0.17, "65+": 0.07}
        regions = {"north": 0.24, "east": 0.2, "south": 0.26, "west": 0.24, "islands": 0.06}
        return {"age_band": dice.pick(ages), "region": dice.pick(regions)}

    return traits


def shop(life: Life, when: datetime, channel: str = "", campaign: str = "") -> None:
    """Make one visit to the shop, from wherever it starts to wherever it ends."""
    person, dice = life.person, life.dice
    channel = channel or person.channel
    person.memory["visits"] = person.memory.get("visits", 0) + 1
    lookbook = channel == "email" and not campaign and LOOKBOOK[0] <= when < LOOKBOOK[1]
    lookbook = lookbook and dice.chance(ON_SOLD_OUT)
    visit = Visit(life, when, channel, campaign or _label(dice, channel, when, lookbook))
    if lookbook and not dead_end(visit):
        return come_back(life, visit)
    if not lookbook:
        enter(visit)
        if dice.chance(BOUNCE.get(channel, 0.27) - 0.05 * person.leaning):
            return come_back(life, visit)
    product = look_around(visit)
    if product and dice.chance(_basket_chance(person)):
        return fill_basket(visit, product)
    if product and dice.chance(0.1):
        about = About("consideration", ["sizing"], ["easy-choice", "pretty"])
        puzzled = "size_guide" in visit.seen and dice.chance(0.6)
        ask(
            life,
            visit.now,
            "csat",
            2.7 if puzzled else 4.4,
            about,
            VOICE,
            channel=channel,
            device=visit.device,
        )
    if dice.chance(0.025):
        after.call_for_help(visit, "product question")
    come_back(life, visit)


def _label(dice: Dice, channel: str, when: datetime, lookbook: bool) -> str:
    if channel == "email":
        return "spring-lookbook" if lookbook else "newsletter"
    if channel == "social":
        spring = datetime(2026, 4, 4) <= when < datetime(2026, 5, 11)
        return "spring-drop" if spring else "style-feed"
    if channel == "paid_search":
        return dice.pick({"accessories": 0.7, "gift-ideas": 0.3})
    return "voucher-portal" if channel == "affiliate" else ""


def _basket_chance(person: Person) -> float:
    visits = min(person.memory["visits"], 4)
    warm = {"email": 0.2, "affiliate": -1.5, "social": 0.1}.get(person.channel, 0.0)
    bought = 0.7 if person.memory.get("orders") else 0.0
    return logistic(-2.2 + 0.75 * person.leaning + 0.45 * visits + warm + bought)


def enter(visit: Visit) -> None:
    """Start where the channel leads: the landing page, home, or deep in the shop."""
    dice = visit.life.dice
    doors = {
        "direct": {"home": 0.9, "landing_page": 0.1},
        "organic_search": {"home": 0.3, "landing_page": 0.46, "category_view": 0.24},
        "referral": {"landing_page": 0.7, "home": 0.2, "category_view": 0.1},
        "email": {"landing_page": 0.94, "home": 0.06},
    }
    door = dice.pick(doors.get(visit.channel, {"landing_page": 0.9, "home": 0.1}))
    page = {"home": "/", "category_view": "/c/scarves"}.get(door, f"/l/{visit.campaign or 'new'}")
    visit.do(door, page, seconds=22)
    if dice.chance(0.035):
        visit.do("newsletter_signup", "/newsletter")
        visit.life.person.memory["newsletter"] = visit.now
        send(visit.life.world, visit.now + timedelta(hours=1), after.WELCOME, visit.life.person.id)
    if dice.chance(0.03):
        about = About("awareness", ["checkout-long", "sizing"], ["easy-choice", "pretty"])
        ask(visit.life, visit.now, "csat", 3.6, about, VOICE, channel=visit.channel)


def dead_end(visit: Visit) -> bool:
    """Open on the sold-out scarf of the lookbook; True for the few who look on."""
    dice = visit.life.dice
    page = f"/p/{SOLD_OUT}"
    visit.do("landing_page", "/l/spring-lookbook", seconds=15)
    visit.do("product_view", page, seconds=25)
    while dice.chance(0.45) and len(visit.seen) < 9:
        visit.do("search", "/search?q=scarf", seconds=18)
        visit.do("product_view", page, seconds=15)
    if dice.chance(0.12):
        about = About("consideration", ["sold-out"], ["pretty"])
        ask(visit.life, visit.now, "csat", 1.9, about, VOICE, channel="email", device=visit.device)
    return not dice.chance(LEAVES_SOLD_OUT)


def look_around(visit: Visit) -> str:
    """Search, browse and compare; the product they liked best, or nothing."""
    dice, liked = visit.life.dice, ""
    for _ in range(1 + int(dice.rng.geometric(0.37))):
        step = dice.pick({"category_view": 0.34, "search": 0.22, "product_view": 0.44})
        if step != "product_view":
            visit.do(step, "/search?q=gift" if step == "search" else "/c/bags", seconds=25)
            if dice.chance(0.3):
                continue
        liked = dice.pick({name: weight for name, (_, _, weight) in PRODUCTS.items()})
        visit.do("product_view", f"/p/{liked}", seconds=45)
        if dice.chance(0.22):
            visit.do("review_read", f"/p/{liked}", seconds=50)
        if PRODUCTS[liked][0] in ("belts", "hats", "gloves") and dice.chance(0.35):
            visit.do("size_guide", "/size-guide", seconds=35)
        if dice.chance(0.06):
            visit.do("wishlist_add", f"/p/{liked}", seconds=8)
    if dice.chance(0.07):
        visit.do("home", "/", seconds=15)
    return liked


def fill_basket(visit: Visit, product: str) -> None:
    """Put the product in the basket, look at it, perhaps go back, perhaps go on to pay."""
    dice, person = visit.life.dice, visit.life.person
    visit.do("add_to_cart", f"/p/{product}", seconds=12)
    person.memory["basket"] = product
    if dice.chance(0.2):
        more = look_around(visit)
        if more:
            visit.do("add_to_cart", f"/p/{more}", seconds=12)
            person.memory["also"] = more
    to_checkout(visit)
