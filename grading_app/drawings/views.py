"""How a person wants the heart shown."""

from __future__ import annotations

from dataclasses import dataclass

from grading.errors import UsageError

APEXES, LEAFLETS = ("up", "down"), ("posterior", "anterior")


@dataclass(frozen=True, slots=True)
class View:
    """How a person wants the heart shown: the apex 'up' (as on most echo screens) or 'down', and the mitral leaflet
    that is flail or prolapses, 'posterior' or 'anterior', which no measurement says. Raises UsageError."""

    apex: str = "up"
    leaflet: str = "posterior"

    def __post_init__(self) -> None:
        """Refuse words that mean nothing here."""
        for name, value, allowed in (("apex", self.apex, APEXES), ("leaflet", self.leaflet, LEAFLETS)):
            if value not in allowed:
                raise UsageError(f"no {name} {value!r}; there are: {', '.join(allowed)}")


#: the view of a person who chose nothing
USUAL = View()
