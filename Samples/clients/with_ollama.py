"""A streamed answer by Ollama's Python client. It reads OLLAMA_HOST by itself."""

import ollama

question = [{"role": "user", "content": "What is the capital of Peru?"}]
for piece in ollama.chat(model="chat", messages=question, think=False, stream=True):
    print(piece.message.content, end="", flush=True)
print()
