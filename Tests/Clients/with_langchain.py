"""LangChain's Ollama integration against `quern serve`, which has the sample chat model as `chat`. OLLAMA_HOST names the server."""

import os

from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_ollama import ChatOllama, OllamaEmbeddings, OllamaLLM

SERVER = f"http://{os.environ['OLLAMA_HOST']}"


@tool
def get_current_weather(city: str) -> str:
    """Get the current weather for a city"""
    return '{"temperature": 18, "condition": "sunny"}'


def chat():
    model = ChatOllama(model="chat", base_url=SERVER, temperature=0, reasoning=False)
    answer = model.invoke("What is the capital of Peru?")
    assert answer.content == "The capital of Peru is Lima." and answer.usage_metadata["output_tokens"] > 3
    pieces = [piece.content for piece in model.stream("Hello there!")]
    assert "".join(pieces) == "Hello! How can I help you today?" and len(pieces) > 3


def thinking():
    answer = ChatOllama(model="chat", base_url=SERVER, temperature=0, reasoning=True).invoke("What is 17 × 23?")
    assert answer.content == "17 × 23 = 391" and answer.additional_kwargs["reasoning_content"].startswith("23 is 20 plus 3.")


def tools():
    model = ChatOllama(model="chat", base_url=SERVER, temperature=0, reasoning=False).bind_tools([get_current_weather])
    question = HumanMessage("What is the weather in Paris?")
    answer = model.invoke([question])
    (call,) = answer.tool_calls
    assert (call["name"], call["args"]) == ("get_current_weather", {"city": "Paris"})
    result = ToolMessage(get_current_weather.invoke(call["args"]), tool_call_id=call["id"])
    assert "sunny" in model.invoke([question, AIMessage("", tool_calls=[call]), result]).content


def others():
    assert OllamaLLM(model="chat", base_url=SERVER, temperature=0, reasoning=False).invoke("Hello there!").startswith("Hello!")
    one, two = OllamaEmbeddings(model="vectors", base_url=SERVER).embed_documents(["the sky is blue", "llamas hum"])
    assert one != two and abs(sum(x * x for x in one) - 1) < 1e-4


for check in [chat, thinking, tools, others]:
    check()
    print(check.__name__)
