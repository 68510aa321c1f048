"""The equations, one function each, for arrays or single numbers. NaN in, NaN out; nothing is rounded or clamped here.

Parameters bear the names of the catalogue and are in its units. What each works out, by what equation and from where,
stands in its decorator.
"""

from __future__ import annotations

import math

from grading.engine.formula import Value, formula


@formula(
    "2 * pi * pisa_radius^2 * aliasing_velocity",
    target="regurgitant_flow",
    remark="times convergence_angle / 180 when a wall constrains the shell",
)
def regurgitant_flow(pisa_radius: Value, aliasing_velocity: Value, convergence_angle: Value | float = 180.0) -> Value:
    """Regurgitant flow at the PISA shell.

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


@formula("regurgitant_flow / peak_velocity", target="eroa")
def eroa(regurgitant_flow: Value, peak_velocity: Value) -> Value:
    """Effective regurgitant orifice area by PISA.

    Args:
        regurgitant_flow: [mL/s]
        peak_velocity: [cm/s] peak velocity of the regurgitant jet by CW Doppler.
    Returns:
        [cm2] effective regurgitant orifice area.

    >>> round(eroa(203.575, 500.0), 3)
    0.407
    """
    return regurgitant_flow / peak_velocity


@formula("eroa * regurgitant_vti", target="regurgitant_volume")
def regurgitant_volume(eroa: Value, regurgitant_vti: Value) -> Value:
    """Regurgitant volume by PISA.

    Args:
        eroa: [cm2]
        regurgitant_vti: [cm] velocity-time integral of the regurgitant jet.
    Returns:
        [mL] regurgitant volume.

    >>> regurgitant_volume(0.20, 200.0)
    40.0
    """
    return eroa * regurgitant_vti


@formula(
    "total_stroke_volume - forward_stroke_volume",
    target="regurgitant_volume_volumetric",
    remark="a negative result says that the two do not fit together",
)
def regurgitant_volume_volumetric(total_stroke_volume: Value, forward_stroke_volume: Value) -> Value:
    """Regurgitant volume by the volumetric method.

    Args:
        total_stroke_volume: [mL] through the leaking valve (MR mitral annulus or LV, AR LVOT, PR RVOT).
        forward_stroke_volume: [mL] through a valve that does not leak (MR and PR LVOT, AR mitral annulus).
    Returns:
        [mL] regurgitant volume.
    """
    return total_stroke_volume - forward_stroke_volume


@formula(
    "100 * regurgitant_volume / (regurgitant_volume + forward_stroke_volume)",
    target="regurgitant_fraction",
    remark="mitral, where the LVOT holds no leak",
)
def regurgitant_fraction_of_forward(regurgitant_volume: Value, forward_stroke_volume: Value) -> Value:
    """Regurgitant fraction of the mitral valve.

    Args:
        regurgitant_volume: [mL]
        forward_stroke_volume: [mL] LVOT stroke volume.
    Returns:
        [%] regurgitant fraction.

    >>> regurgitant_fraction_of_forward(60.0, 60.0)
    50.0
    """
    return 100 * regurgitant_volume / (regurgitant_volume + forward_stroke_volume)


@formula(
    "100 * regurgitant_volume / total_stroke_volume",
    target="regurgitant_fraction",
    remark="aortic and pulmonic, where the tract holds the leak",
)
def regurgitant_fraction_of_total(regurgitant_volume: Value, total_stroke_volume: Value) -> Value:
    """Regurgitant fraction of the aortic or pulmonic valve.

    Args:
        regurgitant_volume: [mL]
        total_stroke_volume: [mL] LVOT stroke volume for AR, RVOT stroke volume for PR.
    Returns:
        [%] regurgitant fraction.

    >>> from grading.engine.stroke_volumes import lvot_stroke_volume
    >>> round(regurgitant_fraction_of_total(40.0, lvot_stroke_volume(2.0, 20.0)), 1)
    63.7
    """
    return 100 * regurgitant_volume / total_stroke_volume


@formula(
    "100 * regurgitant_volume_volumetric / total_stroke_volume",
    target="regurgitant_fraction",
    remark="aortic and pulmonic, where no other one is possible",
)
def regurgitant_fraction_volumetric(regurgitant_volume_volumetric: Value, total_stroke_volume: Value) -> Value:
    """Regurgitant fraction by the volumetric method alone.

    Args:
        regurgitant_volume_volumetric: [mL]
        total_stroke_volume: [mL] LVOT stroke volume for AR, RVOT stroke volume for PR.
    Returns:
        [%] regurgitant fraction.
    """
    return regurgitant_fraction_of_total(regurgitant_volume_volumetric, total_stroke_volume)


@formula("regurgitant_volume_volumetric / regurgitant_vti", target="eroa_volumetric")
def eroa_volumetric(regurgitant_volume_volumetric: Value, regurgitant_vti: Value) -> Value:
    """Effective regurgitant orifice area by the volumetric method.

    Args:
        regurgitant_volume_volumetric: [mL]
        regurgitant_vti: [cm]
    Returns:
        [cm2] effective regurgitant orifice area by the volumetric method.
    """
    return regurgitant_volume_volumetric / regurgitant_vti


@formula(
    "lv_end_diastolic_volume / body_surface_area",
    target="lv_end_diastolic_volume_index",
    source="Lang RM et al. J Am Soc Echocardiogr 2015;28:1-39.",
)
def lv_end_diastolic_volume_index(lv_end_diastolic_volume: Value, body_surface_area: Value) -> Value:
    """LV end-diastolic volume by body surface area.

    Args:
        lv_end_diastolic_volume: [mL]
        body_surface_area: [m2]
    Returns:
        [mL/m2]
    """
    return lv_end_diastolic_volume / body_surface_area


@formula(
    "lv_end_systolic_diameter / body_surface_area",
    target="lv_end_systolic_diameter_index",
    source="Otto CM et al. Circulation 2021;143:e72-e227, stages of chronic aortic regurgitation.",
)
def lv_end_systolic_diameter_index(lv_end_systolic_diameter: Value, body_surface_area: Value) -> Value:
    """LV end-systolic diameter by body surface area.

    Args:
        lv_end_systolic_diameter: [cm]
        body_surface_area: [m2]
    Returns:
        [cm/m2]
    """
    return lv_end_systolic_diameter / body_surface_area


@formula(
    "0.007184 * height^0.725 * weight^0.425",
    target="body_surface_area",
    source="Du Bois D, Du Bois EF. Arch Intern Med 1916;17:863.",
)
def body_surface_area_du_bois(height: Value, weight: Value) -> Value:
    """Body surface area by Du Bois and Du Bois.

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
