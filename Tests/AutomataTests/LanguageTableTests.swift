/// The algebra of languages: boolean operators, emptiness, counting, remainders.
import Automata
import Testing

@Suite("Languages")
struct LanguageTableTests {
    private let table = LanguageTable()

    private func language(_ expression: String) throws -> Language { table.language(try .matching(expression)) }

    @Test("that cannot both hold are seen to be empty")
    func emptiness() throws {
        let both = table.intersection([try language("a*b"), try language("(a|b)*a")])
        #expect(table.isEmpty(both))
        #expect(!table.isEmpty(table.intersection([try language("a*b"), try language("[ab]{3}")])))
    }

    @Test("hold what a smaller one has")
    func containment() throws {
        #expect(table.contains(try language("[a-f]{1,3}"), in: try language("[a-z]+")))
        #expect(!table.contains(try language("[a-z]+"), in: try language("[a-f]+")))
    }

    @Test("of words are found word by word")
    func literals() {
        let words = (0..<500).map { Array("word\($0)".utf8) }
        let language = table.literals(words)
        for word in words { #expect(table.accepts(word, in: language)) }
        #expect(!table.accepts(Array("word500".utf8), in: language))
        #expect(!table.accepts(Array("word".utf8), in: language))
    }

    @Test("of multiples agree with division", arguments: [(7, 0), (25, 2), (1, 2), (5, 1), (3, 0), (100, 0)])
    func multiples(modulus: Int, scale: Int) {
        let language = table.decimalMultiples(of: modulus, scale: scale)
        let unit = (0..<scale).reduce(1) { power, _ in power * 10 }
        for value in 0..<2_000 {
            let whole = value / unit
            let fraction = String(String(unit + value % unit).dropFirst())
            let text = scale == 0 ? "\(whole)" : "\(whole).\(fraction)"
            #expect(table.accepts(text.utf8, in: language) == (value % modulus == 0), "\(text) by \(modulus)/\(unit)")
        }
        #expect(table.accepts("0".utf8, in: language))
        #expect(!table.accepts("0.001".utf8, in: language) || scale > 2)
    }

    @Test("grow no further than the table's limit, and then accept nothing")
    func limit() throws {
        let small = LanguageTable(limit: 50)
        let language = small.language(try .matching("(a|b)*a(a|b){20}"))
        let text = Array(repeating: UInt8(ascii: "a"), count: 60)
        _ = small.accepts(text, in: language)
        #expect(small.isExhausted)
        #expect(!small.accepts(text, in: language))
    }
}
