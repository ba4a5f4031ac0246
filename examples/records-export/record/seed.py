"""Fill an empty Kinto with the CRM of this example: 23 customers in 4 regions.

Usage: seed.py http://127.0.0.1:8888/v1

Everything is fixed, ids and times too, so that a new recording differs from the old one only
where the server did.
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.request

USER, PASSWORD = "demo", "correct-horse-battery"
START_SECONDS = 30
CUSTOMERS = "/buckets/crm/collections/customers"
SUMMARIES = "/buckets/crm/collections/summaries"

# Ids follow from the place in this list: cust-0001, cust-0002, ... Amounts are in cents.
ROWS = [
    ("Bäckerei Grünwald", "EU-N", "starter", 2_900, "2021-02-11"),
    ("Fjordlys Energi AS", "EU-N", "enterprise", 1_249_000, "2019-09-30"),
    ("Oak & Elm Carpentry", "US-E", "starter", 2_900, "2023-05-04"),
    ("O'Leary Logistics", "US-E", "team", 148_500, "2020-11-17"),
    ("Panadería La Ñora", "EU-S", "starter", 4_350, "2022-07-21"),
    ("Sierra Vista Solar", "US-W", "enterprise", 980_000, "2021-12-01"),
    ("Østergaard Møbler", "EU-N", "team", 87_200, "2020-03-09"),
    ("Mistral Yachts", "EU-S", "enterprise", 2_310_000, "2018-06-15"),
    ("Harbor Light Books", "US-E", "starter", 2_900, "2024-02-29"),
    ("Käthe Brömmel Optik", "EU-N", "starter", 5_800, "2023-10-26"),
    ("Redwood Data Labs", "US-W", "team", 212_750, "2022-01-19"),
    ("Officine Perçin", "EU-S", "team", 133_900, "2021-08-02"),
    ("Blue Heron Clinics", "US-E", "enterprise", 1_575_000, "2019-04-23"),
    ("Tromsø Sjømat", "EU-N", "team", 96_400, "2022-11-08"),
    ("Azulejos Conceição", "EU-S", "starter", 2_900, "2024-01-15"),
    ("Cascade Brewing Co.", "US-W", "starter", 7_250, "2023-03-31"),
    ("Müller & Söhne GmbH", "EU-N", "enterprise", 1_018_600, "2017-10-12"),
    ("Liberty Street Films", "US-E", "team", 174_300, "2020-08-27"),
    ("Trattoria Dell'Orso", "EU-S", "starter", 3_600, "2022-05-13"),
    ("Piedmont Air Cargo", "US-E", "enterprise", 2_044_900, "2018-12-03"),
    ("Île Verte Cosmétiques", "EU-S", "team", 118_050, "2021-04-06"),
    ("Golden Gate Violins", "US-W", "team", 91_100, "2023-07-18"),
    ("Jökull Outdoor", "EU-N", "starter", 2_900, "2024-03-22"),
]


def call(base, method, path, data=None):
    """Send one request as the demo user and return the decoded reply."""
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    request = urllib.request.Request(
        base + path,
        method=method,
        data=None if data is None else json.dumps({"data": data}).encode(),
        headers={"Authorization": f"Basic {login}", "Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=5) as reply:
        return json.load(reply)


def wait_for_server(base):
    """Return when the server answers; give up after START_SECONDS."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            return call(base, "GET", "/")
        except (urllib.error.URLError, OSError) as error:
            if time.monotonic() > deadline:
                sys.exit(f"no answer from {base} within {START_SECONDS} s: {error}")
            time.sleep(0.1)


def seed(base):
    """Create the bucket, its two collections and the customers."""
    for path in ("/buckets/crm", CUSTOMERS, SUMMARIES):
        call(base, "PUT", path, {})
    for number, (name, region, plan, amount, signed_up) in enumerate(ROWS, start=1):
        customer = {
            "name": name,
            "region": region,
            "plan": plan,
            "amount": amount,
            "signed_up": signed_up,
            "last_modified": 1_700_000_000_000 + number * 1_000,
        }
        call(base, "PUT", f"{CUSTOMERS}/records/cust-{number:04}", customer)
    return len(call(base, "GET", f"{CUSTOMERS}/records")["data"])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    base = sys.argv[1].rstrip("/")
    wait_for_server(base)
    print(f"seeded {seed(base)} customers at {base}")
