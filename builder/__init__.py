"""rkt: from an RKT document to workbooks that staff fill, and to the consolidated capaian of the office.

The machine: plan -> layout -> workbook -> entries -> capaian -> konsolidasi. The Python interface is in
`builder.commands`; `builder.plan.read_plan` and `builder.tabel_data.data_frame` give the plan and the table.
"""
