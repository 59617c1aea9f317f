import ArgumentParser
import Bytes
import ModelfileLanguageServer
import Synchronization

struct LanguageServerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp", abstract: "Speak with an editor, as a language server",
        discussion: """
            Reads and writes the Language Server Protocol on standard input and output. Editors start it themselves:
            Documentation/LanguageServer.md has the settings for VS Code, Neovim and Helix.
            """)

    @Flag(help: ArgumentHelp("Use standard input and output, as it does anyway; many editors say so.", visibility: .hidden))
    var stdio = false

    func run() throws {
        let output = ServerOutput()
        var server = LanguageServer(environment: .disk(output: output), version: Invocation.version)
        while server.exitCode == nil {
            let bytes = try StandardStream.input.read(upTo: 1 << 16)
            if bytes.isEmpty { break }
            try output.write(server.receive(bytes))
        }
        if server.exitCodeAtEnd != 0 { throw AlreadyReported(exitCode: server.exitCodeAtEnd) }
    }
}

/// Standard output, message by message: what tests report comes from another thread than the answers.
final class ServerOutput: Sendable {
    private let lock = Mutex(())

    func write(_ messages: [UInt8]) throws {
        guard !messages.isEmpty else { return }
        try lock.withLock { _ in try StandardStream.output.write(messages) }
    }
}
