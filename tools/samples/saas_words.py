"""What the users of the analytics tool say, and what they can buy on top of a plan."""

from __future__ import annotations

from samples.voice import Voice

THEMES = {
    "verify-mail": """
        The verification e-mail never arrived
        Our mail filter swallowed the verification link, or you never sent it
        Requested the verification mail {times} times, nothing came
        Could not verify my account, the e-mail did not get through
        Signed up, waited for the verification mail, gave up after {wait}
        Verification link came after {wait} and had expired by then
        IT blocks your verification mails because of the sender domain
    """,
    "import-trouble": """
        The import of our CSV stopped at row {rows} without a word
        Import fails on German decimal commas
        Setting up the import of {source} took me {wait}
        The import wizard guesses the wrong column types for {source}
        No idea why the import of {source} skips rows
        Had to import {source} {times} times until the dates were right
        The onboarding says import your data, but the import of {source} is not explained
        Import progress bar stands at 99 percent for {wait}
        The import of {source} needs an engineer, the onboarding text says five minutes
    """,
    "connector-docs": """
        The docs send me to the connector page and the connector page back to the docs
        There is no connector for our warehouse although the docs say so
        Docs for the warehouse connector describe an older version
        Clicked between docs and the connector set-up {times} times, no way forward
        Connector needs a role that the docs never mention
        The warehouse connector wants a key, the docs do not say where to get one
        The connector set-up fails and the docs only say contact your administrator
    """,
    "ticket-waiting": """
        The ticket was answered after {wait}
        You promise four hours for a ticket, it took {wait}
        Opened a ticket in the afternoon, answer the next day
        Ticket waiting time is {wait}, that is not what is on your page
        By the time the ticket was answered our trial day was over
        My ticket sat there for {wait} without a reply
    """,
    "pricing": """
        Pricing per seat gets expensive once the team grows
        Could not find out the price of the {plan} plan for {seats} seats
        Price page hides the limits of the {plan} plan until you hit them
        The jump in price from starter to {plan} is steep
        Would pay yearly, but the price page hides it
        The {plan} plan price does not say whether tax is included
    """,
    "reports-nice": """
        The first report was there in minutes and looks great
        Every report is clear, even my boss reads it
        Love the {chart} report, saved me an hour every week
        Sharing a {chart} report with the team is so simple
        The {chart} report answered a question that we had for months
        The {chart} report loads fast, also with {rows} rows
        Finally a {chart} report that I do not have to explain
    """,
    "support-nice": """
        The support engineer knew what I was talking about
        Friendly help, solved in one go
        Support sent a short video that explained everything
        Good answer, and they followed up the next day
        Got a real person who opened {source} and found the mistake
        The answer came with a screenshot for every step
        Support did not stop until our {chart} report was right
        Patient with all {times} of my questions
        Somebody from support joined our call and sorted out {source}
    """,
    "webinar-nice": """
        The webinar was short and to the point
        Good webinar, real examples instead of slides
        The webinar made me try it the same evening
        Questions in the webinar were answered honestly
        The webinar showed how to build a {chart} report from nothing
        Watched the webinar with {times} colleagues, all of us learned something
        Forty minutes of webinar and no sales talk, thank you
    """,
    "security-nice": """
        Single sign-on was set up in ten minutes
        The audit log made our security people happy
        Rights and roles are where I look for them
        Security review passed, single sign-on and the audit log did it
        We sent the tool to {times} other teams because of the audit log
    """,
}

FOREIGN = {
    "verify-mail": """
        Die Bestätigungsmail ist nie angekommen, auch nicht im Spam.
        O e-mail de confirmação nunca chegou.
    """,
    "import-trouble": """
        Der Import bricht bei Umlauten einfach ab.
        A importação do CSV falha sempre na mesma linha.
        Der Import hat einen halben Tag gekostet.
    """,
    "connector-docs": """
        Die Anleitung für den Konnektor passt nicht zur Oberfläche.
        A documentação do conector está desatualizada.
    """,
    "ticket-waiting": """
        Auf das Ticket kam erst am nächsten Tag eine Antwort.
        O chamado ficou um dia sem resposta.
    """,
    "reports-nice": """
        Der erste Bericht war in Minuten fertig, klasse.
        Os relatórios são claros e rápidos.
    """,
}

SLOTS = {
    "times": ["two", "three", "four", "five"],
    "wait": ["a day", "two days", "18 hours", "nine hours", "half a day", "20 hours"],
    "rows": ["4,000", "12,000", "50,000", "90,000"],
    "source": ["our CSV", "the CRM export", "an Excel file", "the ticket data", "our order table"],
    "plan": ["team", "business"],
    "seats": ["12", "twenty", "40", "75"],
    "chart": ["retention", "funnel", "cohort", "revenue", "churn"],
}

VOICE = Voice(
    THEMES, FOREIGN, SLOTS, {"reports-nice", "support-nice", "webinar-nice", "security-nice"}
)

PLANS = {"starter": 29.0, "team": 99.0, "business": 299.0}
"""Plan to its price per month."""

ADD_ONS = {
    "extra-seats": ("capacity", 12.0, 0.2),
    "data-warehouse-sync": ("data", 49.0, 0.13),
    "single-sign-on": ("security", 39.0, 0.13),
    "audit-log": ("security", 25.0, 0.05),
    "white-label": ("branding", 59.0, 0.07),
    "priority-support": ("service", 79.0, 0.09),
    "forecasting": ("data", 35.0, 0.1),
}
"""Add-on to category, price per month and the share of orders that take it by itself."""
