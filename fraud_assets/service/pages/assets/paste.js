// A pasted payment: the API itself judges the very text before anything is taken over.
import { faults, inputs } from "./fields.js";
import { element } from "./words.js";

// Gives the parts to show, and whether the payment now stands in the form.
export async function take(text, ask) {
  let pasted;
  try {
    pasted = JSON.parse(text);
  } catch (error) {
    return { taken: false, parts: [element("p", `This is no JSON: ${error.message}`, "fault")] };
  }
  if (pasted === null || typeof pasted !== "object" || Array.isArray(pasted)) {
    return { taken: false, parts: [element("p", "This is no payment: a JSON object is needed.", "fault")] };
  }
  const unknown = Object.keys(pasted).filter((name) => !inputs.some((input) => input.name === name));
  const answer = await ask(text);
  if (!answer.ok) {
    const { detail } = await answer.json();
    const parts = [...unknown.map((name) => element("p", `${name}: there is no such field${meant(name)}.`, "fault")),
      ...faults(detail), element("p", "Nothing was taken over.")];
    return { taken: false, parts };
  }
  for (const input of inputs) {
    const value = pasted[input.name];
    input.value = value === null || value === undefined ? "" : String(value);
  }
  const ignored = `The model has no such field; left aside, as the API does: ${unknown.join(", ")}.`;
  return { taken: true, parts: unknown.length ? [element("p", ignored, "warning")] : [] };
}

// The field whose name shares most pairs of letters with it, where that is more than half of them.
function meant(name) {
  const pairs = (text) => new Set([...text.toLowerCase()].map((letter, i, all) => letter + (all[i + 1] || "")));
  const own = pairs(name);
  const shared = (other) => 2 * [...pairs(other)].filter((pair) => own.has(pair)).length / (own.size + pairs(other).size);
  const best = inputs.map((input) => input.name).sort((a, b) => shared(b) - shared(a))[0];
  return best && shared(best) >= 0.5 ? `; did you mean ${best}?` : "";
}
