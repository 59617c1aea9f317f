/// The versions that REQUIRES accepts.
package enum VersionText {
    /// `text` without its leading `v`, if it is a semantic version as Go's x/mod/semver reads them; otherwise nil.
    ///
    /// `1` and `1.2` stand for `1.0.0` and `1.2.0`; a suffix (`-rc1`, `+build`) wants all three numbers.
    package static func parse(_ text: String) -> String? {
        let version = text.hasPrefix("v") ? String(text.dropFirst()) : text
        let core = version.prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...3).contains(numbers.count), numbers.allSatisfy(isNumber) else { return nil }
        let suffix = version.dropFirst(core.count)
        guard suffix.isEmpty || numbers.count == 3 && isSuffix(suffix) else { return nil }
        return version
    }

    private static func isNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && (text == "0" || !text.hasPrefix("0"))
    }

    private static func isSuffix(_ suffix: Substring) -> Bool {
        let build = suffix.firstIndex(of: "+") ?? suffix.endIndex
        let prerelease = suffix[..<build]
        if prerelease.hasPrefix("-"), !isDotted(prerelease.dropFirst(), isPrerelease: true) { return false }
        return build == suffix.endIndex || isDotted(suffix[build...].dropFirst(), isPrerelease: false)
    }

    /// Identifiers between dots; in a pre-release those of digits alone have no leading zero.
    private static func isDotted(_ text: Substring, isPrerelease: Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard !part.isEmpty, part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else { return false }
            return !isPrerelease || !part.allSatisfy(\.isNumber) || isNumber(part)
        }
    }
}
