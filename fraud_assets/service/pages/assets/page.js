// Asks the same API as every caller; draws score, decision and reasons.
import { bars, reasons, warnings } from "./answer.js";
import { whatWouldPass } from "./differ.js";
import { faults, mistyped, noFaults, payment } from "./fields.js";
import { take } from "./paste.js";
import { derive, raw } from "./raw.js";
import { showNone, showScore } from "./standing.js";
import { element } from "./words.js";

const form = document.getElementById("payment");
const result = document.getElementById("result");
const key = document.getElementById("api-key");
let latest = 0;

function headers() {
  const sent = { "content-type": "application/json" };
  if (key && key.value) sent["x-api-key"] = key.value;
  return sent;
}

function send(path, body) {
  return fetch(path, { method: "POST", headers: headers(), body });
}

function ask(text) {
  return send("predict?reasons=full&preview=true", text);
}

async function score(before = []) {
  const mine = ++latest;
  const wrong = mistyped();
  if (wrong.length) return refuse(wrong);
  try {
    const asked = payment();
    const answer = await ask(JSON.stringify(asked));
    const body = await answer.json();
    if (mine !== latest) return;
    if (!answer.ok) return refuse(body.detail);
    draw(body, asked, before);
    if (body.is_flagged) await whatWouldPass(result, asked, body, (tries) => predictions(tries, mine));
  } catch (error) {
    if (mine === latest) unanswered(error);
  }
}

function draw(body, asked, before) {
  noFaults();
  tellVersion(body.model_version);
  showScore(body.fraud_probability, body.is_flagged);
  const parts = [...before, ...warnings(asked), reasons(body)];
  result.replaceChildren(...parts, ...(body.explanation ? [bars(body.explanation.contributions)] : []));
}

function refuse(detail) {
  result.replaceChildren(...faults(detail));
  showNone(detail.length === 1 ? "one fault" : `${detail.length} faults`);
}

function unanswered(error) {
  result.replaceChildren(element("p", `No answer: ${error.message}`, "fault"));
  showNone("the service does not answer");
}

// The batch's predictions; a payment that the API refuses has none.
async function predictions(payments, mine) {
  const kept = payments.map((each, i) => i);
  for (let tries = 0; tries < 2 && kept.length; tries += 1) {
    const body = { transactions: kept.map((i) => payments[i]) };
    const answer = await send("predict/batch?preview=true", JSON.stringify(body));
    if (mine !== latest) return null;
    if (answer.ok) {
      const given = (await answer.json()).predictions;
      return payments.map((each, i) => given[kept.indexOf(i)]);
    }
    if (answer.status !== 422) return null;
    const bad = new Set((await answer.json()).detail.map((one) => kept[one.loc[2]]));
    kept.splice(0, kept.length, ...kept.filter((i) => !bad.has(i)));
  }
  return null;
}

function paste() {
  return takeOver(() => take(document.getElementById("paste").value, ask), "the pasted payment was refused");
}

// Scores what a source of values puts into the form, or shows why it gives none.
async function takeOver(source, refused) {
  const mine = ++latest;
  try {
    const { taken, parts } = await source();
    if (mine !== latest) return;
    if (taken) return void await score(parts);
    result.replaceChildren(...parts);
    showNone(refused);
  } catch (error) {
    unanswered(error);
  }
}

// Form and evidence are of the version that the page was made for.
function tellVersion(serving) {
  const old = serving !== document.getElementById("version").textContent;
  document.getElementById("stale").hidden = !old;
  document.getElementById("newer").textContent = serving;
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
document.getElementById("take").addEventListener("click", paste);
document.getElementById("evidence").addEventListener("click", openReport);
if (raw) raw.addEventListener("submit", (event) => { event.preventDefault(); takeOver(() => derive(send), "the raw payment was refused"); });
if (key) document.getElementById("unlock").addEventListener("click", unlock);
if (!key) score();
