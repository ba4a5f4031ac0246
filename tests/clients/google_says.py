"""The google-genai package meets what models say on Gemini's wire, as they say it and bent."""

from google import genai
from google.genai import errors, types

from checks import BASE, PLAIN, finish, gives, raises, sayings

SAID = sayings()


def client(path):
    return genai.Client(api_key="none", http_options=types.HttpOptions(base_url=f"{BASE}/says/{path}", timeout=5000))


def of(responses):
    said = {"text": "", "calls": [], "others": [], "stop": None, "tokens": None}
    for response in responses:
        [candidate] = response.candidates
        for part in (candidate.content and candidate.content.parts) or []:
            if part.thought:
                said["others"].append({"text": part.text, "thought": True})
            else:
                said["text"] += part.text or ""
            if part.function_call:
                said["calls"].append((part.function_call.id, part.function_call.name, part.function_call.args))
        said["stop"] = candidate.finish_reason.name if candidate.finish_reason else said["stop"]
        said["tokens"] = response.usage_metadata.total_token_count
    return said


def whole(path):
    def call():
        # The client closes its connections when nobody holds it.
        with client(path) as held:
            return of([held.models.generate_content(model="some-model", contents="hi")])

    return call


def streamed(path):
    def call():
        with client(path) as held:
            return of(held.models.generate_content_stream(model="some-model", contents="hi"))

    return call


FORMS = {"in one piece": whole, "streamed": streamed}

for form, call in FORMS.items():
    for saying, said in ((saying, SAID[saying]) for saying in PLAIN):
        gives(f"google-genai, {form}: {saying} is as it was said", call(f"{saying}/unbent"), {**said, "stop": "STOP", "tokens": 19})
    gives(f"google-genai, {form}: a thought is as it was said", call("thought/unbent"),
          {**SAID["thought"], "others": [SAID["thought"]["others"][0]["gemini"]]})
    raises(f"google-genai, {form}: model_error:overloaded", errors.ServerError, call("text/model_error:overloaded"), {"code": 503, "status": "UNAVAILABLE"})
    raises(f"google-genai, {form}: model_error:limited", errors.ClientError, call("text/model_error:limited"), {"code": 429, "status": "RESOURCE_EXHAUSTED"})
    raises(f"google-genai, {form}: context_overflow:refused", errors.ClientError, call("text/context_overflow:refused"), {"code": 400})
    gives(f"google-genai, {form}: an empty reply is an empty text", call("text/empty_reply"), {"text": "", "calls": [], "stop": "STOP"})
    gives(f"google-genai, {form}: a filtered reply has no text, and the reason of the stop says so", call("text/content_filter:at_once"),
          {"text": "", "stop": "SAFETY"})
    gives(f"google-genai, {form}: a malformed call is not there, and the reason of the stop says so",
          call("call/malformed_arguments:malformed_function_call"), {"calls": [], "stop": "MALFORMED_FUNCTION_CALL"})
for pieces in ("byte_by_byte", "one_piece", "in_characters", "in_lines"):
    gives(f"google-genai, streamed: two_calls {pieces} is as it was said", streamed(f"two_calls/refragmented_stream:{pieces}"),
          {**SAID["two_calls"], "stop": "STOP"})

# What is cut off: what the operator's `good` relies on.
gives("google-genai, streamed: a stream cut in the text gives the half, and no error is raised",
      streamed("text/model_stream_cut:in_text"), {"text": "The café in Zürich is open until 23:00,", "stop": None})
gives("google-genai, streamed: a stream cut before the finish loses what comes with it, and no error is raised",
      streamed("text/model_stream_cut:before_finish"), {"text": "The café in Zürich is open until 23:00, and a table for two by the window", "stop": None})
for place in ("in_a_line", "in_a_character"):
    raises(f"google-genai, streamed: model_stream_cut:{place}", errors.UnknownApiResponseError, streamed(f"text/model_stream_cut:{place}"))
finish()
