"""What is wrong with how a page looks: measured in a real browser, for every page alike."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.report.browser import Watched

PHONE, DESKTOP, PAPER = 390, 1280, 673
"""Widths in CSS pixels; PAPER is A4 between margins of 16 mm."""

BETWEEN = (600, 768, 1024, 1152, 1200, 1440)
"""Further widths, of tablets and of windows, at which nothing may scroll sideways."""

WHOLE = {"resultTypes": ["violations"]}
CONTRAST = WHOLE | {"runOnly": ["color-contrast"]}
"""What of axe depends on the colour scheme."""

LONGEST_FOLDED = 13_000
"""Pixels of a folded page on a phone: contents in sight, the rest behind a touch."""

SMALLEST_TEXT = 8.5
"""Pixels of the smallest text in a picture that can still be read."""

GRAVE = {"serious", "critical", "moderate"}
UNFOLD = "document.querySelectorAll('details').forEach(d => d.open = true)"

CLIPPED = """() => [...document.querySelectorAll('main *, header *')].filter(e => {
  const box = e.getBoundingClientRect(), roll = e.closest('.scroll, nav');
  return box.width > 1 && !roll && (box.right > innerWidth + 1 || box.left < -1);
}).map(e => 'clipped: ' + e.outerHTML.slice(0, 80))"""

# A word of up to 20 letters that stands on two lines.
BROKEN = r"""() => {
  const found = [], walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const holder = node.parentElement;
    if (!holder.checkVisibility() || holder.closest('svg, code, style, script')) continue;
    for (const match of node.data.matchAll(/[\p{L}\p{N}_]{2,}/gu)) {
      if (match[0].length > 20) continue;
      const range = document.createRange();
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const lines = new Set([...range.getClientRects()].map(box => Math.round(box.top)));
      if (lines.size > 1) found.push('broken word: ' + match[0]);
    }
  }
  return found;
}"""

SMALL = """least => [...document.querySelectorAll("svg.chart text")]
  .filter(e => e.checkVisibility())
  .map(e => [parseFloat(getComputedStyle(e).fontSize) * e.getScreenCTM().a, e])
  .filter(([size, e]) => size && size < least && !(e.getAttribute('transform') || ''))
  .map(([size, e]) => `text of ${size.toFixed(1)} px: ${e.textContent}`)"""

OVERLAPPING = """() => [...document.querySelectorAll('svg.chart')].filter(e => e.checkVisibility())
  .flatMap(picture => {
    const texts = [...picture.querySelectorAll('text')].filter(e => !e.getAttribute('transform'))
      .map(e => [e.getBoundingClientRect(), e.textContent]);
    return texts.flatMap(([a, one], i) => texts.slice(i + 1)
      .filter(([b]) => a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 2 && b.top < a.bottom - 2)
      .map(([, other]) => `labels overlap: ${one} and ${other}`));
  })"""

COVERED = """() => [...document.querySelectorAll('svg.chart')].filter(e => e.checkVisibility())
  .flatMap(picture => {
    const turned = [...picture.querySelectorAll('text[transform^="rotate(-90"]')];
    const others = [...picture.querySelectorAll('text:not([transform])')];
    return turned.flatMap(t => { const a = t.getBoundingClientRect(); return others
      .filter(o => { const b = o.getBoundingClientRect(); return a.left < b.right - 1
        && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1; })
      .map(o => `axis name covers: ${t.textContent} and ${o.textContent}`); });
  })"""


def faults(browser: Browser, address: str, *, scripts: bool = True) -> list[str]:
    """Everything wrong at phone and desktop width, light and dark, folded, unfolded, on paper."""
    context = browser.new_context(
        viewport={"width": PHONE, "height": 844}, java_script_enabled=scripts
    )
    watched = Watched(context.new_page())
    page = watched.page
    page.goto(address)
    found = _too_long(page)
    page.evaluate(UNFOLD)
    for width in (PHONE, DESKTOP):
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{width} px: {fault}" for fault in _measured(page)]
        if scripts:
            found += [f"{width} px: {fault}" for fault in _violations(page)]
    for width in BETWEEN:
        page.set_viewport_size({"width": width, "height": 844})
        found += [f"{width} px: {fault}" for fault in _too_wide(page)]
    if scripts:  # axe waits by timers
        page.emulate_media(color_scheme="dark")
        found += [f"dark: {fault}" for fault in _violations(page, CONTRAST)]
    page.emulate_media(media="print")
    page.set_viewport_size({"width": PAPER, "height": 844})
    found += [f"print: {fault}" for fault in page.evaluate(BROKEN)]
    found += [f"console: {line}" for line in watched.said]
    found += [f"asked for {url}" for url in watched.asked if url != address]
    context.close()
    return found


def _too_long(page: Page) -> list[str]:
    height = page.evaluate("document.documentElement.scrollHeight")
    return [f"{height} px long on a phone"] if height > LONGEST_FOLDED else []


def _too_wide(page: Page) -> list[str]:
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    clipped: list[str] = page.evaluate(CLIPPED)
    return ["scrolls sideways", *clipped] if wide else clipped


def _measured(page: Page) -> list[str]:
    found = _too_wide(page)
    for script in (BROKEN, OVERLAPPING, COVERED):
        found += page.evaluate(script)
    return found + page.evaluate(SMALL, SMALLEST_TEXT)


def _violations(page: Page, options: dict[str, Any] = WHOLE) -> list[str]:
    violations = Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in violations if v["impact"] in GRAVE]


def printed(browser: Browser, address: str, file: Path) -> list[str]:
    """The text of each printed page of A4, as it is without a touch on any fold."""
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    file.write_bytes(page.pdf(format="A4"))
    context.close()
    document = pypdfium2.PdfDocument(file)
    texts = [document[i].get_textpage().get_text_range() for i in range(len(document))]
    document.close()
    return [re.sub(r"\s+", " ", text) for text in texts]
