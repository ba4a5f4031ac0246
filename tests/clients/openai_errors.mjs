// The openai package for JavaScript meets OpenAI's shapes.

const { default: OpenAI } = await import("openai");

const base = process.env.SHAPES;
let failures = 0;

function line(name, problem) {
  if (problem) failures += 1;
  console.log(problem ? `FAILED ${name}: ${problem}` : `ok ${name}`);
}

function chat(path, maxRetries = 0) {
  const client = new OpenAI({ apiKey: "none", baseURL: `${base}/${path}`, maxRetries });
  return () => client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
}

async function raises(name, kind, call, expected = {}) {
  let error;
  try {
    await call();
  } catch (raised) {
    error = raised;
  }
  let problem = error?.constructor === kind ? undefined : `raised ${error?.constructor.name}: ${error?.message}`;
  for (const [member, value] of Object.entries(expected)) {
    if (!problem && error[member] !== value) problem = `${member} is ${error[member]}, not ${value}`;
  }
  line(`${name} -> ${kind.name}`, problem);
}

async function asks(name, place, requests, call, least) {
  const begin = performance.now();
  let problem;
  try {
    await call();
  } catch (error) {
    problem = `raised ${error.constructor.name}: ${error.message}`;
  }
  const seconds = (performance.now() - begin) / 1000;
  const asked = Number(await (await fetch(`${base}/count/${place}`)).text());
  if (!problem && asked !== requests) problem = `asked ${asked} times`;
  if (!problem && seconds < least) problem = `took ${seconds.toFixed(2)} s`;
  line(`${name}: ${requests} requests in ${least} s or more`, problem);
}

await raises("openai.mjs: openai.429.tpm", OpenAI.RateLimitError, chat("openai.429.tpm"), { type: "tokens" });
await raises("openai.mjs: openai.429.quota", OpenAI.RateLimitError, chat("openai.429.quota"), { code: "insufficient_quota" });
await raises("openai.mjs: oa.ctx", OpenAI.BadRequestError, chat("oa.ctx"), { code: "context_length_exceeded" });
await raises("openai.mjs: openai.500", OpenAI.InternalServerError, chat("openai.500"), { status: 500 });
await raises("openai.mjs: gateway.envoy.503", OpenAI.InternalServerError, chat("gateway.envoy.503"), { status: 503 });
await asks("openai.mjs: azure.429 honours retry-after-ms", "until/2100/js/azure.429", 2, chat("until/2100/js/azure.429", 2), 2.1);
await asks("openai.mjs: notion.429 honours retry-after", "until/2000/js/notion.429", 2, chat("until/2000/js/notion.429", 2), 2);
process.exit(failures ? 1 : 0);
