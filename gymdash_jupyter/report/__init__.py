"""A report: one HTML file on simulations, to be sent, printed and kept. It needs no script, no server and no network.

``writing`` checks what is asked and writes the file, ``facts`` reads the project, ``page`` puts the sections together,
and each section has its file. Everything that a simulation or a person said is escaped: it is text, never HTML.
"""

from gymdash_jupyter.report.writing import write_report

__all__ = ["write_report"]
