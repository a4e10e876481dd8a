// Quantities as ame_explore/quantities.py declares them, and numbers written as it writes them
// (tests/widgets/test_numbers.py holds both against each other).

// name -> {label, short, definition, unit, decimals, fine, limits, group, per_reading}; filled before anything is drawn.
const QUANTITIES = {};

const trueMinus = (text) => text.replaceAll("-", "\u2212");
const missing = (value) => typeof value !== "number" || !Number.isFinite(value);

// So many decimals (0: thousands are separated too); with `fine`, two significant digits below 0.1.
function number(value, decimals = 3, { signed = false, fine = false } = {}) {
  if (missing(value)) return "–";
  let text;
  if (fine && value !== 0 && Math.abs(value) < 0.1) {
    const power = Math.floor(Math.log10(Number(Math.abs(value).toPrecision(2))));
    text = power < -4 ? value.toExponential(1).replace(/e([+-])(\d)$/, "e$10$2") : value.toPrecision(2);
  } else text = fine && value === 0 ? "0.0" : value.toFixed(decimals);
  if (Number(text) === 0) return text.replace("-", "");
  if (!decimals && !fine) text = text.replace(/\B(?=(\d{3})+$)/g, ",");
  return trueMinus(signed && value > 0 ? `+${text}` : text);
}

// So many significant digits, for values of any size.
function significant(value, digits = 3, { signed = false } = {}) {
  if (missing(value)) return "–";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const places = digits - 1 - power;
  const text = places >= -3 && places <= digits + 2 ? value.toFixed(Math.max(places, 0)) : `${mantissa}e${power}`;
  return trueMinus(signed && value > 0 ? `+${text}` : text);
}

// A value of a quantity; of one that is not declared, three significant digits.
function written(name, value) {
  const known = QUANTITIES[name];
  return known ? number(value, known.decimals, { fine: known.fine }) : fmt(value);
}

// Whatever stands in a table: text as it is, whole numbers whole.
function fmt(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value !== "number") return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return trueMinus(String(value));
  return significant(value);
}
