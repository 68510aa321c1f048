"""Stroke volumes, through a tract or a ring and of a ventricle, as the other equations in `formulas`."""

from __future__ import annotations

import math

from grading.engine.formula import Value, formula


def _through_circle(diameter: Value, vti: Value) -> Value:
    """The volume [mL] through a round opening: its diameter [cm] and the velocity-time integral in it [cm]."""
    return math.pi / 4 * diameter**2 * vti


@formula("pi/4 * lvot_diameter^2 * lvot_vti", target="lvot_stroke_volume")
def lvot_stroke_volume(lvot_diameter: Value, lvot_vti: Value) -> Value:
    """Stroke volume through the LV outflow tract.

    Args:
        lvot_diameter: [cm]
        lvot_vti: [cm]
    Returns:
        [mL] stroke volume through the LV outflow tract.

    >>> round(lvot_stroke_volume(2.0, 20.0), 1)
    62.8
    """
    return _through_circle(lvot_diameter, lvot_vti)


@formula("pi/4 * mitral_annulus_diameter^2 * mitral_annulus_vti", target="mitral_stroke_volume")
def mitral_stroke_volume(mitral_annulus_diameter: Value, mitral_annulus_vti: Value) -> Value:
    """Stroke volume through the mitral annulus.

    Args:
        mitral_annulus_diameter: [cm]
        mitral_annulus_vti: [cm]
    Returns:
        [mL] stroke volume through the mitral annulus.
    """
    return _through_circle(mitral_annulus_diameter, mitral_annulus_vti)


@formula("pi/4 * rvot_diameter^2 * rvot_vti", target="rvot_stroke_volume")
def rvot_stroke_volume(rvot_diameter: Value, rvot_vti: Value) -> Value:
    """Stroke volume through the RV outflow tract.

    Args:
        rvot_diameter: [cm]
        rvot_vti: [cm]
    Returns:
        [mL] stroke volume through the RV outflow tract.
    """
    return _through_circle(rvot_diameter, rvot_vti)


@formula("lv_end_diastolic_volume - lv_end_systolic_volume", target="lv_stroke_volume")
def lv_stroke_volume(lv_end_diastolic_volume: Value, lv_end_systolic_volume: Value) -> Value:
    """Stroke volume from the LV volumes.

    Args:
        lv_end_diastolic_volume: [mL]
        lv_end_systolic_volume: [mL]
    Returns:
        [mL] total LV stroke volume.
    """
    return lv_end_diastolic_volume - lv_end_systolic_volume
