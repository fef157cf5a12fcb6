"use strict";
// Asks the same API as every caller; draws score, decision and reasons.
const form = document.getElementById("payment");
const result = document.getElementById("result");
const inputs = [...form.querySelectorAll("input[data-kind]")];
const key = document.getElementById("api-key");
const threshold = Number(document.body.dataset.threshold);
let latest = 0;

function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function headers() {
  const sent = { "content-type": "application/json" };
  if (key && key.value) sent["x-api-key"] = key.value;
  return sent;
}

function payment() {
  const values = {};
  for (const input of inputs) {
    const text = input.value.trim();
    values[input.name] = text === "" ? null : input.dataset.kind === "number" ? Number(text) : text;
  }
  return values;
}

// A number that the browser cannot read has an empty value, which would be sent as missing.
function mistyped() {
  return inputs
    .filter((input) => input.validity.badInput || !(input.dataset.kind === "text" || Number.isFinite(Number(input.value))))
    .map((input) => ({ loc: [input.name], msg: "This is no number; nothing was scored." }));
}

async function score() {
  const mine = ++latest;
  const wrong = mistyped();
  if (wrong.length) return show(faults(wrong));
  try {
    const asked = payment();
    const answer = await ask(asked);
    const body = await answer.json();
    if (mine !== latest) return;
    show(answer.ok ? drawn(body, asked) : faults(body.detail));
    if (answer.ok && body.is_flagged) await whatWouldPass(asked, body, mine);
  } catch (error) {
    if (mine === latest) result.replaceChildren(element("p", `No answer: ${error.message}`, "fault"));
  }
}

function ask(values) {
  return fetch("predict?reasons=full", { method: "POST", headers: headers(), body: JSON.stringify(values) });
}

function show(parts) {
  result.replaceChildren(...parts);
}

function faults(detail) {
  for (const input of inputs) input.removeAttribute("aria-invalid");
  return detail.map((one) => {
    const name = String(one.loc[one.loc.length - 1]);
    const input = inputs.find((each) => each.name === name);
    if (input) input.setAttribute("aria-invalid", "true");
    return element("p", `${name}: ${one.msg}`, "fault");
  });
}

function drawn(body, asked) {
  for (const input of inputs) input.removeAttribute("aria-invalid");
  tellVersion(body.model_version);
  const head = element("p", undefined, "score");
  const percent = (100 * body.fraud_probability).toPrecision(3);
  head.append(element("strong", `${percent} %`), element("span", "probability of fraud"));
  head.append(element("strong", body.is_flagged ? "Flagged" : "Not flagged",
    body.is_flagged ? "flagged" : "passed"));
  head.append(element("span", `flagged from ${(100 * threshold).toPrecision(3)} %`, "about"));
  const list = element("ol", undefined, "reasons");
  for (const reason of body.reasons) {
    const item = element("li");
    const way = reason.contribution > 0 ? "raises the score" : "lowers the score";
    item.append(element("span", reason.text), element("span", ` ${way} (${reason.code})`, "about"));
    list.append(item);
  }
  const shown = [head, scale(body.fraud_probability), ...warnings(asked, body), list];
  return [...shown, ...(body.explanation ? [bars(body.explanation.contributions)] : [])];
}

// Score and threshold on one scale of log-odds, on which small probabilities keep their distance.
function scale(probability) {
  const place = (p) => {
    const kept = Math.min(Math.max(p, 1e-5), 1 - 1e-5);
    return Math.min(Math.max(50 + 10 * Math.log10(kept / (1 - kept)), 2), 98);
  };
  const box = element("div", undefined, "scale");
  const words = `The score of ${(100 * probability).toPrecision(3)} % lies ` +
    `${probability >= threshold ? "above" : "below"} the threshold of ${(100 * threshold).toPrecision(3)} %.`;
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", words);
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "0 0 100 6");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  const draw = (name, attributes) => {
    const made = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    picture.append(made);
  };
  draw("rect", { x: 0, y: 2, width: 100, height: 2, class: "ground" });
  draw("rect", { x: place(threshold), y: 2, width: 100 - place(threshold), height: 2, class: "towards" });
  draw("rect", { x: place(threshold) - 0.2, y: 0, width: 0.4, height: 6, class: "mark" });
  draw("rect", { x: place(probability) - 0.6, y: 0.5, width: 1.2, height: 5, class: "here" });
  box.append(picture);
  return box;
}

// What training never saw, or no legitimate payment has: the score is an extrapolation there.
function warnings(asked, body) {
  const found = [];
  for (const input of inputs) {
    const value = asked[input.name];
    if (value === null || value === undefined) continue;
    const known = levels(input);
    if (input.dataset.kind === "text" && known.length && !known.includes(level(input, value))) {
      found.push(`${input.name}: ${JSON.stringify(value)} was never seen in training.`);
    }
  }
  for (const reason of body.reasons) {
    if (typeof reason.value === "number" && (reason.percentile <= 0 || reason.percentile >= 100)) {
      const side = reason.percentile <= 0 ? "below" : "above";
      found.push(`${reason.feature}: ${reason.value} lies ${side} every legitimate payment that training saw.`);
    }
  }
  return found.map((text) => element("p", text, "warning"));
}

function levels(input) {
  return input.list ? [...input.list.options].map((option) => option.value) : [];
}

function level(input, text) {
  const trimmed = String(text).trim();
  const folded = { upper: trimmed.toUpperCase(), lower: trimmed.toLowerCase() }[document.body.dataset.case];
  return folded === undefined ? trimmed : folded;
}

// The same API is asked what one other value in place of each strong reason's would give.
async function whatWouldPass(asked, body, mine) {
  const names = body.reasons.filter((r) => r.contribution > 0).map((r) => r.feature);
  const tries = [];
  for (const input of inputs.filter((each) => names.includes(each.name))) {
    const others = input.dataset.kind === "number" ? [Number(input.dataset.usual)] : levels(input);
    for (const other of others.slice(0, 30)) {
      if (other !== asked[input.name]) tries.push({ name: input.name, other, values: { ...asked, [input.name]: other } });
    }
  }
  if (!tries.length) return;
  const answer = await fetch("predict/batch", {
    method: "POST", headers: headers(), body: JSON.stringify({ transactions: tries.map((one) => one.values) }),
  });
  if (!answer.ok || mine !== latest) return;
  const { predictions } = await answer.json();
  const passing = new Map();
  predictions.forEach((one, i) => {
    const { name, other } = tries[i];
    const best = passing.get(name);
    if (!one.is_flagged && (!best || one.fraud_probability < best.probability)) {
      passing.set(name, { other, probability: one.fraud_probability });
    }
  });
  if (mine !== latest) return;
  const sentences = [...passing].map(([name, { other, probability }]) =>
    `With ${name} = ${other} it would pass, at ${(100 * probability).toPrecision(3)} %.`);
  const text = sentences.length ? sentences.join(" ")
    : "No single one of these values, made usual, would let it pass.";
  result.append(element("p", text, "differ"));
}

// Form and evidence are of the version that the page was made for.
function tellVersion(serving) {
  const old = serving !== document.getElementById("version").textContent;
  document.getElementById("stale").hidden = !old;
  document.getElementById("newer").textContent = serving;
}

function bars(contributions) {
  const rows = Object.entries(contributions).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
  const widest = Math.max(...rows.map((row) => Math.abs(row[1])), 1e-12);
  const box = element("div", undefined, "bars");
  for (const [name, amount] of rows) {
    const row = element("div", undefined, "bar");
    const sign = amount > 0 ? "+" : "";
    row.append(element("span", name.replaceAll("_", " ")), bar(amount / widest));
    row.append(element("span", sign + amount.toFixed(3), "amount"));
    box.append(row);
  }
  return box;
}

function bar(share) {
  const space = "http://www.w3.org/2000/svg";
  const picture = document.createElementNS(space, "svg");
  picture.setAttribute("viewBox", "-100 0 200 10");
  picture.setAttribute("preserveAspectRatio", "none");
  picture.setAttribute("aria-hidden", "true");
  const box = document.createElementNS(space, "rect");
  const width = Math.abs(share) * 100;
  for (const [name, value] of Object.entries({ x: share > 0 ? 0 : -width, y: 1, width, height: 8 })) {
    box.setAttribute(name, String(value));
  }
  box.setAttribute("class", share > 0 ? "towards" : "away");
  const middle = document.createElementNS(space, "line");
  for (const [name, value] of Object.entries({ x1: 0, x2: 0, y1: 0, y2: 10 })) {
    middle.setAttribute(name, String(value));
  }
  picture.append(box, middle);
  return picture;
}

function take() {
  let pasted;
  try {
    pasted = JSON.parse(document.getElementById("paste").value);
  } catch (error) {
    return show([element("p", `This is no JSON: ${error.message}`, "fault")]);
  }
  if (pasted === null || typeof pasted !== "object" || Array.isArray(pasted)) {
    return show([element("p", "This is no payment: a JSON object is needed.", "fault")]);
  }
  const strange = Object.keys(pasted).filter((name) => !inputs.some((input) => input.name === name));
  if (strange.length) {
    return show(strange.map((name) => element("p",
      `${name}: there is no such field; did you mean ${nearest(name)}? Nothing was taken over.`, "fault")));
  }
  const wrong = inputs.filter((input) => !fits(input, pasted[input.name]));
  if (wrong.length) {
    return show(faults(wrong.map((input) => ({ loc: [input.name],
      msg: `${input.dataset.kind} or null is needed, got ${JSON.stringify(pasted[input.name])}; nothing was taken over.` }))));
  }
  for (const input of inputs) {
    const value = pasted[input.name];
    input.value = value === null || value === undefined ? "" : String(value);
  }
  return score();
}

// The field whose name shares most pairs of letters with it.
function nearest(name) {
  const pairs = (text) => [...text.toLowerCase()].map((letter, i, all) => letter + (all[i + 1] || ""));
  const shared = (other) => pairs(other).filter((pair) => pairs(name).includes(pair)).length / (other.length + name.length);
  return inputs.map((input) => input.name).sort((a, b) => shared(b) - shared(a))[0];
}

function fits(input, value) {
  if (value === null || value === undefined) return true;
  return input.dataset.kind === "number" ? Number.isFinite(value) : typeof value === "string";
}

async function unlock() {
  const answer = await fetch("./", { headers: headers() });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["evidence", "version"]) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  document.getElementById("stale").hidden = true;
}

// A link cannot carry the key, so that the report is fetched with it and opened from memory.
async function openReport(event) {
  if (!key || !event.target.closest('a[href="report"]')) return;
  event.preventDefault();
  const answer = await fetch("report", { headers: headers() });
  if (!answer.ok) return void event.target.after(element("span", ` ${await answer.text()}`, "fault"));
  const address = URL.createObjectURL(await answer.blob());
  if (!window.open(address, "_blank")) location.assign(address);
}

form.addEventListener("submit", (event) => { event.preventDefault(); score(); });
form.addEventListener("input", (event) => { if (event.target.dataset.kind) score(); });
document.getElementById("take").addEventListener("click", take);
document.getElementById("evidence").addEventListener("click", openReport);
if (key) document.getElementById("unlock").addEventListener("click", unlock);
if (!key) score();
