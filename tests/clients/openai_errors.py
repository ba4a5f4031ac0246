"""The openai package meets OpenAI's shapes."""

import openai

from checks import BASE, asks, finish, raises

HI = [{"role": "user", "content": "hi"}]


def chat(path, retries=0):
    client = openai.OpenAI(api_key="none", base_url=f"{BASE}/{path}", max_retries=retries)
    return lambda: client.chat.completions.create(model="gpt-4o", messages=HI)


raises("openai: openai.429.tpm", openai.RateLimitError, chat("openai.429.tpm"), {"code": "rate_limit_exceeded", "type": "tokens"})
raises("openai: openai.429.quota", openai.RateLimitError, chat("openai.429.quota"), {"code": "insufficient_quota"})
raises("openai: oa.ctx", openai.BadRequestError, chat("oa.ctx"), {"code": "context_length_exceeded", "param": "messages"})
raises("openai: azure.filter_400", openai.BadRequestError, chat("azure.filter_400"), {"code": "content_filter"})
raises("openai: openai.401", openai.AuthenticationError, chat("openai.401"), {"code": "invalid_api_key"})
raises("openai: openai.500", openai.InternalServerError, chat("openai.500"), {"status_code": 500})
raises("openai: gateway.nginx.502", openai.InternalServerError, chat("gateway.nginx.502"), {"status_code": 502})

# Retry-After says three seconds, retry-after-ms says less, and counts.
place = "until/2100/py/azure.429"
asks("openai: azure.429 honours retry-after-ms", place, 2, chat(place, retries=2), least=2.1, most=2.95)
place = "until/2000/py/notion.429"
asks("openai: notion.429 honours retry-after", place, 2, chat(place, retries=2), least=2.0)
place = "until/1500/py/shopify.rest.429"
asks("openai: shopify.rest.429 honours a fraction", place, 2, chat(place, retries=2), least=1.5)
place = "until/1500/py/attio.429"
asks("openai: attio.429 honours a date", place, 2, chat(place, retries=2), least=1.5)
asks("openai: openai.429.quota is retried in vain", "openai.429.quota", 4, chat("openai.429.quota", retries=2),
     fails=openai.RateLimitError)
place = "until/200000/py/github_models.429.day"
asks("openai: github_models.429.day is not retried, the wait is too long", place, 1, chat(place, retries=2),
     fails=openai.RateLimitError)
finish()
