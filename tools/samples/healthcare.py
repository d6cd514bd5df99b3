"""The clinic: 3,800 patients from looking for care to the follow-up visit.

The numbers that STORIES.md calls planted stand at the top of this module and of
``healthcare_after``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from samples import healthcare_after as after
from samples.asking import About, ask
from samples.dice import Dice, logistic
from samples.healthcare_words import VOICE
from samples.life import Life, Rhythm, Visit, World, people
from samples.write import write_sample

SEED = 314
PATIENTS = 3800

CHANNELS = {"phone": 0.3, "portal": 0.22, "app": 0.3, "referral": 0.18}
OLDER = {"phone": 0.46, "portal": 0.14, "app": 0.07, "referral": 0.3}
"""Share of patients of 65 and more by channel. No persona covers those who phone and are
younger: a gap in the personas, not in the audience."""

FAULT = (datetime(2026, 3, 16), datetime(2026, 4, 13))
"""The app sends no reminders for appointments in this time: from, up to and without."""
NO_SHOW, NO_SHOW_UNREMINDED = 0.07, 0.38

RESULTS_UNSEEN = {"65+": 0.5, "other": 0.12}
"""Share of patients who never get to see their results, because they are in the portal only."""

RHYTHM = Rhythm(
    hours=[0, 0, 0, 0, 0, 0.3, 2, 7, 13, 14, 12, 8, 5, 6, 7, 7, 5, 3, 3, 3.5, 3, 2, 1, 0.3],
    weekdays=[14, 11, 10, 10.5, 8, 2, 2],
)
CLINIC = Rhythm(
    hours=[0] * 8 + [12, 13, 12, 9, 2, 9, 10, 8, 5] + [0] * 7,
    weekdays=[10, 10, 9, 10, 7, 0.001, 0.001],
)


def generate(folder: Path) -> None:
    """Simulate the clinic and write its six tables to ``folder``."""
    world = World(SEED, RHYTHM)
    people(world, PATIENTS, "p", CHANNELS, _device, _traits(world.dice), switchers=0.12)
    for person, when in zip(world.people, world.first_days(PATIENTS, _season), strict=True):
        life = Life(world, person, home=look)
        life.plan(when, look)
        life.live()
    after.finish(world)
    write_sample(
        folder,
        world.rows,
        world.people,
        ["user_id", "event", "timestamp", "channel", "device", "age_group", "department", "value"],
        ["user_id", "timestamp", "source", "status", "value", "age_group", "department"],
    )


def _season(day: date) -> float:
    """More patients in winter, and an early start: a follow-up takes weeks."""
    return 1.35 if day.month < 4 else 1.1 if day.month < 6 else 0.7


def _device(channel: str) -> dict[str, float]:
    if channel == "app":
        return {"mobile": 0.93, "tablet": 0.07}
    mobile = {"phone": 0.55, "portal": 0.35}.get(channel, 0.45)
    return {"mobile": mobile, "desktop": 0.93 - mobile, "tablet": 0.07}


def _traits(dice: Dice) -> Callable[[str], dict[str, str]]:
    def traits(channel: str) -> dict[str, str]:
        old = OLDER[channel]
        young = (1 - old) / 2
        departments = {
            "general": 0.4,
            "cardiology": 0.3 if old > 0.4 else 0.14,
            "dermatology": 0.16,
            "orthopaedics": 0.16,
            "paediatrics": 0.02 if old > 0.4 else 0.14,
        }
        return {
            "age_group": dice.pick({"18-39": young, "40-64": young, "65+": old}),
            "department": dice.pick(departments),
        }

    return traits


def look(life: Life, when: datetime, again: bool = False) -> None:
    """Look for care: on the web site, for a doctor, by telephone; then perhaps book."""
    dice, person = life.dice, life.person
    visit = Visit(life, when, person.channel)
    if person.channel == "phone":
        if not again and dice.chance(0.35):
            visit.do("website_visit", seconds=60)
        hung_up = after.call(visit, "appointment")
    else:
        visit.do("website_visit", seconds=45)
        for _ in range(int(dice.rng.geometric(0.6))):
            visit.do("find_doctor", seconds=70)
            if dice.chance(0.2):
                visit.do("website_visit", seconds=30)
        hung_up = False
        if dice.chance(0.14):
            hung_up = after.call(visit, "appointment")
    if dice.chance(0.06):
        about = About("need-and-search", ["phone-hold"], ["booking-nice"])
        ask(life, visit.now, "csat", 2.4 if hung_up else 3.7, about, VOICE)
    if person.channel in ("app", "portal") and not again and dice.chance(0.4):
        visit.do("portal_signup", seconds=120)
    referred = 0.5 if person.channel == "referral" else 0.0
    if not hung_up and dice.chance(logistic(1.25 + referred + 0.6 * person.leaning)):
        return book(visit)
    if dice.chance(0.5 if hung_up else 0.4):
        life.later(visit.now, dice.around(3, 0.7), look, True)


def book(visit: Visit) -> None:
    """Book an appointment; the reminder goes out two days before, if it goes out."""
    life, dice = visit.life, visit.life.dice
    visit.do("book_appointment", seconds=60)
    if dice.chance(0.12):
        about = About("booking", ["phone-hold"], ["booking-nice"])
        ask(life, visit.now, "csat", 4.0, about, VOICE, channel=visit.channel)
    at = CLINIC.near(dice, visit.now + timedelta(days=dice.around(8, 0.6)))
    if dice.chance(0.05):
        return life.later(visit.now, 1.5, cancel)
    at = max(at, visit.now + timedelta(hours=20))
    life.person.memory["booked"] = life.person.memory.get("booked", 0) + 1
    silent = life.person.channel == "app" and FAULT[0] <= at < FAULT[1]
    if at - visit.now > timedelta(days=2):
        if not silent:
            day = at.date() - timedelta(days=2)
            morning = datetime(day.year, day.month, day.day, 9, dice.whole(0, 59))
            life.plan(morning, reminder, at)
        else:
            life.plan(at, appointment, True)
    else:
        life.plan(at, appointment, False)


def cancel(life: Life, when: datetime) -> None:
    """Cancel the appointment."""
    Visit(life, when, life.person.channel).do("cancel", seconds=30)
    if life.dice.chance(0.3):
        life.later(when, 9, look, True)


def reminder(life: Life, when: datetime, at: datetime) -> None:
    """Remind, and see what the patient does about it."""
    visit, dice = Visit(life, when, life.person.channel), life.dice
    visit.do("reminder_sent", seconds=300)
    if dice.chance(0.62):
        visit.do("reminder_confirmed", seconds=20)
    elif dice.chance(0.2):
        visit.do("reschedule", seconds=60)
        at = CLINIC.near(dice, at + timedelta(days=dice.whole(2, 9)))
    life.plan(at, appointment, False)


def appointment(life: Life, when: datetime, unreminded: bool) -> None:
    """Come to the appointment, or not."""
    dice, person = life.dice, life.person
    visit = Visit(life, when, person.channel)
    if dice.chance(NO_SHOW_UNREMINDED if unreminded else NO_SHOW):
        visit.do("no_show", seconds=5)
        if dice.chance(0.5):
            about = About("booking", ["no-reminder"], ["booking-nice"])
            ask(life, visit.now, "csat", 1.8 if unreminded else 3.2, about, VOICE)
        if dice.chance(0.3):
            life.later(when, dice.around(6, 0.6), look, True)
        return
    visit.do("check_in", seconds=240)
    visit.do("waiting_room", seconds=900)
    visit.do("consultation", value=after.fee(life, visit), seconds=800)
    tested = dice.chance(0.6)
    if tested:
        visit.do("lab_test", seconds=300)
    if dice.chance(0.16):
        about = About("visit", ["waiting-room"], ["doctor-nice"])
        ask(life, visit.now, "csat", 4.4, about, VOICE)
    wait = after.results_days(life) if tested else dice.whole(0, 2)
    life.later(visit.now, max(wait, 0.4), results, wait > 3)
    if not person.memory.get("invited"):
        person.memory["invited"] = True
        life.plan(visit.now + timedelta(days=dice.between(12, 15)), after.invite)


def results(life: Life, when: datetime, late: bool) -> None:
    """Get the results, in the portal only: many of the older patients go round in circles."""
    dice, person = life.dice, life.person
    visit = Visit(life, when, person.channel)
    visit.do("results_ready", seconds=1200)
    old = person.traits["age_group"] == "65+"
    unseen = dice.chance(RESULTS_UNSEEN["65+" if old else "other"])
    if unseen and old:
        life.later(when, dice.around(2, 0.5), locked_out)
    if dice.chance(0.2):
        mean = 1.7 if unseen else 2.1 if late else 2.8
        about = About(
            "tests-and-results", ["results-portal" if old else "results-late"], ["doctor-nice"]
        )
        ask(life, visit.now, "csat", mean, about, VOICE)
    if dice.chance(0.09):
        about = About("tests-and-results", ["results-portal"], ["doctor-nice"])
        ask(life, visit.now, "ces", 2.6 if old else 4.1, about, VOICE)
    if not unseen:
        life.later(when, dice.around(0.8, 0.6), see_results)
    elif dice.chance(0.1):
        life.later(when, dice.around(9, 0.5), after.follow_up)


def locked_out(life: Life, when: datetime) -> None:
    """Try the portal, call, be sent back to the portal, call again, leave it."""
    dice = life.dice
    visit = Visit(life, when, life.person.channel)
    for _ in range(dice.whole(1, 3)):
        visit.do("portal_signup", seconds=200)
        after.call(visit, "results", always=True)


def see_results(life: Life, when: datetime) -> None:
    """Read the results; a follow-up is what many then want."""
    dice, person = life.dice, life.person
    visit = Visit(life, when, person.channel)
    visit.do("results_viewed", seconds=120)
    if dice.chance(0.16):
        visit.do("question_sent", seconds=150)
        after.message(visit)
    referred = 0.2 if person.channel == "referral" else 0.0
    if dice.chance(logistic(0.95 + 0.6 * person.leaning + referred)):
        life.later(visit.now, dice.around(6, 0.6), after.follow_up)
