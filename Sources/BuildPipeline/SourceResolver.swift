import Bytes
import Conversion
import GGUF
import Linting
import ModelManifest
import ModelStore

/// What stands behind a FROM.
enum ResolvedSource {
    /// A folder with config.json and safetensors files.
    case checkpoint(folder: String, text: String)
    /// A GGUF file, or the first of several shards.
    case gguf(path: String, text: String)
    case stored(StoredModel, text: String)
}

/// Finds out what the texts behind FROM, ADAPTER and DRAFT name: a path that exists, or a model in the store.
///
/// A path starts at the Modelfile's folder; `~` is the user's own folder. What does not exist and does not look like a path is
/// a model's name, as in Ollama (§4.3); what looks like a path and is not there is an error, not a name.
struct SourceResolver {
    let folder: String
    let store: ModelStore

    func resolve(from text: String) throws -> [ResolvedSource] {
        let path = expand(text)
        guard let status = try FileStatus.ifPresent(path) else { return [try storedModel(text, path: path)] }
        switch status.kind {
        case .folder: return try contents(of: path, text: text)
        case .regular: return [try file(path, text: text)]
        default: throw BuildError.unusableSource(instruction: "FROM", text: text, problem: "neither a file nor a folder")
        }
    }

    /// What is behind ADAPTER: a path that may have a scale behind it.
    func adapter(_ text: String) throws -> AdapterSource {
        let source = try AdapterSource("ADAPTER", text, expand: expand)
        let isFolder = try FileStatus(path: source.path).kind == .folder
        guard
            isFolder ? AdapterFolder.isAdapter(source.path) : try source.path.hasSuffix(".safetensors") || startsAsGGUF(source.path)
        else {
            throw BuildError.unusableSource(
                instruction: "ADAPTER", text: text,
                problem: "neither a GGUF file nor a folder with \(AdapterFolder.configName) and safetensors")
        }
        return source
    }

    /// The GGUF file behind DRAFT.
    func ggufFile(_ instruction: String, _ text: String) throws -> String {
        let path = expand(text)
        guard let status = try FileStatus.ifPresent(path) else {
            throw BuildError.missingFile(instruction: instruction, text: text, path: path)
        }
        guard status.kind == .regular, try startsAsGGUF(path) else {
            throw BuildError.unusableSource(
                instruction: instruction, text: text, problem: "not a GGUF file (drafts are packaged as GGUF)")
        }
        return path
    }

    func expand(_ text: String) -> String {
        if text.hasPrefix("/") { return text }
        if text == "~" { return Environment.home }
        if text.hasPrefix("~/") { return Environment.home + text.dropFirst(1) }
        return text == "." ? folder : folder + "/" + (text.hasPrefix("./") ? String(text.dropFirst(2)) : text)
    }

    private func storedModel(_ text: String, path: String) throws -> ResolvedSource {
        if SourceReference.looksLikePath(text) { throw BuildError.missingFile(instruction: "FROM", text: text, path: path) }
        let name = try ModelName(text)
        do { return .stored(try store.model(name), text: text) } catch StoreError.modelNotFound {
            throw BuildError.missingModel(text: text, name: name.shortest)
        }
    }

    private func file(_ path: String, text: String) throws -> ResolvedSource {
        if try startsAsGGUF(path) { return .gguf(path: path, text: text) }
        if path.hasSuffix(".safetensors") {
            let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
            guard Folder(folder).hasFile("config.json") else {
                throw BuildError.unusableSource(
                    instruction: "FROM", text: text, problem: "no config.json beside it; name the checkpoint's folder")
            }
            return .checkpoint(folder: folder, text: text)
        }
        throw BuildError.unusableSource(
            instruction: "FROM", text: text,
            problem: "neither a GGUF file nor a safetensors checkpoint (starts with \(try beginning(path)))")
    }

    private func contents(of path: String, text: String) throws -> [ResolvedSource] {
        let names = try Folder(path).names()
        if names.contains(where: { $0.hasSuffix(".safetensors") }), names.contains("config.json") {
            return [.checkpoint(folder: path, text: text)]
        }
        let files = names.filter { $0.hasSuffix(".gguf") && !Self.isLaterShard($0) }
        if !files.isEmpty { return files.map { .gguf(path: "\(path)/\($0)", text: text) } }
        throw BuildError.unusableSource(instruction: "FROM", text: text, problem: Self.complaint(about: names))
    }

    private static func complaint(about names: [String]) -> String {
        if names.contains(where: { $0.hasSuffix(".safetensors") }) { return "safetensors files without their config.json" }
        if names.contains(where: { $0.hasSuffix(".bin") || $0.hasSuffix(".pth") || $0.hasSuffix(".pt") }) {
            return "PyTorch weights, which can run code when read; save the model as safetensors"
        }
        return "a folder without safetensors and GGUF files"
    }

    /// `model-00002-of-00003.gguf` is opened with the first one.
    private static func isLaterShard(_ name: String) -> Bool {
        guard let match = name.wholeMatch(of: /.*-([0-9]{5})-of-([0-9]{5})\.gguf/) else { return false }
        return match.1 != "00001"
    }

    private func startsAsGGUF(_ path: String) throws -> Bool { GGUFFile.hasMagic(try firstBytes(path)) }

    private func firstBytes(_ path: String) throws -> [UInt8] {
        let region = try ByteRegion.mapping(path)
        return region.part(0..<min(4, region.count))?.bytes() ?? []
    }

    private func beginning(_ path: String) throws -> String {
        let bytes = try firstBytes(path)
        if bytes.isEmpty { return "nothing: it is empty" }
        let isPrintable = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        return isPrintable ? "'\(String(decoding: bytes, as: UTF8.self))'" : "bytes \(bytes)"
    }
}
