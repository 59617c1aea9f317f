import Diagnostics
import Foundation
import ModelfileSyntax
import TestSupport
import Testing

/// Real Modelfiles mean to Quern what they mean to Ollama, but for the differences that are documented.
@Suite struct OllamaAgreementTests {
    /// Our instructions in Ollama's terms, with the characters left out that Ollama drops.
    private func commands(_ tree: ModelfileSyntaxTree) -> [OllamaReader.Command] {
        tree.entries.map { entry in
            switch entry.instruction {
            case .from: OllamaReader.Command(name: "model", arguments: printable(entry.value))
            case .parameter: OllamaReader.Command(name: entry.argument ?? "", arguments: printable(entry.value))
            case .message:
                OllamaReader.Command(name: "message", arguments: "\(entry.argument ?? ""): " + printable(entry.value))
            default: OllamaReader.Command(name: entry.instruction.rawValue.lowercased(), arguments: printable(entry.value))
            }
        }
    }

    private func printable(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars where OllamaReader.isPrintable(scalar) || "\t\n\r".unicodeScalars.contains(scalar) {
            result.unicodeScalars.append(scalar)
        }
        return result
    }

    private func sources() throws -> [(name: String, source: SourceText)] {
        try SharedData.files(in: "modelfiles").map { file in
            let bytes = [UInt8](try Data(contentsOf: file))
            return (file.lastPathComponent, ModelfileDecoding.decode(bytes, name: file.lastPathComponent).source)
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `every real Modelfile reads the same`() throws {
        var read = 0
        for (name, source) in try sources() {
            let tree = ModelfileSyntaxTree(parsing: source)
            guard let expected = try? OllamaReader.read(source.text) else { continue }
            read += 1
            #expect(!tree.diagnostics.containsErrors, "\(name): Ollama accepts what we refuse")
            #expect(commands(tree) == expected, "\(name)")
        }
        #expect(read > 100, "the folder has far more good Modelfiles than \(read)")
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `what Ollama refuses has a diagnostic`() throws {
        for (name, source) in try sources() where (try? OllamaReader.read(source.text)) == nil {
            let tree = ModelfileSyntaxTree(parsing: source)
            let isMissingFrom = !tree.instructions.contains { $0.instruction == .from }
            let hasUnknownRole = tree.instructions.contains {
                $0.instruction == .message
                    && !["system", "user", "assistant"].contains($0.argument.map { source.text(in: $0.range) } ?? "")
            }
            #expect(tree.diagnostics.containsErrors || isMissingFrom || hasUnknownRole, "\(name)")
        }
    }

    /// Small texts over an alphabet of everything that matters, all of them up to a length.
    @Test func `every small text reads the same`() throws {
        let pieces = ["\"", "\"\"\"", "a", " ", "\n", "\r", "#"]
        var bodies = [""]
        var level = [""]
        for _ in 0..<5 {
            level = level.flatMap { body in pieces.map { body + $0 } }
            bodies += level
        }
        for body in bodies {
            let text = "FROM x\nSYSTEM " + body
            let tree = ModelfileSyntaxTree(parsing: SourceText(text))
            #expect(tree.description == text)
            let expected = try? OllamaReader.read(text)
            if let expected {
                #expect(commands(tree) == expected, "\(text.debugDescription)")
                #expect(!tree.diagnostics.containsErrors, "\(text.debugDescription)")
            } else {
                #expect(tree.diagnostics.containsErrors, "\(text.debugDescription)")
            }
        }
    }
}
