"""A beating heart as a small page of its own: it plays, pauses and steps from phase to phase.

It stands still at first for a person whose system asks for less motion. It loads nothing and sends nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape

from grading.case import Case
from grading_app.drawings.beat import PHASES
from grading_app.drawings.beat_drawing import SECONDS, beat_drawing
from grading_app.drawings.typeface import FAMILY
from grading_app.drawings.views import USUAL, View
from grading_app.palette import Theme

#: how much room the controls need below the drawing, and the greatest width of the page
CONTROLS, WIDEST = 118, 720
#: nothing may be fetched by a page that holds a drawing
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; font-src data:; img-src data: blob:"
)
_STYLE = """body{{margin:0;background:{paper};color:{ink};font:16px "{family}",sans-serif}}
main{{max-width:{widest}px;margin:0 auto}} svg{{width:100%;height:auto;display:block}}
.row{{display:flex;flex-wrap:wrap;gap:8px;align-items:center;padding:6px 8px}}
button{{font:inherit;min-height:44px;min-width:44px;padding:0 14px;color:inherit;background:transparent;
border:1px solid currentColor;border-radius:8px;cursor:pointer}}
button:focus-visible,input:focus-visible{{outline:3px solid #2458C6;outline-offset:2px}}
input{{flex:1;min-width:120px;height:44px;accent-color:#2A9D90}} #phase{{min-width:11em;font-weight:600}}"""
SCRIPT = """
const {seconds, phases, still} = JSON.parse(document.getElementById("values").textContent);
const svg = document.querySelector("svg");
const [play, at, phase, back, next] = ["play", "at", "phase", "back", "next"].map(id => document.getElementById(id));
const calm = matchMedia("(prefers-reduced-motion: reduce)");
let playing = true;
const now = () => (svg.getCurrentTime() % seconds) / seconds;
const name = t => phases.reduce((a, b) => Math.abs(b[0] - t) < Math.abs(a[0] - t) ? b : a)[1];
function show() { const t = now(), words = name(t); if (playing) at.value = t;
  if (phase.textContent !== words) phase.textContent = words; }
function set(run) { playing = run; if (run) svg.unpauseAnimations(); else svg.pauseAnimations();
  play.textContent = run ? "Pause" : "Play"; phase.setAttribute("aria-live", run ? "off" : "polite");
  document.body.dataset.playing = run; }
function go(t) { set(false); svg.setCurrentTime(t * seconds); at.value = t; show(); }
function step(by) { const t = now(), order = by > 0 ? phases : [...phases].reverse();
  go((order.find(p => by > 0 ? p[0] > t + 0.01 : p[0] < t - 0.01) || order[0])[0]); }
play.onclick = () => set(!playing);
back.onclick = () => step(-1);
next.onclick = () => step(1);
at.oninput = () => go(Number(at.value));
calm.addEventListener("change", () => { if (calm.matches) go(now()); });
if (calm.matches) go(still); else set(true);
setInterval(show, 80); show();
"""


def beat_page(case: Case, theme: Theme, view: View = USUAL) -> str:
    """The page for one case, at most `WIDEST` wide; as high as its drawing, and `CONTROLS` more."""
    drawn = beat_drawing(case, theme, view)
    style = _STYLE.format(paper=theme.paper, ink=theme.ink, family=FAMILY, widest=WIDEST)
    still = PHASES[1 if case.valve in ("mitral", "tricuspid") else 4][0]
    values = {"seconds": SECONDS, "phases": PHASES, "still": still}
    controls = (
        '<div class="row"><button id="back" type="button" aria-label="Step back">&#9664; Step</button>'
        '<button id="play" type="button">Pause</button>'
        '<button id="next" type="button" aria-label="Step on">Step &#9654;</button>'
        '<span id="phase" role="status"></span></div><div class="row">'
        '<input id="at" type="range" min="0" max="0.999" step="0.01" value="0" aria-label="Moment of the beat"></div>'
    )
    return page_of(drawn.title, style, f"<main>{drawn.svg}{controls}</main>", values, SCRIPT)


def page_of(title: str, style: str, body: str, values: Mapping[str, object], script: str) -> str:
    """A page that can load nothing from elsewhere, and its `script`, which finds its `values` by that id."""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        f'<style>{style}</style></head><body>{body}<script id="values" type="application/json">{_as_data(values)}'
        f"</script><script>{script}</script></body></html>"
    )


def _as_data(values: Mapping[str, object]) -> str:
    """Values as JSON that cannot end the element it stands in.

    >>> _as_data({"name": "</script>"})
    '{"name": "\\\\u003c/script>"}'
    """
    return json.dumps(values).replace("<", "\\u003c")
