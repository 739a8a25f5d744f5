"""Demonstration data: an invented company, told as steps that the real verbs carry out."""
