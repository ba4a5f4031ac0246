// The openai package for JavaScript meets OpenAI's shapes.

import OpenAI from "openai";

import { asks, base, finish, raises } from "./checks.mjs";

function chat(path, maxRetries = 0) {
  const client = new OpenAI({ apiKey: "none", baseURL: `${base}/${path}`, maxRetries });
  return () => client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
}

await raises("openai.mjs: openai.429.tpm", OpenAI.RateLimitError, chat("openai.429.tpm"), { type: "tokens" });
await raises("openai.mjs: openai.429.quota", OpenAI.RateLimitError, chat("openai.429.quota"), { code: "insufficient_quota" });
await raises("openai.mjs: oa.ctx", OpenAI.BadRequestError, chat("oa.ctx"), { code: "context_length_exceeded" });
await raises("openai.mjs: openai.500", OpenAI.InternalServerError, chat("openai.500"), { status: 500 });
await raises("openai.mjs: gateway.envoy.503", OpenAI.InternalServerError, chat("gateway.envoy.503"), { status: 503 });
await asks("openai.mjs: azure.429 honours retry-after-ms", "until/2100/js/azure.429", 2, chat("until/2100/js/azure.429", 2), 2.1);
await asks("openai.mjs: notion.429 honours retry-after", "until/2000/js/notion.429", 2, chat("until/2000/js/notion.429", 2), 2);
finish();
