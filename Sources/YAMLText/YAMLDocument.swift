public import Diagnostics
import Yams

/// Reads the YAML that people write beside their Modelfiles. What is wrong becomes a diagnostic with its place.
public enum YAMLDocument {
    /// Nobody writes settings and tests this long.
    public static let byteLimit = 1 << 22
    private static let nodeLimit = 200_000
    private static let depthLimit = 64

    /// The document of a text; an empty one is an empty mapping. Nil where the text is no YAML, which a diagnostic says.
    public static func parse(_ source: SourceText) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
        func failure(_ message: String, _ range: SourceRange) -> (node: YAMLNode?, diagnostics: [Diagnostic]) {
            (nil, [Diagnostic(.invalidYAML, message, at: range)])
        }
        guard source.count <= byteLimit else { return failure("the file is longer than \(byteLimit) bytes", 0..<0) }
        // Copies of copies of copies need only a few lines and no end of memory.
        if let anchor = anchor(in: source) { return failure("anchors are not read here; write the value out", anchor) }
        do {
            guard let root = try Yams.compose(yaml: source.text, .basic, .default, .utf8) else {
                return (YAMLNode(content: .mapping([]), range: 0..<0), [])
            }
            var conversion = Conversion(source: source, nodesLeft: nodeLimit)
            return (try conversion.node(root), [])
        } catch let problem as Conversion.Problem {
            return failure(problem.message, problem.range)
        } catch let error as YamlError {
            let (message, range) = complaint(error, source)
            return failure(message, range)
        } catch {
            return failure("not YAML: \(error)", 0..<0)
        }
    }

    private static func complaint(_ error: YamlError, _ source: SourceText) -> (String, SourceRange) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let start = source.offset(of: mark)
            return (([context?.text, problem].compactMap { $0 }).joined(separator: ", "), start..<min(start + 1, source.count))
        case .duplicatedKeysInMapping(let keys, let context):
            let start = source.offset(of: context.mark)
            return ("the key '\(keys.first ?? "")' is given twice", start..<source.lineEnd(from: start))
        case .reader(let problem, _, _, _): return (problem, 0..<0)
        default: return ("not YAML", 0..<0)
        }
    }

    /// The first `&name` where a value may begin.
    private static func anchor(in source: SourceText) -> SourceRange? {
        let bytes = source.bytes
        var mayBegin = true
        for (offset, byte) in bytes.enumerated() {
            let next = offset + 1 < bytes.count ? bytes[offset + 1] : 0x20
            if byte == 0x26, mayBegin, next > 0x20, next != 0x26 { return offset..<offset + 1 }
            switch byte {
            case 0x0A, 0x0D, 0x5B, 0x7B: mayBegin = true
            case 0x3A, 0x2D, 0x3F: mayBegin = mayBegin || byte == 0x3A
            case 0x20, 0x09: break
            default: mayBegin = false
            }
        }
        return nil
    }

    /// Turns the library's nodes into ours.
    private struct Conversion {
        struct Problem: Error {
            let message: String
            let range: SourceRange
        }

        let source: SourceText
        var nodesLeft: Int
        var depth = 0

        mutating func node(_ node: Node) throws -> YAMLNode {
            let start = node.mark.map { source.offset(of: $0) } ?? 0
            let line = start..<max(start, source.lineEnd(from: start))
            nodesLeft -= 1
            depth += 1
            defer { depth -= 1 }
            guard nodesLeft > 0 else { throw Problem(message: "more than \(nodeLimit) values", range: line) }
            guard depth <= depthLimit else {
                throw Problem(message: "values lie in one another more than \(depthLimit) deep", range: line)
            }
            switch node {
            case .scalar(let scalar):
                let isPlain = scalar.style == .plain || scalar.style == .any
                let range = source.scalarRange(from: start, text: scalar.string, isPlain: isPlain)
                return YAMLNode(content: .scalar(scalar.string, isPlain: isPlain), range: range)
            case .sequence(let sequence): return YAMLNode(content: .sequence(try sequence.map { try self.node($0) }), range: line)
            case .mapping(let mapping):
                let members = try mapping.map { YAMLNode.Member(key: try self.node($0.key), value: try self.node($0.value)) }
                return YAMLNode(content: .mapping(members), range: line)
            case .alias: throw Problem(message: "aliases are not read here; write the value out", range: line)
            }
        }
    }
}

extension SourceText {
    /// The offset of a place that the library gives: line and column from 1, the column in Unicode scalars.
    fileprivate func offset(of mark: Mark) -> Int {
        offset(at: SourcePosition(line: min(max(mark.line, 1), lineCount), column: max(mark.column, 1)))
    }

    fileprivate func lineEnd(from offset: Int) -> Int { range(ofLine: line(at: offset)).upperBound }

    /// The bytes of a scalar: a plain one as long as its text, a quoted one up to the closing quote on its line.
    fileprivate func scalarRange(from start: Int, text: String, isPlain: Bool) -> SourceRange {
        let end = max(start, lineEnd(from: start))
        if isPlain {
            let length = text.utf8.count
            return start..<min(end, start + length)
        }
        let line = bytes[start..<end]
        guard let quote = line.first, quote == 0x22 || quote == 0x27 else { return start..<end }
        var offset = start + 1
        while offset < end {
            if bytes[offset] == 0x5C, quote == 0x22 {
                offset += 2
                continue
            }
            if bytes[offset] == quote {
                guard quote == 0x27, offset + 1 < end, bytes[offset + 1] == quote else { return start..<offset + 1 }
                offset += 1
            }
            offset += 1
        }
        return start..<end
    }
}
