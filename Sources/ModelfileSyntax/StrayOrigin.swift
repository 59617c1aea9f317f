/// Where lines that belong to no instruction probably come from: things that get into a Modelfile with what was copied.
struct StrayOrigin {
    let note: String
    /// Whether nothing but such lines is there, so that they can go.
    let isAllOfIt: Bool

    /// Commands that make a Modelfile or use it.
    private static let commands: Set<String> = ["ollama", "quern", "docker", "sudo", "cat", "echo", "$"]

    /// - Parameter text: the lines; nil where nothing is known about the first one.
    init?(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }.filter { !$0.isEmpty }
        guard let first = lines.first else { return nil }
        if Self.isFence(first) {
            note = "``` and ~~~ are fences of Markdown, not of a Modelfile"
            isAllOfIt = lines.allSatisfy(Self.isFence)
        } else if Self.isCommand(first) {
            note = "a command for the shell, not for the Modelfile"
            isAllOfIt = lines.allSatisfy(Self.isCommand)
        } else {
            return nil
        }
    }

    private static func isFence(_ line: Substring) -> Bool {
        (line.hasPrefix("```") || line.hasPrefix("~~~"))
            && line.drop { $0 == "`" || $0 == "~" }.allSatisfy { $0.isLetter || $0 == " " }
    }

    /// A command and something behind it that is no sentence: `ollama create x`, `cat > Modelfile <<EOF`, and the line that ends that.
    private static func isCommand(_ line: Substring) -> Bool {
        // The end of the text that a shell wrote to the file.
        if line == "EOF" || line == "EOT" { return true }
        let words = line.split(separator: " ")
        guard words.count >= 2, commands.contains(String(words[0])) else { return false }
        return ["create", "run", "pull", "show", "serve"].contains(words[1]) || line.contains(" > ") || words[0] == "$"
    }
}
