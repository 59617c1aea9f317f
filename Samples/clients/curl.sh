#!/bin/sh
# The server with nothing but curl: a whole answer, and one that comes line by line.
set -e
host=${OLLAMA_HOST:-127.0.0.1:11434}
question='{"role": "user", "content": "What is the capital of Peru?"}'

curl -sSf "http://$host/api/chat" -d "{\"model\": \"chat\", \"messages\": [$question], \"think\": false, \"stream\": false}"
echo
curl -sSfN "http://$host/v1/chat/completions" -H 'Content-Type: application/json' \
  -d "{\"model\": \"chat\", \"messages\": [$question], \"reasoning_effort\": \"none\", \"temperature\": 0, \"stream\": true}"
