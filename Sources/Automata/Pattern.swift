/// A regular expression over Unicode scalars, before it is compiled to bytes.
///
/// Besides the usual operators it has the boolean ones: JSON Schema's `allOf` and `not`, and lookaheads, need them.
public indirect enum Pattern: Hashable, Sendable {
    case nothing
    case empty
    case characters(ScalarSet)
    case sequence([Pattern])
    case choice([Pattern])
    case both([Pattern])
    case complement(Pattern)
    /// `maximum` nil is unbounded.
    case repeated(Pattern, minimum: Int, maximum: Int?)
    /// The mark before a text, which `^` matches; `unmarked` takes it away again.
    case start
    /// The mark after a text, which `$` matches.
    case end
    /// The texts of a pattern between marks, without the marks.
    case unmarked(Pattern)

    public static let anyCharacter = Pattern.characters(.all)
    public static let anything = Pattern.repeated(.anyCharacter, minimum: 0, maximum: nil)

    /// The texts in which the ECMA-262 regular expression is found, as JSON Schema's `pattern` means it.
    public static func searching(_ expression: String) throws(PatternError) -> Pattern {
        var parser = PatternParser(expression)
        return .unmarked(try parser.search())
    }

    /// The texts that the ECMA-262 regular expression matches as a whole.
    public static func matching(_ expression: String) throws(PatternError) -> Pattern {
        do {
            var parser = PatternParser("^(?:\(expression))$")
            return .unmarked(try parser.search())
        } catch .syntax(let what, let at) {
            throw .syntax(what, at: max(0, at - 4))
        } catch .unsupported(let what, let at) {
            throw .unsupported(what, at: max(0, at - 4))
        }
    }

    public static func literal(_ text: String) -> Pattern {
        .sequence(text.unicodeScalars.map { .characters(ScalarSet($0)) })
    }

    public static func any(_ pattern: Pattern) -> Pattern { .repeated(pattern, minimum: 0, maximum: nil) }

    /// Texts of `minimum` to `maximum` scalars, of whatever kind.
    public static func length(_ minimum: Int, _ maximum: Int?) -> Pattern {
        .repeated(.anyCharacter, minimum: minimum, maximum: maximum)
    }
}
