"""Charts as SVG, drawn here: bars that read well in both themes, every number in words for whoever hears the page."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

_WIDTH, _HEIGHT, _BASE, _TOP = 640, 160, 132, 14
_SHADES = 6
_BAR = Markup('<rect class="shade%d" x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>')
_SUM = Markup('<text x="%.1f" y="%.1f">%s</text>')
_SMALL_BAR = Markup('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f"><title>%s</title></rect>')


def bars(
    series: Mapping[str, Mapping[str, float]], *, title: str, titles: Mapping[str, str] | None = None, every: int = 1
) -> Markup:
    """A bar for each name, stacked of its parts; every `every`th is named below, and its sum stands above."""
    named = titles or {}
    parts = list(dict.fromkeys(part for counted in series.values() for part in counted))
    most = max((sum(counted.values()) for counted in series.values()), default=0) or 1
    step = _WIDTH / max(len(series), 1)
    drawn = [
        _bar(name, counted, parts, at=(number * step, step), most=most, named=named, says=number % every == 0)
        for number, (name, counted) in enumerate(series.items())
    ]
    return Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        _WIDTH, _HEIGHT, title, Markup("").join(drawn)
    )


def _bar(
    name: str,
    counted: Mapping[str, float],
    parts: Sequence[str],
    *,
    at: tuple[float, float],
    most: float,
    named: Mapping[str, str],
    says: bool,
) -> Markup:
    left, step = at
    base, whole = float(_BASE), sum(counted.values())
    drawn = []
    for number, part in enumerate(parts):
        height = counted.get(part, 0) / most * (_BASE - _TOP - 8)
        if height > 0:
            base -= height
            told = f"{name}, {named.get(part, part)}" if part else name
            place = (left + step * 0.1, base, step * 0.8, height)
            drawn.append(_BAR % (number % _SHADES, *place, ": ".join(filter(None, (told, f"{counted[part]:g}")))))
    if whole:
        drawn.append(_SUM % (left + step / 2, base - 4, f"{whole:g}"))
    if says:
        drawn.append(_SUM % (left + step / 2, _BASE + 16, name.rpartition("-")[2]))
    return Markup("<g>{}</g>").format(Markup("").join(drawn))


def legend(series: Mapping[str, Mapping[str, float]], *, titles: Mapping[str, str], others: str) -> Markup:
    """Which shade is which part; the part without a name are the `others`."""
    parts = list(dict.fromkeys(part for counted in series.values() for part, count in counted.items()))
    there = {part for counted in series.values() for part, count in counted.items() if count}
    if len(there) < 2:  # noqa: PLR2004  one alone needs no legend
        return Markup()
    entry = Markup(
        '<li><svg class="chart" viewBox="0 0 9 9" aria-hidden="true"><rect class="shade{}" width="9" height="9"/></svg>{}</li>'
    )
    drawn = [
        entry.format(number % _SHADES, titles.get(part, part) or others)
        for number, part in enumerate(parts)
        if part in there
    ]
    return Markup('<ul class="legend">{}</ul>').format(Markup("").join(drawn))


def spark(counted: Mapping[str, float], *, title: str) -> Markup:
    """A row of small bars, one for each name."""
    most = max(counted.values(), default=0) or 1
    step = 120 / max(len(counted), 1)
    heights = [max(count / most * 26, 1) for count in counted.values()]
    places = [(at * step, 26 - height, step * 0.75, height) for at, height in enumerate(heights)]
    told = [f"{name}: {count:g}" for name, count in counted.items()]
    drawn = Markup("").join(_SMALL_BAR % (*place, says) for place, says in zip(places, told, strict=True))
    return Markup('<svg class="chart spark" viewBox="0 0 120 26" role="img" aria-label="{}">{}</svg>').format(
        title, drawn
    )
