import Diagnostics

/// Lays a Modelfile out: keywords in capitals, one blank between words, no blanks at the ends of lines, at most one empty line in
/// a row and none at either end of the file, a newline at the end.
///
/// Values keep every character and their quotes, comments their words and places. What the file means never changes, and laying
/// out twice gives what laying out once gives.
public enum ModelfileFormatter {
    /// The layout of `tree`; nil where it has errors, since nobody knows what such a text means, or bytes that were not text.
    public static func format(_ tree: ModelfileSyntaxTree) -> String? {
        guard !tree.diagnostics.containsErrors, !tree.diagnostics.contains(where: { $0.rule == .invalidEncoding }) else {
            return nil
        }
        var layout = Layout(source: tree.source)
        for instruction in tree.instructions {
            layout.add(instruction.keyword.leadingTrivia)
            layout.add(instruction)
        }
        layout.add(tree.endOfFile.leadingTrivia)
        return String(decoding: layout.bytes, as: UTF8.self)
    }

    private struct Layout {
        let source: SourceText
        var bytes: [UInt8] = []
        /// Newlines since the last thing written: two or more make one empty line.
        private var newlines = 0

        init(source: SourceText) { self.source = source }

        mutating func add(_ trivia: [Trivia]) {
            for piece in trivia {
                switch piece.kind {
                case .newline: newlines += 1
                case .comment: addLine(comment(piece.range))
                case .blanks, .invisible: continue
                }
            }
        }

        mutating func add(_ instruction: InstructionSyntax) {
            var line = Array(instruction.instruction.keyword.utf8)
            if let argument = instruction.argument { line += [0x20] + source.bytes[argument.range] }
            if let value = instruction.value { line += [0x20] + written(value) }
            addLine(line)
        }

        /// The value as it stands; an empty one without quotes gets some, so that no blank stands alone at the end of its line.
        private func written(_ value: ValueSyntax) -> [UInt8] {
            let isNothing = value.quoting == .bare && value.text.range.isEmpty
            return isNothing ? [0x22, 0x22] : Array(source.bytes[value.range])
        }

        private func comment(_ range: SourceRange) -> [UInt8] {
            let end = source.bytes[range].lastIndex { !SourceCursor.isBlank($0) } ?? range.lowerBound
            return Array(source.bytes[range.lowerBound...end])
        }

        private mutating func addLine(_ line: [UInt8]) {
            if newlines > 1, !bytes.isEmpty { bytes.append(0x0A) }
            bytes += line
            bytes.append(0x0A)
            newlines = 0
        }
    }
}
