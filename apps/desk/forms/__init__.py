"""Every input of the desk goes through one of these."""
