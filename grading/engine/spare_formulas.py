"""Equations for those who want them, not used by default: no grade rests on them."""

from __future__ import annotations

from grading.engine.formula import Value, formula


@formula("pisa_radius^2 / 2", target="eroa", remark="mitral, at about 40 cm/s aliasing and 5 m/s peak velocity")
def simplified_mitral_eroa(pisa_radius: Value) -> Value:
    """EROA by one radius alone; not used by default.

    Args:
        pisa_radius: [cm]
    Returns:
        [cm2]

    >>> simplified_mitral_eroa(1.0)
    0.5
    """
    return pisa_radius**2 / 2


@formula(
    "0.29 * deceleration_time",
    target="pressure_half_time",
    source="geometry; a straight slope is down to 1 / sqrt(2) of its peak after 1 - 1 / sqrt(2) of its length.",
)
def pressure_half_time(deceleration_time: Value) -> Value:
    """Pressure half-time from a deceleration time; not used by default.

    Args:
        deceleration_time: [ms]
    Returns:
        [ms]
    """
    return 0.29 * deceleration_time


@formula("sqrt(height * weight / 3600)", target="body_surface_area", source="Mosteller RD. N Engl J Med 1987;317:1098.")
def body_surface_area_mosteller(height: Value, weight: Value) -> Value:
    """Body surface area by Mosteller; not used by default.

    Args:
        height: [cm]
        weight: [kg]
    Returns:
        [m2]

    >>> round(body_surface_area_mosteller(170.0, 70.0), 2)
    1.82
    """
    result: Value = (height * weight / 3600) ** 0.5
    return result
