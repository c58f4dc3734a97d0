"""A small real OpenID provider with several issuers, for demonstration and tests only."""
