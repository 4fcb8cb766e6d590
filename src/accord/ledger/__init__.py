"""The append-only, hash-chained record of expectations, decisions and overrides."""
