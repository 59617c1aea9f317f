import JSONText
import TestSupport
import Testing

/// `quern check`, `explain` and `fmt` as people and scripts use them.
@Suite struct CheckTests {
    let bench: Workbench
    init() throws { bench = try Workbench() }

    @Test func exitCodesTellCleanFromBroken() throws {
        try bench.write("FROM ./tiny.gguf\n", to: "Modelfile")
        let clean = try bench.quern.run("check")
        #expect(clean.exitCode == 0 && clean.output.isEmpty && clean.errors.isEmpty)
        try bench.write("FROM ./tiny.gguf\nPARAMETER mirostat 1\n", to: "warned")
        #expect(try bench.quern.run("check", "warned").exitCode == 0)
        #expect(try bench.quern.run("check", "warned", "--strict").exitCode == 1)
        #expect(try bench.quern.run("check", "warned", "--failure-threshold", "warning").exitCode == 1)
        try bench.write("FORM x\n", to: "broken")
        let broken = try bench.quern.run("check", "Modelfile", "warned", "broken")
        #expect(broken.exitCode == 1)
        #expect(broken.output.contains("broken:1:1: error: unknown instruction 'FORM', did you mean 'FROM'? [QM0010]\n"))
        #expect(broken.errors == "1 error, 1 warning in 3 files\n")
        #expect(try bench.quern.run("check", "gone").exitCode == 2)
        #expect(try bench.quern.run("check", "--format", "yaml").exitCode == 2)
    }

    @Test func standardInputAndJSON() throws {
        let result = try bench.quern.run(["check", "-", "--format", "json"], input: "FROM x\nPARAMETER temprature 1\n")
        #expect(result.exitCode == 1 && result.errors.isEmpty)
        let first = try #require(try JSONValue(parsing: result.output)["diagnostics"]?[0])
        #expect(first["id"]?.string == "QM0021" && first["severity"]?.string == "error")
        #expect(first["range"]?["start"]?["line"]?.int == 2 && first["range"]?["start"]?["column"]?.int == 11)
        #expect(first["range"]?["end"]?["column"]?.int == 21)
        #expect(first["fixits"]?[0]?["edits"]?[0]?["text"]?.string == "temperature")
        #expect(first["notes"]?.array?.isEmpty == true)
    }

    @Test(arguments: ["json", "sarif", "codeclimate"])
    func formatsOfJSONParse(format: String) throws {
        let result = try bench.quern.run(["check", "-", "--format", format], input: "FORM \"x\u{1}\"\n")
        _ = try JSONValue(parsing: result.output)
        #expect(result.output.contains("QM0010"))
    }

    @Test(arguments: ["junit", "checkstyle"])
    func formatsOfXMLParse(format: String) throws {
        try bench.write("FORM <x> & \"y\u{1}\"\n", to: "Modelfile")
        let result = try bench.quern.run("check", "--format", format)
        #expect(result.output.contains("QM0010"))
        try bench.write(result.output, to: "report.xml")
        let parsed = try bench.shell("python3 -c 'import xml.dom.minidom as m; m.parse(\"report.xml\")'")
        #expect(parsed.exitCode == 0, "\(parsed.errors)")
    }

    @Test func foldersAndTestsBesideModelfiles() throws {
        _ = try bench.shell("mkdir -p models/small")
        try bench.write("FORM x\n", to: "models/Modelfile")
        try bench.write("FORM x\n", to: "models/small/chat.modelfile")
        try bench.write("tests: 3\n", to: "models/Modelfile.test.yaml")
        #expect(try bench.quern.run("check", "models").errors == "2 errors in 2 files\n")
        let tests = try bench.quern.run("check", "models/Modelfile.test.yaml")
        #expect(tests.exitCode == 1 && tests.output.contains("models/Modelfile.test.yaml:1:8: error:"), "\(tests.output)")
        try bench.write("from x\n", to: "models/Modelfile")
        try bench.write("from x\n", to: "models/small/chat.modelfile")
        #expect(try bench.quern.run("fmt", "--check", "models").output == "models/Modelfile\nmodels/small/chat.modelfile\n")
    }

    @Test func factsComeFromTheDisk() throws {
        try bench.write("FROM ./gone.gguf\n", to: "Modelfile")
        #expect(try bench.quern.run("check", "--format", "gnu").output.contains("[QM0031]"))
        try bench.write("FROM ./tinny.gguf\n", to: "Modelfile")
        #expect(try bench.quern.run("check", "--format", "gnu").output.contains("did you mean './tiny.gguf'?"))
        try bench.write("FROM ./tiny.gguf\nPARAMETER num_ctx 1000000\n", to: "Modelfile")
        #expect(try bench.quern.run("check", "--format", "gnu").output.contains("[QM0053]"))
    }

    @Test func mendsAreMadeInPlace() throws {
        try bench.write("FORM \"./tiny.gguf\"\nPARAMETR top_k 4\n", to: "Modelfile")
        let result = try bench.quern.run("check", "--fix")
        #expect(result.exitCode == 0 && result.output.isEmpty)
        #expect(try bench.shell("cat Modelfile").output == "FROM ./tiny.gguf\nPARAMETER top_k 4\n")
        let piped = try bench.quern.run(["check", "--fix", "-"], input: "FORM ./tiny.gguf\nPARAMETER top_k x\n")
        #expect(piped.output == "FROM ./tiny.gguf\nPARAMETER top_k x\n")
        #expect(piped.errors.contains("[QM0022]") && piped.exitCode == 1)
    }

    @Test func bytesThatAreNoTextAreNotMended() throws {
        let bytes = Array("FORM x\nSYSTEM ".utf8) + [0xFF, 0x0A]
        try bench.folder.write(bytes, to: "Modelfile")
        #expect(try bench.quern.run("check", "--fix").exitCode == 1)
        #expect(try [UInt8](Data(contentsOf: bench.folder.file("Modelfile"))) == bytes)
    }

    @Test func idsAreExplained() throws {
        let page = try bench.quern.run("explain", "qm0015")
        #expect(page.output.hasPrefix("QM0015: a blank is missing (error)\n") && page.exitCode == 0)
        #expect(page.output.contains("    PARAMETER temperature=0.7\n"))
        #expect(try bench.quern.run("explain").output.contains("QM0031  warning  nothing is at this path\n"))
        #expect(try bench.quern.run("explain", "QM9999").exitCode == 2)
    }

    @Test func layoutIsMadeCheckedAndShown() throws {
        let text = "from   x\n\n\n\nSYSTEM \"hi\"  \n"
        let laidOut = "FROM x\n\nSYSTEM \"hi\"\n"
        #expect(try bench.quern.run(["fmt"], input: text).output == laidOut)
        try bench.write(text, to: "Modelfile")
        let check = try bench.quern.run("fmt", "--check", "Modelfile")
        #expect(check.exitCode == 1 && check.output == "Modelfile\n")
        let difference = try bench.quern.run("fmt", "--diff", "Modelfile")
        #expect(difference.exitCode == 0)
        #expect(
            difference.output
                == "--- Modelfile\n+++ Modelfile\n@@ -1,5 +1,3 @@\n-from   x\n-\n-\n+FROM x\n \n-SYSTEM \"hi\"  \n+SYSTEM \"hi\"\n"
        )
        try bench.write(difference.output, to: "patch")
        #expect(try bench.shell("cat Modelfile").output == text)
        #expect(try bench.quern.run("fmt", "Modelfile").exitCode == 0)
        #expect(try bench.shell("cat Modelfile").output == laidOut)
        #expect(try bench.quern.run("fmt", "--check", "Modelfile").exitCode == 0)
        try bench.write("FORM x\n", to: "broken")
        let broken = try bench.quern.run("fmt", "broken")
        #expect(broken.exitCode == 1 && broken.errors.contains("[QM0010]"))
    }
}
