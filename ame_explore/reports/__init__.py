"""Reports: self-contained HTML pages of figures and tables that open offline."""
