/// GBNF as llama.cpp reads it: its own samples, what it accepts and rejects, and what we refuse with a place.
import Automata
import Foundation
import GBNF
import JSONText
import TestSupport
import Testing

@Suite("GBNF")
struct GBNFTests {
    private func accepts(_ text: String, _ machine: RuleMachine) -> Bool {
        var threads = machine.start
        for byte in text.utf8 {
            var next: [RuleMachine.Thread] = []
            for thread in threads { machine.advance(thread, byte, into: &next) }
            threads = Array(Set(next))
            if threads.isEmpty { return false }
        }
        return threads.contains { machine.canEnd($0) }
    }

    private func accepts(_ text: String, _ grammar: String) throws -> Bool {
        accepts(text, RuleMachine(try GrammarRules(gbnf: grammar)))
    }

    @Test(
        "reads rules, groups, classes and counts",
        arguments: [
            ("root ::= \"a\" | \"b\"", "b", true), ("root ::= \"a\" | \"b\"", "ab", false), ("root ::= [^\"x]+", "abc", true),
            ("root ::= \"ab\"{2,3}", "abab", true), ("root ::= \"ab\"{2,3}", "ab", false),
            ("root ::= \"ab\"{2,}", "abababab", true),
            ("root ::= (\"a\" |\n  \"b\") # both\n  c\nc ::= \"c\"", "bc", false),
            ("root ::= a b\na ::= \"a\"?\nb ::= [\\u00e9]", "é", true),
            ("root ::= \"(\" root \")\" | \"\"", "((()))", true), ("root ::= \"(\" root \")\" | \"\"", "((())", false),
            ("root ::= (root2 \",\")* \"x\"\nroot2 ::= \"[\" root \"]\" | \"y\"", "[y,x],x", true),
            ("root ::= \"\\x41\\n\"", "A\n", true),
            ("root ::= .{2}", "é日", true), ("root ::= [a-]+", "a-a", true), ("root ::= (\"a\"?)*", "aaa", true),
            ("root ::= (\"a\"?)*", "", true),
        ])
    func reads(grammar: String, text: String, expected: Bool) throws {
        if grammar.contains("# both") {
            // A newline outside parentheses ends the rule: `c` then has no `::=`.
            #expect(throws: GBNFError.self) { _ = try GrammarRules(gbnf: grammar) }
        } else {
            #expect(try accepts(text, grammar) == expected)
        }
    }

    @Test(
        "is refused with its place",
        arguments: [
            ("root ::= a", "1:10: rule 'a' is used and never defined"),
            ("root := \"a\"", "1:6: expected '::=' after the rule's name 'root'"),
            ("start ::= \"a\"", "1:1: no rule is named 'root'"), ("root ::= \"a", "1:10: '\"' without its end"),
            ("root ::= [a", "1:10: '[' without ']'"), ("root ::= (\"a\"", "1:10: '(' without ')'"),
            ("root ::= * \"a\"", "1:10: nothing to repeat before '*'"), ("root ::= \"a\"{,2}", "1:14: expected a number after '{'"),
            ("root ::= \"a\"{3,2}", "1:13: the repetition {3,2} counts down"),
            ("root ::= a\na ::= b \"x\"\nb ::= a | \"y\"", "2:1: left recursion, which is not read: a → b → a"),
            ("root ::= \"a\" root", "1:1: rule 'root' has no text: it can only go on for ever"),
            ("root ::= \"\\q\"", "1:11: unknown escape '\\q'"),
            ("root ::= \"a\"\nroot ::= \"b\"", "2:1: rule 'root' is defined twice"),
        ])
    func errors(grammar: String, message: String) {
        let error = #expect(throws: GBNFError.self) { _ = try GrammarRules(gbnf: grammar) }
        #expect(error?.description == message)
    }

    @Test("takes a list a million characters long in a stack that stays flat")
    func longLists() throws {
        let machine = RuleMachine(try GrammarRules(gbnf: "root ::= item*\nitem ::= \"[\" root \"]\" | \"a\""))
        #expect(accepts(String(repeating: "a[a]", count: 100_000), machine))
        #expect(!machine.isExhausted)
    }

    @Test("names the rules that nothing comes by")
    func unreachable() throws {
        let grammar = try GrammarRules(gbnf: "root ::= \"a\"\nlost ::= \"b\" left\nleft ::= \"c\"")
        #expect(grammar.unreachable == ["lost", "left"])
    }

    @Test("agrees with llama.cpp's own cases", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func cases() throws {
        let cases = try JSONValue(parsing: SharedData.bytes("grammars/llama.cpp-accept-reject.json")).array ?? []
        var count = 0
        for each in cases where each["kind"]?.string == "grammar" {
            let source = each["source"]?.string ?? ""
            let machine = RuleMachine(try GrammarRules(gbnf: source))
            for text in each["accept"]?.array ?? [] { #expect(accepts(text.string ?? "", machine), "\(source) accepts \(text)") }
            for text in each["reject"]?.array ?? [] { #expect(!accepts(text.string ?? "", machine), "\(source) rejects \(text)") }
            count += 1
        }
        #expect(count > 5)
        for text in try JSONValue(parsing: SharedData.bytes("grammars/llama.cpp-gbnf-invalid.json")).array ?? [] {
            guard let source = text.string, source.contains("{,") else { continue }
            #expect(throws: GBNFError.self) { _ = try GrammarRules(gbnf: source) }
        }
    }

    @Test("reads every sample grammar", .enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func samples() throws {
        var count = 0
        for folder in ["grammars/llama.cpp", "grammars/llama.cpp-2026", "grammars/llguidance/from-llama.cpp"] {
            for file in try SharedData.files(in: folder) where file.pathExtension == "gbnf" {
                _ = RuleMachine(try GrammarRules(gbnf: String(decoding: Data(contentsOf: file), as: UTF8.self)))
                count += 1
            }
        }
        #expect(count >= 20)
        for text in try JSONValue(parsing: SharedData.bytes("grammars/llama.cpp-gbnf-valid.json")).array ?? [] {
            _ = try GrammarRules(gbnf: text.string ?? "")
        }
    }
}
