// The form's fields: what stands in them, what is wrong with them, what training saw of them.
import { counted, element } from "./words.js";

export const inputs = [...document.querySelectorAll("#payment input[data-kind]")];

export function payment() {
  const values = {};
  for (const input of inputs) {
    const text = input.value.trim();
    values[input.name] = text === "" ? null : input.dataset.kind === "number" ? Number(text) : text;
  }
  return values;
}

// A number that the browser cannot read has an empty value, which would be sent as missing.
export function mistyped() {
  return inputs
    .filter((input) => input.validity.badInput || !(input.dataset.kind === "text" || Number.isFinite(Number(input.value))))
    .map((input) => ({ loc: [input.name], msg: "This is no number; nothing was scored." }));
}

// Each fault stands beside its field and in the list that is given back.
export function faults(detail) {
  noFaults();
  return detail.map((one) => {
    const place = one.loc.filter((part) => part !== "body").join(" ");
    const input = inputs.find((each) => each.name === one.loc[one.loc.length - 1]);
    if (input) {
      input.setAttribute("aria-invalid", "true");
      const beside = element("span", one.msg, "fault");
      beside.id = `${input.id}-fault`;
      input.setAttribute("aria-describedby", `${beside.id} ${input.dataset.about}`);
      input.after(beside);
    }
    return element("p", place ? `${place}: ${one.msg}` : one.msg, "fault");
  });
}

export function noFaults() {
  for (const input of inputs) {
    input.removeAttribute("aria-invalid");
    input.setAttribute("aria-describedby", input.dataset.about);
  }
  for (const told of document.querySelectorAll("#payment .field .fault")) told.remove();
}

export function levels(input) {
  return input.list ? [...input.list.options].map((option) => option.value) : [];
}

// A number's quantiles among legitimate payments of training, from the least to the most.
export function quantiles(input) {
  return JSON.parse(input.dataset.quantiles || "[]");
}

// What training never saw, or no legitimate payment has: the score is an extrapolation there.
export function strange(input, value) {
  if (value === null || value === undefined) return null;
  if (input.dataset.kind === "text") {
    const known = levels(input);
    if (!known.length || known.includes(level(value))) return null;
    return `${input.name}: ${JSON.stringify(value)} was never seen in training; the score stands on the other values alone.`;
  }
  const among = quantiles(input);
  if (!among.length || (value >= among[0] && value <= among[among.length - 1])) return null;
  const side = value < among[0] ? "below" : "above";
  return `${input.name}: ${counted(value)} lies ${side} every legitimate payment that training saw ` +
    `(${counted(among[0])} to ${counted(among[among.length - 1])}); the score is an extrapolation there.`;
}

function level(text) {
  const trimmed = String(text).trim();
  const folded = { upper: trimmed.toUpperCase(), lower: trimmed.toLowerCase() }[document.body.dataset.case];
  return folded === undefined ? trimmed : folded;
}
