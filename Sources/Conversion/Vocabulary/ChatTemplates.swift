import GGUF
import JSONText

/// The chat templates of a checkpoint, from whichever of three places: chat_template.jinja with its
/// `additional_chat_templates`, which transformers prefers; tokenizer_config.json; chat_template.json.
struct ChatTemplates {
    private(set) var main: String?
    /// Templates for particular uses, such as `tool_use`, by name.
    private(set) var named: [(name: String, text: String)] = []

    private static let jinjaName = "chat_template.jinja"
    private static let jsonName = "chat_template.json"
    private static let additionalFolder = "additional_chat_templates"

    init(folder: CheckpointFolder, tokenizerConfig: JSONObject) throws(ConversionError) {
        if let bytes = try folder.bytes(of: Self.jinjaName) {
            main = String(decoding: bytes, as: UTF8.self)
            for file in folder.names(in: Self.additionalFolder) where file.hasSuffix(".jinja") {
                guard let bytes = try folder.bytes(of: "\(Self.additionalFolder)/\(file)") else { continue }
                add(String(file.dropLast(".jinja".count)), String(decoding: bytes, as: UTF8.self))
            }
        } else if let value = tokenizerConfig["chat_template"], !value.isNull {
            read(value)
        } else if let value = try folder.object(in: Self.jsonName)?["chat_template"] {
            read(value)
        }
    }

    private mutating func read(_ value: JSONValue) {
        main = value.string
        for entry in value.array ?? [] {
            guard let name = entry["name"]?.string, let text = entry["template"]?.string else { continue }
            add(name, text)
        }
    }

    private mutating func add(_ name: String, _ text: String) {
        // The name becomes part of a key.
        let safe = String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        if safe == "default" { main = text } else if !safe.isEmpty { named.append((safe, text)) }
    }

    func write(to metadata: inout GGUFMetadata) {
        for (name, text) in named { metadata[GGUFKey.chatTemplate(named: name)] = .string(text) }
        if !named.isEmpty { metadata["tokenizer.chat_templates"] = .strings(named.map(\.name)) }
        if let main { metadata[GGUFKey.chatTemplate] = .string(main) }
    }
}
