"""What patients say, and which services a visit is billed with."""

from __future__ import annotations

from samples.voice import Voice

THEMES = {
    "phone-hold": """
        On hold on the phone for {minutes} minutes on Monday morning
        On hold for {minutes} minutes, then the phone line was cut
        Nobody picks up the phone before nine, {minutes} minutes on hold
        Phone on hold {times} times until somebody answered
        You say five minutes on hold, my phone counted {minutes}
        The hold music for {minutes} minutes is not what a sick person needs
        The phone was busy or on hold all Monday morning
    """,
    "results-portal": """
        I cannot read my results in the portal, the code never works
        Nobody told me that the results are only in the portal
        The portal wants a code from an app, I do not have such a telephone
        My daughter had to open the portal for the results
        Results in the portal are full of abbreviations, no doctor explains them
        Why can the results not come by post any more
        Asked {times} times for my results, always sent back to the portal
        The portal password letter for the results took {days} days
        Results are in the portal but I am locked out
    """,
    "results-late": """
        Lab results took {days} days instead of three
        Waited {days} days for the results and worried all the time
        The results of the {test} were promised for Friday and came {days} days later
        No message when the results of the {test} were ready, I had to ask
        Results of the {test} arrived without a word on what they mean
        I still do not know what my {test} results mean
    """,
    "no-reminder": """
        No reminder this time and I missed the appointment
        The app did not remind me, so I forgot
        Usually the app sends a reminder, this time nothing came
        I was charged for a missed appointment although the app sent no reminder
        Reminder did not come, appointment gone, {days} more weeks of waiting
        Push reminders from the app have stopped since March
    """,
    "waiting-room": """
        {minutes} minutes in the waiting room with a small child
        The waiting room was full, but it went on quickly
        Sat in the waiting room for {minutes} minutes without being told why
        The waiting room is cold
        {minutes} minutes late, and the waiting room has no water
        People who came after me were called from the waiting room first
        Nowhere to put a pram in the waiting room
    """,
    "booking-nice": """
        Booked with the app in a minute
        Found a slot for next day, very good
        Booking for both kids in one go, great
        Easy to move the appointment in the app
        Online booking showed me three free slots at once
        Got an appointment within {days} days, quicker than anywhere else
        The booking page is simple, even late at night
        Booking confirmed at once, with a map of how to get there
        Picked my {doctor} and a time, done
    """,
    "doctor-nice": """
        The {doctor} took time and explained everything
        I felt listened to, the {doctor} was kind and clear
        Good explanation of the {test} by the {doctor}
        Friendly team from the front desk to the {doctor}
        The {doctor} remembered me from last year
        Calm, careful, competent: best {doctor} in town
        The {doctor} answered all my questions without looking at the clock
        Kind {doctor}, my little one was not afraid at all
    """,
    "follow-up-nice": """
        They called me to arrange the follow-up, very attentive
        Follow-up was short and reassuring
        Good that somebody asks how I am after the treatment
        I feel well looked after since the follow-up
        The follow-up caught something small in time, I am grateful
        In the follow-up the {doctor} compared both {test} results with me
        Short way, short talk, all fine at the follow-up
        The {doctor} had read my file before the follow-up
    """,
}

FOREIGN = {
    "phone-hold": """
        Zwanzig Minuten in der Warteschleife, jeden Montag das Gleiche.
        Veinte minutos al teléfono sin que nadie contestara.
    """,
    "results-portal": """
        Ich komme nicht in das Portal und sehe meine Ergebnisse nicht.
        No puedo entrar en el portal para ver mis resultados.
        Das Portal verlangt einen Code, den ich nie bekommen habe.
    """,
    "results-late": """
        Die Laborwerte kamen erst nach neun Tagen.
        Los resultados tardaron más de una semana.
    """,
    "no-reminder": """
        Keine Erinnerung in der App, Termin verpasst.
        La aplicación no me avisó y perdí la cita.
    """,
    "doctor-nice": """
        Die Ärztin hat sich viel Zeit genommen.
        La doctora fue muy amable y lo explicó todo.
    """,
}

SLOTS = {
    "minutes": ["15", "twenty", "25", "thirty", "40", "18"],
    "times": ["three", "four", "five", "six"],
    "days": ["five", "six", "8", "nine", "ten"],
    "test": ["blood test", "scan", "allergy test", "heart check", "skin check"],
    "doctor": ["doctor", "nurse", "consultant", "physician", "practice team"],
}

VOICE = Voice(THEMES, FOREIGN, SLOTS, {"booking-nice", "doctor-nice", "follow-up-nice"})

SERVICES = {
    "ultrasound": ("imaging", 85.0, 0.14),
    "x-ray": ("imaging", 70.0, 0.1),
    "ecg": ("cardio", 45.0, 0.13),
    "blood-panel": ("lab", 38.0, 0.24),
    "allergy-test": ("lab", 52.0, 0.09),
    "nutrition-advice": ("advice", 40.0, 0.05),
    "physio-plan": ("advice", 48.0, 0.1),
    "vaccination": ("prevention", 28.0, 0.12),
    "skin-check": ("prevention", 60.0, 0.08),
}
"""Service to category, price and the share of visits that include it by itself."""
