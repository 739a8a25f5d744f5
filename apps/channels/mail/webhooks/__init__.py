"""Mail that a service posts to us over HTTP (webhooks).

``settings`` reads which service it is and by what it proves itself, ``services`` lets
django-anymail check the proof and takes out the raw mails, ``posting`` joins the two.
"""
