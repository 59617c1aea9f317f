"""A streamed answer by OpenAI's Python client. The key is asked for by the client, not by the server."""

import os

from openai import OpenAI

client = OpenAI(base_url=f"http://{os.environ.get('OLLAMA_HOST', '127.0.0.1:11434')}/v1", api_key="none")
question = [{"role": "user", "content": "What is the capital of Peru?"}]
for chunk in client.chat.completions.create(
    model="chat", messages=question, reasoning_effort="none", temperature=0, stream=True
):
    print(chunk.choices[0].delta.content or "", end="", flush=True)
print()
