"""What browsers are told of promises: the key is that of the person who owes something."""

OWED = "owed"
