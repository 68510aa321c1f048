"""Two buttons that save a drawing from the browser, as SVG and as PNG; nothing leaves the browser, nothing is loaded.

The picture is made by the browser that shows the drawing, so that both look alike and no library is needed.
"""

from __future__ import annotations

from grading_app.drawings.beat_page import page_of
from grading_app.drawings.svg import Drawing
from grading_app.drawings.typeface import FAMILY, font_faces
from grading_app.palette import Theme

#: how high the page is, and how many pixels of the PNG one unit of the drawing takes
EXPORT_HEIGHT, PIXELS = 64, 4
_STYLE = """{fonts}body{{margin:0;background:{paper};color:{ink};font:16px "{family}",sans-serif;display:flex;
gap:8px;flex-wrap:wrap;align-items:center;padding:6px 2px}}
button{{font:inherit;min-height:44px;padding:0 14px;color:inherit;background:transparent;border:1px solid currentColor;
border-radius:8px;cursor:pointer}}button:focus-visible{{outline:3px solid #2458C6;outline-offset:2px}}"""
SCRIPT = """
const {svg, name, pixels} = JSON.parse(document.getElementById("values").textContent);
const status = document.getElementById("status");
function save(blob, ending) { const link = document.createElement("a"); link.href = URL.createObjectURL(blob);
  link.download = name + ending; link.click(); setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  status.textContent = "Saved " + name + ending; }
document.getElementById("svg").onclick = () => save(new Blob([svg], {type: "image/svg+xml"}), ".svg");
document.getElementById("png").onclick = async () => {
  const image = new Image(), [wide, high] = svg.match(/viewBox="0 0 ([\\d.]+) ([\\d.]+)"/).slice(1).map(Number);
  image.width = wide * pixels; image.height = high * pixels;
  image.src = "data:image/svg+xml;charset=utf-8," +
    encodeURIComponent(svg.replace("<svg ", `<svg width="${wide * pixels}" height="${high * pixels}" `));
  await image.decode();
  const canvas = document.createElement("canvas"); canvas.width = image.width; canvas.height = image.height;
  const ink = canvas.getContext("2d");
  // a browser may need a moment for the typeface within the image, so it is drawn once to wake it and then for good
  ink.drawImage(image, 0, 0); await new Promise(done => setTimeout(done, 150)); ink.drawImage(image, 0, 0);
  canvas.toBlob(blob => save(blob, ".png"), "image/png"); };
"""


def export_page(drawing: Drawing, name: str, theme: Theme) -> str:
    """The page with both buttons, `EXPORT_HEIGHT` high; the files are called `name` with .svg and .png."""
    style = _STYLE.format(fonts=font_faces(), paper=theme.paper, ink=theme.ink, family=FAMILY)
    values = {"svg": drawing.svg, "name": name, "pixels": PIXELS}
    buttons = (
        '<button id="svg" type="button">Save as SVG</button><button id="png" type="button">Save as PNG</button>'
        '<span id="status" role="status"></span>'
    )
    return page_of(f"Save: {drawing.title}", style, buttons, values, SCRIPT)
