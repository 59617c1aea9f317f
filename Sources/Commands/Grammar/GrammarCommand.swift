import ArgumentParser
import Automata
import Bytes
import ConstrainedDecoding
import GGUF
import JSONSchemaGrammar
import JSONText
import ModelService
import Tokenization

struct GrammarCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "grammar", abstract: "Compile, try and time grammars and JSON Schemas",
        subcommands: [GrammarCheckCommand.self, GrammarTestCommand.self, GrammarMatchCommand.self, GrammarBenchCommand.self])
}

/// A grammar's file and how it is read.
struct GrammarOptions: ParsableArguments {
    @Argument(help: "A JSON Schema (.json), a grammar in GBNF (.gbnf), or a regular expression (.regex).")
    var grammar: String
    @Flag(help: "Let pass, with a warning, what a schema asks for and cannot be enforced.") var lenient = false
    @Flag(help: "Properties in the order in which the schema lists them.") var ordered = false
    @Option(help: "Whitespace between JSON's tokens: any, none, or how many characters in a row.") var whitespace = "any"

    func machine() throws -> any GrammarMachine {
        let machine = try GrammarSource(file: grammar).machine(options: try schemaOptions())
        noteWarnings(of: machine)
        return machine
    }

    /// Says what is not enforced.
    func noteWarnings(of machine: any GrammarMachine) {
        guard let schema = machine as? JSONMachine else { return }
        for warning in schema.warnings { Console.note("\(grammar): warning: \(warning)") }
    }

    func schemaOptions() throws -> SchemaOptions {
        let blanks: SchemaOptions.Whitespace
        switch whitespace {
        case "any": blanks = .any
        case "none": blanks = .none
        default:
            guard let count = Int(whitespace), (0...10_000).contains(count) else {
                throw ValidationError("--whitespace '\(whitespace)', wanted any, none or a number up to 10000")
            }
            blanks = .upTo(count)
        }
        return SchemaOptions(whitespace: blanks, propertyOrder: ordered ? .declared : .any, isLenient: lenient)
    }
}

extension GrammarSource {
    /// Larger files are refused: no grammar is so long.
    private static let byteLimit = 16 << 20

    /// What a file holds, by the end of its name: GBNF, a regular expression, or a JSON Schema.
    init(file path: String) throws {
        let text = String(decoding: try OpenFile.stream(path, limit: Self.byteLimit), as: UTF8.self)
        switch path.split(separator: ".").last {
        case "gbnf"?: self = .gbnf(text)
        case "regex"?: self = .expression(text.split(separator: "\n").joined(separator: "\n"))
        default: self = .schema(try JSONValue(parsing: text))
        }
    }

    /// The value of `--format`: `json`, a JSON Schema as text, or a file.
    init(format text: String) throws {
        if text == "json" {
            self = .json
        } else if text.first(where: { !$0.isWhitespace }) == "{" {
            self = .schema(try JSONValue(parsing: text))
        } else {
            try self.init(file: text)
        }
    }
}

extension GrammarOptions {
    /// Larger samples are refused: no text of a grammar is so long.
    static let sampleLimit = 16 << 20
    /// Larger files are refused: no list of texts is so long.
    private static let byteLimit = 256 << 20

    /// The instances of a file, one a line, their bytes as they stand.
    static func instances(_ path: String) throws -> [[UInt8]] {
        let bytes = try OpenFile.stream(path, limit: Self.byteLimit)
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    static func tokenizer(_ path: String) throws -> Tokenizer {
        let models = try LocalModels()
        return try Tokenizer(metadata: try GGUFFile(path: try models.weightsPath(of: try models.reference(path))).metadata)
    }
}
