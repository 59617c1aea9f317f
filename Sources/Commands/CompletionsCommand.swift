import ArgumentParser

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions", abstract: "Print a completion script for a shell",
        discussion: """
            EXAMPLES
              quern completions bash > /etc/bash_completion.d/quern
              quern completions zsh > "${fpath[1]}/_quern"
              quern completions fish > ~/.config/fish/completions/quern.fish
            """)

    @Argument(help: "bash, zsh or fish.") var shell: String

    func run() throws {
        guard let known = CompletionShell(rawValue: shell) else {
            throw ValidationError("unknown shell '\(shell)'; completions exist for bash, zsh and fish")
        }
        try Console.put(QuernCommand.completionScript(for: known))
    }
}
