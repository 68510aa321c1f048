"""The equations of cardiac magnetic resonance, as those of echocardiography in `formulas`."""

from __future__ import annotations

from grading.engine.formula import Value, formula


@formula(
    "cmr_lv_stroke_volume - cmr_forward_volume",
    target="cmr_regurgitant_volume",
    remark="a negative result says that the two do not fit together",
    source="Zoghbi WA et al. J Am Soc Echocardiogr 2017;30:303-371, pp 316, 329-331.",
)
def cmr_regurgitant_volume(cmr_lv_stroke_volume: Value, cmr_forward_volume: Value) -> Value:
    """Mitral regurgitant volume by cardiac magnetic resonance.

    Args:
        cmr_lv_stroke_volume: [mL] LV stroke volume by planimetry.
        cmr_forward_volume: [mL] aortic forward volume by phase contrast.
    Returns:
        [mL] mitral regurgitant volume.

    >>> cmr_regurgitant_volume(110.0, 65.0)
    45.0
    """
    return cmr_lv_stroke_volume - cmr_forward_volume


@formula(
    "100 * cmr_regurgitant_volume / cmr_lv_stroke_volume",
    target="cmr_regurgitant_fraction",
    remark="mitral",
    source="Zoghbi WA et al. J Am Soc Echocardiogr 2017;30:303-371, pp 316, 329-331.",
)
def cmr_regurgitant_fraction_of_stroke(cmr_regurgitant_volume: Value, cmr_lv_stroke_volume: Value) -> Value:
    """Mitral regurgitant fraction by cardiac magnetic resonance.

    Args:
        cmr_regurgitant_volume: [mL]
        cmr_lv_stroke_volume: [mL]
    Returns:
        [%] regurgitant fraction.
    """
    return 100 * cmr_regurgitant_volume / cmr_lv_stroke_volume


@formula(
    "100 * cmr_reverse_volume / cmr_forward_volume",
    target="cmr_regurgitant_fraction",
    remark="aortic and pulmonic, by phase contrast at the valve",
    source="Zoghbi WA et al. J Am Soc Echocardiogr 2017;30:303-371, pp 316, 341.",
)
def cmr_regurgitant_fraction_of_forward(cmr_reverse_volume: Value, cmr_forward_volume: Value) -> Value:
    """Aortic or pulmonic regurgitant fraction by cardiac magnetic resonance.

    Args:
        cmr_reverse_volume: [mL] volume that flows back in diastole.
        cmr_forward_volume: [mL] volume that flows forward in systole.
    Returns:
        [%] regurgitant fraction.

    >>> cmr_regurgitant_fraction_of_forward(30.0, 100.0)
    30.0
    """
    return 100 * cmr_reverse_volume / cmr_forward_volume
