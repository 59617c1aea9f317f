"""Ollama's Python client against `quern serve`, which has the sample chat model as `chat`. OLLAMA_HOST names the server."""

import hashlib
import json
import pathlib
import sys

import ollama

from tools import WEATHER

SAMPLE = pathlib.Path(sys.argv[1])
SKY = "The sky is blue because air scatters sunlight."
ADD = {
    "type": "function",
    "function": {
        "name": "add_two_numbers",
        "description": "Add two numbers",
        "parameters": {
            "type": "object",
            "properties": {
                "a": {"type": "integer", "description": "The first number"},
                "b": {"type": "integer", "description": "The second number"},
            },
            "required": ["a", "b"],
        },
    },
}


def user(text):
    return [{"role": "user", "content": text}]


def generate():
    answer = ollama.generate("chat", "Why is the sky blue?", think=False)
    assert answer.response.startswith(SKY) and answer.done_reason == "stop" and answer.context
    pieces = list(ollama.generate("chat", "Why is the sky blue?", think=False, stream=True))
    assert "".join(piece.response for piece in pieces) == answer.response and len(pieces) > 10


def chat():
    pieces = list(ollama.chat("chat", user("Hello there!"), think=False, stream=True))
    assert "".join(piece.message.content for piece in pieces) == "Hello! How can I help you today?"
    history = user("My name is Grace.") + [{"role": "assistant", "content": "Nice to meet you, Grace!"}] + user("What is my name?")
    assert ollama.chat("chat", history, think=False).message.content == "Your name is Grace."


def thinking():
    answer = ollama.chat("chat", user("What is 17 × 23?"), think=True)
    assert answer.message.thinking.startswith("23 is 20 plus 3.") and answer.message.content == "17 × 23 = 391"
    pieces = list(ollama.generate("chat", "What is 17 × 23?", think=True, stream=True))
    assert "".join(piece.thinking or "" for piece in pieces) == answer.message.thinking
    assert "".join(piece.response for piece in pieces) == answer.message.content


def tools():
    for stream in [False, True]:
        answer = ollama.chat("chat", user("What is the weather in Paris?"), tools=[WEATHER, ADD], think=False, stream=stream)
        messages = [piece.message for piece in answer] if stream else [answer.message]
        (call,) = [call for message in messages for call in message.tool_calls or []]
        assert (call.function.name, call.function.arguments) == ("get_current_weather", {"city": "Paris"})
        assert "".join(message.content or "" for message in messages).strip() == ""
    history = user("What is the weather in Paris?") + [
        {"role": "assistant", "content": "", "tool_calls": [{"function": {"name": "get_current_weather", "arguments": {"city": "Paris"}}}]},
        {"role": "tool", "content": '{"temperature": 18, "condition": "sunny"}', "tool_name": "get_current_weather"},
    ]
    answer = ollama.chat("chat", history, tools=[WEATHER, ADD], think=False)
    assert answer.message.content == "It is 18 degrees and sunny in Paris."


def formats():
    answer = ollama.chat("chat", user("Tell me about Japan. Respond in JSON."), format="json", think=False)
    assert answer.message.content == '{"name": "Japan", "capital": "Tokyo", "languages": ["Japanese"]}'
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    answer = ollama.generate("chat", "Ana is 22 years old and lives in Lima. Respond in JSON.", format=schema, think=False)
    # What number it is, a model of five million weights does not tell reliably.
    assert isinstance(json.loads(answer.response)["age"], int), answer.response


def logprobs():
    question = {"think": False, "logprobs": True, "top_logprobs": 2}
    answer = ollama.generate("chat", "What is the capital of Peru?", **question)
    assert "".join(entry.token for entry in answer.logprobs) == answer.response
    for entry in answer.logprobs:
        # The likeliest token is what a temperature of zero draws.
        assert len(entry.top_logprobs) == 2 and entry.top_logprobs[0].token == entry.token and entry.logprob <= 0
    pieces = ollama.generate("chat", "What is the capital of Peru?", **question, stream=True)
    assert [entry.token for piece in pieces for entry in piece.logprobs or []] == [entry.token for entry in answer.logprobs]


def embeddings():
    (one,) = ollama.embed("vectors", "the sky is blue").embeddings
    assert abs(sum(x * x for x in one) - 1) < 1e-4
    both = ollama.embed("vectors", ["the sky is blue", "llamas hum"])
    assert both.embeddings[0] == one and both.embeddings[1] != one and both.prompt_eval_count > 4
    assert len(ollama.embed("vectors", "a", dimensions=8).embeddings[0]) == 8
    assert ollama.embed("vectors", []).embeddings == []
    assert list(ollama.embeddings("vectors", "the sky is blue").embedding) == list(one)


def errors():
    for call in [lambda: ollama.generate("nothing", "a"), lambda: ollama.show("nothing"), lambda: ollama.delete("nothing")]:
        try:
            call()
            raise AssertionError("no error")
        except ollama.ResponseError as error:
            assert error.status_code == 404 and "not found" in error.error, error


def models():
    assert {model.model for model in ollama.list().models} == {"chat:latest", "vectors:latest"}
    shown = ollama.show("chat")
    assert shown.details.family == "llama" or shown.details.family, shown.details
    assert "tools" in shown.capabilities and shown.template and shown.modelinfo["general.architecture"]
    ollama.copy("chat", "me/copy:one")
    assert {model.model for model in ollama.list().models} == {"chat:latest", "me/copy:one", "vectors:latest"}
    ollama.delete("me/copy:one")
    ollama.generate("chat", "")
    assert "chat:latest" in [model.model for model in ollama.ps().models]


def create():
    steps = [step.status for step in ollama.create("mario", from_="chat", system="You are Mario.", parameters={"temperature": 0.0, "stop": ["go!"]}, stream=True)]
    assert steps[-1] == "success" and "writing manifest" in steps
    shown = ollama.show("mario")
    assert shown.modelfile and "You are Mario." in shown.modelfile and 'stop' in shown.parameters
    names = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "model.safetensors"]
    files = {}
    for name in names:
        files[name] = ollama.Client().create_blob(SAMPLE / name)
        assert files[name] == "sha256:" + hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest()
    template = ollama.show("chat").template
    answer = ollama.create("built", files=files, template=template, quantize="q8_0", parameters={"temperature": 0, "stop": ["<|im_end|>"]})
    assert answer.status == "success"
    assert ollama.show("built").details.quantization_level == "Q8_0"
    assert ollama.generate("built", "What is the capital of Peru?", think=False).response == "The capital of Peru is Lima."
    for name in ["mario", "built"]:
        ollama.delete(name)


for check in [generate, chat, thinking, tools, formats, logprobs, embeddings, errors, models, create]:
    check()
    print(check.__name__)
