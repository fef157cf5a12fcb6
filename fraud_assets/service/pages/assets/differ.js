// What would have to differ for a flagged payment to pass: the same API is asked, value by value.
import { inputs, levels, quantiles } from "./fields.js";
import { counted, element, percent } from "./words.js";

const MOST = 30; // other values tried of one field
const threshold = Number(document.body.dataset.threshold);

// Writes beside each reason that raises the score; `ask` sends a batch and gives its predictions.
export async function whatWouldPass(result, asked, body, ask) {
  const raising = body.reasons.filter((reason) => reason.contribution > 0).map((reason) => reason.feature);
  const fields = inputs.filter((input) => (raising.length ? raising.includes(input.name) : true));
  const tries = fields.flatMap((input) => others(input, asked[input.name]).map((other) => ({ input, other })));
  const together = { ...asked };
  for (const input of fields) if (usual(input) !== undefined) together[input.name] = usual(input);
  const payments = tries.map(({ input, other }) => ({ ...asked, [input.name]: other }));
  const answers = await ask([...payments, together]);
  if (!answers) return;
  const nearest = new Map();
  tries.forEach(({ input, other }, i) => {
    const answer = answers[i];
    if (answer && !answer.is_flagged && !nearest.has(input.name)) nearest.set(input.name, { other, answer });
  });
  for (const [name, { other, answer }] of nearest) {
    const text = `With ${name} = ${counted(other)} it would pass, at ${at(answer)}.`;
    const item = [...result.querySelectorAll(".reasons li")].find((each) => each.dataset.feature === name);
    (item || result).append(element("span", text, "differ"));
  }
  if (nearest.size) return void tellTheOthers(result, fields, nearest);
  const last = answers[answers.length - 1];
  const all = last && !last.is_flagged ? ` All of them made usual together would, at ${at(last)}.` : "";
  result.append(element("p", `No single one of these values, made usual, would let it pass.${all}`, "differ"));
}

function tellTheOthers(result, fields, nearest) {
  const tried = fields.map((input) => input.name).filter((name) => !nearest.has(name));
  for (const item of result.querySelectorAll(".reasons li")) {
    if (tried.includes(item.dataset.feature)) item.append(element("span", "No other value of it alone, among those tried, would let it pass.", "differ"));
  }
}

function at(answer) {
  return percent(answer.fraud_probability, threshold);
}

// A field's other values, the nearest to the payment's own first.
function others(input, own) {
  if (input.dataset.kind === "text") return levels(input).filter((each) => each !== own).slice(0, MOST);
  const known = [...quantiles(input), Number(input.dataset.usual)].map((each) => Number(each.toPrecision(4)));
  const ranked = [...new Set(known)].sort((a, b) => a - b);
  const from = own === null ? 0 : ranked.filter((each) => each < own).length;
  const far = (each) => Math.abs(ranked.indexOf(each) - from + 0.5);
  return ranked.filter((each) => each !== own).sort((a, b) => far(a) - far(b)).slice(0, MOST);
}

function usual(input) {
  return input.dataset.kind === "number" ? Number(input.dataset.usual) : input.dataset.usual;
}
