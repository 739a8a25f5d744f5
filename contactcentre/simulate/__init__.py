"""Volume for tests of scale: bulk rows that look like what the verbs leave behind."""
