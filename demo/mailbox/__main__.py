"""`SAMSPIL_DEMO=yes python -m demo.mailbox SMTP PAGE`: two listening sockets by their numbers."""

from demo.mailbox.app import main

main()
