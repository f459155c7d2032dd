// The arithmetic that a judge sees: may this mark be given? Whole numbers only, the same vectors as the server's rules.

const PLAIN = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?$/;

/** A plain decimal text as {units, digits}: units of 10^-digits; null for anything else. */
export function parseDecimal(text) {
  if (typeof text !== "string" || text.length > 40 || !PLAIN.test(text) || /^-0(\.0+)?$/.test(text)) return null;
  const [whole, part = ""] = text.split(".");
  return { units: BigInt(whole + part), digits: part.length };
}

function scaled(number, digits) {
  return number.units * 10n ** BigInt(digits - number.digits);
}

/** Greatest mark and step of an aspect as they are given by one judge. */
export function limits(aspect) {
  return aspect.kind === "judgement" ? { max: "3", step: "1" } : { max: aspect.max, step: aspect.step ?? "0.01" };
}

/** null if the mark may be given, or "malformed", "out_of_range", "bad_step"; null as a value withdraws the mark. */
export function markFault(aspect, value) {
  if (value === null) return null;
  const mark = parseDecimal(value);
  if (mark === null) return "malformed";
  const bounds = limits(aspect);
  const most = parseDecimal(bounds.max);
  const step = parseDecimal(bounds.step);
  const digits = Math.max(mark.digits, most.digits, step.digits);
  if (mark.units < 0n || scaled(mark, digits) > scaled(most, digits)) return "out_of_range";
  return scaled(mark, digits) % scaled(step, digits) === 0n ? null : "bad_step";
}

/** Without zeros at the end: "7.50" is "7.5". Any plain decimal. */
export function plain(text) {
  return text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}

/** The mark one step away, within the bounds. */
export function stepped(aspect, value, direction) {
  const bounds = limits(aspect);
  const [mark, most, step] = [value ?? "0", bounds.max, bounds.step].map(parseDecimal);
  const digits = Math.max(mark.digits, most.digits, step.digits);
  const wanted = scaled(mark, digits) + BigInt(direction) * scaled(step, digits);
  const inside = wanted < 0n ? 0n : wanted > scaled(most, digits) ? scaled(most, digits) : wanted;
  return fromUnits(inside, digits);
}

function fromUnits(units, digits) {
  const text = units.toString().padStart(digits + 1, "0");
  return plain(digits ? `${text.slice(0, -digits)}.${text.slice(-digits)}` : text);
}

/** Only nothing or everything: a yes-or-no aspect. */
export function isYesNo(aspect) {
  if (isMeasured(aspect)) return aspect.calculation.type === "PASS_FAIL";
  const bounds = limits(aspect);
  return aspect.kind === "measurement" && plain(bounds.max) === plain(bounds.step);
}

/** Whether a mark lies outside the middle, where the assessment asks for a reason: {below, above} in percent. */
export function needsReason(aspect, value, band) {
  const mark = parseDecimal(value);
  if (!band || mark === null || aspect.kind === "deduction") return false;
  const [most, below, above] = [limits(aspect).max, band.below, band.above].map(parseDecimal);
  const digits = Math.max(mark.digits, most.digits + Math.max(below.digits, above.digits));
  const share = scaled(mark, digits) * 100n;
  const bound = (percent) => scaled({ units: most.units * percent.units, digits: most.digits + percent.digits }, digits);
  return share < bound(below) || share > bound(above);
}

// --- from what is measured to the mark: exact ratios {over, under}, the twin of the server's rules.calculation ------------

const NONE = { over: 0n, under: 1n };
const ratio = (text) => { const { units, digits } = parseDecimal(text); return { over: units, under: 10n ** BigInt(digits) }; };
const times = (one, other) => ({ over: one.over * other.over, under: one.under * other.under });
const minus = (one, other) => ({ over: one.over * other.under - other.over * one.under, under: one.under * other.under });
const over = (one, other) => times(one, { over: other.under, under: other.over });
const isWhole = (one) => one.over % one.under === 0n;
const upTo = (one, most) => one.over * most.under <= most.over * one.under;
const hundredth = (one) => ({ over: one.over, under: one.under * 100n });
const share = ({ unit }, deduction, most) => (unit === "PERCENT" ? times(most, hundredth(ratio(deduction))) : ratio(deduction));

/** (calculation, greatest mark, what was measured) → the marks lost; null for what cannot have been measured. */
const LOSSES = {
  PASS_FAIL: (_, most, value) => (isWhole(value) && upTo(value, ratio("1")) ? times(most, minus(ratio("1"), value)) : null),
  NUMBER_COMPLETED: ({ possible }, most, value) => {
    const all = ratio(String(possible));
    return isWhole(value) && upTo(value, all) ? times(most, over(minus(all, value), all)) : null;
  },
  CHOICE: (calculation, most, value) => {
    const chosen = isWhole(value) ? calculation.choices[Number(value.over / value.under)] : undefined;
    return chosen ? share(calculation, chosen.deduction, most) : null;
  },
  RANGED_SCORE: ({ target, ranges }, most, value) => {
    if (minus(value, ratio(target)).over === 0n) return NONE;
    const found = ranges.find(({ lower, upper }) => upTo(ratio(lower), value) && upTo(value, ratio(upper)));
    return found ? times(most, hundredth(ratio(found.deduction))) : most;
  },
  REGULAR_DIFFERENCE_DEDUCTION: (calculation, most, value) => {
    const apart = over(minus(value, ratio(calculation.target)), ratio(calculation.difference));
    const count = (apart.over < 0n ? -apart.over : apart.over) / apart.under;
    return times({ over: count, under: 1n }, share(calculation, calculation.deduction, most));
  },
};

/** Whether the judge gives what was measured, from which the mark follows. */
export const isMeasured = (aspect) => Object.hasOwn(LOSSES, aspect.calculation?.type ?? "");

/** The mark that follows from a measured value, to the aspect's step, halves up; null where the value makes no sense. */
export function calculatedMark(aspect, measured) {
  const value = parseDecimal(measured);
  if (!isMeasured(aspect) || value === null || value.units < 0n) return null;
  const most = ratio(aspect.max);
  const lost = LOSSES[aspect.calculation.type](aspect.calculation, most, ratio(measured));
  if (lost === null) return null;
  const { step } = limits(aspect);
  const left = upTo(lost, most) ? over(minus(most, lost), ratio(step)) : NONE;
  const [rounded, whole] = [(2n * left.over + left.under) / (2n * left.under), over(most, ratio(step))];
  const steps = rounded < whole.over / whole.under ? rounded : whole.over / whole.under;
  const { units, digits } = parseDecimal(step);
  return fromUnits(steps * units, digits);
}

export const isDeduction = (aspect) => aspect.kind === "deduction";

/** Few enough steps to be counted up and down by two buttons. */
export function isStepped(aspect) {
  const { max, step } = limits(aspect);
  const [most, by] = [parseDecimal(max), parseDecimal(step)];
  const digits = Math.max(most.digits, by.digits);
  return scaled(most, digits) <= 40n * scaled(by, digits);
}

/** The canonical content of a sheet, whose SHA-256 a signature binds: sorted lines `aspect=value`. */
export function sheetContent(values) {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([aspect, value]) => `${aspect}=${plain(value)}`)
    .sort(byCodePoint)
    .join("\n");
}

/** The server sorts by code points, not by the UTF-16 units of JavaScript's own order. */
function byCodePoint(one, other) {
  const [left, right] = [Array.from(one), Array.from(other)];
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const difference = left[place].codePointAt(0) - right[place].codePointAt(0);
    if (difference) return difference;
  }
  return left.length - right.length;
}
