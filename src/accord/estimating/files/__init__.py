"""Breakdowns in files: tables (XLSX), planning tools' plans (MSPDI) and engagement files (YAML), out and in."""
