// Elements and numbers as every part of the page writes them.
export function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

// A share as percent, with as many digits as it takes to look like none of `others`, 0 or 1.
export function percent(share, ...others) {
  const written = (value, digits) =>
    (100 * value).toLocaleString("en", { maximumSignificantDigits: digits });
  for (let digits = 3; digits < 17; digits += 1) {
    const text = written(share, digits);
    if ([0, 1, ...others].every((other) => other === share || written(other, digits) !== text)) return `${text} %`;
  }
  return `${100 * share} %`;
}

export function counted(value) {
  return typeof value === "number" ? value.toLocaleString("en", { maximumSignificantDigits: 6 }) : String(value);
}
