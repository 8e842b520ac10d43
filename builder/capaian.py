"""The capaian rules (DOMAIN 4 to 6), each written once as an expression for the sheet and for Python.

`formulas` gives the formula of every computed cell of an indikator; the writer puts them into a card, and
`compute` evaluates the same ones. Cells hold per cent as a fraction. Triwulan are 1 to 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, lru_cache
from types import MappingProxyType

from builder.expr import Const, Evaluation, Expr, Key, Range, Ref, Value, and_, call, if_, or_
from builder.rkt import ROMAWI, TRIWULAN, Aturan, Indikator, Isian, Konsolidasi, Polaritas, Tipe
from builder.rkt import Hitungan as _Hitungan

TAHUN = "TAHUN"
PERIODE = (*(f"TW{j}" for j in TRIWULAN), TAHUN)

# What a realisasi or a capaian may be besides a number.
NIHIL, PERIKSA, KONFIRMASI = "NIHIL", "PERIKSA", "KONFIRMASI"
BELUM_LENGKAP, TIDAK_DIUKUR = "BELUM LENGKAP", "-"

# [conv] Why the card of a part says no capaian: a part held against the target of the whole would be a wrong number.
BAGIAN_BERSAMA = "bagian bersama; capaian dihitung di kantor"


class Status(StrEnum):
    """Status of a row as DATA.csv names it."""

    TERCAPAI = "tercapai"
    MELAMPAUI = "melampaui"
    BELUM = "belum"
    NIHIL = "nihil"
    KONFIRMASI = "konfirmasi"
    PERIKSA = "periksa"
    BELUM_LENGKAP = "belum_lengkap"
    TIDAK_DIUKUR = "tidak_diukur"
    KOSONG = "kosong"
    SEMENTARA = ""  # the Tahun row before TW IV: a number, no verdict


# As the sheet says it.
STATUS_LABEL = {
    Status.TERCAPAI: "Tercapai",
    Status.MELAMPAUI: "Melampaui",
    Status.BELUM: "Belum tercapai",
    Status.NIHIL: "Nihil",
    Status.KONFIRMASI: "Perlu konfirmasi",
    Status.PERIKSA: "Periksa isian",
    Status.BELUM_LENGKAP: "Belum lengkap",
    Status.TIDAK_DIUKUR: "Tidak diukur",
}
_STATUS_OF_WORD = {
    NIHIL: Status.NIHIL,
    KONFIRMASI: Status.KONFIRMASI,
    PERIKSA: Status.PERIKSA,
    BELUM_LENGKAP: Status.BELUM_LENGKAP,
    TIDAK_DIUKUR: Status.TIDAK_DIUKUR,
}

# The triwulan pelaporan as typed, and as a safe number (0 where it is none of 1 to 4).
TRIWULAN_PELAPORAN = Key("umum", "", "triwulan")
K = Ref(Key("umum", "", "k"))
CAP = Ref(Key("aturan", "", "cap"))
NIHIL_100 = Ref(Key("aturan", "", "nihil_100"))


def aturan_tables(aturan: Aturan) -> dict[str, tuple[tuple[str, ...], tuple[tuple[Value, ...], ...]]]:
    """The tables that the rules look things up in: name -> (column names, rows)."""
    return {
        "kategori": (("batas", "nama"), aturan.kategori),
        "predikat": (("kode", "rank", "batas"), aturan.predikat),
        "opini": (("kode", "tier"), aturan.opini),
    }


def aturan_cells(aturan: Aturan) -> dict[Key, Value]:
    """Every cell of the rules' numbers and words."""
    cells: dict[Key, Value] = {CAP.key: aturan.cap, NIHIL_100.key: int(aturan.nihil_100)}
    for table, (columns, rows) in aturan_tables(aturan).items():
        for n, row in enumerate(rows):
            cells.update({Key(table, str(n), c): v for c, v in zip(columns, row, strict=True)})
    return cells


def k_formula() -> Expr:
    """The triwulan pelaporan where it is one of 1 to 4, otherwise 0: then nothing is shown."""
    typed = Ref(TRIWULAN_PELAPORAN)
    return if_(is_number(typed), if_(and_(typed >= 1, typed <= 4), call("int", typed), 0), 0)


def is_number(x: Expr) -> Expr:
    """True for a number."""
    return call("is_number", x)


def is_blank(x: Expr) -> Expr:
    """True for an empty cell, "" and spaces."""
    return call("is_blank", x)


def is_nihil(x: Expr) -> Expr:
    """True for the word Nihil in any case."""
    return call("word", x).equals(NIHIL)


def points(capaian: Expr, digits: int) -> Expr:
    """A fraction as points, rounded half up; the inner ROUND since engines differ on 23/40 without it."""
    return call("round", call("round", capaian * 100, 8), digits)


@cache
def formulas(indikator: Indikator, aturan: Aturan, *, bagian: bool = False) -> Mapping[Key, Expr]:
    """Formula of every computed cell of one indikator, five rows: TW1 to TW4 and TAHUN.

    `bagian`: its entries are one sub-bagian's part of a shared indikator, which is not measured by itself.
    """
    return MappingProxyType(_Kartu(indikator, aturan, bagian=bagian).formulas())


def target_cells(indikator: Indikator) -> dict[Key, Value]:
    """The target up to each triwulan and of the year, as a cell holds it (per cent as a fraction)."""
    targets = (*indikator.targets_to_date(), indikator.nilai)
    return {
        Key(indikator.id, p, "target"): indikator.cell_value(t) for p, t in zip(PERIODE, targets, strict=True)
    }


def compute(
    indikator: Indikator, aturan: Aturan, entries: Mapping[Key, Value], triwulan: int
) -> dict[Key, Value]:
    """Every computed cell of one indikator from its entries (keys as on the card) at a triwulan pelaporan."""
    # With their types: TRUE is no 1, though Python takes the one for the other.
    own = tuple((k, type(v), v) for k, v in entries.items() if k.id == indikator.id)
    return dict(_compute(indikator, aturan, own, triwulan))


@lru_cache(maxsize=1024)  # a refresh asks for the same rows several times
def _compute(
    indikator: Indikator, aturan: Aturan, own: tuple[tuple[Key, type, Value], ...], triwulan: int
) -> Mapping[Key, Value]:
    given: dict[Key, Value] = {
        **aturan_cells(aturan),
        **target_cells(indikator),
        TRIWULAN_PELAPORAN: triwulan,
    }
    given |= {k: v for k, _, v in own}
    rules = {K.key: k_formula(), **formulas(indikator, aturan)}
    evaluation = Evaluation(given, rules)
    return {key: evaluation.value(key) for key in rules if key.id == indikator.id}


def status_of(label: Value, capaian: Value) -> Status:
    """The status word of DATA.csv for a sheet's status label."""
    for status, text in STATUS_LABEL.items():
        if text == label:
            return status
    return Status.KOSONG if capaian in ("", None) else Status.SEMENTARA


_LATE = "setelah triwulan pelaporan"


class _Kartu:
    """The formulas of one indikator's card; `j` is the row's triwulan, None on the Tahun row."""

    def __init__(self, indikator: Indikator, aturan: Aturan, *, bagian: bool = False) -> None:
        self.i = indikator
        self.bagian = bagian
        self.aturan = aturan
        self.rasio = indikator.isian is Isian.RASIO

    def formulas(self) -> dict[Key, Expr]:
        cells: dict[Key, Expr] = {}
        for j in TRIWULAN:
            own = {"realisasi": self._rasio(j)} if self.rasio else {"terbaca": self._langsung(j)}
            cells |= self._row(
                j,
                own
                | {
                    "basis": self._basis(j),
                    "kosong": self._blanks(j),
                    "sd": self._to_date(j),
                    "terisi": self._answered(j),
                },
            )
        at_k = {column: self._at_k(column) for column in ("basis", "kosong", "sd")}
        cells |= self._row(None, at_k)
        for row in (*TRIWULAN, None):
            cells |= self._row(
                row,
                {
                    "capaian": self._capaian(row),
                    "kategori": self._kategori(row),
                    "status": self._status(row),
                    "keterangan": self._keterangan(row),
                    "dihitung": self._counted(row),
                },
            )
        return cells

    def _row(self, j: int | None, columns: dict[str, Expr]) -> dict[Key, Expr]:
        return {self._key(j, column): node for column, node in columns.items()}

    def _key(self, j: int | None, column: str) -> Key:
        return Key(self.i.id, TAHUN if j is None else f"TW{j}", column)

    def _ref(self, j: int | None, column: str) -> Ref:
        return Ref(self._key(j, column))

    def _up_to(self, j: int, column: str) -> Range:
        return Range(tuple(self._key(i, column) for i in range(1, j + 1)))

    def _own(self, j: int) -> Ref:
        """The quarter's own realisasi once read: a number, a word, NIHIL, PERIKSA or blank."""
        return self._ref(j, "realisasi" if self.rasio else "terbaca")

    def _is_filled(self, j: int) -> Expr:
        own = self._own(j)
        return and_(own.differs(""), own.differs(NIHIL), own.differs(PERIKSA))

    def _at_k(self, column: str) -> Expr:
        return if_(
            K.equals(0), "", call("choose", if_(K.equals(0), 1, K), *(self._ref(j, column) for j in TRIWULAN))
        )

    # --- DOMAIN 4: what was typed ---------------------------------------------------------------------------------

    @property
    def _nihil(self) -> str:
        """Nihil is an answer only where the plan says so; elsewhere it would be an escape from the average."""
        return NIHIL if self.i.boleh_nihil else PERIKSA

    def _rasio(self, j: int) -> Expr:
        """Realisasi of a pair: its quotient, NIHIL, PERIKSA or blank."""
        p, q = self._ref(j, "pembilang"), self._ref(j, "penyebut")
        nothing = and_(
            self._is_nothing(p),
            self._is_nothing(q),
            or_(is_nihil(p), is_nihil(q), and_(is_number(q), q.equals(0))),
        )
        return if_(
            and_(is_blank(p), is_blank(q)),
            "",
            if_(
                nothing,
                self._nihil,
                if_(
                    and_(is_number(p), is_number(q)),
                    if_(self._is_wrong_pair(j, p, q), PERIKSA, p / q),
                    PERIKSA,
                ),
            ),
        )

    def _is_nothing(self, x: Expr) -> Expr:
        return or_(is_blank(x), is_nihil(x), and_(is_number(x), x.equals(0)))

    def _is_wrong_pair(self, j: int, p: Ref, q: Ref) -> Expr:
        """A penyebut of 0, a share above its whole, and a cumulative count that falls."""
        wrong = [p < 0, q <= 0]
        if self.i.maks_sah is not None:
            # Rounded, since 3.6 > 3 * 1.2 is true in binary and false in a spreadsheet, which compares 15 digits.
            above = call("round", p - q * (self.i.maks_sah / 100), 8) > 0
            wrong.append(p > q if self.i.maks_sah == 100 else above)
        if self.i.konsolidasi is Konsolidasi.LAST and self.i.hitungan is _Hitungan.KUMULATIF:
            for half in (p, q):
                earlier = [Ref(half.key._replace(baris=f"TW{i}")) for i in range(1, j)]
                wrong += [and_(is_number(e), half < e) for e in earlier]
        return or_(*wrong)

    def _langsung(self, j: int) -> Expr:
        """Realisasi as typed, where it is an answer for the target's type."""
        typed = self._ref(j, "realisasi")
        return if_(is_blank(typed), "", if_(is_nihil(typed), self._nihil, self._read(typed)))

    def _read(self, typed: Ref) -> Expr:
        word = call("word", typed)
        match self.i.tipe:
            case Tipe.OPINI:
                return if_(_rank("opini", "tier", word, self.aturan) > 0, word, PERIKSA)
            case Tipe.PREDIKAT:
                score = if_(and_(typed >= 0, typed <= 100), typed, PERIKSA)
                return if_(
                    is_number(typed),
                    score,
                    if_(_rank("predikat", "rank", word, self.aturan) > 0, word, PERIKSA),
                )
        return if_(is_number(typed), if_(self._is_within(typed), typed, PERIKSA), PERIKSA)

    def _is_within(self, typed: Ref) -> Expr:
        low, high = self.i.cell_value(self.i.min_sah), self.i.cell_value(self.i.maks_sah)
        tests = [typed >= low] if low is not None else []
        tests += [typed <= high] if high is not None else []
        tests += [typed.equals(call("int", typed))] if self.i.tipe is Tipe.JUMLAH else []
        return and_(*tests) if tests else is_number(typed)

    # --- DOMAIN 5: up to the triwulan -----------------------------------------------------------------------------

    def _basis(self, j: int) -> Expr:
        """last: which triwulan the number comes from (0: none); other rules: how many have a number."""
        before: Expr = self._ref(j - 1, "basis") if j > 1 else Const(0)
        now = Const(j) if self.i.konsolidasi is Konsolidasi.LAST else before + 1
        return if_(self._is_filled(j), now, before)

    def _blanks(self, j: int) -> Expr:
        """How many of triwulan 1 to j are blank; Nihil is none of them."""
        before: Expr = self._ref(j - 1, "kosong") if j > 1 else Const(0)
        return if_(self._own(j).equals(""), before + 1, before)

    def _to_date(self, j: int) -> Expr:
        own = self._own(j)
        before: Expr = self._ref(j - 1, "sd") if j > 1 else Const("")
        nothing = if_(own.equals(NIHIL), NIHIL, before)
        match self.i.konsolidasi:
            case Konsolidasi.LAST:
                known = if_(self._is_filled(j), own, if_(before.equals(""), nothing, before))
            case Konsolidasi.SUM:
                known = if_(self._ref(j, "basis") > 0, self._total(j), nothing)
            case Konsolidasi.AVERAGE:
                known = if_(self._ref(j, "basis") > 0, self._total(j) / self._ref(j, "basis"), nothing)
            case Konsolidasi.RAW:
                quotient = call("sum", self._up_to(j, "pembilang")) / call("sum", self._up_to(j, "penyebut"))
                known = if_(self._ref(j, "basis") > 0, quotient, nothing)
        # Text among the triwulan is never skipped in silence, as SUM would.
        unread = own.equals(PERIKSA) if j == 1 else or_(own.equals(PERIKSA), before.equals(PERIKSA))
        return if_(j > K, "", if_(unread, PERIKSA, known))

    def _total(self, j: int) -> Expr:
        return call("sum", self._up_to(j, self._own(j).key.kolom))

    def _answered(self, j: int) -> Expr:
        """1 answered, 0 missing or unreadable, blank where no answer is expected."""
        own = self._own(j)
        answered = if_(or_(own.equals(""), own.equals(PERIKSA)), 0, 1)
        if self.i.konsolidasi is not Konsolidasi.SUM:  # a sum needs every triwulan, a 0 too
            answered = if_(is_blank(self._ref(j, "target")), "", answered)
        return if_(j > K, "", answered)

    # --- DOMAIN 6: capaian ----------------------------------------------------------------------------------------

    def _capaian(self, j: int | None) -> Expr:
        sd = self._ref(j, "sd")
        if self.bagian:
            known = if_(sd.equals(""), "", if_(sd.equals(PERIKSA), sd, TIDAK_DIUKUR))
        else:
            measured = self._measured(j)
            if self.i.konsolidasi is Konsolidasi.SUM:
                measured = if_(self._ref(j, "kosong") > 0, BELUM_LENGKAP, measured)
            known = if_(sd.equals(""), "", if_(or_(sd.equals(NIHIL), sd.equals(PERIKSA)), sd, measured))
        if self.i.needs_konfirmasi:
            known = Const(KONFIRMASI)
        return if_((j or 1) > K, "", known)

    def _measured(self, j: int | None) -> Expr:
        target, realisasi = self._ref(j, "target"), self._ref(j, "sd")
        by_rule = self._by_type(target, realisasi)
        if self.i.batas_capaian is not None:
            by_rule = call("min", by_rule, self.i.batas_capaian / 100)
        if not self.i.tipe.is_word:
            by_rule = if_(is_number(target), by_rule, PERIKSA)
        by_rule = self._never_raised(j, by_rule)
        if j is None:
            return by_rule
        unmeasured = is_blank(target)
        if not self.i.tipe.is_word and self.i.polaritas is not Polaritas.MINIMIZE:
            # Nothing was planned up to here though the year has a target; under minimize 0 is a real ceiling.
            unmeasured = or_(unmeasured, and_(target.equals(0), self._ref(None, "target").differs(0)))
        return if_(unmeasured, TIDAK_DIUKUR, by_rule)

    def _never_raised(self, j: int | None, capaian: Expr) -> Expr:
        """[conv] Where nothing was reported, a target that moves must not lift the capaian of an old number."""
        if j == 1 or self.i.konsolidasi is Konsolidasi.SUM:
            return capaian
        before = self._ref(j - 1 if j else 4, "capaian")
        silent = self._own(j or 4).equals("")
        old = and_(silent, is_number(before)) if j else and_(K.equals(4), silent, is_number(before))
        return if_(old, call("min", capaian, before), capaian)

    def _by_type(self, target: Ref, realisasi: Ref) -> Expr:
        match self.i.tipe:
            case Tipe.OPINI:
                tier = (_rank("opini", "tier", call("word", x), self.aturan) for x in (realisasi, target))
                return if_(next(tier) >= next(tier), 1, 0)
            case Tipe.PREDIKAT:
                return if_(self._predikat_rank(realisasi) >= self._predikat_rank(target), 1, 0)
        match self.i.polaritas:
            case Polaritas.MAXIMIZE:
                return if_(target.equals(0), if_(realisasi <= 0, 1, CAP), realisasi / target)
            case Polaritas.MINIMIZE:
                return if_(
                    target.equals(0), if_(realisasi <= 0, 1, 0), call("max", 0, 2 - realisasi / target)
                )
            case Polaritas.STABILIZE:
                return self._stabilize(target, realisasi)

    def _stabilize(self, target: Ref, realisasi: Ref) -> Expr:
        distance = call("abs", realisasi - target)
        outside = if_(target.equals(0), 0, call("max", 0, 1 - distance / call("abs", target)))
        band = self.i.cell_value(self.i.toleransi) or 0
        # Ten digits, so that 0.9 - 0.85 lies inside a band of 0.05 for every engine.
        return if_(call("round", distance, 10) <= band, 1, outside)

    def _predikat_rank(self, x: Ref) -> Expr:
        by_score = call("count_below", _column("predikat", "batas", self.aturan), x)
        return if_(is_number(x), by_score, _rank("predikat", "rank", call("word", x), self.aturan))

    def _kategori(self, j: int | None) -> Expr:
        capaian = self._ref(j, "capaian")
        bounds, names = _column("kategori", "batas", self.aturan), _column("kategori", "nama", self.aturan)
        kategori = if_(
            is_number(capaian), call("lookup", call("max", 0, points(capaian, 0)), bounds, names), ""
        )
        return kategori if j else if_(K.equals(4), kategori, "")

    def _status(self, j: int | None) -> Expr:
        capaian = self._ref(j, "capaian")
        status: Expr = Const("")
        for word, code in _STATUS_OF_WORD.items():
            status = if_(capaian.equals(word), STATUS_LABEL[code], status)
        reached = if_(
            points(capaian, 2).equals(100), STATUS_LABEL[Status.TERCAPAI], STATUS_LABEL[Status.BELUM]
        )
        verdict = if_(points(capaian, 2) > 100, STATUS_LABEL[Status.MELAMPAUI], reached)
        return if_(is_number(capaian), verdict if j else if_(K.equals(4), verdict, ""), status)

    def _keterangan(self, j: int | None) -> Expr:
        """How old or how complete the number is, and that the year is not over; of a part, that it is one."""
        if self.bagian:
            late = if_(self._own(j).equals(""), "", _LATE) if j else ""
            return if_((j or 1) > K, late, if_(self._ref(j, "sd").equals(""), "", BAGIAN_BERSAMA))
        if j is None:
            age = self._age(None, K)
            sofar = if_(self._ref(None, "sd").equals(""), "", _join("sementara s.d. TW ", _roman(K)))
            joined = if_(age.equals(""), sofar, _join(age, " · ", sofar))
            return if_(K.equals(0), "", if_(K.equals(4), age, joined))
        late = if_(self._own(j).equals(""), "", _LATE)
        return if_(j > K, late, self._age(j, Const(j)))

    def _age(self, j: int | None, now: Expr) -> Expr:
        basis, sd = self._ref(j, "basis"), self._ref(j, "sd")
        match self.i.konsolidasi:
            case Konsolidasi.SUM:
                return Const("")
            case Konsolidasi.LAST:
                older = and_(sd.differs(PERIKSA), basis > 0, basis < now)
                return if_(older, _join("data TW ", _roman(basis)), "")
        return if_(is_number(sd), if_(self._ref(j, "kosong") > 0, _join(basis, " dari ", now, " TW"), ""), "")

    def _counted(self, j: int | None) -> Expr:
        """What averages use: capaian up to the cap; Nihil as 100% where the office chose so."""
        capaian = self._ref(j, "capaian")
        nihil = if_(and_(capaian.equals(NIHIL), NIHIL_100.equals(1)), 1, "")
        return if_(is_number(capaian), call("min", capaian, CAP), nihil)


def _join(*parts: Expr | str) -> Expr:
    joined, *rest = parts
    node = Const(joined) if isinstance(joined, str) else joined
    for part in rest:
        node = call("&", node, part)
    return node


def _roman(triwulan: Expr) -> Expr:
    safe = if_(or_(triwulan < 1, triwulan > 4), 1, triwulan)
    return call("choose", safe, *ROMAWI.values())


def _column(table: str, column: str, aturan: Aturan) -> Range:
    rows = len(aturan_tables(aturan)[table][1])
    return Range(tuple(Key(table, str(n), column) for n in range(rows)))


def _rank(table: str, rank: str, word: Expr, aturan: Aturan) -> Expr:
    return call("rank", word, _column(table, "kode", aturan), _column(table, rank, aturan))


@cache
def roman(triwulan: int) -> str:
    """1 -> "TW I"."""
    return f"TW {ROMAWI[triwulan]}"
