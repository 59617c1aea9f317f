// Starts `quern lsp` and connects VS Code with it. Everything else is the server's work.
const { workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async function () {
    const command = workspace.getConfiguration("quern").get("path", "quern");
    client = new LanguageClient(
        "quern", "Quern",
        { command, args: ["lsp"] },
        {
            documentSelector: [
                { language: "modelfile" },
                { scheme: "file", pattern: "**/*.gotmpl" },
                { scheme: "file", pattern: "**/*.test.yaml" },
                { scheme: "file", pattern: "**/.quern.yaml" },
            ],
            synchronize: { fileEvents: workspace.createFileSystemWatcher("**/{*.gguf,*.gotmpl,*modelfile*,*Modelfile*,.quern.yaml}") },
        });
    await client.start();
};

exports.deactivate = () => client?.stop();
