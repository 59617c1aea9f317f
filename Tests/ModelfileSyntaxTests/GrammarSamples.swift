import Foundation
import TestSupport

/// The samples beside a grammar: Grammar/Modelfile/accept and reject, or another language's.
enum GrammarSamples {
    struct Sample {
        var name: String
        var bytes: [UInt8]
    }

    static func read(_ folder: String, of language: String = "Modelfile") throws -> [Sample] {
        let url = SharedData.packageRoot.appendingPathComponent("Grammar/\(language)/\(folder)")
        let files = try FileManager.default.contentsOfDirectory(at: url, includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map {
            Sample(name: "\(folder)/\($0.lastPathComponent)", bytes: [UInt8](try Data(contentsOf: $0)))
        }
    }

    static func all() throws -> [Sample] { try read("accept") + read("reject") }
}
