"""Looks of cells by name: colours with one meaning each, the same in every workbook.

Yellow is to be filled, grey is not applicable, white is computed; green to red are the kategori.
"""

from __future__ import annotations

from typing import Any

MERAH, BIRU, BIRU_MUDA, KUNING = "#9B1B1E", "#1F3864", "#DCE6F1", "#FFF7D6"
ABU, ABU_MUDA, GARIS, TEKS_ABU = "#E4E4E4", "#F2F2F2", "#BFBFBF", "#595959"
JINGGA, JINGGA_TEKS, MERAH_MUDA = "#FCE4D6", "#974706", "#F8CBCB"
UNGU_MUDA, UNGU = "#E4DFEC", "#5F497A"

_KOTAK: dict[str, Any] = {"border": 1, "border_color": GARIS}
_TENGAH: dict[str, Any] = {"align": "center", "text_wrap": True}
_KIRI: dict[str, Any] = {"align": "left", "text_wrap": True, "indent": 1}

STYLES: dict[str, dict[str, Any]] = {
    # words of the form
    "pita": {"bold": True, "font_color": "white", "bg_color": MERAH, "indent": 1},
    "judul": {"bold": True, "font_size": 14, "font_color": BIRU, "text_wrap": True, "indent": 1},
    "anak_judul": {"font_color": TEKS_ABU, "text_wrap": True, "indent": 1},
    "garis": {"bottom": 1, "bottom_color": GARIS, "font_color": TEKS_ABU, "indent": 1, "text_wrap": True},
    "tautan": {"font_color": BIRU, "underline": 1, "bottom": 1, "bottom_color": GARIS},
    "kepala": {
        **_KOTAK,
        **_TENGAH,
        "bold": True,
        "font_size": 9,
        "bg_color": ABU_MUDA,
        "font_color": "#404040",
    },
    "kepala_gelap": {**_KOTAK, **_TENGAH, "bold": True, "bg_color": BIRU, "font_color": "white"},
    "bagian": {"bold": True, "font_size": 11, "font_color": BIRU, "bottom": 2, "bottom_color": BIRU},
    "teks": {"text_wrap": True, "valign": "top"},
    "teks_tengah": {"text_wrap": True, "valign": "vcenter"},
    "teks_menjorok": {"text_wrap": True, "valign": "vcenter", "indent": 1},
    "teks_tebal": {"text_wrap": True, "bold": True},
    "catatan": {"text_wrap": True, "font_color": TEKS_ABU, "font_size": 9, "indent": 1},
    "legenda_jingga": {**_KOTAK, **_TENGAH, "bg_color": JINGGA, "font_color": JINGGA_TEKS, "bold": True},
    "legenda_merah": {**_KOTAK, **_TENGAH, "bg_color": MERAH_MUDA, "font_color": MERAH, "bold": True},
    "legenda_ungu": {**_KOTAK, **_TENGAH, "bg_color": UNGU_MUDA, "font_color": UNGU, "bold": True},
    "label": {**_KOTAK, **_KIRI, "bg_color": ABU_MUDA, "font_color": "#404040"},
    "kunci": {"font_size": 8, "font_color": "#A6A6A6"},
    # title bar of a card
    "nomor": {"bold": True, "font_color": "white", "bg_color": BIRU, "align": "center"},
    "nomor_abu": {"bold": True, "font_color": "white", "bg_color": "#7F7F7F", "align": "center"},
    "indikator": {"bold": True, "font_color": BIRU, "bg_color": BIRU_MUDA, "text_wrap": True, "indent": 1},
    "indikator_abu": {"bold": True, "font_color": TEKS_ABU, "bg_color": ABU, "text_wrap": True, "indent": 1},
    "sifat": {"font_size": 9, "font_color": BIRU, "bg_color": BIRU_MUDA, "text_wrap": True},
    "sifat_abu": {"font_size": 9, "font_color": TEKS_ABU, "bg_color": ABU, "text_wrap": True},
    # cells of rows
    "sel": {**_KOTAK, **_TENGAH},
    "sel_kiri": {**_KOTAK, **_KIRI},
    "sel_kecil": {**_KOTAK, **_TENGAH, "font_size": 9, "font_color": TEKS_ABU},
    "periode": {**_KOTAK, **_TENGAH},
    "isian": {**_KOTAK, **_TENGAH, "bg_color": KUNING},
    "isian_kiri": {**_KOTAK, **_KIRI, "bg_color": KUNING},
    "isian_teks": {**_KOTAK, **_KIRI, "bg_color": KUNING, "valign": "top", "font_size": 9},
    "masuk": {**_KOTAK, **_TENGAH, "bg_color": "#EAF3FA"},
    "masuk_teks": {**_KOTAK, **_KIRI, "bg_color": "#EAF3FA", "valign": "top", "font_size": 9},
    "perbaiki": {**_KOTAK, **_TENGAH, "bg_color": JINGGA, "font_color": JINGGA_TEKS, "bold": True},
    "perbaiki_teks": {
        **_KOTAK,
        **_KIRI,
        "bg_color": JINGGA,
        "font_color": JINGGA_TEKS,
        "valign": "top",
        "font_size": 9,
    },
    "hasil": {**_KOTAK, **_KIRI, "bg_color": "#EAF3FA"},
    # rows of a list: the look of a column, without lines; a filled row gets them by a highlight
    "daftar": dict(_TENGAH),
    "daftar_kiri": dict(_KIRI),
    "daftar_tautan": {**_TENGAH, "font_color": BIRU, "underline": 1},
    "tak_berlaku": {**_KOTAK, **_TENGAH, "bg_color": ABU},
    "tahun": {**_KOTAK, **_TENGAH, "bold": True, "bg_color": ABU_MUDA},
    "tahun_kecil": {**_KOTAK, **_TENGAH, "bold": True, "font_size": 9, "bg_color": ABU_MUDA},
    "jumlah": {**_KOTAK, **_TENGAH, "bold": True, "bg_color": BIRU_MUDA, "font_color": BIRU},
    "jumlah_kiri": {**_KOTAK, **_KIRI, "bold": True, "bg_color": BIRU_MUDA, "font_color": BIRU},
    "tautan_sel": {**_KOTAK, **_TENGAH, "font_color": BIRU, "underline": 1},
    "angka_besar": {
        **_KOTAK,
        "align": "center",
        "bold": True,
        "font_size": 22,
        "font_color": BIRU,
        "bg_color": BIRU_MUDA,
    },
    "angka_label": {**_KOTAK, **_TENGAH, "font_size": 9, "font_color": TEKS_ABU},
    # highlights (conditional formats)
    "sorot_sangat_tinggi": {"bg_color": "#C6E7CE", "font_color": "#0B5A2A"},
    "sorot_tinggi": {"bg_color": "#E2F0D9", "font_color": "#385723"},
    "sorot_sedang": {"bg_color": "#FFF2CC", "font_color": "#7F6000"},
    "sorot_rendah": {"bg_color": "#FCE4D6", "font_color": "#974706"},
    "sorot_sangat_rendah": {"bg_color": "#F8CBCB", "font_color": "#8A1214"},
    "sorot_periksa": {"bg_color": JINGGA, "font_color": JINGGA_TEKS, "bold": True},
    "sorot_ditahan": {"bg_color": MERAH_MUDA, "font_color": MERAH, "bold": True},
    "sorot_tangan": {"bg_color": UNGU_MUDA, "font_color": UNGU, "bold": True},
    "baris": dict(_KOTAK),
    "baris_catatan": {**_KOTAK, "bg_color": KUNING},
    "sorot_ragu": {"bg_color": JINGGA},
}

# From the lowest kategori to the highest; a scale with other counts takes the colours from both ends.
SOROT_KATEGORI = (
    "sorot_sangat_rendah",
    "sorot_rendah",
    "sorot_sedang",
    "sorot_tinggi",
    "sorot_sangat_tinggi",
)

PERSEN = "0.00%"


def sorot_kategori(n: int, count: int) -> str:
    """Highlight of the n-th of `count` kategori, ascending."""
    last = len(SOROT_KATEGORI) - 1
    return SOROT_KATEGORI[round(n * last / max(1, count - 1))]
