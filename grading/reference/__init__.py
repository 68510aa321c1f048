"""What is published, as frozen objects: reads `reference_tables/` and refuses what cannot be trusted.

In: TOML files. Out: scales, units, the catalogue of measurements, tables, guidelines.
"""
