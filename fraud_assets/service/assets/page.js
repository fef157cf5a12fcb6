"use strict";
// Asks the same API as every caller; draws score, decision and reasons.
const form = document.getElementById("payment");
const result = document.getElementById("result");
const inputs = [...form.querySelectorAll("input[data-kind]")];
const key = document.getElementById("api-key");
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
    const answer = await fetch("/predict?reasons=full", {
      method: "POST", headers: headers(), body: JSON.stringify(payment()),
    });
    const body = await answer.json();
    if (mine !== latest) return;
    show(answer.ok ? drawn(body) : faults(body.detail));
  } catch (error) {
    if (mine === latest) result.replaceChildren(element("p", `No answer: ${error.message}`, "fault"));
  }
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

function drawn(body) {
  for (const input of inputs) input.removeAttribute("aria-invalid");
  tellVersion(body.model_version);
  const head = element("p", undefined, "score");
  const percent = (100 * body.fraud_probability).toPrecision(3);
  head.append(element("strong", `${percent} %`), element("span", "probability of fraud"));
  head.append(element("strong", body.is_flagged ? "Flagged" : "Not flagged",
    body.is_flagged ? "flagged" : "passed"));
  const list = element("ol", undefined, "reasons");
  for (const reason of body.reasons) {
    const item = element("li");
    item.append(element("span", reason.text), element("span", ` (${reason.code})`, "about"));
    list.append(item);
  }
  return [head, list, ...(body.explanation ? [bars(body.explanation.contributions)] : [])];
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

function fits(input, value) {
  if (value === null || value === undefined) return true;
  return input.dataset.kind === "number" ? Number.isFinite(value) : typeof value === "string";
}

async function unlock() {
  const answer = await fetch("/", { headers: headers() });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of ["evidence", "version"]) {
    document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
  }
  document.getElementById("stale").hidden = true;
}

// A link cannot carry the key, so that the report is fetched with it and opened from memory.
async function openReport(event) {
  if (!key || !event.target.closest('a[href="/report"]')) return;
  event.preventDefault();
  const answer = await fetch("/report", { headers: headers() });
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
