"""`SAMSPIL_DEMO=yes python -m demo.provider --port N --portal ADDRESS`."""

from demo.provider.app import main

main()
