"""Synthetic people and organisations for demonstration and tests. `portal/` never imports this."""
