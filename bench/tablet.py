"""S11 and S13: the tablet's page as Lighthouse sees it, and how long a tap takes until its mark is kept.

Lighthouse comes from npm into build/ when it is first measured. QZ_BENCH_RUNS says how often it runs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.request import Request, urlopen

from playwright.sync_api import Page, sync_playwright

from tests.e2e.conftest import CHROMIUM, ROOT
from tests.e2e.hall import WORKS, Hall, prepare
from tests.e2e.test_tablet import LANDSCAPE, enter

LIGHTHOUSE = "12.8.2"  # the last for Node.js 20
CATEGORIES = ("performance", "accessibility", "best-practices")
RUNS = int(os.environ.get("QZ_BENCH_RUNS", "5"))
INSTALL_S, RUN_S = 300, 240
THROTTLE = 4
REST_MS = 300
ROUNDS = 3

# From the finger on the glass to the frame in which the row says “saved”; and every interaction as the browser times it.
WATCH = """() => {
  window.kept = [];
  window.interactions = [];
  new PerformanceObserver((list) => { for (const { interactionId, duration } of list.getEntries()) if (interactionId) window.interactions.push(duration); })
    .observe({ type: "event", durationThreshold: 16, buffered: true });
  addEventListener("pointerdown", (event) => {
    const aspect = event.target.closest("[data-aspect]")?.dataset.aspect;
    const chosen = event.target.closest(".option");
    if (!aspect || !chosen) return;
    const look = () => {
      const row = document.querySelector(`[data-aspect="${aspect}"]`);
      const pressed = document.getElementById(chosen.id)?.getAttribute("aria-pressed") === "true";
      if (row.dataset.state === "saved" && pressed) window.kept.push(performance.now() - event.timeStamp);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, true);
}"""


def run() -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        hall = Hall(prepare(Path(folder)))
        try:
            return [*lighthouse_rows(f"{hall.url}/tablet/"), *tap_rows(hall)]
        finally:
            hall.stop()


def row(what: str, figure: str, target: str, met: bool | None) -> dict[str, Any]:
    known = "" if met is None else "yes" if met else "no"
    return {"what": what, "figure": figure, "floor": "", "ratio": "", "target": target, "met": known}


# S11


def lighthouse_rows(address: str) -> list[dict[str, Any]]:
    what, target = "S11 tablet page, Lighthouse", "100/100/100, LCP ≤ 1.6 s, ≤ 40 kB gzip"
    try:
        reports = [report(installed(), address) for _ in range(RUNS)]
    except (OSError, subprocess.SubprocessError) as problem:
        return [row(what, f"not measured: {problem}", target, None)]
    scores = [round(100 * median(one["categories"][name]["score"] for one in reports)) for name in CATEGORIES]
    paint = median(one["audits"]["largest-contentful-paint"]["numericValue"] for one in reports) / 1000
    items = reports[0]["audits"]["network-requests"]["details"]["items"]
    weight, wire = sum(packed(item["url"]) for item in items), sum(item["transferSize"] for item in items)
    figure = (
        f"{'/'.join(map(str, scores))}, LCP {paint:.2f} s, {weight / 1000:.1f} kB, "
        f"with headers {wire / 1000:.1f} kB, {len(items)} answers, median of {RUNS}"
    )
    return [row(what, figure, target, scores == [100, 100, 100] and paint <= 1.6 and weight <= 40_000)]


def packed(address: str) -> int:
    """Bytes of an answer as it is sent to a browser."""
    with urlopen(Request(address, headers={"Accept-Encoding": "gzip"}), timeout=RUN_S) as answer:  # nosec B310
        return len(answer.read())


def installed() -> Path:
    """Lighthouse's command; installed into build/ where it is missing."""
    folder = ROOT / "build" / "lighthouse"
    command = folder / "node_modules" / "lighthouse" / "cli" / "index.js"
    if not command.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("npm is missing: sudo apt-get install -y npm")
        folder.mkdir(parents=True, exist_ok=True)
        words = ["install", "--no-audit", "--no-fund", "--prefix", str(folder), f"lighthouse@{LIGHTHOUSE}"]
        subprocess.run([npm, *words], check=True, capture_output=True, timeout=INSTALL_S)
    return command


def report(command: Path, address: str, *more: str) -> dict[str, Any]:
    words = [
        address,
        f"--only-categories={','.join(CATEGORIES)}",
        "--output=json",
        "--quiet",
        "--no-enable-error-reporting",
        "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage",
        *more,
    ]
    line, found = ["node", str(command), *words], os.environ | {"CHROME_PATH": CHROMIUM}
    done = subprocess.run(line, check=False, capture_output=True, timeout=RUN_S, env=found)
    if done.returncode:
        # Now and then it does not find the browser that it has started.
        done = subprocess.run(line, check=True, capture_output=True, timeout=RUN_S, env=found)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


# S13


def tap_rows(hall: Hall) -> list[dict[str, Any]]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(base_url=hall.url, **LANDSCAPE)  # type: ignore[arg-type]
        page = enter(context)
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": THROTTLE})
        kept, interactions = tapped(page)
        browser.close()
    taps = quantiles(kept, n=100)
    seen = quantiles(interactions, n=100)
    return [
        row(
            f"S13 tap to saved, {THROTTLE}x throttle",
            f"p50 {taps[49]:.0f} ms, p95 {taps[94]:.0f} ms, {len(kept)} taps",
            "p95 ≤ 100 ms",
            taps[94] <= 100,
        ),
        row(
            f"S13 interactions, {THROTTLE}x throttle",
            f"p50 {seen[49]:.0f} ms, p98 {seen[97]:.0f} ms",
            "p98 ≤ 200 ms",
            seen[97] <= 200,
        ),
    ]


def tapped(page: Page) -> tuple[list[float], list[float]]:
    """Marks with the network away, so that the rows stay “saved”: milliseconds of each tap and of each interaction."""
    page.evaluate(WATCH)
    page.context.set_offline(True)
    taps = 0
    for turn in range(ROUNDS):
        for work in WORKS:
            page.locator(f"#candidate-{work}").tap()
            for aspect in ("A1.1", "A1.2"):
                page.wait_for_timeout(REST_MS)
                page.locator(f'[data-aspect="{aspect}"] .option').nth(turn).tap()
                taps += 1
    page.wait_for_timeout(1000)
    kept, interactions = page.evaluate("[window.kept, window.interactions]")
    assert len(kept) >= taps - 1, "taps were lost"
    return kept, interactions
