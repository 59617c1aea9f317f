import BuildPipeline
import Bytes
import Linting
import ModelManifest
import ModelService
import ModelStore
import ModelfileLanguageServer
import ModelfileSuperset
import ModelfileSyntax

/// The language server's world: this machine's files, store and clock.
extension EditorEnvironment {
    /// More names than this are no help.
    private static let entryLimit = 1000

    static func disk(output: ServerOutput) -> EditorEnvironment {
        var environment = EditorEnvironment()
        environment.settings = { path in
            guard let project = try? ProjectFile(above: ModelfileReading.folder(of: path)) else { return ProjectSettings() }
            return (try? project.ignores(path)) == true ? nil : project.settings
        }
        environment.facts = { tree, folder in
            guard let models = try? LocalModels() else { return SourceFacts() }
            return SourceInspector(folder: folder, store: models.store).facts(for: tree).seen(from: folder, in: tree)
        }
        environment.files = { .folder($0) }
        environment.entries = { path in
            let folder = Folder(path)
            return ((try? folder.names()) ?? []).prefix(entryLimit).map { name in
                let kind = (try? FileStatus.ifPresent(folder.path(of: name)))??.kind
                return FolderEntry(name, isFolder: kind == .folder)
            }
        }
        environment.models = { ((try? LocalModels().list()) ?? nil)?.models.map(\.model.name.shortest) ?? [] }
        environment.today = LocalCalendar.today
        environment.startTests = { path, filter in
            Task.detached { EditorTestRun(path: path, filter: filter).run(output) }
        }
        return environment
    }
}

extension SourceFacts {
    /// The same with missing paths as `quern check` tells them in the folder of the Modelfile.
    fileprivate func seen(from folder: String, in tree: ModelfileSyntaxTree) -> SourceFacts {
        let start = folder.hasSuffix("/") ? folder : folder + "/"
        var seen = self
        for text in tree.entries.map(\.value) {
            guard case .absent(let path, let similar) = self[text], path.hasPrefix(start) else { continue }
            let rest = path.dropFirst(start.count)
            seen[text] = .absent(path: rest.hasPrefix("./") ? String(rest) : "./" + rest, similar: similar)
        }
        return seen
    }
}

/// Tests that a code lens asked for, run by a process of their own, so that the editor can go on typing.
private struct EditorTestRun {
    let path: String
    let filter: String?

    func run(_ output: ServerOutput) {
        let what = "quern test \(path)"
        do {
            let program = try FileSystem.resolved("/proc/self/exe")
            // The server's own input must not be read by anybody else, and what goes wrong belongs into the report.
            let words = ["sh", "-c", "exec \"$@\" </dev/null 2>&1", "sh", program, "test", path]
            let (status, bytes) = try ChildProgram.run(words + (filter.map { ["--filter", $0] } ?? []))
            let report = String(decoding: bytes, as: UTF8.self)
            // Where the Modelfile does not build there is no summary, but a first error; what is indented belongs to another line.
            let lines = report.split(whereSeparator: \.isNewline).filter { $0.first != " " }
            let summary = (lines.first { $0.contains("error: ") } ?? lines.last).map(String.init) ?? "exit code \(status)"
            try output.write(ServerMessage.log("\(what)\n\(report)", .info))
            try output.write(ServerMessage.show("\(what): \(summary)", status == 0 ? .info : .error))
        } catch {
            // Without an editor at the other end there is nobody to tell.
            try? output.write(ServerMessage.show("\(what): \(error)", .error))
        }
    }
}
