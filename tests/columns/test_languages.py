"""Headers, valves, findings and grades in other languages: small tables of each, and no word of two meanings."""

from __future__ import annotations

from typing import Any

import pytest

from grading.agreement.read_grade import read_grade
from grading.batch.in_memory import job_of
from grading.batch.job import Long
from grading.batch.preview import preview
from grading.columns.headers import fold as fold_header
from grading.columns.headers import match, match_folded
from grading.columns.plan import Options, plan_columns
from grading.errors import TableError, UsageError, written
from grading.formats.upload import Upload
from grading.reference.catalogue import load_catalogue, valve_of
from grading.reference.files import read_toml, tables
from grading.reference.languages import GROUPS, load_languages, parse_language
from grading.reference.measurement import VALVES
from grading.reference.scale import SEVERITY

#: header, measurement, valve, unit
Row = tuple[str, str, str, str | None]
#: two small tables a language: one with a column of the valve, one with the leak in the header
TABLES: dict[str, tuple[tuple[Row, ...], tuple[Row, ...]]] = {
    "German": (
        (("Klappe", "valve", "", None), ("effektive Regurgitationsöffnungsfläche (mm²)", "eroa", "", "mm2"), ("Regurgitationsvolumen ml", "regurgitant_volume", "", "mL"), ("Breite der Vena contracta [mm]", "vena_contracta_width", "", "mm"), ("Körpergröße cm", "height", "", "cm")),
        (("Mitralinsuffizienz EROA (cm²)", "eroa", "mitral", "cm2"), ("MI Vena contracta (mm)", "vena_contracta_width", "mitral", "mm"), ("Druckhalbwertszeit Aorteninsuffizienz (ms)", "pressure_half_time", "aortic", "ms"), ("Trikuspidalklappe PISA-Radius mm", "pisa_radius", "tricuspid", "mm"), ("Regurgitationsoeffnungsflaeche der Mitralklappe, cm2", "eroa", "mitral", "cm2")),
    ),
    "French": (
        (("Valvule", "valve", "", None), ("Surface de l'orifice régurgitant (mm²)", "eroa", "", "mm2"), ("Volume régurgité (ml)", "regurgitant_volume", "", "mL"), ("largeur de la vena contracta mm", "vena_contracta_width", "", "mm"), ("FEVG (%)", "lv_ejection_fraction", "", "%")),
        (("SOR IM (mm²)", "eroa", "mitral", "mm2"), ("IT Vmax (m/s)", "peak_velocity", "tricuspid", "m/s"), ("Rayon PISA insuffisance mitrale (mm)", "pisa_radius", "mitral", "mm"), ("volume_regurgite_mitral_ml", "regurgitant_volume", "mitral", "mL"), ("Temps de demi-pression IA (ms)", "pressure_half_time", "aortic", "ms")),
    ),
    "Spanish": (
        (("Válvula", "valve", "", None), ("Área del orificio regurgitante efectivo (cm²)", "eroa", "", "cm2"), ("Volumen regurgitante (ml)", "regurgitant_volume", "", "mL"), ("Ancho de la vena contracta (mm)", "vena_contracta_width", "", "mm"), ("FEVI (%)", "lv_ejection_fraction", "", "%")),
        (("Orificio regurgitante efectivo mitral (mm2)", "eroa", "mitral", "mm2"), ("Fracción regurgitante aórtica (%)", "regurgitant_fraction", "aortic", "%"), ("Insuficiencia tricuspídea velocidad máxima (m/s)", "peak_velocity", "tricuspid", "m/s"), ("Radio PISA IM (mm)", "pisa_radius", "mitral", "mm")),
    ),
    "Italian": (
        (("Valvola", "valve", "", None), ("Area dell'orifizio rigurgitante effettivo (mm²)", "eroa", "", "mm2"), ("Volume rigurgitante (ml)", "regurgitant_volume", "", "mL"), ("Larghezza della vena contracta (mm)", "vena_contracta_width", "", "mm"), ("Frazione di eiezione %", "lv_ejection_fraction", "", "%")),
        (("Volume rigurgitante mitralico (ml)", "regurgitant_volume", "mitral", "mL"), ("EROA insufficienza mitralica (cm2)", "eroa", "mitral", "cm2"), ("Vena contracta tricuspide (mm)", "vena_contracta_width", "tricuspid", "mm"), ("Insufficienza aortica PHT (ms)", "pressure_half_time", "aortic", "ms")),
    ),
    "Portuguese": (
        (("Valva", "valve", "", None), ("Área do orifício regurgitante efetivo (cm²)", "eroa", "", "cm2"), ("Volume regurgitante (mL)", "regurgitant_volume", "", "mL"), ("Largura da vena contracta (mm)", "vena_contracta_width", "", "mm"), ("FEVE (%)", "lv_ejection_fraction", "", "%")),
        (("Fração regurgitante da insuficiência aórtica (%)", "regurgitant_fraction", "aortic", "%"), ("Orifício regurgitante efetivo da valva mitral mm2", "eroa", "mitral", "mm2"), ("Raio PISA refluxo tricúspide (mm)", "pisa_radius", "tricuspid", "mm"), ("Volume de regurgitação mitral (ml)", "regurgitant_volume", "mitral", "mL")),
    ),
    "Turkish": (
        (("Kapak", "valve", "", None), ("EFEKTİF REGÜRJİTAN ORİFİS ALANI (cm²)", "eroa", "", "cm2"), ("Regürjitan volüm (ml)", "regurgitant_volume", "", "mL"), ("Vena kontrakta genişliği (mm)", "vena_contracta_width", "", "mm"), ("Ejeksiyon fraksiyonu (%)", "lv_ejection_fraction", "", "%")),
        (("Mitral yetmezliği EROA (cm²)", "eroa", "mitral", "cm2"), ("MY vena kontrakta (mm)", "vena_contracta_width", "mitral", "mm"), ("Aort yetersizliği basınç yarılanma zamanı (msn)", "pressure_half_time", "aortic", "ms"), ("TY maksimum hız (m/sn)", "peak_velocity", "tricuspid", "m/s")),
    ),
    "Russian": (
        (("Клапан", "valve", "", None), ("Эффективная площадь отверстия регургитации (см²)", "eroa", "", "cm2"), ("Объем регургитации (мл)", "regurgitant_volume", "", "mL"), ("Ширина vena contracta, мм", "vena_contracta_width", "", "mm"), ("ФВ ЛЖ (%)", "lv_ejection_fraction", "", "%")),
        (("Митральная регургитация ЭРО (см2)", "eroa", "mitral", "cm2"), ("ТР максимальная скорость (м/с)", "peak_velocity", "tricuspid", "m/s"), ("Радиус PISA митральный клапан (мм)", "pisa_radius", "mitral", "mm"), ("Фракция регургитации на аортальном клапане (%)", "regurgitant_fraction", "aortic", "%")),
    ),
    "Chinese": (
        (("瓣膜", "valve", "", None), ("有效反流口面积（cm²）", "eroa", "", "cm2"), ("反流容积(ml)", "regurgitant_volume", "", "mL"), ("缩流颈宽度 (毫米)", "vena_contracta_width", "", "mm"), ("左室射血分数(%)", "lv_ejection_fraction", "", "%")),
        (("二尖瓣EROA（mm²）", "eroa", "mitral", "mm2"), ("三尖瓣反流峰值流速(m/s)", "peak_velocity", "tricuspid", "m/s"), ("主动脉瓣反流压力减半时间(ms)", "pressure_half_time", "aortic", "ms"), ("二尖瓣反流容积(ml)", "regurgitant_volume", "mitral", "mL")),
    ),
}  # fmt: skip
ROWS = [pytest.param(*row, id=row[0]) for pair in TABLES.values() for table in pair for row in table]


@pytest.mark.parametrize(("header", "measurement", "valve", "unit"), ROWS)
def test_a_header_of_another_language(header: str, measurement: str, valve: str, unit: str | None) -> None:
    found = match(header)
    assert found is not None
    assert (found.measurement, found.valve, found.unit) == (measurement, valve, unit)


@pytest.mark.parametrize("language", TABLES)
def test_the_language_of_the_headers_is_said(language: str) -> None:
    headers = [row[0] for row in TABLES[language][0]]
    plan = plan_columns(headers, Options())
    named = [note.split(":")[0] for note in plan.notes]
    assert (named, plan.unmatched) == ([f"headers read as {language}"], ())


#: a language, the valve and its leak in a cell, and what three findings are in it
CELLS = {
    "German": ("Trikuspidal", "Aorteninsuffizienz", "ja", "weiblich", "funktionell", "mittelgradig"),
    "French": ("tricuspide", "insuffisance aortique", "oui", "femme", "secondaire", "modérée"),
    "Spanish": ("tricúspide", "Insuficiencia Aórtica", "SÍ", "mujer", "secundaria", "moderada"),
    "Italian": ("tricuspide", "insufficienza aortica", "sì", "donna", "funzionale", "moderata"),
    "Portuguese": ("valva tricúspide", "insuficiência aórtica", "sim", "mulher", "secundária", "moderada"),
    "Turkish": ("TRİKÜSPİT", "aort yetersizliği", "evet", "KADIN", "ikincil", "orta"),
    "Russian": ("трехстворчатый клапан", "аортальная недостаточность", "да", "жен", "вторичная", "умеренная"),
    "Chinese": ("三尖瓣", "主动脉瓣关闭不全", "是", "女", "继发性", "中度"),
}


@pytest.mark.parametrize(("valve", "leak", "yes", "sex", "mechanism", "grade"), CELLS.values(), ids=CELLS)
def test_a_cell_of_another_language(valve: str, leak: str, yes: str, sex: str, mechanism: str, grade: str) -> None:
    words = load_catalogue().words
    typed = {"flail_leaflet": yes, "sex": sex, "mechanism": mechanism}
    codes = {name: words[name].read(text) for name, text in typed.items()}
    assert (valve_of(valve), valve_of(leak), read_grade(grade).text) == ("tricuspid", "aortic", "moderate")
    assert codes == {
        name: words[name].code(value)
        for name, value in (("flail_leaflet", "yes"), ("sex", "female"), ("mechanism", "secondary"))
    }


@pytest.mark.parametrize("text", ["w?", "ja/nein", "Klappe", "M/F", "mitrale e aortica", ""])
def test_a_cell_of_two_meanings_or_none_is_not_read(text: str) -> None:
    words = load_catalogue().words
    assert [words[name].read(text) for name in ("valve", "sex", "flail_leaflet")] == [None, None, None]


LEFT_ALONE = [
    "Mitralklappe Vmax", "Mitralklappe Druckhalbwertszeit", "Insuffisance mitrale", "Mitralklappe", "Bemerkung", "Grad", "Grade IM",
    "Sexo", "VR", "image", "item", "boy", "二尖瓣",
]  # fmt: skip


@pytest.mark.parametrize("header", LEFT_ALONE)
def test_what_may_mean_something_else_is_left_alone(header: str) -> None:
    assert match(header) is None


SHEETS = {
    "German": ("Patient;Klappe;EROA (cm²);Regurgitationsvolumen (ml)\n1;Mitral;0,42;61\n2;Aorta;0,12;25\n", ["headers read as German: 'Klappe', 'Regurgitationsvolumen (ml)'", "valves read as German: 'Aorta'"]),
    "French": ("Patient;Valve;SOR (mm²);VC (mm)\n1;mitrale;42;7,1\n2;aortique;12;3,0\n", ["headers read as French: 'SOR (mm²)'", "valves read as French: 'mitrale', 'aortique'"]),
    "English": ("id,valve,eroa_mm2\n1,MR,42\n", []),
}  # fmt: skip


@pytest.mark.parametrize(("text", "notes"), SHEETS.values(), ids=SHEETS)
def test_a_file_is_read_and_its_language_said(text: str, notes: list[str]) -> None:
    found = preview(job_of(Upload("a.csv", text.encode())))
    assert found.plan is not None
    assert (list(found.plan.notes), found.refusal) == (notes, "")


LONG = {
    "German": "Studie;Messung;Klappe;Messwert;Einheit\n1;Regurgitationsvolumen;Mitral;61;ml\n",
    "French": "Étude;Paramètre;Valvule;Valeur;Unité\n1;Volume régurgité;mitrale;61;ml\n",
    "Spanish": "Estudio;Parámetro;Válvula;Valor;Unidad\n1;Volumen regurgitante;mitral;61;ml\n",
    "Italian": "Esame;Misura;Valvola;Valore;Unità\n1;Volume rigurgitante;mitrale;61;ml\n",
    "Portuguese": "Exame;Medida;Valva;Valor;Unidade\n1;Volume regurgitante;mitral;61;mL\n",
    "Turkish": "İnceleme no;Ölçüm;Kapak;Değer;Birim\n1;Regürjitan volüm;mitral;61;ml\n",
    "Russian": "Исследование;Показатель;Клапан;Значение;Единица измерения\n1;Объем регургитации;митральный;61;мл\n",
    "Chinese": "检查号;测量项目;瓣膜;数值;单位\n1;反流容积;二尖瓣;61;ml\n",
}


@pytest.mark.parametrize("language", LONG)
def test_a_long_table_of_another_language(language: str) -> None:
    found = preview(job_of(Upload("a.csv", LONG[language].encode()), long=Long()))
    assert found.refusal == ""
    used = [(one.column.measurement, one.column.valve, one.column.unit) for one in found.columns if one.used]
    assert used == [("regurgitant_volume", "mitral", "mL")]
    label = LONG[language].splitlines()[1].split(";")[1]
    assert [issue.message for issue in found.long] == [f"labels read as {language}: {label!r}"]


def test_a_column_of_valves_under_another_name_is_named() -> None:
    with pytest.raises(UsageError) as refused:
        plan_columns(["Ort", "EROA (cm2)"], Options(), lambda index: {"MK": 2, "Aorta": 1} if index == 0 else {})
    assert written(refused.value.sentence).endswith(
        "Column 'Ort' holds names of valves: use it with columns={'Ort': 'valve'}"
    )


FILES = sorted(file.name for file in (tables() / "languages").iterdir())


@pytest.mark.hazard("wrong-quantity")
@pytest.mark.parametrize("file", FILES)
def test_no_spelling_means_two_things(file: str) -> None:
    data = read_toml(tables() / "languages" / file)
    catalogue = load_catalogue()
    wrong: list[tuple[Any, Any]] = []
    for measurement, texts in data["headers"].items():
        for text in texts:
            found = match(text)
            if found is None or (found.measurement, found.valve) != (measurement, ""):
                wrong.append((text, found))
            if match_folded(fold_header(text)) is not None:
                wrong.append((text, "stands in the catalogue"))
    for section in ("valves", "leaks"):
        for valve, texts in data[section].items():
            meanings = {(language.valve_of(text), text) for text in texts for language in load_languages()}
            wrong += [meaning for meaning in meanings if meaning[0] not in (None, valve)]
            wrong += [(text, valve_of(text)) for text in texts if valve_of(text) != valve]
    for name, values in data["words"].items():
        served = [w for w in catalogue.words.values() if name == w.name or set(GROUPS.get(name, ())) == set(w.values)]
        assert served, name
        for word in (word for word in served if word.group != "derived"):
            wrong += [(word.name, t) for v, ts in values.items() for t in ts if word.read(t) != word.code(v)]
    for grade, texts in data["grades"].items():
        wrong += [(text, read_grade(text)) for text in texts if read_grade(text).text != grade]
    assert (wrong, set(data["grades"]) <= set(SEVERITY), set(data["valves"]) == set(VALVES)) == ([], True, True)


BROKEN = {
    "a spelling twice": ({"headers": {"eroa": ["SOR"], "regurgitant_volume": ["sor"]}}, "'sor' stands twice"),
    "a spelling of particles": ({"headers": {"eroa": ["de"]}}, "'de' stands twice, or is made of particles alone"),
    "a valve and its leak": ({"valves": {"mitral": ["IM"]}, "leaks": {"mitral": ["IM"]}}, "['im'] are both"),
    "an unknown role": ({"columns": {"colour": ["couleur"]}}, "colour"),
}  # fmt: skip


@pytest.mark.parametrize(("change", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_broken_language_is_refused(change: dict[str, Any], sentence: str) -> None:
    names = ("valves", "leaks", "columns", "headers", "beside", "words", "grades")
    sections: dict[str, Any] = {name: {} for name in names}
    with pytest.raises(TableError, match=r"languages/xx\.toml") as refused:
        parse_language({"name": "X", "particles": ["de"], **sections, **change}, "languages/xx.toml")
    assert sentence in str(refused.value)
