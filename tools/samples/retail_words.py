"""What the shop's customers say, and what the shop sells."""

from __future__ import annotations

from samples.voice import Voice

THEMES = {
    "payment-phone": """
        The payment page froze on my phone and I had to start over
        Paid three times, payment error each time, on the phone
        Card was declined on my mobile although it works everywhere else
        On my phone the payment button does nothing at all
        Payment failed twice on mobile, then worked on the laptop
        After entering the card number the phone shows an error and the basket is empty
        The checkout on the phone sends me back from payment to the address, again and again
        My bank approved the payment but your page on the phone said error
        Could not pay with the phone, a red payment error without any explanation
        Typing a card number on that tiny payment form on mobile is no fun, and then it fails
        The wallet payment on my phone spins for {minutes} minutes and then fails
    """,
    "checkout-long": """
        Too many fields in the checkout, why do you need my date of birth
        Shipping cost of the {item} shows up only at the very end of the checkout
        I was asked for the address twice in the checkout
        Had to make an account before the checkout let me go on
        The voucher code field in the checkout did not take my code
        Checkout does not say how many steps are still to come
        The checkout logs me out as soon as I look at the {item} once more
        Why is there no guest checkout for one {item}
        Two pages of the checkout ask the same, name and town and name again
        The checkout changed my {item} to another colour and I noticed it late
        In the checkout the back button empties the form
    """,
    "sizing": """
        The size guide did not help, the {sized} came too small
        Sizing is off: ordered my usual size and the {sized} is far too big
        No idea which size to take for the {sized}, the table has only inches
        Size M fits like an S, the {sized} had to go back
        Please show sizes in centimetres, guessing the size of the {sized} is silly
        I measured twice and the size of the {sized} was still wrong
        The size guide for the {sized} opens the one for shoes
        Between two sizes and nobody tells which one to take
    """,
    "delivery-late": """
        Delivery took {days} days instead of three
        The parcel came {days} days late and the birthday was over
        Promised in three days, delivered after {days}
        Tracking stood still for {days} days, no word from the carrier
        Late delivery again, the {item} was a gift
        Delivery date moved twice without any message
        Still waiting for the parcel, the delivery should have been here last week
        The courier says delivered, my doorstep says no, it came {days} days later
    """,
    "chat-waiting": """
        Waited {minutes} minutes in the chat until somebody answered
        The chat says two minutes, I waited {minutes}
        In the evening nobody is in the chat, I left after {minutes} minutes
        Chat put me in a queue and then closed it
        After {minutes} minutes of waiting the chat told me to write an e-mail
        Chat answer came when I was long asleep, waiting time {minutes} minutes
        Number 14 in the chat queue at eight in the evening, really
    """,
    "sold-out": """
        The newsletter shows a scarf that is sold out
        Clicked the mail, landed on a sold out scarf, and nothing like it is offered
        Why send me a mail about something that is sold out
        The indigo scarf in the lookbook mail has been sold out for weeks
        Sold out, again, and I only ended up there because of your mail
        From the e-mail to a sold out page and back, three times
    """,
    "returns": """
        The return label was missing and I had to ask for it
        Refund for the return of the {item} took {days} days
        Sending the {item} back was more work than buying it
        Return portal does not know my order number
        Had to print the return label for the {item} at the library
        The return form wants a reason and none of the reasons fits
        Three weeks until the return of the {item} was booked
    """,
    "pretty": """
        The {item} is even nicer than in the pictures
        Lovely colours and the {item} feels like good quality
        Got compliments for the {item} on the first day
        Beautiful {item}, great quality for the price
        The pictures are honest, the {item} looks just like that
        Such good quality, the {item} will last for years
        Everybody asks me where the {item} is from
        The {item} goes with everything I own, lovely work
        Finally a {item} that does not fall apart, the stitching is perfect
        Soft, light, good colours: the {item} is what I had hoped for
        Wore the {item} at a wedding and felt well dressed
    """,
    "easy-choice": """
        Reviews with photos made choosing the {item} easy
        Found the right {item} in five minutes, the filters are great
        The comparison of colours helped me to choose the {item}
        Nice clear pages, choosing was fun
        Reviews answered all my questions about the {item}
        Easy to find, easy to compare, I knew at once which {item} to take
        The size of the photos is great, you can see how the {item} is made
        Looked for a {item} under fifty and had three good ones in a minute
        The short video of the {item} helped me more than any text
    """,
    "gift-wrap": """
        The gift wrapping was gorgeous, my sister loved the {item}
        Gift box and a handwritten card, what a nice touch
        Bought the {item} as a gift and the wrapping made it special
        Wrapped beautifully, arrived as a real gift
        The ribbon alone was worth it, the {item} looked like a gift from a film
        Loved the gift note, my father kept it
    """,
    "quick-parcel": """
        The parcel was here after two days, quick as promised
        Delivery was fast and the courier friendly
        Ordered on Monday, delivered on Wednesday, great
        Quick delivery, the {item} came a day before I needed it
        Delivered to the neighbour as agreed, fast and friendly
    """,
}

FOREIGN = {
    "payment-phone": """
        Die Zahlung ist auf dem Handy dreimal abgebrochen, am Laptop ging es dann.
        Auf dem Handy kommt beim Bezahlen nur eine Fehlermeldung.
        Impossible de payer avec mon téléphone, toujours la même erreur.
        Le paiement échoue sur le portable, dommage.
    """,
    "sizing": """
        Die Größentabelle stimmt nicht, der Gürtel ist viel zu kurz.
        La taille ne correspond pas du tout au guide.
    """,
    "delivery-late": """
        Das Paket kam eine Woche zu spät, der Geburtstag war vorbei.
        Colis livré avec cinq jours de retard, sans aucune nouvelle.
    """,
    "chat-waiting": """
        Im Chat habe ich zwanzig Minuten gewartet, abends ist da niemand.
        Vingt minutes d'attente sur le chat, puis plus rien.
    """,
    "pretty": """
        Wunderschönes Tuch, die Qualität ist wirklich gut.
        Très joli foulard, je suis ravie de la qualité.
    """,
}

SLOTS = {
    "item": [
        "scarf",
        "belt",
        "handbag",
        "necklace",
        "beanie",
        "wallet",
        "pair of gloves",
        "bracelet",
    ],
    "sized": ["belt", "hat", "ring", "gloves"],
    "days": ["five", "six", "seven", "8", "nine", "10"],
    "minutes": ["12", "fifteen", "20", "25", "thirty", "18"],
}

VOICE = Voice(THEMES, FOREIGN, SLOTS, {"pretty", "easy-choice", "gift-wrap", "quick-parcel"})

PRODUCTS: dict[str, tuple[str, float, float]] = {
    "silk-scarf-poppy": ("scarves", 49.0, 10),
    "wool-scarf-granite": ("scarves", 39.0, 7),
    "cotton-scarf-stripe": ("scarves", 24.0, 6),
    "scarf-ring-brass": ("jewellery", 14.0, 2),
    "leather-belt-classic": ("belts", 45.0, 8),
    "woven-belt-sand": ("belts", 32.0, 5),
    "tote-bag-olive": ("bags", 79.0, 8),
    "crossbody-bag-rust": ("bags", 69.0, 7),
    "weekender-bag-navy": ("bags", 139.0, 3),
    "pendant-necklace-moon": ("jewellery", 35.0, 7),
    "hoop-earrings-small": ("jewellery", 22.0, 7),
    "charm-bracelet": ("jewellery", 28.0, 5),
    "signet-ring": ("jewellery", 42.0, 4),
    "beanie-ribbed": ("hats", 25.0, 5),
    "straw-hat-wide": ("hats", 38.0, 5),
    "felt-hat-classic": ("hats", 59.0, 3),
    "leather-gloves": ("gloves", 48.0, 4),
    "knit-gloves": ("gloves", 19.0, 4),
    "card-wallet": ("wallets", 29.0, 6),
    "zip-wallet": ("wallets", 44.0, 4),
    "sunglasses-round": ("eyewear", 55.0, 6),
    "hair-clip-set": ("hair", 12.0, 5),
}
"""Product to category, price and how often it is looked for."""

SOLD_OUT = "silk-scarf-indigo"
"""The scarf of the e-mail lookbook that cannot be bought: the dead end of the loyal readers."""
