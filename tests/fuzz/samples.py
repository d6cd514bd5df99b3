"""One small file of each kind, in which every key is used once: what mutants are made of."""
# ruff: noqa: E501

from __future__ import annotations

WORKSHOP = """\
schema: 2
name: Shop  # the name on the door
industry: retail
description: Scarves
owner: Ada
currency: EUR
review_days: 90
reviewed: 2026-06-01
stages:
  - id: see
    name: See
    goal: They find us
    owner: Ada
    events: [visit, "look_*"]
    silence: {JK110: not ours}
  - id: buy
    name: Buy
    events: {event: pay, channel: [ads, mail]}
lanes: [{id: tools, name: Tools}]
goal: pay
funnel:
  - {name: come, events: visit, stage: see}
  - {name: look, events: look_*}
  - {name: pay, events: [pay]}
objectives:
  - {id: more, goal: Sell more, measure: conversion, target: 0.4, by: 2026-12-31, owner: Bo}
  - {id: step, goal: Fewer lost, measure: step, of: look, target: 0.5}
promises:
  - {id: fast, text: We answer within a day, stage: buy, measure: first_answer_minutes, limit: 1440, share: 0.9}
criteria: [price, speed]
agenda:
  - {what: Start, minutes: 10, phase: start-here, notes: Coffee}
silence: {JK201: known}
data:
  events: {source: data/events.csv, columns: {user_id: user_id}}
  surveys: {source: data/surveys.csv, columns: {measure: nps}, scales: {nps: 0 to 10}}
"""
PERSONA = """\
name: Maya
tagline: Always on the move
quote: "I buy on the bus."
segment: {device: [mobile, tablet], channel: ads}
canvas:
  goals: [Find it fast]
  fears: Hidden costs
  emotions: [hope, doubt]
  demographics: [30 to 40]
"""
JOURNEY = """\
name: How Maya buys
persona: maya
kind: as-is
owner: Ada
reviewed: 2026-06-01
silence: {JK120: known}
changes:
  - {what: drop-off, step: pay, by: 20%, serves: want, idea: i1, card: pay}
cards:
  - {id: want, stage: see, lane: goals, text: Find it, importance: 9, satisfaction: 3}
  - id: look
    stage: see
    lane: actions
    text: Looks at scarves
    order: 1
    evidence: measured
    serves: want
    events: look_*
    source: the log
    reviewed: 2026-06-01
    comments: [{id: c1, text: "Really?", author: Bo, date: 2026-06-02}]
  - {id: feel, stage: see, lane: emotions, text: Hopeful, emotion: 1.5}
  - id: pay
    stage: buy
    lane: pain-points
    text: Most stop at the payment
    promise: fast
    moment: true
    channel: web
    owner: Cy
    author: Dee
    department: Finance
    claim:
      metric: step-rate
      of: pay
      is: at most
      threshold: 60%
      period: last 90 days
      segment: {device: mobile}
      persona: everybody
      must: true
      because: we heard it
  - {id: back, stage: buy, lane: touchpoints, text: Thanks page, claim: {metric: conversion, is: between, threshold: [10%, 90%], since: 2026-01-01, until: 2026-12-31, must: true}}
"""
RECORDS = {
    "competitors/them": "name: Them\nours: false\ngrades: {price: 4, speed: 2}\ndate: 2026-06-01\nauthor: Ada\n",
    "decisions/start-here": "text: We call five customers\nowner: Bo\ndue: 2026-07-01\ndone: false\n",
    "rounds/r1": "topic: Pains\nstep: vote\nreveals: 1\nbudget: 5\ngroups: {g1: Costs}\ntruths: {q1: {value: 0.3, low: 0.2, high: 0.4}}\n",
    "notes/n1": "text: Too slow\nstage: see\ntopic: Pains\nrevealed: true\ngroup: g1\nauthor: Cy\n",
    "votes/v1": "topic: Pains\ndots: {n1: 3}\nbudget: 5\npersona: maya\n",
    "guesses/g1": "what: Conversion\nguess: 0.3\nlow: 0.1\nhigh: 0.5\nunit: share\ntopic: t\nquestion: q\nnumber: 1\nrevealed: true\ntruth: 0.4\n",
    "walks/w1": "journey: maya\npersona: maya\ndate: 2026-06-01\nsteps:\n  - {card: look, seen: true, felt: -1, finding: Slow}\n  - {card: back, why: skipped}\n",
    "sessions/s1": "started: 2026-06-01T10:00:00+00:00\npart: Start\nsince: 2026-06-01T10:00:00Z\nspent: {Start: 5}\n",
    "blind-reviews/b1": "grades: {see: 3, buy: 5}\ntext: Fine\npersona: maya\n",
    "heuristics/h1": "grades: {see: 3}\ntext: Fine\n",
    "content/c1": "title: Size film\nstage: see\nanswers: want\nform: film\n",
    "ideas/i1": "text: Wallet\nstage: buy\nserves: want\nsilence: {JK130: later}\n",
    "experiments/e1": "title: Wallet\nidea: i1\nstep: pay\nlift: 0.1\nchanges_our_mind: less\nresults: [ok]\ncounts: {control: [100, 30], treatment: [100, 40]}\n",
}

FILES = {"workshop": WORKSHOP, "personas/maya": PERSONA, "journeys/maya": JOURNEY}
FILES |= {f"records/{name}": text for name, text in RECORDS.items()}
