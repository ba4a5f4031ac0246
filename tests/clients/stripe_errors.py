"""The stripe package meets Stripe's shapes."""

import stripe

from checks import BASE, asks, finish, raises


def customers(path, retries=0):
    client = stripe.StripeClient("sk_test_none", base_addresses={"api": f"{BASE}/{path}"}, max_network_retries=retries)
    return lambda: client.v1.customers.create({"email": "a@example.com"})


raises("stripe: stripe.rate_limit", stripe.RateLimitError, customers("stripe.rate_limit"), {"error.code": "rate_limit"})
raises("stripe: stripe.rate_limit.legacy", stripe.RateLimitError, customers("stripe.rate_limit.legacy"), {"http_status": 400})
raises("stripe: stripe.lock_timeout", stripe.RateLimitError, customers("stripe.lock_timeout"), {"error.code": "lock_timeout"})
raises("stripe: stripe.idempotency_conflict", stripe.IdempotencyError, customers("stripe.idempotency_conflict"))
raises("stripe: stripe.404", stripe.InvalidRequestError, customers("stripe.404"), {"code": "resource_missing"})
place = "until/100/py/stripe.rate_limit"
asks("stripe: stripe.rate_limit is not retried", place, 1, customers(place, retries=2), fails=stripe.RateLimitError)
place = "until/100/py/stripe.lock_timeout"
asks("stripe: stripe.lock_timeout is retried, for it says so", place, 2, customers(place, retries=1))
finish()
