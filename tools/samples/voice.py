"""Comments that sound like people: own phrases, put together with variation."""

from __future__ import annotations

from collections.abc import Mapping

from samples.dice import Dice

BAD_TAILS = """
Please fix this.
Not what I am used to from you.
I gave up in the end.
That cost me my whole lunch break.
Really annoying.
I will think twice next time.
Second time this happens.
Is anybody looking into this?
A pity, I like you otherwise.
My colleague had the same thing.
That was on {day}.
It was {day} evening, in case that helps.
Happened again yesterday.
This morning, to be exact.
"""

GOOD_TAILS = """
Thank you!
Keep it like that.
Will come back.
Told two friends already.
More of this please.
Very happy.
No complaints at all.
That made my day.
"""

CONTACTS = """
Write to me at {mail} please.
You can reach me on {phone}.
Call me back: {phone}
My address is {mail} in case you need details.
"""

MAILS = ["tram.reader{n}@example.com", "k.lindqvist{n}@example.org", "mo{n}.farah@example.net"]
PHONES = ("+44 7700 900{n:03d}", "07700 900 {n:03d}", "(202) 555-01{n}")
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
BAD_OPENERS = ("Honestly,", "Sorry, but", "Hmm,", "To be frank:", "Well,", "Hello,", "Again:")
GOOD_OPENERS = ("Honestly,", "Wow,", "I must say,", "Hello,", "Just to say:")


def lines(text: str) -> list[str]:
    """Return the lines of a block that have something on them."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Voice:
    """Says something about a theme.

    Parameters
    ----------
    themes : theme to a block of phrases, one per line, with ``{slots}``.
    foreign : theme to a block of phrases in other languages (used as they stand).
    slots : slot to the words that may fill it; ``{n}`` style numbers come as text here too.
    pleasant : the themes that are praise; all others are complaints.
    """

    def __init__(
        self,
        themes: Mapping[str, str],
        foreign: Mapping[str, str],
        slots: Mapping[str, list[str]],
        pleasant: set[str],
    ) -> None:
        self.themes = {theme: lines(block) for theme, block in themes.items()}
        self.foreign = {theme: lines(block) for theme, block in foreign.items()}
        self.slots = slots
        self.pleasant = pleasant

    def say(self, dice: Dice, theme: str) -> str:
        """Return a comment on ``theme``; about 4 in 100 are in another language."""
        if theme in self.foreign and dice.chance(0.045):
            return dice.one(self.foreign[theme])
        nice = theme in self.pleasant
        said = dice.one(self.themes[theme])
        text = self._filled(dice, said)
        if dice.chance(0.15):
            opener = dice.one(GOOD_OPENERS if nice else BAD_OPENERS)
            text = f"{opener} {text if text.startswith('I ') else text[0].lower() + text[1:]}"
        text += dice.pick({".": 6, "": 2, "!": 1 if nice else 0.6})
        if dice.chance(0.2):
            others = [phrase for phrase in self.themes[theme] if phrase != said]
            more = self._filled(dice, dice.one(others))
            text = text.rstrip(".!") + f". {more}."
        elif dice.chance(0.4):
            tail = dice.one(lines(GOOD_TAILS if nice else BAD_TAILS))
            text = text.rstrip(".!") + f". {tail.format(day=dice.one(DAYS))}"
        if not nice and dice.chance(0.035):
            text = text.rstrip(".!") + f". {self._contact(dice)}"
        elif dice.chance(0.14):
            text = text.lower()
        return text

    def _filled(self, dice: Dice, phrase: str) -> str:
        return phrase.format(**{slot: dice.one(words) for slot, words in self.slots.items()})

    @staticmethod
    def _contact(dice: Dice) -> str:
        """Leave an address or number that is nobody's: from reserved domains and ranges."""
        n = dice.whole(10, 99)
        mail, phone = dice.one(MAILS).format(n=n), dice.one(PHONES).format(n=n)
        return dice.one(lines(CONTACTS)).format(mail=mail, phone=phone)
