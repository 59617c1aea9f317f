import Bytes
import Diagnostics
import Linting

/// The project settings that hold for a Modelfile: those of the nearest `.quern.yaml`, in its folder or above.
struct ProjectFile {
    private static let byteLimit = 1 << 20

    /// The folder of the settings, from the root; nil where there are none.
    let folder: String?
    let settings: ProjectSettings
    let diagnosed: DiagnosedText?

    /// - Parameter folder: the Modelfile's folder.
    init(above folder: String) throws {
        var place = try FileSystem.resolved(folder)
        while true {
            let path = (place == "/" ? "" : place) + "/" + ProjectSettings.fileName
            if let status = try FileStatus.ifPresent(path), status.kind == .regular {
                let bytes = try OpenFile.stream(path, limit: Self.byteLimit)
                let source = SourceText(String(decoding: bytes, as: UTF8.self), name: try Self.shortest(path))
                let (settings, diagnostics) = ProjectSettings.read(source)
                self.folder = place
                self.settings = settings
                diagnosed = DiagnosedText(source, diagnostics)
                return
            }
            guard place != "/", let slash = place.lastIndex(of: "/") else { break }
            place = slash == place.startIndex ? "/" : String(place[..<slash])
        }
        (self.folder, settings, diagnosed) = (nil, ProjectSettings(), nil)
    }

    /// Whether the settings leave a file out.
    func ignores(_ file: String) throws -> Bool {
        guard let folder, file != "-", !settings.ignored.isEmpty else { return false }
        let path = try FileSystem.resolved(ModelfileReading.folder(of: file)) + "/" + (file.split(separator: "/").last ?? "")
        return path.hasPrefix(folder + "/") && settings.ignores(String(path.dropFirst(folder.count + 1)))
    }

    /// The path as people see it: from the current folder where the file lies inside of it.
    private static func shortest(_ path: String) throws -> String {
        let current = try FileSystem.resolved(".")
        return path.hasPrefix(current + "/") ? String(path.dropFirst(current.count + 1)) : path
    }
}
