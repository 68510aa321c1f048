"""Small parts that run in the browser: a button that copies a text, and a case kept as long as its tab is open.

Neither loads or sends anything; what a tab keeps is gone when it is closed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

_COPY_HTML = '<button type="button"></button><span role="status"></span>'
_COPY_CSS = """
:host{display:block}
button{font:inherit;font-weight:600;min-height:2.5rem;padding:0 .9rem;border:1px solid currentColor;
  border-radius:.5rem;background:transparent;color:inherit;cursor:pointer}
button:focus-visible{outline:3px solid currentColor;outline-offset:2px}
span{margin-left:.6rem;font-size:.9rem}
"""
_COPY_JS = """
export default function ({data, parentElement}) {
  const button = parentElement.querySelector("button"), said = parentElement.querySelector("span");
  button.textContent = data.label;
  if (said.dataset.text !== data.text) { said.textContent = ""; said.dataset.text = data.text; }
  button.onclick = async () => {
    try { await navigator.clipboard.writeText(data.text); }
    catch {
      const area = document.createElement("textarea");
      area.value = data.text; document.body.append(area); area.select(); document.execCommand("copy"); area.remove();
      button.focus();
    }
    said.textContent = "Copied";
  };
}
"""
_MEMORY_JS = """
// What was typed is sent a moment after its field is left. A page that is asked for by the same tap would be asked for
// first, and left again: its link waits. A page that is left while an answer comes stands scrolled as the last one was.
let left = -Infinity;
addEventListener("focusout", event => { if (event.target.matches?.("input")) left = performance.now(); }, true);
addEventListener("click", event => {
  const link = event.target.closest?.("a[href]");
  if (!link || performance.now() - left > 400) return;
  event.preventDefault(); event.stopPropagation();
  setTimeout(() => {
    left = -Infinity; link.click(); document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0);
  }, 200);
}, true);
export default function ({data, setTriggerValue}) {
  const name = "echograde.case";
  let kept = null;
  try {
    if (data.begun) { sessionStorage.setItem(name, data.held); return; }
    kept = sessionStorage.getItem(name);
  } catch { return; }
  if (kept && (!data.address || JSON.parse(kept).address === data.address)) setTriggerValue("found", kept);
}
"""


@cache
def _registered(name: str, html: str, css: str, script: str) -> Callable[..., Any]:
    # a part that is registered again is another part, and what it shows would be drawn anew
    return st.components.v2.component(name, html=html or None, css=css or None, js=script)


def copy_button(label: str, text: str, key: str) -> None:
    """A button that copies a text."""
    _registered("echograde_copy", _COPY_HTML, _COPY_CSS, _COPY_JS)(
        data={"label": label, "text": text}, key=key, width="content"
    )


def kept_by_tab(begun: bool, held: Mapping[str, Any], address: str, key: str, found: Callable[[], None]) -> None:
    """Keep what a form holds in the browser's tab; at the first run of a session call `found` with what the tab kept
    under `key`, unless the page was opened by another address."""
    data = {"begun": begun, "held": json.dumps(held), "address": address}
    _registered("echograde_memory", "", "", _MEMORY_JS)(data=data, key=key, on_found_change=found)
