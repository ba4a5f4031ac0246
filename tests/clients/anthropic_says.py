"""The anthropic package meets what models say on Anthropic's wire, as they say it and bent."""

import anthropic
import httpx2

from checks import BASE, PLAIN, arguments, compact, finish, gives, raises, sayings

SAID = sayings()
ASKED = {"model": "some-model", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]}


def client(path):
    # The client itself says whether a reply has the form that its types promise.
    return anthropic.Anthropic(api_key="none", base_url=f"{BASE}/says/{path}", max_retries=0, timeout=5, _strict_response_validation=True)


def of(message):
    return {
        "text": "".join(block.text for block in message.content if block.type == "text"),
        "calls": [(block.id, block.name, block.input) for block in message.content if block.type == "tool_use"],
        "others": [block.to_dict() for block in message.content if block.type == "thinking"],
        "stop": message.stop_reason,
        "tokens": (message.usage.input_tokens, message.usage.output_tokens),
    }


def message(path):
    return lambda: of(client(path).messages.create(**ASKED))


def loop(path, timeout=5):
    """As agents do it that put the pieces together themselves."""

    def call():
        said = {"text": "", "stop": None, "last": None}
        calls = {}
        for event in client(path).with_options(timeout=timeout).messages.create(**ASKED, stream=True):
            said["last"] = event.type
            if event.type == "message_start":
                read = event.message.usage.input_tokens
            elif event.type == "content_block_start" and event.content_block.type == "tool_use":
                calls[event.index] = [event.content_block.id, event.content_block.name, ""]
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                said["text"] += event.delta.text
            elif event.type == "content_block_delta" and event.delta.type == "input_json_delta":
                calls[event.index][2] += event.delta.partial_json
            elif event.type == "message_delta":
                said["stop"] = event.delta.stop_reason
                said["tokens"] = (read, event.usage.output_tokens)
        return {**said, "calls": [(id, name, arguments(text)) for id, name, text in calls.values()]}

    return call


def helper(path):
    def call():
        with client(path).messages.stream(**ASKED) as stream:
            return of(stream.get_final_message())

    return call


FORMS = {"in one piece": message, "streamed": loop, "put together by the client": helper}
STREAMS = {"streamed": loop, "put together by the client": helper}

for form, call in FORMS.items():
    for saying, said in ((saying, SAID[saying]) for saying in PLAIN):
        stop = "tool_use" if said["calls"] else "end_turn"
        gives(f"anthropic, {form}: {saying} is as it was said", call(f"{saying}/unbent"), {**said, "stop": stop, "tokens": (12, 7)})
for form in ("in one piece", "put together by the client"):
    gives(f"anthropic, {form}: a thought and its signature are as they were said", FORMS[form]("thought/unbent"),
          {**SAID["thought"], "others": [SAID["thought"]["others"][0]["anthropic"]]})
for pieces in ("byte_by_byte", "one_piece", "in_characters", "in_lines"):
    for form, call in STREAMS.items():
        gives(f"anthropic, {form}: two_calls {pieces} is as it was said", call(f"two_calls/refragmented_stream:{pieces}"),
              {**SAID["two_calls"], "stop": "tool_use"})

# What fails, before the first word and in the middle.
for form, call in FORMS.items():
    raises(f"anthropic, {form}: model_error:overloaded", anthropic.OverloadedError, call("text/model_error:overloaded"), {"status_code": 529})
raises("anthropic: model_error:limited", anthropic.RateLimitError, loop("text/model_error:limited"), {"type": "rate_limit_error"})
raises("anthropic: model_error:internal", anthropic.InternalServerError, loop("text/model_error:internal"), {"type": "api_error"})
raises("anthropic: context_overflow:refused", anthropic.BadRequestError, loop("text/context_overflow:refused"), {"type": "invalid_request_error"})
for form, call in STREAMS.items():
    for place in ("text/model_midstream_error:in_text", "call/model_midstream_error:in_arguments", "text/model_midstream_error:before_the_first"):
        # Its status is the one of the stream.
        raises(f"anthropic, {form}: {place}", anthropic.APIStatusError, call(place), {"type": "overloaded_error", "status_code": 200})
raises("anthropic, streamed: a silent stream", httpx2.ReadTimeout, loop("text/model_stall:in_text", timeout=0.5))

# What a model says badly.
for form, call in FORMS.items():
    gives(f"anthropic, {form}: a refusal has no text, and the reason of the stop says so", call("text/refusal"), {"text": "", "calls": [], "stop": "refusal"})
    gives(f"anthropic, {form}: an empty reply has no text", call("text/empty_reply"), {"text": "", "calls": [], "stop": "end_turn"})
    gives(f"anthropic, {form}: a full context window is the reason of the stop", call("text/context_overflow:stopped"),
          {"stop": "model_context_window_exceeded"})
[(ID, NAME, ARGUMENTS)] = SAID["call"]["calls"]
gives("anthropic, streamed: a truncated call has half its arguments, and the reason of the stop says so", loop("call/truncated_call"),
      {"calls": [(ID, NAME, '{"city":"Zürich","days":3,"fields":["')], "stop": "max_tokens"})
gives("anthropic, put together by the client: a truncated call has whole arguments with less in them, and only the reason of the stop says so",
      helper("call/truncated_call"), {"calls": [(ID, NAME, {"city": "Zürich", "days": 3, "fields": []})], "stop": "max_tokens"})
for form in ("quotes_and_comma", "fenced", "double_encoded"):
    raises(f"anthropic, put together by the client: malformed_arguments:{form}", ValueError, helper(f"call/malformed_arguments:{form}"))
gives("anthropic, put together by the client: of two objects in the arguments it takes the first, and no error is raised",
      helper("call/malformed_arguments:two_objects"), {"calls": [(ID, NAME, ARGUMENTS)], "stop": "tool_use"})
gives("anthropic, streamed: malformed arguments are given as the text that they are",
      loop("call/malformed_arguments:fenced"), {"calls": [(ID, NAME, f"```json\n{compact(ARGUMENTS)}\n```")]})

# What is cut off: what the operator's `good` relies on.
SAID_HALF = "The café in Zürich is open until 23:00, and a"
for form, call in STREAMS.items():
    gives(f"anthropic, {form}: a stream cut in the text gives the half, and no error is raised",
          call("text/model_stream_cut:in_text"), {"text": SAID_HALF, "stop": None})
    gives(f"anthropic, {form}: a stream cut before the finish gives everything but the reason of the stop",
          call("call/model_stream_cut:before_finish"), {**SAID["call"], "stop": None})
    gives(f"anthropic, {form}: a stream without its terminator gives everything",
          call("call/model_stream_cut:no_terminator"), {**SAID["call"], "stop": "tool_use"})
    gives(f"anthropic, {form}: a stream cut in a line loses the line, and no error is raised",
          call("text/model_stream_cut:in_a_line"), {"text": "", "stop": None})
    raises(f"anthropic, {form}: a stream cut in a character", UnicodeDecodeError, call("text/model_stream_cut:in_a_character"))
gives("anthropic, streamed: a stream cut in the arguments gives the half, and no error is raised",
      loop("call/model_stream_cut:in_arguments"), {"calls": [(ID, NAME, '{"city":"Zürich","days":3,"fields":["wind","rai')], "stop": None})
gives("anthropic, put together by the client: a stream cut in the arguments gives whole arguments with less in them, and no error is raised",
      helper("call/model_stream_cut:in_arguments"), {"calls": [(ID, NAME, {"city": "Zürich", "days": 3, "fields": ["wind"]})], "stop": None})
finish()
