"""The anthropic package meets Anthropic's shapes."""

import anthropic

from checks import BASE, asks, finish, raises

HI = [{"role": "user", "content": "hi"}]


def message(path, retries=0):
    client = anthropic.Anthropic(api_key="none", base_url=f"{BASE}/{path}", max_retries=retries)
    return lambda: client.messages.create(model="some-model", max_tokens=16, messages=HI)


raises("anthropic: anthropic.429", anthropic.RateLimitError, message("anthropic.429"), {"status_code": 429})
raises("anthropic: anthropic.429.spend", anthropic.EnforcedSpendLimitReachedError, message("anthropic.429.spend"), {"status_code": 429})
raises("anthropic: anthropic.529", anthropic.OverloadedError, message("anthropic.529"), {"status_code": 529})
raises("anthropic: an.ctx_400", anthropic.BadRequestError, message("an.ctx_400"), {"status_code": 400})
raises("anthropic: anthropic.401", anthropic.AuthenticationError, message("anthropic.401"), {"status_code": 401})
place = "until/2000/py/anthropic.429"
asks("anthropic: anthropic.429 honours retry-after", place, 2, message(place, retries=2), least=2.0)
finish()
