/// The text behind FROM, as far as it can be told apart without looking at a disk.
public enum SourceReference {
    /// Whether nobody can mean `text` as a model's name.
    public static func looksLikePath(_ text: String) -> Bool {
        text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") || text.hasPrefix("~") || text == "." || text == ".."
            || text.contains("\\") || [".gguf", ".safetensors", ".bin"].contains { text.lowercased().hasSuffix($0) }
    }

    /// The tag of a model's name: what stands behind the colon of its last part.
    static func tag(of name: String) -> Substring? {
        let last = name.split(separator: "/").last ?? ""
        return last.firstIndex(of: ":").map { last[last.index(after: $0)...] }
    }
}
