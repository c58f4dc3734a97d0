from tests.handovers.conftest import sender  # noqa: F401  (a fixture)
