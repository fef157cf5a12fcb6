// A raw payment: the API derives its features, which then stand in the form and are scored.
import { inputs } from "./fields.js";
import { counted, element } from "./words.js";

export const raw = document.getElementById("raw");
const derived = document.getElementById("derived");
const fields = raw ? [...raw.querySelectorAll("input")] : [];

// Gives the parts to show, and whether the features now stand in the form.
export async function derive(send) {
  noFaults();
  const payment = Object.fromEntries(fields.map((field) => [field.name, field.value === "" ? null : field.value]));
  const answer = await send("decisions/preview", JSON.stringify(payment));
  const body = await answer.json();
  if (!answer.ok) {
    derived.replaceChildren(...body.detail.map(fault));
    return { taken: false, parts: [element("p", "Of this raw payment no features were derived; see its form.", "fault")] };
  }
  derived.replaceChildren(...told(body));
  for (const input of inputs) {
    const value = body.features[input.name];
    input.value = value === null || value === undefined ? "" : String(value);
  }
  return { taken: true, parts: [] };
}

function told(body) {
  const table = element("table");
  table.append(element("caption", "Features that came out of it, as they were scored"));
  const rows = element("tbody");
  for (const [name, value] of Object.entries(body.features)) {
    const row = element("tr");
    const head = element("th", name.replaceAll("_", " "));
    head.scope = "row";
    row.append(head, element("td", value === null ? "missing" : counted(value)));
    rows.append(row);
  }
  table.append(rows);
  const late = "It is later than the contract's late_after: windows may lack payments that were dropped.";
  return [...(body.late ? [element("p", late, "warning")] : []), table];
}

function fault(one) {
  const place = one.loc.filter((part) => part !== "body").join(" ");
  const field = fields.find((each) => each.name === one.loc[one.loc.length - 1]);
  if (field) {
    field.setAttribute("aria-invalid", "true");
    const beside = element("span", one.msg, "fault");
    beside.id = `${field.id}-fault`;
    field.setAttribute("aria-describedby", `${beside.id} ${field.dataset.about}`);
    field.after(beside);
  }
  return element("p", place ? `${place}: ${one.msg}` : one.msg, "fault");
}

function noFaults() {
  for (const field of fields) {
    field.removeAttribute("aria-invalid");
    field.setAttribute("aria-describedby", field.dataset.about);
  }
  for (const one of raw.querySelectorAll(".field .fault")) one.remove();
}
