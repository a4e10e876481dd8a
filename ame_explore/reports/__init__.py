"""Reports: self-contained HTML pages of figures and tables that open offline."""

from __future__ import annotations

from ame_explore.reports.demo_report import demo_report
from ame_explore.reports.demo_results import verdict_sentence
from ame_explore.reports.page import Cell, Code, Linked, Section, Table, Terms, write_report
from ame_explore.reports.pair_words import compared_verdict, verdict
from ame_explore.reports.pairs_report import exploration_report

__all__ = [
    "Cell",
    "Code",
    "Linked",
    "Section",
    "Table",
    "Terms",
    "compared_verdict",
    "demo_report",
    "exploration_report",
    "verdict",
    "verdict_sentence",
    "write_report",
]
