import ModelManifest
import TestSupport
import Testing

/// Where the store may lie, and what is said where it cannot be written.
@Suite struct StorePlaces {
    var bench: Workbench
    init() throws { bench = try Workbench() }

    @Test(arguments: ["my models", "モデル é 👩‍👩‍👧", "relative/down", "./here/", "quo'te\"s"])
    func thePathMayBeAnything(path: String) throws {
        var bench = bench
        for path in [path, bench.folder.path + "/absolute " + path] {
            bench.quern.environment["OLLAMA_MODELS"] = path
            #expect(try bench.create("chat", "FROM ./tiny.gguf\nPARAMETER num_predict 2").exitCode == 0)
            #expect(try bench.listed == ["chat:latest"])
            #expect(try bench.quern.run("run", "chat", "ab").exitCode == 0)
            let root = path.hasPrefix("/") ? path : bench.folder.path + "/" + path
            #expect(FileManager.default.fileExists(atPath: root + "/manifests/registry.ollama.ai/library/chat/latest"))
            #expect(try bench.quern.run("show", "chat", "--modelfile").output.contains("FROM /"))
        }
    }

    @Test func theHomeIsTheDefault() throws {
        var bench = bench
        bench.quern.environment["OLLAMA_MODELS"] = nil
        #expect(try bench.create("chat", "FROM ./tiny.gguf").exitCode == 0)
        #expect(
            FileManager.default.fileExists(
                atPath: bench.folder.path + "/.ollama/models/manifests/registry.ollama.ai/library/chat/latest"))
        bench.quern.environment["HOME"] = nil
        #expect(try bench.quern.run("list").isOneClearError)
    }

    @Test func anEmptyOrAbsentStoreListsNothing() throws {
        #expect(try bench.quern.run("list").output == "NAME    ID    SIZE    MODIFIED\n")
        #expect(!FileManager.default.fileExists(atPath: bench.quern.store.path), "looking makes nothing")
    }

    @Test func aFileInTheStoresPlaceIsSaid() throws {
        try bench.write("not a folder", to: "models")
        for arguments in [["create", "chat", "-f", "-"], ["list"]] {
            let result = try bench.quern.run(arguments, input: "FROM ./tiny.gguf")
            #expect(result.isOneClearError || result.exitCode == 0 && arguments == ["list"], "\(result)")
        }
    }

    @Test func damagedManifestsAreNamedAndTheRestListed() throws {
        try bench.create("good", "FROM ./tiny.gguf")
        for (name, text) in [("torn", "{\"schemaVersion\":2,"), ("empty", ""), ("list", "[]"), ("odd", "\u{1B}[31m")] {
            try bench.write(text, to: "models/manifests/registry.ollama.ai/library/\(name)/latest")
        }
        let result = try bench.quern.run("list")
        #expect(result.exitCode == 0)
        #expect(result.lines.count == 3 && result.lines[1].hasPrefix("good:latest"))
        for name in ["torn", "empty", "list", "odd"] { #expect(result.errors.contains("library/\(name)/latest"), "\(name)") }
        #expect(!result.errors.contains("\u{1B}"))
        #expect(try bench.quern.run("show", "torn").isOneClearError)
        #expect(try bench.quern.run("rm", "torn").exitCode == 0)
    }

    @Test(.enabled(if: NetworkNamespace.isAllowed, "this machine lets nobody make a network namespace"))
    func everythingWorksWithoutANetwork() throws {
        var bench = bench
        bench.quern.wrapper = ["/usr/bin/unshare", "-rn"]
        try bench.createSample("chat", "-q", "Q8_0")
        #expect(
            try bench.quern.run("run", "--think=false", "chat", "Hello there!").output == "Hello! How can I help you today?\n\n")
        for arguments in [
            ["list"], ["show", "chat"], ["cp", "chat", "b"], ["rm", "b"], ["quantize", "tiny.gguf", "o.gguf", "Q8_0"],
        ] {
            #expect(try bench.quern.run(arguments).exitCode == 0)
        }
        #expect(try bench.create("far", "FROM somebody/model").isOneClearError)
    }
}

/// Disks that are full or must not be written.
@Suite(.enabled(if: SmallDisk.isAllowed, "\(SmallDisk.absenceReason)"))
struct SmallStores {
    var bench: Workbench
    init() throws { bench = try Workbench() }

    @Test func aFullDiskIsSaidAndLeftAsItWas() throws {
        let disk = try #require(SmallDisk(megabytes: 6))
        var bench = bench
        bench.quern.environment["OLLAMA_MODELS"] = disk.path + "/models"
        try bench.create("small", "FROM ./tiny.gguf\nPARAMETER num_predict 2")
        let before = bench.blobs
        for options in [[], ["-q", "F16"], ["-q", "Q8_0", "--threads", "2"]] {
            let result = try bench.quern.run(["create", "big", "-f", Workbench.sampleModelfile] + options)
            guard result.exitCode != 0 else {
                #expect(options.contains("Q8_0"))
                continue
            }
            #expect(result.isOneClearError && result.errors.contains("no space left in the store"), "\(result.errors)")
            #expect(bench.blobs == before && bench.leftovers.isEmpty)
            #expect(try bench.listed == ["small:latest"])
        }
        let file = try bench.quern.run("quantize", Workbench.sample.path, disk.path + "/out.gguf", "F32")
        #expect(file.isOneClearError && file.errors.contains("no space left"), "\(file.errors)")
        #expect(Workbench.names(in: URL(fileURLWithPath: disk.path)) == ["models"])
        #expect(try bench.quern.run("run", "small", "ab").exitCode == 0)
    }

    @Test func aReadOnlyStoreIsReadAndNotWritten() throws {
        let disk = try #require(SmallDisk(megabytes: 8))
        var bench = bench
        bench.quern.environment["OLLAMA_MODELS"] = disk.path + "/models"
        try bench.create("chat", "FROM ./tiny.gguf\nPARAMETER num_predict 2")
        try #require(disk.makeReadOnly())
        for arguments in [["create", "b", "-f", "-"], ["cp", "chat", "b"], ["rm", "chat"]] {
            let result = try bench.quern.run(arguments, input: "FROM ./tiny.gguf\nSYSTEM other")
            #expect(result.isOneClearError && result.errors.contains("cannot write to the store"), "\(result)")
        }
        #expect(try bench.listed == ["chat:latest"])
        #expect(try bench.quern.run("show", "chat").exitCode == 0)
        #expect(try bench.quern.run("run", "chat", "ab").exitCode == 0)
    }

    @Test func linksNeedOneFileSystem() throws {
        let disk = try #require(SmallDisk(megabytes: 8))
        var bench = bench
        bench.quern.environment["OLLAMA_MODELS"] = disk.path + "/models"
        let result = try bench.create("chat", "FROM ./tiny.gguf", "--link")
        #expect(result.isOneClearError && result.errors.contains("another file system"))
        #expect(try bench.create("chat", "FROM ./tiny.gguf").exitCode == 0)
        bench.quern.environment["OLLAMA_MODELS"] = bench.folder.path + "/beside"
        #expect(try bench.create("chat", "FROM ./tiny.gguf", "--link").exitCode == 0)
        // A linked file that is written to is found out.
        try bench.write(.llama(name: "Tiny"), to: "new.gguf")
        try bench.shell("cat new.gguf > tiny.gguf")
        let changed = try bench.quern.run("run", "chat", "ab")
        #expect(changed.isOneClearError && changed.errors.contains("changed"), "\(changed)")
    }
}

/// A namespace without any network, where the kernel lets us make one.
enum NetworkNamespace {
    static let isAllowed: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = ["-rn", "true"]
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
