"""The forms: what stands on which sheet of the buku kerja, the buku konsolidasi and the plan workbook.

A form imports layout, rules and rkt only; the machine in `builder` knows no form.
"""
