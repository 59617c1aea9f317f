import Foundation
import ModelfileSyntax
import TestSupport
import Testing

@Suite struct PrintingTests {
    @Test(arguments: [
        (ModelfileEntry(.from, "a b"), "FROM a b"), (ModelfileEntry(.parameter, "stop", "x"), "PARAMETER stop x"),
        (ModelfileEntry(.system, "a\nb"), "SYSTEM \"a\nb\""),
        (ModelfileEntry(.system, "say \"a\"\nb"), "SYSTEM \"\"\"say \"a\"\nb\"\"\""),
        (ModelfileEntry(.parameter, "stop", " x"), "PARAMETER stop \" x\""), (ModelfileEntry(.system, ""), "SYSTEM \"\""),
        (ModelfileEntry(.system, "\"a\""), "SYSTEM \"\"\"\"a\"\"\"\""), (ModelfileEntry(.message, "user", "hi"), "MESSAGE user hi"),
        (ModelfileEntry(.system, "say \"hi\""), "SYSTEM say \"hi\""),
        (ModelfileEntry(.parameter, "stop", "\""), "PARAMETER stop \"\"\"\"\"\"\""),
        (ModelfileEntry(.parameter, "stop", "\n"), "PARAMETER stop \"\n\""),
        (ModelfileEntry(.system, "a \"\"\" b\nc"), "SYSTEM \"\"\"a \"\"\" b\nc\"\"\""),
        (ModelfileEntry(.system, "\u{3000}你好"), "SYSTEM \u{3000}你好"),
    ])
    func `values get quotes only where they need them`(entry: ModelfileEntry, text: String) throws {
        #expect(try ModelfilePrinter.print(entry) == text)
    }

    @Test func `a text that would close its own quotes is refused`() {
        let entry = ModelfileEntry(.system, "a\"\"\"\nb")
        #expect(throws: ModelfilePrintError.self) { try ModelfilePrinter.print(entry) }
        let error = #expect(throws: ModelfilePrintError.self) { try ModelfilePrinter.print(entry) }
        #expect(
            error?.description
                == "SYSTEM cannot be written in a Modelfile: a line of its text ends with \"\"\", which would close the quotes")
    }

    @Test func `a name of two words is refused`() {
        #expect(throws: ModelfilePrintError.self) { try ModelfilePrinter.print(ModelfileEntry(.parameter, "a b", "1")) }
        #expect(throws: ModelfilePrintError.self) { try ModelfilePrinter.print(ModelfileEntry(.parameter, "", "1")) }
    }

    @Test func `every small text that can be written reads back and so does what follows`() throws {
        let pieces = ["\"", "a", " ", "\n", "\r\n", "#", "\u{A0}"]
        var level = [""]
        var refused = 0
        for _ in 0..<4 {
            level = level.flatMap { text in pieces.map { text + $0 } }
            for text in level {
                let entries = [ModelfileEntry(.system, text), ModelfileEntry(.from, "x")]
                guard let printed = try? ModelfilePrinter.print(entries) else {
                    refused += 1
                    continue
                }
                let read = ModelfileSyntaxTree(parsing: Array(printed.utf8)).entries
                #expect(read.map { Array($0.value.utf8) } == entries.map { Array($0.value.utf8) }, "\(printed.debugDescription)")
            }
        }
        // Three quotes and a newline, whatever stands round them.
        #expect(refused > 0 && refused < 20)
    }

    @Test(.enabled(if: SharedData.isPresent, "\(SharedData.absenceReason)"))
    func `real Modelfiles print and read back`() throws {
        for file in try SharedData.files(in: "modelfiles") {
            let entries = ModelfileSyntaxTree(parsing: [UInt8](try Data(contentsOf: file))).entries
            let printed = try ModelfilePrinter.print(entries)
            #expect(ModelfileSyntaxTree(parsing: Array(printed.utf8)).entries == entries, "\(file.lastPathComponent)")
        }
    }
}
