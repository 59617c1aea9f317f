import Diagnostics
import Foundation
import ModelfileSyntax
import TestSupport
import Testing

/// Grammar/Modelfile.ebnf is what the parser reads: a recogniser that follows the file itself accepts and rejects the same texts.
@Suite struct GrammarTests {
    /// The sets of characters that the grammar describes in words.
    static var sets: [String: (Unicode.Scalar) -> Bool] {
        [
            "U+0009": { $0 == "\t" }, "U+000A": { $0 == "\n" }, "U+000D": { $0 == "\r" },
            "controls other than U+0009, U+000A, U+000D; separators other than U+0020; format characters": isInvisible,
            "any other scalar": { !isInvisible($0) && !"\t\n\r ".unicodeScalars.contains($0) },
            "A to Z, a to z, 0 to 9, _": {
                ("A"..."Z").contains($0) || ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "_"
            },
            "white space of Unicode": { $0.properties.isWhitespace },
            "anything but white space of Unicode": { !$0.properties.isWhitespace },
        ]
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        if ["\t", "\n", "\r", " "].contains(scalar) { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .spaceSeparator, .lineSeparator, .paragraphSeparator: return true
        default: return false
        }
    }

    private let grammar: EBNF

    init() throws {
        let file = SharedData.packageRoot.appendingPathComponent("Grammar/Modelfile.ebnf")
        grammar = try EBNF(try String(contentsOf: file, encoding: .utf8), sets: Self.sets)
    }

    /// Whether grammar and parser say the same; what they say where they don't.
    private func disagreement(_ bytes: [UInt8]) -> String? {
        // The grammar is about text: what bytes mean is decided before.
        let tree = ModelfileSyntaxTree(parsing: bytes)
        let isAccepted = grammar.accepts(tree.source.text, as: "file")
        guard isAccepted == tree.diagnostics.containsErrors else { return nil }
        return "the grammar \(isAccepted ? "accepts" : "rejects") \(tree.source.text.debugDescription), the parser says "
            + "\(tree.diagnostics.map(\.message))"
    }

    @Test func `the samples and their mutations`() throws {
        var mutations = Mutations(seed: 14977)
        for sample in try GrammarSamples.all() {
            #expect(disagreement(sample.bytes) == nil, "\(sample.name)")
            for _ in 0..<60 {
                let bytes = mutations.damage(sample.bytes)
                #expect(disagreement(bytes) == nil)
            }
        }
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `real Modelfiles`() throws {
        let files = try SharedData.files(in: "modelfiles")
        #expect(files.count > 300)
        for file in files {
            let problem = disagreement([UInt8](try Data(contentsOf: file)))
            #expect(problem == nil, "\(file.lastPathComponent)")
        }
    }

    @Test(arguments: [
        ("a = 'x' ;", "x", true), ("a = \"FROM\" ;", "fRoM", true), ("a = 'FROM' ;", "fRoM", false),
        ("a = { 'x' | 'y' } , [ 'z' ] ;", "xyyz", true),
        ("a = { 'x' | 'y' } , [ 'z' ] ;", "xzy", false), ("a = { b } - ( b , b ) ; b = 'x' ;", "xx", false),
        ("a = { b } - ( b , b ) ; b = 'x' ;", "xxx", true), ("(* c *) a = '(' , [ a ] , ')' ; (* d *)", "((()))", true),
        ("a = '(' , [ a ] , ')' ;", "(()", false),
    ])
    func `the recogniser follows the notation`(grammar: String, text: String, isAccepted: Bool) throws {
        #expect(try EBNF(grammar, sets: [:]).accepts(text, as: "a") == isAccepted)
    }

    @Test(arguments: ["a = b ;", "a = 'x'", "a = ( 'x' ;", "a = ? new ? ;", "a 'x' ;"])
    func `what is no grammar is refused`(text: String) { #expect(throws: EBNF.Failure.self) { try EBNF(text, sets: [:]) } }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "python3 draws the picture"))
    func `the railroad diagram is that of the grammar`() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [SharedData.packageRoot.appendingPathComponent("Scripts/railroad.py").path, "--check"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "stale; run python3 Scripts/railroad.py")
    }
}
