import Bytes
import Conversion
public import GGUF

/// A LoRA adapter that an instruction or a flag names: a GGUF file, or what PEFT or MLX saved, and how much of it counts.
public struct AdapterSource: Sendable, Equatable {
    public let path: String
    /// Multiplies the adapter's own scale.
    public let scale: Float

    public init(path: String, scale: Float = 1) { (self.path, self.scale) = (path, scale) }

    /// Takes `FILE=0.5` apart. A file whose whole name the text is goes before one with a scale behind it.
    ///
    /// - Throws: `BuildError.missingFile` where neither is there.
    public init(_ text: String) throws {
        try self.init("--adapter", text) { $0 }
    }

    /// - Parameter expand: the path that a text means.
    init(_ instruction: String, _ text: String, expand: (String) -> String) throws {
        let whole = expand(text)
        if try FileStatus.ifPresent(whole) != nil {
            self.init(path: whole)
            return
        }
        guard let (name, scale) = Self.parts(of: text), try FileStatus.ifPresent(expand(name)) != nil else {
            throw BuildError.missingFile(
                instruction: instruction, text: text, path: Self.parts(of: text).map { expand($0.name) } ?? whole)
        }
        self.init(path: expand(name), scale: scale)
    }

    /// The name and the number behind the last `=`; nil where there is none.
    static func parts(of text: String) -> (name: String, scale: Float)? {
        guard let sign = text.lastIndex(of: "="), let scale = Float(text[text.index(after: sign)...]), scale.isFinite else {
            return nil
        }
        return (String(text[..<sign]), scale)
    }

    /// Whether the adapter lies there as a package holds it.
    var isPackaged: Bool { scale == 1 && !needsConversion }

    private var needsConversion: Bool { path.hasSuffix(".safetensors") || (try? FileStatus(path: path).kind) == .folder }

    /// Reads the adapter, converting it where it is not GGUF, and compares it with the model that it is to change.
    ///
    /// - Throws: `ConversionError` and `GGUFError`, which name the first tensor that does not fit.
    public func open(for base: GGUFFile) throws -> GGUFAdapter { try open(for: AdapterBase(base)) }

    func open(for base: AdapterBase) throws -> GGUFAdapter {
        if needsConversion { return try AdapterConverter(base: base).convert(AdapterFolder(path: path)) }
        let adapter = try GGUFAdapter(GGUFFile(path: path), name: path)
        try base.check(adapter)
        return adapter
    }
}
