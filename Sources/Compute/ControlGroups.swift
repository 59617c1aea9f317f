// The control groups that hold this process: each of them limits what is inside.
import Glibc

/// Where the limits of a process are written, in both versions of control groups.
struct ControlGroups {
    enum Version {
        case one, two
    }

    /// `/proc/self/cgroup`: lines of `id:controllers:path`, version 2's with id 0 and no controllers.
    let membership: String
    /// Where the hierarchies are mounted: version 2 there or in `unified`, version 1 in a folder per controller.
    let mount: String

    static let mount = "/sys/fs/cgroup"
    static var ownMembership: String { text(of: "/proc/self/cgroup") }

    /// The folders of the group that a controller's limits are in, and of all groups above it. They need not exist.
    func folders(of controller: String, version: Version) -> [String] {
        membership.split(separator: "\n").flatMap { line -> [String] in
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { return [] }
            let (controllers, path) = (fields[1], String(fields[2]))
            switch version {
            case .two: return controllers.isEmpty ? [mount, mount + "/unified"].flatMap { Self.folders(root: $0, path: path) } : []
            case .one:
                guard controllers.split(separator: ",").contains(controller[...]) else { return [] }
                return [mount + "/" + controller, mount + "/\(controllers)"].flatMap { Self.folders(root: $0, path: path) }
            }
        }
    }

    /// A container may see its own group as the mount's root under a path from outside, so the way up goes to the root.
    private static func folders(root: String, path: String) -> [String] {
        let parts = path.split(separator: "/")
        return (0...parts.count).reversed().map { ([root[...]] + parts.prefix($0)).joined(separator: "/") }
    }

    /// The text of a small file, empty where it cannot be read.
    static func text(of path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var buffer = [UInt8](repeating: 0, count: 16384)
        let count = fread(&buffer, 1, buffer.count, file)
        return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    /// The number in a file that holds nothing else.
    static func number(of path: String) -> Int? { text(of: path).split(separator: "\n").first.flatMap { Int($0) } }
}
