import JSONText
import ModelManifest
import TestSupport
import Testing

/// Files in the superset, project settings and links, as the program handles them.
@Suite struct SupersetTests {
    let bench: Workbench
    init() throws {
        bench = try Workbench()
        try bench.shell("mkdir -p parts")
        try bench.write(
            """
            # syntax=quern/1
            ARG HEAT=0.5
            INCLUDE parts/house
            FROM ./tiny.gguf AS base
            SYSTEM <<END
            Be short.
            END
            FROM base AS hot
            PARAMETER temperature ${HEAT}

            """, to: "Modelfile")
        try bench.write("PARAMETER stop User:\n", to: "parts/house")
    }

    @Test func targetsAreCompiled() throws {
        let hot = try bench.quern.run("compile", "--arg", "HEAT=0.25")
        #expect(hot.output == "PARAMETER stop User:\nFROM ./tiny.gguf\nSYSTEM Be short.\nPARAMETER temperature 0.25\n")
        #expect(hot.exitCode == 0 && hot.errors.isEmpty)
        #expect(try bench.quern.run("compile", "--target", "base", "-o", "out", "--source-map", "map").exitCode == 0)
        #expect(try bench.shell("cat out").output == "PARAMETER stop User:\nFROM ./tiny.gguf\nSYSTEM Be short.\n")
        let map = try JSONValue(parsing: try bench.shell("cat map").output)
        #expect(map["version"] == 3 && map["sources"] == ["parts/house", "Modelfile"] && map["file"] == "out")
        #expect(map["mappings"]?.string?.split(separator: ";", omittingEmptySubsequences: false).count == 3)
        let unknown = try bench.quern.run("compile", "--target", "hat")
        #expect(unknown.isOneClearError && unknown.errors.contains("did you mean 'hot'?"))
        #expect(try bench.quern.run("compile", "--arg", "HEET=1").errors.contains("did you mean 'HEAT'?"))
        #expect(try bench.quern.run("compile", "--arg", "HEAT").exitCode == 2)
    }

    @Test func targetsAreBuilt() throws {
        let made = try bench.quern.run("create", "m", "--target", "hot", "--arg", "HEAT=0.25")
        #expect(made.exitCode == 0, "\(made.errors)")
        try bench.write("FROM ./tiny.gguf\nSYSTEM Be short.\nPARAMETER stop User:\nPARAMETER temperature 0.25\n", to: "plain")
        _ = try bench.quern.run("create", "n", "-f", "plain")
        #expect(try bench.manifest("m").encoded() == bench.manifest("n").encoded())
        let broken = try bench.quern.run("create", "o", "--arg", "HEAT=warm")
        #expect(
            broken.exitCode == 1
                && broken.errors.contains("Modelfile:9:23: error: parameter 'temperature' wants a number, not 'warm'"))
        #expect(broken.errors.contains("HEAT is 'warm', as the command line says"))
    }

    @Test func mistakesInIncludedFilesAreToldAndMendedThere() throws {
        try bench.write("PARAMETER stopp User:\n", to: "parts/house")
        let found = try bench.quern.run("check", "--format", "json")
        let first = try #require(try JSONValue(parsing: found.output)["diagnostics"]?[0])
        #expect(first["file"]?.string == "parts/house" && first["notes"]?[0]?["file"]?.string == "Modelfile")
        #expect(first["notes"]?[0]?["message"]?.string == "included here")
        #expect(try bench.quern.run("check", "--fix").exitCode == 0)
        #expect(try bench.shell("cat parts/house").output == "PARAMETER stop User:\n")
        #expect(try bench.quern.run("check").output.isEmpty)
    }

    @Test func nothingOutsideOfTheFolderIsRead() throws {
        try bench.shell("mkdir in; ln -s /etc/passwd in/link; ln -s ../parts/house in/out")
        for path in ["link", "out", "../parts/house", "/etc/passwd"] {
            try bench.write("# syntax=quern/1\nFROM x\nSYSTEM @\(path)\n", to: "in/Modelfile")
            let result = try bench.quern.run("compile", "in/Modelfile")
            #expect(
                result.exitCode == 1 && result.output.isEmpty && result.errors.contains("[QM0076]"), "\(path): \(result.errors)")
        }
    }

    @Test func layoutKeepsTextsBetweenMarks() throws {
        let text = "# syntax=quern/1\narg  A=1\n\n\n\nfrom x   AS y\nsystem   <<END  \n  a  \n\n\n b\nEND\n"
        let laidOut = "# syntax=quern/1\nARG A=1\n\nFROM x   AS y\nSYSTEM <<END  \n  a  \n\n\n b\nEND\n"
        #expect(try bench.quern.run(["fmt"], input: text).output == laidOut)
        #expect(try bench.quern.run(["fmt"], input: laidOut).output == laidOut)
    }

    @Test func projectSettingsHoldForTheFoldersBelow() throws {
        try bench.shell("mkdir -p a/b a/skip")
        try bench.write("rules: {QM0023: error}\nignore: [skip/]\n", to: "a/.quern.yaml")
        try bench.write("FROM x\nPARAMETER mirostat 1\n", to: "a/b/Modelfile")
        try bench.write("FORM x\n", to: "a/skip/Modelfile")
        let result = try bench.quern.run("check", "a/b/Modelfile", "a/skip/Modelfile", "--format", "gnu")
        #expect(result.exitCode == 1 && result.output.contains("a/b/Modelfile:2:11: error:") && !result.output.contains("skip"))
        try bench.write("rules: {QM0023: of}\n", to: "a/.quern.yaml")
        let broken = try bench.quern.run("check", "a/b/Modelfile", "--format", "gnu")
        #expect(broken.exitCode == 1 && broken.output.contains("a/.quern.yaml:1:17: error: QM0023: 'of' is none of"))
        try bench.write("failure-threshold: warning\n", to: "a/.quern.yaml")
        #expect(try bench.quern.run("check", "a/b/Modelfile").exitCode == 1)
        #expect(try bench.quern.run("check", "a/b/Modelfile", "--failure-threshold", "error").exitCode == 0)
    }

    @Test func linksStayLinks() throws {
        try bench.write("FORM ./tiny.gguf\n", to: "real")
        try bench.shell("ln -s real link")
        #expect(try bench.quern.run("check", "--fix", "link").exitCode == 0)
        #expect(try bench.shell("readlink link; cat real").output == "real\nFROM ./tiny.gguf\n")
        try bench.write("from   ./tiny.gguf\n", to: "real")
        #expect(try bench.quern.run("fmt", "link").exitCode == 0)
        #expect(try bench.shell("readlink link; cat real").output == "real\nFROM ./tiny.gguf\n")
    }
}
