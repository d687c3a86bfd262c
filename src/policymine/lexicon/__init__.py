"""Loading, checking and scanning of the data under ``data/``: lexicons (TSV) and rules (TOML)."""
