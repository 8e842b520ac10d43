"""Every code is documented, and every message can be said: all its places are filled by those who raise it."""

from __future__ import annotations

from pathlib import Path

import pytest

from builder.daftar_kode import BAGIAN, TANPA_PESAN, markdown
from builder.masalah import Message

DOKUMEN = Path(__file__).parent.parent / "docs" / "kode-masalah.md"


def test_list_of_codes_is_the_table_of_messages() -> None:
    told = "run: python -m builder.daftar_kode > docs/kode-masalah.md"
    assert DOKUMEN.read_text("utf-8") == markdown(), told


def test_every_code_has_a_part_of_the_list() -> None:
    assert {m.kode[0] for m in Message} <= BAGIAN.keys()


def test_what_needs_no_message_has_none() -> None:
    silent = {code for codes, _ in TANPA_PESAN for code in codes.split(", ")}
    assert silent & {m.kode for m in Message} == set()


@pytest.mark.parametrize("message", Message, ids=lambda m: m.name)
def test_message_names_fault_and_cure(message: Message) -> None:
    for text in (message.fault, message.cure):
        assert text.strip(), "a message says what is wrong and what to do"
    assert message.fault[-1] not in ".!", "the message adds its own full stop"
    assert message.cure[-1] in ".}", "the cure is a sentence"
