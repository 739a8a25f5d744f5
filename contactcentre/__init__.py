"""The project: settings, addresses, and the doors through which servers enter."""
