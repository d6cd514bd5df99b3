// The page of the host, where no notebook is: the same control, asked over loopback with the key.

const key = location.hash.slice(1), calls = new Set();
let seq = 0;

async function ask(what) {
  let state = {};
  try {
    const answer = await fetch("/host.html", { method: "POST", headers: { "X-Key": key }, body: JSON.stringify(what) });
    if (answer.ok) state = await answer.json();
  } catch { /* it is closed */ }
  seq += 1;
  calls.forEach((call) => call({ state: { ...state, seq } }));
}

const model = {
  get: (name) => ({ facts: { widget: "room" }, state: { seq: 0 } })[name],
  on(kind, call) { if (kind === "msg:custom") calls.add(call); },
  off(_, call) { calls.delete(call); },
  send(message) { ask(message.do ?? {}); },
};
const { default: room } = await import("/room.js");
room.render({ model, el: document.getElementById("place"), signal: new AbortController().signal });
