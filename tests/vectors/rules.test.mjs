// The tablet's rules against the vectors that the server's rules pass too. Run: node --test tests/vectors
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { calculatedMark, isMeasured, isYesNo, markFault, plain, sheetContent, stepped } from "../../static/tablet/rules.js";

const vectors = JSON.parse(readFileSync(new URL("marks.json", import.meta.url)));

test("every vector of marks gives its code", () => {
  assert.ok(vectors.length > 20);
  for (const { aspect, value, code } of vectors) {
    assert.equal(markFault(aspect, value), code, JSON.stringify({ aspect, value }));
  }
});

test("every measured value gives the mark of its vector", () => {
  const measured = JSON.parse(readFileSync(new URL("calculations.json", import.meta.url)));
  assert.ok(measured.length > 50);
  for (const { aspect, measured: value, mark } of measured) {
    assert.equal(calculatedMark(aspect, value), mark, JSON.stringify({ aspect, value }));
  }
});

test("a calculation decides whether an aspect is measured, and whether it is yes or no", () => {
  const aspect = { kind: "measurement", max: "2", step: "2", calculation: { type: "NUMBER_COMPLETED", possible: 4 } };
  assert.equal(isMeasured(aspect), true);
  assert.equal(isYesNo(aspect), false);
  assert.equal(isYesNo({ ...aspect, step: "0.5", calculation: { type: "PASS_FAIL" } }), true);
  assert.equal(isMeasured({ ...aspect, calculation: { row: "4", cells: [] } }), false);
});

test("a step stays within the bounds", () => {
  const aspect = { kind: "panel", max: "10", step: "0.5" };
  assert.equal(stepped(aspect, "7.5", 1), "8");
  assert.equal(stepped(aspect, "10", 1), "10");
  assert.equal(stepped(aspect, null, -1), "0");
});

test("an aspect of one step is yes or no", () => {
  assert.equal(isYesNo({ kind: "measurement", max: "2", step: "2.0" }), true);
  assert.equal(isYesNo({ kind: "panel", max: "2", step: "2" }), false);
});

test("a sheet's content is sorted by code point and has no zeros at the end", () => {
  assert.equal(sheetContent({ "B": "2.50", "A": "0", "C": null, "\u{20164}": "1", "\uFF21": "3" }), "A=0\nB=2.5\n\uFF21=3\n\u{20164}=1");
  assert.equal(plain("100"), "100");
});
