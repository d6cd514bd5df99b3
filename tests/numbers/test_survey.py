"""Survey measures: published data, labels, scales, and what must be refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from journeykit.errors import AnalysisError, DataError, JourneykitError, UnknownName
from journeykit.numbers.likert import numbers, parse_scale
from journeykit.numbers.scores import ces, csat, nps
from journeykit.numbers.survey import emotion_by_stage, survey_by
from journeykit.numbers.sus import sus, sus_scores


def only(frame):
    assert len(frame) == 1
    return frame.iloc[0]


@pytest.mark.shared_data
def test_nps_of_the_portuguese_survey(shared_data):
    answers = pd.read_csv(shared_data("nps_verbatim_pt/pesquisa_nps.csv"))
    row = only(nps(answers["Nota"]))
    assert round(row.score, 2) == 62.86
    assert row.n == 1287
    # the source's own column of profiles calls one answer of 6 a promoter; the scores do not
    assert (row.promoters, row.passives, row.detractors) == (885, 326, 76)
    assert row.low < row.score < row.high
    assert row.high - row.low == pytest.approx(6.5, abs=0.5)


@pytest.mark.shared_data
def test_sus_of_the_queue_study_from_text_labels(shared_data):
    answers = pd.read_csv(shared_data("sus_vr_queue/sus.csv")).drop(columns="Participant ID")
    row = only(sus(answers))
    assert round(row.score, 3) == 71.667
    assert (row["median"], row.n, row.q1, row.q3) == (75.0, 30, 60.625, 82.5)
    scores = sus_scores(answers)
    assert (scores.min(), scores.max(), round(scores.std(), 3)) == (37.5, 97.5, 15.190)
    assert row.grade == "C+"


@pytest.mark.shared_data
def test_csat_of_the_support_tickets(shared_data):
    tickets = pd.read_csv(shared_data("ravenstack_saas/ravenstack_support_tickets.csv"))
    row = only(csat(tickets["satisfaction_score"], users=tickets["account_id"]))
    assert (row.n, round(row["mean"], 4)) == (1175, 3.9813)


def test_a_form_that_counted_from_one_to_eleven_is_refused_and_then_read():
    with pytest.raises(DataError, match=r"11 is outside the scale 0-10.*scale='1-11'"):
        nps([1, 10, 11, 7])
    assert only(nps([1, 10, 11, 7], scale="1-11")).score == only(nps([0, 9, 10, 6])).score


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: nps([1, 5], scale="1-5"), "5 steps, an NPS question has eleven"),
        (lambda: nps([9, 7.5]), "whole steps"),
        (lambda: nps([9, -1]), "-1 is outside"),
        (lambda: csat([5, 6]), "6 is outside the scale 1-5"),
        (lambda: csat([0, 4]), "0 is outside"),
        (lambda: csat(["lovely", "awful"]), "'awful' is not understood"),
        (lambda: csat(["agree", "somewhat agree", "disagree"]), "labels"),
        (lambda: ces([7], scale="seven"), "no scale"),
        (lambda: sus([[3] * 9]), "ten questions, found 9"),
        (lambda: sus([[3] * 10], scale="1-7"), "five answers"),
    ],
)
def test_what_is_refused_says_why(call, message):
    with pytest.raises(DataError, match=message):
        call()


def test_labels_in_five_languages_are_the_same_answers():
    ladders = [
        ["Strongly disagree", " disagree", "Neutral.", "AGREE", "strongly agree"],
        ["Stimme gar nicht zu", "stimme nicht zu", "teils/teils", "stimme zu", "stimme voll zu"],
        ["pas du tout d’accord", "pas d'accord", "neutre", "d'accord", "Tout à fait d'accord"],
        [
            "totalmente en desacuerdo",
            "en desacuerdo",
            "neutral",
            "de acuerdo",
            "totalmente de acuerdo",
        ],
        ["discordo totalmente", "discordo", "neutro", "concordo", "CONCORDO TOTALMENTE"],
    ]
    for ladder in ladders:
        assert numbers(ladder, (1, 5), "test").tolist() == [1, 2, 3, 4, 5]


def test_seven_point_labels_own_labels_and_digits_as_text():
    assert numbers(["somewhat agree", "agree"], (1, 7), "test").tolist() == [5, 6]
    assert numbers(["so so", "great"], (1, 3), "test", ["bad", "so so", "great"]).tolist() == [2, 3]
    read = numbers(["10 - very likely", "0", " 7 ", "4,5", "", None, float("nan")], (0, 10), "test")
    assert read[:4].tolist() == [10, 0, 7, 4.5]
    assert np.isnan(read[4:]).all()


@pytest.mark.parametrize("text", ["0-10", "0..10", "0 to 10", "0 – 10"])
def test_scales_are_written_in_several_ways(text):
    assert parse_scale(text) == (0, 10)
    assert parse_scale("-2..2") == parse_scale("-2-2") == (-2, 2)


@given(st.lists(st.integers(0, 10), min_size=1, max_size=60))
def test_nps_properties(scores):
    row = only(nps(scores))
    assert -100 <= row.low <= row.score <= row.high <= 100
    assert row.promoters + row.passives + row.detractors == row.n == len(scores)
    assert only(nps(scores[::-1])).score == row.score
    assert only(nps([*scores, None, ""])).score == row.score
    assert row.low < row.high


@given(st.lists(st.lists(st.integers(1, 5), min_size=10, max_size=10), min_size=1, max_size=20))
def test_sus_properties(answers):
    row = only(sus(answers))
    assert 0 <= row.low <= row.score <= row.high <= 100
    assert only(sus([[6 - x for x in one] for one in answers])).score == pytest.approx(
        100 - row.score
    )
    assert only(sus([[x - 1 for x in one] for one in answers], scale="0-4")).score == row.score


def test_no_answer_at_all_is_no_number():
    for frame in (nps([]), csat([None]), ces([]), sus(np.empty((0, 10)))):
        row = only(frame)
        assert row.n == 0
        assert row.small_n
        assert np.isnan([row.score, row.low, row.high]).all()


def test_empty_answers_and_suspicious_scales_are_told():
    assert nps([9, None, ""]).attrs["notes"] == ["2 empty or incomplete answers left out."]
    assert "was this a 0-10 question" in nps([1, 2, 3, 4, 5] * 4).attrs["notes"][0]
    assert nps([9]).attrs["counts"] == "answers"
    assert sus([[3] * 10]).attrs["counts"] == "respondents"


def test_csat_counts_the_two_highest_boxes_unless_said():
    assert only(csat([1, 4, 5, 3])).score == 50
    assert only(csat([1, 4, 5, 3], satisfied_from=5)).score == 25
    assert only(csat([6, 7, 5, 1], scale="1-7")).satisfied == 2


def test_people_who_answer_often_do_not_narrow_the_interval():
    scores, people = [10, 0, 9, 3, 10, 8] * 30, list("abcdef") * 30
    for measure in (nps, csat, ces):
        given_ = [1 + x % 5 for x in scores] if measure is not nps else scores
        alone, together = only(measure(given_)), only(measure(given_, users=people))
        assert together.score == alone.score
        assert together.high - together.low > 2 * (alone.high - alone.low)


SURVEYS = pd.DataFrame(
    [("nps", 10, "a", "buy", None), ("nps", 2, "b", "buy", None), ("csat", 5, "a", "use", None)]
    + [("sus", 4 if q % 2 else 2, "a", "use", q) for q in range(1, 11)],
    columns=["measure", "score", "user_id", "stage", "question"],
).assign(response_id=lambda frame: frame["user_id"] + frame["measure"])


def test_survey_by_gives_every_measure_per_value():
    frame = survey_by(SURVEYS, "stage")
    assert frame[["stage", "measure", "score", "n"]].values.tolist() == [
        ["buy", "nps", 0.0, 2],
        ["use", "csat", 100.0, 1],
        ["use", "sus", 75.0, 1],
    ]
    assert survey_by(SURVEYS, measure="NPS".lower())["score"].tolist() == [0.0]
    assert list(survey_by(SURVEYS.iloc[:0], "stage").columns)[:3] == ["stage", "measure", "score"]


def test_survey_by_reads_scales_and_finished_sus_scores():
    frame = pd.DataFrame({"measure": ["CES ", "ces", "sus"], "score": [5, 3, 80.0]})
    found = survey_by(frame, scales={"ces": "1-5"}).set_index("measure")
    assert found.loc["ces", ["score", "scale"]].tolist() == [4.0, "1-5"]
    assert found.loc["sus", "score"] == 80


@pytest.mark.parametrize(
    ("frame", "arguments", "error", "message"),
    [
        (SURVEYS, {"column": "stag"}, UnknownName, "Did you mean 'stage'"),
        (SURVEYS.drop(columns="measure"), {}, AnalysisError, "measure='nps'"),
        (SURVEYS.assign(measure="npss"), {}, UnknownName, "Did you mean 'nps'"),
        (SURVEYS, {"measure": "joy"}, UnknownName, "'joy' is no measure"),
        (SURVEYS.drop(columns="score"), {}, UnknownName, "no column 'score'"),
        (pd.concat([SURVEYS, SURVEYS.tail(1)]), {}, DataError, "question 10 twice"),
        (SURVEYS.assign(question=SURVEYS["question"] + 1), {}, DataError, "no question of the SUS"),
    ],
)
def test_survey_by_refuses_what_it_cannot_read(frame, arguments, error, message):
    with pytest.raises(error, match=message) as caught:
        survey_by(frame, **arguments)
    assert isinstance(caught.value, JourneykitError)


def test_emotion_takes_the_nearest_measure_and_never_mixes():
    rows = [("see", "emotion", -1), ("see", "nps", 10), ("buy", "csat", 5), ("buy", "nps", 0)]
    rows += [("use", "nps", 5), ("odd", "sus", 80)]
    frame = pd.DataFrame(rows, columns=["stage", "measure", "score"])
    found = emotion_by_stage(frame, stages=["see", "buy", "use", "odd", "end"])
    assert found["emotion"].tolist()[:3] == [-1.0, 2.0, 0.0]
    assert found["measure"].tolist()[:3] == ["emotion", "csat", "nps"]
    assert found["n"].tolist() == [1, 1, 1, 0, 0]
    assert found.loc[3:, "emotion"].isna().all()
    assert found[["low", "high"]].dropna().abs().le(2).all(axis=None)
    assert "read from csat, nps" in found.attrs["notes"][0]
