"""A streamed answer by Anthropic's Python client. The key is asked for by the client, not by the server."""

import os

from anthropic import Anthropic

client = Anthropic(base_url=f"http://{os.environ.get('OLLAMA_HOST', '127.0.0.1:11434')}", api_key="none")
question = [{"role": "user", "content": "What is the capital of Peru?"}]
with client.messages.stream(model="chat", max_tokens=100, messages=question, thinking={"type": "disabled"}) as stream:
    for text in stream.text_stream:
        print(text, end="", flush=True)
print()
