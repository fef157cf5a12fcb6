// The score in sight: its decision and, on one scale with the threshold, its place.
import { element, percent } from "./words.js";

const bar = document.getElementById("standing");
const threshold = Number(document.body.dataset.threshold);
const TICKS = [0.0001, 0.01, 0.5, 0.99, 0.9999];

export function showScore(probability, flagged) {
  const head = element("p", undefined, "score");
  head.append(element("strong", percent(probability, threshold)), element("span", "probability of fraud"));
  head.append(element("strong", flagged ? "Flagged" : "Not flagged", flagged ? "flagged" : "passed"));
  bar.replaceChildren(head, scale(probability));
}

export function showNone(words) {
  const head = element("p", undefined, "score");
  head.append(element("strong", "Not scored"), element("span", words));
  bar.replaceChildren(head);
}

// Log-odds, on which small probabilities keep their distance; beyond one in 100,000 is the edge.
function place(probability) {
  const kept = Math.min(Math.max(probability, 1e-5), 1 - 1e-5);
  return 50 + 10 * Math.log10(kept / (1 - kept));
}

function at(name, share, text) {
  const made = element("span", text, name);
  made.style.left = `${place(share)}%`;
  if (place(share) > 60) made.classList.add("left");
  return made;
}

function scale(probability) {
  const box = element("div", undefined, "scale");
  const side = probability >= threshold ? "at or above" : "below";
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", `The score of ${percent(probability, threshold)} lies ${side} the threshold of ` +
    `${percent(threshold, probability)}.`);
  const ground = element("div", undefined, "ground");
  const towards = element("span", undefined, "towards");
  towards.style.left = `${place(threshold)}%`;
  ground.append(towards, at("mark", threshold), at("here", probability));
  const ticks = element("div", undefined, "ticks");
  for (const tick of TICKS) ticks.append(at("tick", tick, percent(tick)));
  const named = element("div", undefined, "named");
  named.append(at("name", threshold, `flagged from ${percent(threshold, probability)}`));
  box.append(named, ground, ticks);
  return box;
}
