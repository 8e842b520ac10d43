"""Every problem that a file can have, as a value with a place and an Indonesian message.

One enum holds all messages: code, verdict, what is wrong, what to do. Codes A to M are those of the
table of failures; N are ours for the rules of an isian, P for a plan, S for files and the system, U for the office's
mail, X for an RKT document. A wrong file yields problems; only a wrong program raises.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Any

from builder.tampak import show as show

if TYPE_CHECKING:
    from collections.abc import Iterable


class Putusan(StrEnum):
    """Verdict on a problem, and so the state of the file it is in; the order is the order of weight."""

    CATAT = "catatan"
    PERINGATAN = "peringatan"
    TAHAN = "ditahan"
    TOLAK = "ditolak"

    @property
    def berat(self) -> int:
        """0 for a note to 3 for a refusal."""
        return list(Putusan).index(self)


CATAT, PERINGATAN, TAHAN, TOLAK = Putusan
_LONGEST = 1000  # characters of a value within a message: a list of all sub-bagian, not a whole kendala


class Message(Enum):
    """Code: (verdict, fault, cure, cure as its sender reads it). Format strings over the problem's values.

    The fourth stands only where the cure speaks to the konsolidator of what the sender should do.
    """

    def __init__(self, putusan: Putusan, fault: str, cure: str, cure_of_sender: str = "") -> None:
        self.putusan = putusan
        self.fault = fault
        self.cure = cure
        self.cure_of_sender = cure_of_sender or cure

    # A: identity
    A01 = (
        CATAT,
        "Berkas diganti nama; dikenali sebagai buku kerja {sub_bagian} tahun {tahun} dari isinya",
        "Tidak perlu apa-apa.",
    )
    A02 = (
        PERINGATAN,
        "Nama berkas menyebut «{sebut}», tetapi isinya buku kerja {sub_bagian} tahun {tahun}",
        "Periksa apakah salah lampir; yang dipakai ialah isinya.",
    )
    A03 = (
        TOLAK,
        "Bukan formulir yang dibuat sistem ini",
        "Minta pengirim memakai buku kerja resmi, misalnya BukuKerja-{tahun}-KUL.xlsx.",
        "Pakai buku kerja resmi yang kami kirim, misalnya BukuKerja-{tahun}-KUL.xlsx; isi sel kuningnya, lalu kirim berkas itu.",
    )
    A04 = (
        TOLAK,
        "Tanda pengenal formulir tidak cocok satu sama lain ({rincian})",
        "Minta pengirim mengisi buku kerja yang asli; jangan menyalin lembar dari buku lain.",
        "Isi buku kerja asli yang kami kirim; jangan menyalin lembar dari buku lain.",
    )
    A06 = (
        TAHAN,
        "Formulir milik «{pemilik}», sedangkan rencana ini milik «{kantor}»; isinya tidak digabung",
        "Periksa apakah salah lampir, lalu kirim buku kerja kantor sendiri.",
    )
    A07 = (TOLAK, "Formulir tahun {ada}, sedang digabung tahun {tahun}", "Kirim buku kerja tahun {tahun}.")
    A09 = (
        TOLAK,
        "Formulir versi {ada} sudah tidak didukung, program ini membaca versi {versi}",
        "Isi ulang di buku kerja yang dibuat rkt bangun dari rencana terbaru.",
        "Pakai buku kerja terbaru yang kami kirim; isian yang sama dapat diketik lagi di sel kuningnya.",
    )
    A10 = (
        TOLAK,
        "Formulir dibuat dengan versi {ada}, program ini membaca versi {versi}",
        "Perbarui program atau kirim ulang dengan buku kerja terbaru.",
        "Kirim ulang dengan buku kerja terakhir yang kami kirim.",
    )
    A11 = (
        PERINGATAN,
        "Tidak ada satu pun sel terisi",
        "Pastikan berkas yang dikirim adalah berkas yang sudah diisi dan disimpan.",
    )
    A12 = (
        TOLAK,
        "Ini berkas contoh, sedangkan rencananya rencana kantor",
        "Kirim buku kerja yang sebenarnya, bukan hasil «rkt contoh».",
        "Kirim buku kerja yang kami kirim, misalnya BukuKerja-2024-KUL.xlsx, bukan berkas contoh.",
    )
    A14 = (PERINGATAN, "«{apa}» pada Petunjuk tidak sah", "Isi {cara} pada sel kuning lembar Petunjuk.")
    A15 = (
        CATAT,
        "Petunjuk menyebut TW {ada}, sedang digabung TW {triwulan}",
        "Pastikan ini kiriman untuk triwulan yang benar.",
    )
    A13 = (
        PERINGATAN,
        "Buku kerja dibuat dari susunan rencana yang lain",
        "Nilainya tetap dibaca menurut kode; bagikan buku kerja terbaru untuk triwulan berikutnya.",
        "Isiannya sudah dibaca; untuk triwulan berikutnya pakai buku kerja terbaru yang kami kirim.",
    )

    # B: structure
    B01 = (
        PERINGATAN,
        "Lembar «{dari}» kini bernama «{ke}»; tetap dibaca",
        "Tidak perlu apa-apa; lain kali biarkan nama lembarnya.",
    )
    B02 = (
        TAHAN,
        "Lembar «{dari}» tidak ada; isian {daftar} tidak dapat dibaca",
        "Salin kembali lembarnya dari buku kerja yang utuh, atau isi ulang lalu kirim lagi.",
    )
    B02_KOSONG = (
        PERINGATAN,
        "Lembar «{dari}» tidak ada; lembar itu tidak memuat isian",
        "Tidak perlu apa-apa; lain kali biarkan lembarnya.",
    )
    B03 = (
        TAHAN,
        "Lembar ini salinan «{dari}» dengan {jumlah} sel yang berbeda ({tempat}); keduanya ditahan",
        "Hapus salah satu lembarnya, sisakan yang benar, lalu kirim lagi.",
    )
    B03_SAMA = (
        PERINGATAN,
        "Lembar ini salinan «{dari}» dengan isian yang sama; dibaca satu kali",
        "Hapus salinannya sebelum mengirim lagi.",
    )
    B04 = (
        PERINGATAN,
        "Lembar tambahan «{lembar_lain}» ({jumlah} sel terisi) tidak digabung",
        "Pindahkan isinya ke sel kuning bila memang perlu dilaporkan.",
    )
    B05 = (
        PERINGATAN,
        "Baris {kunci} berpindah dari {dari} ke {ke}; dibaca menurut kode",
        "Tidak perlu apa-apa bila memang sengaja dipindah.",
    )
    B06 = (
        TAHAN,
        "Baris {kunci} tidak ditemukan di berkas; isiannya tidak dapat dibaca",
        "Isi ulang indikator {kunci} di buku kerja yang utuh lalu kirim lagi.",
    )
    B07 = (
        TAHAN,
        "Kode {kunci} muncul lebih dari sekali ({tempat}); keduanya ditahan",
        "Hapus salinannya, sisakan satu baris, lalu kirim lagi.",
    )
    B08 = (
        TAHAN,
        "Kode «{kunci}» bukan bagian buku kerja ini; isinya tidak digabung",
        "Jangan menambah indikator sendiri; minta perencana menambahkannya ke rencana.",
    )
    B09 = (
        TAHAN,
        "Kode «{kunci}» tidak dikenal, mungkin maksudnya {mirip}; isinya tidak digabung",
        "Kembalikan kodenya menjadi {mirip}, atau isi ulang di buku kerja yang utuh.",
    )
    B10 = (
        TAHAN,
        "Kolom «{kolom}» pada kartu {kunci} tidak ditemukan",
        "Kembalikan judul kolomnya atau isi ulang di buku kerja yang utuh.",
    )
    B10_PINDAH = (
        PERINGATAN,
        "Kolom «{kolom}» pada kartu {kunci} berpindah dari {dari} ke {ke}; dibaca menurut judulnya",
        "Tidak perlu apa-apa bila memang sengaja dipindah.",
    )
    B11 = (
        TAHAN,
        "Baris berkode {kunci} kini berlabel «{label}»; isinya mungkin tergeser",
        "Periksa urutan barisnya, kembalikan, lalu kirim lagi.",
    )
    B11_LUAR = (
        TAHAN,
        "{jumlah} sel bukan kuning pada baris {kunci} terisi ({tempat}); mungkin tempelannya meleset",
        "Pindahkan isinya ke sel kuning, kosongkan sel lainnya, lalu kirim lagi.",
    )
    B12 = (
        PERINGATAN,
        "{jumlah} sel di luar area isian terisi dan tidak digabung",
        "Pindahkan isinya ke sel kuning bila memang perlu dilaporkan.",
    )
    B13 = (
        TAHAN,
        "Sel {tempat} digabung; hanya {sel} yang dapat berisi",
        "Pisahkan selnya (Unmerge Cells), isi satu per satu, lalu kirim lagi.",
    )
    B14 = (
        PERINGATAN,
        "{apa} tersembunyi tetapi tetap dibaca",
        "Tampilkan kembali (Unhide) lalu periksa isinya.",
    )
    B15 = (
        PERINGATAN,
        "{jumlah} nama sel hilang atau rusak, misalnya {contoh}; dibaca menurut kode",
        "Tidak perlu apa-apa; lain kali isi langsung di buku kerja yang dikirim.",
    )
    B16 = (
        CATAT,
        "Ukuran lembar tertulis {ada}, padahal isinya lain; semua sel tetap dibaca",
        "Tidak perlu apa-apa.",
    )
    B17 = (
        TOLAK,
        "Struktur lembar rusak: {rincian}",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    B18 = (
        TOLAK,
        "Alamat sel tidak sah: {alamat}",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    B19 = (
        PERINGATAN,
        "{apa} berbeda dari yang resmi («{resmi}»); yang resmi tetap dipakai",
        "Bila memang berubah, minta perencana mengubah rencananya.",
    )
    B20 = (
        PERINGATAN,
        "{apa} tidak digabung",
        "Tulis yang perlu dilaporkan pada kolom Kendala atau Tindak lanjut.",
    )
    B21 = (
        PERINGATAN,
        "Buku kerja ini dipakai bersama (Share Workbook); riwayat perubahannya diabaikan",
        "Matikan Share Workbook sebelum mengirim.",
    )
    B23 = (
        TAHAN,
        "{apa} pada berkas ini «{ada}», pada rencana «{resmi}»; baris {kunci} ditahan",
        "Isi ulang indikator ini di buku kerja terbaru.",
    )

    # C: values
    C01 = (TAHAN, "{sel} harus angka", "Tulis angkanya saja, tanpa satuan, misalnya {contoh}.")
    C02 = (
        PERINGATAN,
        "{sel} berisi teks, dibaca sebagai angka {nilai}",
        "Lain kali tulis angkanya saja, misalnya {contoh}.",
    )
    C03 = (
        PERINGATAN,
        "{sel} berisi teks, dibaca sebagai {nilai}",
        "Lain kali ketik langsung di sel kuning, misalnya {contoh}.",
    )
    C04 = (
        TAHAN,
        "{sel} berisi persen, sedangkan satuannya {satuan}",
        "Tulis jumlahnya saja, misalnya {contoh}.",
    )
    C05 = (TAHAN, "{sel} bisa dibaca {satu} atau {dua}", "Tulis tanpa pemisah ribuan, misalnya 2498.")
    C06 = (
        PERINGATAN,
        "{sel} berisi teks dengan pemisah ribuan, dibaca sebagai angka {nilai}",
        "Lain kali tulis tanpa pemisah ribuan, misalnya {contoh}.",
    )
    C07 = (
        PERINGATAN,
        "{sel} tersimpan {mentah} tanpa format persen; dibaca {nilai}",
        "Lain kali ketik langsung di sel kuning, jangan ditempel.",
    )
    C08 = (
        TAHAN,
        "{sel} tersimpan {mentah}, kira-kira seperseratus dari target {target}; mungkin salah skala",
        "Ketik persennya, misalnya {contoh}.",
    )
    C09 = (
        TAHAN,
        "{sel} tampak sebagai tanggal",
        "Ubah format sel menjadi angka, lalu ketik ulang angkanya, misalnya {contoh}.",
    )
    C10 = (
        TAHAN,
        "{sel} berisi {mentah}, yang juga nomor tanggal {tanggal}; targetnya {target}",
        "Bila maksudnya angka, ketik ulang angkanya, misalnya {contoh}.",
    )
    C13 = (
        TAHAN,
        "{sel} berisi kata: nol, nihil, atau belum ada data?",
        "Ketik 0 bila nilainya nol; kosongkan bila belum ada data. {nihil}",
    )
    C15 = (TAHAN, "{sel} di luar batas {batas}", "Periksa angkanya, misalnya {contoh}.")
    C16 = (TAHAN, "{sel} bukan pilihan yang tersedia", "Pilih dari daftar: {daftar}.")
    C17 = (TAHAN, "{sel} harus bilangan bulat", "Tulis jumlah utuh, misalnya {contoh}.")
    C18 = (
        TAHAN,
        "{sel} bukan angka yang wajar (paling banyak 15 angka)",
        "Tulis angkanya kembali, misalnya {contoh}.",
    )
    C20 = (
        TOLAK,
        "{sel} berisi angka yang tidak sah di dalam berkas; berkas ini bukan simpanan Excel",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    C22 = (
        PERINGATAN,
        "{sel} memuat {jumlah} karakter kendali ({daftar}) yang dibuang; teks selebihnya utuh",
        "Ketik ulang teksnya, jangan ditempel dari program lain.",
    )
    C24 = (
        PERINGATAN,
        "{sel} memuat karakter tak tampak ({daftar}) yang dibuang",
        "Ketik ulang teksnya, jangan ditempel dari program lain.",
    )
    C26 = (
        TOLAK,
        "Isi sel {sel} rusak di dalam berkas: {rincian}",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    C27 = (
        PERINGATAN,
        "{rincian}; disengaja?",
        "Periksa angkanya; biarkan bila memang demikian.",
    )
    C29 = (
        TAHAN,
        "{sel} pada kiriman ke-{lama} («{berkas_lama}») berisi «{isi_lama}», pada kiriman ke-{baru} kosong",
        "Minta sub-bagian memastikannya, atau pilih «Pakai A» (isi lama) atau «Pakai B» (kosong) di lembar Putusan.",
        "Bila sel itu memang dikosongkan, beri tahu perencana; bila tidak, isi lagi, misalnya «{isi_lama}», lalu kirim lagi.",
    )
    C21 = (TAHAN, "{sel} berisi TRUE/FALSE", "Tulis angkanya, misalnya {contoh}.")

    # D: formulas and error values
    D01 = (
        PERINGATAN,
        "Rumus resmi diganti nilai; dihitung ulang dari isian",
        "Jangan mengetik di sel abu-abu atau putih.",
    )
    D02 = (
        PERINGATAN,
        "Nilai rumus di lembar {ada}, hitungan ulang {benar}; hitungan ulang yang dipakai",
        "Buka dan simpan sekali di Excel sebelum mengirim.",
    )
    D02_RUMUS = (
        PERINGATAN,
        "Rumus resmi diubah; dihitung ulang dari isian",
        "Jangan mengubah sel abu-abu atau putih.",
    )
    D03 = (PERINGATAN, "{sel} berisi rumus; diambil nilainya {nilai}", "Lain kali tempel sebagai nilai.")
    D04 = (
        TAHAN,
        "{sel} berisi rumus tanpa hasil",
        "Buka berkas di Excel, simpan, lalu kirim lagi; atau ketik angkanya.",
    )
    D05 = (
        TAHAN,
        "{sel} berisi rumus, sedangkan buku ini menghitung secara manual; nilainya mungkin basi",
        "Tekan F9 di Excel, simpan, lalu kirim lagi; atau ketik angkanya.",
    )
    D06 = (TAHAN, "{sel} berisi rumus yang nilainya berubah-ubah ({fungsi})", "Ketik angkanya.")
    D07 = (TAHAN, "{sel} merujuk berkas atau alamat lain", "Tempel sebagai nilai.")
    D08 = (TAHAN, "{sel} bernilai galat", "Ketik angkanya, misalnya {contoh}.")
    D09 = (
        TAHAN,
        "{sel} bagian dari rumus larik atau tabel data",
        "Ketik angkanya, misalnya {contoh}.",
    )
    D10 = (PERINGATAN, "{sel} diawali «{awal}»; disimpan sebagai teks", "Tidak perlu apa-apa.")

    # E: protection and look
    E01 = (
        PERINGATAN,
        "Proteksi {jumlah} lembar dibuka, misalnya «{contoh}»; {diperiksa} sel terkunci diperiksa, {berubah} berubah",
        "Biarkan lembar tetap terproteksi; isi sel kuning saja.",
    )
    E05 = (
        PERINGATAN,
        "{sel} berisi teks yang tidak tampak (huruf putih atau format tersembunyi); tetap dibaca",
        "Kembalikan warna huruf atau format selnya.",
    )

    # F: several files
    F01 = (CATAT, "Sama persis dengan «{lain}»; dilewati", "Tidak perlu apa-apa.")
    F02 = (CATAT, "Isi sama dengan «{lain}», hanya disimpan ulang; dilewati", "Tidak perlu apa-apa.")
    F03 = (
        CATAT,
        "Kiriman ke-{lama} digantikan kiriman ke-{baru} («{lain}»); {berubah}",
        "Tidak perlu apa-apa.",
    )
    F04 = (
        TAHAN,
        "Dua kiriman ke-{nomor} dari {sub_bagian} berbeda: {isi_a} («{berkas_a}») dan {isi_b} («{berkas_b}»)",
        "Minta sub-bagian mengirim satu berkas dengan «Kiriman ke-» yang lebih besar, atau pilih di lembar Putusan.",
        "Pastikan isi yang benar, ketik di sel jingga, lalu kirim satu berkas saja dengan «Kiriman ke-» yang lebih besar.",
    )
    F05 = (
        CATAT,
        "Kiriman ke-{lama} lebih lama dari yang sudah dipakai (ke-{baru}, «{lain}»); tidak dipakai",
        "Tidak perlu apa-apa.",
    )
    F06 = (
        TAHAN,
        "Berkas ini dibuat dari kiriman ke-{dasar}, padahal kiriman ke-{lama} («{lain}») sudah diterima; sel yang "
        "berbeda ditahan",
        "Minta sub-bagian memperbaiki kirimannya yang terakhir, atau pilih isinya di lembar Putusan.",
        "Lanjutkan dari berkas ini (isinya kiriman Anda yang terakhir), bukan dari berkas yang lebih lama.",
    )
    F07 = (
        TAHAN,
        "{kunci} diisi dua sub-bagian dengan isi berbeda: {kode_a} {isi_a} («{berkas_a}») dan {kode_b} {isi_b} "
        "(«{berkas_b}»)",
        "Tentukan sub-bagian mana yang mengisi, lalu pilih isinya di lembar Putusan.",
        "Sepakati dengan sub-bagian itu siapa yang mengisi, lalu beri tahu perencana.",
    )
    F08 = (CATAT, "{kunci} dilaporkan dua sub-bagian ({daftar}) dengan isi yang sama", "Tidak perlu apa-apa.")
    F13 = (
        TAHAN,
        "Isian TW {triwulan} sudah diterima dan dikunci, tetapi berubah dari «{lama}» menjadi «{baru}»",
        "Pilih «Pakai A» (isi lama) atau «Pakai B» (isi baru) di lembar Putusan.",
        "Bila isi yang baru memang benar, beri tahu perencana; bila tidak, kembalikan isi yang lama lalu kirim lagi.",
    )
    F14 = (
        CATAT,
        "Indikator {kunci} tidak ada lagi dalam rencana yang direvisi; {jumlah} isiannya tidak digabung, tetap di arsip",
        "Tidak perlu apa-apa.",
    )
    F15 = (
        TAHAN,
        "Cara mengisi indikator {kunci} berubah dalam rencana yang direvisi (dari {lama} menjadi {baru}), jadi "
        "{jumlah} angka lamanya tidak dapat dipakai; tetap di arsip",
        "Minta sub-bagian mengisi indikator ini pada buku kerja yang baru.",
        "Isi indikator ini pada sel kuning di berkas ini dengan cara yang baru, lalu kirim lagi.",
    )
    F16 = (
        PERINGATAN,
        "Putusan lama «{pilihan}» tidak berlaku lagi karena isi yang dipilih sudah berubah",
        "Pilih lagi di lembar Putusan.",
    )
    F17 = (
        TAHAN,
        "Pilihan «{pilihan}» di lembar Putusan tidak dapat dipakai: {sebab}",
        "Tulis Pakai A, Pakai B, Kosongkan, atau isinya sendiri, misalnya {contoh}.",
    )
    F18 = (CATAT, "Sudah diputuskan: {pilihan}", "Tidak perlu apa-apa.")
    F19 = (
        CATAT,
        "Berkas dikeluarkan dari penggabungan pada {saat}; isinya tetap di arsip",
        'Bila keliru, masukkan lagi, misalnya: rkt putuskan Konsolidasi-2024.xlsm --masukkan "{berkas}".',
    )
    F20 = (
        PERINGATAN,
        "{kunci} diisi bersama dan belum lengkap: {ada}; belum dijawab {kurang}, jadi gabungannya masih kosong",
        "Ingatkan {kurang}; bagian yang memang nol tetap diisi, yaitu 0.",
    )
    F21 = (
        TAHAN,
        "{kunci} diisi bersama dan tidak dapat digabung ({daftar}): {sebab}",
        "Minta bagian itu diperbaiki lalu dikirim lagi, atau tulis isi gabungannya di lembar Putusan, misalnya {contoh}.",
        "Perbaiki bagian Anda bila disebut di sini, misalnya {contoh}, lalu kirim lagi.",
    )
    F22 = (
        PERINGATAN,
        "Perubahan tangan «{isi_sel}» pada {kunci} tidak berlaku lagi: indikator itu dihapus atau cara mengisinya berubah "
        "dalam rencana yang direvisi",
        "Isi lagi di kartunya bila memang masih benar; angka lama ada di buku yang «(lama …)».",
    )
    F23 = (
        TAHAN,
        "Isi {kunci} ialah teks «{isi_sel}», tidak terbaca sebagai angka",
        "Tulis angkanya saja di kartu itu, misalnya {contoh}, atau kosongkan selnya lalu Segarkan.",
    )
    F09 = (CATAT, "Belum mengirim: {daftar}", "Ingatkan sub-bagian tersebut.")
    F10 = (
        TAHAN,
        "Sub-bagian «{kode}» tidak ada dalam rencana ini; isinya tidak digabung",
        "Minta pengirim memakai buku kerja yang dibuat dari rencana terbaru.",
        "Pakai buku kerja terbaru yang kami kirim, lalu kirim lagi.",
    )

    F11 = (
        PERINGATAN,
        "Diubah tangan di buku konsolidasi: dari kiriman «{kiriman}»; perubahan tangan dipertahankan",
        "Bila keliru, kosongkan sel itu lalu Segarkan: isi dari kiriman kembali dipakai.",
    )

    # G: formats
    G01 = (TOLAK, "Berkas .xls lama", "Buka di Excel, pilih Simpan Sebagai, jenis Excel Workbook (.xlsx).")
    G02 = (
        TOLAK,
        "Format {format} tidak dapat dibaca",
        "Bila ini buku kerja: simpan sebagai Excel Workbook (.xlsx) lalu kirim lagi. Bila bukan: keluarkan dari folder "
        "kiriman; tidak perlu apa-apa.",
        "Simpan sebagai Excel Workbook (.xlsx) lalu kirim lagi.",
    )
    G03 = (
        TOLAK,
        "Bernama {akhiran} tetapi isinya {isi_berkas}",
        "Unduh ulang lampirannya atau minta dikirim ulang.",
        "Buka berkas Anda di Excel, simpan sebagai Excel Workbook (.xlsx), lalu lampirkan lagi.",
    )
    G04 = (
        CATAT,
        "Disimpan sebagai Strict Open XML; tetap dibaca",
        "Lain kali simpan sebagai Excel Workbook (.xlsx).",
    )
    G08 = (
        PERINGATAN,
        "Disimpan sebagai templat (.xltx); tetap dibaca",
        "Lain kali simpan sebagai Excel Workbook (.xlsx).",
    )

    # H: hostile content
    H01 = (TOLAK, "Berkas memuat makro; tidak dibuka", "Simpan sebagai Excel Workbook (.xlsx) tanpa makro.")
    H02 = (
        TOLAK,
        "Memuat {apa} ke berkas atau jaringan lain",
        "Di Excel pilih Data > Edit Links > Break Link (dan hapus koneksi data), simpan, lalu kirim lagi.",
    )
    H03 = (
        TOLAK,
        "Memuat {apa}",
        "Salin isian ke buku kerja yang baru dibagikan, lalu kirim buku kerja itu.",
    )
    H04 = (
        TAHAN,
        "{sel} berisi rumus tautan ({fungsi})",
        "Ketik isinya sebagai teks atau angka, tanpa rumus.",
    )
    H06 = (
        TOLAK,
        "XML di dalam berkas tidak wajar: {rincian}",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    H07 = (
        TOLAK,
        "Berkas terlalu besar: {rincian}",
        "Kirim buku kerja yang dibagikan saja, tanpa gambar atau lembar lain.",
    )
    H08 = (
        TOLAK,
        "Susunan berkas melampaui batas: {rincian}",
        "Salin isian ke buku kerja yang baru dibagikan, lalu kirim buku kerja itu.",
    )
    H09 = (
        TOLAK,
        "Lembar ini jauh lebih besar dari formulir: {rincian}",
        "Salin isian ke buku kerja yang baru dibagikan, lalu kirim buku kerja itu.",
    )
    H10 = (
        TOLAK,
        "Nama bagian di dalam berkas tidak sah: «{bagian}»",
        "Jangan dibuka; minta pengirim menyimpan ulang dari Excel lalu mengirim lagi.",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    H11 = (
        TOLAK,
        "Kemasan berkas tidak wajar: {rincian}",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    H12 = (
        TOLAK,
        "Memuat hubungan ke luar berkas atau yang tidak sah: «{tujuan_luar}»",
        "Jangan dibuka; minta pengirim menyimpan ulang dari Excel lalu mengirim lagi.",
        "Buka berkasnya di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )
    H13 = (TOLAK, "Berkas bersandi", "Kirim tanpa sandi.")
    H14 = (
        TOLAK,
        "Berkas tidak dapat diperiksa ({sebab})",
        "Buka di Excel, simpan sebagai Excel Workbook (.xlsx) baru, lalu kirim lagi.",
    )

    # J: files and the system they come from
    J01 = (
        TOLAK,
        "Berkas kosong atau terpotong ({rincian})",
        "Minta dikirim ulang.",
        "Kirim ulang berkasnya; pastikan sudah tersimpan dan tertutup sebelum dilampirkan.",
    )
    J02 = (CATAT, "{jumlah} berkas kunci atau sementara dilewati", "Tidak perlu apa-apa.")
    J03 = (
        PERINGATAN,
        "Berkas sedang terbuka di Excel; dibaca versi yang tersimpan",
        "Simpan dan tutup berkas itu, lalu Segarkan lagi.",
    )
    J04 = (
        TAHAN,
        "Berkas tidak dapat dibaca ({sebab})",
        "Tutup berkas itu di program lain atau periksa izinnya, lalu ulangi.",
    )
    J05 = (
        TAHAN,
        "Berkas belum dapat diambil dari disk, jaringan, atau OneDrive",
        "Buka foldernya, pastikan berkas sudah terunduh («Selalu simpan di perangkat ini»), lalu ulangi.",
    )
    J06 = (TAHAN, "Berkas berubah saat dibaca", "Tunggu sampai selesai disalin atau diunduh, lalu ulangi.")
    J08 = (
        CATAT,
        "{jumlah} tautan folder dilewati",
        "Salin berkasnya ke folder kiriman bila memang perlu dibaca.",
    )
    J09 = (CATAT, "{jumlah} berkas keluaran program ini dilewati", "Tidak perlu apa-apa.")
    J12 = (
        TAHAN,
        "Berkas hilang saat dibaca, mungkin dihapus antivirus",
        "Periksa karantina antivirus, lalu minta dikirim ulang.",
    )

    # N: rules of an isian (DOMAIN 4)
    N01 = (
        TAHAN,
        "Baru setengah pasangan terisi: {ada} ada, {kurang} kosong",
        "Isi keduanya, misalnya pembilang 40 dan penyebut 50.",
    )
    N02 = (
        TAHAN,
        "Penyebut 0 padahal pembilang {pembilang}",
        "Periksa penyebutnya; bila tidak ada yang diukur, isi Nihil.",
    )
    N03 = (
        TAHAN,
        "Pembilang {pembilang} melebihi penyebut {penyebut}",
        "Bagian tidak bisa melebihi seluruhnya; periksa kedua angka, misalnya 40 dari 50.",
    )
    N04 = (
        TAHAN,
        "{bagian} turun dari triwulan sebelumnya, padahal dihitung sejak Januari",
        "Tulis angka s.d. triwulan ini, bukan angka triwulan ini saja.",
    )
    N06 = (
        PERINGATAN,
        "{jumlah} isian ada pada triwulan sesudah TW {triwulan} yang dilaporkan; belum dihitung",
        "Bila memang melaporkan triwulan itu, ubah «Triwulan pelaporan» pada Petunjuk.",
    )
    N07 = (
        TAHAN,
        "Penyebut 0 dan pembilang {pembilang}: tidak ada yang diukur, padahal indikator ini tidak boleh Nihil",
        "Periksa penyebutnya; kosongkan keduanya bila belum ada data.",
    )
    N08 = (
        TAHAN,
        "Satu sel berisi Nihil, sel lainnya {angka}",
        "Tulis kedua angkanya, atau Nihil di salah satu sel dan kosongkan yang lain.",
    )
    N05 = (
        TAHAN,
        "Kata Nihil tidak berlaku untuk indikator ini",
        "Isi angkanya; kosongkan bila belum ada data. Nihil hanya untuk indikator yang ditandai boleh nihil dalam rencana.",
    )

    # P: plan
    P01 = (
        TOLAK,
        "Kode {id} dipakai dua kali (baris {baris})",
        "Beri setiap indikator kode sendiri, misalnya S03-I2.",
    )
    P02 = (TOLAK, "Kolom «{kolom}» berisi «{isi_kolom}» yang tidak dikenal", "Pilih salah satu: {daftar}.")
    P03 = (TOLAK, "Target «{isi_kolom}» tidak sesuai tipe {tipe}", "{cara}")
    P04 = (TOLAK, "Kolom «{kolom}» wajib diisi", "Contoh: {contoh}.")
    P05 = (TOLAK, "Kolom wajib tidak ada: {kolom}", "Baris judul harus memuat {wajib}.")
    P06 = (
        TOLAK,
        "Kode «{isi_kolom}» tidak berbentuk kode indikator",
        "Tulis seperti S03-I2: S, nomor sasaran, -I, nomor indikator.",
    )
    P07 = (
        TOLAK,
        "Baris dari dokumen belum terbaca ({keraguan})",
        "Perbaiki indikator, target, tipe, dan nilainya, lalu kosongkan kolom ragu.",
    )
    P08 = (TOLAK, "Target triwulan tidak cocok dengan target tahunan: {rincian}", "{cara}")
    P09 = (TOLAK, "Konsolidasi {konsolidasi} tidak berlaku untuk tipe {tipe} dengan isian {isian}", "{cara}")
    P10 = (
        TOLAK,
        "Fungsi «{isi_kolom}» tidak dimiliki sub-bagian mana pun",
        "Isi dengan salah satu: {daftar}; atau tambahkan pada lembar Sub-bagian.",
    )
    P11 = (TOLAK, "Rencana tidak memuat satu pun indikator", "Isi minimal satu baris pada lembar Rencana.")
    P12 = (
        PERINGATAN,
        "{kurang} belum diisi; sementara dipakai «{kantor}», tahun {tahun}",
        "Isi di {tempat}, misalnya kantor KPU Kabupaten Kubu Raya dan tahun 2024.",
    )
    P17 = (
        TOLAK,
        "Kolom «{kolom}» berisi «{isi_kolom}», harus angka 0 atau lebih",
        "Tulis angkanya saja, misalnya {contoh}.",
    )
    P18 = (
        PERINGATAN,
        "Target {isi_kolom}% di bawah 1%; mungkin maksudnya {seratus}%",
        "Persentase ditulis dalam persen, misalnya 87,5; biarkan bila memang sekecil itu.",
    )
    P19 = (
        PERINGATAN,
        "{jumlah} baris tanpa {kolom}; diusulkan program: {daftar}",
        "Periksa usulannya; tulis sendiri pada kolom {kolom} bila lain.",
    )
    P20 = (TOLAK, "Tahun rencana belum diisi", "Isi di {tempat}, misalnya 2024.")
    P21 = (
        TOLAK,
        "Satuan «{isi_kolom}» terlalu panjang (paling panjang {panjang} huruf)",
        "Tulis satuannya saja, misalnya Laporan.",
    )
    P22 = (
        PERINGATAN,
        "Kolom yang tidak dikenal tidak dibaca: {kolom}",
        "Periksa penulisan judul kolomnya, misalnya boleh_nihil.",
    )
    P23 = (TOLAK, "Kolom «{kolom}» ada dua", "Hapus salah satunya.")
    P24 = (
        TOLAK,
        "Rencana ini bukan revisi dari rencana {kantor} tahun {tahun}",
        "Pilih rencana yang direvisi dari kantor dan tahun yang sama.",
    )
    P25 = (
        PERINGATAN,
        "Target {id} setahun kini {target}; dengan target triwulan yang sudah lewat, target TW IV menjadi {sisa}, yang "
        "tidak masuk akal, jadi target triwulannya memakai yang baru semua",
        "Periksa target triwulan indikator itu dalam rencana yang baru.",
    )
    P30 = (
        PERINGATAN,
        "Bunyi indikator {id} berubah dari «{lama}» menjadi «{baru}»; isian lamanya tetap dipakai",
        "Bila maknanya memang lain, beri kode baru, misalnya {contoh}, lalu jalankan rkt revisi lagi.",
    )
    P26 = (
        TOLAK,
        "Kolom «{kolom}» menyebut fungsi yang tidak dimiliki sub-bagian mana pun: {tak_dikenal}",
        "Tulis fungsi lain yang ikut mengisi, dipisahkan spasi, misalnya TEK HUK; yang ada: {daftar}.",
    )
    P27 = (
        TOLAK,
        "Kolom lokasi berisi «{isi_kolom}», padahal kolom bersama kosong",
        "Isi kolom bersama dengan fungsi yang ikut mengisi, misalnya {contoh}; atau kosongkan kolom lokasi.",
    )
    P28 = (
        TOLAK,
        "Indikator bertipe {tipe} tidak dapat diisi bersama: dari beberapa kata tidak dapat dihitung satu kata",
        "Kosongkan kolom bersama dan lokasi; tentukan satu fungsi yang mengisi, misalnya KUL.",
    )
    P29 = (
        TOLAK,
        "Lokasi «{isi_kolom}» tidak berlaku untuk tipe {tipe} dengan isian {isian}",
        "{cara}; pakai {cocok}.",
    )
    P13 = (TOLAK, "{apa} pada lembar {lembar_rencana} tidak sah: «{isi_kolom}»", "{cara}")
    P14 = (
        PERINGATAN,
        "{jumlah} indikator masih ragu; selama belum diputuskan capaiannya KONFIRMASI: {daftar}",
        "Putuskan lalu kosongkan kolom ragu pada baris itu.",
    )
    P15 = (
        TOLAK,
        "Sasaran {id} ditulis dengan dua teks yang berbeda",
        "Samakan teks sasaran di semua barisnya.",
    )
    P16 = (
        TOLAK,
        "Fungsi {isi_kolom} dimiliki lebih dari satu sub-bagian",
        "Satu fungsi hanya boleh ada di satu sub-bagian.",
    )

    # S: files and the system
    S01 = (
        TOLAK,
        "Berkas tidak ditemukan",
        "Periksa nama berkas dan foldernya.",
    )
    S02 = (TOLAK, "Jenis berkas «{jenis}» tidak didukung", "Gunakan {daftar}.")
    S03 = (
        TOLAK,
        "Berkas tidak dapat dibaca: {sebab}",
        "Buka berkas itu dengan programnya, simpan ulang, lalu coba lagi.",
    )
    S04 = (
        TOLAK,
        "Tidak dapat menulis: {sebab}",
        "Tutup berkasnya bila sedang terbuka, atau pilih folder lain dengan -o.",
    )
    S05 = (
        TOLAK,
        "Berkas itu bukan buku konsolidasi program ini, jadi tidak ditimpa",
        "Pilih nama lain dengan -o.",
    )
    S08 = (
        TOLAK,
        "Tidak ada yang ditahan pada {kunci}",
        "Lihat lembar Putusan: di sana ada setiap sel yang menunggu keputusan.",
    )
    S09 = (
        TOLAK,
        "Indikator «{id}» tidak ada dalam rencana",
        "Tulis kodenya seperti dalam rencana, misalnya {mirip}.",
    )
    S10 = (
        TOLAK,
        "Di folder ini tidak ada buku konsolidasi",
        "Pindah ke foldernya, atau sebutkan bukunya, misalnya {pilihan}Konsolidasi-2024.xlsm. Bila bukunya hilang: rkt "
        "pulihkan Konsolidasi-2024.arsip.",
    )
    S10_BEBERAPA = (
        TOLAK,
        "Di folder ini ada beberapa buku konsolidasi: {daftar}",
        "Sebutkan salah satu, misalnya {pilihan}{contoh}.",
    )
    S11 = (
        TOLAK,
        "Berkas kiriman «{nama}» tidak ada di arsip",
        "Tulis namanya seperti di lembar Kiriman, atau sebagian namanya, misalnya {mirip}.",
    )
    S11_BEBERAPA = (
        TOLAK,
        "«{nama}» ada pada nama beberapa berkas kiriman: {daftar}",
        "Tulis lebih lengkap, misalnya {contoh}.",
    )
    S07 = (
        TOLAK,
        "Berkas itu juga dipakai sebagai {sebagai}, jadi tidak ditimpa",
        "Pilih nama lain untuk keluarannya.",
    )
    S06 = (
        TOLAK,
        "Tidak ada berkas kiriman yang ditemukan",
        "Sebutkan folder atau berkas .xlsx kiriman, misalnya rkt konsolidasi kiriman --rencana Rencana.xlsx -o Konsolidasi.xlsx.",
    )

    S12 = (
        TOLAK,
        "Sub-bagian «{kode}» tidak ada dalam rencana",
        "Tulis salah satu kode ini: {daftar}.",
    )
    S13 = (
        TOLAK,
        "Tidak ada putusan pada {kunci}, jadi tidak ada yang dicabut",
        "Lihat kolom Pilihan di lembar Putusan.",
    )
    S14 = (
        TOLAK,
        "Berkas ini sudah dikeluarkan pada {saat}",
        "Tidak perlu apa-apa. Bila keliru, masukkan lagi dengan --masukkan.",
    )
    S15 = (
        TOLAK,
        "Berkas ini tidak sedang dikeluarkan, jadi tidak ada yang dimasukkan",
        "Tidak perlu apa-apa: berkas itu sudah ikut dibaca. Dipakai atau tidaknya ada di lembar Kiriman.",
    )

    # K: carriers
    K04 = (
        TOLAK,
        "Arsip di dalam arsip di dalam arsip: terlalu dalam untuk dibuka",
        "Kirim buku kerjanya sebagai lampiran biasa, atau dalam satu .zip saja.",
    )
    K05 = (
        TOLAK,
        "Arsip {jenis} tidak dapat dibuka",
        "Kirim buku kerjanya (.xlsx) tanpa arsip dan tanpa sandi.",
    )
    K06 = (
        CATAT,
        "{jumlah} bagian surel yang bukan kiriman dilewati (gambar tanda tangan, undangan, surel tanpa lampiran)",
        "Tidak perlu apa-apa.",
    )
    K07 = (
        TOLAK,
        "Lampiran «{nama}» terbungkus {jenis} sehingga isinya tidak dapat dibaca",
        "Minta pengirim melampirkan berkas .xlsx itu sebagai lampiran biasa.",
        "Lampirkan buku kerjanya (.xlsx) sebagai lampiran biasa, misalnya BukuKerja-2024-KUL.xlsx, lalu kirim lagi.",
    )
    K08 = (
        TOLAK,
        "Surel tidak memuat lampiran formulir; yang ada hanya {apa}",
        "Minta pengirim melampirkan buku kerjanya (.xlsx) pada surel, bukan tautan.",
        "Lampirkan buku kerjanya (.xlsx) pada surel, bukan tautan, lalu kirim lagi.",
    )
    K11 = (
        TOLAK,
        "Isi dikirim sebagai gambar atau tabel di badan surel",
        "Minta pengirim mengisi buku kerjanya (.xlsx) lalu melampirkannya.",
        "Ketik angkanya di sel kuning buku kerja (.xlsx), lalu lampirkan buku itu.",
    )
    K12 = (
        TOLAK,
        "Isi arsip atau surel kosong, terlalu besar, atau rusak ({rincian})",
        "Kirim ulang buku kerjanya saja sebagai lampiran biasa.",
    )

    K13 = (
        CATAT,
        "{jumlah} surel terlalu besar untuk diambil dan tetap di kotak surat: {daftar}",
        "Bila isinya kiriman, minta pengirim mengirim buku kerjanya saja sebagai lampiran biasa.",
    )

    # L: the konsolidasi as it stands
    L01 = (
        PERINGATAN,
        "Buku konsolidasi ini sedang dibuka di Excel, jadi dibiarkan; hasilnya disimpan di «{tertunda}»",
        "Tutup bukunya lalu Segarkan lagi, atau tekan Segarkan di Excel. Bila bukunya sudah tertutup, hapus berkas «{kunci}» di folder itu.",
    )
    L02 = (
        TOLAK,
        "Folder «{folder}» tidak dapat ditulisi ({sebab})",
        "Pindahkan bukunya ke folder yang boleh ditulis, misalnya Dokumen, lalu coba lagi.",
    )
    L03 = (
        TOLAK,
        "Disk penuh di «{folder}»: perlu {perlu} MB, tersisa {sisa} MB; berkas lama utuh",
        "Hapus atau pindahkan berkas yang tidak dipakai, lalu coba lagi.",
    )
    L04 = (
        CATAT,
        "Penyegaran sebelumnya terputus; buku yang lama dipakai dan {jumlah} berkas sisa dihapus",
        "Tidak perlu apa-apa.",
    )
    L05 = (
        TOLAK,
        "Buku ini sedang disegarkan oleh {pemegang} sejak {sejak}, jadi tidak ada yang diubah",
        "Tunggu sampai selesai, lalu coba lagi.",
    )
    L05_BERUBAH = (
        TOLAK,
        "Buku ini diubah orang lain selagi disegarkan, jadi hasilnya tidak ditulis",
        "Coba sekali lagi: perubahan itu ikut terbaca.",
    )
    L06 = (CATAT, "Kunci lama ({pemegang}, sejak {sejak}) diambil alih", "Tidak perlu apa-apa.")
    L09 = (
        TOLAK,
        "Melampaui batas Excel: {rincian}",
        "Pendekkan isinya, lalu coba lagi.",
    )
    L11 = (
        TOLAK,
        "Hasil tidak lolos baca-ulang di {tempat}; berkas lama utuh",
        "Coba sekali lagi. Bila tetap begini, kirim bukunya kepada pengelola program.",
    )
    L12 = (TOLAK, "Dibatalkan; tidak ada yang berubah", "Jalankan lagi bila perlu.")
    L20 = (
        TOLAK,
        "Lembar itu tidak ada di buku konsolidasi (dihapus atau diganti namanya), jadi tidak ada yang diubah",
        "Kembalikan nama lembarnya, atau buat buku baru dengan rkt konsolidasi dan nama lain, lalu pindahkan catatan Anda.",
    )
    L21 = (
        TOLAK,
        "Baris atau kolom lembar itu bergeser: di {sel} seharusnya «{seharusnya}», jadi tidak ada yang diubah",
        "Urungkan baris atau kolom yang disisipkan atau dihapus (Ctrl+Z), atau buat buku baru dengan rkt konsolidasi dan nama lain.",
    )
    L22 = (
        TOLAK,
        "Buku ini bukan buku konsolidasi program ini",
        "Buka buku konsolidasi yang dibuat rkt bangun atau rkt konsolidasi, lalu coba lagi.",
    )
    L23 = (
        TOLAK,
        "Folder kiriman «{folder}» tidak ada",
        "Buat folder itu di samping buku konsolidasi, atau tulis nama folder yang benar pada sel kuning di Dasbor.",
    )
    L24 = (
        TOLAK,
        "Tidak ada berkas kiriman di folder «{folder}», jadi tidak ada yang diubah",
        "Simpan lampiran sub-bagian (.xlsx) ke folder itu, lalu tekan Segarkan lagi.",
    )
    L25 = (
        TOLAK,
        "Buku ini hanya dapat dibaca (read-only), jadi tidak ada yang diubah",
        "Simpan dahulu dengan nama lain di folder yang boleh ditulis, lalu coba lagi.",
    )
    L26 = (
        TOLAK,
        "Triwulan pelaporan di Dasbor bukan 1, 2, 3, atau 4, jadi tidak ada yang diubah",
        "Isi sel kuning «Triwulan pelaporan» dengan 1, 2, 3, atau 4.",
    )
    L27 = (
        PERINGATAN,
        "Rumus sel ini menunjukkan «{tampil}», hitungan ulang «{hitung}»",
        "Rumusnya terhapus atau berubah. Buat buku baru dengan rkt konsolidasi dan nama lain pada -o, lalu pindahkan catatan Anda.",
    )
    L28 = (
        TOLAK,
        "Isi sel tidak tersimpan seperti yang ditulis: seharusnya «{seharusnya}»",
        "Tekan Segarkan sekali lagi. Bila tetap begini, tutup bukunya lalu jalankan rkt segarkan.",
    )
    L29 = (
        TOLAK,
        "Terjadi kesalahan di dalam program; {keadaan}",
        "Coba sekali lagi. Bila tetap begini, kirim berkas {catatan} kepada pengelola program.",
    )

    L30 = (
        TOLAK,
        "Buku ini tidak sedang dibuka di Excel",
        "Buka dahulu bukunya di Excel, atau jalankan tanpa --langsung.",
    )

    L07 = (
        CATAT,
        "Konsolidasi dibangun ulang dari arsip: {jumlah} kiriman",
        "Catatan Anda di luar kolom Catatan tidak tersimpan di arsip; salin dari cadangan bila ada.",
    )
    L32 = (
        TOLAK,
        "Buku besar arsip tidak dapat dipakai: {sebab}",
        "Tutup program lain yang membukanya. Bila rusak, ganti namanya lalu Segarkan: isi folder kiriman dibaca lagi.",
    )
    L33 = (
        TOLAK,
        "Buku besar arsip dibuat oleh rkt yang lebih baru",
        "Perbarui rkt, misalnya pip install --upgrade rkt.",
    )
    L34 = (
        PERINGATAN,
        "Berkas ini hilang dari arsip atau rusak; isinya tidak ikut digabung",
        "Letakkan lagi berkas aslinya di folder kiriman lalu Segarkan.",
    )
    L38 = (
        TOLAK,
        "Berkas ini pernah dibaca dan sekarang tidak dapat dibuka (memori penuh, atau dicegah antivirus), jadi tidak ada "
        "yang diubah",
        "Tutup program lain lalu coba sekali lagi. Tetap begitu: keluarkan berkasnya dengan rkt putuskan --keluarkan.",
    )
    L37 = (
        TOLAK,
        "Folder arsip «{arsip}» tidak ada di samping buku ini, padahal buku ini pernah disegarkan, jadi tidak ada yang "
        "diubah",
        "Kembalikan folder itu, atau kembalikan nama bukunya: nama folder arsip selalu sama dengan nama buku. Bila arsipnya "
        "memang hilang, buat folder kosong bernama «{arsip}».",
    )
    L35 = (
        TOLAK,
        "Arsip «{arsip}» tidak ditemukan atau kosong",
        "Tunjuk folder arsip, misalnya Konsolidasi-2024.arsip.",
    )
    L36 = (
        TOLAK,
        "Buku konsolidasi sedang dibuka di Excel, jadi putusan tidak disimpan",
        "Tutup bukunya lalu jalankan perintah yang sama, atau tulis pilihannya di lembar Putusan dan tekan Segarkan. "
        "Bila bukunya sudah tertutup, hapus berkas «{kunci}» di folder itu.",
    )
    L36_BERKAS = (
        TOLAK,
        "Buku konsolidasi sedang dibuka di Excel, jadi tidak ada berkas yang dikeluarkan atau dimasukkan",
        "Tutup bukunya lalu jalankan perintah yang sama. Bila bukunya sudah tertutup, hapus berkas «{kunci}» di folder "
        "itu.",
    )
    L31 = (
        TOLAK,
        "Rumus larik di {sel} mencakup sel yang harus ditulis, jadi tidak ada yang diubah",
        "Hapus rumus larik itu atau pindahkan ke lembar sendiri, lalu coba lagi.",
    )

    # U: the office's mail: its settings, its servers, its letters
    U01 = (
        TOLAK,
        "Setelan surel belum ada",
        "Buat berkas itu di samping buku konsolidasi; contoh isinya ada di bawah ini dan di panduan konsolidator.",
    )
    U02 = (
        TOLAK,
        "Setelan surel tidak dapat dibaca pada baris {baris}",
        'Periksa baris itu: teks ditulis di antara tanda petik, misalnya server = "imap.kpu.go.id".',
    )
    U03 = (TOLAK, "Kunci «{kunci}» belum ada", "Tambahkan, misalnya {kunci} = {contoh}.")
    U04 = (TOLAK, "Isi kunci «{kunci}» harus {harus}", "Tulis misalnya {kunci} = {contoh}.")
    U05 = (
        TOLAK,
        "Kunci «{kunci}» tidak dikenal",
        "Hapus, atau perbaiki penulisannya; yang ada: {daftar}.",
    )
    U06 = (
        TOLAK,
        "Kata sandi tidak boleh ditulis di berkas setelan (kunci «{kunci}»)",
        "Hapus baris itu, lalu jalankan rkt sandi; sandinya disimpan di penyimpan sandi komputer.",
    )
    U07 = (
        TOLAK,
        "Sub-bagian «{kunci}» tidak ada dalam rencana",
        "Pakai kode dari rencana, yaitu {daftar}.",
    )
    U10 = (
        TOLAK,
        "Kata sandi {pengguna} di {server} belum disimpan",
        "Jalankan rkt sandi sekali, atau isi variabel lingkungan {variabel}.",
    )
    U11 = (
        TOLAK,
        "Komputer ini tidak punya penyimpan sandi yang aman, atau penyimpannya terkunci",
        "Buka kuncinya, atau isi sandinya pada variabel lingkungan RKT_SANDI setiap kali menjalankan rkt.",
    )
    U12 = (
        TOLAK,
        "Bagian surel belum dipasang ({paket})",
        "Jalankan: python -m pip install imapclient keyring.",
    )
    U13 = (
        TOLAK,
        "Kata sandi memuat huruf yang tidak dapat diterima server {server}",
        "Ganti sandinya di server surat dengan huruf, angka, dan tanda biasa, lalu jalankan rkt sandi lagi.",
    )
    U20 = (
        TOLAK,
        "Server {server} port {port} tidak dapat dihubungi: {sebab}",
        'Periksa internet serta server dan port di surel.toml, misalnya server = "imap.kpu.go.id" dan port = 993.',
    )
    U21 = (
        TOLAK,
        "Sertifikat server {server} tidak dapat dipercaya: {sebab}",
        'Periksa nama servernya. Bila kantor punya sertifikat sendiri, tulis berkasnya, misalnya sertifikat = "ca-kantor.pem".',
    )
    U22 = (
        TOLAK,
        "Server {server} port {port} tidak menyediakan sambungan bersandi dengan cara {keamanan}; sandi tidak dikirim",
        'Ganti port dan keamanan di surel.toml, misalnya port = 993 dan keamanan = "tls".',
    )
    U23 = (
        TOLAK,
        "Server {server} menolak pengguna {pengguna} atau kata sandinya",
        "Periksa pengguna pada [{bagian}], lalu jalankan rkt sandi lagi. Sebagian server meminta sandi aplikasi.",
    )
    U24 = (
        TOLAK,
        "Kotak «{kotak}» tidak ada di server {server}",
        "Tulis salah satu ini pada kunci kotak: {daftar}.",
    )
    U25 = (
        TOLAK,
        "Sambungan ke {server} terputus ({sebab}) dan {kali} kali dicoba lagi tanpa hasil; {jumlah} surel baru sudah disimpan",
        "Periksa internet, lalu jalankan rkt ambil lagi: yang sudah disimpan tidak diambil dua kali.",
    )
    U26 = (
        TOLAK,
        "Server {server} menjawab tidak semestinya",
        "Coba beberapa menit lagi. Bila tetap begini, tanyakan kepada pengelola server surat.",
    )
    U27 = (
        TOLAK,
        "Berkas sertifikat tidak dapat dibaca: {sebab}",
        'Letakkan berkas .pem di samping surel.toml dan tulis namanya, misalnya sertifikat = "ca-kantor.pem".',
    )
    U28 = (
        TOLAK,
        "Sambungan ke {server} terputus ({sebab}) dan {kali} kali dicoba lagi tanpa hasil; belum terkirim ke {daftar}",
        "Periksa internet, lalu jalankan perintah yang sama lagi: yang sudah terkirim tidak dikirim dua kali.",
    )
    U29 = (
        TAHAN,
        "Ada beberapa buku kerja {kode} yang berbeda: {daftar}; tidak ada yang dikirim",
        "Sisakan satu di folder itu, lalu jalankan lagi.",
    )
    U30 = (
        TAHAN,
        "Alamat surel {kode} belum ada; suratnya tidak dikirim",
        'Tambahkan pada [alamat], misalnya {kode} = "kepala@kpu-kotacontoh.go.id".',
    )
    U31 = (
        TAHAN,
        "Buku kerja {kode} tidak ada di folder «{folder}»",
        "Buat dengan rkt bangun, misalnya rkt bangun Konsolidasi-2024.xlsm -o buku-kerja.",
    )
    U32 = (
        TOLAK,
        "Folder buku kerja «{folder}» tidak ada",
        "Buat dengan rkt bangun {konsolidasi} -o buku-kerja, atau sebutkan foldernya.",
    )
    U33 = (
        TAHAN,
        "Server menolak alamat {alamat} untuk {kode} ({sebab})",
        "Perbaiki alamatnya pada [alamat] di surel.toml, lalu jalankan lagi: hanya yang belum terkirim yang dikirim.",
    )
    U34 = (
        TAHAN,
        "Surat untuk {kode} ({ukuran} MB) melebihi batas server, {batas}",
        "Hapus gambar atau lembar tambahan dari buku kerjanya, atau bagikan dengan cara lain.",
    )
    U35 = (
        TAHAN,
        "Server menolak surat untuk {kode} ({sebab})",
        "Periksa kunci pengirim pada [smtp]: biasanya harus alamat milik pengguna itu sendiri.",
    )
    U36 = (
        TAHAN,
        "Surat untuk {kode} ke {alamat} mungkin sudah terkirim: pengirimannya pada {saat} terputus di tengah jalan",
        "Tanyakan kepada penerimanya. Bila belum sampai, kirim lagi dengan --ulang.",
    )
    U37 = (
        CATAT,
        "Surat yang sama untuk {kode} sudah dikirim ke {alamat} pada {saat}; tidak dikirim lagi",
        "Pakai --ulang bila memang perlu.",
    )
    U38 = (
        TAHAN,
        "Sambungan terputus tepat saat surat untuk {kode} diserahkan; mungkin sudah terkirim",
        "Tanyakan kepada penerimanya. Bila belum sampai, kirim lagi dengan --ulang.",
    )
    U39 = (
        PERINGATAN,
        "Buku kerja ini milik {kantor} tahun {tahun}; tidak dikirim",
        "Pindahkan dari folder ini bila memang bukan untuk dikirim.",
    )
    U40 = (
        CATAT,
        "Kiriman dari {alamat} ditolak, dan alamat itu bukan milik sub-bagian mana pun; ia tidak disurati",
        'Bila itu alamat sub-bagian, tambahkan pada [alamat] di surel.toml, misalnya KUL = "kul@kpu.go.id".',
    )

    # X: RKT document
    X01 = (
        TAHAN,
        "Baris {nomor}: {indikator} indikator tetapi {target} target; tidak ditebak",
        "Tulis satu indikator dan satu target per baris di rencana, lalu kosongkan kolom ragu.",
    )
    X02 = (
        TOLAK,
        "Tidak ditemukan tabel RKT di dokumen ini",
        "Tabelnya harus berkolom NO, SASARAN, INDIKATOR KINERJA, TARGET.",
    )
    X03 = (
        TAHAN,
        "Baris {nomor}: {sebab}",
        "Periksa baris itu pada dokumen, lengkapi di rencana, lalu kosongkan kolom ragu.",
    )
    X04 = (CATAT, "Baris {nomor}: {sebab}", "Periksa baris itu pada rencana.")
    X05 = (
        PERINGATAN,
        "Teks dalam tabel yang bukan bagian baris bernomor; tidak masuk rencana",
        "Bila itu sasaran atau indikator, beri nomor pada dokumen atau tambahkan sendiri pada rencana.",
    )
    X06 = (
        CATAT,
        "Kolom «{kolom}» tidak dibaca",
        "Tidak perlu apa-apa bila kolom itu memang bukan bagian rencana.",
    )
    X07 = (
        TOLAK,
        "Ada lebih dari satu kolom {kolom}: {daftar}; tidak ditebak",
        "Sisakan satu kolom {kolom} pada tabel, lalu coba lagi.",
    )
    X08 = (
        CATAT,
        "Tidak dibaca: {apa}",
        "Bila di situ ada tabel RKT, tampilkan lembarnya; judul tabelnya harus memuat NO, SASARAN, INDIKATOR KINERJA, TARGET.",
    )

    @property
    def kode(self) -> str:
        """Code: "B10" for B10 and for B10_PINDAH, one fault with two verdicts or wordings."""
        return self.name.partition("_")[0]


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem with its place: file, sheet, cell, what was found, and the values of its message."""

    message: Message
    berkas: str | None = None
    lembar: str | None = None
    sel: str | None = None
    isi: str | None = None  # what was found, as text
    values: dict[str, Any] = field(default_factory=dict)
    tujuan: tuple[str, str] | None = (
        None  # (indikator id, periode) that it concerns, for the link to our own cell
    )

    @property
    def kode(self) -> str:
        """Code of the message: "C05"."""
        return self.message.kode

    @property
    def putusan(self) -> Putusan:
        """Verdict of this problem."""
        return self.message.putusan

    @property
    def masalah(self) -> str:
        """Fault in words."""
        return self.message.fault.format_map({"sel": self.sel or "", **self._shown})

    @property
    def tindakan(self) -> str:
        """Cure in words."""
        return self.message.cure.format_map(self._shown).strip()

    @property
    def tindakan_pengirim(self) -> str:
        """Cure in words, said to whoever sent the file."""
        return self.message.cure_of_sender.format_map(self._shown).strip()

    @property
    def _shown(self) -> dict[str, Any]:
        """The values as a message may quote them, whoever they come from."""
        values = {"berkas": self.berkas or "", **self.values}
        return {k: show(v, _LONGEST) if isinstance(v, str) else v for k, v in values.items()}

    @property
    def tempat(self) -> str:
        """The place as a clerk reads it: "berkas › lembar!sel"."""
        cell = "!".join(p for p in (self.lembar, self.sel) if p)
        return " › ".join(show(p) for p in (self.berkas, cell) if p)

    @property
    def pesan(self) -> str:
        """The whole message: [KODE] tempat — masalah. Isi: «…». Tindakan: …"""
        place = f"{self.tempat} — " if self.tempat else ""
        found = f" Isi: «{show(self.isi)}»." if self.isi is not None else ""
        return f"[{self.kode}] {place}{self.masalah}.{found} Tindakan: {self.tindakan}"

    def as_json(self) -> dict[str, str | None]:
        """The problem as `--json` and LAPORAN give it."""
        return {
            "kode": self.kode,
            "tingkat": str(self.putusan),
            "lembar": self.lembar,
            "sel": self.sel,
            "isi": self.isi,
            "pesan": self.pesan,
        }


def heaviest(problems: Iterable[Problem]) -> Putusan:
    """The weightiest verdict among problems; CATAT where there is none."""
    return max((p.putusan for p in problems), key=lambda p: p.berat, default=CATAT)


class Refused(Exception):  # noqa: N818 - not an error of the program: the input was refused, with its problems
    """Carries the problems for which a whole input was refused, up to the command that shows them."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("; ".join(p.pesan for p in problems))
        self.problems = problems


_REASONS = {
    errno.EACCES: "tidak ada izin, atau sedang dibuka program lain",
    errno.EPERM: "tidak ada izin",
    errno.ENOENT: "foldernya tidak ada",
    errno.ENOSPC: "disk penuh",
    errno.EROFS: "tempatnya hanya-baca",
    errno.ENOTDIR: "salah satu nama di alamat itu bukan folder",
    errno.EEXIST: "sudah ada berkas dengan nama folder itu",
    errno.EISDIR: "itu sebuah folder",
    errno.ENAMETOOLONG: "namanya terlalu panjang",
    errno.EIO: "disk atau jaringan bermasalah",
}


def os_reason(error: OSError) -> str:
    """What the system says against a file, in Indonesian."""
    return _REASONS.get(error.errno or 0, "ditolak sistem")
