"""The equations, one function each, for arrays or single numbers. NaN in, NaN out; nothing is rounded or clamped here.

Parameters bear the names of the catalogue and are in its units.

Source of all that name no other: Zoghbi WA et al. J Am Soc Echocardiogr 2017;30:303-371, pp 310-313.
"""

from __future__ import annotations

import math
from typing import TypeVar

from grading.reference.scale import Numbers

Value = TypeVar("Value", float, Numbers)


def regurgitant_flow(pisa_radius: Value, aliasing_velocity: Value, convergence_angle: Value | float = 180.0) -> Value:
    """2 * pi * pisa_radius^2 * aliasing_velocity, times convergence_angle / 180 when a wall constrains the shell.

    Args:
        pisa_radius: [cm] radius of the flow-convergence shell.
        aliasing_velocity: [cm/s] colour aliasing velocity at that shell.
        convergence_angle: [deg] 180 for a full hemisphere.
    Returns:
        [mL/s] regurgitant flow.

    >>> round(regurgitant_flow(0.9, 40.0), 1)
    203.6
    """
    return 2 * math.pi * pisa_radius**2 * aliasing_velocity * convergence_angle / 180


def eroa(regurgitant_flow: Value, peak_velocity: Value) -> Value:
    """regurgitant_flow / peak_velocity.

    Args:
        regurgitant_flow: [mL/s]
        peak_velocity: [cm/s] peak velocity of the regurgitant jet by CW Doppler.
    Returns:
        [cm2] effective regurgitant orifice area.

    >>> round(eroa(203.575, 500.0), 3)
    0.407
    """
    return regurgitant_flow / peak_velocity


def regurgitant_volume(eroa: Value, regurgitant_vti: Value) -> Value:
    """eroa * regurgitant_vti.

    Args:
        eroa: [cm2]
        regurgitant_vti: [cm] velocity-time integral of the regurgitant jet.
    Returns:
        [mL] regurgitant volume.

    >>> regurgitant_volume(0.20, 200.0)
    40.0
    """
    return eroa * regurgitant_vti


def lvot_stroke_volume(lvot_diameter: Value, lvot_vti: Value) -> Value:
    """pi/4 * lvot_diameter^2 * lvot_vti.

    Args:
        lvot_diameter: [cm]
        lvot_vti: [cm]
    Returns:
        [mL] stroke volume through the LV outflow tract.

    >>> round(lvot_stroke_volume(2.0, 20.0), 1)
    62.8
    """
    return math.pi / 4 * lvot_diameter**2 * lvot_vti


def mitral_stroke_volume(mitral_annulus_diameter: Value, mitral_annulus_vti: Value) -> Value:
    """pi/4 * mitral_annulus_diameter^2 * mitral_annulus_vti.

    Args:
        mitral_annulus_diameter: [cm]
        mitral_annulus_vti: [cm]
    Returns:
        [mL] stroke volume through the mitral annulus.
    """
    return math.pi / 4 * mitral_annulus_diameter**2 * mitral_annulus_vti


def rvot_stroke_volume(rvot_diameter: Value, rvot_vti: Value) -> Value:
    """pi/4 * rvot_diameter^2 * rvot_vti.

    Args:
        rvot_diameter: [cm]
        rvot_vti: [cm]
    Returns:
        [mL] stroke volume through the RV outflow tract.
    """
    return math.pi / 4 * rvot_diameter**2 * rvot_vti


def lv_stroke_volume(lv_end_diastolic_volume: Value, lv_end_systolic_volume: Value) -> Value:
    """lv_end_diastolic_volume - lv_end_systolic_volume.

    Args:
        lv_end_diastolic_volume: [mL]
        lv_end_systolic_volume: [mL]
    Returns:
        [mL] total LV stroke volume.
    """
    return lv_end_diastolic_volume - lv_end_systolic_volume


def regurgitant_volume_volumetric(total_stroke_volume: Value, forward_stroke_volume: Value) -> Value:
    """total_stroke_volume - forward_stroke_volume; a negative result says that the two do not fit together.

    Args:
        total_stroke_volume: [mL] through the leaking valve (MR mitral annulus or LV, AR LVOT, PR RVOT).
        forward_stroke_volume: [mL] through a valve that does not leak (MR and PR LVOT, AR mitral annulus).
    Returns:
        [mL] regurgitant volume.
    """
    return total_stroke_volume - forward_stroke_volume


def regurgitant_fraction_of_forward(regurgitant_volume: Value, forward_stroke_volume: Value) -> Value:
    """100 * regurgitant_volume / (regurgitant_volume + forward_stroke_volume): mitral, where the LVOT holds no leak.

    Args:
        regurgitant_volume: [mL]
        forward_stroke_volume: [mL] LVOT stroke volume.
    Returns:
        [%] regurgitant fraction.

    >>> regurgitant_fraction_of_forward(60.0, 60.0)
    50.0
    """
    return 100 * regurgitant_volume / (regurgitant_volume + forward_stroke_volume)


def regurgitant_fraction_of_total(regurgitant_volume: Value, total_stroke_volume: Value) -> Value:
    """100 * regurgitant_volume / total_stroke_volume: aortic and pulmonic, where the tract holds the leak.

    Args:
        regurgitant_volume: [mL]
        total_stroke_volume: [mL] LVOT stroke volume for AR, RVOT stroke volume for PR.
    Returns:
        [%] regurgitant fraction.

    >>> round(regurgitant_fraction_of_total(40.0, lvot_stroke_volume(2.0, 20.0)), 1)
    63.7
    """
    return 100 * regurgitant_volume / total_stroke_volume


def regurgitant_fraction_volumetric(regurgitant_volume_volumetric: Value, total_stroke_volume: Value) -> Value:
    """100 * regurgitant_volume_volumetric / total_stroke_volume: aortic, where PISA and the tract give no possible one.

    Args:
        regurgitant_volume_volumetric: [mL]
        total_stroke_volume: [mL] LVOT stroke volume.
    Returns:
        [%] regurgitant fraction.
    """
    return regurgitant_fraction_of_total(regurgitant_volume_volumetric, total_stroke_volume)


def eroa_volumetric(regurgitant_volume_volumetric: Value, regurgitant_vti: Value) -> Value:
    """regurgitant_volume_volumetric / regurgitant_vti.

    Args:
        regurgitant_volume_volumetric: [mL]
        regurgitant_vti: [cm]
    Returns:
        [cm2] effective regurgitant orifice area by the volumetric method.
    """
    return regurgitant_volume_volumetric / regurgitant_vti


def lv_end_diastolic_volume_index(lv_end_diastolic_volume: Value, body_surface_area: Value) -> Value:
    """lv_end_diastolic_volume / body_surface_area.

    Source: Lang RM et al. J Am Soc Echocardiogr 2015;28:1-39.

    Args:
        lv_end_diastolic_volume: [mL]
        body_surface_area: [m2]
    Returns:
        [mL/m2]
    """
    return lv_end_diastolic_volume / body_surface_area


def simplified_mitral_eroa(pisa_radius: Value) -> Value:
    """pisa_radius^2 / 2, mitral, at about 40 cm/s aliasing and 5 m/s peak velocity. Not used by default.

    Args:
        pisa_radius: [cm]
    Returns:
        [cm2]

    >>> simplified_mitral_eroa(1.0)
    0.5
    """
    return pisa_radius**2 / 2


def pressure_half_time(deceleration_time: Value) -> Value:
    """0.29 * deceleration_time. Not used by default.

    Source: geometry; a straight slope is down to 1 / sqrt(2) of its peak after 1 - 1 / sqrt(2) of its length.

    Args:
        deceleration_time: [ms]
    Returns:
        [ms]
    """
    return 0.29 * deceleration_time


def body_surface_area_du_bois(height: Value, weight: Value) -> Value:
    """0.007184 * height^0.725 * weight^0.425. Not used by default.

    Source: Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863.

    Args:
        height: [cm]
        weight: [kg]
    Returns:
        [m2]

    >>> round(body_surface_area_du_bois(170.0, 70.0), 2)
    1.81
    """
    result: Value = 0.007184 * height**0.725 * weight**0.425
    return result


def body_surface_area_mosteller(height: Value, weight: Value) -> Value:
    """sqrt(height * weight / 3600). Not used by default.

    Source: Mosteller RD. N Engl J Med 1987;317:1098.

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
