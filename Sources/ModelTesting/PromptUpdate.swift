public import Diagnostics
import YAMLText

/// Writes prompts as they are into a test file (`quern test --update`); everything else in it stays as it was written.
public enum PromptUpdate {
    /// The text of the file with new values of `expect: prompt`; nil where nothing changes.
    ///
    /// - Parameter prompts: by the number of the test in the file, from 0; tests that expect no prompt get none.
    public static func apply(_ prompts: [Int: String], to source: SourceText) -> String? {
        guard let node = YAMLDocument.parse(source).node, let tests = node["tests"] else { return nil }
        var edits: [FixIt] = []
        for (index, test) in (tests.elements ?? [tests]).enumerated() {
            guard let prompt = prompts[index],
                let member = test["expect"]?.members?.first(where: { $0.key.text == "prompt" }), member.value.text != prompt
            else { continue }
            let range = valueRange(member, in: source)
            let (head, body) = written(prompt, below: member.key, in: source)
            // A comment behind the old value stays on its line.
            let line = source.range(ofLine: source.line(at: range.upperBound)).upperBound
            let isAtEnd = line == range.upperBound
            edits.append(FixIt("", [FixIt.Edit(range, " " + head + (isAtEnd ? body : ""))]))
            if !isAtEnd, !body.isEmpty { edits.append(FixIt("", [FixIt.Edit(line..<line, body)])) }
        }
        return edits.isEmpty ? nil : source.applying(edits)
    }

    /// From behind the colon to the end of the value: of a text over several lines, to its last line.
    private static func valueRange(_ member: YAMLNode.Member, in source: SourceText) -> SourceRange {
        let bytes = source.bytes
        var start = member.key.range.upperBound
        while start < bytes.count, bytes[start] != 0x3A { start += 1 }
        start = min(start + 1, bytes.count)
        // Of a value that is not there the reader gives the place of whatever comes next.
        if member.value.isNull, member.value.text?.isEmpty == true { return start..<start }
        let column = indentation(of: member.key.range.lowerBound, in: source)
        var line = source.line(at: member.value.range.lowerBound)
        // Lines that are indented more than the key belong to the value; so do empty ones between them.
        var last = line
        while line < source.lineCount {
            line += 1
            let range = source.range(ofLine: line)
            let blanks = bytes[range].prefix { $0 == 0x20 }.count
            if blanks == range.count { continue }
            guard blanks > column else { break }
            last = line
        }
        let isFlow = bytes[member.value.range].first.map { $0 != 0x7C && $0 != 0x3E } ?? true
        let isOneLine = isFlow && last == source.line(at: member.value.range.lowerBound)
        return start..<(isOneLine ? member.value.range.upperBound : source.range(ofLine: last).upperBound)
    }

    /// The column of a key, from 0, as blanks count for YAML.
    private static func indentation(of offset: Int, in source: SourceText) -> Int {
        offset - source.range(ofLine: source.line(at: offset)).lowerBound
    }

    /// A block scalar where it can hold the text, else a quoted one with escapes: what stands behind the key, and the lines below.
    private static func written(_ text: String, below key: YAMLNode, in source: SourceText) -> (head: String, body: String) {
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar == "\n" || scalar == "\t"
                || scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
                    && ![0x2028, 0x2029, 0xFEFF].contains(scalar.value)
        }
        let isInFlow = source.bytes[source.range(ofLine: source.line(at: key.range.lowerBound))].contains(0x7B)
        // Empty lines at the end of a block are hard to see, and those of the file would be added to them.
        guard isPlain, !isInFlow, text.contains("\n"), !text.hasSuffix("\n\n"), text.contains(where: { $0 != "\n" && $0 != " " })
        else {
            return (quoted(text), "")
        }
        let margin = String(repeating: " ", count: indentation(of: key.range.lowerBound, in: source) + 2)
        let ending = text.hasSuffix("\n") ? "" : "-"
        // Blanks at the start of the first line need their indentation said.
        let first = text.drop { $0 == "\n" }.first
        let indicator = first == " " || first == "\t" || text.hasPrefix("\n") ? "2" : ""
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if text.hasSuffix("\n") { lines.removeLast() }
        return ("|\(indicator)\(ending)", lines.map { "\n" + ($0.isEmpty ? "" : margin + $0) }.joined())
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            case _ where scalar.value < 0x20 || (0x7F..<0xA1).contains(scalar.value):
                result += "\\x" + hexadecimal(scalar, digits: 2)
            case "\u{2028}", "\u{2029}", "\u{FEFF}": result += "\\u" + hexadecimal(scalar, digits: 4)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private static func hexadecimal(_ scalar: Unicode.Scalar, digits count: Int) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
