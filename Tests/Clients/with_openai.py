"""OpenAI's Python client against `quern serve`, which has the sample chat model as `chat`. OLLAMA_HOST names the server."""

import json
import os

import openai

from tools import WEATHER

client = openai.OpenAI(base_url=f"http://{os.environ['OLLAMA_HOST']}/v1", api_key="none")


def ask(text, **more):
    return client.chat.completions.create(
        model="chat", messages=[{"role": "user", "content": text}], temperature=0, reasoning_effort="none", **more
    )


def chat():
    answer = ask("What is the capital of Peru?")
    (choice,) = answer.choices
    assert choice.message.content == "The capital of Peru is Lima." and choice.finish_reason == "stop"
    assert answer.usage.total_tokens == answer.usage.prompt_tokens + answer.usage.completion_tokens > 10
    assert ask("What is the capital of Peru?", max_completion_tokens=2).choices[0].finish_reason == "length"
    assert len(ask("Hello there!", n=2).choices) == 2
    entries = ask("What is the capital of Peru?", logprobs=True, top_logprobs=3).choices[0].logprobs.content
    assert "".join(entry.token for entry in entries) == "The capital of Peru is Lima."
    assert all(len(entry.top_logprobs) == 3 and bytes(entry.bytes).decode() == entry.token for entry in entries)


def streaming():
    chunks = list(ask("Hello there!", stream=True, stream_options={"include_usage": True}))
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Hello! How can I help you today?"
    assert chunks[0].choices[0].delta.role == "assistant" and chunks[-1].usage.completion_tokens > 3
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert len({(chunk.id, chunk.created) for chunk in chunks}) == 1


def thinking():
    answer = client.chat.completions.create(
        model="chat", messages=[{"role": "user", "content": "What is 17 × 23?"}], temperature=0, reasoning_effort="medium"
    )
    assert answer.choices[0].message.content == "17 × 23 = 391" and answer.choices[0].message.reasoning.startswith("23 is")


def tools():
    message = ask("What is the weather in Paris?", tools=[WEATHER]).choices[0]
    (call,) = message.message.tool_calls
    assert message.finish_reason == "tool_calls" and call.function.name == "get_current_weather"
    assert json.loads(call.function.arguments) == {"city": "Paris"} and call.id.startswith("call_")
    chunks = list(ask("What is the weather in Paris?", tools=[WEATHER], stream=True))
    calls = [call for chunk in chunks for call in chunk.choices[0].delta.tool_calls or []]
    assert [call.function.name for call in calls] == ["get_current_weather"] and chunks[-1].choices[0].finish_reason == "tool_calls"
    call = message.message.tool_calls[0]
    history = [
        {"role": "user", "content": "What is the weather in Paris?"},
        {"role": "assistant", "content": None, "tool_calls": [call.model_dump()]},
        {"role": "tool", "tool_call_id": call.id, "content": '{"temperature": 18, "condition": "sunny"}'},
    ]
    answer = client.chat.completions.create(model="chat", messages=history, tools=[WEATHER], temperature=0, reasoning_effort="none")
    assert "sunny" in answer.choices[0].message.content, answer


def formats():
    answer = ask("Tell me about Japan. Respond in JSON.", response_format={"type": "json_object"})
    assert json.loads(answer.choices[0].message.content)["capital"] == "Tokyo"
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"], "additionalProperties": False}
    answer = ask(
        "Ana is 22 years old and lives in Lima. Respond in JSON.",
        response_format={"type": "json_schema", "json_schema": {"name": "person", "schema": schema}},
    )
    # What number it is, a model of five million weights does not tell reliably.
    (age,) = json.loads(answer.choices[0].message.content).values()
    assert isinstance(age, int), answer


def completions():
    answer = client.completions.create(model="chat", prompt="Hello there!", temperature=0, max_tokens=5)
    assert answer.choices[0].finish_reason == "length" and answer.usage.completion_tokens == 5
    chunks = list(client.completions.create(model="chat", prompt="Hello there!", temperature=0, max_tokens=5, stream=True))
    assert "".join(chunk.choices[0].text for chunk in chunks) == answer.choices[0].text


def embeddings():
    plain = client.embeddings.create(model="vectors", input=["the sky is blue", "llamas hum"], encoding_format="float")
    # The client asks for base64 by itself.
    packed = client.embeddings.create(model="vectors", input=["the sky is blue", "llamas hum"])
    for one, other in zip(plain.data, packed.data):
        assert max(abs(x - y) for x, y in zip(one.embedding, other.embedding)) < 1e-6
    assert plain.usage.total_tokens > 4


def responses():
    settings = {"model": "chat", "input": "What is the capital of Peru?", "temperature": 0, "reasoning": {"effort": "none"}}
    answer = client.responses.create(**settings)
    assert answer.output_text == "The capital of Peru is Lima." and answer.status == "completed"
    events = list(client.responses.create(**settings, stream=True))
    assert "".join(event.delta for event in events if event.type == "response.output_text.delta") == answer.output_text
    assert events[-1].type == "response.completed" and events[-1].response.output_text == answer.output_text
    tool = {"type": "function", **WEATHER["function"], "strict": False}
    settings |= {"input": "What is the weather in Paris?", "tools": [tool]}
    (call,) = client.responses.create(**settings).output
    assert (call.type, call.name, json.loads(call.arguments)) == ("function_call", "get_current_weather", {"city": "Paris"})
    history = [
        {"role": "user", "content": settings["input"]},
        call.model_dump(exclude_none=True),
        {"type": "function_call_output", "call_id": call.call_id, "output": '{"temperature": 18, "condition": "sunny"}'},
    ]
    assert "sunny" in client.responses.create(**settings | {"input": history}).output_text


def models():
    assert {model.id for model in client.models.list()} == {"chat:latest", "vectors:latest"}
    assert client.models.retrieve("chat").owned_by == "library"


def errors():
    try:
        client.chat.completions.create(model="nothing", messages=[{"role": "user", "content": "a"}])
        raise AssertionError("no error")
    except openai.NotFoundError as error:
        assert error.body["type"] == "not_found_error" and "not found" in error.body["message"]
    try:
        client.chat.completions.create(model="chat", messages=[])
        raise AssertionError("no error")
    except openai.BadRequestError as error:
        assert error.body["message"] == "[] is too short - 'messages'"


for check in [chat, streaming, thinking, tools, formats, completions, embeddings, responses, models, errors]:
    check()
    print(check.__name__)
