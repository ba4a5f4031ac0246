// The openai package for JavaScript meets what models say on OpenAI's wires, as they say it and bent.

import OpenAI from "openai";

import { base, finish, gives, parsed, raises, sayings } from "./checks.mjs";

const messages = [{ role: "user", content: "hi" }];
const asked = { model: "some-model", input: "hi", store: false };
const said = await sayings();

function client(path) {
  return new OpenAI({ apiKey: "none", baseURL: `${base}/says/${path}`, maxRetries: 0, timeout: 5000, logLevel: "off" });
}

function ofChat({ choices: [{ message, finish_reason }] }) {
  const calls = (message.tool_calls ?? []).map((call) => [call.id, call.function.name, parsed(call.function.arguments)]);
  return { text: message.content ?? "", calls, stop: finish_reason ?? null, refusal: message.refusal ?? null };
}

const chat = (path) => async () => ofChat(await client(path).chat.completions.create({ model: "some-model", messages }));

// As agents do it that put the pieces together themselves.
const chatLoop = (path) => async () => {
  const all = { text: "", refusal: null, stop: null };
  const calls = [];
  for await (const chunk of await client(path).chat.completions.create({ model: "some-model", messages, stream: true })) {
    for (const { delta, finish_reason } of chunk.choices) {
      all.text += delta.content ?? "";
      if (delta.refusal) all.refusal = (all.refusal ?? "") + delta.refusal;
      all.stop = finish_reason ?? all.stop;
      for (const piece of delta.tool_calls ?? []) {
        const call = (calls[piece.index] ??= ["", "", ""]);
        call[0] += piece.id ?? "";
        call[1] += piece.function.name ?? "";
        call[2] += piece.function.arguments ?? "";
      }
    }
  }
  return { ...all, calls: calls.map(([id, name, text]) => [id, name, parsed(text)]) };
};

const chatHelper = (path) => async () =>
  ofChat(await client(path).chat.completions.stream({ model: "some-model", messages }).finalChatCompletion());

function ofResponse(response) {
  const calls = response.output.filter((item) => item.type === "function_call");
  const contents = response.output.filter((item) => item.type === "message").flatMap((item) => item.content);
  return {
    text: response.output_text,
    calls: calls.map((call) => [call.call_id, call.name, parsed(call.arguments)]),
    stop: response.status,
    refusal: contents.find((content) => content.type === "refusal")?.refusal ?? null,
  };
}

const response = (path) => async () => ofResponse(await client(path).responses.create(asked));

const responseLoop = (path) => async () => {
  const all = { text: "", refusal: null, stop: null, last: null };
  const calls = new Map();
  for await (const event of await client(path).responses.create({ ...asked, stream: true })) {
    all.last = event.type;
    if (event.type === "response.output_text.delta") all.text += event.delta;
    if (event.type === "response.refusal.delta") all.refusal = (all.refusal ?? "") + event.delta;
    if (event.type === "response.output_item.added" && event.item.type === "function_call") {
      calls.set(event.output_index, [event.item.call_id, event.item.name, ""]);
    }
    if (event.type === "response.function_call_arguments.delta") calls.get(event.output_index)[2] += event.delta;
    if (event.type === "response.completed" || event.type === "response.incomplete") all.stop = event.response.status;
    if (event.type === "error") all.code = event.code;
  }
  return { ...all, calls: [...calls.values()].map(([id, name, text]) => [id, name, parsed(text)]) };
};

const responseHelper = (path) => async () => ofResponse(await client(path).responses.stream(asked).finalResponse());

const chats = { "in one piece": chat, streamed: chatLoop, "put together by the client": chatHelper };
const responses = { "in one piece": response, streamed: responseLoop, "put together by the client": responseHelper };

for (const [name, expected] of Object.entries(said)) {
  const stop = expected.calls.length ? "tool_calls" : "stop";
  for (const [form, call] of Object.entries(chats)) {
    await gives(`openai.mjs chat, ${form}: ${name} is as it was said`, call(`${name}/unbent`), { ...expected, stop });
  }
  for (const [form, call] of Object.entries(responses)) {
    await gives(`openai.mjs responses, ${form}: ${name} is as it was said`, call(`${name}/unbent`), { ...expected, stop: "completed" });
  }
}
for (const pieces of ["byte_by_byte", "one_piece", "in_characters", "in_lines"]) {
  const path = `two_calls/refragmented_stream:${pieces}`;
  await gives(`openai.mjs chat, streamed: two_calls ${pieces} is as it was said`, chatLoop(path), said.two_calls);
  await gives(`openai.mjs responses, streamed: two_calls ${pieces} is as it was said`, responseLoop(path), said.two_calls);
}

// What fails, before the first word and in the middle.
for (const [form, call] of Object.entries(chats)) {
  await raises(`openai.mjs chat, ${form}: model_error:overloaded`, OpenAI.InternalServerError, call("text/model_error:overloaded"), { status: 503 });
}
for (const place of ["text/model_midstream_error:in_text", "call/model_midstream_error:in_arguments"]) {
  await raises(`openai.mjs chat, streamed: ${place}`, OpenAI.APIError, chatLoop(place), { type: "server_error" });
  await raises(`openai.mjs responses, streamed: ${place}`, OpenAI.APIError, responseLoop(place), { code: "rate_limit_exceeded" });
  await raises(`openai.mjs chat, put together by the client: ${place}`, OpenAI.APIError, chatHelper(place), { type: "server_error" });
  await raises(`openai.mjs responses, put together by the client: ${place}`, OpenAI.APIError, responseHelper(place), { code: "rate_limit_exceeded" });
}

// What a model says badly.
const refusal = "I'm sorry, but I can't help with that.";
const [[id, tool, whole]] = said.call.calls;
const half = [[id, tool, '{"city":"Zürich","days":3,"fields":["']];
for (const form of ["in one piece", "streamed"]) {
  await gives(`openai.mjs chat, ${form}: a refusal is in the field for it`, chats[form]("text/refusal"), { refusal, text: "", stop: "stop" });
  await gives(`openai.mjs responses, ${form}: a refusal is in the field for it`, responses[form]("text/refusal"), { refusal, text: "", stop: "completed" });
  await gives(`openai.mjs chat, ${form}: a truncated call has half its arguments, and the reason of the stop says so`,
    chats[form]("call/truncated_call"), { calls: half, stop: "length" });
  await gives(`openai.mjs responses, ${form}: a truncated call has half its arguments, and the status says so`,
    responses[form]("call/truncated_call"), { calls: half, stop: "incomplete" });
  await gives(`openai.mjs chat, ${form}: malformed arguments are given as the text that they are`, chats[form]("call/malformed_arguments:fenced"),
    { calls: [[id, tool, `\`\`\`json\n${JSON.stringify(whole)}\n\`\`\``]], stop: "tool_calls" });
}

// What is cut off: what the operator's `good` relies on.
const cut = { text: "The café in Zürich is open until 23:00, and a", stop: null };
const cutCall = { calls: [[id, tool, '{"city":"Zürich","days":3,"fields":["wind","rai']], stop: null };
await gives("openai.mjs chat, streamed: a stream cut in the text gives the half, and no error is raised", chatLoop("text/model_stream_cut:in_text"), cut);
await gives("openai.mjs chat, streamed: a stream cut in the arguments gives the half, and no error is raised",
  chatLoop("call/model_stream_cut:in_arguments"), cutCall);
await gives("openai.mjs chat, streamed: a stream without its terminator gives everything",
  chatLoop("call/model_stream_cut:no_terminator"), { ...said.call, stop: "tool_calls" });
await gives("openai.mjs responses, streamed: a stream cut in the text gives the half, and no error is raised", responseLoop("text/model_stream_cut:in_text"), cut);
await gives("openai.mjs responses, streamed: a stream cut in the arguments gives the half, and no error is raised",
  responseLoop("call/model_stream_cut:in_arguments"), cutCall);
for (const place of ["text/model_stream_cut:in_text", "call/model_stream_cut:in_arguments", "call/model_stream_cut:before_finish"]) {
  await raises(`openai.mjs chat, put together by the client: ${place}`, OpenAI.OpenAIError, chatHelper(place));
}
const going = "in_progress";
await gives("openai.mjs responses, put together by the client: a stream cut in the text gives the half, and only the status says so",
  responseHelper("text/model_stream_cut:in_text"), { ...cut, stop: going });
await gives("openai.mjs responses, put together by the client: a stream cut in the arguments gives the half, and only the status says so",
  responseHelper("call/model_stream_cut:in_arguments"), { ...cutCall, stop: going });
await gives("openai.mjs responses, put together by the client: a stream cut before the finish gives everything, and only the status says so",
  responseHelper("call/model_stream_cut:before_finish"), { ...said.call, stop: going });
for (const place of ["in_a_line", "in_a_character"]) {
  await raises(`openai.mjs chat, streamed: model_stream_cut:${place}`, SyntaxError, chatLoop(`text/model_stream_cut:${place}`));
}
finish();
