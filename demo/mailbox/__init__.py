"""Where the mails of the demo end: nothing leaves this machine."""
