import Diagnostics
import ModelfileSyntax

/// The way back in the form of ECMA-426 (Source Map, version 3), which debuggers and editors of other languages read.
extension CompiledModelfile {
    /// One object: `sources` are the paths of the files as they are called in messages, columns count UTF-16 units.
    ///
    /// - Parameter name: the file name of the plain Modelfile.
    public func sourceMapText(name: String) -> String {
        var sources: [String] = []
        var indices: [Int: Int] = [:]
        var lines: [[String]] = [[]]
        var previous = (column: 0, source: 0, line: 0, character: 0)
        for (generated, origin) in mappings {
            let place = tree.source.utf16Position(at: generated)
            while lines.count <= place.line {
                lines.append([])
                previous.column = 0
            }
            let source = indices[origin.file] ?? sources.count
            if source == sources.count {
                sources.append(files[origin.file].source.name)
                indices[origin.file] = source
            }
            let start = files[origin.file].source.utf16Position(at: origin.offset)
            let deltas = [
                place.character - previous.column, source - previous.source, start.line - previous.line,
                start.character - previous.character,
            ]
            lines[place.line].append(deltas.map(Self.variableLength).joined())
            previous = (place.character, source, start.line, start.character)
        }
        let mappings = lines.map { $0.joined(separator: ",") }.joined(separator: ";")
        return JSONFragment.object([
            ("version", "3"), ("file", JSONFragment.string(name)),
            ("sources", JSONFragment.array(sources.map(JSONFragment.string))),
            ("names", "[]"), ("mappings", JSONFragment.string(mappings)),
        ])
    }

    /// The beginning of each part, and of each line of a part that was taken over as it is.
    private var mappings: [(generated: Int, origin: (file: Int, offset: Int))] {
        guard let map else {
            return tree.source.lineStarts.filter { $0 < tree.source.count }.map { ($0, (0, $0)) }
        }
        return map.segments.flatMap { segment -> [(Int, (file: Int, offset: Int))] in
            let origin = segment.origin
            let first = (segment.generated.lowerBound, (origin.file, origin.range.lowerBound))
            guard origin.kind == .verbatim else { return [first] }
            let shift = origin.range.lowerBound - segment.generated.lowerBound
            return [first] + lineStarts(inside: segment.generated).map { ($0, (origin.file, $0 + shift)) }
        }
    }

    private func lineStarts(inside range: SourceRange) -> some Sequence<Int> {
        let first = tree.source.line(at: range.lowerBound)
        return tree.source.lineStarts[first...].prefix { $0 < range.upperBound }
    }

    /// A number in base 64 digits of five bits, the least first, the sign in its lowest bit.
    private static func variableLength(_ number: Int) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var rest = number < 0 ? (-number << 1) | 1 : number << 1
        var text = ""
        repeat {
            let digit = rest & 31
            rest >>= 5
            text.append(digits[rest > 0 ? digit | 32 : digit])
        } while rest > 0
        return text
    }
}
