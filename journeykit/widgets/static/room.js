// The room as its host sees it: the way in, who is in, and what is done at the moment.

import { aria, bigScreen, button, connect, focusOf, frame, h, newId, put, putOptions } from "./common.js";
import { keyed, listed, plural, sure } from "./team.js";

const MINUTE = 60000, LOOK = 1500;

export default { render({ model, el, signal }) {
  const line = connect(model, signal), { root, status } = frame(el, line, "The room");
  root.classList.add("jk-room");
  const now = () => line.state, ask = (what) => model.send({ do: what, need: "state" });

  let opening = false; // here, for the persona of this notebook
  // --- shut ---------------------------------------------------------------------------------------
  const starting = h("p", { role: "status" });
  const shut = h("div", {}, h("p", {}, "Phones join by a code or a picture of it: no account, no internet, nothing to install."),
    button("Open a room", () => {
      put(starting, "The room is being opened …");
      opening = true;
      ask("open");
      setTimeout(() => put(starting, "It did not open. `journeykit room DIR` in a terminal says why."), 30000);
    }, { class: "jk-main jk-big" }), starting);

  // --- the way in ---------------------------------------------------------------------------------
  const qr = h("img", { class: "jk-qr", alt: "The address of the room as a QR code" });
  const code = h("p", { class: "jk-code" }), url = h("p", { class: "jk-url" }), said = h("div", { role: "status" });
  const network = h("select", { onchange: () => ask({ network: network.value }) }), lock = button("", () => ask({ open: !now().open }));
  const close = sure("Close", "Phones keep what was decided as their last page; what was written stays in the folder.", () => ask({ close: true }), () => ask({ waits: [] }));
  const people = h("ul", { class: "jk-people", "aria-label": "Who is in" }), count = h("h4");
  // In place of the picture, as long as no phone could come by it.
  const own = h("p", { class: "jk-own" }), choice = h("div", { class: "jk-bar" }), nets = h("label", {}, "Open to ", network);
  const trying = h("a", { target: "_blank", rel: "noopener" }, "Join in a tab of this computer");
  const alone = h("div", { class: "jk-alone" }, own, choice, h("p", {}, "To try it as a phone sees it: ", trying));
  const joining = h("h4"), spelt = h("p", {}, "Code: ", code);
  const wayIn = h("div", { class: "jk-in" }, qr, alone, h("div", {}, joining, url, spelt, nets, said,
    h("div", { class: "jk-bar" }, lock, close.node)));
  const wall = bigScreen(wayIn) ?? h("span"); // to be read from the last row
  wayIn.querySelector(".jk-bar:last-child").append(wall);
  const makeWay = ([address, words]) => button(words, () => { reached = true; ask({ network: address }); }, { class: "jk-main jk-big" });
  let reached = false; // by a button that is gone then: its focus goes on
  /** The way in: the picture of the code where phones reach it, else what to press so that they do. */
  function drawWay(state) {
    const { network: net, addresses } = state;
    if (qr.getAttribute("src") !== state.qr) qr.setAttribute("src", state.qr);
    put(code, state.code);
    put(url, state.url.replace(/#.*/, ""));
    put(joining, net ? "Join with a phone" : "Phones cannot join yet");
    for (const node of [qr, url, spelt, nets, wall]) node.hidden = !net;
    alone.hidden = Boolean(net);
    trying.setAttribute("href", state.url);
    put(own, addresses.length ? `Only this computer reaches it. ${addresses.length > 1 ? "Open it to the network in which the phones are" : "Open it to this network"} first: then the picture to join stands here.`
      : "This machine is in no network that phones could be in. Open a hotspot on it or on a phone, and join that with this machine.");
    keyed(choice, addresses.map((each) => [each, addresses.length > 1 ? `Open to the network of ${each}` : "Open to this network"]), String, makeWay);
    putOptions(network, [["", "this machine alone"], ...addresses.map((each) => [each, `the network of ${each}`])]);
    network.value = net;
    if (!net || !reached) return;
    reached = false;
    const held = focusOf(root);
    if (alone.contains(held) || !root.contains(held)) network.focus({ preventScroll: true });
  }
  /** What of what was written nobody has seen, and how it is seen before it is over. */
  const unseen = ({ waits, topics }) => {
    const found = new Map();
    for (const each of waits ?? []) { // a room of an older kit tells none
      const key = JSON.stringify(each);
      found.set(key, (found.get(key) ?? 0) + 1);
    }
    const listing = [...found].map(([key, n]) => {
      const [kind, round] = JSON.parse(key);
      return `${kind === "notes" ? plural(n, "note") : plural(n, "guess", "guesses")} in “${topics?.[round] ?? round}”`;
    });
    return listing.length ? `Not revealed yet: ${listing.join(", ")}. To reveal them press “Not yet”, begin that activity and press “Reveal”; or do it later in its notebook. ` : "";
  };

  // --- the activity -------------------------------------------------------------------------------
  const persona = h("select", { "aria-label": "Persona" });
  const activity = h("select", { "aria-label": "Activity", onchange: () => draw() });
  const topic = h("input", { type: "text", maxlength: 200, "aria-label": "Another question, if you like", placeholder: "Another question, if you like" });
  const begin = () => { ask({ chosen: activity.value, persona: persona.value, given: topic.hidden || !topic.value.trim() ? {} : { topic: topic.value.trim() } }); topic.value = ""; };
  const head = h("h4"), how = h("p"), steps = h("div", { class: "jk-bar" }), refused = h("p", { role: "alert" });
  const choose = h("div", { class: "jk-bar" }, activity, persona, topic, button("Begin", begin, { class: "jk-main" }));
  const inside = h("div", {}, wayIn, h("div", { class: "jk-lead" }, head, how, steps, refused, choose), count, people);
  root.append(h("h3", {}, "The room"), shut, inside, h("div", { class: "jk-hidden" }, status));

  const op = (kind, data) => ask({ ops: [{ id: newId("o"), kind, doc: now().now.doc, by: "host", data }] });
  const reveal = sure("Reveal", "Is everybody ready? This cannot be taken back.", () => op("reveal", { number: now().now.reveals + 1 }));
  const STEPS = [["write", "Write"], ["group", "Group"], ["vote", "Vote"], ["result", "Result"]];
  const way = h("div", { class: "jk-bar", role: "group", "aria-label": "Step" }, STEPS.map(([step, words]) => button(words, () => op("set", { step }), { "data-step": step })));
  const paper = h("a", { target: "_blank", rel: "noopener" }, "On paper");
  steps.append(reveal.node, way, button("Show the map instead", () => ask({ chosen: "", given: {} })), paper);

  let waits = Infinity, at = ""; // since when nobody has come by this network
  /** What the host sees where phones cannot come in, and what helps. */
  function* told(state) {
    if (!state.open) yield "The room is locked: who is in stays in, nobody new comes in.";
    if (Date.now() - waits > MINUTE) {
      yield `Nobody has come from another device yet. Phones must be in the same network as this machine; a wifi for guests often keeps its guests apart, and a firewall may close port ${state.port}.`;
      yield "Choose another network, let the port through, or open a hotspot: on this machine (Windows: Mobile hotspot; macOS: Internet Sharing; Linux: Wi-Fi settings) or on a phone that this machine joins. It needs no internet. The last way is a sheet on paper, typed in by one.";
    }
  }

  function draw() {
    const state = now(), open = Boolean(state.code);
    shut.hidden = open;
    inside.hidden = !open;
    if (!open) return;
    put(starting, "");
    if (opening && !state.chosen) ask({ chosen: "", given: {}, persona: line.facts.persona }); // one that died goes on where it was
    opening = false;
    drawWay(state);
    if (at !== state.network) { at = state.network; waits = at ? Date.now() : Infinity; }
    if (Object.values(state.here).some((ip) => ip !== "127.0.0.1" && ip !== at)) waits = Infinity;
    keyed(said, [...told(state)], String, (words) => h("p", {}, words));
    put(lock, state.open ? "Lock: nobody new" : "Let new ones in");
    aria(lock, "pressed", !state.open);
    close.show("the room", unseen(state));
    putOptions(activity, Object.entries(state.activities).map(([id, { label }]) => [id, label]));
    if (draw.at !== state.chosen && state.chosen) activity.value = state.chosen;
    draw.at = state.chosen;
    putOptions(persona, state.personas);
    if (!persona.dataset.set) { persona.dataset.set = "yes"; persona.value = line.facts.persona ?? state.persona; }
    topic.hidden = state.activities[activity.value].ask.endsWith(".gather") === false;
    const { now: on } = state, counts = on?.hidden ?? on?.given ?? [], waiting = counts.reduce((sum, [, n]) => sum + n, 0);
    put(head, on ? on.topic ?? state.activities[state.chosen]?.label ?? "" : state.chosen ? "Phones see what was decided." : "Phones see the map.");
    put(how, !on ? "" : counts.length ? `So far: ${listed(on.step === "vote" ? on.given : counts)}.` : "Nobody has begun yet.");
    steps.hidden = !on;
    if (on) {
      const asked = { topic: head.textContent, questions: on.questions?.map(({ label }) => label), grades: on.items?.map(([, words]) => words), steps: on.script?.map(({ text }) => text) };
      paper.setAttribute("href", `${state.url.split("#")[0]}paper.html#${encodeURIComponent(JSON.stringify(asked))}`);
    }
    reveal.node.hidden = !waiting || on.step === "result" || on.step === "vote";
    reveal.show(on?.widget === "gather" ? plural(waiting, "note") : "the numbers");
    way.hidden = !(on?.widget === "gather" && Object.keys(on.notes ?? {}).length);
    for (const each of way.children) aria(each, "pressed", each.dataset.step === on?.step);
    const here = new Set(Object.keys(state.here));
    put(refused, [...(state.refused ? [`✗ Not done: ${state.refused}`] : []), ...(state.trouble ?? []).map((words) => `⚠ ${words}`)].join(" "));
    put(count, `In the room: ${here.size} of ${state.people.length}`);
    keyed(people, state.people, ({ id }) => id, () => {
      const made = h("li");
      made.show = ({ id, alias }) => put(made, here.has(id) ? `● ${alias}` : `○ ${alias} (away)`);
      return made;
    });
  }
  line.onChange(draw);
  draw();
  const look = setInterval(() => model.send({ need: "state" }), LOOK);
  signal.addEventListener("abort", () => clearInterval(look));
} };
