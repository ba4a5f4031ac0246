"""The openai package meets what models say on OpenAI's wires, as they say it and bent."""

import openai

from checks import BASE, PLAIN, arguments, compact, finish, gives, raises, sayings

HI = [{"role": "user", "content": "hi"}]
SAID = sayings()


def client(path):
    # The client itself says whether a reply has the form that its types promise.
    return openai.OpenAI(api_key="none", base_url=f"{BASE}/says/{path}", max_retries=0, timeout=5, _strict_response_validation=True)


def of_call(call):
    if call.type == "custom":
        return (call.id, call.custom.name, call.custom.input)
    return (call.id, call.function.name, arguments(call.function.arguments))


def of_chat(completion):
    [choice] = completion.choices
    return {
        "text": choice.message.content or "",
        "calls": [of_call(call) for call in choice.message.tool_calls or []],
        "stop": choice.finish_reason,
        "refusal": choice.message.refusal,
        "tokens": completion.usage and completion.usage.total_tokens,
    }


def chat(path):
    return lambda: of_chat(client(path).chat.completions.create(model="some-model", messages=HI))


def chat_loop(path, timeout=5):
    """As agents do it that put the pieces together themselves."""

    def call():
        said = {"text": "", "refusal": None, "stop": None, "tokens": None}
        calls = {}
        for chunk in client(path).with_options(timeout=timeout).chat.completions.create(
            model="some-model", messages=HI, stream=True, stream_options={"include_usage": True}
        ):
            said["tokens"] = chunk.usage.total_tokens if chunk.usage else said["tokens"]
            for choice in chunk.choices:
                said["text"] += choice.delta.content or ""
                if choice.delta.refusal:
                    said["refusal"] = (said["refusal"] or "") + choice.delta.refusal
                said["stop"] = choice.finish_reason or said["stop"]
                for piece in choice.delta.tool_calls or []:
                    call = calls.setdefault(piece.index, ["", "", ""])
                    call[0] += piece.id or ""
                    call[1] += piece.function.name or ""
                    call[2] += piece.function.arguments or ""
        return {**said, "calls": [(id, name, arguments(text)) for id, name, text in calls.values()]}

    return call


def chat_helper(path):
    def call():
        options = {"include_usage": True}
        with client(path).chat.completions.stream(model="some-model", messages=HI, stream_options=options) as stream:
            return of_chat(stream.get_final_completion())

    return call


def of_response(response):
    calls = [item for item in response.output if item.type in ("function_call", "custom_tool_call")]
    contents = [content for item in response.output if item.type == "message" for content in item.content]
    return {
        "text": response.output_text,
        "calls": [(call.call_id, call.name, call.input if "custom" in call.type else arguments(call.arguments)) for call in calls],
        "others": [item.to_dict() for item in response.output if item.type == "reasoning"],
        "stop": response.status,
        "why": response.incomplete_details and response.incomplete_details.reason,
        "refusal": next((content.refusal for content in contents if content.type == "refusal"), None),
        "tokens": response.usage and response.usage.total_tokens,
    }


ASKED = {"model": "some-model", "input": "hi", "store": False}


def response(path):
    return lambda: of_response(client(path).responses.create(**ASKED))


def response_loop(path):
    def call():
        said = {"text": "", "refusal": "", "others": [], "last": None, "stop": None}
        calls = {}
        for event in client(path).responses.create(**ASKED, stream=True):
            said["last"] = event.type
            if event.type == "response.output_text.delta":
                said["text"] += event.delta
            elif event.type == "response.refusal.delta":
                said["refusal"] += event.delta
            elif event.type == "response.output_item.added" and event.item.type in ("function_call", "custom_tool_call"):
                calls[event.output_index] = [event.item.call_id, event.item.name, ""]
            elif event.type == "response.output_item.done" and event.item.type == "reasoning":
                said["others"].append(event.item.to_dict())
            elif event.type in ("response.function_call_arguments.delta", "response.custom_tool_call_input.delta"):
                calls[event.output_index][2] += event.delta
            elif event.type in ("response.completed", "response.incomplete"):
                said["stop"] = event.response.status
            elif event.type == "error":
                said["code"] = event.code
        return {**said, "calls": [(id, name, arguments(text)) for id, name, text in calls.values()]}

    return call


def response_helper(path):
    def call():
        with client(path).responses.stream(**ASKED) as stream:
            return of_response(stream.get_final_response())

    return call


CHAT = {"in one piece": chat, "streamed": chat_loop, "put together by the client": chat_helper}
RESPONSES = {"in one piece": response, "streamed": response_loop, "put together by the client": response_helper}
PIECES = ("byte_by_byte", "one_piece", "in_characters", "in_lines")

for form, call in CHAT.items():
    for saying, said in ((saying, SAID[saying]) for saying in PLAIN):
        stop = "tool_calls" if said["calls"] else "stop"
        gives(f"openai chat, {form}: {saying} is as it was said", call(f"{saying}/unbent"), {**said, "stop": stop, "tokens": 19})
for form, call in RESPONSES.items():
    for saying, said in ((saying, SAID[saying]) for saying in PLAIN):
        gives(f"openai responses, {form}: {saying} is as it was said", call(f"{saying}/unbent"), {**said, "stop": "completed"})
gives("openai chat, in one piece: a call of a custom tool is as it was said", chat("custom/unbent"), {**SAID["custom"], "stop": "tool_calls"})
for form, call in RESPONSES.items():
    gives(f"openai responses, {form}: a call of a custom tool is as it was said", call("custom/unbent"), {**SAID["custom"], "stop": "completed"})
    gives(f"openai responses, {form}: a thought is as it was said", call("thought/unbent"),
          {**SAID["thought"], "others": [SAID["thought"]["others"][0]["openai_responses"]]})
gives("openai responses, in one piece: the usage is as it was said", response("text/unbent"), {"tokens": 19})
for pieces in PIECES:
    said, bend = SAID["two_calls"], f"two_calls/refragmented_stream:{pieces}"
    gives(f"openai chat, streamed: two_calls {pieces} is as it was said", chat_loop(bend), {**said, "stop": "tool_calls"})
    gives(f"openai responses, streamed: two_calls {pieces} is as it was said", response_loop(bend), {**said, "stop": "completed"})

# What fails before the first word.
for wire, calls in {"chat": CHAT, "responses": RESPONSES}.items():
    for form, call in calls.items():
        overloaded = call("text/model_error:overloaded")
        raises(f"openai {wire}, {form}: model_error:overloaded", openai.InternalServerError, overloaded, {"status_code": 503})
    limited = calls["streamed"]("text/model_error:limited")
    raises(f"openai {wire}: model_error:limited", openai.RateLimitError, limited, {"code": "rate_limit_exceeded"})
    full = calls["streamed"]("text/context_overflow:refused")
    raises(f"openai {wire}: context_overflow:refused", openai.BadRequestError, full, {"code": "context_length_exceeded"})

# What fails in the middle.
for place in ("text/model_midstream_error:in_text", "call/model_midstream_error:in_arguments", "text/model_midstream_error:before_the_first"):
    raises(f"openai chat, streamed: {place}", openai.APIError, chat_loop(place), {"type": "server_error"})
    gives(f"openai responses, streamed: {place} is the last event, and no error is raised", response_loop(place),
          {"last": "error", "code": "rate_limit_exceeded", "stop": None})
place = "text/model_midstream_error:in_text"
raises(f"openai chat, put together by the client: {place}", openai.APIError, chat_helper(place), {"type": "server_error"})
raises(f"openai responses, put together by the client: {place}", RuntimeError, response_helper(place))
raises("openai chat, streamed: a silent stream", openai.APITimeoutError, chat_loop("text/model_stall:in_text", timeout=0.5))

# What a model says badly.
REFUSAL = "I'm sorry, but I can't help with that."
for form, call in CHAT.items():
    gives(f"openai chat, {form}: a refusal is in the field for it", call("text/refusal"), {"refusal": REFUSAL, "text": "", "stop": "stop"})
    gives(f"openai chat, {form}: an empty reply is an empty text", call("text/empty_reply"), {"text": "", "calls": [], "stop": "stop"})
for form, call in RESPONSES.items():
    gives(f"openai responses, {form}: a refusal is in the field for it", call("text/refusal"), {"refusal": REFUSAL, "text": "", "stop": "completed"})
    gives(f"openai responses, {form}: an empty reply is an empty text", call("text/empty_reply"), {"text": "", "calls": [], "stop": "completed"})
HALF = [("call_1", "weather", '{"city":"Zürich","days":3,"fields":["')]
for form in ("in one piece", "streamed"):
    gives(f"openai chat, {form}: a truncated call has half its arguments, and the reason of the stop says so",
          CHAT[form]("call/truncated_call"), {"calls": HALF, "stop": "length"})
    gives(f"openai responses, {form}: a truncated call has half its arguments, and the status says so",
          RESPONSES[form]("call/truncated_call"), {"calls": HALF, "stop": "incomplete"})
    gives(f"openai chat, {form}: a filtered text ends, and the reason of the stop says so",
          CHAT[form]("text/content_filter:in_text"), {"text": "The café in Zürich is open until 23:00, ", "stop": "content_filter"})
    gives(f"openai responses, {form}: a filtered text ends, and the status says so",
          RESPONSES[form]("text/content_filter:in_text"), {"text": "The café in Zürich is open until 23:00, ", "stop": "incomplete"})
gives("openai responses: the reason of an incomplete reply is there", response("call/truncated_call"), {"why": "max_output_tokens"})
raises("openai chat, put together by the client: a truncated call", openai.LengthFinishReasonError, chat_helper("call/truncated_call"))
raises("openai chat, put together by the client: a filtered text", openai.ContentFilterFinishReasonError, chat_helper("text/content_filter:in_text"))
raises("openai responses, put together by the client: a truncated call", RuntimeError, response_helper("call/truncated_call"))
[(ID, NAME, ARGUMENTS)] = SAID["call"]["calls"]
for wire, calls in {"chat": CHAT, "responses": RESPONSES}.items():
    for form, call in calls.items():
        gives(f"openai {wire}, {form}: malformed arguments are given as the text that they are",
              call("call/malformed_arguments:fenced"), {"calls": [(ID, NAME, f"```json\n{compact(ARGUMENTS)}\n```")]})

# What is cut off: what the operator's `good` relies on.
SAID_HALF = "The café in Zürich is open until 23:00, and a"
CUT_CALL = [(ID, NAME, '{"city":"Zürich","days":3,"fields":["wind","rai')]
for form in ("streamed", "put together by the client"):
    call = CHAT[form]
    gives(f"openai chat, {form}: a stream cut in the text gives the half, and no error is raised",
          call("text/model_stream_cut:in_text"), {"text": SAID_HALF, "stop": None})
    gives(f"openai chat, {form}: a stream cut in the arguments gives the half, and no error is raised",
          call("call/model_stream_cut:in_arguments"), {"calls": CUT_CALL, "stop": None})
    gives(f"openai chat, {form}: a stream cut before the finish gives everything but the reason of the stop",
          call("call/model_stream_cut:before_finish"), {**SAID["call"], "stop": None})
    gives(f"openai chat, {form}: a stream without its terminator gives everything",
          call("call/model_stream_cut:no_terminator"), {**SAID["call"], "stop": "tool_calls"})
    gives(f"openai chat, {form}: a stream cut in a line loses the line, and no error is raised",
          call("text/model_stream_cut:in_a_line"), {"text": "", "stop": None})
    raises(f"openai chat, {form}: a stream cut in a character", UnicodeDecodeError, call("text/model_stream_cut:in_a_character"))
gives("openai responses, streamed: a stream cut in the text gives the half, and no error is raised",
      response_loop("text/model_stream_cut:in_text"), {"text": SAID_HALF, "stop": None})
gives("openai responses, streamed: a stream cut in the arguments gives the half, and no error is raised",
      response_loop("call/model_stream_cut:in_arguments"), {"calls": CUT_CALL, "stop": None})
gives("openai responses, streamed: a stream cut before the finish gives everything but the status",
      response_loop("call/model_stream_cut:before_finish"), {**SAID["call"], "stop": None})
raises("openai responses, streamed: a stream cut in a character", UnicodeDecodeError, response_loop("text/model_stream_cut:in_a_character"))
for place in ("text/model_stream_cut:in_text", "call/model_stream_cut:in_arguments", "call/model_stream_cut:before_finish"):
    raises(f"openai responses, put together by the client: {place}", RuntimeError, response_helper(place))
finish()
