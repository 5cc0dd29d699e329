"""`python -m tests.texts`: writes locale/ anew from the code, keeps what is translated, and compiles it."""

from tests.texts.catalogue import DOMAINS, renew

for domain in DOMAINS:
    print(f"{domain}: {renew(domain)} texts wait for a translation")  # noqa: T201
