"""The ratios as an SVG: a template made by hand, since one bar chart is worth no dependency."""

from collections.abc import Mapping
from html import escape
from math import log10

WIDTH, LEFT, RIGHT = 880, 150, 60
BAR, GAP, HEAD, FOOT = 15, 16, 46, 34
COLOURS = {"postgraphile": "#5b7db1", "mercurius": "#4c9a8a", "ordinary": "#c08a3e", "pgbench": "#9a9a9a"}

PAGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{title}"
 font-family="system-ui, sans-serif" font-size="12" fill="#333">
<rect width="{width}" height="{height}" fill="#fff"/>
<text x="{left}" y="18" font-size="14" font-weight="600">{title}</text>
{content}
</svg>
"""


def ratios_plot(ratios: Mapping[str, Mapping[str, float]], title: str) -> str:
    """Bars on a logarithmic scale around 1, where both answer equally often."""
    values = [value for by in ratios.values() for value in by.values()]
    low, high = min([0.5, *values]) * 0.9, max([2.0, *values]) * 1.15

    def place(value: float) -> float:
        share = (log10(value) - log10(low)) / (log10(high) - log10(low))
        return LEFT + share * (WIDTH - LEFT - RIGHT)

    parts, top = [*_legend(ratios)], HEAD
    for operation, by in ratios.items():
        middle = top + len(by) * BAR / 2 + 4
        parts.append(_text(LEFT - 10, middle, operation, 'text-anchor="end"'))
        for name, value in by.items():
            start, end = sorted((place(1), place(value)))
            colour = COLOURS.get(name, "#777")
            parts.append(
                f'<rect x="{start:.1f}" y="{top}" width="{end - start:.1f}" height="{BAR - 3}" fill="{colour}">'
                f"<title>{escape(operation)}, {escape(name)}: {value:.3g}</title></rect>"
            )
            parts.append(_text(end + 4, top + BAR - 5, f"{value:.3g}", 'font-size="11"'))
            top += BAR
        top += GAP
    one = place(1)
    parts.append(f'<line x1="{one:.1f}" x2="{one:.1f}" y1="{HEAD - 6}" y2="{top - GAP + 6}" stroke="#333"/>')
    parts.append(_text(one, top + 8, "1 = as often", 'text-anchor="middle" font-size="11"'))
    return PAGE.format(
        width=WIDTH, height=top + FOOT, left=LEFT, title=escape(title), content="\n".join(parts)
    )


def _legend(ratios: Mapping[str, Mapping[str, float]]) -> list[str]:
    names = dict.fromkeys(name for by in ratios.values() for name in by)
    parts = []
    for at, name in enumerate(names):
        x = LEFT + at * 130
        parts.append(f'<rect x="{x}" y="26" width="10" height="10" fill="{COLOURS.get(name, "#777")}"/>')
        parts.append(_text(x + 15, 35, name))
    return parts


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" {more}>{escape(text)}</text>'
