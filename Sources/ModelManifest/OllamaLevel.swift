/// The Ollama whose behaviour Quern has: what `--version` and `/api/version` say, and what REQUIRES is compared with.
public enum OllamaLevel {
    public static let version = "0.32.15"

    /// Whether a model that requires `version` (with or without a leading `v`) runs here.
    public static func satisfies(_ required: String) throws(ManifestError) -> Bool {
        try SemanticVersion(required) <= SemanticVersion(version)
    }
}

/// A version by the rules of semver.org, read as leniently as Go's `semver` does: `v` in front, minor and patch may be missing.
public struct SemanticVersion: Sendable, Hashable, CustomStringConvertible {
    public let major: UInt64
    public let minor: UInt64
    public let patch: UInt64
    /// The dot-separated identifiers after `-`; empty for a release.
    public let prerelease: [String]
    /// The text without a leading `v`, as configs store it.
    public let text: String

    public var description: String { text }

    public init(_ text: String) throws(ManifestError) {
        let bare = text.hasPrefix("v") ? String(text.dropFirst()) : text
        let (beforeBuild, build) = Self.cut(bare, at: "+")
        let (core, prerelease) = Self.cut(beforeBuild, at: "-")
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map { Self.number($0) }
        let identifiers = prerelease.map { $0.split(separator: ".", omittingEmptySubsequences: false).map(String.init) } ?? []
        let buildIdentifiers = build.map { $0.split(separator: ".", omittingEmptySubsequences: false).map(String.init) } ?? []
        let isShort = numbers.count < 3
        guard (1...3).contains(numbers.count), !numbers.contains(nil), !(isShort && (prerelease != nil || build != nil)),
            identifiers.allSatisfy({ Self.isIdentifier($0) && ($0.first != "0" || $0.count == 1 || !Self.isNumeric($0)) }),
            buildIdentifiers.allSatisfy(Self.isIdentifier)
        else { throw .invalidVersion(text) }
        let padded = numbers.compactMap { $0 } + [0, 0]
        (major, minor, patch) = (padded[0], padded[1], padded[2])
        self.prerelease = identifiers
        self.text = bare
    }

    private static func cut(_ text: String, at mark: Character) -> (before: String, after: String?) {
        guard let position = text.firstIndex(of: mark) else { return (text, nil) }
        return (String(text[..<position]), String(text[text.index(after: position)...]))
    }

    private static func number(_ text: Substring) -> UInt64? {
        isNumeric(text) && (text.count == 1 || text.first != "0") ? UInt64(text) : nil
    }

    private static func isNumeric(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
    }

    private static func isIdentifier(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { ModelName.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
    }
}

extension SemanticVersion: Comparable {
    public static func < (left: SemanticVersion, right: SemanticVersion) -> Bool {
        let (leftCore, rightCore) = ([left.major, left.minor, left.patch], [right.major, right.minor, right.patch])
        if leftCore != rightCore { return leftCore.lexicographicallyPrecedes(rightCore) }
        // A release comes after its own prereleases.
        if left.prerelease.isEmpty || right.prerelease.isEmpty { return !left.prerelease.isEmpty && right.prerelease.isEmpty }
        return left.prerelease.lexicographicallyPrecedes(right.prerelease, by: identifierPrecedes)
    }

    private static func identifierPrecedes(_ left: String, _ right: String) -> Bool {
        switch (UInt64(left), UInt64(right)) {
        case (let left?, let right?): left < right
        case (_?, nil): true
        case (nil, _?): false
        case (nil, nil): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }
}
