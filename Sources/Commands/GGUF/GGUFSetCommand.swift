import ArgumentParser
import Bytes
import GGUF
import JSONText

struct GGUFSetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set", abstract: "Change the metadata of a GGUF file",
        discussion: """
            Only the header is made anew; tensor data is copied by the kernel, or shared where the file system can do that (the
            header is then filled up to whole blocks by a key of ours). Without --output the file itself is replaced, in one step.

            A key that is there keeps its type unless one is given. Types: \(GGUFValue.typeList); arrays are JSON: KEY:[i32]=[1,2].

            EXAMPLES
              quern gguf set model.gguf general.name="My model" llama.context_length=8192
              quern gguf set model.gguf --template template.jinja --remove general.url
              quern gguf set in.gguf tokenizer.ggml.add_bos_token:bool=false --output out.gguf
            """)

    @Argument(help: "A GGUF file; a shard is changed by itself.") var file: String
    @Argument(help: ArgumentHelp("KEY=VALUE or KEY:TYPE=VALUE.", valueName: "key=value")) var pairs: [String] = []
    @Option(help: ArgumentHelp("Make this file's text the chat template.", valueName: "file")) var template: String?
    @Option(help: ArgumentHelp("Remove this key.", valueName: "key")) var remove: [String] = []
    @Option(name: .shortAndLong, help: ArgumentHelp("Write a new file.", valueName: "file")) var output: String?

    func validate() throws {
        guard !pairs.isEmpty || template != nil || !remove.isEmpty else {
            throw ValidationError("nothing to change: give KEY=VALUE, --template or --remove")
        }
        for pair in pairs { _ = try MetadataAssignment(pair) }
    }

    func run() throws {
        let input = try GGUFFile(try ByteRegion.mapping(file), name: file)
        var metadata = input.metadata
        metadata[GGUFAssembly.fillerKey] = nil
        for key in remove {
            guard metadata[key] != nil else { throw GGUFError.missingKey(key) }
            metadata[key] = nil
        }
        for pair in pairs {
            let assignment = try MetadataAssignment(pair)
            metadata[assignment.key] = try assignment.value(replacing: metadata[assignment.key])
        }
        if let template {
            let text = try OpenFile.contents(of: template, limit: 1 << 24)
            metadata[GGUFKey.chatTemplate] = .string(GGUFString(text))
        }
        let assembly =
            FileSystem.canShareBlocks(at: file)
            ? try GGUFAssembly.sharingBlocks(of: input, metadata: metadata) : try GGUFAssembly(input, metadata: metadata)
        try assembly.write(to: output ?? file, permissions: try FileStatus(path: file).permissions) { _ in try Interruption.check()
        }
    }
}

/// `KEY=VALUE` or `KEY:TYPE=VALUE`.
struct MetadataAssignment {
    let key: String
    private let type: String?
    private let text: String

    /// - Throws: `ValidationError` for what is neither.
    init(_ argument: String) throws {
        guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else {
            throw ValidationError("'\(argument)' is neither KEY=VALUE nor KEY:TYPE=VALUE")
        }
        let left = argument[..<equals]
        text = String(argument[argument.index(after: equals)...])
        // A colon may be part of a key, so what follows it counts only where it is a type.
        if let colon = left.lastIndex(of: ":"), colon > left.startIndex, Self.isType(left[left.index(after: colon)...]) {
            (key, type) = (String(left[..<colon]), String(left[left.index(after: colon)...]))
        } else {
            (key, type) = (String(left), nil)
        }
        if let type { _ = try checked(read(type), type) }
    }

    /// - Throws: `GGUFError.wrongType` where the text does not fit the type that the key has; `ValidationError` for a new key with a
    ///   colon, which is a mistyped type.
    func value(replacing old: GGUFValue?) throws -> GGUFValue {
        if let type { return try checked(read(type), type) }
        guard let old else {
            guard !key.contains(":") else { throw ValidationError("no key '\(key)' is there, and its colon has no type behind it") }
            return array(nil) ?? GGUFValue(guessing: text)
        }
        let value: GGUFValue? = if case .array(let elements) = old { array(elements.typeName) } else { GGUFValue(text, like: old) }
        guard let value else { throw GGUFError.wrongType(key: key, found: "'\(text)'", wanted: old.kind) }
        return value
    }

    private static func isType(_ name: Substring) -> Bool {
        let element = name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name
        return GGUFValue.isTypeName(String(element))
    }

    private func read(_ type: String) -> GGUFValue? {
        type.hasPrefix("[") ? array(String(type.dropFirst().dropLast())) : GGUFValue(text, typeNamed: type)
    }

    private func checked(_ value: GGUFValue?, _ type: String) throws -> GGUFValue {
        guard let value else { throw ValidationError("'\(text)' is not a value of type \(type)") }
        return value
    }

    /// The text as a JSON array; nil where it is none, or an element is not of the type.
    private func array(_ type: String?) -> GGUFValue? {
        guard text.hasPrefix("["), let elements = (try? JSONValue(parsing: text))?.array else { return nil }
        let texts = elements.map { element in element.string ?? element.text() }
        return GGUFArray(texts, typeNamed: type ?? Self.type(of: elements)).map { GGUFValue.array($0) }
    }

    /// The narrowest of the usual types that fits all elements.
    private static func type(of elements: [JSONValue]) -> String {
        if elements.isEmpty { return "str" }
        if elements.allSatisfy({ $0.bool != nil }) { return "bool" }
        guard elements.allSatisfy({ $0.number != nil }) else { return "str" }
        let integers = elements.compactMap { $0.number.flatMap { Int($0.text) } }
        guard integers.count == elements.count else { return "f32" }
        return integers.allSatisfy { Int32(exactly: $0) != nil } ? "i32" : "i64"
    }
}
