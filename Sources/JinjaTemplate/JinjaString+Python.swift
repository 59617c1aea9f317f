/// What Python's `str` does, as far as it needs nothing but the text.
extension JinjaString {
    // MARK: - Ends

    /// Without white space, or the given characters, at its ends.
    func stripped(_ characters: JinjaString? = nil, left: Bool = true, right: Bool = true) -> JinjaString {
        guard let characters else {
            let start = left ? SpaceScan.skipForward(bytes, 0..<bytes.count) : 0
            let end = right ? SpaceScan.skipBackward(bytes, start..<bytes.count) : bytes.count
            return start == 0 && end == bytes.count ? self : JinjaString(bytes[start..<end])
        }
        let set = Set(characters.scalars)
        var rest = scalars[...]
        if left { rest = rest.drop { set.contains($0) } }
        if right { while let last = rest.last, set.contains(last) { rest.removeLast() } }
        return JinjaString(scalars: rest)
    }

    func removing(_ affix: JinjaString, fromEnd: Bool) -> JinjaString {
        if affix.isEmpty { return self }
        if fromEnd { return hasSuffix(affix) ? JinjaString(bytes.dropLast(affix.bytes.count)) : self }
        return hasPrefix(affix) ? JinjaString(bytes.dropFirst(affix.bytes.count)) : self
    }

    // MARK: - Cutting

    private static func tooMany() -> JinjaProblem { .limit("more than \(JinjaValue.elementLimit) pieces of one text") }

    func split(_ separator: JinjaString?, most: Int) throws(JinjaProblem) -> [JinjaString] {
        let most = most < 0 ? Int.max : most
        guard let separator else { return try words(most: most) }
        if separator.isEmpty { throw JinjaProblem("empty separator") }
        var parts: [JinjaString] = []
        var start = 0
        while parts.count < most, let offset = firstOffset(of: separator, from: start) {
            parts.append(JinjaString(bytes[start..<offset]))
            start = offset + separator.bytes.count
            if parts.count > JinjaValue.elementLimit { throw Self.tooMany() }
        }
        parts.append(JinjaString(bytes[start...]))
        return parts
    }

    private func words(most: Int) throws(JinjaProblem) -> [JinjaString] {
        var words: [JinjaString] = []
        var start = SpaceScan.skipForward(bytes, 0..<bytes.count)
        while start < bytes.count {
            if words.count == most {
                words.append(JinjaString(bytes[start...]))
                break
            }
            var end = start
            while end < bytes.count, SpaceScan.skipForward(bytes, end..<bytes.count) == end { end += 1 }
            words.append(JinjaString(bytes[start..<end]))
            if words.count > JinjaValue.elementLimit { throw Self.tooMany() }
            start = SpaceScan.skipForward(bytes, end..<bytes.count)
        }
        return words
    }

    /// `rsplit`: what is cut off is cut off at the end.
    func splitFromEnd(_ separator: JinjaString?, most: Int) throws(JinjaProblem) -> [JinjaString] {
        if most < 0, separator == nil { return try words(most: .max) }
        let mirrored = JinjaString(scalars: scalars.reversed())
        let parts = try mirrored.split(separator.map { JinjaString(scalars: $0.scalars.reversed()) }, most: most)
        return parts.reversed().map { JinjaString(scalars: $0.scalars.reversed()) }
    }

    func partitioned(_ separator: JinjaString, fromEnd: Bool) throws(JinjaProblem) -> [JinjaString] {
        if separator.isEmpty { throw JinjaProblem("empty separator") }
        let nothing = JinjaString(bytes: [])
        guard let offset = fromEnd ? lastOffset(of: separator) : firstOffset(of: separator) else {
            return fromEnd ? [nothing, nothing, self] : [self, nothing, nothing]
        }
        return [JinjaString(bytes[..<offset]), separator, JinjaString(bytes[(offset + separator.bytes.count)...])]
    }

    func lines(keepingEnds: Bool = false) -> [JinjaString] {
        var lines: [JinjaString] = []
        var line = JinjaString(bytes: [])
        var isOpen = false
        var wasReturn = false
        for scalar in text.unicodeScalars {
            if wasReturn {
                wasReturn = false
                if scalar == "\n" {
                    if keepingEnds { lines[lines.count - 1].append(scalar) }
                    continue
                }
            }
            guard scalar.isPythonLineBreak else {
                line.append(scalar)
                isOpen = true
                continue
            }
            if keepingEnds { line.append(scalar) }
            lines.append(line)
            line = JinjaString(bytes: [])
            isOpen = false
            wasReturn = scalar == "\r"
        }
        return isOpen ? lines + [line] : lines
    }

    func occurrences(of needle: JinjaString) -> Int {
        if needle.isEmpty { return count + 1 }
        var start = 0
        var found = 0
        while let offset = firstOffset(of: needle, from: start) {
            found += 1
            start = offset + needle.bytes.count
        }
        return found
    }

    // MARK: - Padding

    func padded(_ width: Int, _ fill: JinjaString, left: Bool) -> JinjaString {
        let missing = width - count
        guard missing > 0 else { return self }
        let padding = fill.repeated(missing)
        return left ? padding + self : self + padding
    }

    func centered(_ width: Int, _ fill: JinjaString) -> JinjaString {
        let missing = width - count
        guard missing > 0 else { return self }
        let before = missing / 2 + (missing & width & 1)
        return fill.repeated(before) + self + fill.repeated(missing - before)
    }

    private func repeated(_ count: Int) -> JinjaString {
        if bytes.count == 1 { return JinjaString(bytes: Array(repeating: bytes[0], count: count)) }
        return JinjaString(bytes: (0..<count).flatMap { _ in bytes })
    }

    func expandingTabs(_ size: Int) -> JinjaString {
        var result = JinjaString(bytes: [])
        var column = 0
        for scalar in text.unicodeScalars {
            if scalar == "\t" {
                let blanks = size > 0 ? size - column % size : 0
                for _ in 0..<blanks { result.bytes.append(UInt8(ascii: " ")) }
                column += blanks
            } else {
                result.append(scalar)
                column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
            }
        }
        return result
    }

    // MARK: - Case

    private func mappingASCII(
        _ ascii: (UInt8) -> UInt8, _ scalar: (Unicode.Scalar) -> String
    ) -> JinjaString {
        if isASCII { return JinjaString(bytes: bytes.map(ascii)) }
        var result = JinjaString(bytes: [])
        for character in text.unicodeScalars { result.bytes += scalar(character).utf8 }
        return result
    }

    var uppercased: JinjaString {
        mappingASCII({ (97...122).contains($0) ? $0 - 32 : $0 }, { $0.properties.uppercaseMapping })
    }

    var lowercased: JinjaString {
        mappingASCII({ (65...90).contains($0) ? $0 + 32 : $0 }, { $0.properties.lowercaseMapping })
    }

    var swappingCase: JinjaString {
        mappingASCII(
            { (97...122).contains($0) ? $0 - 32 : (65...90).contains($0) ? $0 + 32 : $0 },
            { $0.properties.isUppercase ? $0.properties.lowercaseMapping : $0.properties.uppercaseMapping })
    }

    var capitalized: JinjaString {
        guard let first = scalars.first else { return self }
        return JinjaString(first.properties.titlecaseMapping) + JinjaString(scalars: scalars.dropFirst()).lowercased
    }

    /// Each run of cased letters begins with a capital.
    var titled: JinjaString {
        var result = JinjaString(bytes: [])
        var isInside = false
        for scalar in text.unicodeScalars {
            let properties = scalar.properties
            result.bytes += (isInside ? properties.lowercaseMapping : properties.titlecaseMapping).utf8
            isInside = properties.isCased
        }
        return result
    }

    // MARK: - Questions

    func satisfies(_ method: TextMethod) -> Bool {
        let scalars = scalars
        let everyone = { (test: (Unicode.Scalar) -> Bool) in !scalars.isEmpty && scalars.allSatisfy(test) }
        switch method {
        case .isascii: return isASCII
        case .isspace: return everyone(\.isPythonSpace)
        case .isalpha: return everyone(\.isPythonLetter)
        case .isdecimal: return everyone { $0.properties.generalCategory == .decimalNumber }
        case .isdigit: return everyone { $0.properties.numericType == .decimal || $0.properties.numericType == .digit }
        case .isnumeric: return everyone { $0.properties.numericType != nil }
        case .isalnum: return everyone { $0.isPythonLetter || $0.properties.numericType != nil }
        case .isprintable: return scalars.allSatisfy(\.isPythonPrintable)
        case .isidentifier:
            guard let first = scalars.first else { return false }
            return (first == "_" || first.properties.isXIDStart) && scalars.allSatisfy(\.properties.isXIDContinue)
        case .islower: return scalars.contains(where: \.properties.isLowercase) && !scalars.contains(where: \.isPythonUpper)
        case .isupper: return scalars.contains(where: \.isPythonUpper) && !scalars.contains(where: \.properties.isLowercase)
        case .istitle: return isTitled
        default: return false
        }
    }

    private var isTitled: Bool {
        var wasCased = false
        var found = false
        for scalar in text.unicodeScalars {
            if scalar.isPythonUpper {
                if wasCased { return false }
                (wasCased, found) = (true, true)
            } else if scalar.properties.isLowercase {
                if !wasCased { return false }
                (wasCased, found) = (true, true)
            } else {
                wasCased = false
            }
        }
        return found
    }
}

extension Unicode.Scalar {
    var isPythonLetter: Bool {
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: true
        default: false
        }
    }

    var isPythonUpper: Bool { properties.isUppercase || properties.generalCategory == .titlecaseLetter }
}
