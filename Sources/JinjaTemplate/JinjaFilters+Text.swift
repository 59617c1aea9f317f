/// Filters that give text.
extension JinjaEvaluator {
    mutating func applyText(
        _ filter: JinjaFilter, _ value: JinjaValue, _ arguments: JinjaArguments
    ) throws(JinjaProblem) -> JinjaString {
        if filter == .pprint { return try PythonText.representation(value) }
        if filter == .xmlattr { return try xmlAttributes(value, arguments) }
        if filter == .urlencode { return try urlEncoded(value) }
        let text = try PythonText.string(value)
        try charge(text.bytes.count >> filter.textCostShift)
        switch filter {
        case .upper: return text.uppercased
        case .lower: return text.lowercased
        case .capitalize: return text.capitalized
        case .title: return text.titledByWords
        case .trim:
            return text.stripped(arguments.isEmpty ? nil : try arguments.bound(["chars"])[0].optionalText("trim"))
        case .escape, .e, .forceescape: return text.escapedForHTML
        case .striptags: return text.withoutTags
        case .wordcount:
            return JinjaString(
                String(text.scalars.split { !($0.isPythonLetter || $0.properties.numericType != nil || $0 == "_") }.count))
        case .center:
            let width = try arguments.bound(["width"])[0].int(80, "center")
            try check(bytes: width)
            try charge(max(0, width) >> 4)
            return text.centered(width, " ")
        case .replace:
            let values = try arguments.bound(["old", "new", "count"], required: 2)
            return try replaced(
                text, try PythonText.string(values[0] ?? .none), try PythonText.string(values[1] ?? .none),
                most: try values[2].optionalInt("replace") ?? -1)
        case .format: return try printf(text, arguments)
        case .indent: return try indented(text, arguments)
        case .truncate: return try truncated(text, arguments)
        case .wordwrap: return try wrapped(text, arguments)
        default: return text
        }
    }

    private mutating func printf(_ text: JinjaString, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        if arguments.named.isEmpty { return try printf(text, .tuple(arguments.positional)) }
        if !arguments.positional.isEmpty {
            throw JinjaProblem("can't handle positional and keyword arguments at the same time")
        }
        return try printf(text, .dict(arguments.named.map { (JinjaString($0.name), $0.value) }))
    }

    private func indented(_ text: JinjaString, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        let values = try arguments.bound(["width", "first", "blank"])
        let indent: JinjaString
        if case .string(let text)? = values[0] {
            indent = text
        } else {
            let width = max(0, try values[0].int(4, "indent"))
            try check(bytes: width)
            indent = JinjaString(bytes: Array(repeating: UInt8(ascii: " "), count: width))
        }
        let lines = (text + "\n").lines()
        try check(indent.bytes.count + 1, times: lines.count)
        var result = values[1].isTrue ? indent : JinjaString(bytes: [])
        for (index, line) in lines.enumerated() {
            if index > 0 {
                result.bytes.append(UInt8(ascii: "\n"))
                if values[2].isTrue || !line.isEmpty { result.bytes += indent.bytes }
            }
            result.bytes += line.bytes
        }
        return result
    }

    private func truncated(_ text: JinjaString, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        let values = try arguments.bound(["length", "killwords", "end", "leeway"])
        let length = try values[0].int(255, "truncate")
        let end = try values[2].text("...", "truncate")
        let leeway = try values[3].optionalInt("truncate") ?? 5
        if length < end.count { throw JinjaProblem("expected length >= \(end.count), got \(length)") }
        if leeway < 0 { throw JinjaProblem("expected leeway >= 0, got \(leeway)") }
        if text.count <= length.addingCapped(leeway) { return text }
        let kept = text.slice(0..<(length - end.count))
        if values[1].isTrue { return kept + end }
        return try (kept.splitFromEnd(" ", most: 1).first ?? kept) + end
    }

    private func wrapped(_ text: JinjaString, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        let values = try arguments.bound(["width", "break_long_words", "wrapstring", "break_on_hyphens"])
        let width = try values[0].int(79, "wordwrap")
        if width <= 0 { throw JinjaProblem("invalid width \(width) (must be > 0)") }
        let wrapper = TextWrapper(width: width, breaksLongWords: values[1].flag(true), breaksOnHyphens: values[3].flag(true))
        let newline = try values[2].optionalText("wordwrap") ?? "\n"
        let lines = text.lines().map { line in wrapper.wrap(line) }
        let flat = lines.map { JinjaValue.string(Self.joinedLines($0, newline)) }
        return try joined(.list(flat), newline)
    }

    private static func joinedLines(_ lines: [JinjaString], _ newline: JinjaString) -> JinjaString {
        var text = JinjaString(bytes: [])
        for (index, line) in lines.enumerated() {
            if index > 0 { text.bytes += newline.bytes }
            text.bytes += line.bytes
        }
        return text
    }

    private func xmlAttributes(_ value: JinjaValue, _ arguments: JinjaArguments) throws(JinjaProblem) -> JinjaString {
        let spaces = try arguments.bound(["autospace"])[0].flag(true)
        guard case .dict(let dict) = value else { throw JinjaProblem("'\(value.typeName)' object has no attribute 'items'") }
        var parts: [JinjaValue] = []
        for (key, value) in dict.items where !value.isNone && !value.isUndefined {
            let name = try PythonText.string(key)
            if name.scalars.contains(where: { $0.isPythonSpace || "/>=".unicodeScalars.contains($0) }) {
                throw JinjaProblem("Invalid character in attribute name: \(PythonText.shortRepresentation(key))")
            }
            let text = try PythonText.string(value)
            parts.append(.string(name.escapedForHTML + "=\"" + text.escapedForHTML + "\""))
        }
        let text = try joined(.list(parts), " ")
        return spaces && !text.isEmpty ? " " + text : text
    }

    private func urlEncoded(_ value: JinjaValue) throws(JinjaProblem) -> JinjaString {
        var pairs: [JinjaValue]
        switch value {
        case .dict(let dict): pairs = JinjaView(.items, dict).elements
        case .list, .tuple, .iterator, .view: pairs = try value.iterated()
        default: return try PythonText.string(value).urlEncoded(keepingSlash: true)
        }
        for (index, pair) in pairs.enumerated() {
            let parts = try pair.iterated()
            guard parts.count == 2 else { throw JinjaProblem("not enough values to unpack (expected 2, got \(parts.count))") }
            let key = try PythonText.string(parts[0]).urlEncoded(keepingSlash: false)
            pairs[index] = .string(key + "=" + (try PythonText.string(parts[1]).urlEncoded(keepingSlash: false)))
        }
        return try joined(.list(pairs), "&")
    }
}

extension JinjaFilter {
    /// How much longer than others a filter works on each byte of a text: as a shift of the bytes' number.
    fileprivate var textCostShift: Int {
        switch self {
        case .wordwrap, .striptags: 0
        case .wordcount, .urlencode: 1
        case .title, .capitalize, .upper, .lower: 3
        default: 6
        }
    }
}

extension JinjaString {
    /// The `title` filter, which unlike the method begins a word only after blanks, hyphens and opening brackets.
    var titledByWords: JinjaString {
        var result = JinjaString(bytes: [])
        var isInside = false
        for scalar in text.unicodeScalars {
            if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
                result.append(scalar)
                isInside = false
            } else {
                result.bytes += (isInside ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping).utf8
                isInside = true
            }
        }
        return result
    }

    var escapedForHTML: JinjaString {
        var result = JinjaString(bytes: [])
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "&"): result.bytes += Array("&amp;".utf8)
            case UInt8(ascii: "<"): result.bytes += Array("&lt;".utf8)
            case UInt8(ascii: ">"): result.bytes += Array("&gt;".utf8)
            case UInt8(ascii: "'"): result.bytes += Array("&#39;".utf8)
            case UInt8(ascii: "\""): result.bytes += Array("&#34;".utf8)
            default: result.bytes.append(byte)
            }
        }
        return result
    }

    /// Without what stands between `<` and `>`, white space run together, the commonest entities read.
    var withoutTags: JinjaString {
        var kept: [UInt8] = []
        var rest = bytes[...]
        while let opening = rest.firstIndex(of: UInt8(ascii: "<")) {
            guard let closing = rest[opening...].firstIndex(of: UInt8(ascii: ">")) else { break }
            kept += rest[..<opening]
            rest = rest[(closing + 1)...]
        }
        var text = JinjaString(bytes: kept + rest).text
        for (entity, character) in [
            ("&lt;", "<"), ("&gt;", ">"), ("&#39;", "'"), ("&#34;", "\""), ("&quot;", "\""), ("&amp;", "&"),
        ] {
            text = text.replacing(entity, with: character)
        }
        let words = (try? JinjaString(text).split(nil, most: -1)) ?? []
        return words.dropFirst().reduce(words.first ?? "") { $0 + " " + $1 }
    }

    func urlEncoded(keepingSlash: Bool) -> JinjaString {
        var result = JinjaString(bytes: [])
        for byte in bytes {
            let isKept = byte.isWordByte && byte < 0x80 || [45, 46, 126].contains(byte) || (keepingSlash && byte == 47)
            if isKept {
                result.bytes.append(byte)
            } else if byte == 32, !keepingSlash {
                result.bytes.append(UInt8(ascii: "+"))
            } else {
                result.bytes += Array("%".utf8) + (byte < 16 ? [48] : []) + Array(String(byte, radix: 16, uppercase: true).utf8)
            }
        }
        return result
    }
}

/// Python's textwrap with `expand_tabs` and `replace_whitespace` off.
struct TextWrapper {
    let width: Int
    let breaksLongWords: Bool
    let breaksOnHyphens: Bool

    func wrap(_ text: JinjaString) -> [JinjaString] {
        var chunks = chunks(of: text.scalars)[...]
        var lines: [JinjaString] = []
        while !chunks.isEmpty {
            var line: [ArraySlice<Unicode.Scalar>] = []
            var length = 0
            if !lines.isEmpty, let first = chunks.first, first.allSatisfy(\.isPythonSpace) { chunks.removeFirst() }
            while let chunk = chunks.first, length + chunk.count <= width {
                line.append(chunk)
                length += chunk.count
                chunks.removeFirst()
            }
            if let chunk = chunks.first, chunk.count > width {
                let room = max(1, width - length)
                if breaksLongWords {
                    line.append(chunk.prefix(room))
                    chunks[chunks.startIndex] = chunk.dropFirst(room)
                } else if line.isEmpty {
                    line.append(chunk)
                    chunks.removeFirst()
                }
            }
            if let last = line.last, last.allSatisfy(\.isPythonSpace) { line.removeLast() }
            if !line.isEmpty { lines.append(JinjaString(scalars: line.joined())) }
        }
        return lines
    }

    /// Runs of blanks and of others, the latter cut after hyphens between letters.
    private func chunks(of scalars: [Unicode.Scalar]) -> [ArraySlice<Unicode.Scalar>] {
        var chunks: [ArraySlice<Unicode.Scalar>] = []
        var start = 0
        for index in scalars.indices.dropFirst() {
            let changes = scalars[index].isPythonSpace != scalars[index - 1].isPythonSpace
            let isHyphen =
                breaksOnHyphens && scalars[index - 1] == "-" && index - start > 2 && scalars[index].isPythonLetter
                && scalars[index - 2].isPythonLetter && scalars[index - 3].isPythonLetter
            if changes || isHyphen {
                chunks.append(scalars[start..<index])
                start = index
            }
        }
        if start < scalars.count { chunks.append(scalars[start...]) }
        return chunks
    }
}
