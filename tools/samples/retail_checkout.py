"""The shop from the basket to the payment, with the fault, the ways back and the reminders."""

from __future__ import annotations

from datetime import datetime, timedelta

from samples import retail_after as after
from samples.asking import About, Campaign, ask, send
from samples.dice import logistic
from samples.life import Life, Visit
from samples.retail_words import VOICE

FAULT = (datetime(2026, 4, 9), datetime(2026, 5, 9))
"""The mobile payment fault: from, up to and without."""
ERRORS, ERRORS_IN_FAULT = 0.05, 0.56
"""Share of payment attempts that end in a payment error, else and on mobile in the fault."""

BACK_AS = {
    "social": {"direct": 0.6, "organic_search": 0.12, "social": 0.2, "email": 0.08},
    "organic_search": {"organic_search": 0.5, "direct": 0.4, "email": 0.1},
    "paid_search": {"paid_search": 0.45, "direct": 0.42, "organic_search": 0.13},
    "referral": {"referral": 0.4, "direct": 0.5, "organic_search": 0.1},
    "email": {"email": 0.92, "direct": 0.08},
    "direct": {"direct": 0.9, "organic_search": 0.1},
    "affiliate": {"affiliate": 0.95, "direct": 0.05},
}
"""The channel of a later visit by that of the first: found on social, bought by address."""

REMINDER = Campaign("cart-reminder", "purchase", "email", 0.02, 0.46, 0.2, holdout=0.3)
LAST_CHANCE = Campaign("last-chance-basket", "purchase", "email", 0.02, 0.31, 0.08, holdout=0.3)
REMINDED_COME_BACK = 0.22
ALSO_LAST_CHANCE = 0.94


def in_fault(visit: Visit) -> bool:
    """Tell whether the visit pays on mobile while the fault lasts."""
    return visit.device == "mobile" and FAULT[0] <= visit.now < FAULT[1]


def to_checkout(visit: Visit, eager: float = 0.0) -> None:
    """From the basket to the payment page, with the ways back that people take."""
    dice, person = visit.life.dice, visit.life.person
    product = person.memory["basket"]
    visit.do("cart_view", "/cart", seconds=30)
    if dice.chance(0.22):
        visit.do("product_view", f"/p/{product}", seconds=30)
        visit.do("cart_view", "/cart", seconds=20)
    mobile = -0.15 if visit.device == "mobile" else 0.0
    if not dice.chance(logistic(0.25 + mobile + 0.4 * person.leaning + eager)):
        return abandon(visit)
    visit.do("checkout_start", "/checkout", seconds=45)
    if dice.chance(0.12):
        visit.do("cart_view", "/cart", seconds=20)
        visit.do("checkout_start", "/checkout", seconds=30)
    if not dice.chance(0.93):
        return abandon(visit)
    visit.do("shipping", "/checkout/shipping", seconds=70)
    if not dice.chance(0.94):
        return abandon(visit)
    pay(visit)


def pay(visit: Visit) -> None:
    """Try to pay, again if it fails; on mobile it fails often while the fault lasts."""
    life, dice = visit.life, visit.life.dice
    paid, failed = False, False
    for _ in range(3):
        visit.do("payment", "/checkout/payment", seconds=60)
        if dice.chance(ERRORS_IN_FAULT if in_fault(visit) else ERRORS):
            failed = True
            visit.do("payment_error", "/checkout/payment", seconds=25)
            if dice.chance(0.33):
                continue
            break
        paid = dice.chance(0.88)
        break
    if dice.chance(0.65 if failed else 0.34):
        mean = 1.5 if failed else 2.6 if visit.device == "mobile" else 2.9
        about = About("purchase", ["payment-phone"] if failed else ["checkout-long"], ["pretty"])
        ask(life, visit.now, "csat", mean, about, VOICE, channel=visit.channel, device=visit.device)
    if dice.chance(0.2):
        about = About("purchase", ["payment-phone" if failed else "checkout-long"], ["pretty"])
        ask(life, visit.now, "ces", 2.4 if failed else 4.2, about, VOICE, device=visit.device)
    if failed and dice.chance(0.3):
        after.call_for_help(visit, "payment")
    if paid:
        return after.buy(visit)
    abandon(visit, failed)


def abandon(visit: Visit, failed: bool = False) -> None:
    """Leave with a full basket: the reminder is planned, some come back by themselves."""
    life, dice, memory = visit.life, visit.life.dice, visit.life.person.memory
    if not memory.get("reminded"):
        memory["reminded"] = True
        life.plan(visit.now + timedelta(hours=dice.between(20, 26)), remind)
    if failed and life.person.other_device and dice.chance(0.35):
        again = timedelta(hours=dice.between(2, 60))
        life.plan(visit.now + again, back_to_basket, "direct", "", 1.0, "desktop")
    elif dice.chance(0.16 if failed else 0.24):
        channel = dice.pick(BACK_AS[life.person.channel])
        life.later(visit.now, dice.around(4, 0.8), back_to_basket, channel, "", 0.3)
    else:
        come_back(life, visit)


def back_to_basket(
    life: Life, when: datetime, channel: str, campaign: str, eager: float, device: str = ""
) -> None:
    """Come back to a basket that was left, unless it was bought in the meantime."""
    if not life.person.memory.get("basket"):
        return
    visit = Visit(life, when, channel, campaign, device)
    visit.do("landing_page" if campaign else "home", "/l/basket" if campaign else "/", seconds=15)
    to_checkout(visit, eager)


def remind(life: Life, when: datetime) -> None:
    """Send the cart reminder (or hold it back); almost all of them get a second mail later."""
    dice, person = life.dice, life.person
    if not person.memory.get("basket"):
        return
    sent, _ = send(life.world, when, REMINDER, person.id)
    if sent and dice.chance(REMINDED_COME_BACK):
        soon = when + timedelta(hours=dice.around(5, 0.6))
        life.plan(soon, back_to_basket, "email", REMINDER.name, 2.2)
    if dice.chance(ALSO_LAST_CHANCE):
        life.plan(when + timedelta(hours=dice.between(44, 52)), last_chance)


def last_chance(life: Life, when: datetime) -> None:
    """Send the second mail: it is opened and clicked, and nobody buys more because of it."""
    _, clicked = send(life.world, when, LAST_CHANCE, life.person.id)
    if clicked:
        visit = Visit(life, when + timedelta(hours=3), "email", LAST_CHANCE.name)
        visit.do("landing_page", "/l/basket", seconds=15)
        visit.do("cart_view", "/cart", seconds=20)


def come_back(life: Life, visit: Visit) -> None:
    """Plan the next visit, if there is one."""
    person, dice = life.person, life.dice
    visits = person.memory["visits"]
    often = {"email": 0.74, "affiliate": 0.08, "social": 0.52}.get(person.channel, 0.42)
    if dice.chance(often + 0.07 * person.leaning - 0.03 * visits):
        gap = dice.around(10 if person.channel == "email" else 5, 0.8)
        life.later(visit.now, gap, life.home, dice.pick(BACK_AS[person.channel]))
