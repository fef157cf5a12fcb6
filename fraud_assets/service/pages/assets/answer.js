// What the API answered, in words and bars.
import { inputs, strange } from "./fields.js";
import { element } from "./words.js";

export function warnings(asked) {
  const found = inputs.map((input) => strange(input, asked[input.name])).filter(Boolean);
  return found.map((text) => element("p", text, "warning"));
}

// One item a reason; `data-feature` is where the words go of what would have to differ.
export function reasons(body) {
  if (!body.reasons.length) return element("p", "This version gives no reasons.", "about");
  const list = element("ol", undefined, "reasons");
  for (const reason of body.reasons) {
    const item = element("li");
    item.dataset.feature = reason.feature;
    const way = reason.contribution > 0 ? "Raises the score" : "Lowers the score";
    const name = reason.contribution > 0 ? "raises" : "lowers";
    item.append(element("span", `${way}: `, name), element("span", reason.text), element("span", ` ${reason.code}`, "about"));
    list.append(item);
  }
  return list;
}

export function bars(contributions) {
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
