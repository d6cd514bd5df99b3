"""The timer in the kernel: one clock for all, which a new kernel finds again."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from journeykit.claims.agenda import undone
from journeykit.model import AgendaItem, Meeting, Workshop
from journeykit.model.records import Decision
from journeykit.store import Desk, desk_of, open_folder
from journeykit.widgets import Timer, parts_of, slim_html
from journeykit.widgets.timer import current

pytestmark = pytest.mark.xdist_group("forms")

NOW = dt.datetime(2026, 6, 1, 9, tzinfo=dt.UTC)
HOSTILE = "<script>alert(1)</script>"


def at(minutes: float = 0) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(minutes=minutes)).isoformat()


def started(timer: Timer, send: Any, part: int = 1) -> dict[str, Any]:
    view = timer.view()
    send(timer, "set", view["doc"], date=dt.date.today().isoformat())
    chosen = view["parts"][part]
    assert (
        send(
            timer, "clock.turn", view["doc"], part=chosen["id"], minutes=chosen["minutes"], at=at()
        )
        == []
    )
    return timer.view()


def test_all_timers_of_a_folder_show_the_same_clock(desk: Desk, send: Any) -> None:
    full, slim = Timer(desk), Timer(desk, "define-objectives")
    assert full.view()["clock"] == {}
    assert [part["minutes"] for part in full.view()["parts"]][:2] == [10, 30]
    view = started(full, send)
    assert slim.view() == view
    assert view["clock"]["part"] == "objectives-and-the-three-customers"
    assert "not been started" not in str(send(slim, "clock.pause", view["doc"], at=at()))
    assert full.view()["clock"]["paused"]


def test_a_new_kernel_goes_on_with_it(desk: Desk, send: Any) -> None:
    view = started(Timer(desk), send)
    desk.save()
    desk.close()
    again = desk_of(open_folder(desk.folder.root))
    try:
        assert again is not desk
        assert Timer(again).view() == view
    finally:
        again.close()


def test_an_ended_session_stays_and_the_next_one_is_another(desk: Desk, send: Any) -> None:
    timer = Timer(desk)
    view = started(timer, send)
    send(timer, "clock.stop", view["doc"], at=at(5))
    after = timer.view()
    assert after["clock"] == {}
    assert after["doc"] == f"{view['doc']}-2"
    (kept,) = desk.records("sessions")
    assert kept.spent[view["clock"]["part"]] == pytest.approx(5, abs=0.1)


def test_yesterday_is_over() -> None:
    old = Meeting(
        id="2026-05-31", started=NOW - dt.timedelta(hours=20), ends=NOW - dt.timedelta(hours=19)
    )
    fresh = Meeting(id="2026-06-01", started=NOW - dt.timedelta(hours=3), ends=NOW)
    assert current([old], NOW)[1] is None
    assert current([old, fresh], NOW) == ("2026-06-01", fresh)
    late = Meeting(
        id="late", started=NOW - dt.timedelta(hours=20), ends=NOW - dt.timedelta(minutes=5)
    )
    assert current([late], NOW)[1] == late, "a session over midnight goes on"


def test_a_browser_is_told_the_time_of_the_kernel(desk: Desk) -> None:
    timer, said = Timer(desk), []
    timer.send = said.append
    timer._heard(None, {"hello": True}, None)
    (now,) = [message["now"] for message in said if "now" in message]
    assert abs(now / 1000 - dt.datetime.now(dt.UTC).timestamp()) < 60


def test_parts_have_ids_that_read_by_themselves() -> None:
    agenda = [
        {"what": "Break", "minutes": 5},
        {"what": "Break", "minutes": 5},
        {"what": "日本", "minutes": 1},
    ]
    workshop = Workshop.model_validate(
        {"name": "W", "stages": [{"id": "a", "name": "A"}], "agenda": agenda}
    )
    assert [part["id"] for part in parts_of(workshop)] == ["break", "break-2", "part"]
    assert [part["minutes"] for part in parts_of(workshop.with_(agenda=[]))] == [30]


def test_the_still_agenda_says_planned_and_real_and_escapes(live: Any, send: Any) -> None:
    workshop = live.desk.get("workshop")
    assert isinstance(workshop, Workshop)
    items = [
        AgendaItem(what=HOSTILE, minutes=7, phase="ux-analysis").plain(),
        AgendaItem(what="The end", minutes=5).plain(),
        AgendaItem(what="Cake", minutes=3).plain(),
    ]
    send(live.start.agenda(), "set", "workshop", agenda=items)
    timer = live.start.agenda()
    assert "○" not in timer.still(), "nothing is said of how far it is before it has begun"
    first, second = timer.view()["parts"][:2]
    doc = timer.view()["doc"]
    send(timer, "set", doc, date="2026-06-01")
    send(timer, "clock.turn", doc, part=first["id"], minutes=7, at=at(-9))
    send(timer, "clock.turn", doc, part=second["id"], minutes=5, at=at())
    drawn = timer._picture()["text/html"].replace("\xa0", " ")
    assert "<script" not in drawn
    for words in ("● now", ">7 min<", "✓ 9 min", "○", "&lt;script", "15 minutes in all"):
        assert words in drawn
    slim = live.ux.timer()
    assert "<script" not in slim.still()
    assert "7 minutes" in slim.still()
    assert "&lt;script" in slim.still()
    assert slim_html([first], "buyer-goals") == ""


def test_a_session_is_called_by_the_day_where_the_workshop_is() -> None:
    zones = ("Pacific/Kiritimati", "Pacific/Pago_Pago")  # 25 hours apart
    places = [
        Workshop(name="Shop", stages=[{"id": "buy", "name": "Buy"}], timezone=zone)
        for zone in zones
    ]
    early, late = (current([], place.now())[0] for place in places)
    assert early > late
    assert early == f"{places[0].now():%Y-%m-%d}"
    ground = [Decision(id="d", text="We call five customers", due=places[1].now().date())]
    kinds = [kind for place in places for kind, *_ in undone(ground, place.now().date())]
    assert kinds == ["overdue", "decided"]
