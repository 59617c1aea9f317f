"""Anthropic's Python client against `quern serve`, which has the sample chat model as `chat`. OLLAMA_HOST names the server."""

import os

import anthropic

client = anthropic.Anthropic(base_url=f"http://{os.environ['OLLAMA_HOST']}", api_key="none")
WEATHER = {
    "name": "get_current_weather",
    "description": "Get the current weather for a city",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "description": "The name of the city"}},
        "required": ["city"],
    },
}
QUIET = {"type": "disabled"}


def user(text):
    return [{"role": "user", "content": text}]


def messages():
    answer = client.messages.create(model="chat", max_tokens=100, messages=user("What is the capital of Peru?"), thinking=QUIET)
    assert [block.text for block in answer.content] == ["The capital of Peru is Lima."] and answer.stop_reason == "end_turn"
    assert answer.usage.input_tokens > 5 and answer.id.startswith("msg_")
    answer = client.messages.create(model="chat", max_tokens=2, messages=user("What is the capital of Peru?"), thinking=QUIET)
    assert answer.stop_reason == "max_tokens" and answer.usage.output_tokens == 2


def streaming():
    with client.messages.stream(model="chat", max_tokens=100, messages=user("Hello there!"), thinking=QUIET) as stream:
        assert "".join(stream.text_stream) == "Hello! How can I help you today?"
        assert stream.get_final_message().stop_reason == "end_turn"


def thinking():
    with client.messages.stream(
        model="chat", max_tokens=2000, messages=user("What is 17 × 23?"), thinking={"type": "enabled", "budget_tokens": 1024}
    ) as stream:
        kinds = [event.content_block.type for event in stream if event.type == "content_block_start"]
        final = stream.get_final_message()
    assert kinds == ["thinking", "text"] and final.content[0].thinking.startswith("23 is 20 plus 3.")
    assert final.content[1].text == "17 × 23 = 391"


def tools():
    answer = client.messages.create(
        model="chat", max_tokens=200, messages=user("What is the weather in Paris?"), tools=[WEATHER], thinking=QUIET
    )
    (call,) = [block for block in answer.content if block.type == "tool_use"]
    assert answer.stop_reason == "tool_use" and (call.name, call.input) == ("get_current_weather", {"city": "Paris"})
    with client.messages.stream(
        model="chat", max_tokens=200, messages=user("What is the weather in Paris?"), tools=[WEATHER], thinking=QUIET
    ) as stream:
        final = stream.get_final_message()
    assert [block.input for block in final.content if block.type == "tool_use"] == [{"city": "Paris"}]
    history = user("What is the weather in Paris?") + [
        {"role": "assistant", "content": [{"type": "tool_use", "id": call.id, "name": call.name, "input": call.input}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": call.id, "content": '{"temperature": 18, "condition": "sunny"}'}]},
    ]
    answer = client.messages.create(model="chat", max_tokens=200, messages=history, tools=[WEATHER], thinking=QUIET)
    assert "sunny" in answer.content[0].text, answer


def counting():
    assert client.messages.count_tokens(model="chat", messages=user("Why is the sky blue?")).input_tokens > 5


def errors():
    try:
        client.messages.create(model="nothing", max_tokens=10, messages=user("a"))
        raise AssertionError("no error")
    except anthropic.NotFoundError as error:
        assert error.body["error"]["type"] == "not_found_error" and "not found" in error.body["error"]["message"]


for check in [messages, streaming, thinking, tools, counting, errors]:
    check()
    print(check.__name__)
