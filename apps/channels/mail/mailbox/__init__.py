"""Fetching from IMAP mailboxes.

``watching`` keeps an account under a lease, ``fetching`` is one pass over its folder,
``folder`` and ``connection`` speak the protocol, ``ledger`` remembers what was taken in.
"""
