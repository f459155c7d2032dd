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
