"""The course, a wing with a door of its own: exercises that check themselves, copies, grading.

An answer comes in as whatever object it is and is turned into plain data; a check compares plain
data; a mistake that people make is declared by the way to make it: right, wrong with a reason that
teaches, not attempted, could not run. The course itself is written in ``exercises/raw``. The rest
of the kit never enters this room. Its files, from the first to the last that needs the others::

    plain       answers as plain data
    forms       the forms in which names and numbers come
    compare     how one is held against the right one
    near        wrong answers that lie near, made of what the right one is made of
    outcome     what a check found, how it is shown, and what was tried, or handed in
    question    all of that together: known mistakes, judge, check, hint, solution
    prose       what can be said of sentences
    unjudged    questions that a person reads
    keys        the words that it is declared with
    source      the Markdown that an exercise is written in
    lesson      an open exercise: what a notebook calls ``ex``
    build                                     the copies, and those that are graded
    runner, sandbox, marks, grade                     what was handed in

This door has what notebooks and keys of exercises call. Commands enter by `build` and `grade`, so
that a notebook does not wait for what only they need.
"""

from journeykit.store import asset as shipped

from .lesson import open_exercise
