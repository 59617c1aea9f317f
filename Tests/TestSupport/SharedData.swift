@_exported public import Foundation

/// Real data to test on: vocabularies, templates and models that are not part of the product.
///
/// The folder lies beside the checkout (`../shared/data`) or where `QUERN_SHARED_DATA` says. Where it is missing, tests that
/// need it are skipped and say so: `@Test(.enabled(if: SharedData.isPresent, SharedData.absenceReason))`.
public enum SharedData {
    public static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["QUERN_SHARED_DATA"] { return URL(fileURLWithPath: path) }
        return packageRoot.deletingLastPathComponent().appendingPathComponent("shared/data")
    }()

    public static let packageRoot = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    public static var isPresent: Bool { FileManager.default.fileExists(atPath: root.path) }
    public static var absenceReason: String { "no real data at \(root.path)" }

    public static func url(_ path: String) -> URL { root.appendingPathComponent(path) }
    public static func bytes(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: url(path))) }

    /// The files directly inside a folder, sorted by name.
    public static func files(in folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(at: url(folder), includingPropertiesForKeys: nil)
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
