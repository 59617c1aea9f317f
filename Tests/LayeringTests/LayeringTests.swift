import TestSupport
import Testing

/// Holds the sources to the floors of `Documentation/Modules.md`: a target imports only from lower floors.
@Suite struct Layering {
    let root = SharedData.packageRoot

    /// Floor of each target, from the table.
    func floors() throws -> [String: Int] {
        let page = try String(contentsOf: root.appendingPathComponent("Documentation/Modules.md"), encoding: .utf8)
        var floors: [String: Int] = [:]
        for line in page.split(separator: "\n") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            if cells.count == 3, let floor = Int(cells[0]) { floors[cells[1]] = floor }
        }
        return floors
    }

    /// Every Swift file of a target with the modules it imports.
    func imports(of target: String) throws -> [(file: String, modules: [String])] {
        let folder = root.appendingPathComponent("Sources/\(target)")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
        return try files.filter { $0.pathExtension == "swift" }.map { file in
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            let modules = lines.compactMap { line -> String? in
                let words = line.split(separator: " ")
                guard let position = words.firstIndex(of: "import"), position <= 2, words.count > position + 1 else { return nil }
                guard
                    words[..<position].allSatisfy({
                        ["public", "package", "internal", "private", "fileprivate"].contains($0) || $0.hasPrefix("@")
                    })
                else { return nil }
                return String(words[position + 1])
            }
            return (file.lastPathComponent, modules)
        }
    }

    @Test func everyTargetHasAFloorAndEveryFloorATarget() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent("Sources").path)
        #expect(Set(folders.filter { !$0.hasPrefix(".") }) == Set(try floors().keys))
    }

    @Test func targetsImportOnlyFromLowerFloors() throws {
        let floors = try floors()
        #expect(floors.count > 20)
        for (target, floor) in floors {
            for (file, modules) in try imports(of: target) {
                for module in modules {
                    guard let other = floors[module] else { continue }
                    #expect(other < floor, "\(target)/\(file) on floor \(floor) imports \(module) from floor \(other)")
                }
            }
        }
    }

    @Test func declaredDependenciesAreOnLowerFloors() throws {
        let manifest = try String(contentsOf: root.appendingPathComponent("Package.swift"), encoding: .utf8)
        let floors = try floors()
        for match in manifest.matches(of: /room\(\s*"(\w+)",\s*\[([^\]]*)\]/) {
            let target = String(match.1)
            let floor = try #require(floors[target], "\(target) is not in Documentation/Modules.md")
            for name in match.2.matches(of: /"(\w+)"/) {
                if let other = floors[String(name.1)] { #expect(other < floor, "\(target) depends on \(name.1)") }
            }
        }
    }

    @Test func foundationStaysOutOfTheLowerFloors() throws {
        for (target, floor) in try floors() where floor <= 5 {
            for (file, modules) in try imports(of: target) {
                #expect(!modules.contains("Foundation"), "\(target)/\(file) imports Foundation")
            }
        }
    }

    @Test func noFileIsTooLongToReadInOneSitting() throws {
        for target in try floors().keys {
            let folder = root.appendingPathComponent("Sources/\(target)")
            for case let file as URL in FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) ?? .init() {
                let isTable = file.lastPathComponent.contains("Table.") || file.lastPathComponent.contains("+Generated.")
                guard ["swift", "c", "h"].contains(file.pathExtension), !isTable else { continue }
                let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
                    .count
                #expect(lines <= 800, "\(target)/\(file.lastPathComponent) has \(lines) lines")
            }
        }
    }
}
