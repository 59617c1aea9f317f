// A streamed answer with what Node brings along, line by line; and one that is given up.
const host = process.env.OLLAMA_HOST ?? "127.0.0.1:11434";

async function* chat(request, signal) {
  const answer = await fetch(`http://${host}/api/chat`, { method: "POST", body: JSON.stringify(request), signal });
  if (!answer.ok) throw new Error((await answer.json()).error);
  let rest = "";
  for await (const piece of answer.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + piece).split("\n");
    rest = lines.pop();
    for (const line of lines) yield JSON.parse(line);
  }
}

const messages = [{ role: "user", content: "What is the capital of Peru?" }];
for await (const part of chat({ model: "chat", messages, think: false })) process.stdout.write(part.message.content);
console.log();

const giveUp = new AbortController();
try {
  for await (const _ of chat({ model: "chat", messages }, giveUp.signal)) giveUp.abort();
} catch (error) {
  if (error.name !== "AbortError") throw error;
}
