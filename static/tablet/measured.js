// Words and values of what was measured, where a calculation makes the mark.

import { calculatedMark, isMeasured } from "./rules.js";

/** What was measured as it is read: the label of a choice, a number out of all, a number with its unit. */
export function measuredText(aspect, measured) {
  const { type, choices, possible } = aspect.calculation;
  if (type === "CHOICE") return choices[Number(measured)]?.label ?? measured;
  return type === "NUMBER_COMPLETED" ? `${measured} / ${possible}` : `${measured}${aspect.unit ? ` ${aspect.unit}` : ""}`;
}

/** Of a yes or no that a calculation mandates, what was measured. */
export function metOf(aspect, value) {
  return isMeasured(aspect) ? { measured: calculatedMark(aspect, "1") === value ? "1" : "0" } : null;
}
