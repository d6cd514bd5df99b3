"""A room full of phones: how long until what one writes is on the disk, and nothing is lost.

    python benchmarks/bench_room.py [phones] [seconds]

Each phone is a socket that writes a note a second. Printed are the seconds from writing to "on the
disk", how many were lost or doubled, and what the room told all phones in bytes.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

from journeykit.store import create
from journeykit.widgets.room import ask_room, kept_of


async def phone(
    url: str, code: str, number: int, seconds: float, took: list[float], told: list[int]
) -> None:
    """Write a note a second, and wait for each to be on the disk."""
    await asyncio.sleep(number * 0.02)  # people do not come in the same moment
    line = await websocket_connect(HTTPRequest(url, connect_timeout=60, request_timeout=60))
    await line.write_message(json.dumps({"code": code}))
    while "token" not in (first := json.loads(str(await line.read_message()))):
        pass  # what all are told already
    waiting: dict[str, float] = {}

    async def hear() -> None:
        while text := await line.read_message():
            told[0] += len(text)
            for id in json.loads(text).get("msg", {}).get("done", ()):
                took.append(time.monotonic() - waiting.pop(id))

    hearing = asyncio.create_task(hear())
    for n in range(int(seconds)):
        id = f"n{number}-{n}"
        op = {"id": f"o{id}", "kind": "set", "doc": f"records/notes/{id}"}
        waiting[op["id"]] = time.monotonic()
        data = {"text": f"Note {n} of {number}"}
        await line.write_message(
            json.dumps({"n": first["n"], "msg": {"ops": [{**op, "data": data}]}})
        )
        await asyncio.sleep(random.uniform(0.5, 1.5))
    while waiting:
        await asyncio.sleep(0.1)
    hearing.cancel()
    line.close()


async def measure(root: Path, phones: int, seconds: float) -> None:
    """Play it, and print what was measured."""
    code = "from journeykit.cli import main; main()"
    quiet = asyncio.subprocess.DEVNULL
    room = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, "room", root, stdout=quiet
    )
    while not ask_room(root, {}):
        await asyncio.sleep(0.1)
    ask_room(root, {"chosen": "hurts", "given": {}})
    kept = json.loads(kept_of(root).read_text("utf-8"))
    url, took, told = f"ws://127.0.0.1:{kept['port']}/line", list[float](), [0]
    began = time.monotonic()
    await asyncio.gather(*(phone(url, kept["code"], n, seconds, took, told) for n in range(phones)))
    lasted = time.monotonic() - began
    took.sort()
    await asyncio.sleep(0.5)
    hidden = ask_room(root, {})["now"]["hidden"]
    asked = phones * int(seconds)
    p50, p99 = (1000 * took[len(took) * at // 100] for at in (50, 99))
    print(f"{phones} phones, {asked} notes in {lasted:.0f} s: p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    print(f"lost or doubled: {asked - sum(n for _, n in hidden)}; told {told[0] / 1e6:.0f} MB")
    ask_room(root, {"close": True})
    await room.wait()


if __name__ == "__main__":
    phones, seconds = (int(each) for each in (*sys.argv[1:], *("60", "100")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as place:
        os.environ["JOURNEYKIT_CACHE"] = f"{place}/cache"
        create(f"{place}/shop", "retail")
        asyncio.run(measure(Path(place).resolve() / "shop", phones, seconds))
